"""Reporting an incident, correcting it, saying what a family reads, settling it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.conduct import rules
from preau.domains.conduct.actions import telling
from preau.domains.conduct.models import Incident, IncidentStep, Involvement
from preau.foundation import journal
from preau.foundation.locks import lock

Gesture = IncidentStep.Gesture


class Changed(Exception):
    """Somebody else has changed this incident since the page was shown."""


@dataclass(frozen=True)
class Facts:
    """What an incident says. `parts`: the part of each person, by their number."""

    day: date
    hour: time | None
    place: str
    kind: str
    facts: str
    parts: Mapping[int, str] = field(default_factory=dict)


@transaction.atomic
def report(viewer: Viewer, told: Facts, sent_as: str = "") -> Incident:
    """Report what was seen; the same form sent twice reports it once."""
    known = Incident.objects.filter(reported_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    incident: Incident = Incident.objects.create(
        school_id=rules.school_of(viewer),
        day=told.day,
        hour=told.hour,
        place=told.place,
        kind=told.kind,
        facts=told.facts,
        reported_by=viewer.person,
        reported_at=timezone.now(),
        sent_as=sent_as,
    )
    _write_parts(incident, told.parts)
    journal.record(viewer, "conduct.incident_reported", incident, people=len(told.parts))
    telling.tell_school_life(incident)
    return incident


def _write_parts(incident: Incident, parts: Mapping[int, str]) -> None:
    Involvement.objects.bulk_create(
        Involvement(school_id=incident.school_id, incident=incident, person_id=person, part=part)
        for person, part in parts.items()
    )


@transaction.atomic
def correct(viewer: Viewer, incident: Incident, told: Facts, seen: int) -> bool:
    """Correct what was written; what it said before stays. People may be added, and one whose family was told nothing
    may be taken out. Raises Changed; False when nothing had to change."""
    incident = lock(Incident, incident.pk)
    parts = dict(incident.involvements.values_list("person_id", "part"))
    was = Facts(incident.day, incident.hour, incident.place, incident.kind, incident.facts, parts)
    if was == told:
        return False
    if incident.revision != seen:
        raise Changed
    before = f"{incident.get_kind_display()} · {incident.get_place_display()} · {incident.day:%d/%m/%Y}\n{incident.facts}"
    for name in ("day", "hour", "place", "kind", "facts"):
        setattr(incident, name, getattr(told, name))
    incident.revision += 1
    incident.save()
    _change_parts(incident, parts, told.parts)
    _step(viewer, incident, Gesture.CORRECTED, before=before)
    journal.record(viewer, "conduct.incident_corrected", incident)
    return True


def _change_parts(incident: Incident, parts: Mapping[int, str], wanted: Mapping[int, str]) -> None:
    known = incident.involvements
    known.filter(person_id__in=set(parts) - set(wanted), told_at=None).delete()
    for person in [one for one, part in wanted.items() if parts.get(one, part) != part]:
        known.filter(person_id=person).update(part=wanted[person])
    _write_parts(incident, {person: part for person, part in wanted.items() if person not in parts})


def _step(viewer: Viewer, incident: Incident, gesture: str, *, before: str = "", note: str = "") -> None:
    IncidentStep.objects.create(
        school_id=incident.school_id,
        incident=incident,
        gesture=gesture,
        before=before,
        note=note,
        by=viewer.person,
        at=timezone.now(),
    )


@transaction.atomic
def tell_family(viewer: Viewer, involvement: Involvement, sentence: str) -> bool:
    """Give a family the sentence written for it, and tell it once; False when it says that already."""
    lock(Incident, involvement.incident_id)
    involvement = Involvement.objects.get(pk=involvement.pk)
    if involvement.told_at and involvement.for_family == sentence:
        return False
    involvement.for_family = sentence
    involvement.told_at = involvement.told_at or timezone.now()
    involvement.save(update_fields=["for_family", "told_at"])
    journal.record(viewer, "conduct.family_told", involvement, subject_id=involvement.person_id)
    telling.tell_of_incident(involvement)
    return True


@transaction.atomic
def settle(viewer: Viewer, incident: Incident, note: str) -> bool:
    """Say what was made of it; False when it was settled already."""
    incident = lock(Incident, incident.pk)
    if not incident.is_open:
        return False
    _turn(viewer, incident, Incident.State.SETTLED, Gesture.SETTLED, note)
    telling.settle_incident(incident)
    return True


@transaction.atomic
def reopen(viewer: Viewer, incident: Incident) -> bool:
    """There is more to do after all; False when it is open already."""
    incident = lock(Incident, incident.pk)
    if incident.is_open:
        return False
    _turn(viewer, incident, Incident.State.OPEN, Gesture.REOPENED, "")
    return True


def _turn(viewer: Viewer, incident: Incident, state: str, gesture: str, note: str) -> None:
    incident.state = state
    incident.revision += 1
    incident.save(update_fields=["state", "revision"])
    _step(viewer, incident, gesture, note=note)
    journal.record(viewer, f"conduct.incident_{gesture}", incident)


def forget_incidents(person_id: int) -> int:
    """Erase what was written of a person: the incidents that are about no other pupil whole, the words of the others."""
    mine = Incident.objects.filter(involvements__person_id=person_id)
    alone = mine.exclude(pk__in=Involvement.objects.exclude(person_id=person_id).values("incident_id"))
    gone = Involvement.objects.filter(incident__in=list(alone.values_list("pk", flat=True))).count()
    shared = list(mine.exclude(pk__in=alone.values("pk")).values_list("pk", flat=True))
    Incident.objects.filter(pk__in=list(alone.values_list("pk", flat=True))).delete()
    IncidentStep.objects.filter(incident__in=shared).update(before="", note="")
    return (
        gone
        + Incident.objects.filter(pk__in=shared).update(facts="")
        + Involvement.objects.filter(person_id=person_id).delete()[0]
    )
