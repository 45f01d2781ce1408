"""What is held about a person as people read it: by section, in sentences, without what only a mask is left of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Min, OuterRef, Q, Subquery, Value
from django.utils.html import strip_tags
from django.utils.text import Truncator

from preau.commons.privacy.queries.held import (
    Fact,
    Subject,
    counted,
    entries,
    key_of,
    rows_of,
    rows_read,
    rows_told,
    words_of,
)
from preau.directory.models import Person, School
from preau.foundation import boards, dates
from preau.foundation.boards import FieldClass, PersonalData, Section
from preau.identity.models import Account

# A field that a part of a sentence needs.
NEEDED = re.compile(r"%\((\w+)\)s")
# What its house calls the row, in a part of its own sentence.
ITSELF = "self"
ENDS = (".", "!", "?", "…", "»")
# Letters of one value on the page.
LONGEST = 400
# Where a house does not say of which day a row is: its own day, else the first gesture on it. A term is no such day.
FIRST_OF_ALL = ("starts", "day", "at")
NOT_THE_DAY = {"birth_date", "ends", "ends_at", "until", "due", "last_day", "expires_at", "expires_on"}


@dataclass(frozen=True)
class Kind:
    """One kind of data of a section: how many rows the reader reads something of, and since which day."""

    key: str
    entry: PersonalData
    count: int
    since: date | None


@dataclass(frozen=True)
class SectionShown:
    """A section and its kinds; `count` and `since` are those of what is shown."""

    section: Section
    kinds: list[Kind]

    @property
    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)

    @property
    def since(self) -> date | None:
        return min((kind.since for kind in self.kinds if kind.since), default=None)

    @property
    def reasons(self) -> list[tuple[str, PersonalData]]:
        """Why, read by whom, how long: once for the kinds of which the same is true, under all their names."""
        alike: dict[tuple[str, str, str], list[PersonalData]] = {}
        for kind in self.kinds:
            key = str(kind.entry.purpose), kind.entry.readers.in_words, str(kind.entry.keep.said)
            alike.setdefault(key, []).append(kind.entry)
        return [(", ".join(str(one.label) for one in found), found[0]) for found in alike.values()]


@dataclass(frozen=True)
class Sentence:
    """One row as it is read: when, what, and what else is held of it."""

    when: str
    text: str
    more: list[Fact]


def section_of(entry: PersonalData) -> Section:
    """That of the table, else that of its house."""
    house = entry.model.partition(".")[0]
    for name in (entry.model, house):
        found = boards.data_in_words.named(name, by="model")
        if found and found.section:
            return found.section
    return Section.OTHER


def when_of(entry: PersonalData) -> str:
    """The field of the day that rows begin with, or "": always one that its reader reads in every row, since it also orders them."""
    model = apps.get_model(entry.model)
    words = words_of(model)
    if words and words.when is not None:
        return words.when
    kept = {name for name, kind in entry.fields.items() if kind == FieldClass.NONE}
    kept |= {*entry.withheld, *entry.field_readers, *NOT_THE_DAY}
    days = [name for name in entry.fields if name not in kept and _is_day(model._meta.get_field(name))]
    return next((one for one in FIRST_OF_ALL if one in days), days[0] if days else "")


def _is_day(field: Any) -> bool:
    return isinstance(field, models.DateField)


def tells(entry: PersonalData, subject: Subject) -> Q:
    """The rows of which something is left for the reader, where some fields are masked.

    It asks only fields that the reader reads: neither the rows nor their number depend on what is behind a mask.
    """
    masked = {*entry.withheld, *entry.field_readers}
    if not masked:
        return Q()
    model, found = apps.get_model(entry.model), Q(pk=None)
    for name, kind in entry.fields.items():
        field: Any = model._meta.get_field(name)
        if kind == FieldClass.NONE or name in entry.withheld or not _is_for_people(entry, field):
            continue
        something = _is_said(field)
        if name in entry.field_readers:
            something &= entry.field_readers[name].where(subject.reader.pk)
        if not something:
            return Q()
        found |= something
    return found


def _is_for_people(entry: PersonalData, field: Any) -> bool:
    """Not whom a row names (« une autre personne »), nor what only a machine reads; the copy has every field."""
    if field.related_model in {Person, Account}:
        return False
    return field.name not in _quiet(entry)


def _quiet(entry: PersonalData) -> set[str]:
    """The fields for the copy alone: those of which the house says so, the school, and data without words."""
    model = apps.get_model(entry.model)
    words = words_of(model)
    spoken = {name for part in words.sentence for name in NEEDED.findall(str(part))} if words else set()
    fields: list[Any] = [model._meta.get_field(name) for name in entry.fields]
    mute = {
        field.name for field in fields if field.related_model is School or isinstance(field, models.JSONField)
    }
    return ((mute - {*entry.says}) | (words.quiet if words else set())) - spoken


def _is_said(field: Any) -> Q:
    """Q() where a field always says something. What is not ticked, or empty, is not said."""
    if isinstance(field, models.BooleanField):
        return Q(**{field.name: True})
    if isinstance(field, models.JSONField):
        return ~Q(**{field.name: {}}) & ~Q(**{field.name: []})
    if field.many_to_many or field.null:
        return Q(**{f"{field.name}__isnull": False})
    if isinstance(field, models.CharField | models.TextField) and field.blank:
        return ~Q(**{field.name: ""})
    return Q()


def rows_shown(entry: PersonalData, subject: Subject) -> models.QuerySet[Any]:
    """The rows of the page, the newest first."""
    rows, when = rows_of(entry, subject).filter(tells(entry, subject)), when_of(entry)
    return rows.order_by(F(when).desc(nulls_last=True), "-pk") if when else rows


def sections_of(subject: Subject) -> list[SectionShown]:
    """What is held, section by section; empty ones are not there. Two queries."""
    known = entries()
    numbers = _columns(
        subject, {f"n{number}": counted(_outer(one, subject)) for number, one in enumerate(known)}
    )
    held = [(one, numbers[f"n{number}"]) for number, one in enumerate(known) if numbers[f"n{number}"]]
    dated = {f"d{number}": _first(one, subject) for number, (one, _count) in enumerate(held) if when_of(one)}
    firsts = _columns(subject, dated)
    kinds = [
        Kind(key_of(one), one, count, _day(firsts.get(f"d{number}")))
        for number, (one, count) in enumerate(held)
    ]
    shown = [
        SectionShown(section, [kind for kind in kinds if section_of(kind.entry) == section])
        for section in Section
    ]
    return [one for one in shown if one.kinds]


def _outer(entry: PersonalData, subject: Subject) -> models.QuerySet[Any]:
    return rows_read(entry, subject, OuterRef("pk")).filter(tells(entry, subject))


def _first(entry: PersonalData, subject: Subject) -> Subquery:
    rows = _outer(entry, subject).order_by().annotate(all_together=Value(1)).values("all_together")
    return Subquery(rows.annotate(first=Min(when_of(entry))).values("first"))


def _columns(subject: Subject, columns: dict[str, Any]) -> dict[str, Any]:
    if not columns:
        return {}
    return dict(Person.objects.filter(pk=subject.person.pk).annotate(**columns).values(*columns).get())


def _day(found: date | None) -> date | None:
    return dates.local(found).date() if isinstance(found, datetime) else found


def sentences_of(entry: PersonalData, subject: Subject, rows: models.QuerySet[Any]) -> Iterator[Sentence]:
    """Each row: its day, a sentence of its house, and the fields that it does not speak of, in the order of the board."""
    model = apps.get_model(entry.model)
    words, when, quiet = words_of(model), when_of(entry), _quiet(entry)
    parts = [str(part) for part in words.sentence] if words else []
    rank = {name: number for number, name in enumerate(entry.fields)}
    for row, facts in rows_told(entry, subject, rows):
        by_name = {fact.name: fact for fact in facts if fact.tells}
        day = by_name.pop(when).value if when in by_name else ""
        values = {name: _shortened(_without(one.value, day)) for name, one in by_name.items()}
        if words and words.names:
            # « Mathématiques »: the hour stands beside it too.
            values[ITSELF] = _without(words.names(row), day).replace(f", {day.partition(', ')[2]}", "")
        kept = [part for part in parts if set(NEEDED.findall(part)) <= {*values}]
        spoken = {name for part in kept for name in NEEDED.findall(part)} | quiet
        text = _joined([(part % _inside(entry, part, values), _is_typed(entry, part)) for part in kept])
        text = text or dates.capital(str(model._meta.verbose_name))
        left = [replace(one, value=values[name]) for name, one in by_name.items() if name not in spoken]
        yield Sentence(dates.capital(day), _ended(text), sorted(left, key=lambda one: rank[one.name]))


def _inside(entry: PersonalData, part: str, values: dict[str, str]) -> dict[str, str]:
    """The label of a choice begins small within a part; names and free words stay as they are written."""
    model = apps.get_model(entry.model)
    inside = [name for name in NEEDED.findall(part) if name != ITSELF and not part.startswith(f"%({name})s")]
    labels = [name for name in inside if name in entry.says or model._meta.get_field(name).choices]
    return values | {name: _small(values[name]) for name in labels}


def _small(label: str) -> str:
    """« PAP » is no word."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _is_typed(entry: PersonalData, part: str) -> bool:
    """Does it begin with words of somebody, « devoir.pdf », which stay as they were typed?"""
    found = NEEDED.match(part)
    if not found or found[1] == ITSELF or found[1] in entry.says:
        return False
    field = apps.get_model(entry.model)._meta.get_field(found[1])
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def _joined(parts: list[tuple[str, bool]]) -> str:
    """One sentence, or several where a part begins one; only what nobody typed is given a capital."""
    text = ""
    for part, is_typed in parts:
        first = part if is_typed else dates.capital(part)
        if not text or part.startswith("("):
            text += f" {part}" if text else first
        elif text.endswith(ENDS):
            text += f" {first}"
        else:
            text += f"{', ' if part[:1].islower() or part[:1].isdigit() else '. '}{part}"
    return text


def _ended(text: str) -> str:
    return text if text.endswith(ENDS) else f"{text}."


def _shortened(value: str) -> str:
    """A long text by its beginning, without the marks of its paragraphs: the copy has it whole."""
    return Truncator(strip_tags(value)).chars(LONGEST)


def _without(value: str, day: str) -> str:
    """What says the day again, beside it, loses it: « vendredi 27 novembre 2026, 9 h 55 » is « 9 h 55 » on that day."""
    whole = day.partition(", ")[0]
    short = whole.rpartition(" ")[0]
    return value.removeprefix(f"{whole}, ").replace(f", {short}", "") if short else value
