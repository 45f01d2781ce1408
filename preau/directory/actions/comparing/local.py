"""What the office of the school says beside the files: no file changes it, and it falls when the source says the same.

The one place where a comparison meets a correction, whatever the format (docs/decisions/0153).
"""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.actions.comparing.ground import Ground, Who
from preau.directory.actions.matching import chunks
from preau.directory.models import Correction, Enrolment, Group, Guardianship, Guest, Holding, Person
from preau.directory.rules.facts import EnrolmentFacts, HoldingFacts, PersonFacts
from preau.directory.rules.precedence import outranks
from preau.foundation.text import fold, phone

Kind = Correction.Kind


def as_said(name: str, value: Any) -> str:
    """A value as a correction keeps it."""
    return value.isoformat() if isinstance(value, date) else str(value or "")


def is_same(name: str, value: str, other: str) -> bool:
    """« +33 6 12 34 56 78 » and « 06 12 34 56 78 » are one; so are capitals in an e-mail. A name is what is written."""
    if name == Kind.PHONE:
        return phone(value) == phone(other)
    return value.casefold() == other.casefold() if name == Kind.EMAIL else value == other


class Local(Ground):
    def load_local(self) -> None:
        """The corrections of this school, and those that another one made of people of the batch (one query for 5 000 people)."""
        school = self.setting.school
        ours = Q(school=school) if school and school.pk else Q(pk=None)
        for part in list(chunks(set(self.standing.ids.values()))) or [[]]:
            for row in Correction.objects.filter(ours | Q(person__in=part)).select_related("person"):
                self.local.setdefault(row.person_id, {})[row.field] = row

    def _of(self, who: Who, kind: Kind) -> Correction | None:
        """What this school says of where somebody is: another's word says nothing of a place here."""
        row = self.local.get(who, {}).get(kind) if isinstance(who, int) else None
        school = self.setting.school
        return row if row and school and row.school_id == school.pk else None

    # What the source answers

    @property
    def _has_a_say(self) -> bool:
        """A file that the school typed itself, or another tool holds, neither agrees nor contradicts: the State's does."""
        return not self.setting.own and not outranks(self.setting.source)

    def _agree(self, row: Correction) -> None:
        if self._has_a_say and row not in self.changes.fallen:
            self.changes.fallen.append(row)

    def _contradict(self, row: Correction, value: str) -> None:
        school = self.setting.school
        if not self._has_a_say or (school and row.school_id != school.pk):
            return
        row.told, row.contradicted = value[:254], row.contradicted + 1
        row.contradicted_on = self.setting.today
        self.changes.updates[Correction].append((row, {"told", "contradicted", "contradicted_on"}))

    def _say_local(self, person: Person | None, rows: list[Correction]) -> None:
        if rows:
            names = ", ".join(sorted(str(Kind(row.field).label) for row in rows))
            self.changes.say("kept", person, names)

    # Who they are, and how they are reached

    def kept_of(self, person: Person, values: dict[str, Any]) -> set[str]:
        """The columns of a person that this file may not write."""
        kept, against = set[str](), list[Correction]()
        for kind, row in self.local.get(person.pk or 0, {}).items():
            value = as_said(kind, values.get(kind))
            if not value:
                continue
            kept.add(kind)
            if is_same(kind, value, row.value):
                self._agree(row)
            else:
                against.append(row)
                self._contradict(row, value)
        self._say_local(person, against)
        return kept

    # Enrolled by hand, before the file says so

    def recognise_enrolled(self) -> None:
        """Whom the office wrote by hand: by their names and birth date, in the same place; a guardian by the pupil. Never a guess."""
        school = self.setting.school
        new = {key for key in self.batch.people if key not in self.standing.ids}
        if not new or school is None or school.pk is None:
            return
        waiting = {
            pk: row.person
            for pk in self.local
            if (row := self._of(pk, Kind.ENROLMENT)) and not row.person.erased_at
        }
        if waiting:
            self._meet_enrolled(new, waiting)
            self._meet_guardians(new, waiting)

    def _meet_enrolled(self, new: set[str], waiting: dict[int, Person]) -> None:
        named: dict[tuple[str, str, date | None], list[Person]] = {}
        for person in waiting.values():
            if person.birth_date:
                named.setdefault(_named(person), []).append(person)
        placed = {facts.person for facts in self.batch.holdings} & new
        pairs = [(key, named.get(_named(self.batch.people[key]), [])) for key in sorted(placed)]
        self._take_pairs([(key, found) for key, found in pairs if found])

    def _meet_guardians(self, new: set[str], waiting: dict[int, Person]) -> None:
        asked: dict[int, set[str]] = {}
        for facts in self.batch.guardianships:
            if facts.guardian in new and facts.pupil in self.standing.ids:
                asked.setdefault(self.standing.ids[facts.pupil], set()).add(facts.guardian)
        found: dict[str, dict[int, Person]] = {}
        links = Guardianship.objects.filter(guardian__in=list(waiting), pupil__in=list(asked))
        for link in links.order_by("pk"):
            person = waiting[link.guardian_id]
            for key in asked[link.pupil_id]:
                if key not in self.standing.ids and _named(self.batch.people[key])[:2] == _named(person)[:2]:
                    found.setdefault(key, {})[person.pk] = person
        self._take_pairs([(key, list(people.values())) for key, people in sorted(found.items())])

    def _take_pairs(self, pairs: list[tuple[str, list[Person]]]) -> None:
        """Take those that leave no choice. What opens doors is never added to an account that a school made by hand."""
        several = [person.pk for _key, found in pairs for person in found]
        for key, found in pairs:
            facts = self.batch.people[key]
            if len(found) > 1 or several.count(found[0].pk) > 1 or facts.holds_trust:
                self.warn(
                    _(
                        "Ressemble à une personne inscrite à la main : une personne de plus est ouverte, à vérifier."
                    ),
                    key,
                )
                continue
            self.take(key, found[0], _("Reconnu : l’établissement l’avait déjà inscrit à la main."))

    def hand_over(self) -> None:
        """What the office wrote by hand of people whom the file now lists is the file's from here on.

        Of their functions, those that the file tells: another that the office gave them is not its to end.
        """
        enrolled = {
            pk: row
            for key in self.batch.people
            if isinstance(pk := self.who(key), int) and (row := self._of(pk, Kind.ENROLMENT))
        }
        if not enrolled or not self._has_a_say:
            return
        guests = set(
            Guest.objects.filter(holding__person__in=list(enrolled)).values_list("holding_id", flat=True)
        )
        standing = self.standing
        roles = {(self.who(facts.person), facts.role) for facts in self.batch.holdings}
        links = [link for pk in enrolled for link in standing.guardianships.get(pk, ())]
        rows: list[tuple[int, Holding | Enrolment | Guardianship]] = [
            *(
                (row.person_id, row)
                for row in standing.holdings
                if row.pk not in guests and (row.person_id, row.role) in roles
            ),
            *((row.pupil_id, row) for row in standing.enrolments if row.ends is None),
            *((row.pupil_id, row) for row in links if row.ruled_on is None),
        ]
        for pk, kept in rows:
            if pk in enrolled and not kept.source:
                self.change(kept, pk, source=self.setting.source)
        for row in enrolled.values():
            self._agree(row)

    # Where they learn

    def has_left(self, who: Who, asked: list[HoldingFacts]) -> bool:
        """Does the school say that this pupil leaves, against a file that still holds them?"""
        row = self._of(who, Kind.DEPARTURE)
        if row is None:
            return False
        if all(facts.ends for facts in asked):
            self._agree(row)
            return False
        self._contradict(row, _("toujours inscrit"))
        self._say_local(self.person(asked[0].person), [row])
        self.departing.add(who)
        return True

    def leaves_later(self, who: Who) -> bool:
        """Nobody in the file, and still here by the word of the school, until their last day."""
        row = self._of(who, Kind.DEPARTURE)
        if row is None or who in self.spared:
            return False
        if row.value >= self.setting.today.isoformat():
            return True
        self._agree(row)
        return False

    def settle_departures(self, people: set[Who]) -> None:
        """Those who left by the word of the school, and whom a whole file does not hold any more: it agrees."""
        for pk in self.local:
            if pk not in people and self.batch.pupils_told:
                self.leaves_later(pk)

    def learns_elsewhere(self, facts: EnrolmentFacts, rows: list[Enrolment]) -> bool:
        """Does the school say another class, against this place of the file? `rows`: what the pupil has in that place today."""
        who = self.who(facts.pupil)
        if who in self.departing:
            return True
        row = self._of(who, Kind.CLASS)
        if row is None or (facts.ends and facts.ends <= self.setting.today):
            return False
        if facts.kind != Group.Kind.CLASS:
            return any(one.pk in row.before.get("ended", ()) for one in rows)
        if facts.group == row.value:
            for one in rows:
                if one.ends is None and not one.source and self._has_a_say:
                    self.change(one, who, source=self.setting.source)
            self._agree(row)
            return False
        self._contradict(row, facts.group)
        self._say_local(self.person(facts.pupil), [row])
        return True


def _named(person: Person | PersonFacts) -> tuple[str, str, date | None]:
    return fold(person.family_name), fold(person.given_name), person.birth_date
