"""Who answers for the pupils of a batch."""

from django.utils.translation import gettext as _

from preau.directory.actions.comparing.ground import Ground, Who
from preau.directory.models import Guardianship, Person
from preau.directory.rules.facts import GuardianshipFacts
from preau.directory.words import Authority, Role


class Families(Ground):
    def compare_families(self) -> None:
        keys: dict[Who, str] = {}
        for key in filter(self._may_link, sorted(self.batch.linked)):
            keys.setdefault(self.who(key), key)
        wanted: dict[Who, dict[Who, GuardianshipFacts]] = {who: {} for who in keys}
        for facts in self.batch.guardianships:
            links = wanted.get(self.who(facts.pupil))
            if links is not None and self.person(facts.guardian) is not None:
                # Two keys may lead to one person: the first link counts.
                links.setdefault(self.who(facts.guardian), facts)
            elif links is not None:
                self.warn(self._why_not(facts.guardian), facts.pupil)
        for who, links in wanted.items():
            pupil = self.person(keys[who])
            if pupil is not None:
                self._family(who, pupil, links)
        self._part(
            {self.standing.ids[key] for key in self.batch.gone if key in self.standing.ids}, set(wanted)
        )

    def _part(self, gone: set[int], seen: set[Who]) -> None:
        """Guardians whom the source takes away answer for nobody any more; the pupils of the file are told by it."""
        for pupil, rows in self.standing.guardianships.items():
            mine = {row for row in rows if row.guardian_id in gone and self._is_mine(row)}
            if mine and pupil not in seen:
                self._watch(self._legal(rows), [row for row in rows if row not in mine])
                for row in mine:
                    self.end(row, row.guardian_id)

    def _why_not(self, guardian: str) -> str:
        if guardian in self.changes.refused:
            return _("Responsable connu d’un autre établissement : le lien se fait par l’académie.")
        return _("Responsable inconnu : le lien n’est pas repris.")

    def _may_link(self, key: str) -> bool:
        """A file typed by a school says who answers for its own pupils of today, and for no child who is elsewhere too."""
        pk = self.standing.ids.get(key)
        if key in self.changes.refused:
            return False
        if not self.setting.own or pk is None:
            return True
        today = any(row.person_id == pk and row.role == Role.PUPIL for row in self.standing.holdings)
        return today and pk not in self.standing.elsewhere

    def _family(self, who: Who, pupil: Person, links: dict[Who, GuardianshipFacts]) -> None:
        rows = {row.guardian_id: row for row in self.standing.guardianships.get(pupil.pk or 0, [])}
        before = (len(self.changes.rows[Guardianship]), len(self.changes.updates[Guardianship]))
        had = self._legal(list(rows.values()))
        kept = list[Guardianship]()
        for guardian_who, facts in links.items():
            row = rows.pop(guardian_who, None) if isinstance(guardian_who, int) else None
            if facts.unread:
                kept += [row] if row else []
                continue
            kept.append(self._bring(pupil, row, facts, who))
        for row in rows.values():
            if self._is_mine(row) and not self.setting.is_partial:
                self.end(row, who)
            else:
                kept.append(row)
        self._watch(had, kept)
        if before != (len(self.changes.rows[Guardianship]), len(self.changes.updates[Guardianship])):
            self.touch(who)
            if not self.is_new(who):
                self.changes.say("families", pupil)

    def _is_mine(self, row: Guardianship) -> bool:
        """May this source change the row? Not what a judge decided and the school noted."""
        return row.source == self.setting.source and row.ruled_on is None

    def _legal(self, rows: list[Guardianship]) -> bool:
        today = self.setting.today
        return any(
            row.authority == Authority.LEGAL and (row.ends is None or row.ends > today) for row in rows
        )

    def _watch(self, had: bool, kept: list[Guardianship]) -> None:
        """How many pupils had a legal guardian, and how many would have none any more."""
        self.changes.followed += had
        self.changes.unfollowed += had and not self._legal(kept)

    def _bring(
        self, pupil: Person, row: Guardianship | None, facts: GuardianshipFacts, who: Who
    ) -> Guardianship:
        guardian = self.person(facts.guardian)
        if row is None:
            return self._link(pupil, guardian, facts)
        if row.ruled_on and row.ends:
            self.warn(
                _("Une décision de justice notée dans Préau met fin à ce lien : le fichier n’y change rien."),
                facts.pupil,
            )
        elif self._is_mine(row):
            self._relink(row, facts, who)
        return row

    def _link(self, pupil: Person, guardian: Person | None, facts: GuardianshipFacts) -> Guardianship:
        before = self.standing.past_guardianships.get(
            (pupil.pk or 0, guardian.pk if guardian and guardian.pk else 0)
        )
        row = Guardianship(
            pupil=pupil,
            guardian=guardian,
            authority=facts.authority,
            kinship=facts.kinship,
            contact_priority=facts.contact_priority,
            lives_with=facts.lives_with,
            pays=facts.pays,
            receives_aid=facts.receives_aid,
            # A judge's word outlives an absence from the file.
            may_not_be_informed=before.may_not_be_informed if before else False,
            source=self.setting.source,
            starts=self.setting.starts,
        )
        self.changes.rows[Guardianship].append(row)
        if self.setting.own and self._works(facts.guardian) and pupil is not guardian:
            self.changes.counts["staff_guardians"] += 1
        return row

    def _works(self, key: str) -> bool:
        """Does, did or would this guardian work in a school?"""
        works = self.standing.ids.get(key) in self.standing.workers
        return works or any(facts.person == key and facts.role != Role.PUPIL for facts in self.batch.holdings)

    def _relink(self, row: Guardianship, facts: GuardianshipFacts, who: Who) -> None:
        values = {
            "authority": facts.authority,
            "kinship": facts.kinship,
            "contact_priority": facts.contact_priority,
        }
        values |= {
            n: getattr(facts, n)
            for n in ("pays", "lives_with", "receives_aid")
            if getattr(facts, n) is not None
        }
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if changed:
            self.change(row, who, **changed)
