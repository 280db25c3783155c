"""All routes. Pages for people carry a language prefix, files and checks do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler400 = "assembly.core.failures.bad_request"
handler403 = "assembly.core.failures.denied"
handler404 = "assembly.core.failures.not_found"
handler500 = "assembly.core.failures.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("assembly.core.urls")),
    path("", include("assembly.programme.urls.files")),
    path("", include("assembly.itineraries.urls.files")),
]

urlpatterns += i18n_patterns(
    path("", include("assembly.programme.urls.pages")),  # first, for they are asked for most
    path("", include("assembly.itineraries.urls.pages")),
    path("", include("assembly.notifications.urls.pages")),
    path("", include("assembly.portal.urls")),
    path("account/", include("assembly.accounts.urls")),
    path("organise/", include("assembly.programme.urls.organiser")),
    path("delegation/", include("assembly.delegations.urls.personal")),
    path("organise/", include("assembly.delegations.urls.organiser")),
    path("organise/", include("assembly.accounts.organiser_urls")),
    path("organise/", include("assembly.notifications.urls.organiser")),
    path("organise/messages/", include("assembly.outbox.urls")),
    path("organise/", admin.site.urls),
    prefix_default_language=False,
)

if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/mailbox/", include("assembly.portal.demo_urls")), prefix_default_language=False
    )
