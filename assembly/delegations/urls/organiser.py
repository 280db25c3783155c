from django.urls import path, re_path

from assembly.delegations.views import organiser

urlpatterns = [
    path("delegations/overview/", organiser.Overview.as_view(), name="delegations_overview"),
    path("delegations/<uuid:uuid>/", organiser.Whole.as_view(), name="delegation_whole"),
    re_path(
        r"^delegations/export\.(?P<kind>csv|xlsx)$",
        organiser.Export.as_view(),
        name="delegates_export",
    ),
    path("import/", organiser.Import.as_view(), name="import_delegates"),
    re_path(
        r"^import/template\.(?P<kind>csv|xlsx)$",
        organiser.Template.as_view(),
        name="import_template",
    ),
    path("import/<uuid:uuid>/", organiser.Preview.as_view(), name="import_preview"),
]
