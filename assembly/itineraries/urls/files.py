from django.urls import path, re_path

from assembly.itineraries.views import files

urlpatterns = [
    re_path(
        r"^my/calendar/(?P<token>[A-Za-z0-9_-]{20,64})\.ics$",
        files.PersonalCalendar.as_view(),
        name="my_calendar_file",
    ),
    path("my/sw.js", files.service_worker, name="my_service_worker"),
    path("my/manifest.webmanifest", files.manifest, name="my_manifest"),
]
