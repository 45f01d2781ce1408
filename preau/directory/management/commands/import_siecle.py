"""`manage.py import_siecle DIR|FILE…`: the exports of SIECLE and STSWEB of one school into the directory."""

from django.core.management.base import CommandParser

from preau.directory.imports.formats import SIECLE
from preau.directory.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import the SIECLE and STSWEB exports of one school: read, compare, apply, report."
    format = SIECLE

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--school", metavar="UAI", default="", help="the school to open, when it is not here yet"
        )
