"""The statement of marks of a pupil for a period that goes on: each mark, the average of each subject, and the class beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from preau.directory.models import Enrolment, Group, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.queries.figures import MarkRow, number
from preau.domains.gradebook.queries.pupil_reading import PupilMarks
from preau.domains.gradebook.queries.read_marks import Learning, class_marks
from preau.domains.report_cards.queries.writing import Pupil, pupils_of


@dataclass(frozen=True)
class StatementSubject:
    """A subject: its average, that of the class where enough have one, and its marks, the oldest first."""

    name: str
    average: str
    of_class: str
    marks: Sequence[MarkRow]


@dataclass(frozen=True)
class Statement:
    """What a pupil has on a day."""

    pupil: Pupil
    group: str
    period: str
    day: date
    general: str
    class_general: str
    subjects: Sequence[StatementSubject]


def statements_of(
    viewer: Viewer,
    group: Group,
    period: Period,
    periods: Sequence[Period],
    only: str = "",
    pupils: Sequence[Pupil] | None = None,
) -> Iterator[Statement]:
    """Those of a class, or of one pupil (`only`, a public id): six statements. Only what pupils may read of marks is in them."""
    if pupils is None:
        pupils, _learning = pupils_of(viewer, group, period)
    own = Enrolment.objects.filter(pupil__in=[one.pk for one in pupils], group__year=group.year_id)
    rows = Enrolment.objects.filter(group__in=own.values("group_id")).order_by("pk")
    facts = rows.values_list("group_id", "group__kind", "group__name", "pupil_id", "starts", "ends")
    held = class_marks(viewer, group.school_id, group.pk, [Learning(*row) for row in facts], [period])
    held.marks.all  # noqa: B018 - asked once for the class, not once a pupil
    for pupil in pupils:
        if only in {"", pupil.public_id}:
            read = PupilMarks(Person(pk=pupil.pk), group.name, periods, period, viewer.today, held)
            yield _statement(pupil, group, period, viewer.today, read)


def _statement(pupil: Pupil, group: Group, period: Period, day: date, read: PupilMarks) -> Statement:
    subjects = []
    for row in read.subjects:
        done = [one for one in reversed(read.last) if one.line.subject_id == row.pk]
        if done:
            of_class = number(row.spread.middle) if row.spread else "–"
            subjects.append(StatementSubject(row.name, row.said, of_class, done))
    middle = read.general_spread
    return Statement(
        pupil,
        group.name,
        period.name,
        day,
        number(read.averages.general.rounded),
        number(middle.middle) if middle else "",
        subjects,
    )
