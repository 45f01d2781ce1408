"""A timetable drawn to scale: lessons, what stands beside them and free hours, as the blocks of a day or of a week."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zlib import crc32

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.rules.subjects import LOOKS, Look
from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import Beside
from preau.domains.timetable.queries.layouts import DayOf
from preau.domains.timetable.queries.lessons import Day, LessonRow
from preau.foundation import dates
from preau.foundation.scales import (
    HOUR,
    MOST_LANES,
    Block,
    DayPlan,
    Plan,
    gaps,
    minutes_of,
    plan_of,
    share_of,
)
from preau.foundation.templating import url

# A pause that holds this minute, and is no longer than that, is the one in which people eat.
NOON, LONGEST_NOON = 12 * HOUR + 30, 150
MIDNIGHT = 24 * HOUR


@dataclass(frozen=True)
class Way:
    """How lessons are said: what their title is, what needs no saying, and what their colours are of."""

    children: Mapping[int, list[str]]
    titles_groups: bool = False
    says_teachers: bool = True
    says_room: bool = True
    group: str = ""
    colours: Mapping[str, Look] | None = None
    can_edit: bool = False
    # Where a free hour is booked for something, which its day and its first minute end; from when on.
    booking: str = ""
    booked_from: str = ""

    def title_of(self, row: LessonRow) -> str:
        return row.groups_label if self.titles_groups and row.groups else row.subject

    def text_of(self, row: LessonRow) -> str:
        """Whose it is, with whom and where: what the title does not say."""
        parts = [row.for_children(dict(self.children))] if self.children else []
        if self.titles_groups and row.groups:
            parts.append(row.subject)
        elif not self.children and row.groups_label != self.group:
            parts.append(row.groups_label)
        parts += [row.teachers_label] if self.says_teachers else []
        parts += [row.place] if self.says_room else []
        return " · ".join(filter(None, parts))

    def look_of(self, row: LessonRow) -> Look:
        """The subject's; of a teacher's own lessons, the class's, whose name is the title."""
        if self.colours is None:
            return row.look
        return self.colours.get(row.groups_label) or row.look


def usual_group(rows: Iterable[LessonRow]) -> str:
    """The class of most of these lessons: to a pupil it goes without saying."""
    counted = Counter(row.groups_label for row in rows if row.groups)
    return counted.most_common(1)[0][0] if counted else ""


def looks_of_groups(rows: Iterable[LessonRow]) -> dict[str, Look]:
    """A pair of colours for each class of these lessons: its own, whatever the week, and not yet that of another one."""
    found: dict[str, Look] = {}
    taken: set[str] = set()
    for name in sorted({row.groups_label for row in rows if row.groups}):
        first = crc32(name.encode()) % len(LOOKS)
        turns = [LOOKS[(first + turn) % len(LOOKS)].key for turn in range(len(LOOKS))]
        key = next((turn for turn in turns if turn not in taken), turns[0])
        taken.add(key)
        found[name] = Look(key, name, icon="")
    return found


def block_of(row: LessonRow, way: Way, now: datetime, *, with_marks: bool = False) -> Block:
    """One lesson; with what other houses say of it, and their gestures, where a day has room for them."""
    starts, ends = _span(row.starts, row.ends, row.zone)
    look = way.look_of(row)
    marks = row.marks if with_marks else []
    return Block(
        title=way.title_of(row),
        starts=starts,
        ends=ends,
        hours=row.hours,
        text=way.text_of(row),
        href=url("timetable:lesson", pk=row.pk),
        look=look,
        icon=look.icon,
        tags=(
            *((change.label, change.tone, change.icon) for change in row.changes),
            # Two works for one lesson are said once « à faire ».
            *dict.fromkeys((mark.label, mark.tone, mark.icon) for mark in marks),
        ),
        links=tuple((mark.gesture, mark.href, f"{mark.label}, {row.hours}") for mark in marks if mark.href),
        is_now=row.is_on(now),
        is_off=row.is_cancelled,
        moves=row.minutes if way.can_edit and not row.is_cancelled else 0,
        begins=row.begins,
    )


