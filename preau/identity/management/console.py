"""What the commands that print a code at the server's console share."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from preau.directory.models import Person, School
from preau.foundation import dates
from preau.identity.actions import accounts
from preau.identity.demands import LONGEST_DELAY
from preau.identity.models import Account


def add_code_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--again",
        action="store_true",
        help="they have a password already: it ends with their sessions, and a new code opens the account",
    )
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


def code_for(person: Person, school: School | None, options: dict[str, Any]) -> str:
    """The login, the code and its last day, on three lines. Raises CommandError rather than end a password unasked."""
    if not 0 <= options["delay_second_proof"] <= LONGEST_DELAY.days:
        raise CommandError(f"A delay is of {LONGEST_DELAY.days} days at most.")
    if not options["again"] and Account.objects.filter(person=person).activated().exists():
        raise CommandError(
            f"{person.full_name} has a password already: a new code would end it, with their sessions. Say --again if that is meant."
        )
    activation, code = accounts.give_code_at_console(
        person,
        school,
        lifts=options["lift_second_proof"],
        delay=timedelta(days=options["delay_second_proof"]),
    )
    zone = school.timezone if school else timezone.get_default_timezone_name()
    until = dates.day(dates.local(activation.expires_at, zone).date(), year=True)
    return f"Identifiant : {activation.account.login}\nCode : {code}\nJusqu’au {until}, une seule fois."
