"""The declared table: who may open which route. What is not here is refused to everybody."""

from typing import Final

from assembly.core.access import PUBLIC, SIGNED_IN, STAFF, Audience, staff_with

ACCESS: Final[dict[str, Audience]] = {
    # Everybody
    "home": PUBLIC,
    "schedule": PUBLIC,
    "session": PUBLIC,
    "room": PUBLIC,
    "changes": PUBLIC,
    "change": PUBLIC,
    "schedule_ics": PUBLIC,
    "archive": PUBLIC,
    "help": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    # Signing in (django-allauth); the adapter closes sign-up
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "mfa_authenticate": PUBLIC,
    # Whoever signed in
    "account": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": STAFF,
    "account_set_password": STAFF,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    # Staff; the admin asks each model's permission besides
    "admin:*": STAFF,
    "publish": staff_with("programme.publish"),
    "revision_draft": staff_with("programme.see_drafts"),
    "revision_restore": staff_with("programme.publish"),
    "session_clashes": staff_with("programme.see_drafts"),
    "invite": staff_with("accounts.invite_user"),
    "off_board": staff_with("accounts.invite_user"),
    "reset_second_factor": staff_with("accounts.invite_user"),
    "audit": staff_with("core.view_auditentry"),
    "messages": staff_with("outbox.view_message"),
    # Demo settings only
    "demo_mailbox": PUBLIC,
    "demo_mail": PUBLIC,
}
