"""Reading calendars (ICS, RFC 5545): events that come back each week, or dated ones that make a week when put side by side.

The words of an event say whose it is: they are kept whole, and looked at with the school's own names (see `resolving`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar as Feed
from icalendar import Event

from preau.domains.timetable.imports.told import NamedThing, Odd, Slot, TimetableFiles, checked
from preau.foundation import dates
from preau.foundation.reading import LONGEST_RECORD, EncodingWatch, Unreadable

MOST_TIMES = 2_000
HEAVIEST = 20 * 1024 * 1024
LABELLED = re.compile(r"^\s*([^\n:]{3,20}?)\s*:\s*(.+?)\s*$", re.MULTILINE)


@dataclass
class Words:
    """What an event says: `free` is everything, `labelled` what follows « Matière : », `where` and `people` their own fields."""

    free: str
    labelled: dict[str, str]
    where: str
    people: tuple[str, ...]


@dataclass
class Happening:
    """An event with the days of its times on the school's wall clock."""

    file: str
    line: int
    course: int
    uid: str
    words: Words
    times: dict[tuple[int, time, time], set[date]]
    repeats: bool


@dataclass(frozen=True)
class _Block:
    line: int
    text: str


def read(paths: Iterable[Path], zone: str, days: tuple[date, date]) -> tuple[TimetableFiles, list[Happening]]:
    """The events of the files in a year; `resolving` makes slots of them. Raises Unreadable."""
    files, found = TimetableFiles(), []
    for path in paths:
        found += _Reader(files, path, ZoneInfo(zone), days).happenings()
    return files, found


