"""`manage.py head_code UAI`: a code for a school's head, when nobody in the school may give one."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.foundation import dates
from preau.identity.actions import accounts
from preau.identity.demands import LONGEST_DELAY


class Command(BaseCommand):
    help = "Print a one-time code for a head of the school: for the first account, or for a lone head without e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uai")
        parser.add_argument("--person", default="", help="public id, when the school has several heads")

        parser.add_argument(
            "--lift-second-proof",
            action="store_true",
            help="they have lost their telephone and their recovery codes",
        )

        parser.add_argument(
            "--delay-second-proof",
            type=int,
            default=0,
            metavar="DAYS",
            help="a second proof is demanded of them, and they cannot have one yet: sixty days at most",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        heads = Person.objects.filter(
            active_on(timezone.localdate(), "holdings__"),
            holdings__role=Role.HEAD,
            holdings__school__uai=options["uai"].upper(),
            erased_at=None,
        ).distinct()
        chosen = heads.filter(public_id=options["person"]) if options["person"] else heads
        if len(chosen) != 1:
            known = "\n".join(f"  --person {head.public_id}  {head.full_name}" for head in heads)
            raise CommandError(f"Which head?\n{known}" if known else "This school has no head today.")
        school = School.objects.get(uai=options["uai"].upper())
        if not 0 <= options["delay_second_proof"] <= LONGEST_DELAY.days:
            raise CommandError(f"A delay is of {LONGEST_DELAY.days} days at most.")
        delay = timedelta(days=options["delay_second_proof"])
        activation, code = accounts.give_code_at_console(
            chosen[0], school, lifts=options["lift_second_proof"], delay=delay
        )
        until = dates.day(dates.local(activation.expires_at, school.timezone).date(), year=True)
        self.stdout.write(
            f"Identifiant : {activation.account.login}\nCode : {code}\nJusqu’au {until}, une seule fois."
        )
