"""What each part of Préau holds about people, for the public page: why, for how long, who reads it."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData

CLASSES = {
    FieldClass.PERSONAL: _("Données personnelles"),
    FieldClass.CHILD: _("Données d’enfants"),
    FieldClass.SENSITIVE: _("Données sensibles, réservées à quelques fonctions"),
}


@dataclass(frozen=True)
class Table:
    """One table about people, in words: its fields by class, those that say nothing of anybody left out."""

    entry: PersonalData
    keep: Any
    fields: list[tuple[Any, list[str]]]


@dataclass(frozen=True)
class House:
    """The tables of one part of Préau."""

    key: str
    label: Any
    tables: list[Table]


def houses() -> dict[str, House]:
    """Every house that holds something about people, in the order of the board."""
    found: dict[str, House] = {}
    for entry in boards.personal_data:
        app: Any = apps.get_model(entry.model)._meta.app_config
        house = found.setdefault(app.label, House(app.label, app.verbose_name, []))
        house.tables.append(Table(entry, entry.keep.said, fields_of(entry)))
    return found


def fields_of(entry: PersonalData) -> list[tuple[Any, list[str]]]:
    meta = apps.get_model(entry.model)._meta
    by_class = {
        words: sorted(
            str(meta.get_field(name).verbose_name) for name, known in entry.fields.items() if known == kind
        )
        for kind, words in CLASSES.items()
    }
    return [(words, names) for words, names in by_class.items() if names]
