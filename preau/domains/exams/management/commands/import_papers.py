"""`manage.py import_papers FOLDER`: exam papers from two CSV files, PDFs and HTML pages (docs/annales.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.domains.exams.actions import publish
from preau.domains.exams.imports.folder import STARTER, exams, read_folder
from preau.domains.exams.queries import index


class Command(BaseCommand):
    help = "Load a folder of exam papers, all of it or nothing, and tell each fault at its line; a second time writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, nargs="?", help="without it, the training papers that come with Préau"
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument(
            "--source", default="import", help="a word by which these papers are told from others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"] or STARTER
        source = options["source"][:40] if options["folder"] else "starter"
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        read = read_folder(folder)
        for notice in read.notices:
            self.stdout.write(f"  {notice}")
        if read.faults:
            faults = "\n".join(f"  {fault}" for fault in read.faults)
            raise CommandError(f"Nothing was written. {len(read.faults)} faults:\n{faults}")
        if options["dry_run"]:
            self.stdout.write(f"{len(read.drafts)} papers are sound. Nothing was written (--dry-run).")
            return
        report = publish(source, exams(), read.drafts)
        for word, keys in (("new", report.created), ("changed", report.changed)):
            for key in keys:
                self.stdout.write(f"  {word}: {key}")
        self.stdout.write(
            f"{len(report.created)} papers new, {len(report.changed)} changed, {report.same} the same; "
            f"{report.exercises} exercises written."
        )
        index.engine(wait=True)
