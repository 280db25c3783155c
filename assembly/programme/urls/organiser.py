from django.urls import path

from assembly.programme.views import organiser

urlpatterns = [
    path("publish/", organiser.Publish.as_view(), name="publish"),
    path("revisions/<int:number>/", organiser.RevisionDraft.as_view(), name="revision_draft"),
    path(
        "revisions/<int:number>/restore/",
        organiser.RevisionRestore.as_view(),
        name="revision_restore",
    ),
    path("sessions/<int:pk>/clashes/", organiser.SessionClashes.as_view(), name="session_clashes"),
]
