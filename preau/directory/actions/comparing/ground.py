"""What the parts of a comparison share: who a key is, and how a row is changed or ended."""

from collections.abc import Callable
from datetime import date
from typing import Any

from preau.directory.actions.changes import Changes, Setting
from preau.directory.actions.matching import Standing
from preau.directory.models import Correction, ExternalId, Person
from preau.directory.rules.facts import Batch

# A person who is known by their id, one about to be created by their key.
Who = int | str


class Ground:
    def __init__(self, batch: Batch, setting: Setting, warn: Callable[[str, str], None]) -> None:
        self.batch, self.setting, self.warn = batch, setting, warn
        self.standing = Standing()
        self.changes = Changes()
        self.spared: set[int] = set()
        self.outranked: set[int] = set()
        self.local: dict[int, dict[str, Correction]] = {}
        self.departing: set[Who] = set()
        self._keys: dict[Who, list[str]] = {}

    def who(self, key: str) -> Who:
        return self.standing.ids.get(key, key)

    def person(self, key: str) -> Person | None:
        """The person of a key: known, or about to be created; None for a stranger, or one whom this file may not touch."""
        if key in self.changes.refused:
            return None
        pk = self.standing.ids.get(key)
        return self.standing.people.get(pk) if pk else self.changes.people.get(key)

    def gather_keys(self) -> None:
        """Which keys of the batch lead to whom: two keys may be one human being, and its own key speaks first."""
        seconds = self.standing.seconds
        for key in self.batch.people:
            self._keys.setdefault(self.who(key), []).append(key)
        if seconds:
            for keys in self._keys.values():
                keys.sort(key=seconds.__contains__)
            self._own_keys_first()

    def _own_keys_first(self) -> None:
        """Two records of one merged person say the same place: whatever the order of the file, their own key's counts."""
        batch, second = self.batch, self.standing.seconds.__contains__
        batch.holdings.sort(key=lambda facts: second(facts.person))
        batch.guardianships.sort(key=lambda facts: second(facts.pupil) + second(facts.guardian))
        # The last one told of a place counts.
        batch.enrolments.sort(key=lambda facts: not second(facts.pupil))

    def external(self, key: str, person: Person) -> ExternalId:
        setting = self.setting
        return ExternalId(
            source=setting.source, authority=setting.writes_as, kind="person", value=key, person=person
        )

    def take(self, key: str, person: Person, reason: str) -> None:
        """A key of the batch leads to somebody who is here; `reason` tells why."""
        self.standing.ids[key] = person.pk
        self.standing.people[person.pk] = person
        self.changes.ids.append(self.external(key, person))
        self.changes.touch(key)
        self.warn(reason, key)

    def touch(self, who: Who) -> None:
        for key in self._keys.get(who, ()):
            self.changes.touch(key)

    def is_new(self, who: Who) -> bool:
        return isinstance(who, str)

    def change(self, row: Any, who: Who | None, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        self.changes.updates[type(row)].append((row, set(fields)))
        if who is not None:
            self.touch(who)

    def end(self, row: Any, who: Who, day: date | None = None) -> None:
        self.change(row, who, ends=max(day or self.setting.today, row.starts or date.min))

    def tells(self, who: Who, aspect: str) -> bool:
        """Does a record of this person tell this aspect wholly?"""
        return any(aspect in self.batch.aspects.get(key, ()) for key in self._keys.get(who, ()))

    def may_end(self, row: Any, who: Who, aspect: str, *, told: bool) -> bool:
        """A row that this source keeps, of somebody whom the delivery should list, or lists without it."""
        return (
            row.source == self.setting.source
            and (told or self.tells(who, aspect))
            and who not in self.spared
            and not any(key in self.changes.refused for key in self._keys.get(who, ()))
        )
