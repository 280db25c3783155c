from django.urls import path

from assembly.itineraries.views import mine, others

urlpatterns = [
    path("my/", mine.Mine.as_view(), name="my"),
    path("my/saved/<slug:code>/", mine.Saved.as_view(), name="my_saved"),
    path("my/changes/", mine.Changes.as_view(), name="my_changes"),
    path("my/calendar/", mine.Calendar.as_view(), name="my_calendar"),
    path("my/settings/", mine.Settings.as_view(), name="my_settings"),
    path("my/plan/", others.Plan.as_view(), name="my_plan"),
    path(
        "delegation/delegates/<uuid:uuid>/schedule/",
        others.MemberSchedule.as_view(),
        name="member_schedule",
    ),
    path("organise/publish/impact/", others.Impact.as_view(), name="publish_impact"),
]
