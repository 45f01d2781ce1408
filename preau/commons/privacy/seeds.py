"""The demonstration's share: requests that wait, one that is late, one that was prolonged, one that was answered."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from preau.commons.privacy.actions import answering, asking
from preau.commons.privacy.actions.asking import CorrectionLine
from preau.commons.privacy.models import (
    DataRequest,
    Outcome,
    RetentionBatch,
    RetentionPart,
    RetentionRun,
    Right,
    due_after,
)
from preau.directory.models import Person
from preau.directory.queries.terms import SINCE
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import boards, notices


def plant(world: Any) -> None:
    """What the cast has asked of its school."""
    head = _seat(world, "head", f"staff-{world.school.pk}")
    if head is None or head.school_id != world.school.pk:
        return
    with notices.told_already():
        for key, seat, about, days, asked in _said():
            viewer = _seat(world, key, seat.format(school=world.school.pk))
            subject = world.people.get(about)
            if viewer is None or subject is None or viewer.person.pk == head.person.pk:
                continue
            request = _aged(asking.ask(viewer, world.school, subject, asked), days)
            if days == 26:
                why = "Vos données sont dans plusieurs registres d’années différentes, que nous relisons un par un."
                answering.prolong(head, request, why)
            elif days == 12:
                _answered(head, request)


def _said() -> list[tuple[str, str, str, int, CorrectionLine]]:
    """Who, in which seat, about whom, how many days ago, and what."""
    return [
        (
            "guardian",
            "guardian",
            "pupil",
            3,
            CorrectionLine(
                Right.RECTIFY,
                "Le retard du premier jour n’en était pas un\u202f: le car est arrivé à l’heure.",
                "attendance-entry",
                "Le premier retard de l’année",
                "Présente",
            ),
        ),
        (
            "guardian",
            "guardian",
            "guardian",
            12,
            CorrectionLine(
                Right.QUESTION,
                "Qui peut lire mon numéro de téléphone dans l’établissement\u202f?",
                "directory-person",
            ),
        ),
        (
            "teacher",
            "staff-{school}",
            "teacher",
            26,
            CorrectionLine(Right.ERASE, "Mes notes de l’an passé ne me servent plus.", "homework-lessonnote"),
        ),
        (
            "cpe",
            "staff-{school}",
            "cpe",
            34,
            CorrectionLine(
                Right.OBJECT,
                "Je ne veux pas que mon nom reste sur les plans de classe.",
                "attendance-seatingplan",
            ),
        ),
    ]


def _seat(world: Any, key: str, seat: str) -> Viewer | None:
    person: Person | None = world.people.get(key)
    return viewer_for(person, 0, timezone.now(), seat) if person else None


def _aged(request: DataRequest, days: int) -> DataRequest:
    """As if it had been sent so many days ago."""
    request.asked_at -= timedelta(days=days)
    request.due = due_after(request.asked_on)
    request.save(update_fields=["asked_at", "due"])
    return request


def _answered(head: Viewer, request: DataRequest) -> None:
    for line in request.lines.all():
        answering.answer_line(
            head,
            line,
            Outcome.TOLD,
            "La direction, la vie scolaire et le secrétariat, pour vous joindre au sujet de votre enfant. Les enseignants ne le voient pas.",
        )
    answering.send_answer(head, request)
    request.refresh_from_db()
    request.told_at, request.told_to = request.answered_at, request.asked_by
    request.save(update_fields=["told_at", "told_to"])


def plant_terms(world: Any) -> None:
    """What the school erased at the beginning of the year, once two people had agreed: numbers, and nothing else is left."""
    seats = [_seat(world, key, f"staff-{world.school.pk}") for key in ("head", "secretary")]
    people = [seat.person for seat in seats if seat and seat.school_id == world.school.pk]
    if len({person.pk for person in people}) < 2:
        return
    day = SINCE + timedelta(days=9)
    at = timezone.make_aware(datetime.combine(day, time(16, 40)))
    run = RetentionRun.objects.create(
        school=world.school,
        day=day,
        state=RetentionRun.State.DONE,
        prepared_at=at - timedelta(days=3),
        approved_by=people[0],
        approved_at=at - timedelta(days=1),
        confirmed_by=people[1],
        confirmed_at=at,
        done_at=at + timedelta(minutes=2),
    )
    first, last = date(day.year - 2, 9, 2), date(day.year - 1, 7, 3)
    for key, count in (
        ("attendance.entries", 1_204),
        ("attendance.explanations", 611),
        ("timetable.lessons", 9_380),
    ):
        if boards.terms.named(key) is None:
            # Its house is not of this site.
            continue
        part = RetentionPart.objects.create(
            run=run, rule=key, since=SINCE, count=count, oldest=first, newest=last, erased=count, done_at=at
        )
        RetentionBatch.objects.create(part=part, erased=count, left=0, at=at)
