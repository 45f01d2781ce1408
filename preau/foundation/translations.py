"""The texts of the code are the French that people read: gettext says them without a catalogue that would copy each of them."""

from functools import lru_cache
from gettext import NullTranslations

from django.conf import settings
from django.utils.translation import trans_real

from preau.foundation.text import french


@lru_cache(maxsize=4_096)  # a page says a hundred texts, and the next page most of them again
def held(text: str) -> str:
    """A text of the code, its signs held to their word."""
    return french(text)


class FrenchTexts(NullTranslations):
    """The text itself, its signs held to their word, and the plural of French, where zero is singular."""

    def gettext(self, message: str) -> str:
        return held(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return held(msgid1 if n < 2 else msgid2)


def install() -> None:
    """Say the texts that no catalogue knows; those of Django and of packages keep theirs, whose code is in English."""
    trans_real.translation(settings.LANGUAGE_CODE).add_fallback(FrenchTexts())
