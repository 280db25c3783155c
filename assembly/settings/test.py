"""What pytest runs: a file database (threads and processes can race on it) and a real broker."""

from assembly.settings.base import *  # noqa: F403  settings modules stand on one another
from assembly.settings.base import DATABASES, STATIC_ROOT, STORAGES, VAR_DIR

DEMO = True
SECRET_KEY = "for-tests-only-and-never-used-outside-of-them"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CONTACT_EMAIL = "help@assembly.example"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
