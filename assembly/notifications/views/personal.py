"""A reader's messages, how many are new, and the way out of a kind of mail."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from assembly.editions.views import PersonalView
from assembly.itineraries.choices import Topic
from assembly.itineraries.services import mute
from assembly.notifications import services
from assembly.notifications.models import Notice
from assembly.notifications.notices import read_unsubscribe
from assembly.notifications.selectors.inbox import unread_count
from assembly.people.models import Person

A_PAGE = 30


class Messages(PersonalView):
    """Everything the reader was told, newest first; POST marks all of it as read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        shown = Notice.objects.of(self.user()).shown(timezone.now())
        page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
        unread = unread_count(self.user(), timezone.now())
        return self.page(request, "notifications/messages.html", page=page, unread=unread)

    def post(self, request: HttpRequest) -> HttpResponse:
        services.mark_read(user=self.user(), at=timezone.now())
        messages.success(request, _("All messages are marked as read."))
        return redirect("my_messages")


class MessagePage(PersonalView):
    """One message; whoever opens it has read it."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        shown = Notice.objects.of(self.user()).shown(timezone.now())
        notice: Notice = get_object_or_404(shown.select_related("assembly"), uuid=uuid)
        services.mark_read(user=self.user(), at=timezone.now(), uuid=str(uuid))
        return self.page(request, "notifications/message.html", notice=notice)


class Unread(PersonalView):
    """How many messages are new, in words; nothing when none is. A script asks for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        count = unread_count(self.user(), timezone.now())
        words = ngettext("%(count)s new", "%(count)s new", count) % {"count": count}
        response = HttpResponse(words if count else "", content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = "private, no-store"
        return response


@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(View):
    """The address in a mail's List-Unsubscribe header (RFC 8058): a POST ends such mails.

    Mail programs post without a cookie and without a token of ours; the signed address is the
    right to do it. GET only asks, because scanners open every link.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            facts = {"is_unknown": True}
            return render(request, "notifications/unsubscribe.html", facts, status=404)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        _person, topic = self._of(token)
        return render(request, "notifications/unsubscribe.html", {"topic": Topic(topic).label})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        person, topic = self._of(token)
        mute(person=person, topic=topic, at=timezone.now())
        facts = {"topic": Topic(topic).label, "is_done": True}
        return render(request, "notifications/unsubscribe.html", facts)

    def _of(self, token: str) -> tuple[Person, str]:
        try:
            reference, topic = read_unsubscribe(token)
        except (BadSignature, ValueError) as error:
            raise Http404 from error
        return get_object_or_404(Person, uuid=reference, erased_at__isnull=True), topic
