"""May this viewer do that with confidential records? Seeing one is being on its list (`visible_to`); these say what else."""

from collections.abc import Iterable
from datetime import date

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.records.models import (
    HEALTH,
    PSYCHOLOGY,
    SHARED,
    SOCIAL,
    Kind,
    Measure,
    Paper,
    Reader,
    Record,
)

# Who opens a record of which kind, by function or by a power that the head gave until a day. Of the head, only what they sign.
OPENERS: dict[Kind, tuple[frozenset[Role], str]] = {
    Kind.PAI: (frozenset({Role.HEAD}), HEALTH),
    **dict.fromkeys((Kind.PAP, Kind.PPS, Kind.PPRE), (frozenset({Role.HEAD, Role.TEACHER}), HEALTH)),
    Kind.HEALTH: (frozenset(), HEALTH),
    Kind.SOCIAL: (frozenset(), SOCIAL),
    Kind.PSYCHOLOGY: (frozenset(), PSYCHOLOGY),
}
# A reminder comes so many days before the day of the review.
REMINDED = 30


def may_open_kind(viewer: Viewer, kind: str) -> bool:
    """Does what this person does in the school let them open a record of this kind?"""
    roles, power = OPENERS[Kind(kind)]
    return viewer.is_staff and (viewer.holds(*roles) or viewer.has_power(power))


def kinds_opened_by(viewer: Viewer) -> list[Kind]:
    return [kind for kind in Kind if may_open_kind(viewer, kind)]


def opens_records(viewer: Viewer, *_: object) -> bool:
    """Head, teachers, nurse, and those to whom it was given."""
    return bool(kinds_opened_by(viewer))


def has_a_list(viewer: Viewer, *_: object) -> bool:
    """Every member of the staff of a school: the list shows each what they may open."""
    return viewer.is_staff


def keeps_records(viewer: Viewer, *_: object) -> bool:
    """Those who work with pupils: the menu of a cook does not speak of it."""
    return viewer.works_with_pupils


def reads_as_staff(viewer: Viewer, *_: object) -> bool:
    """A record, by a member of the staff who is on its list."""
    return viewer.is_staff


def writes(viewer: Viewer, record: Record) -> bool:
    """Of those who are on the list: whoever opened it, and those whose work lets them open one of this kind. Others read."""
    return viewer.is_staff and (record.opened_by_id == viewer.person.pk or may_open_kind(viewer, record.kind))


def writes_plan(viewer: Viewer, record: Record) -> bool:
    """The same, of a plan: only a plan publishes measures."""
    return record.is_shared and writes(viewer, record)


def writes_list(viewer: Viewer, reader: Reader) -> bool:
    """A line of the list, by whoever writes in its record."""
    return writes(viewer, reader.record)


def writes_measure(viewer: Viewer, measure: Measure) -> bool:
    return writes(viewer, measure.record)


def writes_paper(viewer: Viewer, paper: Paper) -> bool:
    return writes(viewer, paper.record)


def reads_paper(viewer: Viewer, paper: Paper) -> bool:
    """The list and the guardians; a pupil from eighteen."""
    return (viewer.is_staff or follows_own(viewer)) and paper.record.is_read_whole_by(viewer)


def follows_own(viewer: Viewer, *_: object) -> bool:
    """Families and pupils, for themselves."""
    return viewer.profile in {Profile.GUARDIAN, Profile.PUPIL}


def reads_readings(viewer: Viewer, *_: object) -> bool:
    """Whoever reads the record, on the list or in the family."""
    return viewer.is_staff or follows_own(viewer)


def agrees(viewer: Viewer, record: Record) -> bool:
    """Guardians for a minor, else the pupil: whoever reads it whole in the family."""
    return follows_own(viewer) and record.is_read_whole_by(viewer)


def looks_after(viewer: Viewer, *_: object) -> bool:
    """The adults who have pupils before them: what to do for whom, and in an emergency."""
    return viewer.holds(Role.HEAD, Role.SCHOOL_LIFE, Role.NURSE, Role.TEACHER, Role.ASSISTANT)


def audits(viewer: Viewer, *_: object) -> bool:
    """The head: who may open how many records, never what they say."""
    return viewer.holds(Role.HEAD)


def is_to_review(record_review: date, today: date) -> bool:
    """Is the day of the review near, or over?"""
    return (record_review - today).days <= REMINDED


def may_listen(kind: str, roles: Iterable[Role]) -> bool:
    """May a person of these functions be handed a record of this kind by the head? Powers are asked beside."""
    return not OPENERS[Kind(kind)][0].isdisjoint(roles) or (
        OPENERS[Kind(kind)][1] == HEALTH and Role.NURSE in roles
    )


def has_plain_part(kind: str) -> bool:
    """Only what the family reads says something to the pupil, and to those who must act."""
    return kind in SHARED
