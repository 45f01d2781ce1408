"""The livret of a school for a period: a frozen file of dataclasses, and what the school knows beside it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Period, Person, School, Subject
from preau.directory.viewer import Viewer
from preau.domains.attendance.queries.counts import Missed, missed_counts
from preau.domains.gradebook.boards import Position, positions
from preau.domains.gradebook.models import PeriodSeal
from preau.domains.gradebook.queries.read_marks import ClassMarks, class_marks
from preau.domains.gradebook.rules import averages
from preau.domains.report_cards.livret.check import Beside, Silence
from preau.domains.report_cards.livret.model import (
    Component,
    CycleReport,
    Discipline,
    Learnt,
    Livret,
    PeriodReport,
    Principal,
    ProgrammeItem,
    Pupil,
    SchoolLife,
    Teacher,
)
from preau.domains.report_cards.livret.model import Period as FilePeriod
from preau.domains.report_cards.livret.versions import Version
from preau.domains.report_cards.models import Appreciation, Council
from preau.domains.report_cards.queries.livret.known import Course, Known, Place
from preau.domains.report_cards.rules.cycles import cycle_ended_by

EDITOR = APPLICATION = "Préau"
# Tronc commun for what a whole class learns; obligatoire for what pupils of a group have chosen. The directory knows no more.
OF_CLASS, OF_GROUP = "S", "O"
CIVILITIES = {Person.Civility.SIR: "M", Person.Civility.MADAM: "MME"}
LONGEST_NAME = 40


@dataclass(frozen=True)
class Gathered:
    """A livret, what decides whether it may leave, and who its identifiers are. `courses`: by pupil and discipline, the class or
    group where it is taught to them, and the subject."""

    livret: Livret
    beside: Beside
    known: Known
    courses: Mapping[tuple[str, str], tuple[int, int]]


def gathered(viewer: Viewer, school: School, period: Period, version: Version) -> Gathered:
    """All that is said of the pupils of a school for a period, as pupils may read it: some statements a class."""
    return _Gathering(viewer, school, period, version).made()


def number_said(value: Decimal | None) -> str:
    """« 12.5 »: no zero that says nothing."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class _Averages:
    """By pupil and subject, and by class or group and subject."""

    own: Mapping[tuple[int, int], averages.Average]
    of_place: Mapping[tuple[int, int], Decimal]


