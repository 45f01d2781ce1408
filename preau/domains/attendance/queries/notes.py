"""What a roll says beside a name: short words, from every source that has some. Never a reason, never a plan."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, CharField, DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from preau.domains.attendance.models import Announcement, Arrangement, Visit, said_of
from preau.domains.attendance.queries.announcements import known_said
from preau.domains.attendance.queries.visits import where_said
from preau.domains.timetable.boards import whereabouts
from preau.domains.timetable.models import Lesson
from preau.foundation.prepared import Prepared

KNOWN, WHERE, HOLDS = (
    0,
    1,
    2,
)  # what is known of an absence, where the pupil is, what was arranged; in this order
ICONS = {
    Arrangement.Kind.EXEMPTION.value: "notes-off",
    Arrangement.Kind.ADJUSTMENT.value: "adjustments",
    Announcement.Kind.DEPARTURE.value: "logout",
}
HALF_A_DAY = timedelta(hours=12)
AWAY, PLACE = "calendar-event", "door"


@dataclass(frozen=True)
class Note:
    """A few words and their drawing. `aloud`: what of it a class may read on the wall, "" where nothing: a roll is projected."""

    words: str
    icon: str
    aloud: str = ""

    @property
    def is_whispered(self) -> bool:
        """Does it say more than the wall does?"""
        return self.words != self.aloud


def _noted(
    school: int, subject: int, lesson: tuple[Any, datetime, datetime, datetime], pupils: Sequence[int]
) -> "QuerySet[Any, tuple[Any, ...]]":
    """One list from three tables: the roll is opened forty times a day. Of their own school's alone: a pupil of two
    schools is known in each by what that school says."""
    day, since, starts, ends = lesson
    never, no, nothing = (
        Cast(Value(None), DateTimeField()),
        Value(value=False, output_field=BooleanField()),
        Value("", CharField()),
    )
    zone = "school__timezone"
    here: dict[str, Any] = {"school": school, "pupil__in": pupils}
    announced = Announcement.objects.filter(**here, starts__lt=ends, ends__gt=starts, withdrawn_at=None)
    # One that nobody ended is of its own day.
    open_now = Q(ends=None, starts__gt=since)
    elsewhere = Visit.objects.filter(open_now | Q(ends__gt=starts), **here, starts__lt=ends)
    holding = Arrangement.objects.active(day).filter(Q(subject=None) | Q(subject=subject), **here)
    lists = [
        announced.values_list("pupil_id", Value(KNOWN), "kind", no, nothing, "starts", "ends", zone, "pk"),
        elsewhere.values_list("pupil_id", Value(WHERE), "place", no, nothing, "starts", "ends", zone, "pk"),
        holding.values_list(
            "pupil_id", Value(HOLDS), "kind", "must_attend", "words", never, never, zone, "pk"
        ),
    ]
    first, *others = (one.order_by() for one in lists)
    return first.union(*others, all=True)


NOTED = Prepared(
    lambda school, subject, day, since, starts, ends, pupils: _noted(
        school, subject, (day, since, starts, ends), pupils
    )
)


def notes_of(lesson: Lesson, pupils: Sequence[int]) -> dict[int, tuple[Note, ...]]:
    """By pupil, what is known of this lesson: an absence announced, where they are, what was arranged (one query, and one
    for each other house that knows where they are)."""
    notes: dict[int, list[Note]] = defaultdict(list)
    of_lesson = (lesson.day, lesson.starts - HALF_A_DAY, lesson.starts, lesson.ends)
    asked = (lesson.school_id, lesson.subject_id, *of_lesson, tuple(pupils))
    for line in sorted(NOTED(*asked), key=lambda line: (line[1], line[2], line[-1])):
        notes[line[0]].append(_note(line))
    for house in (whereabout for whereabout in whereabouts if whereabout.in_rolls):
        for pupil, words in house.said(lesson.school_id, lesson.starts, lesson.ends, pupils).items():
            notes[pupil].append(Note(words, house.icon, words))
    return {pupil: tuple(pupil_notes) for pupil, pupil_notes in notes.items()}


def _note(line: tuple[Any, ...]) -> Note:
    _pupil, source, kind, must_attend, words, starts, ends, zone, _pk = line
    if source == KNOWN:
        sentence = known_said(kind, starts, zone)
        return Note(sentence, ICONS.get(kind, AWAY), sentence)
    if source == WHERE:
        return Note(where_said(kind, starts, ends, zone), PLACE, where_said("", starts, ends, zone))
    return Note(said_of(kind, must_attend, words), ICONS[kind])


def known_elsewhere(school: int, starts: datetime, ends: datetime, pupils: Sequence[int]) -> dict[int, str]:
    """By pupil, an absence that was announced or where they are, at a moment without a lesson (one query)."""
    day = timezone.localdate(starts)
    lines = NOTED(school, 0, day, starts - HALF_A_DAY, starts, ends, tuple(pupils)) if pupils else []
    return {line[0]: _note(line).words for line in lines if line[1] in {KNOWN, WHERE}}
