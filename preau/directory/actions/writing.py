"""Writing what a comparison found: one transaction a school, rows in bulk, a line in the journal."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction

from preau.directory.actions.changes import Changes, Setting
from preau.directory.actions.comparing import Comparison
from preau.directory.calendar import closures_of
from preau.directory.models import (
    Closure,
    Correction,
    Delivery,
    DeliveryShare,
    ExternalId,
    Group,
    OfficialCode,
    Person,
    School,
    SchoolYear,
)
from preau.directory.rules.facts import Batch, SchoolFacts
from preau.foundation import journal
from preau.foundation.db import insert

ROWS = 2_000
CODE_FIELDS = ("label", "national", "stat")
Warn = Callable[[str, str], None]


class Place(NamedTuple):
    """Where a new school is: its zone of the school calendar, and its clock when it is not Paris's."""

    zone: str
    clock: str


def school_year_of(day: date) -> tuple[str, date, date]:
    """Name, first and last day of the school year that a delivery speaks of: from August on, the next one."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}", date(first, 9, 1), date(first + 1, 8, 31)


def told_of(facts: SchoolFacts, setting: Setting) -> dict[str, str]:
    """What a record says of its school. A file typed by the school does not change which school it is."""
    values = {"name": facts.name[:160], "kind": facts.kind, "phone": facts.phone}
    return values if setting.own else values | {"uai": facts.uai}


def school_of(facts: SchoolFacts, setting: Setting) -> tuple[School | None, bool]:
    """The school of a record, by the source's key, else by its UAI; and whether the key was known."""
    if setting.own:
        return setting.school, True
    keys = ExternalId.objects.filter(source=setting.source, authority=setting.authority, kind="structure")
    known = keys.filter(value=facts.key).select_related("school").first()
    return (known.school, True) if known else (School.objects.filter(uai=facts.uai).first(), False)


def _bring_school(facts: SchoolFacts, setting: Setting, place: Place) -> str:
    """Create or update a school from its record, and put it in the setting; returns what became of it."""
    school, known = school_of(facts, setting)
    values = told_of(facts, setting)
    if school is None:
        clock = {"timezone": place.clock} if place.clock else {}
        school = School.objects.create(
            **values | {"name": values["name"] or facts.uai, "kind": values["kind"] or School.Kind.OTHER},
            holiday_zone=place.zone,
            **clock,
        )
        outcome = "created"
    else:
        values = {n: v for n, v in values.items() if n not in school.settled}
        changed = {n: v for n, v in values.items() if v and getattr(school, n) != v}
        outcome = "changed" if changed or not known else "unchanged"
        if changed:
            School.objects.filter(pk=school.pk).update(**changed)
    if not known:
        ExternalId.objects.create(
            source=setting.source,
            authority=setting.authority,
            kind="structure",
            value=facts.key,
            school=school,
        )
    setting.school = school
    return outcome


def year_of(school: School, day: date) -> SchoolYear | None:
    """The school's year for a delivery of this day; None until something is written in it."""
    name, starts, _ends = school_year_of(day)
    return (
        SchoolYear.objects.filter(school=school, name=name).first()
        or SchoolYear.objects.filter(
            school=school, starts__lte=max(day, starts), ends__gte=max(day, starts)
        ).first()
    )


def open_year(school: School, day: date) -> SchoolYear:
    """Create the year of a delivery with its holidays; the school's current year is its latest."""
    name, starts, ends = school_year_of(day)
    year = SchoolYear.objects.create(school=school, name=name, starts=starts, ends=ends)
    Closure.objects.bulk_create(closures_of(year))
    if school.current_year is None or school.current_year.starts < starts:
        school.current_year = year
        school.save(update_fields=["current_year"])
    return year


