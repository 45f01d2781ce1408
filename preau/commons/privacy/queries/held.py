"""Every row that the board links to a person, and each of its fields in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.commons.journal.models import Line, lines_read
from preau.directory.models import Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards, dates
from preau.foundation.boards import FieldClass, InWords, PersonalData
from preau.foundation.text import decimal
from preau.identity.models import Account


@dataclass(frozen=True)
class Subject:
    """Whose data are read: `person`, by `reader`, who is that person or answers for them."""

    person: Person
    reader: Person

    @property
    def is_own(self) -> bool:
        return self.person.pk == self.reader.pk


@dataclass(frozen=True)
class EntryCount:
    """One entry of the board, and how many of its rows are about the person."""

    key: str
    entry: PersonalData
    count: int


@dataclass(frozen=True)
class Fact:
    """One field of one row, in words."""

    name: str
    label: str
    value: str
    # Not where nothing is said or ticked, where only its writer reads it, nor of whom the page is about already, or of somebody unnamed.
    tells: bool = True


def key_of(entry: PersonalData) -> str:
    """« attendance-entry », as addresses name it."""
    return entry.model.lower().replace(".", "-")


def entries() -> list[PersonalData]:
    """Those of the board whose rows are about somebody: how many pupils a school has is about nobody."""
    return [one for one in boards.personal_data if links_of(one)]


def entry_of(key: str) -> PersonalData | None:
    return next((entry for entry in entries() if key_of(entry) == key), None)


# Which rows


def links_of(entry: PersonalData) -> list[str]:
    """Every lookup from a row to a person: the one that the board declares, and each field that points at somebody."""
    model = apps.get_model(entry.model)
    fields = [*model._meta.fields, *model._meta.many_to_many]
    direct = [field.name for field in fields if field.related_model is Person]
    through = [f"{field.name}__person" for field in fields if field.related_model is Account]
    return list(dict.fromkeys([*filter(None, [entry.person]), *direct, *through]))


def rows_of(entry: PersonalData, subject: Subject) -> models.QuerySet[Any]:
    """The rows about a person that the reader reads, once each: the board says which (docs/decisions/0130)."""
    return rows_read(entry, subject, Value(subject.person.pk)).order_by("-pk").distinct()


def rows_about(entry: PersonalData, person: Person) -> models.QuerySet[Any]:
    """Every row about a person, whoever reads it."""
    rows = apps.get_model(entry.model)._meta.default_manager.filter(_any_of(links_of(entry), person.pk))
    return rows.order_by("-pk").distinct()


def rows_read(entry: PersonalData, subject: Subject, person: Any) -> models.QuerySet[Any]:
    """Of one's own: what one wrote or did, and what is about oneself as its readers say. Of a child: as they say of a guardian."""
    links, rows = links_of(entry), apps.get_model(entry.model)._meta.default_manager
    if not subject.is_own:
        read = entry.readers.guardian.where(subject.reader.pk)
        return rows.filter(_any_of(links, person) & read)
    about = [link for link in links if link in (entry.person, *entry.about)]
    read = entry.readers.subject.where(subject.person.pk)
    did = _any_of([link for link in links if link not in about], person)
    return rows.filter(did | (_any_of(about, person) & read))


def _any_of(links: list[str], person: Any) -> Q:
    """Any of the links leads to that person."""
    found = Q(pk=None)
    for link in links:
        found |= Q(**{link: person})
    return found


def held_about(subject: Subject) -> list[EntryCount]:
    """Every entry of the board with its number of rows, in one query."""
    known = entries()
    counts = {f"n{number}": _count(entry, subject) for number, entry in enumerate(known)}
    found = Person.objects.filter(pk=subject.person.pk).annotate(**counts).values(*counts).get()
    return [EntryCount(key_of(entry), entry, found[f"n{number}"]) for number, entry in enumerate(known)]


def _count(entry: PersonalData, subject: Subject) -> Any:
    return counted(rows_read(entry, subject, OuterRef("pk")))


def counted(rows: models.QuerySet[Any]) -> Any:
    """How many rows of an inner query, as a column of the outer one."""
    rows = rows.order_by().annotate(all_together=Value(1)).values("all_together")
    number = rows.annotate(rows=Count("pk", distinct=True)).values("rows")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


