"""Invite somebody from the shell: how the first organiser of an installation gets in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assembly.accounts.choices import Role
from assembly.accounts.services import invite
from assembly.core.errors import PlannerError


class Command(BaseCommand):
    help = "Invite somebody with a role; they get a link that sets their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", action="append", choices=Role.values, required=True)
        parser.add_argument("--language", default="en", choices=["en", "fr", "es", "ar"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invite(
                email=options["email"],
                name=options["name"],
                roles=options["role"],
                language=options["language"],
                by=None,
                at=timezone.now(),
            )
        except PlannerError as error:
            raise CommandError(error.message) from None
        self.stdout.write("Invited. The link is on its way.")