def _span(starts: datetime | None, ends: datetime | None, zone: str) -> tuple[int, int]:
    """The minutes of the day; what goes on after midnight ends with it."""
    if starts is None or ends is None:
        return 0, MIDNIGHT
    first, last = minutes_of(starts, zone), minutes_of(ends, zone)
    return first, last if last > first else MIDNIGHT


def beside_block(beside: Beside) -> Block:
    starts, ends = _span(beside.starts, beside.ends, beside.zone)
    return Block(
        title=beside.title,
        starts=starts,
        ends=ends,
        hours=beside.hours,
        text=" · ".join(filter(None, [beside.whose, beside.detail])),
        href=beside.url,
        icon=beside.icon,
        kind="beside",
        tags=((beside.word, "changed", ""),) if beside.word else (),
        is_off=beside.is_cancelled,
        begins=dates.hour(beside.starts, beside.zone) if beside.starts else "",
    )


def free_blocks(blocks: Sequence[Block], *, is_own: bool) -> list[Block]:
    """The hours between two lessons. Only whoever gives lessons is free: a pupil has no lesson."""
    return [
        Block(title=_free(starts, ends, is_own=is_own), starts=starts, ends=ends, kind="free")
        for starts, ends in gaps(block for block in blocks if not block.is_off)
        if not any(block.starts < ends and starts < block.ends for block in blocks)
    ]


def _bookable(block: Block, day: str, way: Way) -> Block:
    """A free hour that is still to come leads to what is free at that hour."""
    time = f"{block.starts // HOUR:02}:{block.starts % HOUR:02}"
    if not way.booking or f"{day}T{time}" <= way.booked_from:
        return block
    return replace(block, href=f"{way.booking}jour={day}&debut={time}")


def _free(starts: int, ends: int, *, is_own: bool) -> str:
    if starts <= NOON < ends and ends - starts <= LONGEST_NOON:
        return _("Pause de midi")
    time = dates.minutes(ends - starts)
    return _("Libre, %(time)s") % {"time": time} if is_own else _("Pas de cours, %(time)s") % {"time": time}


def week_plan(
    days: Sequence[DayOf], way: Way, address: str, *, shows_free: bool, with_marks: bool = False
) -> Plan:
    """Days side by side, or one; `address`: that of a day, which its date ends."""
    now = timezone.now()
    zone = next((row.zone for day in days for row in day.rows), "")
    on_the_wall = minutes_of(now, zone) if any(day.is_today for day in days) else None
    return plan_of(
        [_day_plan(day, way, now, address, shows_free=shows_free, with_marks=with_marks) for day in days],
        on_the_wall,
        dates.hour(now, zone),
    )


def _with_what_it_needs(block: Block, lesson: int, beside: Iterable[Beside]) -> Block:
    """The lesson, with the equipment that is booked for it: one block, and not two side by side."""
    needs = tuple((one.title, "", one.icon) for one in beside if one.lesson == lesson)
    return replace(block, tags=(*block.tags, *needs))


def _day_plan(
    day: DayOf, way: Way, now: datetime, address: str, *, shows_free: bool, with_marks: bool
) -> DayPlan:
    lessons = {row.pk for row in day.rows}
    blocks = [
        beside_block(line)
        if isinstance(line, Beside)
        else _with_what_it_needs(block_of(line, way, now, with_marks=with_marks), line.pk, day.beside)
        for line in day.lines
        if not (isinstance(line, Beside) and line.lesson in lessons)
    ]
    if shows_free:
        free = free_blocks(blocks, is_own=way.titles_groups)
        blocks += [_bookable(block, day.day.isoformat(), way) for block in free]
    return DayPlan(
        name=dates.capital(dates.day(day.day)),
        short=dates.capital(dates.short_day(day.day)),
        blocks=tuple(blocks),
        whole=tuple(beside_block(one) for one in day.whole),
        href=f"{address}{day.day}",
        day=day.day.isoformat(),
        is_today=day.is_today,
    )


