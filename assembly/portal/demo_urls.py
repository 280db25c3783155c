"""Routes that exist under demo settings only."""

from django.urls import path

from assembly.portal import views

urlpatterns = [
    path("", views.demo_mailbox, name="demo_mailbox"),
    path("<str:key>/", views.demo_mail, name="demo_mail"),
]
