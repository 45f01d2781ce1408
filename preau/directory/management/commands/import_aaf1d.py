"""`manage.py import_aaf1d DIR`: a delivery of the AAF of the first degree; the format says itself which degree it is."""

from preau.directory.management.commands.import_aaf import Command as ImportAaf


class Command(ImportAaf):
    help = "Import an AAF delivery of the first degree (the same reading as import_aaf)."
