"""The agenda as a calendar that a telephone keeps: each thing under a name of its own, with a tag that changes when it does."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from preau.commons.agenda.queries import gathered, with_own_uids
from preau.commons.agenda.rules import AFTER, BEFORE
from preau.directory.queries.apart import Apart, parts_of
from preau.directory.viewer import Viewer
from preau.foundation.boards import AgendaEntry
from preau.foundation.calendars import object_of

ENDING = ".ics"


@dataclass(frozen=True)
class Thing:
    """One thing of a calendar."""

    entry: AgendaEntry

    @property
    def name(self) -> str:
        return f"{self.entry.uid}{ENDING}"

    @cached_property
    def tag(self) -> str:
        """Changes with whatever its calendar shows, and with nothing else."""
        one = self.entry
        shown = (one.uid, one.title, one.starts, one.ends, one.zone, one.detail, one.place, one.cancelled)
        return sha256(repr(shown).encode()).hexdigest()[:32]

    def written(self) -> bytes:
        return object_of(self.entry)


@dataclass(frozen=True)
class Calendar:
    """One calendar: of a child for a family, of the school for anybody else. What is in it is read when it is asked for."""

    part: Apart

    @property
    def key(self) -> str:
        return self.part.key

    @property
    def name(self) -> str:
        return self.part.name

    @cached_property
    def things(self) -> dict[str, Thing]:
        """What leaves for telephones, as the feed gives it, by name: as many queries as there are sources, however much there is."""
        viewer = self.part.viewer
        entries = gathered(viewer, viewer.today - BEFORE, viewer.today + AFTER, for_feed=True)
        if viewer.is_guardian:
            # The calendar says whose it is; and two children in one lesson are two things for a telephone.
            entries = [replace(entry, whose="", uid=f"{entry.uid}-{self.key}") for entry in entries]
        return {thing.name: thing for thing in map(Thing, with_own_uids(entries))}

    @property
    def tag(self) -> str:
        """Changes when anything in it does."""
        return sha256("".join(sorted(thing.tag for thing in self.things.values())).encode()).hexdigest()[:32]


def calendars_of(viewer: Viewer) -> dict[str, Calendar]:
    """The calendars of a seat, by key (one query for a family)."""
    return {part.key: Calendar(part) for part in parts_of(viewer)}
