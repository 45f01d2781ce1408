"""The same human being, whom another source brought before under a key of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.actions.comparing.ground import Ground
from preau.directory.actions.matching import chunks
from preau.directory.models import ExternalId, Guardianship, Holding, Person
from preau.directory.rules.facts import PersonFacts
from preau.directory.words import Role
from preau.foundation.text import fold

# A key of the batch, and somebody who is here and may be that person.
Likeness = tuple[str, Person]


class Others(Ground):
    """Never a guess: one new person who looks like one present person, and is found in the same place."""

    def recognise_others(self) -> None:
        """Guardians by the pupil to whom both sources link them; pupils and staff by their place in the school."""
        new = {key for key in self.batch.people if key not in self.standing.ids}
        if not new or not self.setting.others:
            return
        known = set(self.standing.ids.values())
        staff, pupils = (list(self._holding(new, pupils=pupils)) for pupils in (False, True))
        pupils = [likeness for likeness in pupils if likeness[1].pk not in known]
        self._adopt([list(self._linked(new)), staff, pupils])

    def _linked(self, new: set[str]) -> Iterator[Likeness]:
        """Present guardians of a known pupil, of today or of before: what a judge said of them still holds."""
        asked: dict[int, set[str]] = defaultdict(set)
        for facts in self.batch.guardianships:
            if facts.guardian in new and facts.pupil in self.standing.ids:
                asked[self.standing.ids[facts.pupil]].add(facts.guardian)
        for part in chunks(asked):
            rows = Guardianship.objects.filter(pupil__in=part).select_related("guardian").order_by("pk")
            for row in rows:
                for key in sorted(asked[row.pupil_id]):
                    if are_alike(self.batch.people[key], row.guardian, dated=False):
                        yield key, row.guardian

    def _holding(self, new: set[str], *, pupils: bool) -> Iterator[Likeness]:
        """Present people who hold a role of the same sort in this school. A pupil's number, when there is one, decides alone."""
        school, people = self.setting.school, self.batch.people
        if school is None or school.pk is None:
            return
        held = {facts.person for facts in self.batch.holdings if (facts.role == Role.PUPIL) == pupils}
        born: dict[date, list[PersonFacts]] = defaultdict(list)
        for facts in (people[key] for key in sorted(held & new)):
            if facts.birth_date and not facts.ine:
                born[facts.birth_date].append(facts)
        goes_on = Q(ends=None) | Q(ends__gt=self.setting.today)
        rows = Holding.objects.filter(goes_on, school=school)
        of_the_sort = rows.filter(role=Role.PUPIL) if pupils else rows.exclude(role=Role.PUPIL)
        for part in chunks(born):
            found = of_the_sort.filter(person__birth_date__in=part).select_related("person").order_by("pk")
            for person in (row.person for row in found):
                for facts in born[person.birth_date] if person.birth_date else ():
                    if are_alike(facts, person, dated=True):
                        yield facts.key, person

    def _adopt(self, ways: list[list[Likeness]]) -> None:
        """Take the likenesses that leave no choice; say the others. Somebody may teach and be a parent, under two keys."""
        foreign = self._foreign({person.pk for likenesses in ways for _key, person in likenesses})
        found: dict[str, dict[int, Person]] = defaultdict(dict)
        disputed = set[int]()
        for likenesses in ways:
            pairs = {(key, person.pk): person for key, person in likenesses if person.pk in foreign}
            for (key, pk), person in pairs.items():
                found[key][pk] = person
            disputed |= {pk for pk, keys in Counter(pk for _key, pk in pairs).items() if keys > 1}
        for key, people in found.items():
            if len(people) > 1 or not disputed.isdisjoint(people):
                self.warn(
                    _(
                        "Ressemble à plusieurs personnes déjà là : une personne de plus est ouverte, à vérifier."
                    ),
                    key,
                )
            else:
                (person,) = people.values()
                self.take(key, person, _("Reconnu : une autre source avait déjà apporté cette personne."))

    def _foreign(self, pks: set[int]) -> set[int]:
        """Those of these people whom another source brought, and this one never. What a school typed itself proves nothing."""
        brought, ours = set[int](), set[int]()
        for part in chunks(pks):
            rows = ExternalId.objects.filter(kind="person", person__in=part)
            for pk, source, authority in rows.values_list("person_id", "source", "authority"):
                if source == self.setting.source:
                    ours.add(pk)
                elif not authority.startswith("uai:"):
                    brought.add(pk)
        return brought - ours


def are_alike(facts: PersonFacts, person: Person, *, dated: bool) -> bool:
    """The same names; and the same birth date when it is `dated`, else no other one."""
    names = (fold(person.family_name), fold(person.given_name))
    if person.erased_at or names != (fold(facts.family_name), fold(facts.given_name)):
        return False
    days = {person.birth_date, facts.birth_date}
    return len(days) == 1 and None not in days if dated else len(days - {None}) < 2
