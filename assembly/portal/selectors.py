"""What an organiser sees first: what blocks, what is unpublished, what comes next."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from assembly.accounts.models import User
from assembly.editions.models import Assembly
from assembly.notifications.choices import AlertKind
from assembly.notifications.selectors.health import alerts_now
from assembly.outbox.choices import State
from assembly.outbox.models import Message
from assembly.programme.clashes import Clash
from assembly.programme.models import Revision, Session
from assembly.programme.selectors import drafts
from assembly.programme.selectors.proposal import Proposed, proposed
from assembly.programme.services.publishing import plan


@dataclass(frozen=True)
class Dashboard:
    """The overview. `published_clashes` came up after the newest revision, by a closure say."""

    assembly: Assembly | None
    latest: Revision | None
    blocks: list[Clash]
    warnings: list[Clash]
    published_clashes: list[Clash]
    proposed: Proposed | None
    unplaced: int
    coming: list[Session]
    failed_mail: int
    uncertain_mail: int
    alerts: list[tuple[AlertKind, dict[str, int]]]


def dashboard(*, at: datetime, user: User | AnonymousUser) -> Dashboard | None:
    """The overview of the current Assembly, for those who see drafts; None for other staff."""
    if not user.has_perm("programme.see_drafts"):
        return None
    assembly = Assembly.objects.current().first()
    if assembly is None:
        return Dashboard(None, None, [], [], [], None, 0, [], *_mail(at))
    planned = plan(assembly=assembly)
    published = [clash for clash in drafts.published_clashes(assembly) if clash.blocks]
    sessions = Session.objects.of(assembly)
    failed, uncertain, alerts = _mail(at)
    return Dashboard(
        assembly=assembly,
        latest=Revision.objects.of(assembly).latest_first().first(),
        blocks=[clash for clash in planned.blocks if clash not in published],
        warnings=planned.unanswered({}),
        published_clashes=published,
        proposed=proposed(assembly, planned.changes),
        unplaced=sessions.filter(status="draft").count(),
        coming=list(sessions.confirmed().filter(starts_at__gt=at).select_related("room")[:5]),
        failed_mail=failed,
        uncertain_mail=uncertain,
        alerts=alerts,
    )


def _mail(at: datetime) -> tuple[int, int, list[tuple[AlertKind, dict[str, int]]]]:
    """How many mails failed, of how many nobody knows, and what is wrong with the rest."""
    counts = Message.objects.aggregate(
        failed=Count("pk", filter=Q(state=State.FAILED)),
        uncertain=Count("pk", filter=Q(state=State.UNCERTAIN, sensitive=False)),
    )
    return counts["failed"], counts["uncertain"], list(alerts_now(at).items())
