"""Organisers' pages: figures and chart, one delegation whole, focal points, import, export."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.core import progress
from assembly.core.errors import PlannerError
from assembly.delegations import services
from assembly.delegations.choices import BatchState, Verdict
from assembly.delegations.columns import COLUMNS, heading
from assembly.delegations.downloads import spreadsheet
from assembly.delegations.forms import FocalPointForm, UploadForm
from assembly.delegations.models import Delegation, ImportBatch
from assembly.delegations.selectors.lists import export_rows, listed
from assembly.delegations.selectors.overview import overview
from assembly.editions.views import OrganiserView

ROWS_A_PAGE = 100
SHOWN = ("seats", "is_head", "function", "email", "birth_date", "arrives_at", "departs_at")


class Overview(OrganiserView):
    """Confirmations by region and over time, seats, and what is missing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        facts = overview(self.assembly(), timezone.now())
        template = "admin/delegations/overview.html"
        return self.page(request, template, title=_("Delegations"), overview=facts)


class Whole(OrganiserView):
    """One delegation: its state, its people, its focal points, with a form to add one."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.show(request, self.delegation(uuid), FocalPointForm())

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Add a focal point, or remove the one named by `remove`."""
        delegation = self.delegation(uuid)
        if "remove" in request.POST:
            user = get_object_or_404(delegation.focal_points, pk=_uuid(request.POST["remove"]))
            services.remove_focal_point(
                delegation=delegation, user=user, by=self.user(), at=timezone.now()
            )
            messages.success(request, _("No longer a focal point: %(user)s.") % {"user": user})
            return redirect("delegation_whole", delegation.uuid)
        form = FocalPointForm(request.POST)
        if form.is_valid():
            try:
                added = services.add_focal_point(
                    delegation=delegation, **form.cleaned_data, by=self.user(), at=timezone.now()
                )
            except PlannerError as error:
                form.add_error("email", error.message)
            else:
                messages.success(request, _("Focal point: %(user)s.") % {"user": added})
                return redirect("delegation_whole", delegation.uuid)
        return self.show(request, delegation, form, status=422)

    def delegation(self, uuid: UUID) -> Delegation:
        found = Delegation.objects.visible_to(self.user()).select_related(
            "assembly", "country", "organisation"
        )
        delegation: Delegation = get_object_or_404(found, uuid=uuid)
        return delegation

    def show(
        self, request: HttpRequest, delegation: Delegation, form: FocalPointForm, status: int = 200
    ) -> HttpResponse:
        response = self.page(
            request,
            "admin/delegations/whole.html",
            title=str(delegation),
            list=listed(delegation, self.user(), timezone.now()),
            delegation=delegation,
            focal_points=delegation.focal_points.order_by("name"),
            form=form,
        )
        response.status_code = status
        return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class Export(OrganiserView):
    """Every delegate of the current Assembly that this user may see, as the import reads it."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        assembly = self.assembly()
        rows = export_rows(assembly, self.user())
        return spreadsheet(f"delegates-{assembly.number}", kind, rows)


class Template(OrganiserView):
    """An empty file with the headings."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        header = [heading(column) for column in COLUMNS]
        return spreadsheet("delegates", kind, [], header)


class Import(OrganiserView):
    """Step one: upload. Nothing is saved but the preview."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(request, form, status=422)
        try:
            batch = services.preview(
                assembly=self.assembly(),
                name=form.cleaned_data["file"].name,
                content=form.content(),
                by=self.user(),
                at=timezone.now(),
            )
        except PlannerError as error:
            form.add_error("file", error.message)
            return self._show(request, form, status=422)
        return redirect("import_preview", batch.uuid)

    def _show(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        recent = ImportBatch.objects.filter(assembly=self.assembly()).select_related("uploaded_by")
        response = self.page(
            request,
            "admin/delegations/import.html",
            title=_("Import delegates"),
            form=form,
            columns=[(names[0], names[1:]) for names in COLUMNS.values()],
            recent=recent.defer("rows")[:10],
        )
        response.status_code = status
        return response


class Preview(OrganiserView):
    """Step two: every verdict, then the button; afterwards progress and what came of it."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self._show(request, self._batch(uuid))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = self._batch(uuid)
        try:
            services.confirm(
                batch=batch,
                without_faulty="without_faulty" in request.POST,
                by=self.user(),
                at=timezone.now(),
            )
        except PlannerError as error:
            messages.error(request, error.message)
        return redirect("import_preview", batch.uuid)

    def _batch(self, uuid: UUID) -> ImportBatch:
        found = ImportBatch.objects.select_related("assembly", "uploaded_by")
        batch: ImportBatch = get_object_or_404(found, uuid=uuid)
        return batch

    def _show(self, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
        verdict = request.GET.get("verdict", "")
        chosen = verdict if verdict in Verdict.values else ""
        rows = [row for row in batch.rows if not chosen or row["verdict"] == chosen]
        for row in rows:
            row["shown"] = [
                (heading(name), row["facts"][name]) for name in SHOWN if row["facts"].get(name)
            ]
        rows.sort(key=lambda row: row["verdict"] != Verdict.FAULTY)  # what needs a look comes first
        return self.page(
            request,
            "admin/delegations/preview.html",
            title=_("Import: %(file)s") % {"file": batch.file_name},
            batch=batch,
            counts=[(v.value, v.label, batch.counts.get(v.value, 0)) for v in Verdict],
            chosen=chosen,
            page_of_rows=Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
            is_preview=batch.state == BatchState.PREVIEW,
            has_expired=batch.expires_at <= timezone.now(),
            is_running=batch.state == BatchState.QUEUED,
            progress=progress.read(str(batch.uuid)),
        )
