"""The marks of one pupil, as their record shows them: the averages of the period in small, and the last marks, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Enrolment, Period, Person
from preau.directory.queries.record import schooling_of
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook.models import MARKS, GradingPolicy, Mark, SubjectWeight
from preau.domains.gradebook.models.reading import in_led_class
from preau.domains.gradebook.queries.counting import given, policy_terms
from preau.domains.gradebook.queries.figures import MarkRow, SubjectRow, move_of, number
from preau.domains.gradebook.queries.read_marks import COLUMNS, ClassMarks, Line, Marks, published_to
from preau.domains.gradebook.rules import averages
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural

LATEST = 3
A_MONTH = timedelta(days=30)
POLICY = ("step", "rounding", "general_from", "not_returned")


def _marks(viewer: Viewer, pupil: int, group: int, today: date) -> "QuerySet[Mark, Any]":
    """What is published of a pupil in the last period that has begun and where the viewer reads a mark, with what makes averages of it.

    `seen`: the viewer reads this very mark; `led`: they lead the class, and read them all.
    """
    here = Enrolment.objects.filter(pupil=pupil, group=group).values("school_id")
    read = Mark.objects.visible_to(viewer).filter(published_to(viewer, "assessment__"), pupil=pupil)
    begun = Period.objects.filter(
        Exists(read.filter(assessment__period=OuterRef("pk"))),
        year=OuterRef("assessment__school__current_year"),
        starts__lte=today,
    )
    seen = Mark.objects.visible_to(viewer).filter(pk=OuterRef("pk"))
    led = in_led_class(viewer).filter(pupil=OuterRef("pupil"))
    weight = SubjectWeight.objects.filter(subject=OuterRef("assessment__subject"))
    rows = Mark.objects.filter(
        published_to(viewer, "assessment__"),
        pupil=pupil,
        assessment__school__in=here,
        assessment__period=Subquery(begun.order_by("-starts").values("pk")[:1]),
    )
    marks = rows.annotate(
        seen=Exists(seen),
        led=Exists(led),
        of_class=Subquery(weight.filter(group=group).values("coefficient")[:1]),
        of_school=Subquery(weight.filter(group=None).values("coefficient")[:1]),
    ).order_by("assessment__day", "assessment__pk")
    return marks.values_list(
        *(f"assessment__{name}" for name in COLUMNS),
        "value",
        "code",
        "seen",
        "led",
        "of_class",
        "of_school",
        "assessment__period__name",
        *(f"assessment__school__grading_policy__{name}" for name in POLICY),
    )


MARKS_OF_RECORD = Prepared(_marks)


@dataclass(frozen=True)
class PupilMark:
    """A mark of the pupil, and what it counts by."""

    line: Line
    given: averages.Given
    seen: bool
    led: bool
    weight: Decimal | None


@dataclass(frozen=True)
class RecordMarks:
    """What the record says of the marks of a pupil in a period. `whole`: the viewer reads them all."""

    pupil: int
    period: str
    held: ClassMarks
    rows: Sequence[PupilMark]
    whole: bool
    today: date

    @cached_property
    def averages(self) -> averages.Averages:
        return self.held.averages_of(self.pupil)

    @cached_property
    def subjects(self) -> list[SubjectRow]:
        """Those in which there is an average, by name."""
        before = self.held.until(self.today - A_MONTH).averages_of(self.pupil)
        lines = {row.line.subject_id: row.line for row in self.rows}
        made = self.averages.subjects
        found = [
            SubjectRow(
                pk, line.subject, line.look, made[pk], None, move_of(before.subjects.get(pk), made[pk])
            )
            for pk, line in lines.items()
            if made[pk].exact is not None
        ]
        return sorted(found, key=lambda row: natural(row.name))

    @property
    def general(self) -> str:
        """The general average, for who reads every subject."""
        return number(self.averages.general.rounded) if self.whole else ""

    @property
    def latest(self) -> list[MarkRow]:
        """The newest that the viewer reads."""
        newest = [row for row in reversed(self.rows) if row.seen]
        return [MarkRow(row.line, row.given) for row in newest[:LATEST]]

    def newest_in(self, subject: int) -> Line:
        """The newest that the viewer reads in a subject: its group is where they teach it to the pupil."""
        return next(row.line for row in reversed(self.rows) if row.seen and row.line.subject_id == subject)

    @property
    def course(self) -> tuple[int, int]:
        """The group and the subject of the newest mark that the viewer reads."""
        line = next(row.line for row in reversed(self.rows) if row.seen)
        return line.group_id, line.subject_id


def marks_of_record(viewer: Viewer, pupil: Person) -> RecordMarks | None:
    """What the viewer may read, asked once; None where that is nothing.

    A teacher reads the subjects that they teach the pupil, each with its average as the grid makes it.
    """
    key = ("gradebook.record", pupil.pk)
    if key not in viewer.found:
        viewer.found[key] = _read(viewer, pupil)
    found: RecordMarks | None = viewer.found[key]
    return found


def _read(viewer: Viewer, pupil: Person) -> RecordMarks | None:
    schooling = schooling_of(viewer, pupil)
    if schooling is None or not schooling.classes:
        return None
    group = schooling.classes[0][0]
    lines = MARKS_OF_RECORD(viewer, pupil.pk, group, viewer.today)
    size = len(COLUMNS)
    period, rules = "", GradingPolicy()
    rows: list[PupilMark] = []
    for row in lines:
        value, code, seen, led, of_class, of_school, period, *policy = row[size:]
        mark = given(value, code)
        if mark is not None:
            rows.append(
                PupilMark(Line(*row[:size]), mark, seen, led, of_school if of_class is None else of_class)
            )
        if policy[0] is not None:
            rules = GradingPolicy(**dict(zip(POLICY, policy, strict=True)))
    read = {row.line.subject_id for row in rows if row.seen}
    rows = [row for row in rows if row.line.subject_id in read]
    if not rows:
        return None
    held = ClassMarks(
        policy_terms(rules),
        [row.line for row in rows],
        Marks.known(viewer, pupil.pk, {row.line.pk: row.given for row in rows}),
        {(row.line.subject_id, None): averages.exact(row.weight) for row in rows if row.weight is not None},
        group,
        (),
        "",
    )
    return RecordMarks(pupil.pk, period, held, rows, _reads_all(viewer, rows), viewer.today)


def _reads_all(viewer: Viewer, rows: Sequence[PupilMark]) -> bool:
    """As `rules.reading.reads_marks_of` says it, from what was asked already."""
    if not viewer.is_staff or viewer.holds(Role.HEAD) or viewer.has_power(MARKS):
        return True
    return viewer.holds(Role.TEACHER) and any(row.led for row in rows)


def marks_shown(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The block « Notes » (one statement)."""
    read = marks_of_record(viewer, pupil)
    return (
        None if read is None else {"read": read, "opens": not viewer.is_staff, "public_id": pupil.public_id}
    )


def marks_said(context: Mapping[str, Any]) -> str:
    """« Moyenne générale 13,8 », else in how many subjects there are marks."""
    read: RecordMarks = context["read"]
    if read.whole and read.averages.general.rounded is not None:
        return _("Moyenne générale %(average)s") % {"average": read.general}
    count = len({row.line.subject_id for row in read.rows})
    return ngettext("%(num)s matière", "%(num)s matières", count) % {"num": count}
