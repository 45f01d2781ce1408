"""`manage.py export_timetable --school UAI FILE`: the weekly lessons of the year as STSWEB takes them (`emp_sts`)."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import School
from preau.domains.timetable.exports.sts import emp_sts


class Command(BaseCommand):
    help = "Write the timetable of one school for STSWEB: the file emp_sts_<UAI>_<year>.xml."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--school", metavar="UAI", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        school = School.objects.filter(uai=options["school"].upper()).select_related("current_year").first()
        if school is None or school.current_year is None:
            raise CommandError(f"Aucun établissement {options['school']}, ou il n’a pas d’année en cours.")
        school.current_year.school = school
        today = timezone.localdate(timezone=ZoneInfo(school.timezone))
        options["file"].write_bytes(emp_sts(school.current_year, today))
        self.stdout.write(f"Écrit : {options['file']}")
