"""`manage.py import_siecle DIR|FILE…`: the exports of SIECLE and STSWEB of one school into the directory."""

from preau.directory.imports.formats import SIECLE
from preau.directory.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import the SIECLE and STSWEB exports of one school: read, compare, apply, report."
    format = SIECLE
