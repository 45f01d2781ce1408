"""`manage.py operator_code`: a code for whoever runs the platform, opened here or invited again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ValidationError
from django.utils import timezone

from preau.directory.models import Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.identity.management.console import add_code_arguments, code_for


class Command(BaseCommand):
    help = "Print a one-time code for an operator of the whole platform: --open makes one, --login or nothing invites again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--open", nargs=2, metavar=("GIVEN", "FAMILY"), help="make this operator")
        parser.add_argument("--email", default="", help="of the operator who is made")
        parser.add_argument("--login", default="", help="which operator, when there are several")
        add_code_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            person = self._opened(options) if options["open"] else self._known(options["login"])
            self.stdout.write(code_for(person, None, options))
        self.stdout.write(
            "Première chose à faire\u202f: «\u202fMon compte\u202f», «\u202fDouble vérification\u202f»."
        )

    def _opened(self, options: dict[str, Any]) -> Person:
        given, family = (name.strip() for name in options["open"])
        if not given or not family:
            raise CommandError("An operator has a given name and a family name.")
        if options["email"]:
            try:
                validate_email(options["email"])
            except ValidationError:
                raise CommandError(f"{options['email']} is not an address.") from None
        same = self._operators().filter(given_name=given, family_name=family).first()
        if same:
            raise CommandError(
                f"{same.full_name} is an operator already: without --open, a code invites them again."
            )
        person = Person.objects.create(given_name=given, family_name=family, email=options["email"])
        Holding.objects.create(person=person, role=Role.OPERATOR, starts=timezone.localdate())
        return person

    def _known(self, login: str) -> Person:
        found = self._operators()
        chosen = found.filter(account__login=login.lower()) if login else found
        if len(chosen) != 1:
            known = "\n".join(
                f"  --login {person.account.login}" for person in found if hasattr(person, "account")
            )
            raise CommandError(
                f"Which operator?\n{known}" if found else "There is no operator yet: --open GIVEN FAMILY."
            )
        return chosen[0]

    def _operators(self) -> "QuerySet[Person]":
        held = Holding.objects.filter(
            active_on(timezone.localdate()), role=Role.OPERATOR, school=None, territory=None
        )
        return Person.objects.filter(pk__in=held.values("person"), erased_at=None).select_related("account")