def home_plan(
    viewer: Viewer,
    day: Day,
    children: Mapping[int, list[str]],
    now: datetime,
    beside: Sequence[Beside] = (),
) -> Plan:
    """The day of the home: one column, with what is to be done of each lesson, and what stands beside them."""
    group = "" if viewer.is_staff else usual_group(day.rows)
    way = Way(
        children,
        titles_groups=viewer.is_staff,
        says_teachers=not viewer.is_staff,
        group=group,
        # As on the week of a teacher: one subject, and as many colours as classes.
        colours=looks_of_groups(day.rows) if viewer.is_staff else None,
    )
    names = list(dict.fromkeys(name for found in children.values() for name in found))
    # Two children, two columns that they keep all day; more than the drawing holds stand as they come.
    sides = {name: side for side, name in enumerate(names)} if 1 < len(names) <= MOST_LANES else {}
    blocks = [
        _on_its_side(block_of(row, way, now, with_marks=True), row.for_children(dict(children)), sides)
        for row in day.rows
    ]
    # What is for all of them stands in no column.
    apart = [one for one in beside if not one.starts or (sides and not one.whose)]
    # The lesson going on has its gesture above, in « Maintenant ».
    blocks = [replace(block, links=()) if block.is_now else block for block in blocks]
    blocks += [_on_its_side(beside_block(one), one.whose, sides) for one in beside if one not in apart]
    if len(names) < 2:
        blocks += free_blocks(blocks, is_own=viewer.is_staff)
    name = dates.capital(dates.near_day(day.day, viewer.today))
    plan = DayPlan(
        name,
        name,
        tuple(blocks),
        whole=tuple(beside_block(one) for one in apart),
        day=day.day.isoformat(),
        is_today=day.day == viewer.today,
    )
    zone = day.rows[0].zone if day.rows else ""
    return plan_of([plan], minutes_of(now, zone) if plan.is_today else None, dates.hour(now, zone))


def _on_its_side(block: Block, whose: str, sides: Mapping[str, int]) -> Block:
    """In the column of the child whose it is; of several, in that of the first."""
    name = whose.split(", ", maxsplit=1)[0]
    return replace(block, side=sides[name], whose=name) if name in sides else block


def leaves_said(rows: Sequence[LessonRow], day: date, today: date) -> str:
    """« Aujourd’hui, vous sortez à 16 h 00. », « Demain, cours de 8 h 00 à 9 h 55. »: what a pupil comes to read."""
    held = [row for row in rows if not row.is_cancelled]
    near = {"day": dates.capital(dates.near_day(day, today))}
    if not held:
        return _("%(day)s, pas de cours.") % near
    ends = max(held, key=lambda row: row.ends).finishes
    if day == today:
        return _("%(day)s, vous sortez à %(hour)s.") % (near | {"hour": ends})
    begins = {"begins": held[0].begins, "hour": ends}
    sentences = [_("%(day)s, cours de %(begins)s à %(hour)s.") % (near | begins), cancelled_said(rows)]
    return " ".join(filter(None, sentences))


def cancelled_said(rows: Iterable[LessonRow]) -> str:
    """« Annulé : Technologie. »; "" where every lesson is held."""
    subjects = ", ".join(dict.fromkeys(row.subject for row in rows if row.is_cancelled))
    return _("Annulé : %(subjects)s.") % {"subjects": subjects} if subjects else ""


@dataclass(frozen=True)
class Opening:
    """What opens the home: a moment, where it is, and how much of it has gone by (hundredths; None for what is to come)."""

    when: str
    title: str
    text: str = ""
    share: int | None = None
    row: LessonRow | None = None


