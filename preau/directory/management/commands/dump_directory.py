"""`manage.py dump_directory`: the directory as sorted JSON lines (docs/directory-dump.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.directory.exports import dump
from preau.directory.models import School


class Command(BaseCommand):
    help = "Write schools, people, classes and their links as sorted JSON lines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", metavar="UAI", default="", help="one school and its people")

    def handle(self, *args: Any, **options: Any) -> None:
        uai = options["school"].upper()
        if uai and not School.objects.filter(uai=uai).exists():
            raise CommandError(f"Aucun établissement {uai}.")
        for line in dump.lines(uai):
            self.stdout.write(line)
