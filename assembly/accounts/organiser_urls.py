"""What organisers do to accounts, below /organise/."""

from django.urls import path

from assembly.accounts import views

urlpatterns = [
    path("invite/", views.Invite.as_view(), name="invite"),
    path("accounts/<uuid:pk>/off-board/", views.OffBoard.as_view(), name="off_board"),
    path("accounts/<uuid:pk>/sign-out/", views.SignOutUser.as_view(), name="sign_out_user"),
    path(
        "accounts/<uuid:pk>/second-factor/",
        views.ResetSecondFactor.as_view(),
        name="reset_second_factor",
    ),
]
