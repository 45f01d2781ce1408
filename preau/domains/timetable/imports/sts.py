"""Reading what goes between STSWEB and the timetables: EDT_STS (`emp_sts_…`, the hours) and STS_EDT (`sts_emp_…`, the names).

The DTD of both are the documentation; files are read without them: their texts are padded, and parts of them are missing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from preau.domains.timetable.imports.told import (
    NamedThing,
    Odd,
    Slot,
    TimetableFiles,
    day_from,
    hour_from,
    hours_from,
)
from preau.foundation import dates
from preau.foundation.reading import Unreadable, UnreadableFile
from preau.foundation.xmlrecords import Node, RecordReader

HOURS, NAMES = "EDT_STS", "STS_EDT"
RECORDS = {
    ("ALTERNANCES", "ALTERNANCE"),
    ("INDIVIDUS", "INDIVIDU"),
    ("MATIERES", "MATIERE"),
    ("DIVISIONS", "DIVISION"),
    ("GROUPES", "GROUPE"),
    ("SALLES_COURS", "SALLE_COURS"),
}
FIGURES = {
    "ALTERNANCE": "alternations",
    "INDIVIDU": "teachers",
    "MATIERE": "subjects",
    "DIVISION": "classes",
    "GROUPE": "groups",
    "SALLE_COURS": "rooms",
}


class Reader(RecordReader):
    """Both roots; `root_tag` says which."""

    root_tag = ""

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in {HOURS, NAMES}:
            raise UnreadableFile(_("Ce n’est pas un fichier de STSWEB que Préau sait lire."))
        self.root_tag = tag

    def is_record(self) -> bool:
        return self.path[1:] == ["PARAMETRES"] or tuple(self.path[-2:]) in RECORDS


@dataclass(frozen=True)
class _Course:
    """One COURS: when, what, who, whom."""

    file: str
    line: int
    number: int
    weekday: int
    hours: tuple[time, time]
    alternation: str
    subject: str
    room: str
    teacher: str
    group: tuple[str, str]  # DIVISION or GROUPE, and its code


@dataclass
class _Files:
    told: TimetableFiles
    alternations: dict[str, frozenset[date]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    people: dict[str, Node] = field(default_factory=dict)
    courses: list[_Course] = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    has_hours: bool = False


def read(paths: Iterable[Path]) -> TimetableFiles:
    """What the files say together. Raises Unreadable."""
    files = _Files(TimetableFiles())
    for path in paths:
        with path.open("rb") as file:
            _read_one(files, path.name, file)
    if not files.has_hours:
        sentence = _(
            "Ces fichiers de STSWEB ne disent pas les heures des cours : ajoutez celui qui s’appelle emp_sts."
        )
        raise Unreadable(path.name, None, sentence)
    files.told.slots = _slots(files)
    return files.told


def _read_one(files: _Files, name: str, file: IO[bytes]) -> None:
    reader = Reader(file, name)
    # Hours may come before the alternations that they name: courses are understood at the end.
    for node in reader:
        if node.tag == "PARAMETRES":
            _parameters(files, name, node)
        else:
            _take(files, name, node, hours=reader.root_tag == HOURS)
    files.has_hours = files.has_hours or reader.root_tag == HOURS


def _parameters(files: _Files, name: str, node: Node) -> None:
    facts = files.told
    uai = next((one.told("CODE") or one.text for one in node.each("UAJ")), "").upper()
    if facts.uai and uai and facts.uai != uai:
        raise Unreadable(name, node.line, _("Les fichiers ne sont pas tous du même établissement."))
    facts.uai = facts.uai or uai
    for year in node.each("ANNEE_SCOLAIRE"):
        try:
            facts.days = day_from(year.said("DATE_DEBUT")), day_from(year.said("DATE_FIN"))
        except Odd:
            number = year.told("ANNEE") or year.text
            if number.isdecimal() and len(number) == 4:
                facts.days = facts.days or (date(int(number), 9, 1), date(int(number) + 1, 8, 31))


def _take(files: _Files, name: str, node: Node, *, hours: bool) -> None:
    code = node.told("CODE")
    files.told.figures[FIGURES[node.tag]] += hours or node.tag == "MATIERE"
    if node.tag == "ALTERNANCE":
        files.alternations[code] = _weeks(files, name, node)
    elif node.tag == "MATIERE":
        files.subjects[code] = node.said("LIBELLE_EDITION", "LIBELLE_LONG", "LIBELLE_COURT")
    elif node.tag == "INDIVIDU":
        files.people.setdefault(key_of(node), node)
    elif node.tag in {"DIVISION", "GROUPE"}:
        files.names.setdefault((node.tag, code), code)
        for service in node.each("SERVICES", "SERVICE"):
            files.told.figures["services"] += 1
            for teacher in service.each("ENSEIGNANTS", "ENSEIGNANT"):
                for course in teacher.each("COURS_RATTACHES", "COURS"):
                    _course(files, name, (node.tag, code), service, teacher, course)


def _weeks(files: _Files, name: str, node: Node) -> frozenset[date]:
    found = set()
    for week in node.each("SEMAINES", "DATE_DEBUT_SEMAINE"):
        try:
            found.add(dates.monday_of(day_from(week.text)))
        except Odd as odd:
            files.told.note(name, week.line, str(odd))
    return frozenset(found)


def key_of(node: Node) -> str:
    """`epp:3446`: the number alone is not one person's. Without a type, the number."""
    number, kind = node.told("ID"), node.told("TYPE")
    return f"{kind}:{number}" if number and kind else number


