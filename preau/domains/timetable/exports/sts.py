"""Writes the weekly lessons of a year as STSWEB takes them from a timetable: EDT_STS, the file `emp_sts_<UAI>_<year>.xml`.

Source of the format: the DTD of EDT_STS. Every class and group is there, with its services and their hours; a set of weeks
is an alternation, each open week being one of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from preau.directory.models import ExternalId, Group, SchoolYear
from preau.domains.timetable.actions.patterns import closures_of
from preau.domains.timetable.models import WeeklyPattern
from preau.foundation import dates

EACH_WEEK = "T"
ENCODING = "iso-8859-15"


def emp_sts(year: SchoolYear, day: date) -> bytes:
    """The whole file, of the weekly lessons that go on from a day. Teachers without a number of STSWEB are left out of it, as it asks."""
    return _Writer(year, day).written()


class _Writer:
    def __init__(self, year: SchoolYear, day: date) -> None:
        self.year = year
        rows = WeeklyPattern.objects.filter(year=year).going_on(max(day, year.starts))
        self.patterns = list(
            rows.select_related("subject", "room", "alternation")
            .prefetch_related("groups", "teachers")
            .order_by("pk")
        )
        people = {person.pk for pattern in self.patterns for person in pattern.teachers.all()}
        keys = ExternalId.objects.filter(kind="person", person__in=people, value__contains=":")
        # « epp:3446 »: the list, and the number in it.
        self.keys = {pk: value.split(":", 1) for pk, value in keys.values_list("person_id", "value")}
        self.alternations = {
            pattern.alternation.pk: pattern.alternation for pattern in self.patterns if pattern.alternation
        }

    def written(self) -> bytes:
        text = f'<?xml version="1.0" encoding="{ENCODING.upper()}"?>\n' + _tag(
            "EDT_STS",
            _tag(
                "PARAMETRES",
                _leaf("UAJ", self.year.school.uai),
                _leaf("ANNEE_SCOLAIRE", str(self.year.starts.year)),
                _leaf("APPLICATION_SOURCE", "PREAU"),
            ),
            _tag(
                "DONNEES",
                _tag("HORAIRES"),
                self._alternations(),
                self._rooms(),
                self._people(),
                self._structure(),
            ),
        )
        return text.encode(ENCODING, errors="xmlcharrefreplace")

    def _alternations(self) -> str:
        found = [(EACH_WEEK, "Toutes", self._open_weeks())]
        found += [
            (self._code(pk), one.name, map(date.fromisoformat, one.mondays))
            for pk, one in self.alternations.items()
        ]
        return _tag("ALTERNANCES", *(self._alternation(code, name, weeks) for code, name, weeks in found))

    def _alternation(self, code: str, name: str, weeks: Iterable[date]) -> str:
        block = _tag("SEMAINES", *(_leaf("DATE_DEBUT_SEMAINE", monday.isoformat()) for monday in weeks))
        return _tag(
            "ALTERNANCE", _leaf("LIBELLE_COURT", name[:10]), _leaf("LIBELLE_LONG", name), block, CODE=code
        )

    def _code(self, pk: int) -> str:
        return f"S{list(self.alternations).index(pk) + 1}"

    def _open_weeks(self) -> list[date]:
        closed, monday, found = closures_of(self.year.school), dates.monday_of(self.year.starts), []
        while monday <= self.year.ends:
            days = [monday + timedelta(days=number) for number in range(6)]
            if any(not any(first <= day <= last for first, last in closed) for day in days):
                found.append(monday)
            monday += timedelta(days=7)
        return found

    def _rooms(self) -> str:
        names = sorted({pattern.room.name for pattern in self.patterns if pattern.room})
        return _tag("SALLES_COURS", *(_tag("SALLE_COURS", CODE=name) for name in names))

    def _people(self) -> str:
        return _tag("INDIVIDUS", *(_tag("INDIVIDU", ID=number) for _kind, number in self.keys.values()))

    def _structure(self) -> str:
        groups = list(Group.objects.filter(year=self.year).order_by("name"))
        classes = [group for group in groups if group.kind == Group.Kind.CLASS]
        others = [group for group in groups if group.kind == Group.Kind.GROUP]
        return _tag(
            "STRUCTURE",
            _tag(
                "DIVISIONS",
                *(
                    _tag("DIVISION", self._services(school_class), CODE=school_class.name)
                    for school_class in classes
                ),
            ),
            _tag("GROUPES", *(_tag("GROUPE", self._services(other), CODE=other.name) for other in others)),
        )

    def _services(self, group: Group) -> str:
        by_subject: dict[str, dict[int, list[WeeklyPattern]]] = defaultdict(lambda: defaultdict(list))
        for pattern in self.patterns:
            if group in pattern.groups.all():
                for person in pattern.teachers.all():
                    if person.pk in self.keys:
                        by_subject[pattern.subject.code][person.pk].append(pattern)
        return _tag("SERVICES", *(self._service(code, taught) for code, taught in by_subject.items()))

    def _service(self, code: str, taught: dict[int, list[WeeklyPattern]]) -> str:
        teachers = _tag("ENSEIGNANTS", *(self._teacher(pk, patterns) for pk, patterns in taught.items()))
        return _tag("SERVICE", teachers, CODE_MATIERE=code, CODE_MOD_COURS="CG")

    def _teacher(self, pk: int, patterns: Sequence[WeeklyPattern]) -> str:
        kind, number = self.keys[pk]
        courses = _tag("COURS_RATTACHES", *map(self._course, patterns))
        return _tag("ENSEIGNANT", courses, TYPE=kind, ID=number)

    def _course(self, weekly_pattern: WeeklyPattern) -> str:
        length = datetime.combine(date.min, weekly_pattern.ends_at) - datetime.combine(
            date.min, weekly_pattern.starts_at
        )
        minutes = int(length.total_seconds()) // 60
        room = _leaf("CODE_SALLE", weekly_pattern.room.name) if weekly_pattern.room else ""
        return _tag(
            "COURS",
            _leaf(
                "CODE_ALTERNANCE",
                self._code(weekly_pattern.alternation.pk) if weekly_pattern.alternation else EACH_WEEK,
            ),
            _leaf("JOUR", str(weekly_pattern.weekday + 1)),
            _leaf("HEURE_DEBUT", f"{weekly_pattern.starts_at:%H%M}"),
            _leaf("DUREE", f"{minutes // 60:02d}{minutes % 60:02d}"),
            room,
        )


def _tag(name: str, *inside: str, **attributes: str) -> str:
    pairs = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{pairs}>{''.join(inside)}</{name}>\n"


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
