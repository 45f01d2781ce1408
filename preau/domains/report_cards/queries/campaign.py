"""The bulletins of a period across the school: where each class stands, and what each teacher has still to write."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Assignment, Enrolment, Group, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import Appreciation, Council, ReportCard, TextReminder
from preau.domains.report_cards.queries.courses import address_of, council_order
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural
from preau.identity.models import Account


@dataclass
class ClassStep:
    """Where a class stands: what is still to be written of its pupils, its council, its bulletins.

    `left`: appreciations of subjects, `waits` the first place (a class or group, a subject) where one is; `vacant`: subjects that nobody teaches there any more. `made` and `given` count pupils.
    """

    pk: int
    name: str
    starts: datetime | None
    held_at: datetime | None
    made: int
    given: int
    pupils: int = 0
    expected: int = 0
    left: int = 0
    syntheses_left: int = 0
    leaders: list[int] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)
    waits: tuple[int, int] | None = None

    @property
    def address(self) -> str:
        """The page where what is left is read."""
        group, subject = self.waits or (self.pk, 0)
        page = reverse("report_cards:write", kwargs={"pk": group})
        return f"{page}?matiere={subject}" if subject else f"{page}?sur=generale"

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def stage(self) -> str:
        """given · made · held · ready · left: the furthest that this class has come to."""
        if self.is_held:
            done = self.pupils and self.given >= self.pupils
            return "given" if done else "made" if self.pupils and self.made >= self.pupils else "held"
        return "left" if self.left or self.vacant else "ready"


@dataclass(frozen=True)
class Wanted:
    """What a teacher has to write in a class or a group: how many pupils wait for it."""

    group_id: int
    group: str
    passage: Passage
    left: int

    @property
    def address(self) -> str:
        return f"{address_of(self.passage)}"


@dataclass(frozen=True)
class TeacherLeft:
    """A teacher with something left to write, and when they were reminded last. `council`: the first that waits for it."""

    person: Person
    wanted: Sequence[Wanted]
    council: datetime | None
    reminded_on: date | None
    is_reached: bool

    @property
    def texts(self) -> int:
        return sum(one.left for one in self.wanted if one.passage.kind == Kind.SUBJECT)

    @property
    def syntheses(self) -> int:
        return sum(one.left for one in self.wanted if one.passage.kind == Kind.GENERAL)

    @property
    def left(self) -> int:
        return self.texts + self.syntheses

    @property
    def said(self) -> str:
        """« 3 appréciations et 28 synthèses »."""
        parts = []
        if self.texts:
            label = ngettext("%(num)s appréciation", "%(num)s appréciations", self.texts)
            parts.append(label % {"num": self.texts})
        if self.syntheses:
            label = ngettext("%(num)s synthèse", "%(num)s synthèses", self.syntheses)
            parts.append(label % {"num": self.syntheses})
        return _(" et ").join(parts)

    @property
    def subjects(self) -> list[str]:
        found = (one.passage.label for one in self.wanted if one.passage.kind == Kind.SUBJECT)
        return list(dict.fromkeys(found))

    @property
    def groups(self) -> list[str]:
        return sorted({one.group for one in self.wanted}, key=natural)


@dataclass(frozen=True)
class Campaign:
    """All that the page of a campaign shows."""

    period: Period
    today: date
    classes: Sequence[ClassStep]
    teachers: Sequence[TeacherLeft]

    @property
    def pupils(self) -> int:
        return sum(one.pupils for one in self.classes)

    @property
    def held(self) -> int:
        return sum(one.is_held for one in self.classes)

    @property
    def given(self) -> int:
        return sum(one.stage == "given" for one in self.classes)

    @property
    def made(self) -> int:
        return sum(one.stage in {"made", "given"} for one in self.classes)

    @cached_property
    def left(self) -> int:
        """The appreciations of subjects that may still be written."""
        return sum(one.left for one in self.classes if not one.is_held)

    @cached_property
    def vacant(self) -> list[ClassStep]:
        """The classes where nobody teaches a subject any more, or that nobody leads."""
        return [one for one in self.classes if not one.is_held and (one.vacant or not one.leaders)]

    @cached_property
    def to_call(self) -> int:
        """Those of them whom no reminder reaches: they have no account open."""
        return sum(not one.is_reached for one in self.teachers)

    @cached_property
    def told_today(self) -> int:
        return sum(one.is_reached and one.reminded_on == self.today for one in self.teachers)

    @cached_property
    def to_remind(self) -> list[TeacherLeft]:
        """Those whom one gesture would reach now."""
        return [one for one in self.teachers if one.is_reached and one.reminded_on != self.today]


def _classes(viewer: Viewer, period: int) -> "QuerySet[Group, Any]":
    councils = Council.objects.filter(group=OuterRef("pk"), period=period)
    return (
        Group.objects.filter(school=viewer.school_id, year=viewer.year, kind=Group.Kind.CLASS)
        .annotate(
            starts_at=Subquery(councils.values("starts")[:1]), held=Subquery(councils.values("held_at")[:1])
        )
        .order_by("rank", "name", "pk")
        .values_list("pk", "name", "starts_at", "held")
    )


def _learners(viewer: Viewer, ends: date) -> "QuerySet[Enrolment, Any]":
    """Who is there at the end of the period, in each class and group of the year."""
    rows = Enrolment.objects.filter(group__school=viewer.school_id, group__year=viewer.year)
    rows = rows.filter(pupil__erased_at=None).exclude(starts__gt=ends).filter(Q(ends=None) | Q(ends__gt=ends))
    return rows.order_by("pk").values_list("pupil_id", "group_id")


def _charges(viewer: Viewer, first: date) -> "QuerySet[Assignment, Any]":
    """Who teaches or leads what, today or since the period has begun."""
    rows = Assignment.objects.filter(group__school=viewer.school_id, group__year=viewer.year)
    rows = rows.exclude(starts__gt=viewer.today).exclude(ends__lte=first)
    return rows.order_by("group__rank", "group__name", "subject__name", "pk").values_list(
        "group_id", "group__name", "subject_id", "subject__name", "teacher_id", "ends"
    )


def _written(viewer: Viewer, period: int) -> "QuerySet[Appreciation, Any]":
    rows = Appreciation.objects.said().filter(school=viewer.school_id, period=period)
    rows = rows.exclude(kind=Kind.SCHOOL_LIFE)
    return rows.order_by().values_list("pupil_id", "subject_id")


def _cards(viewer: Viewer, period: int, now: datetime) -> "QuerySet[ReportCard, Any]":
    rows = ReportCard.objects.filter(school=viewer.school_id, period=period).order_by()
    return (
        rows.values("group_id")
        .annotate(
            made=Count("pupil_id", distinct=True),
            given=Count("pupil_id", distinct=True, filter=Q(published_at__lte=now)),
        )
        .values_list("group_id", "made", "given")
    )


CLASSES, LEARNERS, CHARGES = Prepared(_classes), Prepared(_learners), Prepared(_charges)
WRITTEN, CARDS = Prepared(_written), Prepared(_cards)


@dataclass(frozen=True)
class Charge:
    """Who teaches a subject in a class or a group, or leads a class (no `subject`), until when."""

    group: int
    name: str
    subject: int | None
    label: str
    teacher: int
    ends: date | None


@dataclass(frozen=True)
class Facts:
    """What is asked once, whatever the number of classes: five statements."""

    classes: Mapping[int, ClassStep]
    groups: Mapping[int, set[int]]
    charges: Sequence[Charge]
    written: Collection[tuple[int, int | None]]
    today: date

    @cached_property
    def class_of(self) -> dict[int, ClassStep]:
        """The class of each pupil."""
        return {pupil: step for pk, step in self.classes.items() for pupil in sorted(self.groups.get(pk, ()))}

    def lacks(self, charge: Charge) -> None:
        """Nobody teaches this subject in this class any more."""
        step = self.classes.get(charge.group)
        if step and charge.label not in step.vacant:
            step.vacant.append(charge.label)

    def goes_on(self, ends: date | None) -> bool:
        return ends is None or ends > self.today


def _facts(viewer: Viewer, period: Period) -> Facts:
    cards = {group: (made, given) for group, made, given in CARDS(viewer, period.pk, viewer.moment)}
    rows = CLASSES(viewer, period.pk)
    classes = {
        pk: ClassStep(pk, name, starts, held, *cards.get(pk, (0, 0))) for pk, name, starts, held in rows
    }
    groups: dict[int, set[int]] = defaultdict(set)
    for pupil, group in LEARNERS(viewer, period.ends):
        groups[group].add(pupil)
    charges = [Charge(*row) for row in CHARGES(viewer, period.starts)]
    return Facts(classes, groups, charges, set(WRITTEN(viewer, period.pk)), viewer.today)


def campaign_of(viewer: Viewer, period: Period) -> Campaign:
    """Where the bulletins of a period are: seven statements, however many classes."""
    facts = _facts(viewer, period)
    for pupil, step in facts.class_of.items():
        step.pupils += 1
        step.syntheses_left += (pupil, None) not in facts.written
    wanted = _wanted(facts)
    classes = sorted(facts.classes.values(), key=lambda one: council_order(viewer, one.starts, one.held_at))
    return Campaign(period, viewer.today, classes, _teachers(viewer, period, facts, wanted))


def _wanted(facts: Facts) -> dict[int, list[Wanted]]:
    """What each teacher has to write, and on the way what each class waits for."""
    found: dict[int, list[Wanted]] = defaultdict(list)
    taught = {(one.group, one.subject) for one in facts.charges if facts.goes_on(one.ends)}
    met: set[tuple[int, int]] = set()
    for charge in facts.charges:
        if facts.goes_on(charge.ends):
            one = _texts(facts, charge, met) if charge.subject else None
            found[charge.teacher] += [one] if one else []
        elif charge.subject and (charge.group, charge.subject) not in taught:
            facts.lacks(charge)
    # Once it is known what the subjects have still to write.
    for charge in facts.charges:
        if not charge.subject and facts.goes_on(charge.ends):
            one = _synthesis(facts.classes.get(charge.group), charge)
            found[charge.teacher] += [one] if one else []
    return {teacher: wanted for teacher, wanted in found.items() if wanted}


def _synthesis(step: ClassStep | None, charge: Charge) -> Wanted | None:
    """The general appreciations that a head teacher has still to write: asked once there is something to sum up."""
    if step is None:
        return None
    step.leaders.append(charge.teacher)
    if step.is_held or step.left or not step.syntheses_left:
        return None
    passage = Passage(Kind.GENERAL, _("Appréciation générale"))
    return Wanted(step.pk, step.name, passage, step.syntheses_left)


def _texts(facts: Facts, charge: Charge, met: set[tuple[int, int]]) -> Wanted | None:
    """The appreciations of a course. A subject that a pupil learns in two places, or of two teachers, is due once (`met`)."""
    left, subject = 0, charge.subject or 0
    for pupil in sorted(facts.groups.get(charge.group, ())):
        own = facts.class_of.get(pupil)
        if own is None:
            continue
        is_left = (pupil, subject) not in facts.written
        if (pupil, subject) not in met:
            met.add((pupil, subject))
            own.expected += 1
            own.left += is_left
            own.waits = own.waits or ((charge.group, subject) if is_left else None)
        left += is_left and not own.is_held
    passage = Passage(Kind.SUBJECT, charge.label, subject, own=True)
    return Wanted(charge.group, charge.name, passage, left) if left else None


def _teachers(
    viewer: Viewer, period: Period, facts: Facts, wanted: Mapping[int, Sequence[Wanted]]
) -> list[TeacherLeft]:
    """Those who have something to write, the nearest council first: two statements."""
    reminders = TextReminder.objects.filter(school=viewer.school_id, period=period, teacher__in=wanted)
    reminded = dict(
        reminders.order_by().values("teacher").annotate(last=Max("day")).values_list("teacher", "last")
    )
    opened = Account.objects.activated().filter(person=OuterRef("pk"), is_active=True)
    people: Any = Person.objects.filter(pk__in=wanted).annotate(is_reached=Exists(opened))
    found = [
        TeacherLeft(
            person,
            wanted[person.pk],
            _first_council(viewer, facts, wanted[person.pk]),
            reminded.get(person.pk),
            person.is_reached,
        )
        for person in people.order_by("search_name", "pk")
    ]
    return sorted(found, key=lambda one: council_order(viewer, one.council, None))


def _first_council(viewer: Viewer, facts: Facts, wanted: Iterable[Wanted]) -> datetime | None:
    """The first council to come that waits for these texts, that of the class, or of the classes of a group; else one whose day has
    passed and that nobody has closed."""
    found: list[datetime] = []
    for one in wanted:
        steps = {
            facts.class_of[pupil].pk
            for pupil in facts.groups.get(one.group_id, ())
            if pupil in facts.class_of
        }
        found += [
            step.starts for pk in steps for step in [facts.classes[pk]] if step.starts and not step.is_held
        ]
    return min(found, key=lambda starts: council_order(viewer, starts, None), default=None)
