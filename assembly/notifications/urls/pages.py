from django.urls import path

from assembly.notifications.views import personal

urlpatterns = [
    path("my/messages/", personal.Messages.as_view(), name="my_messages"),
    path("my/messages/unread/", personal.Unread.as_view(), name="my_unread"),
    path("my/messages/<uuid:uuid>/", personal.MessagePage.as_view(), name="my_message"),
    path("mail/unsubscribe/<str:token>/", personal.Unsubscribe.as_view(), name="unsubscribe"),
]
