"""Qualifying a resource: opened, moved by two people in turn, tried, commented, looked after by somebody."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models import NEXT, Qualification, QualificationStep
from preau.foundation import journal
from preau.foundation.locks import lock

Kind, State = QualificationStep.Kind, Qualification.State


class SamePerson(Exception):
    """Who brought it where it is may not bring it further."""


class NotTried(Exception):
    """Nobody has said yet how it went in a class."""


class MovedMeanwhile(Exception):
    """It is not, any more, where the page had shown it."""


def _note(viewer: Viewer, known: Qualification, kind: str, words: str = "") -> None:
    now = timezone.now()
    QualificationStep.objects.create(
        qualification=known,
        kind=kind,
        state=known.state,
        words=words,
        by=viewer.person,
        at=now,
        signed=viewer.seat.role_label[:60],
    )
    Qualification.objects.filter(pk=known.pk).update(changed_at=now)


@transaction.atomic
def open_qualification(viewer: Viewer, resource: Resource) -> tuple[Qualification, bool]:
    """A resource is worth qualifying; twice is once."""
    now = timezone.now()
    known, made = Qualification.objects.get_or_create(
        resource=resource, defaults={"moved_by": viewer.person, "opened_at": now, "changed_at": now}
    )
    if made:
        _note(viewer, known, Kind.MOVE)
        journal.record(viewer, "scenarios.qualified", known, state=known.state)
    return known, made


@transaction.atomic
def move(viewer: Viewer, known: Qualification, to: str, words: str, seen: str) -> bool:
    """Bring it to another state. False when it is there already. Raises MovedMeanwhile, SamePerson, NotTried."""
    known = lock(Qualification, known.pk)
    if known.state == to:
        return False
    if known.state != seen or to not in NEXT[known.state]:
        raise MovedMeanwhile
    if known.moved_by_id == viewer.person.pk:
        raise SamePerson
    if to == State.TRIED and not known.trials:
        raise NotTried
    known.state, known.moved_by = to, viewer.person
    known.save(update_fields=["state", "moved_by"])
    _note(viewer, known, Kind.MOVE, words)
    journal.record(viewer, "scenarios.qualified", known, state=to)
    return True


@transaction.atomic
def comment(viewer: Viewer, known: Qualification, words: str, *, trial: bool) -> bool:
    """Say something of it, or how it went in a class; the same again, sent twice, is said once."""
    known = lock(Qualification, known.pk)
    kind = Kind.TRIAL if trial else Kind.COMMENT
    last = known.steps.filter(by=viewer.person).first()
    if last and (last.kind, last.words) == (kind, words):
        return False
    _note(viewer, known, kind, words)
    if trial:
        Qualification.objects.filter(pk=known.pk).update(trials=F("trials") + 1)
    return True


@transaction.atomic
def look_after(viewer: Viewer, known: Qualification, *, mine: bool) -> bool:
    """Take it in charge, or give it up. False when it is so already, or in somebody else's charge."""
    known = lock(Qualification, known.pk)
    wanted = viewer.person.pk if mine else None
    if known.assigned_to_id == wanted or known.assigned_to_id not in {None, viewer.person.pk}:
        return False
    Qualification.objects.filter(pk=known.pk).update(assigned_to=wanted)
    _note(viewer, known, Kind.TAKEN if mine else Kind.LEFT)
    return True


@transaction.atomic
def forget_qualifying(person_id: int) -> int:
    """What was done stays, done by nobody that one could name."""
    Qualification.objects.filter(moved_by_id=person_id).update(moved_by=None)
    Qualification.objects.filter(assigned_to_id=person_id).update(assigned_to=None)
    return QualificationStep.objects.filter(by_id=person_id).update(by=None)
