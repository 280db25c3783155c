"""How mail leaves: the server or provider, the pace, and who is told when it does not."""

import os

import environ

env = environ.Env()

# EMAIL_URL as django-environ reads it: smtp://host:25, smtp+tls://user:password@host:587.
EMAIL_URL = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:1025")
# Any Django backend, or one of django-anymail's with its own settings: ANYMAIL_MAILGUN_API_KEY.
SMTP_BACKEND = "assembly.outbox.smtp.EmailBackend"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=SMTP_BACKEND)
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value
    for name, value in os.environ.items()
    if name.startswith("ANYMAIL_")
}
EMAIL_HOST = EMAIL_URL["EMAIL_HOST"]
EMAIL_PORT = EMAIL_URL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_URL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_URL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_URL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_URL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
# A mail is sent within four such time-outs: the lease of its row is longer.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=60)
MAIL_PER_SECOND = env.float("MAIL_PER_SECOND", default=0.0)  # for each sender; 0 is no limit
# Who says whether a message is still true in the moment it leaves, by template.
OUTBOX_LAST_LOOK = {
    "notifications/email/reminder": "assembly.notifications.selectors.due.still_true",
    "notifications/email/evening": "assembly.notifications.selectors.due.still_true",
}
DUTY_EMAIL = env.str("DUTY_EMAIL", default="")  # who is told that mail does not flow
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="General Assembly <assembly@localhost>")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="assembly@localhost")
