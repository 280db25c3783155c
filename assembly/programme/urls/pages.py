from django.urls import path

from assembly.programme.views import public

urlpatterns = [
    path("schedule/", public.Schedule.as_view(), name="schedule"),
    path("sessions/<slug:code>/", public.SessionPage.as_view(), name="session"),
    path("rooms/<slug:code>/", public.RoomPage.as_view(), name="room"),
    path("changes/", public.Changes.as_view(), name="changes"),
    path("changes/<int:number>/", public.Changes.as_view(), name="change"),
    path("assemblies/<int:number>/", public.Archive.as_view(), name="archive"),
]