class _Reader:
    def __init__(self, files: TimetableFiles, path: Path, zone: ZoneInfo, days: tuple[date, date]) -> None:
        self.told, self.path, self.name, self.zone, self.days = files, path, path.name, zone, days
        # (uid, moment) of the times that another event of the same uid says anew.
        self.moved: set[tuple[str, datetime]] = set()
        self.seen: set[str] = set()

    def happenings(self) -> list[Happening]:
        lines = list(_unfolded(self._text()))
        head, blocks = _cut(lines, self.name)
        self._zones(head)
        events = [(block, self.told.course(self.name, block.line)) for block in blocks]
        parsed = [(block, number, self._parsed(block, number)) for block, number in events]
        for _block, _number, event in parsed:
            if event is not None and "RECURRENCE-ID" in event:
                self.moved.add((str(event.get("UID", "")), self._wall(event["RECURRENCE-ID"].dt)))
        found = [self._one(*one) for one in parsed if one[2] is not None]
        return [one for one in found if one is not None]

    def _text(self) -> str:
        if self.path.stat().st_size > HEAVIEST:
            raise Unreadable(self.name, None, _("Le calendrier est trop lourd : pas plus de 20 Mo."))
        watch, raw = EncodingWatch(), self.path.read_bytes()
        watch.see(raw)
        if b"\0" in raw:
            raise Unreadable(self.name, None, _("Ce n’est pas un calendrier : il contient des octets nuls."))
        return raw.decode("cp1252" if watch.is_not_utf8 or watch.is_cut else "utf-8-sig", errors="replace")

    def _zones(self, head: str) -> None:
        """Makes known the time zones that the file defines itself."""
        try:
            Feed.from_ical(f"BEGIN:VCALENDAR\r\n{head}\r\nEND:VCALENDAR\r\n")
        except Exception:  # noqa: BLE001 - a zone that cannot be read is met again by the events that name it
            self.told.note(self.name, 1, _("Un fuseau horaire du calendrier ne se lit pas."))

    def _parsed(self, block: _Block, number: int) -> Any:
        try:
            event: Any = Event.from_ical(block.text)
        except Exception:  # noqa: BLE001 - the library fails in many ways on what is no event
            event = None
        if event is None or event.errors:
            reason = _("Cet événement ne se lit pas.")
            self.told.put_aside(number, self.name, block.line, reason, what=_uid(block.text))
            return None
        return event

    def _one(self, block: _Block, number: int, event: Any) -> Happening | None:
        uid = str(event.get("UID", ""))[:100]
        try:
            times = self._times(event, uid)
        except Odd as odd:
            self.told.put_aside(number, self.name, block.line, str(odd), what=uid)
            return None
        return Happening(self.name, block.line, number, uid, words_of(event), times, repeats="RRULE" in event)

    def _times(self, event: Any, uid: str) -> dict[tuple[int, time, time], set[date]]:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            raise Odd(_("Cet événement est annulé dans le calendrier."))
        start, length = self._span(event)
        if "RECURRENCE-ID" not in event:
            if uid and uid in self.seen:
                raise Odd(_("Un autre événement a le même identifiant."))
            self.seen.add(uid)
        found: dict[tuple[int, time, time], set[date]] = defaultdict(set)
        for moment in self._moments(event, start, uid):
            wall, end = self._wall(moment), self._wall(moment + length)
            if not self.days[0] <= wall.date() <= self.days[1]:
                continue
            if end.date() != wall.date():
                raise Odd(_("Le cours finirait le lendemain."))
            starts, ends = checked(wall.time().replace(second=0), end.time().replace(second=0))
            found[wall.weekday(), starts, ends].add(wall.date())
        if not found:
            raise Odd(_("Cet événement n’a aucune date dans l’année scolaire."))
        return found

    def _span(self, event: Any) -> tuple[datetime, timedelta]:
        if "DTSTART" not in event:
            raise Odd(_("Cet événement n’a pas de début."))
        start = event["DTSTART"].dt
        if not isinstance(start, datetime):
            raise Odd(_("Cet événement dure une journée entière : ce n’est pas un cours."))
        if "DTEND" in event and isinstance(event["DTEND"].dt, datetime):
            try:
                length = event["DTEND"].dt - start
            except TypeError:
                raise Odd(_("Le début et la fin n’ont pas le même fuseau horaire.")) from None
            return start, length
        if "DURATION" in event:
            return start, event["DURATION"].dt
        raise Odd(_("Cet événement n’a pas de fin."))

    def _moments(self, event: Any, start: datetime, uid: str) -> Iterator[datetime]:
        """Each time of an event, on the clock of its own zone: an hour stays the same hour when clocks change."""
        left_out = {self._wall(moment) for moment in _moments_of(event, "EXDATE")}
        if "RECURRENCE-ID" not in event:
            left_out |= {moment for known, moment in self.moved if known == uid}
        for moment in sorted({*self._rule(event, start), *_moments_of(event, "RDATE")}, key=self._wall):
            if self._wall(moment) not in left_out:
                yield moment

    def _rule(self, event: Any, start: datetime) -> list[datetime]:
        if "RRULE" not in event:
            return [start]
        rules = event["RRULE"]
        if isinstance(rules, list):
            raise Odd(_("La répétition de cet événement ne se lit pas."))
        if rules.get("FREQ", [""])[0] not in {"DAILY", "WEEKLY", "MONTHLY"}:
            raise Odd(_("Cet événement se répète autrement que par jour, semaine ou mois."))
        zone, bare = start.tzinfo, start.replace(tzinfo=None)
        rules = {name: [self._bare(value, zone) for value in values] for name, values in rules.items()}
        last = datetime.combine(self.days[1], time.max)
        try:
            rule = rrulestr(_rule_text(rules), dtstart=bare)
            found = islice((one for one in rule), MOST_TIMES)
            return [one.replace(tzinfo=zone) for one in found if one <= last]
        except (ValueError, TypeError):
            raise Odd(_("La répétition de cet événement ne se lit pas.")) from None

    def _bare(self, value: Any, zone: Any) -> Any:
        """UNTIL is said in UTC, or as a day that counts whole."""
        if isinstance(value, datetime):
            return (
                value.astimezone(zone).replace(tzinfo=None)
                if value.tzinfo and zone
                else value.replace(tzinfo=None)
            )
        return datetime.combine(value, time.max).replace(microsecond=0) if isinstance(value, date) else value

    def _wall(self, moment: Any) -> datetime:
        """What the school's clock shows; an hour without a zone is already on it."""
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        return (moment.astimezone(self.zone) if moment.tzinfo else moment).replace(tzinfo=None)


def _rule_text(rules: dict[str, list[Any]]) -> str:
    texts = {
        name: ",".join(
            one.strftime("%Y%m%dT%H%M%S") if isinstance(one, datetime) else str(one) for one in values
        )
        for name, values in rules.items()
    }
    return ";".join(f"{name}={value}" for name, value in texts.items())


def _moments_of(event: Any, name: str) -> list[Any]:
    parts = event.get(name, [])
    return [one.dt for part in (parts if isinstance(parts, list) else [parts]) for one in part.dts]


