"""`manage.py journal_export`: the journal of a school between two days, as a bundle or a table, for an inquiry."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.commons.journal import actions, exports
from preau.commons.journal.models import Extract
from preau.commons.journal.queries import LineQuery
from preau.directory.models import Person, School


class Command(BaseCommand):
    help = "Write the journal of a school between two days, both included: a signed bundle (.zip) or a table (.csv)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, metavar="UAI")
        parser.add_argument(
            "--from", dest="first", required=True, type=date.fromisoformat, metavar="2026-09-01"
        )
        parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, metavar="2026-09-30")
        parser.add_argument(
            "--about",
            metavar="PERSON",
            help="lines about this person: --about=PUBLIC_ID, an identifier may begin with a hyphen",
        )
        parser.add_argument("--by", metavar="PERSON", help="lines by this person: --by=PUBLIC_ID")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        school = School.objects.filter(uai__iexact=options["school"]).first()
        if school is None:
            raise CommandError(f"No school {options['school']}.")
        asked, out = self._asked(options), options["out"]
        shape = out.suffix.lstrip(".").lower()
        if shape not in Extract.Shape.values:
            raise CommandError("The file must end in .zip or .csv.")
        if out.exists():
            raise CommandError(f"{out} is there already.")
        while actions.seal(school.pk):
            pass
        with timezone.override(ZoneInfo(school.timezone)):
            made = exports.made(school, asked, shape)
        # The line first: nothing leaves without it.
        actions.note_console_export(school, asked, made.rows)
        out.touch(mode=0o600)
        out.write_bytes(made.content)
        self.stdout.write(f"{made.rows} lines in {out}.")

    def _asked(self, options: dict[str, Any]) -> LineQuery:
        if options["first"] > options["last"]:
            raise CommandError("--from comes after --to.")
        if options["about"] and options["by"]:
            raise CommandError("Either --about or --by.")
        public_id = options["about"] or options["by"]
        person = Person.objects.filter(public_id=public_id).first() if public_id else None
        if public_id and person is None:
            raise CommandError(f"No person {public_id}.")
        side = (
            Extract.Side.ABOUT
            if options["about"]
            else Extract.Side.BY
            if options["by"]
            else Extract.Side.BOTH
        )
        return LineQuery(options["first"], options["last"], person, side)
