"""`manage.py import_aaf DIR`: a delivery of the AAF, second or first degree, complete or delta, into the directory."""

from django.core.management.base import CommandParser

from preau.directory.imports.formats import AAF
from preau.directory.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Import an AAF delivery, complete or delta: read, compare, apply one school after the other, report."
    )
    format = AAF

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--others-go-on",
            action="store_true",
            help="leave aside a file that cannot be trusted, read the others",
        )
