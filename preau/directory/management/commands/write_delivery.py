"""`manage.py write_delivery DIR`: AAF deliveries of invented academies, for the demonstration and the bench."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.deltas import write_changes
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.plans import Degree
from preau.directory.seeds.scale import scale_academy

FOLDERS = {Degree.SECOND: "second-degre", Degree.FIRST: "premier-degre"}


class Command(BaseCommand):
    help = "Write AAF deliveries of an invented academy: complete, or the changes of a night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--demo", action="store_true", help="the demonstration: one folder a degree")
        parser.add_argument("--schools", type=int, help="how many collèges and lycées")
        parser.add_argument("--people", type=int, help="about how many pupils, guardians and staff")
        parser.add_argument(
            "--delta-of", type=Path, metavar="FOLDER", help="the changes of a night after this delivery"
        )
        parser.add_argument(
            "--one-in", type=int, default=100, help="with --delta-of: of so many people, one has changed"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD, today unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"] or timezone.localdate()
        if options["demo"]:
            academy = demo_academy(day)
            for degree, name in FOLDERS.items():
                self._say(name, write_delivery(options["folder"] / name, academy, day=day, degree=degree))
            return
        if options["delta_of"]:
            counts = write_changes(options["delta_of"], options["folder"], day=day, one_in=options["one_in"])
            self._say(options["folder"].name, counts)
            return
        if not options["schools"] or not options["people"]:
            raise CommandError("Say --demo, --delta-of, or both --schools and --people.")
        academy = scale_academy(options["schools"], options["people"], options["seed"], today=day)
        self._say(options["folder"].name, write_delivery(options["folder"], academy, day=day))

    def _say(self, name: str, records: dict[str, int]) -> None:
        counts = ", ".join(f"{number} {category}" for category, number in records.items())
        self.stdout.write(f"{name}: {counts}")
