"""`manage.py import_aaf DIR`: a delivery of the AAF, second or first degree, complete or delta, into the directory."""

from preau.directory.imports.formats import AAF
from preau.directory.management.importing import ImportCommand


class Command(ImportCommand):
    help = (
        "Import an AAF delivery, complete or delta: read, compare, apply one school after the other, report."
    )
    format = AAF
