"""From what a file says to what must change: the comparison of one batch with the rows of one school.

Nothing is written here. `Changes` is then shown (preview) or written (`writing.write`).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.actions.matching import Standing, chunks
from preau.directory.models import (
    Assignment,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
    SchoolYear,
    Subject,
)
from preau.directory.rules.facts import Batch, GroupFacts, GuardianshipFacts, PersonFacts
from preau.directory.words import Role
from preau.foundation.text import fold

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
SHOWN = 200
# An empty value in the file leaves these as they are: the file is silent, it does not erase.
PERSON_FIELDS = (
    "family_name", "given_name", "birth_name", "civil_given_names", "civility", "birth_date", "email", "phone",
)  # fmt: skip
CONTACTS = {"email", "phone"}
FIELD_NAMES = {field.name: field.verbose_name for field in Person._meta.concrete_fields}


@dataclass
class Setting:
    """What a comparison stands on: who says it, of which day, for which school and year.

    `own` is the school whose page brought the file: then people with ties elsewhere keep their identity.
    `first` is true until the source has ever filled this school: dates then go back to the start of the year.
    """

    source: str
    authority: str
    day: date
    today: date
    school: School | None
    year: SchoolYear | None
    own: bool = False
    first: bool = True

    @property
    def starts(self) -> date:
        """The first day of what appears with this delivery."""
        return min(self.year.starts, self.day) if self.year and self.first else self.day


@dataclass
class Changes:
    """Rows to write, in the order in which they need each other, and what to say of them."""

    people: dict[str, Person] = field(default_factory=dict)
    renamed: dict[int, tuple[Person, set[str]]] = field(default_factory=dict)
    ids: list[ExternalId] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    group_ids: list[ExternalId] = field(default_factory=list)
    drawn: list[tuple[Group, list[Group]]] = field(default_factory=list)
    rows: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[type, list[tuple[Any, set[str]]]] = field(default_factory=lambda: defaultdict(list))
    outcomes: dict[str, str] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    school_changed: bool = False

    def touch(self, key: str) -> None:
        if self.outcomes.get(key) != CREATED:
            self.outcomes[key] = CHANGED

    def say(self, kind: str, person: Person | None, detail: str = "") -> None:
        self.counts[kind] += 1
        if len(self.lines[kind]) < SHOWN and person:
            self.lines[kind].append({"name": person.list_name, "detail": detail})


class Comparison:
    """One batch against one school. `warn(reason, key)` is told what is applied with a doubt."""

    def __init__(self, batch: Batch, setting: Setting, warn: Callable[[str, str], None]) -> None:
        self.batch, self.setting, self.warn = batch, setting, warn
        self.standing = Standing()
        self.changes = Changes()

    def run(self) -> Changes:
        self._load()
        self._people()
        if self.setting.school:
            self._holdings()
            self._groups()
            self._close_past_years()
            self._enrolments()
            self._teachings()
        self._families()
        return self.changes

    def _load(self) -> None:
        batch, setting, standing = self.batch, self.setting, self.standing
        standing.meet(batch.people, setting.source, setting.authority)
        standing.meet({row.guardian for row in batch.guardianships}, setting.source, setting.authority)
        standing.recognise({person.ine for person in batch.people.values() if person.ine})
        self._adopt_all()
        if setting.school and setting.school.pk:
            standing.load_school(setting.school, setting.year, setting.source, setting.authority)
        standing.load_people()
        standing.load_families(standing.ids[key] for key in batch.linked if key in standing.ids)
        if setting.own and setting.school:
            standing.load_ties_elsewhere(setting.school, setting.today)

    def _adopt_all(self) -> None:
        """A new key for a known national number is the same pupil, come from elsewhere."""
        standing = self.standing
        come = {
            standing.ines[facts.ine]: facts
            for facts in self.batch.people.values()
            if facts.ine in standing.ines
            and facts.key not in standing.ids
            and standing.ines[facts.ine] not in standing.keys
        }
        for part in chunks(come):
            for person in Person.objects.filter(pk__in=part):
                if self._is_same(person, come[person.pk]):
                    self._adopt(person, come[person.pk].key)

    def _is_same(self, person: Person, facts: PersonFacts) -> bool:
        """Not with another birth date; and, for a file typed by a school, only with the same name and birth date."""
        same_day = facts.birth_date == person.birth_date
        if self.setting.own:
            return (
                same_day
                and facts.birth_date is not None
                and fold(facts.family_name) == fold(person.family_name)
            )
        return same_day or facts.birth_date is None or person.birth_date is None

    def _adopt(self, person: Person, key: str) -> None:
        self.standing.ids[key], self.standing.keys[person.pk] = person.pk, key
        self.changes.ids.append(self._external(key, person))
        self.changes.touch(key)

    # People

    def person(self, key: str) -> Person | None:
        """The person of a key: known, or about to be created."""
        pk = self.standing.ids.get(key)
        return self.standing.people.get(pk) if pk else self.changes.people.get(key)

    def _people(self) -> None:
        for key, facts in self.batch.people.items():
            known = self.person(key)
            if known is None:
                self._create(facts)
            else:
                self._update(known, facts)
            self.changes.outcomes.setdefault(key, UNCHANGED)
            if facts.ine:
                self._number(facts)

    def _create(self, facts: PersonFacts) -> None:
        person = Person(**{name: getattr(facts, name) for name in (*PERSON_FIELDS, "is_institution")})
        person.search_name = person.folded_name()
        self.changes.people[facts.key] = person
        self.changes.ids.append(self._external(facts.key, person))
        self.changes.outcomes[facts.key] = CREATED

    def _external(self, key: str, person: Person) -> ExternalId:
        setting = self.setting
        return ExternalId(
            source=setting.source, authority=setting.authority, kind="person", value=key, person=person
        )

    def _update(self, person: Person, facts: PersonFacts) -> None:
        changed = {
            name
            for name in PERSON_FIELDS
            if (told := getattr(facts, name))
            and told != getattr(person, name)
            and self._may_set(person, name)
        }
        if facts.is_institution != person.is_institution and self._may_set(person, "family_name"):
            changed.add("is_institution")
        if not changed:
            return
        for name in changed:
            setattr(person, name, getattr(facts, name))
        person.search_name = person.folded_name()
        self.changes.renamed[person.pk] = (person, changed | {"search_name"})
        self.changes.touch(facts.key)
        self.changes.say("identity", person, ", ".join(sorted(str(FIELD_NAMES[name]) for name in changed)))

    def _may_set(self, person: Person, name: str) -> bool:
        """A file brought by a school renames nobody who has ties elsewhere, and no staff member's ways of contact."""
        if not self.setting.own:
            return True
        if person.pk in self.standing.elsewhere:
            return False
        works = any(row.person_id == person.pk and row.role != Role.PUPIL for row in self.standing.holdings)
        return not (works and name in CONTACTS)

    def _number(self, facts: PersonFacts) -> None:
        """The INE, once: a number that somebody else bears is not given twice."""
        person, bearer = self.person(facts.key), self.standing.ines.get(facts.ine)
        if bearer is None and person is not None:
            self.changes.ids.append(
                ExternalId(source="men", authority="fr", kind="ine", value=facts.ine, person=person)
            )
            # Two pupils of one file with one number: the second must meet it.
            self.standing.ines[facts.ine] = person.pk or -1
            self.changes.touch(facts.key)
        elif person is not None and bearer != person.pk:
            self.warn(_("INE déjà porté par une autre personne : il n’est pas repris."), facts.key)

    # Roles

    def _holdings(self) -> None:
        wanted: dict[tuple[str, Role], list[Any]] = defaultdict(list)
        for facts in self.batch.holdings:
            wanted[facts.person, facts.role].append(facts)
        standing: dict[tuple[str, str], list[Holding]] = defaultdict(list)
        for row in self.standing.holdings:
            standing[self.standing.keys.get(row.person_id, ""), row.role].append(row)
        for (key, role), asked in wanted.items():
            self._fit_holdings(key, role, asked, standing.pop((key, role.value), []))
        for (key, role_value), rows in standing.items():
            told = self.batch.pupils_told if role_value == Role.PUPIL else self.batch.staff_told
            for row in rows:
                if row.source == self.setting.source and (told or key in self.batch.people):
                    self._end_holding(row, key)

    def _fit_holdings(self, key: str, role: Role, asked: list[Any], rows: list[Holding]) -> None:
        """Same titles first, then what is left over is changed in place, opened or ended."""
        person = self.person(key)
        if person is None:
            return
        spare, left = list(rows), []
        for facts in asked:
            row = next((row for row in spare if row.title == facts.title), None)
            if row is None:
                left.append(facts)
            else:
                spare.remove(row)
                self._refresh_holding(row, key, facts)
        free = [row for row in spare if row.source == self.setting.source]
        for facts in left:
            if free:
                self._change(free.pop(0), key, title=facts.title, programme=facts.programme)
            elif facts.ends is None or facts.ends > self.setting.today:
                self._open_holding(person, key, facts, known=bool(rows))
        for row in free:
            self._end_holding(row, key)

    def _refresh_holding(self, row: Holding, key: str, facts: Any) -> None:
        if row.source != self.setting.source:
            return
        if facts.programme and row.programme != facts.programme:
            self._change(row, key, programme=facts.programme)
        if facts.ends:
            self._end_holding(row, key, facts.ends)

    def _open_holding(self, person: Person, key: str, facts: Any, *, known: bool) -> None:
        setting = self.setting
        self.changes.rows[Holding].append(
            Holding(
                person=person, role=facts.role, title=facts.title, programme=facts.programme, school=setting.school,
                starts=setting.starts, ends=facts.ends, source=setting.source,
            )
        )  # fmt: skip
        self.changes.touch(key)
        if not known:
            self.changes.say("arrivals", person, str(facts.role.label))

    def _end_holding(self, row: Holding, key: str, day: date | None = None) -> None:
        self._change(row, key, ends=max(day or self.setting.today, row.starts or date.min))
        still = any(
            other.person_id == row.person_id and other.ends is None
            for other in self.standing.holdings
            if other is not row
        )
        if not still:
            self.changes.left.add(row.person_id)
            person = self.standing.people.get(row.person_id)
            self.changes.say("departures", person, str(Role(row.role).label))

    def _change(self, row: Any, key: str, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        self.changes.updates[type(row)].append((row, set(fields)))
        if key:
            self.changes.touch(key)

    # Families

    def _families(self) -> None:
        wanted: dict[str, dict[int | str, GuardianshipFacts]] = {key: {} for key in self.batch.linked}
        for facts in self.batch.guardianships:
            guardian = self.person(facts.guardian)
            if guardian is None:
                self.warn(_("Responsable inconnu : le lien n’est pas repris."), facts.pupil)
            elif facts.pupil in wanted:
                wanted[facts.pupil].setdefault(facts.guardian, facts)
        for key, links in wanted.items():
            pupil = self.person(key)
            if pupil is not None:
                self._family(key, pupil, links)

    def _family(self, key: str, pupil: Person, links: dict[int | str, GuardianshipFacts]) -> None:
        rows = {row.guardian_id: row for row in self.standing.guardianships.get(pupil.pk or 0, [])}
        before = (len(self.changes.rows[Guardianship]), len(self.changes.updates[Guardianship]))
        # Two keys may lead to one person: the first link counts.
        met = {id(self.person(facts.guardian)): facts for facts in reversed(list(links.values()))}
        for facts in met.values():
            guardian = self.person(facts.guardian)
            row = rows.pop(guardian.pk, None) if guardian and guardian.pk else None
            if row is None:
                self._open_guardianship(pupil, guardian, facts)
            elif row.source == self.setting.source:
                self._update_guardianship(row, facts, key)
        for row in rows.values():
            if row.source == self.setting.source:
                self._change(row, key, ends=max(self.setting.today, row.starts or date.min))
        if before != (len(self.changes.rows[Guardianship]), len(self.changes.updates[Guardianship])):
            self.changes.touch(key)
            if self.changes.outcomes.get(key) != CREATED:
                self.changes.say("families", pupil)

    def _open_guardianship(self, pupil: Person, guardian: Person | None, facts: GuardianshipFacts) -> None:
        self.changes.rows[Guardianship].append(
            Guardianship(
                pupil=pupil, guardian=guardian, authority=facts.authority, kinship=facts.kinship,
                contact_priority=facts.contact_priority, lives_with=facts.lives_with, pays=facts.pays,
                source=self.setting.source, starts=self.setting.starts,
            )
        )  # fmt: skip

    def _update_guardianship(self, row: Guardianship, facts: GuardianshipFacts, key: str) -> None:
        told = {
            "authority": facts.authority,
            "kinship": facts.kinship,
            "contact_priority": facts.contact_priority,
        }
        told |= {n: v for n, v in (("pays", facts.pays), ("lives_with", facts.lives_with)) if v is not None}
        changed = {name: value for name, value in told.items() if getattr(row, name) != value}
        if changed:
            self._change(row, key, **changed)

    # Classes and groups

    def group(self, kind: str, name: str) -> Group | None:
        return self.standing.groups.get((kind, name))

    def _groups(self) -> None:
        for facts in self.batch.groups.values():
            known = self.group(facts.kind, facts.name)
            if known is None:
                self._open_group(facts)
            elif facts.level and facts.level != known.level:
                self._change(known, "", level=facts.level)
                self.changes.school_changed = True
        for facts in self.batch.groups.values():
            if facts.classes is not None:
                self._draw(facts)

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
                authority=setting.authority,
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
        for rows, told, person in (
            (self.standing.past_enrolments, self.batch.pupils_told, "pupil_id"),
            (self.standing.past_assignments, self.batch.staff_told, "teacher_id"),
        ):
            for row in rows if told else ():
                key = self.standing.keys.get(getattr(row, person), "")
                self._change(row, key, ends=max(self.setting.today, row.starts or date.min))

    def _enrolments(self) -> None:
        open_rows: dict[tuple[str, str, str], Enrolment] = {}
        closed: set[tuple[str, str, str, date]] = set()
        names = {group.pk: place for place, group in self.standing.groups.items() if group.pk}
        for row in self.standing.enrolments:
            key = self.standing.keys.get(row.pupil_id, "")
            if row.ends is None:
                open_rows[(key, *names[row.group_id])] = row
            else:
                closed.add((key, *names[row.group_id], row.ends))
        told = {(facts.pupil, facts.kind, facts.group): facts for facts in self.batch.enrolments}
        for place, facts in told.items():
            if place in open_rows:
                self._date_enrolment(open_rows.pop(place), facts)
            elif facts.ends is None or (*place, facts.ends) not in closed:
                self._open_enrolment(facts)
        for (key, *_place), row in open_rows.items():
            if row.source == self.setting.source and (self.batch.pupils_told or key in self.batch.people):
                self._change(row, key, ends=max(self.setting.today, row.starts or date.min))

    def _date_enrolment(self, row: Enrolment, facts: Any) -> None:
        if row.source != self.setting.source:
            return
        if facts.starts and facts.starts != row.starts:
            self._change(row, facts.pupil, starts=facts.starts)
        if facts.ends:
            self._change(row, facts.pupil, ends=max(facts.ends, row.starts or date.min))

    def _open_enrolment(self, facts: Any) -> None:
        pupil, group = self.person(facts.pupil), self.group(facts.kind, facts.group)
        if pupil is None or group is None:
            return
        starts = facts.starts or self.setting.starts
        if facts.ends and facts.ends < starts:
            starts = facts.ends
        self.changes.rows[Enrolment].append(
            Enrolment(
                school=self.setting.school, group=group, pupil=pupil, starts=starts, ends=facts.ends,
                source=self.setting.source,
            )
        )  # fmt: skip
        if self.changes.outcomes.get(facts.pupil) != CREATED and facts.kind == "class":
            self.changes.say("classes", pupil, group.name)
        self.changes.touch(facts.pupil)

    # Teaching

    def _teachings(self) -> None:
        subject_codes = {subject.pk: code for code, subject in self.standing.subjects.items()}
        names = {group.pk: place for place, group in self.standing.groups.items() if group.pk}
        rows: dict[tuple[str, str, str, str], Assignment] = {}
        for row in self.standing.assignments:
            teacher, code = (
                self.standing.keys.get(row.teacher_id, ""),
                subject_codes.get(row.subject_id or 0, ""),
            )
            rows[(teacher, *names[row.group_id], code)] = row
        told = {
            (facts.teacher, facts.kind, facts.group, facts.subject): facts for facts in self.batch.teachings
        }
        for place, facts in told.items():
            if rows.pop(place, None) is None:
                self._open_teaching(facts)
        for (key, *_place), row in rows.items():
            if row.source == self.setting.source and (self.batch.staff_told or key in self.batch.people):
                self._change(row, key, ends=max(self.setting.today, row.starts or date.min))

    def _open_teaching(self, facts: Any) -> None:
        teacher, group = self.person(facts.teacher), self.group(facts.kind, facts.group)
        if teacher is None or group is None:
            return
        self.changes.rows[Assignment].append(
            Assignment(
                school=self.setting.school, group=group, teacher=teacher, source=self.setting.source,
                kind=Assignment.Kind.TEACHES if facts.subject else Assignment.Kind.HEAD_TEACHER,
                subject=self._subject(facts.subject) if facts.subject else None, starts=self.setting.starts,
            )
        )  # fmt: skip
        self.changes.touch(facts.teacher)

    def _subject(self, code: str) -> Subject:
        known = self.standing.subjects.get(code)
        if known is None:
            name = self.batch.subjects.get(code) or code
            known = Subject(school=self.setting.school, code=code[:20], name=name[:80])
            self.standing.subjects[code] = known
            self.changes.subjects.append(known)
        return known