def words_of(event: Any) -> Words:
    """All that an event says in words."""
    description = str(event.get("DESCRIPTION", ""))
    categories = event.get("CATEGORIES", [])
    kinds = [
        str(cat)
        for part in (categories if isinstance(categories, list) else [categories])
        for cat in part.cats
    ]
    guests = event.get("ATTENDEE", [])
    people = [
        one for one in [*(guests if isinstance(guests, list) else [guests]), event.get("ORGANIZER")] if one
    ]
    names = tuple(str(getattr(person, "params", {}).get("CN", "")) for person in people)
    where = str(event.get("LOCATION", ""))
    free = "\n".join([str(event.get("SUMMARY", "")), *kinds, description, where])
    labelled = {key.lower(): value for key, value in LABELLED.findall(description)}
    return Words(free, labelled, where, tuple(filter(None, names)))


def slots_of(
    happening: Happening,
    subject: NamedThing,
    groups: tuple[NamedThing, ...],
    teachers: tuple[NamedThing, ...],
    room: NamedThing | None,
) -> list[Slot]:
    """The weeks of an event, one slot a weekday and hour."""
    several = len(happening.times) > 1
    return [
        Slot(
            happening.file,
            happening.line,
            [happening.course],
            weekday,
            starts,
            ends,
            subject,
            groups,
            teachers,
            room,
            weeks=frozenset(dates.monday_of(day) for day in days),
            key=f"{happening.uid}{f'#{weekday}-{starts:%H%M}' if several else ''}"
            if happening.repeats
            else "",
        )
        for (weekday, starts, ends), days in happening.times.items()
    ]


def joined(slots: Iterable[Slot]) -> list[Slot]:
    """Dated events that differ by their week only become one weekly course."""
    found: dict[tuple[Any, ...], Slot] = {}
    for slot in slots:
        same = (
            slot.weekday,
            slot.starts,
            slot.ends,
            slot.subject,
            slot.groups,
            slot.teachers,
            slot.room,
            slot.key,
        )
        known = found.get(same)
        if known is None:
            found[same] = slot
        else:
            known.courses += slot.courses
            known.weeks = (known.weeks or frozenset()) | (slot.weeks or frozenset())
    return list(found.values())


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with the number of the first one of each: a line that begins with a blank goes on."""
    pending: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in {" ", "\t"} and pending:
            pending = pending[0], pending[1] + line[1:]
        else:
            if pending:
                yield pending
            pending = number, line
        if pending and len(pending[1]) > LONGEST_RECORD:
            raise Unreadable("", number, _("Une ligne dépasse un million de caractères."))
    if pending:
        yield pending


def _cut(lines: list[tuple[int, str]], name: str) -> tuple[str, list[_Block]]:
    """The zones of a calendar as they are written, and its events. Raises Unreadable when it is none, or is cut."""
    filled = [(number, line) for number, line in lines if line.strip()]
    if not filled:
        raise Unreadable(name, None, _("Le fichier est vide."))
    if filled[0][1].strip().upper() != "BEGIN:VCALENDAR":
        raise Unreadable(
            name, filled[0][0], _("Ce n’est pas un calendrier : il ne commence pas comme un fichier .ics.")
        )
    if filled[-1][1].strip().upper() != "END:VCALENDAR":
        raise Unreadable(name, filled[-1][0], _("Le fichier s’arrête au milieu."))
    return _zones_of(filled), _events_of(filled, name)


def _zones_of(lines: list[tuple[int, str]]) -> str:
    kept, inside = [], False
    for _number, line in lines:
        inside = inside or line.strip().upper() == "BEGIN:VTIMEZONE"
        if inside:
            kept.append(line)
        inside = inside and line.strip().upper() != "END:VTIMEZONE"
    return "\r\n".join(kept)


def _events_of(lines: list[tuple[int, str]], name: str) -> list[_Block]:
    found: list[_Block] = []
    began, kept, alarm = 0, [], False
    for number, line in lines:
        text = line.strip().upper()
        if text == "BEGIN:VEVENT":
            if began:
                raise Unreadable(name, number, _("Un événement commence avant la fin du précédent."))
            began, kept = number, []
        alarm = alarm or text == "BEGIN:VALARM"
        if began and not alarm:
            kept.append(line)
        alarm = alarm and text != "END:VALARM"
        if text == "END:VEVENT" and began:
            found.append(_Block(began, "\r\n".join(kept) + "\r\n"))
            began = 0
    if began:
        raise Unreadable(name, began, _("Un événement n’est pas fini."))
    return found


def _uid(text: str) -> str:
    found = re.search(r"^UID[^:\n]*:(.+)$", text, re.MULTILINE)
    return found[1].strip()[:100] if found else ""
