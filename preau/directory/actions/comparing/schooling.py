"""Classes and groups, who learns in them and who teaches them."""

from typing import Any

from preau.directory.actions.comparing.ground import Who
from preau.directory.actions.comparing.local import Local
from preau.directory.models import Assignment, Enrolment, ExternalId, Group, Subject
from preau.directory.rules.facts import Aspect, EnrolmentFacts, GroupFacts, TeachingFacts
from preau.directory.words import level_rank

Place = tuple[Who, str, str]


def _learns(kind: str) -> str:
    return Aspect.CLASS if kind == Group.Kind.CLASS else Aspect.GROUP


def _teaches(kind: str, *, teaches: bool) -> str:
    if not teaches:
        return Aspect.HEAD_TEACHER
    return Aspect.TEACHES_CLASS if kind == Group.Kind.CLASS else Aspect.TEACHES_GROUP


class Schooling(Local):
    def compare_schooling(self) -> None:
        self._groups()
        self._close_past_years()
        self._enrolments()
        self._teachings()

    def group(self, kind: str, name: str) -> Group | None:
        return self.standing.groups.get((kind, name))

    def _places(self) -> dict[int, tuple[str, str]]:
        return {group.pk: place for place, group in self.standing.groups.items() if group.pk}

    def _groups(self) -> None:
        for facts in self.batch.groups.values():
            known = self.group(facts.kind, facts.name)
            if known is None:
                self._open_group(facts)
            elif (level := self._level_of(facts, known)) != known.level:
                self.change(known, None, level=level, rank=level_rank(level))
                self.changes.school_changed = True
        for facts in self.batch.groups.values():
            if facts.classes is not None:
                self._draw(facts)

    def _level_of(self, facts: GroupFacts, known: Group) -> str:
        """The level told; the pupils of a delta are some of a class, and their levels some of its levels."""
        if not self.setting.is_delta or self.batch.groups_told:
            return facts.level or known.level
        levels = dict.fromkeys(filter(None, [*known.level.split("-"), *facts.level.split("-")]))
        return "-".join(levels)[:20]

    def _open_group(self, facts: GroupFacts) -> None:
        setting = self.setting
        group = Group(
            school=setting.school, year=setting.year, kind=facts.kind, name=facts.name, level=facts.level
        )
        self.standing.groups[facts.kind, facts.name] = group
        self.changes.groups.append(group)
        self.changes.group_ids.append(
            ExternalId(
                source=setting.source,
                authority=setting.writes_as,
                kind=facts.kind,
                value=facts.key[:120],
                group=group,
            )
        )
        self.changes.school_changed = True
        self.changes.counts["groups"] += 1

    def _draw(self, facts: GroupFacts) -> None:
        """The classes from which a group draws its pupils."""
        group = self.standing.groups[facts.kind, facts.name]
        wanted = [found for name in sorted(facts.classes or ()) if (found := self.group("class", name))]
        present = {row.pk for row in group.classes.all()} if group.pk else set()
        if {row.pk for row in wanted} != present or any(row.pk is None for row in wanted):
            self.changes.drawn.append((group, wanted))
            self.changes.school_changed = True

    def _close_past_years(self) -> None:
        """A new year begins: nobody stays in a class of the years before."""
        for enrolment in self.standing.past_enrolments:
            aspect = _learns(enrolment.group.kind)
            if self.may_end(enrolment, enrolment.pupil_id, aspect, told=self.batch.pupils_told):
                self.end(enrolment, enrolment.pupil_id)
        for assignment in self.standing.past_assignments:
            aspect = _teaches(assignment.group.kind, teaches=assignment.subject_id is not None)
            if self.may_end(assignment, assignment.teacher_id, aspect, told=self.batch.staff_told):
                self.end(assignment, assignment.teacher_id)

    # Pupils

    def _enrolments(self) -> None:
        known = self._known_places()
        open_rows = {place: row for place, rows in known.items() for row in rows if row.ends is None}
        closed = {(place, row.ends) for place, rows in known.items() for row in rows if row.ends}
        facts_by_place = {
            (self.who(facts.pupil), facts.kind, facts.group): facts for facts in self.batch.enrolments
        }
        for place, facts in facts_by_place.items():
            if self.learns_elsewhere(facts, known.get(place, [])):
                open_rows.pop(place, None)
            elif place in open_rows:
                self._date(open_rows.pop(place), place[0], facts)
            elif facts.ends is None or (place, facts.ends) not in closed:
                self._enrol(place[0], facts)
        for (who, kind, _name), row in open_rows.items():
            if self.may_end(row, who, _learns(kind), told=self.batch.pupils_told):
                self.end(row, who)

    def _known_places(self) -> dict[Place, list[Enrolment]]:
        """What each pupil has or had in each class and group of the year."""
        places, known = self._places(), dict[Place, list[Enrolment]]()
        for row in self.standing.enrolments:
            known.setdefault((row.pupil_id, *places[row.group_id]), []).append(row)
        return known

    def _date(self, row: Enrolment, who: Who, facts: EnrolmentFacts) -> None:
        if row.source != self.setting.source:
            return
        starts = facts.starts or row.starts
        if facts.ends and starts and facts.ends < starts:
            starts = facts.ends
        changed = {n: v for n, v in (("starts", starts), ("ends", facts.ends)) if v and v != getattr(row, n)}
        if changed:
            self.change(row, who, **changed)

    def _enrol(self, who: Who, facts: EnrolmentFacts) -> None:
        pupil, group = self.person(facts.pupil), self.group(facts.kind, facts.group)
        if pupil is None or group is None:
            return
        starts = facts.starts or self.setting.starts
        if facts.ends and facts.ends < starts:
            starts = facts.ends
        self.changes.rows[Enrolment].append(
            Enrolment(
                school=self.setting.school,
                group=group,
                pupil=pupil,
                starts=starts,
                ends=facts.ends,
                source=self.setting.source,
            )
        )
        if not self.is_new(who) and facts.kind == Group.Kind.CLASS:
            self.changes.say("classes", pupil, group.name)
        self.touch(who)

    # Teachers

    def _teachings(self) -> None:
        codes: dict[Any, str] = {subject.pk: code for code, subject in self.standing.subjects.items()}
        places = self._places()
        rows: dict[tuple[Who, str, str, str], Assignment] = {
            (row.teacher_id, *places[row.group_id], codes.get(row.subject_id, "")): row
            for row in self.standing.assignments
        }
        facts_by_place = {
            (self.who(facts.teacher), facts.kind, facts.group, facts.subject): facts
            for facts in self.batch.teachings
        }
        for place, facts in facts_by_place.items():
            if rows.pop(place, None) is None:
                self._assign(place[0], facts)
        for (who, kind, _name, subject), row in rows.items():
            if self.may_end(row, who, _teaches(kind, teaches=bool(subject)), told=self.batch.staff_told):
                self.end(row, who)

    def _assign(self, who: Who, facts: TeachingFacts) -> None:
        teacher, group = self.person(facts.teacher), self.group(facts.kind, facts.group)
        if teacher is None or group is None:
            return
        self.changes.rows[Assignment].append(
            Assignment(
                school=self.setting.school,
                group=group,
                teacher=teacher,
                source=self.setting.source,
                kind=Assignment.Kind.TEACHES if facts.subject else Assignment.Kind.HEAD_TEACHER,
                subject=self._subject(facts.subject) if facts.subject else None,
                starts=self.setting.starts,
            )
        )
        self.touch(who)

    def _subject(self, code: str) -> Subject:
        known = self.standing.subjects.get(code)
        if known is None:
            name = self.batch.subjects.get(code) or code
            known = Subject(school=self.setting.school, code=code[:20], name=name[:80])
            self.standing.subjects[code] = known
            self.changes.subjects.append(known)
        return known
