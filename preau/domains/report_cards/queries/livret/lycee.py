"""The livret of a lycée for a year: first and last classes, each subject with its averages and what was said of it last."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from preau.directory.models import Period, School
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import PeriodSeal
from preau.domains.gradebook.queries.read_marks import ClassMarks, class_marks
from preau.domains.gradebook.rules import averages
from preau.domains.report_cards.livret.check_lycee import Who
from preau.domains.report_cards.livret.lycee import (
    Evaluation,
    LyceeLivret,
    LyceePupil,
    NamedTeacher,
    PeriodAverage,
    Schooling,
    Structure,
)
from preau.domains.report_cards.livret.versions import Version
from preau.domains.report_cards.models import Appreciation
from preau.domains.report_cards.queries.livret.gathering import (
    APPLICATION,
    EDITOR,
    OF_CLASS,
    OF_GROUP,
    number_said,
)
from preau.domains.report_cards.queries.livret.known import Course, Known, Place
from preau.domains.report_cards.rules.cycles import is_terminal

CENT = Decimal("0.01")
LOW, HIGH = 8, 12
LONGEST_NAME, LONGEST_GIVEN = 65, 50


@dataclass(frozen=True)
class LyceeGathered:
    """A livret of lycée; who its pupils are, in their order; the names of its subjects by code; whether every period is sealed."""

    livret: LyceeLivret
    people: Sequence[Who]
    subjects: Mapping[str, str]
    sealed: bool
    known: Known


def gathered_of_lycee(viewer: Viewer, school: School, last: Period, version: Version) -> LyceeGathered:
    """All that the year says of the pupils of the cycle terminal, until `last`, a period; some statements a class."""
    return _Lycee(viewer, school, last, version).made()


class _Lycee:
    def __init__(self, viewer: Viewer, school: School, last: Period, version: Version) -> None:
        self.viewer, self.school, self.last, self.version = viewer, school, last, version
        self.known = Known(school, last, viewer.today)

    @cached_property
    def places(self) -> Sequence[Place]:
        return [one for one in self.known.places if is_terminal(one.group.level or one.group.name)]

    @cached_property
    def periods(self) -> Sequence[Period]:
        return self.known.periods[: self.known.rank]

    def made(self) -> LyceeGathered:
        livret = LyceeLivret(
            version=self.version.version,
            editor=EDITOR,
            application=APPLICATION,
            uai=self.school.uai,
            pupils=tuple(self._pupil(place) for place in self.places),
        )
        people = [Who(f"EL_{one.pupil.pk}", one.pupil.full_name, one.group.name) for one in self.places]
        subjects = {one.code: one.name for one in self.known.subjects.values()}
        seals = PeriodSeal.objects.filter(period__in=[one.pk for one in self.periods]).count()
        return LyceeGathered(livret, people, subjects, seals == len(self.periods), self.known)

    def _pupil(self, place: Place) -> LyceePupil:
        year = self.last.year.starts.year
        terms = "S" if len(self.known.periods) == 2 else "T"
        evaluations = tuple(self._evaluations(place))
        number = self.known.siecle.get(place.pupil.pk, "")
        return LyceePupil(number, schoolings=(Schooling(year, terms, evaluations=evaluations),))

    def _evaluations(self, place: Place) -> Iterator[Evaluation]:
        seen: set[int] = set()
        for learning in self.known.learning.get(place.pupil.pk, ()):
            for course in self.known.courses.get(learning.group_id, ()):
                if not learning.on(self.known.last) or course.subject_id in seen:
                    continue
                seen.add(course.subject_id)
                text = self._texts.get((place.pupil.pk, course.subject_id), "")
                periods = tuple(self._periods(place.pupil.pk, course.subject_id))
                if text or periods:
                    yield self._evaluation(
                        course, text, periods, of_class=learning.group_id == place.group.pk
                    )

    def _evaluation(
        self, course: Course, text: str, periods: tuple[PeriodAverage, ...], *, of_class: bool
    ) -> Evaluation:
        people = [self.known.teachers[pk] for pk in course.teachers]
        return Evaluation(
            election=OF_CLASS if of_class else OF_GROUP,
            code=self.known.subjects[course.subject_id].code,
            structure=self._structure(course),
            text=text,
            periods=periods,
            teachers=tuple(
                NamedTeacher(one.family_name[:LONGEST_NAME], one.given_name[:LONGEST_GIVEN]) for one in people
            ),
        )

    @cached_property
    def _texts(self) -> Mapping[tuple[int, int], str]:
        """What was said last of each pupil in each subject: a year has no appreciation of its own here."""
        rows = Appreciation.objects.filter(
            school=self.school, period__in=[one.pk for one in self.periods], kind=Appreciation.Kind.SUBJECT
        )
        lines = rows.said().order_by("period__starts").values_list("pupil_id", "subject_id", "text")
        return {(pupil, subject): text.strip() for pupil, subject, text in lines if subject}

    @cached_property
    def _made(self) -> Mapping[tuple[int, int], Mapping[int, averages.Averages]]:
        """By class and period, the averages of each of its pupils."""
        found: dict[tuple[int, int], dict[int, averages.Averages]] = {}
        for group in dict.fromkeys(place.group.pk for place in self.places):
            pupils = [place.pupil.pk for place in self.places if place.group.pk == group]
            learning = [one for pupil in pupils for one in self.known.learning.get(pupil, ())]
            held: ClassMarks = class_marks(self.viewer, self.school.pk, group, learning, self.periods)
            held.marks.all  # noqa: B018 - asked once for the class, not once a pupil
            for period in self.periods:
                now = held.of(period.pk)
                found[group, period.pk] = {pupil: now.averages_of(pupil) for pupil in pupils}
        return found

    @cached_property
    def _own(self) -> Mapping[tuple[int, int], Sequence[tuple[int, averages.Average]]]:
        """By pupil and subject, the rank of each period and its average."""
        found: dict[tuple[int, int], list[tuple[int, averages.Average]]] = defaultdict(list)
        ranks = {period.pk: rank for rank, period in enumerate(self.periods, 1)}
        for (_group, period), made in self._made.items():
            for pupil, of_pupil in made.items():
                for subject, average in of_pupil.subjects.items():
                    if average.rounded is not None:
                        found[pupil, int(subject)].append((ranks[period], average))
        return found

    def _periods(self, pupil: int, subject: int) -> Iterator[PeriodAverage]:
        for rank, average in self._own.get((pupil, subject), ()):
            yield PeriodAverage(rank, number_said(average.rounded))

    def _structure(self, course: Course) -> Structure:
        """The pupils of a course: how many, their mean, and how they spread."""
        if course not in self._structures:
            pupils = {
                place.pupil.pk
                for place in self.places
                for one in self.known.learning.get(place.pupil.pk, ())
                if one.group_id == course.group_id and one.on(self.known.last)
            }
            means = [
                mean for pupil in sorted(pupils) if (mean := self._year(pupil, course.subject_id)) is not None
            ]
            self._structures[course] = _structure_of(len(pupils), means)
        return self._structures[course]

    @cached_property
    def _structures(self) -> dict[Course, Structure]:
        return {}

    def _year(self, pupil: int, subject: int) -> Fraction | None:
        """The mean of the periods, each weighing the same."""
        values = [one.exact for _rank, one in self._own.get((pupil, subject), ()) if one.exact is not None]
        return sum(values, Fraction()) / len(values) if values else None


def _structure_of(size: int, means: Sequence[Fraction]) -> Structure:
    if not means:
        return Structure(size)

    def said(value: Fraction) -> str:
        return number_said(averages.rounded(value, CENT))

    below = sum(mean < LOW for mean in means)
    above = sum(mean > HIGH for mean in means)
    whole = Fraction(100, len(means))
    return Structure(
        size,
        said(sum(means, Fraction()) / len(means)),
        said(below * whole),
        said((len(means) - below - above) * whole),
        said(above * whole),
    )
