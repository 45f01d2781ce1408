"""How a person reads pages: choices that follow the account, and what they put on <html>, as data-… attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Choice:
    """One preference: its values with their words, the first being that of whoever chose nothing."""

    name: str
    label: Any
    values: tuple[tuple[str, Any], ...]
    help_text: Any = ""

    @property
    def default(self) -> str:
        return self.values[0][0]


CHOICES = (
    Choice(
        "text",
        _("Taille du texte"),
        (
            ("100", _("Normale")),
            ("115", _("Un peu plus grande")),
            ("130", _("Grande")),
            ("150", _("Très grande")),
            ("200", _("Double")),
        ),
    ),
    Choice(
        "spacing",
        _("Espaces"),
        (
            ("normal", _("Normaux")),
            ("wide", _("Larges, entre les lettres, les mots et les lignes")),
        ),
    ),
    Choice(
        "font",
        _("Caractères"),
        (
            ("hyperlegible", _("Atkinson Hyperlegible")),
            ("dyslexic", _("OpenDyslexic, pensée pour la dyslexie")),
        ),
    ),
    Choice(
        "color-scheme",
        _("Fond"),
        (
            ("auto", _("Comme mon appareil")),
            ("light", _("Clair")),
            ("dark", _("Sombre")),
        ),
    ),
    Choice(
        "contrast",
        _("Contraste"),
        (
            ("auto", _("Comme mon appareil")),
            ("more", _("Renforcé")),
        ),
    ),
    Choice(
        "motion",
        _("Mouvements"),
        (
            ("auto", _("Comme mon appareil")),
            ("less", _("Aucune animation")),
        ),
    ),
    Choice(
        "simple",
        _("Mode simple"),
        (
            ("off", _("Non")),
            ("on", _("Oui : moins de choix par page, des boutons plus grands")),
        ),
    ),
)


# Settled on the page that they are about, and kept with the rest: « roll » is « plan » for whoever calls it from a seating plan.
BESIDE = ("roll",)


def kept(typed: Mapping[str, str]) -> dict[str, str]:
    """What is worth keeping: known choices that differ from everybody's."""
    return {
        choice.name: typed[choice.name]
        for choice in CHOICES
        if typed.get(choice.name) in dict(choice.values) and typed[choice.name] != choice.default
    }


def face_of(account: Any) -> dict[str, str]:
    """The attributes of <html> for an account; a visitor has those of their device."""
    return {"color-scheme": "auto"} | kept(getattr(account, "preferences", {}))


def is_simple(account: Any) -> bool:
    return "simple" in getattr(account, "preferences", {})
