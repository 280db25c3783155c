"""What `make run` runs: all on this machine, demo data and demo sign-ins. Never in public."""

import secrets

from assembly.settings.base import *  # noqa: F403  settings modules stand on one another
from assembly.settings.base import VAR_DIR, env

DEMO = True
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])


def _kept_secret() -> str:
    """A key of this machine's own, made at the first start, so that sessions outlive a restart."""
    path = VAR_DIR / "secret_key"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()
