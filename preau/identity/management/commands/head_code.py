"""`manage.py head_code UAI`: a code for a school's head, when nobody in the school may give one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.identity.management.console import add_code_arguments, code_for


class Command(BaseCommand):
    help = "Print a one-time code for a head of the school: for the first account, or for a lone head without e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uai")
        parser.add_argument("--person", default="", help="public id, when the school has several heads")
        add_code_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        uai = options["uai"].upper()
        school = School.objects.filter(uai=uai).first()
        if school is None:
            raise CommandError(f"There is no school {uai} here.")
        heads = Person.objects.filter(
            active_on(timezone.localdate(), "holdings__"),
            holdings__role=Role.HEAD,
            holdings__school=school,
            erased_at=None,
        ).distinct()
        if not heads:
            raise CommandError(f"{school.name} ({uai}) has no head today: bring its staff first.")
        chosen = heads.filter(public_id=options["person"]) if options["person"] else heads
        if len(chosen) != 1:
            known = "\n".join(f"  --person {head.public_id}  {head.full_name}" for head in heads)
            raise CommandError(f"Which head?\n{known}")
        self.stdout.write(code_for(chosen[0], school, options))
