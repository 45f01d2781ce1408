"""The switch: next year takes the place of this one, in one transaction; and the way back, as long as nothing stands on it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.urls import reverse
from django.utils import timezone

from preau.directory.actions.ledger import pointing_at
from preau.directory.actions.matching import chunks
from preau.directory.actions.years import keepers_of
from preau.directory.calendar import closures_of
from preau.directory.models import (
    Assignment,
    Closure,
    Enrolment,
    ExternalId,
    Group,
    Holding,
    Placement,
    PlannedClass,
    School,
    SchoolYear,
    YearPlan,
)
from preau.directory.models.years import UNDOABLE
from preau.directory.queries.years import delivered_since, keepers_left, learning_in, undecided_of
from preau.directory.rules.years import may_switch_on, may_undo_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates, journal, notices
from preau.foundation.locks import lock

log = structlog.get_logger(__name__)
DATED: dict[str, type[Model]] = {"enrolment": Enrolment, "assignment": Assignment, "holding": Holding}
Outcome = Placement.Outcome


class NotReady(Exception):
    """It cannot be done today: `why` is « early », « undecided », « keepers », « year » or « empty »."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CannotUndo(Exception):
    """The way back is closed: `why` is « late », « delivered » or « used »."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _locked(plan: YearPlan) -> YearPlan:
    """The plan as it is now, and its school, alone to write them: a delivery takes the same lock."""
    lock(School, plan.school_id)
    return YearPlan.objects.select_related("school__current_year", "from_year", "to_year").get(pk=plan.pk)


@transaction.atomic
def switch(plan: YearPlan, day: date, viewer: Viewer | None, *, leave_undecided: bool) -> bool:
    """Put next year in the place of this one on `day`, which is today. False when it is done already. Raises NotReady.

    `viewer` is None when the day was chosen before: it is then done in the name of whoever asked.
    """
    plan = _locked(plan)
    if plan.switched_at:
        return False
    _check(plan, day, leave_undecided=leave_undecided)
    written = _Writing(plan, day)
    written.write()
    plan.to_year, plan.switched_at, plan.switched_on = written.year, timezone.now(), day
    plan.switch_on, plan.leave_undecided, plan.before = None, False, written.before
    if viewer:
        plan.asked_by = viewer.person
    plan.save()
    _record(viewer, "directory.year_switched", plan, written.counts)
    _tell(plan, "year_switched", day)
    return True


def _check(plan: YearPlan, day: date, *, leave_undecided: bool) -> None:
    current = plan.school.current_year
    if current is None or (current.pk != plan.from_year_id and current.name != plan.name):
        raise NotReady("year")
    if not may_switch_on(plan, day, day):
        raise NotReady("early")
    if not plan.classes.exists():
        raise NotReady("empty")
    if not leave_undecided and undecided_of(plan, day).exists():
        raise NotReady("undecided")
    leaving = plan.placements.of_staff().values_list("person_id", flat=True)
    if not keepers_left(plan, list(leaving), day):
        raise NotReady("keepers")


class _Writing:
    """What one switch writes, in a number of queries that does not depend on the school; `before` lets it be undone."""

    def __init__(self, plan: YearPlan, day: date) -> None:
        self.plan, self.day, self.school = plan, day, plan.school
        self.before: dict[str, Any] = {
            "made": {},
            "ended": {},
            "keys": [],
            "current_year": self.school.current_year_id,
        }
        self.counts: dict[str, int] = {}
        self.year: SchoolYear | None = None
        self.goes_on = Q(ends=None) | Q(ends__gt=day)

    def write(self) -> None:
        self._open_year()
        groups = self._open_classes()
        enrolled, assigned = self._enrolments(groups), self._assignments(groups)
        self._leave()
        past = Q(school=self.school) & ~Q(group__year=self.year)
        self._end("enrolment", Enrolment.objects.filter(past))
        self._end("assignment", Assignment.objects.filter(past))
        for name, rows in (("enrolment", enrolled), ("assignment", assigned)):
            self._make(name, DATED[name].objects.bulk_create(rows, 500))  # type: ignore[attr-defined]
        School.objects.filter(pk=self.school.pk).update(current_year=self.year)
        self.counts |= {"classes": len(groups), "pupils": len(enrolled)}

    def _make(self, name: str, rows: Iterable[Any]) -> None:
        self.before["made"][name] = [row.pk for row in rows]

    def _open_year(self) -> None:
        """A file may have opened it already."""
        plan = self.plan
        self.year, made = SchoolYear.objects.get_or_create(
            school=self.school, name=plan.name, defaults={"starts": plan.starts, "ends": plan.ends}
        )
        self.before["made"]["year"] = self.year.pk if made else None
        if made:
            inside = Closure.objects.filter(school=self.school, starts__lte=plan.ends, ends__gte=plan.starts)
            known = [(closure.starts, closure.ends) for closure in inside]
            free = [
                closure
                for closure in closures_of(self.year)
                if not any(starts <= closure.ends and closure.starts <= ends for starts, ends in known)
            ]
            self._make("closure", Closure.objects.bulk_create(free))

    def _open_classes(self) -> dict[int, Group]:
        """The class of each planned one; the keys by which files know a class follow its name."""
        known = {
            school_class.name: school_class for school_class in Group.objects.classes().filter(year=self.year)
        }
        planned = list(self.plan.classes.all())
        new = [
            Group(
                school=self.school,
                year=self.year,
                kind=Group.Kind.CLASS,
                name=school_class.name,
                level=school_class.level,
            )
            for school_class in planned
            if school_class.name not in known
        ]
        self._make("group", Group.objects.bulk_create(new, 500))
        known |= {one.name: one for one in new}
        fresh = {one.name: one for one in new}
        keys = list(
            ExternalId.objects.filter(
                group__year=self.plan.from_year_id, group__kind=Group.Kind.CLASS, group__name__in=fresh
            ).select_related("group")
        )
        for key in keys:
            self.before["keys"].append([key.pk, key.group_id])
            key.group = fresh[key.group.name] if key.group else None
        ExternalId.objects.bulk_update(keys, ["group"], batch_size=200)
        return {school_class.pk: known[school_class.name] for school_class in planned}

    def _enrolments(self, groups: dict[int, Group]) -> list[Enrolment]:
        """One for each pupil placed, but for whom a file has enrolled, or taken away, meanwhile."""
        pupils = set(learning_in(self.plan, self.day).values_list("pk", flat=True))
        sources = self._sources()
        there = self._enrolled_by_a_file()
        rows = self.plan.placements.of_pupils().exclude(target=None)
        pairs = rows.order_by("pk").values_list("person_id", "target_id")
        return [
            Enrolment(
                school=self.school,
                group=groups[target],
                pupil_id=pupil,
                source=sources.get(pupil, ""),
                starts=self.day,
            )
            for pupil, target in pairs
            if pupil in pupils and pupil not in there
        ]

    def _sources(self) -> dict[int, str]:
        """Which file keeps each pupil: it goes on keeping them in their new class."""
        held = Holding.objects.filter(self.goes_on, school=self.school, role=Role.PUPIL)
        learnt = Enrolment.objects.filter(
            self.goes_on, group__year=self.plan.from_year_id, group__kind=Group.Kind.CLASS
        )
        return dict(held.values_list("person_id", "source")) | dict(learnt.values_list("pupil_id", "source"))

    def _enrolled_by_a_file(self) -> set[int]:
        rows = Enrolment.objects.filter(self.goes_on, group__year=self.year, group__kind=Group.Kind.CLASS)
        return set(rows.values_list("pupil_id", flat=True))

    def _assignments(self, groups: dict[int, Group]) -> list[Assignment]:
        """The teams that are kept, without those who leave or have left."""
        planned = list(self.plan.classes.exclude(team=None))
        taught: dict[int, list[Assignment]] = {}
        held = Holding.objects.filter(self.goes_on, school=self.school).exclude(role=Role.PUPIL)
        rows = Assignment.objects.filter(
            self.goes_on,
            group__in=[school_class.team_id for school_class in planned],
            teacher__in=held.values("person_id"),
        ).exclude(teacher__in=self.plan.placements.of_staff().values("person_id"))
        for row in rows.order_by("pk"):
            taught.setdefault(row.group_id, []).append(row)
        there = set(
            Assignment.objects.filter(group__year=self.year, ends=None).values_list(
                "group_id", "teacher_id", "subject_id"
            )
        )
        found = []
        for school_class in planned:
            for row in taught.get(school_class.team_id or 0, []):
                place = (groups[school_class.pk].pk, row.teacher_id, row.subject_id)
                if place not in there:
                    there.add(place)
                    found.append(
                        Assignment(
                            school=self.school,
                            group=groups[school_class.pk],
                            teacher_id=row.teacher_id,
                            kind=row.kind,
                            subject_id=row.subject_id,
                            source=row.source,
                            starts=self.day,
                        )
                    )
        return found

    def _leave(self) -> None:
        """Access is cut that day. Whom a file has enrolled in the new year stays."""
        pupils = self.plan.placements.filter(outcome=Outcome.LEAVES).values("person_id")
        staff = self.plan.placements.of_staff().values("person_id")
        gone = Q(role=Role.PUPIL, person__in=pupils) | (~Q(role=Role.PUPIL) & Q(person__in=staff))
        rows = Holding.objects.filter(gone, school=self.school)
        there = Enrolment.objects.filter(self.goes_on, group__year=self.year).values("pupil_id")
        self._end("holding", rows.exclude(role=Role.PUPIL, person__in=there))
        self.counts["departures"] = len(self.before["ended"]["holding"])

    def _end(self, name: str, rows: Any) -> None:
        """Until this day, or never begun; what each was is kept."""
        ended = []
        for row in rows.filter(self.goes_on).order_by("pk"):
            was, row.ends = row.ends, max(self.day, row.starts or self.day)
            if row.ends != was:
                ended.append((row, was))
        DATED[name].objects.bulk_update([row for row, _was in ended], ["ends"], batch_size=200)  # type: ignore[attr-defined]
        self.before["ended"][name] = [
            [row.pk, was and was.isoformat(), row.ends.isoformat()] for row, was in ended
        ]


# The way back


def why_not_undo(plan: YearPlan, today: date) -> str:
    """Why one cannot go back, "" when one can."""
    if not plan.switched_at or not may_undo_on(plan, today):
        return "late"
    if delivered_since(plan):
        return "delivered"
    return "used" if _is_used(plan) else ""


def _is_used(plan: YearPlan) -> bool:
    """Does anything stand on the classes or the year that the switch opened, but what it wrote itself?"""
    made = plan.before.get("made", {})
    opened = [(Group, made.get("group", [])), (SchoolYear, [made["year"]] if made.get("year") else [])]
    own = {"group": Group, "enrolment": Enrolment, "assignment": Assignment}
    mine = {model: made.get(name, []) for name, model in own.items()}
    moved = [key for key, _was in plan.before.get("keys", [])]
    for target, pks in opened:
        for model, field in pointing_at(target):
            if model in {School, YearPlan, PlannedClass} or not pks:
                continue
            for part in chunks(pks, 500):
                rows = model._base_manager.filter(**{f"{field.attname}__in": part})  # noqa: SLF001 - Django's own documents it
                found = set(rows.values_list("pk", flat=True))
                if found - set(moved if model is ExternalId else mine.get(model, [])):
                    return True
    return False


@transaction.atomic
def undo(viewer: Viewer, plan: YearPlan) -> bool:
    """Put back every row as it was before the switch; what was prepared is there again. False when it is done. Raises CannotUndo."""
    plan = _locked(plan)
    if not plan.switched_at:
        return False
    why = why_not_undo(plan, viewer.today)
    if why or plan.school.current_year_id != plan.to_year_id:
        raise CannotUndo(why or "used")
    if YearPlan.objects.open().filter(school=plan.school_id).exists():
        raise CannotUndo("again")
    before, day = plan.before, plan.switched_on
    try:
        with transaction.atomic():
            _put_back(plan, before)
    except IntegrityError as error:
        raise CannotUndo("used") from error
    plan.to_year = plan.switched_at = plan.switched_on = plan.asked_by = None
    plan.before = {}
    plan.save()
    _record(viewer, "directory.year_undone", plan, {})
    _tell(plan, "year_undone", day or viewer.today)
    return True


def _put_back(plan: YearPlan, before: dict[str, Any]) -> None:
    made = before["made"]
    for name in ("assignment", "enrolment"):
        _delete(DATED[name], made.get(name, []))
    keys = dict(before["keys"])
    rows = list(ExternalId.objects.filter(pk__in=keys))
    for row in rows:
        row.group_id = keys[row.pk]
    ExternalId.objects.bulk_update(rows, ["group"], batch_size=200)
    for name, changes in before["ended"].items():
        _reopen(DATED[name], changes)
    School.objects.filter(pk=plan.school_id).update(current_year=before["current_year"])
    _delete(Group, made.get("group", []))
    _delete(Closure, made.get("closure", []))
    if made.get("year"):
        YearPlan.objects.filter(pk=plan.pk).update(to_year=None)
        _delete(SchoolYear, [made["year"]])


def _delete(model: type[Model], pks: list[int]) -> None:
    for part in chunks(pks, 500):
        model._base_manager.filter(pk__in=part).delete()  # noqa: SLF001 - Django's own documents it


def _reopen(model: Any, changes: list[list[Any]]) -> None:
    """Rows that nobody has changed since take their end again; there are few different ends."""
    ends: dict[tuple[str | None, str], list[int]] = {}
    for pk, was, now in changes:
        ends.setdefault((was, now), []).append(pk)
    for (was, now), pks in ends.items():
        for part in chunks(pks, 500):
            rows = model.objects.filter(pk__in=part, ends=date.fromisoformat(now))
            rows.update(ends=date.fromisoformat(was) if was else None)


# By itself


def switch_due(now: datetime) -> dict[str, int]:
    """Switch the schools whose day has come on their own clock; one that cannot is told, and the day is taken back."""
    done = refused = 0
    for plan in YearPlan.objects.due().select_related("school").order_by("pk"):
        today = timezone.localdate(now, ZoneInfo(plan.school.timezone))
        if plan.switch_on is None or plan.switch_on > today:
            continue
        try:
            done += switch(plan, today, None, leave_undecided=plan.leave_undecided)
        except NotReady as refusal:
            refused += 1
            _call_off(plan, refusal.why)
        except Exception:
            # One school that cannot be switched does not keep the others.
            log.exception("year_not_switched", plan_id=plan.pk)
    return {"switched": done, "refused": refused}


@transaction.atomic
def _call_off(plan: YearPlan, why: str) -> None:
    plan = _locked(plan)
    if plan.switched_at or plan.switch_on is None:
        return
    day, plan.switch_on = plan.switch_on, None
    plan.save(update_fields=["switch_on"])
    _record(None, "directory.year_not_switched", plan, {})
    _tell(plan, "year_not_switched", day)
    log.info("year_switch_called_off", plan_id=plan.pk, why=why)


def forget_old(today: date) -> int:
    """Fifteen days after a switch it is for good: where each pupil was to go is forgotten; returns how many plans."""
    old = YearPlan.objects.filter(switched_on__lt=today - UNDOABLE).exclude(before={})
    count = 0
    for plan in old.order_by("pk"):
        with transaction.atomic():
            plan.placements.all().delete()
            plan.classes.all().delete()
            YearPlan.objects.filter(pk=plan.pk).update(before={})
        count += 1
    return count


def _record(viewer: Viewer | None, verb: str, plan: YearPlan, counts: dict[str, int]) -> None:
    if viewer:
        journal.record(viewer, verb, plan, **counts)
        return
    journal.write(
        journal.Line(
            verb=verb,
            school_id=plan.school_id,
            target=plan._meta.label_lower,
            target_id=plan.pk,
            details=counts,
        )
    )


def _tell(plan: YearPlan, what: str, day: date) -> None:
    """Whoever keeps the directory reads it. Figures and a day: no name is in what is told."""
    facts: dict[str, str | int] = {"school": plan.school.name, "day": dates.day(day), "year": plan.name}
    moment = timezone.now().isoformat(timespec="seconds")
    notices.publish(
        *(
            notices.News(
                kind=f"directory.{what}",
                person_id=person,
                key=f"{plan.pk}-{moment}",
                url=reverse("directory:next_year"),
                school_id=plan.school_id,
                seat=f"staff-{plan.school_id}",
                facts=facts,
            )
            for person in keepers_of(plan.school_id, day)
        )
    )
