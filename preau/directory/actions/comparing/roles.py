"""Who learns and works in the school."""

from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory import rules
from preau.directory.actions.changes import GIVEN_BY_ACADEMY
from preau.directory.actions.comparing.ground import Who
from preau.directory.actions.comparing.local import Local
from preau.directory.models import Holding, Person
from preau.directory.rules.facts import Aspect, HoldingFacts
from preau.directory.words import Role


def _aspect(role: Role) -> str:
    return Aspect.PUPIL if role == Role.PUPIL else Aspect.STAFF


class Roles(Local):
    def compare_roles(self) -> None:
        wanted, standing = self._wanted(), self._standing()
        before = self._holders()
        self.changes.present = len(before)
        for (who, role), asked in wanted.items():
            rows = standing.pop((who, role), [])
            if role != Role.PUPIL or not self.has_left(who, asked):
                self._fit(who, role, asked, rows)
        self.settle_departures({who for who, role in wanted if role == Role.PUPIL})
        for (who, role), rows in standing.items():
            stays = self._is_protected(role) or (role == Role.PUPIL and self.leaves_later(who))
            for row in rows if not stays else ():
                if self.may_end(row, who, _aspect(role), told=self._told(role)):
                    self.end(row, who)
        self._say_departures(before)
        if self.setting.is_delta and len(self.changes.left) >= rules.FEWEST:
            self.changes.present = self._count_present()

    def _count_present(self) -> int:
        """Everybody of the school: a delta loads its own people alone, and few departures need no such count."""
        setting = self.setting
        held = Holding.objects.filter(Q(ends=None) | Q(ends__gt=setting.today), school=setting.school)
        return held.filter(source=setting.source).values("person_id").distinct().count()

    def _wanted(self) -> dict[tuple[Who, Role], list[HoldingFacts]]:
        wanted: dict[tuple[Who, Role], list[HoldingFacts]] = defaultdict(list)
        for facts in filter(self._may_give, self.batch.holdings):
            asked = wanted[self.who(facts.person), facts.role]
            if not any(other.title == facts.title for other in asked):
                asked.append(facts)
        return wanted

    def _standing(self) -> dict[tuple[Who, Role], list[Holding]]:
        standing: dict[tuple[Who, Role], list[Holding]] = defaultdict(list)
        for row in self.standing.holdings:
            standing[row.person_id, Role(row.role)].append(row)
        return standing

    def _told(self, role: Role) -> bool:
        return self.batch.pupils_told if role == Role.PUPIL else self.batch.staff_told

    def _is_protected(self, role: Role) -> bool:
        return self.setting.own and role in GIVEN_BY_ACADEMY

    def _may_give(self, facts: HoldingFacts) -> bool:
        if facts.person in self.changes.refused:
            return False
        if self._is_protected(facts.role):
            known = any(
                row.person_id == self.who(facts.person) and row.role == facts.role
                for row in self.standing.holdings
            )
            if not known:
                self.warn(_("Fonction que l’académie seule donne : elle n’est pas reprise."), facts.person)
            return False
        return True

    def _holders(self) -> dict[int, str]:
        """Who holds something of this source in the school, and what."""
        mine = [row for row in self.standing.holdings if row.source == self.setting.source]
        return {row.person_id: row.role for row in mine if row.ends is None or row.ends > self.setting.today}

    def _say_departures(self, before: dict[int, str]) -> None:
        """Those who hold nothing any more, whatever took it away."""
        today = self.setting.today
        staying: set[int] = {
            row.person_id for row in self.standing.holdings if row.ends is None or row.ends > today
        }
        staying.update(row.person_id for row in self.changes.rows[Holding] if row.person_id)
        for pk, role in before.items():
            if pk not in staying:
                self.changes.left.add(pk)
                self.changes.say("departures", self.standing.people.get(pk), str(Role(role).label))

    def _fit(self, who: Who, role: Role, asked: list[HoldingFacts], rows: list[Holding]) -> None:
        """Same titles first, then what is left over is changed in place, opened or ended."""
        person = self.person(asked[0].person)
        if person is None:
            return
        spare, left = list(rows), []
        for facts in asked:
            row = next((row for row in spare if row.title == facts.title), None)
            if row is None:
                left.append(facts)
            else:
                spare.remove(row)
                self._refresh(row, who, facts)
        free = [row for row in spare if self.may_end(row, who, _aspect(role), told=True)]
        # Another source says the same place in words of its own.
        others = [row for row in spare if row.source and row.source != self.setting.source]
        for row, facts in zip(free, left, strict=False):
            self.change(row, who, title=facts.title, programme=facts.programme)
        for facts in left[len(free) + len(others) :]:
            if facts.ends is None or facts.ends > self.setting.today:
                self._give(person, who, facts, known=bool(rows))
        for row in free[len(left) :]:
            self.end(row, who)

    def _refresh(self, row: Holding, who: Who, facts: HoldingFacts) -> None:
        if row.source != self.setting.source:
            return
        changed: dict[str, Any] = {}
        if facts.programme and row.programme != facts.programme:
            changed["programme"] = facts.programme
        ends = facts.ends and max(facts.ends, row.starts or facts.ends)
        if facts.ends_told and ends != row.ends:
            changed["ends"] = ends
        if changed:
            self.change(row, who, **changed)

    def _give(self, person: Person, who: Who, facts: HoldingFacts, *, known: bool) -> None:
        setting = self.setting
        self.changes.rows[Holding].append(
            Holding(
                person=person,
                role=facts.role,
                title=facts.title,
                programme=facts.programme,
                school=setting.school,
                starts=setting.starts,
                ends=facts.ends,
                source=setting.source,
            )
        )
        self.touch(who)
        if not known:
            self.changes.say("arrivals", person, str(facts.role.label))
