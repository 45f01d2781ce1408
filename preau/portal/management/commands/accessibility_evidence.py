"""Keep what the crawler measured, for the accessibility statement: `manage.py accessibility_evidence build/net/report.json`."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.portal import evidence


class Command(BaseCommand):
    help = "Keep the summary of a report of the crawler for the accessibility statement."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", type=Path, help="report.json of `make audit`")
        parser.add_argument("--met", type=int, default=0, help="criteria met, of an audit by people")
        parser.add_argument("--applicable", type=int, default=0, help="criteria that apply, of that audit")

    def handle(self, *args: Any, report: Path, met: int, applicable: int, **options: Any) -> None:
        if not 0 <= met <= applicable:
            raise CommandError("--met cannot be more than --applicable.")
        try:
            day = date.fromtimestamp(report.stat().st_mtime)  # noqa: DTZ012 - the day on this machine's wall
            found = evidence.summary_of(json.loads(report.read_text()), day, met, applicable)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{report} is not a report of the crawler: {error}") from error
        evidence.write(found)
        self.stdout.write(f"{found.pages} pages, {found.violations} défauts : {evidence.state_of(found)}.")
