"""`manage.py fill_french`: the French catalogue says what the code says.

The texts of the code are French already. They still need a catalogue: without one, gettext counts in English
(« 0 élèves », where French writes « 0 élève »). And a plain space before « : » could leave the sign alone on its line: the
catalogue has the space that holds, which nobody can tell from another in an editor.
"""

from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand

from preau.foundation.text import french


class Command(BaseCommand):
    help = "Copy each text of the code into the French catalogue, and drop those that are gone."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.LOCALE_PATHS[0]) / "fr" / "LC_MESSAGES" / "django.po"
        with path.open("rb") as source:
            catalog = read_po(source, locale="fr")
        for message in catalog:
            if message.id:
                text = message.id
                message.string = french(text) if isinstance(text, str) else tuple(map(french, text))
                message.flags.discard("fuzzy")
        with path.open("wb") as target:
            write_po(target, catalog, omit_header=False, ignore_obsolete=True, width=110)
