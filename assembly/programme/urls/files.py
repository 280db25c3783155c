from django.urls import path

from assembly.programme.views import public

urlpatterns = [
    path("schedule.ics", public.ScheduleCalendar.as_view(), name="schedule_ics"),
]