def opening_of(viewer: Viewer, day: Day, now: datetime) -> Opening:
    """The lesson going on; else the next one; else that there is none."""
    if day.now:
        left = dates.minutes(max(int((day.now.ends - now).total_seconds() // 60), 1))
        when = _("Maintenant · %(hours)s, encore %(left)s") % {"hours": day.now.hours, "left": left}
        return Opening(when, *_said(viewer, day.now), share_of(day.now.starts, day.now.ends, now), day.now)
    following = next((row for row in day.rows if row.starts > now and not row.is_cancelled), None)
    if following:
        name = dates.capital(dates.near_day(day.day, viewer.today))
        when = _("À suivre · %(hour)s") if day.day == viewer.today else _("%(day)s · %(hour)s")
        return Opening(
            when % {"hour": following.begins, "day": name}, *_said(viewer, following), None, following
        )
    name = dates.capital(dates.day(day.day))
    if day.rows:
        return Opening(name, _("Les cours sont finis pour aujourd’hui"))
    return Opening(name, _("Pas de cours aujourd’hui"))


def _said(viewer: Viewer, row: LessonRow) -> tuple[str, str]:
    if viewer.is_staff and row.groups:
        return ", ".join(filter(None, [row.groups_label, row.place])), row.subject
    return ", ".join(filter(None, [row.subject, row.place])), row.teachers_label


@dataclass(frozen=True)
class ChildDay:
    """The day of a child: a sentence that says where it stands by its timetable, and its ribbon."""

    name: str
    sentence: str
    text: str
    plan: Plan
    # Of tomorrow, when a lesson of it is not held.
    ahead: str = ""


def days_of_children(
    viewer: Viewer,
    day: Day,
    children: Mapping[int, list[str]],
    now: datetime,
    beside: Sequence[Beside] = (),
) -> list[ChildDay]:
    """One a child: what the timetable says, which is not that the child is there."""
    names = dict.fromkeys(name for found in children.values() for name in found)
    return [
        _child_day(viewer, day, children, name, now, [one for one in beside if one.whose in {"", name}])
        for name in names
    ]


def _child_day(
    viewer: Viewer,
    day: Day,
    children: Mapping[int, list[str]],
    name: str,
    now: datetime,
    beside: Sequence[Beside],
) -> ChildDay:
    def own(lessons: Iterable[LessonRow]) -> list[LessonRow]:
        return [row for row in lessons if any(name in children.get(group, ()) for group in row.group_ids)]

    rows, tomorrow = own(day.rows), own(day.tomorrow)
    way = Way({}, group=usual_group(rows))
    blocks = [block_of(row, way, now) for row in rows]
    blocks += [replace(beside_block(one), text="") for one in beside if one.starts]
    blocks += free_blocks(blocks, is_own=False)
    plan = plan_of([DayPlan(name, name, tuple(blocks), day=day.day.isoformat())])
    sentence, text = _sentence(viewer, day.day, rows, name, now)
    whole = ", ".join(one.title for one in beside if not one.starts and not one.is_cancelled)
    said = filter(None, [whole, text, cancelled_said(rows)])
    ahead = day.day == viewer.today and cancelled_said(tomorrow)
    return ChildDay(
        name,
        sentence,
        " · ".join(said),
        plan,
        leaves_said(tomorrow, viewer.today + timedelta(days=1), viewer.today) if ahead else "",
    )


def _sentence(
    viewer: Viewer, day: date, rows: Sequence[LessonRow], name: str, now: datetime
) -> tuple[str, str]:
    held = [row for row in rows if not row.is_cancelled]
    if not held:
        return _("%(name)s n’a pas cours") % {"name": name}, dates.capital(dates.near_day(day, viewer.today))
    ends = max(held, key=lambda row: row.ends)
    going_on = next((row for row in held if row.is_on(now)), None)
    if going_on:
        facts = {"name": name, "subject": going_on.subject, "hour": going_on.finishes}
        until = _("Fin des cours à %(hour)s.") % {"hour": ends.finishes}
        return _("%(name)s a cours\u00a0: %(subject)s, jusqu’à %(hour)s") % facts, until
    facts = {"name": name, "begins": held[0].begins, "ends": ends.finishes}
    if day == viewer.today and ends.ends <= now:
        return _("%(name)s a fini ses cours") % facts, _("Depuis %(ends)s.") % facts
    if day == viewer.today and held[0].starts <= now:
        following = next(row for row in held if row.starts > now)
        return _("%(name)s reprend à %(hour)s") % {"name": name, "hour": following.begins}, _(
            "Fin des cours à %(hour)s."
        ) % {"hour": ends.finishes}
    near = dates.near_day(day, viewer.today)
    return _("%(name)s\u00a0: cours de %(begins)s à %(ends)s") % facts, dates.capital(near)
