from django.urls import path, re_path

from assembly.delegations.views import delegates, lists

urlpatterns = [
    path("", lists.OwnDelegation.as_view(), name="delegation"),
    path("<uuid:uuid>/answer/", lists.Answer.as_view(), name="delegation_answer"),
    path("<uuid:uuid>/nominate/", delegates.Nominate.as_view(), name="delegate_nominate"),
    path("<uuid:uuid>/codes/", lists.Codes.as_view(), name="delegation_codes"),
    re_path(
        r"^(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/list\.(?P<kind>csv|xlsx)$",
        lists.ListFile.as_view(),
        name="delegation_file",
    ),
    path("delegates/<uuid:uuid>/", delegates.DelegatePage.as_view(), name="delegate"),
    path("delegates/<uuid:uuid>/replace/", delegates.Replace.as_view(), name="delegate_replace"),
    path("delegates/<uuid:uuid>/withdraw/", delegates.Withdraw.as_view(), name="delegate_withdraw"),
    path("delegates/<uuid:uuid>/head/", delegates.MakeHead.as_view(), name="delegate_head"),
    path("delegates/<uuid:uuid>/code/", delegates.Code.as_view(), name="delegate_code"),
    path("delegates/<uuid:uuid>/photo/", delegates.Photo.as_view(), name="delegate_photo"),
]