class _Gathering:
    def __init__(self, viewer: Viewer, school: School, period: Period, version: Version) -> None:
        self.viewer, self.school, self.period, self.version = viewer, school, period, version
        self.known = Known(school, period, viewer.today)
        self.items: dict[str, ProgrammeItem] = {}
        self.disciplines: dict[str, Discipline] = {}
        self.taught: dict[int, None] = {}
        self.taught_in: dict[tuple[str, str], tuple[int, int]] = {}

    def made(self) -> Gathered:
        reports = tuple(self._report(place) for place in self.known.places)
        cycles = tuple(self._cycles())
        known = self.known
        livret = Livret(
            version=self.version.version,
            editor=EDITOR,
            application=APPLICATION,
            uai=self.school.uai,
            principals=tuple(Principal(f"RESP_{one.pk}", one.full_name) for one in known.heads),
            pupils=tuple(self._pupil(place) for place in known.places),
            periods=(FilePeriod(f"P_{self.period.pk}", self._year, known.rank, len(known.periods)),),
            disciplines=tuple(self.disciplines.values()),
            teachers=tuple(self._teacher(known.teachers[pk]) for pk in self.taught),
            items=tuple(self.items.values()),
            period_reports=reports,
            cycle_reports=cycles,
        )
        return Gathered(livret, self._beside(), known, self.taught_in)

    @property
    def _year(self) -> str:
        return str(self.period.year.starts.year)

    @property
    def _principal(self) -> str:
        return f"RESP_{self.known.heads[0].pk}" if self.known.heads else ""

    def _beside(self) -> Beside:
        known = self.known
        return Beside(
            self.period.name,
            sealed=bool(self._locked),
            ines={f"EL_{pk}": known.ines.get(pk, "") for pk in known.pupils},
            programmes={
                f"EL_{pk}": known.programmes.get(pk, "") in known.known_programmes for pk in known.pupils
            },
            silences=self._silences(),
            classless={f"EL_{one.pk}": one.full_name for one in known.classless},
        )

    # People

    def _pupil(self, place: Place) -> Pupil:
        one = place.pupil
        number = self.known.siecle.get(one.pk, "")
        return Pupil(f"EL_{one.pk}", number, one.family_name, one.given_name, place.group.name)

    def _teacher(self, one: Person) -> Teacher:
        kind, number = self.known.sts_of(one.pk)
        civility = CIVILITIES.get(Person.Civility(one.civility), "")
        # Without a number the list is not known either: the number alone is said to be missing.
        return Teacher(f"ENS_{one.pk}", kind or "epp", number, civility, one.family_name, one.given_name)

    def _teachers(self, people: Sequence[int]) -> tuple[str, ...]:
        self.taught.update(dict.fromkeys(people))
        return tuple(f"ENS_{pk}" for pk in people)

    # Reports

    @cached_property
    def _locked(self) -> str:
        seal = PeriodSeal.objects.filter(period=self.period).first()
        return f"{timezone.localtime(seal.at, self._zone):%Y-%m-%dT%H:%M:%S}" if seal else ""

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.school.timezone)

    @cached_property
    def _councils(self) -> Mapping[int, date]:
        """By class, the day of its council: when it was held, else when it meets."""
        rows = Council.objects.filter(period=self.period, school=self.school)
        lines = rows.values_list("group_id", "starts", "held_at")
        return {
            group: timezone.localdate(starts or held, self._zone)
            for group, starts, held in lines
            if starts or held
        }

    @cached_property
    def _texts(self) -> Mapping[tuple[int, str, int | None], str]:
        """By pupil, kind and subject."""
        rows = Appreciation.objects.filter(period=self.period, school=self.school).said()
        lines = rows.values_list("pupil_id", "kind", "subject_id", "text")
        return {(pupil, kind, subject): text for pupil, kind, subject, text in lines}

    def _text(self, place: Place, kind: str, subject: int | None = None) -> str:
        return self._texts.get((place.pupil.pk, kind, subject), "").strip()

    @cached_property
    def _missed(self) -> Mapping[int, Missed]:
        return missed_counts(self.school, self.period.starts, self.known.last, self.known.pupils)

    def _report(self, place: Place) -> PeriodReport:
        pupil, year = place.pupil.pk, self.period.year.starts
        return PeriodReport(
            pupil=f"EL_{pupil}",
            period=f"P_{self.period.pk}",
            council=self._councils.get(place.group.pk),
            schooled=max(year, place.starts or year),
            locked=self._locked,
            principal=self._principal,
            head_teachers=self._teachers(self.known.head_teachers.get(place.group.pk, ())),
            learnt=tuple(self._learnt(place)),
            advice=self._text(place, Appreciation.Kind.GENERAL),
            school_life=self._life(place),
        )

    def _life(self, place: Place) -> SchoolLife:
        missed = self._missed.get(place.pupil.pk, Missed())
        text = self._text(place, Appreciation.Kind.SCHOOL_LIFE)
        return SchoolLife(missed.late, missed.half_days - missed.unexcused, missed.unexcused, text=text)

    # Subjects

    def _courses(self, place: Place) -> Iterator[tuple[Course, bool]]:
        """What a pupil is taught, each subject once, and whether with the whole class: where they are on the last day."""
        seen: set[int] = set()
        for one in self.known.learning.get(place.pupil.pk, ()):
            if not one.on(self.known.last):
                continue
            for course in self.known.courses.get(one.group_id, ()):
                if course.subject_id not in seen:
                    seen.add(course.subject_id)
                    yield course, one.group_id == place.group.pk

    @cached_property
    def _said(self) -> frozenset[tuple[int, int]]:
        """The classes and groups, by subject, of which something is said of somebody: « vie de classe » is no subject of a livret."""
        pairs: set[tuple[int, int | None]] = {(pupil, subject) for pupil, _kind, subject in self._texts}
        pairs |= {(pupil, one.subject_id) for pupil, held in self._positions.items() for one in held}
        pairs |= set(self._averages.own)
        return frozenset(
            (course.group_id, course.subject_id)
            for place in self.known.places
            for course, _with_class in self._courses(place)
            if (place.pupil.pk, course.subject_id) in pairs
        )

    def _silences(self) -> list[Silence]:
        """Each class and subject that the file leaves out, once."""
        found: dict[tuple[str, int], Silence] = {}
        for place in self.known.places:
            for course, _with_class in self._courses(place):
                if (course.group_id, course.subject_id) not in self._said:
                    people = [self.known.teachers[pk].full_name for pk in course.teachers]
                    found[place.group.name, course.subject_id] = Silence(
                        place.group.name,
                        self.known.subjects[course.subject_id].name,
                        ", ".join(people),
                        tuple(f"ENS_{pk}" for pk in course.teachers),
                    )
        return list(found.values())

    def _learnt(self, place: Place) -> Iterator[Learnt]:
        for course, with_class in self._courses(place):
            if (course.group_id, course.subject_id) not in self._said:
                continue
            pupil, subject = place.pupil.pk, course.subject_id
            average = self._averages.own.get((pupil, subject))
            rounded = average.rounded if average else None
            of_place = self._averages.of_place.get((course.group_id, subject))
            position = None if rounded is not None else self._position(pupil, subject)
            election = OF_CLASS if with_class else OF_GROUP
            discipline = self._discipline(self.known.subjects[subject], election)
            self.taught_in[f"EL_{pupil}", discipline] = (course.group_id, subject)
            yield Learnt(
                discipline=discipline,
                teachers=self._teachers(course.teachers),
                items=tuple(self._item(name) for name in self._names(pupil, course)),
                average=number_said(rounded),
                class_average=number_said(of_place),
                not_marked=None if rounded is not None else True,
                class_not_marked=None if of_place is not None else True,
                position=position,
                text=self._text(place, Appreciation.Kind.SUBJECT, subject),
            )

    def _discipline(self, subject: Subject, election: str) -> str:
        key = f"DI_{subject.pk}_{election}"
        if key not in self.disciplines:
            short = subject.short_name if len(subject.name) > LONGEST_NAME else ""
            name = short or subject.name[:LONGEST_NAME].strip()
            self.disciplines[key] = Discipline(key, subject.code, election=election, name=name)
        return key

    def _item(self, name: str) -> str:
        """The same words are the same element, whoever is taught them."""
        found = self.items.setdefault(name, ProgrammeItem(f"EP_{len(self.items) + 1}", name))
        return found.id

    def _names(self, pupil: int, course: Course) -> Sequence[str]:
        """What was worked on: the competences that were assessed, then what assessments say they are about."""
        competences = [
            one.name for one in self._positions.get(pupil, ()) if one.subject_id == course.subject_id
        ]
        topics = self._topics.get((course.group_id, course.subject_id), ())
        return list(dict.fromkeys(filter(None, (name.strip() for name in (*competences, *topics)))))

    # Marks

    @cached_property
    def _marks(self) -> Sequence[ClassMarks]:
        """Of each class, with everything that its pupils were assessed in."""
        found = []
        for group in dict.fromkeys(place.group.pk for place in self.known.places):
            learning = [
                one
                for place in self.known.places
                if place.group.pk == group
                for one in self.known.learning.get(place.pupil.pk, ())
            ]
            found.append(class_marks(self.viewer, self.school.pk, group, learning, [self.period]))
        return found

    @cached_property
    def _topics(self) -> Mapping[tuple[int, int], Sequence[str]]:
        """By class or group and subject, what its assessments are about."""
        found: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
        for held in self._marks:
            for line in held.lines:
                if line.topic.strip():
                    found[line.group_id, line.subject_id][line.topic.strip()] = None
        return {key: list(topics) for key, topics in found.items()}

    @cached_property
    def _averages(self) -> _Averages:
        own: dict[tuple[int, int], averages.Average] = {}
        policy = averages.Policy()
        for held in self._marks:
            policy = held.policy
            held.marks.all  # noqa: B018 - asked once for the class, not once a pupil
            for pupil in sorted(held.classmates):
                made = held.averages_of(pupil)
                own |= {(pupil, int(key)): one for key, one in made.subjects.items() if one.exact is not None}
        values: dict[tuple[int, int], list[Fraction]] = defaultdict(list)
        for place in self.known.places:
            for course, _with_class in self._courses(place):
                average = own.get((place.pupil.pk, course.subject_id))
                if average and average.exact is not None:
                    values[course.group_id, course.subject_id].append(average.exact)
        of_place = {
            key: averages.rounded(sum(found, Fraction()) / len(found), policy.step, policy.rounding)
            for key, found in values.items()
        }
        return _Averages(own, of_place)

    # Levels

    @cached_property
    def _positions(self) -> Mapping[int, Sequence[Position]]:
        found: dict[int, list[Position]] = defaultdict(list)
        for board in positions:
            for pupil, levels in board.of_period(self.period.pk, self.known.pupils).items():
                found[pupil] += levels
        return found

    def _position(self, pupil: int, subject: int) -> int | None:
        """The mean of the levels of a subject, each competence weighing the same; the half goes up, to the pupil's good."""
        levels = [one.level for one in self._positions.get(pupil, ()) if one.subject_id == subject]
        return int(Fraction(sum(levels), len(levels)) + Fraction(1, 2)) if levels else None

    def _cycles(self) -> Iterator[CycleReport]:
        """The end of cycle of the classes that end one, with the last period of the year."""
        if self.known.rank != len(self.known.periods):
            return
        for place, cycle in self._ending():
            levels = self._settled(cycle).get(place.pupil.pk, ())
            yield CycleReport(
                pupil=f"EL_{place.pupil.pk}",
                cycle=cycle,
                year=self._year,
                made=self._councils.get(place.group.pk) or self.known.last,
                locked=self._locked,
                principal=self._principal,
                head_teachers=self._teachers(self.known.head_teachers.get(place.group.pk, ())),
                socle=tuple(Component(one.code, one.level) for one in levels),
                synthesis=self._text(place, Appreciation.Kind.GENERAL),
            )

    def _ending(self) -> Iterator[tuple[Place, int]]:
        for place in self.known.places:
            if cycle := cycle_ended_by(place.group.level or place.group.name):
                yield place, cycle

    def _settled(self, cycle: int) -> Mapping[int, Sequence[Position]]:
        if cycle not in self._known_settled:
            found: dict[int, list[Position]] = defaultdict(list)
            for board in positions:
                for pupil, levels in board.of_cycle(self.period.year_id, cycle, self.known.pupils).items():
                    found[pupil] += levels
            self._known_settled[cycle] = found
        return self._known_settled[cycle]

    @cached_property
    def _known_settled(self) -> dict[int, Mapping[int, Sequence[Position]]]:
        return {}
