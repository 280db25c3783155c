"""The log of outgoing mail, below /organise/messages/. The lists are the admin's."""

from django.urls import path
from django.views.generic import RedirectView

from assembly.outbox import views

urlpatterns = [
    path(
        "",
        RedirectView.as_view(pattern_name="admin:outbox_message_changelist", query_string=True),
        name="messages",
    ),
    path(
        "suppressed/",
        RedirectView.as_view(pattern_name="admin:outbox_suppression_changelist", query_string=True),
        name="suppressed",
    ),
    path("suppressed/<uuid:uuid>/", views.OneSuppression.as_view(), name="suppression"),
    path("suppressed/<uuid:uuid>/lift/", views.Lift.as_view(), name="suppression_lift"),
    path("<uuid:uuid>/", views.OneMessage.as_view(), name="message"),
    path("<uuid:uuid>.eml", views.MessageFile.as_view(), name="message_file"),
    path("<uuid:uuid>/resend/", views.Resend.as_view(), name="message_resend"),
    path("<uuid:uuid>/settle/", views.Settle.as_view(), name="message_settle"),
]