@transaction.atomic
def bring_school(
    facts: SchoolFacts, batch: Batch, setting: Setting, place: Place, delivery: Delivery | None, warn: Warn
) -> tuple[str, Changes]:
    """Compare and write one school and its people; two imports of one school wait for each other.

    Returns what became of the school's own record, and the changes written.
    """
    outcome = _bring_school(facts, setting, place)
    locked = School.objects.select_for_update(of=("self",)).select_related("current_year")
    setting.school = locked.get(pk=setting.school.pk) if setting.school else None
    prepare(setting)
    if setting.year is None and (batch.people or batch.groups) and setting.school:
        setting.year = open_year(setting.school, setting.day)
    changes = Comparison(batch, setting, warn).run()
    write(changes)
    _keep(setting, changes, delivery)
    return outcome, changes


def preview_school(facts: SchoolFacts, batch: Batch, setting: Setting, warn: Warn) -> tuple[str, Changes]:
    """What `bring_school` would do, without writing anything."""
    school, known = school_of(facts, setting)
    outcome = "created" if school is None else "unchanged"
    pairs = told_of(facts, setting).items()
    if school and (not known or any(v and getattr(school, n) != v for n, v in pairs)):
        outcome = "changed"
    setting.school = school or School(uai=facts.uai, name=facts.name)
    if school:
        prepare(setting)
    return outcome, Comparison(batch, setting, warn).run()


def prepare(setting: Setting) -> None:
    """Which year the delivery speaks of, and whether the source has filled this school before."""
    if setting.school:
        setting.year = year_of(setting.school, setting.day)
        held = setting.school.holdings.filter(source=setting.source)
        # In the order of an index: a database that hopes to meet one by chance reads the holdings of every other school first.
        setting.first = not held.order_by("school_id", "role").values_list("pk", flat=True)[:1]


@transaction.atomic
def bring_unplaced(batch: Batch, setting: Setting, warn: Warn) -> Changes:
    """People that no school holds."""
    changes = Comparison(batch, setting, warn).run()
    write(changes)
    if not changes.is_nothing:
        _journal(None, {"people": len(changes.people)})
    return changes


def _keep(setting: Setting, changes: Changes, delivery: Delivery | None) -> None:
    """The journal of the school, and its share of the delivery's report."""
    school = setting.school
    if school and not changes.is_nothing:
        _journal(school, counts_of(changes) | {"rows": sum(len(rows) for rows in changes.rows.values())})
    if school and delivery:
        defaults = {"counts": share_of(changes)}
        DeliveryShare.objects.update_or_create(delivery=delivery, school=school, defaults=defaults)


def counts_of(changes: Changes) -> dict[str, int]:
    return {name: changes.counts[name] for name in sorted(changes.counts)}


def share_of(changes: Changes) -> dict[str, int]:
    """What the school reads of a delivery that was brought for several."""
    return counts_of(changes) | {"people": len(changes.outcomes), "ended": len(changes.left)}


def keep_shares(delivery: Delivery, shares: dict[int, dict[str, int]]) -> None:
    """The shares of schools, by their primary key, in which a delivery writes nothing."""
    rows = [DeliveryShare(delivery=delivery, school_id=pk, counts=counts) for pk, counts in shares.items()]
    DeliveryShare.objects.bulk_create(
        rows, ROWS, update_conflicts=True, update_fields=["counts"], unique_fields=["delivery", "school"]
    )


def keep_notes(delivery: Delivery, notes_by_school: Iterable[tuple[int | None, dict[str, Any]]]) -> None:
    """What each school, by its primary key, has to look at in a delivery for several; a few at a time, they may be thousands."""
    shares = dict(delivery.shares.values_list("school_id", "pk"))
    known = ((shares.get(school), notes) for school, notes in notes_by_school if school)
    rows = (DeliveryShare(pk=pk, notes=notes) for pk, notes in known if pk)
    while some := list(islice(rows, 100)):
        DeliveryShare.objects.bulk_update(some, ["notes"])


def _journal(school: School | None, details: dict[str, int]) -> None:
    journal.write(
        journal.Line(
            verb="directory.delivery_applied",
            school_id=school.pk if school else None,
            target="directory.school",
            target_id=school.pk if school else None,
            details=details,
        )
    )


