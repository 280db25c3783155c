"""Home, the pages about the site itself, and short ways into the admin."""

from django.urls import path
from django.views.generic import RedirectView

from assembly.portal import views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("help/", views.AboutPage.as_view(template_name="portal/help.html"), name="help"),
    path("privacy/", views.AboutPage.as_view(template_name="portal/privacy.html"), name="privacy"),
    path(
        "accessibility/",
        views.AboutPage.as_view(template_name="portal/accessibility.html"),
        name="accessibility",
    ),
    path(
        "organise/audit/",
        RedirectView.as_view(pattern_name="admin:core_auditentry_changelist"),
        name="audit",
    ),
]
