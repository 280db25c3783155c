"""One message and one suppressed address as organisers see them, and what they decide."""

from email.utils import format_datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from assembly.core.errors import NotAllowed, PlannerError, StaleState
from assembly.outbox import policies, selectors, services
from assembly.outbox.choices import State
from assembly.outbox.forms import ReasonForm
from assembly.outbox.models import Message, Suppression
from assembly.outbox.selectors import Dossier
from assembly.outbox.transport import mail_of

ON_ITS_WAY: Final = frozenset({State.QUEUED, State.LEASED, State.SENDING})


class LogView(View):
    """A page in the admin's frame that no browser keeps: it shows people's mail."""

    def page(self, template: str, *, status: int = 200, **facts: Any) -> HttpResponse:
        site = admin.site.each_context(self.request)
        may_decide = policies.can_decide(self.request.user)
        context = {**site, "may_decide": may_decide, **facts}
        response = render(self.request, f"admin/outbox/{template}.html", context, status=status)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def user(self) -> models.Model:
        if not self.request.user.is_authenticated:
            raise PermissionDenied
        return self.request.user


class OneMessage(LogView):
    """What was sent to whom, what the mail server said, and what can be done about it."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.show(self.message(uuid))

    def message(self, uuid: UUID, *, locked: bool = False) -> Message:
        found = Message.objects.visible_to(self.request.user)
        if locked:
            found = found.select_for_update()
        message: Message = get_object_or_404(found, uuid=uuid)
        return message

    def show(
        self,
        message: Message,
        *,
        form: ReasonForm | None = None,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        dossier = selectors.dossier(message)
        return self.page(
            "message",
            title=_subject(message),
            dossier=dossier,
            message=message,
            language=dict(settings.LANGUAGES).get(message.language, message.language),
            is_readable=not _is_gone(message),
            obstacle=_obstacle(dossier),
            can_settle=message.state == State.UNCERTAIN and not message.sensitive,
            form=form or ReasonForm(),
            problem=problem,
            errors=problem,  # for the title of the page
            status=status,
        )


class Decision(OneMessage):
    """What a button on that page does. Whoever opens its address is led back to the page."""

    done = ""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return redirect("message", self.message(uuid).uuid)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        form = self.form()
        if form is not None and not form.is_valid():
            return self.show(self.message(uuid), form=form, status=422)
        try:
            decided = self._decide(uuid, form)
        except PlannerError as error:
            return self.show(self.message(uuid), problem=error.message, form=form, status=409)
        messages.success(request, self.done)
        return redirect("message", decided.uuid)

    @transaction.atomic
    def _decide(self, uuid: UUID, form: ReasonForm | None) -> Message:
        """The row is locked, so of two clicks the second sees what the first has done."""
        message = self.message(uuid, locked=True)
        if self.request.POST.get("seen") != selectors.dossier(message).seen:
            raise StaleState(message, _("This message has changed since you opened the page."))
        if message.sensitive:
            raise NotAllowed(_secret())
        return self.act(message, form)

    def form(self) -> ReasonForm | None:
        return None

    def act(self, message: Message, form: ReasonForm | None) -> Message:
        raise NotImplementedError


class Resend(Decision):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.done = _("This message is on its way again.")

    def form(self) -> ReasonForm:
        return ReasonForm(self.request.POST)

    def act(self, message: Message, form: ReasonForm | None) -> Message:
        assert form is not None
        reason = form.cleaned_data["reason"]
        return services.resend(message=message, by=self.user(), reason=reason, at=timezone.now())


class Settle(Decision):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.done = _("This message counts as sent.")

    def act(self, message: Message, form: ReasonForm | None) -> Message:
        services.settle(message=message, by=self.user(), at=timezone.now())
        return message


class MessageFile(OneMessage):
    """The mail itself, as its reader's software got it (RFC 5322)."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        message = self.message(uuid)
        if _is_gone(message):
            return self.show(message, problem=_obstacle(selectors.dossier(message)), status=409)
        try:
            content = _bytes_of(message)
        except ValueError:
            problem = _("No mail can be made of this message: its address or subject is faulty.")
            return self.show(message, problem=problem, status=409)
        response = HttpResponse(content, content_type="message/rfc822")
        response.headers["Content-Disposition"] = f'attachment; filename="{message.uuid}.eml"'
        response.headers["Cache-Control"] = "private, no-store"
        return response


class OneSuppression(LogView):
    """A suppressed address: since when and why, and the form that lifts it."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.show(self.suppression(uuid), ReasonForm())

    def suppression(self, uuid: UUID) -> Suppression:
        found = selectors.suppressions(self.request.user)
        suppression: Suppression = get_object_or_404(found, uuid=uuid)
        return suppression

    def show(
        self, suppression: Suppression, form: ReasonForm, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        return self.page(
            "suppression",
            title=suppression.email,
            suppression=suppression,
            form=form,
            problem=problem,
            errors=problem,
            status=status,
        )


class Lift(OneSuppression):
    """Write to the address again."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return redirect("suppression", self.suppression(uuid).uuid)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        suppression = self.suppression(uuid)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.show(suppression, form, status=422)
        reason, at = form.cleaned_data["reason"], timezone.now()
        try:
            services.lift(suppression=suppression, by=self.user(), reason=reason, at=at)
        except StaleState as error:
            return self.show(self.suppression(uuid), form, problem=error.message, status=409)
        messages.success(request, _("Mail goes to this address again."))
        return redirect("suppression", uuid)


def _bytes_of(message: Message) -> bytes:
    """The mail with the time it left. Raises ValueError where a header cannot be written."""
    mail = mail_of(message)
    at = message.sent_at or message.sending_at or message.created_at
    mail.extra_headers["Date"] = format_datetime(at)
    return mail.message().as_bytes()


def _subject(message: Message) -> str:
    """The subject, but never that of a mail with a sign-in code: the code stands in it."""
    if message.sensitive:
        return _("A mail with a code or a link")
    return _("A mail whose words were removed") if _is_gone(message) else message.subject


def _is_gone(message: Message) -> bool:
    """Whether nobody may read what the mail says, or nothing is left of it."""
    return message.sensitive or message.text == services.BLANK["text"] or not message.to_email


def _secret() -> str:
    return _(
        "This mail holds a code or a link for one person. Nobody else reads it, and it is never "
        "sent again: they ask for a new one where they asked for this one."
    )


def _obstacle(dossier: Dossier) -> str:
    """Why this message cannot be sent again now; nothing if it can."""
    message = dossier.message
    if message.sensitive:
        return _secret()
    if _is_gone(message):
        return _("What this mail said is gone, so it cannot be sent again.")
    if message.state in ON_ITS_WAY and message.held:
        return _("This message is paused, with all that were to be sent with it.")
    if message.state in ON_ITS_WAY:
        return _("This message is on its way. There is nothing to decide.")
    if dossier.suppression is not None:
        return _("The address is suppressed. Lift that first.")
    return ""