def _course(
    files: _Files, name: str, group: tuple[str, str], service: Node, teacher: Node, node: Node
) -> None:
    number = files.told.course(name, node.line)
    try:
        weekday, hours = _when(node)
        subject = _subject(service)
    except Odd as odd:
        files.told.put_aside(number, name, node.line, str(odd), what=group[1])
        return
    files.courses.append(
        _Course(
            name,
            node.line,
            number,
            weekday,
            hours,
            node.said("CODE_ALTERNANCE"),
            subject,
            node.said("CODE_SALLE"),
            key_of(teacher),
            group,
        )
    )


def _when(node: Node) -> tuple[int, tuple[time, time]]:
    """Monday is 1 in the file."""
    day, length = node.said("JOUR"), hour_from(node.said("DUREE"))
    if not day.isdecimal() or not 1 <= int(day) <= 7:
        raise Odd(_("Le jour « %(day)s » n’existe pas.") % {"day": day[:20]})
    return int(day) - 1, hours_from(hour_from(node.said("HEURE_DEBUT")), length.hour * 60 + length.minute)


def _subject(service: Node) -> str:
    if code := service.told("CODE_MATIERE"):
        return code
    raise Odd(_("Ce cours n’a pas de matière."))


def _slots(files: _Files) -> list[Slot]:
    """One course for each lesson: the file writes it once for each class, and once for each teacher."""
    facts, by_teacher = files.told, defaultdict(list)
    for course in files.courses:
        if course.alternation and course.alternation not in files.alternations:
            reason = _("L’alternance « %(code)s » n’est pas dans le fichier.") % {
                "code": course.alternation[:20]
            }
            facts.put_aside(course.number, course.file, course.line, reason, what=course.group[1])
        elif course.alternation and not files.alternations[course.alternation]:
            facts.put_aside(
                course.number,
                course.file,
                course.line,
                _("Ce cours n’a aucune semaine."),
                what=course.group[1],
            )
        else:
            when = course.weekday, course.hours, course.alternation, course.subject, course.room
            by_teacher[*when, course.teacher].append(course)
    together: dict[tuple[object, ...], list[list[_Course]]] = defaultdict(list)
    for (*when, _teacher), courses in by_teacher.items():
        together[*when, frozenset(course.group for course in courses)].append(courses)
    return [_slot(files, [one for part in parts for one in part]) for parts in together.values()]


def _slot(files: _Files, courses: list[_Course]) -> Slot:
    first = min(courses, key=lambda course: course.number)
    label = files.subjects.get(first.subject, "")
    groups = dict.fromkeys(course.group for course in sorted(courses, key=lambda course: course.number))
    teachers = dict.fromkeys(course.teacher for course in courses if course.teacher)
    return Slot(
        first.file,
        first.line,
        [course.number for course in courses],
        first.weekday,
        *first.hours,
        NamedThing(label, first.subject),
        groups=tuple(NamedThing(files.names[group], is_class=group[0] == "DIVISION") for group in groups),
        teachers=tuple(_named(files, key) for key in teachers),
        room=NamedThing(first.room) if first.room else None,
        weeks=files.alternations.get(first.alternation) if first.alternation else None,
    )


def _named(files: _Files, key: str) -> NamedThing:
    node = files.people.get(key)
    known = NamedThing(keys=(key,))
    if node is None:
        return known
    return replace(known, name=node.said("NOM_USAGE", "NOM_PATRONYMIQUE"), given=node.said("PRENOM"))
