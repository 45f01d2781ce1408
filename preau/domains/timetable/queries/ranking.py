"""Whom to ask to give a lesson, in which order and why. Knows no database: spans in, proposals out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Span = tuple[datetime, datetime]
# A break and a change of room: whoever ends so little before, or begins so little after, is there already.
BESIDE = timedelta(minutes=20)


class Tie(IntEnum):
    """What a colleague has to do with the lesson, the strongest first."""

    CLASS = 1
    SUBJECT = 2
    BESIDE = 3
    THERE = 4


@dataclass(frozen=True)
class Slot:
    """The lesson to give: when, and to whom (« 5e B »)."""

    starts: datetime
    ends: datetime
    groups: str

    def meets(self, span: Span) -> bool:
        return span[0] < self.ends and span[1] > self.starts

    def is_beside(self, span: Span) -> bool:
        before, after = self.starts - span[1], span[0] - self.ends
        return timedelta() <= before <= BESIDE or timedelta() <= after <= BESIDE


@dataclass(frozen=True)
class Colleague:
    """Somebody who teaches in the school. `busy`: their lessons anywhere and their own absences; `here`: their lessons of
    the day in this school; `covers`: how many lessons they have taken over this month."""

    pk: int
    name: str
    teaches_it: bool = False
    same_subject: bool = False
    busy: tuple[Span, ...] = ()
    here: tuple[Span, ...] = ()
    covers: int = 0


@dataclass(frozen=True)
class Proposal:
    """One person who is free, and why they are proposed."""

    pk: int
    name: str
    tie: Tie
    why: tuple[str, ...]


def ranked(slot: Slot, colleagues: Iterable[Colleague]) -> list[Proposal]:
    """Those who are free and have something to do with the lesson: of the class, of the subject, there already.

    Among equals: who is there beside the lesson, who is there that day, who has covered least this month, by name.
    """
    found = []
    for colleague in colleagues:
        tie = tie_of(slot, colleague)
        if tie is not None and is_free(slot, colleague):
            found.append(
                (
                    tie,
                    place_of_day(slot, colleague),
                    colleague.covers,
                    colleague.name,
                    colleague.pk,
                    colleague,
                )
            )
    return [Proposal(one.pk, one.name, tie, reasons(slot, one)) for tie, *_, one in sorted(found, key=_key)]


def _key(found: tuple[Tie, int, int, str, int, Colleague]) -> tuple[Tie, int, int, str, int]:
    return found[:5]


def is_free(slot: Slot, colleague: Colleague) -> bool:
    """Neither in class, here or elsewhere, nor away."""
    return not any(slot.meets(span) for span in colleague.busy)


def tie_of(slot: Slot, colleague: Colleague) -> Tie | None:
    if colleague.teaches_it:
        return Tie.CLASS
    if colleague.same_subject:
        return Tie.SUBJECT
    beside = place_of_day(slot, colleague)
    return {0: Tie.BESIDE, 1: Tie.THERE}.get(beside)


def place_of_day(slot: Slot, colleague: Colleague) -> int:
    """0: has a lesson just before or after; 1: has one that day; 2: does not come that day."""
    if any(slot.is_beside(span) for span in colleague.here):
        return 0
    return 1 if colleague.here else 2


def reasons(slot: Slot, colleague: Colleague) -> tuple[str, ...]:
    """« enseigne déjà en 5e B », « même matière », « a cours juste avant ou après », « 2 remplacements ce mois-ci »."""
    sentences = []
    if colleague.teaches_it:
        sentences.append(_("enseigne déjà en %(groups)s") % {"groups": slot.groups})
    if colleague.same_subject:
        sentences.append(_("même matière"))
    sentences.append(
        [_("a cours juste avant ou juste après"), _("a cours ce jour-là"), _("n’a pas cours ce jour-là")][
            place_of_day(slot, colleague)
        ]
    )
    if colleague.covers:
        count = {"num": colleague.covers}
        sentences.append(
            ngettext("%(num)s remplacement ce mois-ci", "%(num)s remplacements ce mois-ci", colleague.covers)
            % count
        )
    return tuple(sentences)