def write(changes: Changes) -> None:
    """Rows that others point at first."""
    for rows in (list(changes.people.values()), changes.subjects, changes.groups):
        insert(rows)
    _draw(changes)
    insert([*changes.ids, *_move_keys(changes.group_ids)])
    for rows in changes.rows.values():
        insert(rows)
    by_fields: dict[frozenset[str], list[Any]] = {}
    for person, fields in changes.renamed.values():
        by_fields.setdefault(frozenset(fields), []).append(person)
    for same, people in by_fields.items():
        Person.objects.bulk_update(people, sorted(same), batch_size=200)
    for model, updates in changes.updates.items():
        _update(model, updates)
    _let_fall(changes.fallen)


def _let_fall(rows: list[Correction]) -> None:
    """The source says what the office had said: nothing is beside it any more."""
    for row in rows:
        journal.write(
            journal.Line(
                verb="directory.correction_agreed",
                school_id=row.school_id,
                target="directory.person",
                target_id=row.person_id,
                subject_id=row.person_id,
                details={"fields": row.field},
            )
        )
    Correction.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _move_keys(keys: list[ExternalId]) -> list[ExternalId]:
    """« 3A » is named again each year: its key goes over to the class of this year. Returns the keys to create."""
    key_by_name = {(key.source, key.authority, key.kind, key.value): key for key in keys}
    if not key_by_name:
        return []
    moved = []
    names = {name for *_rest, name in key_by_name}
    source, authority = keys[0].source, keys[0].authority
    known = ExternalId.objects.filter(source=source, authority=authority, value__in=names).exclude(group=None)
    for row in known.select_related("group"):
        newer = key_by_name.pop((row.source, row.authority, row.kind, row.value), None)
        # The same key in two schools is a fault of the file: the first school keeps it.
        if newer and newer.group and row.group and newer.group.school_id == row.group.school_id:
            row.group = newer.group
            moved.append(row)
    ExternalId.objects.bulk_update(moved, ["group"], batch_size=200)
    return list(key_by_name.values())


def _draw(changes: Changes) -> None:
    """The classes of each group: a new group has none to compare with."""
    drawn_from = Group.classes.through
    new = {group.pk for group in changes.groups}
    links = [(group, row) for group, classes in changes.drawn if group.pk in new for row in classes]
    drawn_from.objects.bulk_create(drawn_from(from_group=group, to_group=row) for group, row in links)
    for group, classes in changes.drawn:
        if group.pk not in new:
            group.classes.set(classes)


def _update(model: Any, updates: list[tuple[Any, set[str]]]) -> None:
    """Each row once, with every field that changed in it."""
    fields: dict[int, set[str]] = {}
    rows: dict[int, Any] = {}
    for row, names in updates:
        fields.setdefault(row.pk, set()).update(names)
        rows[row.pk] = row
    groups: dict[frozenset[str], list[Any]] = {}
    for pk, names in fields.items():
        groups.setdefault(frozenset(names), []).append(rows[pk])
    for same, found in groups.items():
        model.objects.bulk_update(found, sorted(same), batch_size=200)


@transaction.atomic
def bring_codes(
    authority: str, kind: str, told: dict[str, tuple[str | None, ...]], *, dry: bool
) -> dict[str, str]:
    """Bring a table of codes up to date: code → (label, national code, statistical code), None being silent.

    Returns code → outcome.
    """
    known = {row.code: row for row in OfficialCode.objects.filter(authority=authority, kind=kind)}
    outcomes, new, changed = {}, [], []
    for code, values in told.items():
        row = known.get(code)
        fields = {n: v for n, v in zip(CODE_FIELDS, values, strict=True) if v is not None}
        if row is None:
            # A change of a code that was never told: its label is the code, until it is.
            new.append(OfficialCode(authority=authority, kind=kind, code=code, **{"label": code} | fields))
            outcomes[code] = "created"
        elif any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            changed.append(row)
            outcomes[code] = "changed"
        else:
            outcomes[code] = "unchanged"
    if not dry:
        OfficialCode.objects.bulk_create(new, batch_size=ROWS)
        OfficialCode.objects.bulk_update(changed, CODE_FIELDS, batch_size=200)
    return outcomes
