"""How the service is, in facts that anyone may read: no name, no address, no version."""

from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preau.foundation import upkeep
from preau.foundation.upkeep import Work

WELL, SLOW, AWAY = ("done", _("En service")), ("todo", _("Ralenti")), ("changed", _("En panne"))


@dataclass(frozen=True)
class Fact:
    """One part of the service: its state (tone, word) and what it means for the reader."""

    label: Any
    state: tuple[str, Any]
    words: Any

    @property
    def is_well(self) -> bool:
        return self.state == WELL


def facts() -> list[Fact]:
    """Pages, database, background work, letters."""
    pages = Fact(_("Pages"), WELL, _("Cette page répond."))
    try:
        work = upkeep.work_now()
    except (OperationalError, InterfaceError):
        return [
            pages,
            Fact(_("Base de données"), AWAY, _("Elle ne répond pas : les pages personnelles non plus.")),
        ]
    return [
        pages,
        Fact(_("Base de données"), WELL, _("Elle répond.")),
        _worker(work),
        _letters(work),
        _room(work),
    ]


def _worker(work: Work) -> Fact:
    label = _("Travaux de fond")
    if not work.worker:
        words = _("Ils sont arrêtés. Ce qui a été demandé est gardé, et se fera à la reprise.")
        return Fact(label, AWAY, words)
    if work.failed:
        sentence = ngettext(
            "Ils avancent, mais %(count)s n’a pas abouti depuis hier : l’exploitant en est averti.",
            "Ils avancent, mais %(count)s n’ont pas abouti depuis hier : l’exploitant en est averti.",
            work.failed,
        )
        return Fact(label, SLOW, sentence % {"count": work.failed})
    return Fact(label, WELL, _("Ils avancent."))


def _letters(work: Work) -> Fact:
    label = _("Courriels et travaux en attente")
    if not work.waiting:
        return Fact(label, WELL, _("Rien n’attend."))
    words = _("Le plus ancien attend depuis %(minutes)s min.") % {"minutes": work.oldest_minutes}
    return Fact(label, SLOW if work.is_late else WELL, words)


def _room(work: Work) -> Fact:
    label = _("Place pour les fichiers")
    if work.has_room:
        return Fact(label, WELL, _("Il en reste."))
    return Fact(label, SLOW, _("Elle manque bientôt : un envoi de fichier peut être refusé."))
