"""`manage.py plant_catalogue`: the tree of the programmes and the starter collection, at the first install and after an update."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.domains.catalogue.imports import starter
from preau.domains.catalogue.queries import index


class Command(BaseCommand):
    help = "Load the starter collection into the catalogue; a second time writes nothing. Then bring the index of this machine up to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=starter.STARTER, help="another folder of the same form"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = starter.plant(options["folder"])
        except (starter.BadResource, OSError) as error:
            raise CommandError(f"Nothing was written. {error}") from error
        for word, keys in (
            ("new", report.created),
            ("changed", report.changed),
            ("withdrawn", report.withdrawn),
        ):
            for key in keys:
                self.stdout.write(f"  {word}: {key}")
        self.stdout.write(
            f"{len(report.created)} new, {len(report.changed)} changed, {len(report.withdrawn)} withdrawn, {report.same} the same; "
            f"{report.shelves} collections and {report.nodes} places of the programmes written: {report.written} rows."
        )
        index.engine(wait=True)
