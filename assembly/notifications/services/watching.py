"""Warning organisers when mail does not flow."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from assembly.notifications import notices
from assembly.notifications.choices import AlertKind
from assembly.notifications.models import Alert
from assembly.notifications.selectors.health import alerts_now


def watch(*, at: datetime) -> list[AlertKind]:
    """Open an alert for what went wrong and close those that are well again; returns the new ones.

    Each is told once to the duty address, if the settings name one.
    """
    standing = alerts_now(at)
    Alert.objects.filter(closed_at__isnull=True).exclude(kind__in=standing).update(closed_at=at)
    return [kind for kind, figure in standing.items() if _open(kind, figure, at)]


def _open(kind: AlertKind, figure: dict[str, int], at: datetime) -> bool:
    """False when it is open already; two who look at once are settled by the constraint."""
    try:
        with transaction.atomic():
            Alert.objects.create(kind=kind, opened_at=at, figure=figure)
            if settings.DUTY_EMAIL:
                notices.alert(kind, figure, at=at)
    except IntegrityError:
        return False
    return True
