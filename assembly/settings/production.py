"""Production: refuses to start without its secrets, and speaks HTTPS only."""

import sys

from assembly.settings.base import *  # noqa: F403  settings modules stand on one another
from assembly.settings.base import ALLOWED_HOSTS, BASE_URL, CELERY_BEAT_SCHEDULE, env

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 10


def _refuse(why: str) -> None:
    sys.exit(f"Refusing to start: {why}")


SECRET_KEY = env.str("SECRET_KEY", default="")
if (
    len(SECRET_KEY) < SHORTEST_SECRET
    or "insecure" in SECRET_KEY
    or len(set(SECRET_KEY)) < FEWEST_CHARACTERS
):
    _refuse(f"set SECRET_KEY to at least {SHORTEST_SECRET} random characters.")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    _refuse("set ALLOWED_HOSTS to the host names people use, separated by commas; not '*'.")
if not BASE_URL.startswith("https://"):
    _refuse("set BASE_URL to the address people use; it starts with https://.")
if not env.str("DATABASE_URL", default=""):
    _refuse("set DATABASE_URL to the database, for example postgres://user:password@host/name.")

DEBUG = False
CELERY_BEAT_SCHEDULE = {
    **CELERY_BEAT_SCHEDULE,
    "erase": {
        "task": "assembly.portal.tasks.erase",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
}
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=True)
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXIES", 0) else None
)
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