# In words


def facts_of(entry: PersonalData, subject: Subject, rows: models.QuerySet[Any]) -> Iterator[list[Fact]]:
    """Each row, field by field."""
    return (facts for _row, facts in rows_told(entry, subject, rows))


def rows_told(
    entry: PersonalData, subject: Subject, rows: models.QuerySet[Any]
) -> Iterator[tuple[Any, list[Fact]]]:
    """Each row and its facts; what is not personal is left out, what is another person's is not shown.

    Read a thousand at a time, and what does not change from row to row is found once: a person of a school may be in
    tens of thousands of rows.
    """
    model = apps.get_model(entry.model)
    shown = [model._meta.get_field(name) for name, kind in entry.fields.items() if kind != FieldClass.NONE]
    # Of another person only the number is looked at.
    pointing = [one.name for one in shown if one.is_relation and one.concrete and not one.many_to_many]
    pointing = [name for name in pointing if model._meta.get_field(name).related_model is not Person]
    several = [one.name for one in shown if one.many_to_many]
    read = {
        f"reads_{name}": ExpressionWrapper(rows.where(subject.reader.pk), output_field=BooleanField())
        for name, rows in entry.field_readers.items()
    }
    words = words_of(model)
    along = [path for name in pointing for path in (name, *_paths_of(model._meta.get_field(name), name))]
    along += words.names_with if words else ()
    linked = [_prefetched(model._meta.get_field(name)) for name in several]
    rows = rows.select_related(*along).prefetch_related(*linked).annotate(**read)
    tellers = [
        (one.name, _label(one), _teller(entry, subject, one), _telling(entry, subject, one))
        for one in sorted(shown, key=lambda one: str(one.verbose_name))
    ]
    for row in rows.iterator(chunk_size=1000):
        yield row, [Fact(name, label, tell(row), tells(row)) for name, label, tell, tells in tellers]


def words_of(model: Any) -> InWords | None:
    """How a table is said to people, where its house declared it."""
    return boards.data_in_words.named(model._meta.label, by="model")


def _paths_of(field: Any, name: str) -> list[str]:
    """What the name of the row at the other end is made of, to be read with it."""
    words = words_of(field.related_model)
    return [f"{name}__{path}" for path in words.names_with] if words else []


def _prefetched(field: Any) -> Any:
    rows, words = field.related_model._meta.default_manager.all(), words_of(field.related_model)
    return Prefetch(
        field.name, rows.select_related(*words.names_with) if words and words.names_with else rows
    )


def _label(field: Any) -> str:
    name = str(field.verbose_name)
    return name[:1].upper() + name[1:]


def _teller(entry: PersonalData, subject: Subject, field: Any) -> Callable[[Any], str]:
    """How one field of a row is said."""
    if field.name in entry.withheld:
        kept = _("gardé, mais pas affiché : demandez à l’établissement")
        return lambda row: kept
    tell = _teller_of_value(entry, subject, field)
    if field.name not in entry.field_readers:
        return tell
    reads, instead = f"reads_{field.name}", str(entry.field_readers[field.name].instead)
    return lambda row: tell(row) if getattr(row, reads) else instead


def _teller_of_value(entry: PersonalData, subject: Subject, field: Any) -> Callable[[Any], str]:
    name: str = field.name
    if field.many_to_many:
        return lambda row: ", ".join(_named(one, subject) for one in getattr(row, name).all()) or "—"
    if field.related_model is Person:
        key, words = field.attname, {one.pk: one.full_name for one in (subject.person, subject.reader)}
        other = _("une autre personne")
        return lambda row: "—" if getattr(row, key) is None else words.get(getattr(row, key), other)
    if name in entry.says:
        return lambda row: str(entry.says[name](getattr(row, name))) if getattr(row, name) else "—"
    if field.choices:
        return lambda row: in_words(getattr(row, f"get_{name}_display")(), subject)
    return lambda row: in_words(getattr(row, name), subject)


