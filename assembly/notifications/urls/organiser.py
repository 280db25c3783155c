from django.urls import path

from assembly.notifications.views import organiser

urlpatterns = [
    path("announcements/", organiser.Announcements.as_view(), name="announcements"),
    path("announcements/add/", organiser.Write.as_view(), name="announcement_add"),
    path("announcements/<uuid:uuid>/", organiser.Page.as_view(), name="announcement"),
    path("announcements/<uuid:uuid>/edit/", organiser.Write.as_view(), name="announcement_edit"),
    path(
        "announcements/<uuid:uuid>/progress/",
        organiser.ProgressFragment.as_view(),
        name="announcement_progress",
    ),
    path("messages/words/", organiser.WordingPreview.as_view(), name="wording_preview"),
]
