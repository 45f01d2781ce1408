"""From what files tell to courses in the school's own words; what cannot be said in them goes aside, with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from preau.directory.models import Group, Person, Room, Subject
from preau.domains.timetable.imports import ics
from preau.domains.timetable.imports.known import SchoolContext, bare
from preau.domains.timetable.imports.told import NamedThing, Odd, Slot, TimetableFiles
from preau.domains.timetable.imports.weeks import Calendar, Weeks

SUBJECT, GROUPS = (
    ("matière", "matiere", "cours"),
    ("classe", "classes", "groupe", "groupes", "division", "public"),
)
TEACHERS, ROOMS = (
    ("professeur", "professeurs", "enseignant", "enseignants", "prof"),
    ("salle", "salles", "lieu"),
)


@dataclass
class Course:
    """A slot in the words of the school. `weeks` is None for each open week of the year."""

    slot: Slot
    subject: Subject
    groups: tuple[Group, ...]
    teachers: tuple[Person, ...]
    room: Room | None
    weeks: Weeks | None
    first: date
    last: date
    key: str = ""


def resolved(
    files: TimetableFiles, known: SchoolContext, calendar: Calendar, *, keys_are_files: bool
) -> list[Course]:
    """The courses of what was told; `keys_are_files`: keys that the format gives name the same course the next time."""
    found: list[Course] = []
    seen: dict[object, int] = {}
    for slot in list(files.taken()):
        try:
            course = _course(slot, known, calendar)
            _only_once(course, seen)
        except _Unknown as unknown:
            _aside(files, slot, str(unknown), unknown.who)
        except Odd as odd:
            _aside(files, slot, str(odd))
        else:
            found.append(course)
    _give_keys(found, keys_are_files=keys_are_files)
    return found


class _Unknown(Odd):
    """A person that the school does not know: `who` is for the preview alone."""

    def __init__(self, reason: str, who: str) -> None:
        super().__init__(reason)
        self.who = who


def _aside(files: TimetableFiles, slot: Slot, reason: str, who: str = "") -> None:
    for number in slot.courses:
        files.put_aside(number, slot.file, slot.line, reason, what=slot.subject.said[:60], who=who)


def _course(slot: Slot, known: SchoolContext, calendar: Calendar) -> Course:
    if not slot.groups:
        raise Odd(_("Ce cours n’a ni classe ni groupe."))
    year = calendar.year
    first, last = max(slot.first or year.starts, year.starts), min(slot.last or year.ends, year.ends)
    weeks = calendar.kept(slot.weeks)
    if first > last or (weeks is not None and not weeks):
        raise Odd(_("Ce cours n’a aucune date dans l’année scolaire."))
    groups = tuple(dict.fromkeys(known.group(group) for group in slot.groups))
    teachers = tuple(dict.fromkeys(_teacher(known, teacher) for teacher in slot.teachers))
    # Only now may a subject or a room be made: a course that goes aside makes none.
    room = known.room(slot.room) if slot.room else None
    return Course(slot, known.subject(slot.subject), groups, teachers, room, weeks, first, last)


def _teacher(known: SchoolContext, named: NamedThing) -> Person:
    try:
        return known.teacher(named)
    except Odd as odd:
        raise _Unknown(str(odd), named.said) from None


def _only_once(course: Course, seen: dict[object, int]) -> None:
    slot = course.slot
    same = (
        slot.weekday,
        slot.starts,
        slot.ends,
        id(course.subject),
        course.groups,
        course.teachers,
        id(course.room),
        course.weeks,
        course.first,
        course.last,
    )
    if same in seen:
        raise Odd(_("Le même cours est déjà à la ligne %(line)s.") % {"line": seen[same]})
    seen[same] = slot.line


def _give_keys(courses: Iterable[Course], *, keys_are_files: bool) -> None:
    """The key of the file, else a word made of all that it says; told twice, the second is numbered."""
    used: set[str] = set()
    for course in courses:
        own = course.slot.key if keys_are_files else ""
        wanted = key = own or course.slot.made_of()
        number = 1
        while key in used:
            number += 1
            key = f"{wanted[:110]}~{number}"
        used.add(key)
        course.key = key[:120]


# Calendars


def slots_of_events(files: TimetableFiles, happenings: Iterable[ics.Happening], known: SchoolContext) -> None:
    """Make slots of events whose words name a class and a subject of the school."""
    slots: list[Slot] = []
    for happening in happenings:
        try:
            slots += _slots_of(happening, known)
        except Odd as odd:
            files.put_aside(
                happening.course, happening.file, happening.line, str(odd), what=happening.uid[:60]
            )
    files.slots = ics.joined(slots)


def _slots_of(happening: ics.Happening, known: SchoolContext) -> list[Slot]:
    words = happening.words
    subjects, groups, people = known.found_in(words.free)
    told_subject, told_groups = _labelled(words, SUBJECT), _labelled(words, GROUPS)
    told_room = _labelled(words, ROOMS) or words.where
    subject = NamedThing(told_subject) if told_subject else _of(subjects)
    named = tuple(NamedThing(part.strip()) for part in told_groups.split(",") if part.strip())
    named = named or tuple(
        NamedThing(group.name, is_class=group.kind == Group.Kind.CLASS) for group in groups
    )
    if not named:
        raise Odd(_("Aucune classe de l’établissement n’est nommée dans cet événement."))
    if subject is None:
        raise Odd(_("Aucune matière de l’établissement n’est nommée dans cet événement."))
    teachers = _teachers(words, people, known)
    room = NamedThing(told_room.splitlines()[0].strip()) if told_room.strip() else None
    return ics.slots_of(happening, subject, named, teachers, room)


def _labelled(words: ics.Words, labels: tuple[str, ...]) -> str:
    return next((words.labelled[label] for label in labels if label in words.labelled), "")


def _of(subjects: list[Subject]) -> NamedThing | None:
    return NamedThing(subjects[0].name, subjects[0].code) if subjects else None


def _teachers(words: ics.Words, people: list[Person], known: SchoolContext) -> tuple[NamedThing, ...]:
    """Those that a label names; else those that the words or the guests name, of the school."""
    if text := _labelled(words, TEACHERS):
        return tuple(NamedThing(part.strip()) for part in text.split(",") if part.strip())
    found = {person.pk: person for person in people}
    for name in words.people:
        try:
            person = known.teacher(NamedThing(bare(name)))
        except Odd:
            continue
        found[person.pk] = person
    return tuple(NamedThing(one.family_name, given=one.given_name) for one in found.values())
