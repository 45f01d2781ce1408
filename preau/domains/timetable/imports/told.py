"""What a file of timetable tells, whatever its format: weekly courses with the names it gives, and what it cannot be asked."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from preau.foundation.reading import Unreadable

# A school of 3 000 pupils has some four thousand courses a week.
MOST_COURSES = 20_000
MOST_HOURS = timedelta(hours=12)
SHORTEST = timedelta(minutes=5)


@dataclass(frozen=True)
class NamedThing:
    """A thing as a file names it. `keys`: its numbers in official systems (« epp:3446 »); `is_class`: of a group, when it is told."""

    name: str = ""
    code: str = ""
    given: str = ""
    keys: tuple[str, ...] = ()
    is_class: bool | None = None

    @property
    def said(self) -> str:
        """As a person would look for it in the file."""
        return " ".join(filter(None, [self.name, self.given])) or self.code or ", ".join(self.keys)


@dataclass
class Slot:
    """One weekly course. `weeks`: the Mondays on which it is held, None for each week; `courses`: the numbers it stands for.

    `key` is what the file calls it; without one, what it says of it is its key.
    """

    file: str
    line: int
    courses: list[int]
    weekday: int
    starts: time
    ends: time
    subject: NamedThing
    groups: tuple[NamedThing, ...] = ()
    teachers: tuple[NamedThing, ...] = ()
    room: NamedThing | None = None
    weeks: frozenset[date] | None = None
    first: date | None = None
    last: date | None = None
    key: str = ""

    def made_of(self) -> str:
        """All that the file says of it, as one short word."""
        parts = [
            self.weekday,
            self.starts,
            self.ends,
            self.subject.said,
            self.subject.code,
            sorted(group.said for group in self.groups),
            sorted(teacher.said for teacher in self.teachers),
            self.room.said if self.room else "",
            sorted(self.weeks) if self.weeks is not None else "",
            self.first,
            self.last,
        ]
        return sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Aside:
    """A course that is not taken: where it is, why, and whom the sentence is about (a name, never kept)."""

    file: str
    line: int
    reason: str
    what: str = ""
    who: str = ""


@dataclass
class TimetableFiles:
    """What the files tell. `read` is how many courses they hold, each of which ends somewhere."""

    slots: list[Slot] = field(default_factory=list)
    aside: dict[int, Aside] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)
    notes: list[Aside] = field(default_factory=list)
    read: int = 0
    uai: str = ""
    # First and last day of the year that the file speaks of.
    days: tuple[date, date] | None = None

    def course(self, file: str, line: int) -> int:
        """One more course; returns its number."""
        self.read += 1
        if self.read > MOST_COURSES:
            raise Unreadable(file, line, _("Le fichier contient plus de 20 000 cours."))
        return self.read

    def put_aside(
        self, course: int, file: str, line: int, reason: str, *, what: str = "", who: str = ""
    ) -> None:
        self.aside.setdefault(course, Aside(file, line, reason, what, who))

    def note(self, file: str, line: int, reason: str, *, what: str = "", who: str = "") -> None:
        """Something to be looked at, that keeps no course out."""
        self.notes.append(Aside(file, line, reason, what, who))

    def taken(self) -> Iterator[Slot]:
        """The slots of courses that nothing has put aside."""
        return (slot for slot in self.slots if not all(number in self.aside for number in slot.courses))


class Odd(Exception):
    """A value that means nothing; the message is the sentence."""


def hours_from(starts: time, minutes: int) -> tuple[time, time]:
    """From an hour and a duration. Raises Odd when that ends on another day or is no lesson."""
    end = starts.hour * 60 + starts.minute + minutes
    if end > 24 * 60 - 1:
        raise Odd(_("Le cours finirait le lendemain."))
    return checked(starts, time(end // 60, end % 60))


def checked(starts: time, ends: time) -> tuple[time, time]:
    """Hours that a lesson can have. Raises Odd."""
    length = timedelta(hours=ends.hour - starts.hour, minutes=ends.minute - starts.minute)
    if length <= timedelta():
        raise Odd(_("La fin ne vient pas après le début."))
    if not SHORTEST <= length <= MOST_HOURS:
        raise Odd(_("Un cours ne dure pas moins de cinq minutes ni plus de douze heures."))
    return starts, ends


def day_from(text: str) -> date:
    """An ISO day. Raises Odd."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise Odd(_("La date « %(text)s » n’existe pas.") % {"text": text.strip()[:20]}) from None


def hour_from(text: str) -> time:
    """« 0800 », « 08:00:00 », « 8h05 », « 8 h » or « 8:5 ». Raises Odd."""
    if not text.strip():
        raise Odd(_("Une heure ou une durée manque."))
    bare = text.strip().lower().replace("\u202f", " ").replace("\xa0", " ")
    digits = "".join(char if char.isdigit() else " " for char in bare).split()
    if len(digits) == 1 and len(digits[0]) in {3, 4}:
        digits = [digits[0][:-2], digits[0][-2:]]
    try:
        return time(int(digits[0]), int(digits[1]) if len(digits) > 1 else 0)
    except (IndexError, ValueError):
        raise Odd(_("L’heure « %(text)s » n’existe pas.") % {"text": text.strip()[:20]}) from None
