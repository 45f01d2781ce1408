"""The directory as tables for a spreadsheet: pupils, guardians, staff, classes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.exports.scope import CHUNK, Scope, by_first, streamed
from preau.directory.models import Assignment, Enrolment, Guardianship, Person
from preau.directory.models.scoping import active_on
from preau.directory.words import STAFF, Authority, Kinship, Role
from preau.foundation import csvtext, workbooks

Row = Sequence[object]
# A school and a person of it → the names of the classes, and those of the groups.
Places = dict[tuple[int, int], tuple[list[str], list[str]]]


@dataclass(frozen=True)
class Table:
    """`key` is in the address of the file and in its name; `header` are its columns."""

    key: str
    label: Any
    header: Sequence[Any]
    rows: Callable[[Scope], Iterator[Row]]


def csv_of(table: Table, rows: Iterable[Row]) -> Iterator[str]:
    """UTF-8 with a mark and semicolons; what a spreadsheet would take for a formula is made text."""
    return csvtext.lines([str(title) for title in table.header], rows)


def book_of(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """An XLSX workbook, in parts. Raises workbooks.TooLong."""
    with TemporaryFile() as file:
        workbooks.write(file, str(table.label), [str(title) for title in table.header], rows)
        file.seek(0)
        while part := file.read(1 << 16):
            yield part


def file_name(table: Table, day: date, kind: str = "csv") -> str:
    return f"annuaire-{table.key}-{day:%Y-%m-%d}.{kind}"


# Rows


def _pupils(scope: Scope) -> Iterator[Row]:
    held = scope.holdings([Role.PUPIL]).order_by("school__uai", "person__search_name", "person_id")
    fields = (
        "school_id",
        "person_id",
        "person__search_name",
        "school__uai",
        "person__family_name",
        "person__given_name",
        "person__birth_date",
    )
    for part in _parts(held.values_list(*fields).distinct()):
        places = _places(scope, {row[1] for row in part})
        for school, pupil, _sorted_by, uai, family, given, born in part:
            classes, groups = places.get((school, pupil), ([], []))
            yield [uai, family, given, _day(born), ", ".join(classes), ", ".join(groups)]


# What the pages are ordered by, then what a row says.
OF_A_GUARDIAN = (
    "pupil__holdings__school_id",
    "pupil_id",
    "pupil__search_name",
    "guardian__search_name",
    "guardian_id",
    "contact_priority",
    "pupil__holdings__school__uai",
    "pupil__family_name",
    "pupil__given_name",
    "guardian__family_name",
    "guardian__given_name",
    "kinship",
    "authority",
    "guardian__email",
    "guardian__phone",
    "may_not_be_informed",
)


def _guardians(scope: Scope) -> Iterator[Row]:
    """One row a pupil and a guardian: the level is what one is to that child (docs/decisions/0012)."""
    for part in _parts(_guardianships(scope).values_list(*OF_A_GUARDIAN).distinct()):
        places = _places(scope, {row[1] for row in part})
        for row in part:
            classes, _groups = places.get(row[:2], ([], []))
            yield _guardian(", ".join(classes), *row[5:])


def _guardian(classes: str, priority: int | None, *row: Any) -> Row:
    uai, family, given, name, given_name, kinship, authority, email, phone, barred = row
    levels = Kinship(kinship).label, Authority(authority).label
    contact = priority or "", email, phone, _("oui") if barred else ""
    return [uai, family, given, classes, name, given_name, *levels, *contact]


def _guardianships(scope: Scope) -> Any:
    here = Guardianship.objects.active(scope.day).filter(
        active_on(scope.day, "pupil__holdings__"),
        pupil__holdings__role=Role.PUPIL,
        pupil__holdings__school__in=scope.schools,
        pupil__erased_at=None,
        guardian__erased_at=None,
    )
    return here.order_by(
        "pupil__holdings__school__uai",
        "pupil__search_name",
        "pupil_id",
        "contact_priority",
        "guardian__search_name",
        "guardian_id",
    )


def _staff(scope: Scope) -> Iterator[Row]:
    held = scope.holdings(STAFF).order_by(
        "school__uai", "person__search_name", "person_id", "role", "title", "pk"
    )
    fields = (
        "school__uai",
        "person__family_name",
        "person__given_name",
        "role",
        "person__civility",
        "title",
        "person__email",
        "person__phone",
    )
    for uai, family, given, role, civility, title, email, phone in held.values_list(*fields).iterator(
        chunk_size=CHUNK
    ):
        label = str(Person.Civility(civility).label) if civility else ""
        yield [uai, family, given, Role(role).said_of(civility), title, email, phone, label]


def _classes(scope: Scope) -> Iterator[Row]:
    learning = by_first(streamed(scope.enrolments(), "pupil_id", "group_id"))
    sizes = Counter(group for rows in learning for group in {row[1] for row in rows})
    heads = _head_teachers(scope)
    for group in scope.groups.values():
        kind = _("Classe") if group.is_class else _("Groupe")
        yield [
            group.school.uai,
            kind,
            group.name,
            group.level,
            sizes[group.pk],
            ", ".join(heads[group.pk]),
        ]


def _head_teachers(scope: Scope) -> dict[int, list[str]]:
    assignments = scope.assignments(STAFF).filter(kind=Assignment.Kind.HEAD_TEACHER)
    found: dict[int, list[str]] = defaultdict(list)
    for group, family, given in assignments.values_list(
        "group_id", "teacher__family_name", "teacher__given_name"
    ):
        found[group].append(f"{given} {family}".strip())
    return found


def _places(scope: Scope, pupils: set[int]) -> Places:
    """Where these pupils learn, in one query: found by the pupils alone, whatever the number of schools."""
    rows = Enrolment.objects.active(scope.day).filter(pupil__in=pupils).order_by("group__name", "group_id")
    found: Places = {}
    for pupil, group_id in rows.values_list("pupil_id", "group_id").distinct():
        if group := scope.groups.get(group_id):
            classes, groups = found.setdefault((group.school.pk, pupil), ([], []))
            (classes if group.is_class else groups).append(group.name)
    return found


def _parts(rows: Any) -> Iterator[list[Any]]:
    """A few thousand rows at a time."""
    found = rows.iterator(chunk_size=CHUNK)
    while part := list(islice(found, CHUNK)):
        yield part


def _day(born: date | None) -> str:
    return born.isoformat() if born else ""


UAI, NAME, GIVEN = gettext_lazy("Établissement (UAI)"), gettext_lazy("Nom"), gettext_lazy("Prénom")
CLASS, MAIL, PHONE = gettext_lazy("Classe"), gettext_lazy("Courriel"), gettext_lazy("Téléphone")
TABLES = {
    table.key: table
    for table in (
        Table(
            "eleves",
            gettext_lazy("Élèves"),
            [UAI, NAME, GIVEN, gettext_lazy("Date de naissance"), CLASS, gettext_lazy("Groupes")],
            _pupils,
        ),
        Table(
            "responsables",
            gettext_lazy("Responsables"),
            [
                UAI,
                gettext_lazy("Nom de l’élève"),
                gettext_lazy("Prénom de l’élève"),
                CLASS,
                gettext_lazy("Nom du responsable"),
                gettext_lazy("Prénom du responsable"),
                gettext_lazy("Lien"),
                gettext_lazy("Niveau"),
                gettext_lazy("Ordre d’appel"),
                MAIL,
                PHONE,
                gettext_lazy("Ne doit pas être informé"),
            ],
            _guardians,
        ),
        Table(
            "personnels",
            gettext_lazy("Personnels"),
            [
                UAI,
                NAME,
                GIVEN,
                gettext_lazy("Fonction"),
                gettext_lazy("Intitulé"),
                MAIL,
                PHONE,
                gettext_lazy("Civilité"),
            ],
            _staff,
        ),
        Table(
            "classes",
            gettext_lazy("Classes et groupes"),
            [
                UAI,
                gettext_lazy("Nature"),
                NAME,
                gettext_lazy("Niveau"),
                gettext_lazy("Effectif"),
                gettext_lazy("Professeur principal"),
            ],
            _classes,
        ),
    )
}
