"""`/delegation/`: a focal point keeps the list, answers the invitation, prints codes, exports."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core.codes import read_aloud
from assembly.core.errors import PlannerError
from assembly.delegations import policies, services
from assembly.delegations.choices import State
from assembly.delegations.downloads import spreadsheet
from assembly.delegations.models import Delegate, Delegation
from assembly.delegations.rules import CODE_LASTS
from assembly.delegations.selectors.lists import export_rows, kept_now, listed
from assembly.editions.views import PersonalView

ANSWERS = (State.CONFIRMED, State.DECLINED)


class DelegationView(PersonalView):
    """A page about one delegation that the user may see."""

    def delegation(self, uuid: UUID) -> Delegation:
        visible = Delegation.objects.visible_to(self.user()).select_related(
            "assembly", "country", "organisation"
        )
        found: Delegation = get_object_or_404(visible, uuid=uuid)
        if not policies.can_see_details(self.user(), found):
            raise PermissionDenied
        return found

    def check_may_change(self, delegation: Delegation) -> None:
        if not policies.can_change_list(self.user(), delegation, timezone.now()):
            raise PermissionDenied

    def back_to(self, delegation: Delegation) -> str:
        """The page the user keeps this delegation on."""
        return list_page(self.user(), delegation)


def list_page(user: User, delegation: Delegation) -> str:
    if user.has_perm("delegations.keep_delegations"):
        return reverse("delegation_whole", args=[delegation.uuid])
    if user.is_staff:
        return reverse("admin:delegations_delegate_changelist")
    return reverse("delegation") + f"#d-{delegation.code}"


class OwnDelegation(PersonalView):
    """The list of each delegation the user keeps at the current Assembly."""

    def get(self, request: HttpRequest) -> HttpResponse:
        at, user = timezone.now(), self.user()
        kept = [listed(delegation, user, at) for delegation in kept_now(user)]
        return self.page(request, "delegations/own.html", lists=kept)


class Answer(DelegationView):
    """Confirm that the delegation comes, or decline."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegation = self.delegation(uuid)
        self.check_may_change(delegation)
        state = request.POST.get("state", "")
        if state not in ANSWERS:
            messages.error(request, _("Choose whether your delegation comes."))
            return redirect(self.back_to(delegation))
        try:
            services.answer(delegation=delegation, state=state, by=self.user(), at=timezone.now())
        except PlannerError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Your answer is saved."))
        return redirect(self.back_to(delegation))


class Codes(DelegationView):
    """Printed codes for all whom no e-mail reaches: asks first, since old codes stop working."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegation = self.delegation(uuid)
        people = self._people(delegation)
        return self.page(
            request,
            "delegations/codes_ask.html",
            delegation=delegation,
            people=people,
            back=self.back_to(delegation),
        )

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegation, at, user = self.delegation(uuid), timezone.now(), self.user()
        slips = []
        try:
            with transaction.atomic():  # all slips or none: each voids the one before
                chosen = set(request.POST.getlist("person"))
                for delegate in self._people(delegation):
                    if str(delegate.uuid) not in chosen:
                        continue
                    code = services.hand_out_code(delegate=delegate, by=user, at=at)
                    slips.append((delegate, read_aloud(code)))
        except PlannerError as error:
            messages.error(request, error.message)
            return redirect(self.back_to(delegation))
        if not slips:
            messages.error(request, _("Choose at least one person."))
            return redirect("delegation_codes", delegation.uuid)
        return slips_page(self, request, slips, self.back_to(delegation))

    def _people(self, delegation: Delegation) -> list[Delegate]:
        """Those whom no e-mail reaches and to whom this user may hand a code."""
        found = listed(delegation, self.user(), timezone.now()).without_sign_in
        return [delegate for delegate in found if policies.can_issue_code(self.user(), delegate)]


def slips_page(
    view: PersonalView, request: HttpRequest, slips: list[Any], back: str
) -> HttpResponse:
    """The slips, shown this once."""
    return view.page(
        request,
        "delegations/slips.html",
        slips=slips,
        back=back,
        until=timezone.now() + CODE_LASTS,
        address=request.build_absolute_uri(reverse("account_printed_code")),
    )


class ListFile(DelegationView):
    """The list as a file that the import reads again."""

    def get(self, request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
        delegation = self.delegation(uuid)
        rows = export_rows(delegation.assembly, self.user(), only=[delegation])
        return spreadsheet(f"delegation-{delegation.code}", kind, rows)
