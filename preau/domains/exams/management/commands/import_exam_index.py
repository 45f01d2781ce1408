"""`manage.py import_exam_index FILE`: an index of exercises of mathematics or of subjects of philosophy (docs/annales.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.domains.exams.imports import folder, indexes
from preau.domains.exams.queries import index


class Command(BaseCommand):
    help = "Load an index of exam papers that are elsewhere: each row is shown and found, without a file; a second time writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read everything, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = indexes.load_index(options["file"], dry_run=options["dry_run"])
        except folder.InvalidFolder as refused:
            raise CommandError(f"Nothing was written. {refused}") from refused
        for left in loaded.left:
            self.stdout.write(f"  left: {left}")
        for place, times in loaded.places.most_common():
            self.stdout.write(f"  no zone: {place or '(no place)'}, {times}")
        self.stdout.write(
            f"{loaded.source}: {loaded.rows} rows, {loaded.exercises} exercises in {loaded.papers} papers, {len(loaded.left)} left."
        )
        if options["dry_run"]:
            self.stdout.write("Nothing was written (--dry-run).")
            return
        report = loaded.report
        self.stdout.write(
            f"{len(report.created)} papers new, {len(report.changed)} changed, {report.same} the same."
        )
        index.engine(wait=True)