def _telling(entry: PersonalData, subject: Subject, field: Any) -> Callable[[Any], bool]:
    """Whether one field of a row tells the reader anything."""
    says = _telling_value(subject, field)
    if field.name in entry.withheld:
        return lambda row: False
    if field.name in entry.field_readers:
        return lambda row: bool(getattr(row, f"reads_{field.name}")) and says(row)
    return says


def _telling_value(subject: Subject, field: Any) -> Callable[[Any], bool]:
    """Of people only the reader is named, and that only tells something of a child."""
    if field.related_model is Person and not field.many_to_many and not subject.is_own:
        return lambda row: getattr(row, field.attname) == subject.reader.pk
    if field.related_model in {Person, Account}:
        return lambda row: False
    if field.many_to_many:
        return lambda row: bool(getattr(row, field.name).all())
    return lambda row: _is_something(getattr(row, field.attname))


def _is_something(value: Any) -> bool:
    """Not empty, and not a box that nobody ticked; a number is one, zero too."""
    return bool(value) or (isinstance(value, int | Decimal) and value is not False)


def in_words(value: Any, subject: Subject) -> str:
    """A value as people write it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime | date | time | Decimal):
        return decimal(value) if isinstance(value, Decimal) else _when(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}\u202f: {in_words(one, subject)}" for name, one in value.items()) or "—"
    if isinstance(value, list | tuple):
        return ", ".join(in_words(one, subject) for one in value) or "—"
    return _named(value, subject) if isinstance(value, models.Model) else str(value)


def _when(value: date | time) -> str:
    if isinstance(value, time):
        return dates.hour(value)
    day = dates.day(value, year=True)
    return f"{day}, {dates.hour(value)}" if isinstance(value, datetime) else day


def _named(found: models.Model, subject: Subject) -> str:
    """Oneself by name, another person as another; anything else by its name, else by what it is: a number says nothing."""
    if isinstance(found, Account):
        found = found.person if found.person_id in {subject.person.pk, subject.reader.pk} else Person()
    if isinstance(found, Person):
        known = found.pk in {subject.person.pk, subject.reader.pk}
        return found.full_name if known else _("une autre personne")
    words = words_of(type(found))
    if words and words.names:
        return words.names(found)
    name = getattr(found, "name", "") or getattr(found, "label", "")
    return str(name or found._meta.verbose_name)


# Who has read


@dataclass(frozen=True)
class Reading:
    """Somebody of a school opened the person's file: in which role, which page, and what for."""

    at: datetime
    role: str
    school: str
    page: str
    why: str


def readings_of(subject: Subject) -> models.QuerySet[Line]:
    """The times when the file of a person was opened, the newest first."""
    side = "subject" if subject.is_own else "guardian"
    read = Line.objects.filter(subject_id=subject.person.pk, is_read=True, acting_as__startswith="staff")
    return read.filter(lines_read(side, subject.reader.pk)).order_by("-pk")


def said_of_readings(lines: models.QuerySet[Line]) -> list[Reading]:
    """Roles and pages: families read in which role somebody opened a file, not who did (docs/decisions/0019)."""
    lines = list(lines.select_related("school"))  # type: ignore[assignment]
    words = {verb: str(word.label) for verb, word in boards.journal_words_by_verb().items()}
    reasons = {reason.verb: str(reason.why) for reason in boards.reasons_to_read}
    held = Holding.objects.exclude(role=Role.PUPIL).filter(person__in={line.actor_id for line in lines})
    roles: dict[tuple[int | None, int | None], list[str]] = {}
    for person, school, role in held.order_by("pk").values_list("person_id", "school_id", "role"):
        roles.setdefault((person, school), []).append(str(Role(role).label))
    return [
        Reading(
            line.at,
            ", ".join(dict.fromkeys(roles.get((line.actor_id, line.school_id), [_("Personnel")]))),
            line.school.name if line.school else "",
            words.get(line.verb, line.verb),
            reasons.get(line.verb, ""),
        )
        for line in lines
    ]


def contacts_of(viewer: Viewer) -> list[School]:
    """The schools of the viewer that say whom to write to about personal data."""
    schools = {place.school.pk: place.school for place in viewer.places}
    return [school for school in schools.values() if school.privacy_contact]
