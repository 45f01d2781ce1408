"""Who the people of a batch are: known, recognised, new; and what of their identity changes."""

from django.utils.translation import gettext as _

from preau.directory.actions.changes import CREATED, UNCHANGED
from preau.directory.actions.comparing.local import Local
from preau.directory.actions.comparing.others import Others
from preau.directory.actions.matching import chunks
from preau.directory.models import ExternalId, Person
from preau.directory.rules.facts import PersonFacts
from preau.directory.rules.precedence import IDENTITY, outranks
from preau.foundation.text import fold

# An empty value in the file leaves these as they are: the file is silent, it does not erase.
PERSON_FIELDS = (
    "family_name",
    "given_name",
    "birth_name",
    "civil_given_names",
    "civility",
    "birth_date",
    "email",
    "phone",
)
FIELD_NAMES = {field.name: field.verbose_name for field in Person._meta.concrete_fields}


class People(Others, Local):
    def load(self) -> None:
        batch, setting, standing = self.batch, self.setting, self.standing
        keys = [*batch.people, *(row.guardian for row in batch.guardianships), *setting.spared]
        authorities = [setting.authority, setting.own_authority] if setting.own else [setting.authority]
        standing.meet(keys, setting.source, *authorities)
        self._meet_told(keys)
        self.load_local()
        self.spared = {standing.ids[key] for key in setting.spared if key in standing.ids}
        if not setting.own:
            self._recognise()
            self.recognise_enrolled()
            self.recognise_others()
        if setting.school and setting.school.pk:
            only = set(standing.ids.values()) if setting.is_delta else None
            standing.load_school(setting.school, setting.year, setting.source, setting.today, only)
            standing.name_leavers()
        standing.load_people()
        if setting.own and setting.school:
            standing.load_ties(setting.school)
            self._refuse_strangers()
        standing.load_families(standing.ids[key] for key in batch.linked if key in standing.ids)
        standing.load_wards({standing.ids[key] for key in batch.gone if key in standing.ids})
        self._find_outranked()
        self.gather_keys()
        self.hand_over()

    def _meet_told(self, keys: list[str]) -> None:
        """Those whom the format has recognised: their new keys are theirs from now on."""
        standing, same = self.standing, self.setting.same
        met = {key: same[key] for key in keys if key in same and key not in standing.ids}
        people = Person.objects.in_bulk(set(met.values()))
        for key, pk in met.items():
            standing.ids[key], standing.people[pk] = pk, people[pk]
            self.changes.ids.append(self.external(key, people[pk]))
            self.changes.touch(key)

    def _find_outranked(self) -> None:
        """People whom a source of a higher rank has brought too: it has the last word on who they are."""
        if not self.setting.others or not outranks(self.setting.source):
            return
        for part in chunks(set(self.standing.ids.values())):
            rows = ExternalId.objects.filter(kind="person", person__in=part)
            higher = rows.filter(source__in=outranks(self.setting.source))
            self.outranked |= set(higher.values_list("person_id", flat=True))

    # The same person under another key

    def _recognise(self) -> None:
        """New keys of people who are here: by their national number, or by what their school had typed itself."""
        standing, setting = self.standing, self.setting
        standing.recognise({facts.ine for facts in self.batch.people.values() if facts.ine})
        new = [facts for facts in self.batch.people.values() if facts.key not in standing.ids]
        known = {facts.key: standing.ines[facts.ine] for facts in new if facts.ine in standing.ines}
        typed: dict[str, int] = {}
        if setting.school and setting.school.pk and new:
            mine = ExternalId.objects.filter(
                source=setting.source, authority=setting.own_authority, kind="person"
            )
            for part in chunks(facts.key for facts in new):
                typed.update(mine.filter(value__in=part).values_list("value", "person_id"))
        for facts in new:
            found = known.get(facts.key) or typed.get(facts.key)
            if found and self._is_same(found, facts, by_number=facts.key in known):
                standing.ids[facts.key] = found
                self.changes.ids.append(self.external(facts.key, standing.people[found]))
                self.changes.touch(facts.key)

    def _is_same(self, pk: int, facts: PersonFacts, *, by_number: bool) -> bool:
        """The same names and birth date; and nobody takes the place of someone whom the delivery lists beside them."""
        people = self.standing.people
        person = people.get(pk) or people.setdefault(pk, Person.objects.get(pk=pk))
        if fold(person.family_name) != fold(facts.family_name):
            return False
        if by_number:
            others = ExternalId.objects.filter(
                person=person, source=self.setting.source, authority=self.setting.authority, kind="person"
            )
            beside = any(self.setting.delivered(key) for key in others.values_list("value", flat=True))
            same_day = person.birth_date == facts.birth_date or None in {person.birth_date, facts.birth_date}
            return same_day and not beside
        same = fold(person.given_name) == fold(facts.given_name) and person.birth_date == facts.birth_date
        return same and not facts.holds_trust

    def _refuse_strangers(self) -> None:
        """A file typed by a school touches those of this school alone: keys can be guessed."""
        standing = self.standing
        guardians = {row.guardian for row in self.batch.guardianships}
        reason = _("Connu d’un autre établissement : le changement se fait par l’académie.")
        for key in [*self.batch.people, *guardians]:
            pk = standing.ids.get(key)
            if pk is not None and pk not in standing.here:
                self.changes.refused[key] = reason

    # Identity

    def compare_people(self) -> None:
        for key, facts in self.batch.people.items():
            self.changes.outcomes.setdefault(key, UNCHANGED)
            if key in self.changes.refused:
                continue
            known = self.person(key)
            if known is None:
                self._create(facts)
            elif self._keys[self.who(key)][0] == key:
                self._update(known, facts)
            if facts.ine and not self.setting.own:
                self._number(facts)

    def _create(self, facts: PersonFacts) -> None:
        person = Person(**{name: getattr(facts, name) for name in PERSON_FIELDS})
        person.is_institution = bool(facts.is_institution)
        person.search_name = person.folded_name()
        self.changes.people[facts.key] = person
        self.changes.ids.append(self.external(facts.key, person))
        self.changes.outcomes[facts.key] = CREATED

    def _update(self, person: Person, facts: PersonFacts) -> None:
        if not self._may_rename(person):
            return
        values = {name: getattr(facts, name) for name in PERSON_FIELDS}
        changed = {name for name, value in values.items() if value and value != getattr(person, name)}
        is_second = facts.key in self.standing.seconds
        if is_second:
            changed = {name for name in changed if not getattr(person, name)}
        told_kind = facts.is_institution is not None and facts.is_institution != person.is_institution
        if told_kind and not person.given_name and not is_second:
            changed.add("is_institution")
        if person.pk in self.outranked:
            kept = {name for name in changed & IDENTITY if getattr(person, name)}
            changed -= kept
            self._say_kept(facts.key, kept)
        changed -= self.kept_of(person, values)
        if not changed:
            return
        for name in changed:
            setattr(person, name, getattr(facts, name))
        person.search_name = person.folded_name()
        self.changes.renamed[person.pk] = (person, changed | {"search_name"})
        self.touch(person.pk)
        self.changes.say("identity", person, ", ".join(sorted(str(FIELD_NAMES[name]) for name in changed)))

    def _say_kept(self, key: str, kept: set[str]) -> None:
        if kept:
            names = ", ".join(sorted(str(FIELD_NAMES[name]) for name in kept))
            sentence = _("Un fichier officiel dit autre chose, et fait foi : %(fields)s.") % {"fields": names}
            self.warn(sentence, key)

    def _may_rename(self, person: Person) -> bool:
        """A file typed by a school renames no one who works or worked anywhere, or has ties elsewhere, of any date."""
        return not self.setting.own or not (
            person.pk in self.standing.elsewhere or person.pk in self.standing.workers
        )

    def _number(self, facts: PersonFacts) -> None:
        """The INE, once: a number that somebody else bears is not given twice."""
        person, bearer = self.person(facts.key), self.standing.ines.get(facts.ine)
        if bearer is None and person is not None:
            self.changes.ids.append(
                ExternalId(source="men", authority="fr", kind="ine", value=facts.ine, person=person)
            )
            # Two pupils of one file with one number: the second must meet it.
            self.standing.ines[facts.ine] = person.pk or -1
            self.touch(self.who(facts.key))
        elif person is not None and bearer != person.pk:
            self.warn(_("INE déjà porté par une autre personne : il n’est pas repris."), facts.key)
