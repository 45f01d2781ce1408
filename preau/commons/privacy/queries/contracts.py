"""All that a school holds, found by the links of the models alone (docs/decisions/0181).

A link to a school says what becomes of a row when the school leaves: CASCADE, it goes; PROTECT, it stays (the journal, and what
shows that something was erased); SET_NULL, it lets go. Rows that hang on one that goes, go before it. A new table is of a
school by its links: there is no list to keep.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, SET_NULL, Exists, Model, OuterRef, Q
from django.utils.translation import gettext as _

from preau.commons.privacy.models import DataRequest
from preau.directory.models import Assignment, Enrolment, Guardianship, Hold, Holding, Person, School
from preau.directory.viewer import Viewer
from preau.foundation import boards


@dataclass(frozen=True)
class Link:
    """A column of `model` that leads to a row of `target`. `is_strict`: no row is without the other."""

    model: type[Model]
    name: str
    target: type[Model]
    on_delete: Any
    is_null: bool

    @property
    def is_strict(self) -> bool:
        return self.on_delete is not SET_NULL


@dataclass(frozen=True)
class Table:
    """A table that holds rows of schools: `ways`, the lookups that lead to the school; `needed_by`, the links that keep a row
    here; `let_go`, those that are emptied before it goes."""

    label: str
    model: type[Model]
    ways: tuple[str, ...]
    needed_by: tuple[Link, ...]
    let_go: tuple[Link, ...]

    def rows(self, school_id: int) -> Iterator[Any]:
        """Its rows of a school, way by way."""
        for way in self.ways:
            yield rows_of(self.model).filter(**{way: school_id})

    def free(self, rows: Any) -> Any:
        """Those that no row needs any more."""
        for link in self.needed_by:
            rows = rows.filter(~Exists(rows_of(link.model).filter(**{link.name: OuterRef("pk")})))
        return rows

    def count(self, school_id: int) -> int:
        found = Q()
        for way in self.ways:
            found |= Q(**{way: school_id})
        return int(rows_of(self.model).filter(found).count())


def rows_of(model: type[Model]) -> Any:
    """Every row: whoever may not see them erases them all the same."""
    return model._base_manager.all()  # noqa: SLF001


def stored_models() -> list[type[Model]]:
    """Every table of the site, links of several to several included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def links_of(models: Iterable[type[Model]]) -> list[Link]:
    """Every column of these tables that leads to a row."""
    # Of a link, `related_model` and `remote_field` are never None.
    fields: list[tuple[type[Model], Any]] = [
        (model, field) for model in models for field in model._meta.concrete_fields if field.is_relation
    ]
    return [
        Link(
            model,
            field.name,
            field.related_model._meta.concrete_model,
            field.remote_field.on_delete,
            field.null,
        )
        for model, field in fields
    ]


def ways_of(models: Iterable[type[Model]]) -> dict[type[Model], tuple[str, ...]]:
    """The lookups from each table to the school whose leaving takes its rows; a table without any is not in it."""
    strict: dict[type[Model], list[Link]] = {}
    for link in links_of(models):
        if link.is_strict:
            strict.setdefault(link.model, []).append(link)
    found = {model: _ways(model, strict) for model in strict}
    return {model: ways for model, ways in found.items() if ways}


def _ways(
    model: type[Model], strict: Mapping[type[Model], list[Link]], above: tuple[type[Model], ...] = ()
) -> tuple[str, ...]:
    """A row that names its school is needed by rows of others, never taken along by them: but as a part of one (CASCADE)."""
    mine = strict.get(model, [])
    names_its_school = bool(_names_its_school(mine))
    ways = [link.name for link in mine if link.target is School and link.on_delete is CASCADE]
    for link in mine:
        if link.target in (School, model, *above) or (names_its_school and link.on_delete is not CASCADE):
            continue
        named = _names_its_school(strict.get(link.target, []))
        further = (named,) if named else _ways(link.target, strict, (*above, model))
        ways += [f"{link.name}__{way}" for way in further]
    return tuple(dict.fromkeys(ways))


def _names_its_school(links: Iterable[Link]) -> str:
    """The column by which each row of a table names its school; "" where some name none."""
    return next(
        (
            link.name
            for link in links
            if link.target is School and link.on_delete is CASCADE and not link.is_null
        ),
        "",
    )


def in_order(models: Iterable[type[Model]], links: Iterable[Link]) -> list[type[Model]]:
    """What points at a row before that row. Where tables point at each other, a link that may be empty waits."""
    left = sorted(models, key=lambda model: model._meta.label)
    inner = [
        link for link in links if link.model is not link.target and link.model in left and link.target in left
    ]
    found: list[type[Model]] = []
    while left:
        pressing = [link for link in inner if link.model in left and link.target in left]
        taken = _free(left, pressing) or _free(left, [link for link in pressing if link.is_strict])
        if not taken:
            # One of a circle, which the link that closes it may let go of.
            firm = [link for link in pressing if not link.is_null]
            taken = [model for model in _free(left, firm) if _is_in_a_circle(model, pressing)][:1]
        if not taken:
            raise ValueError(f"These tables need each other: {[model._meta.label for model in left]}.")
        found += taken
        left = [model for model in left if model not in taken]
    return found


def _free(models: Iterable[type[Model]], links: Iterable[Link]) -> list[type[Model]]:
    held = {link.target for link in links}
    return [model for model in models if model not in held]


def _is_in_a_circle(model: type[Model], links: Iterable[Link]) -> bool:
    """Do strict links lead from this table back to it?"""
    strict = [link for link in links if link.is_strict]
    reached, ahead = set[type[Model]](), {link.target for link in strict if link.model is model}
    while ahead:
        reached |= ahead
        ahead = {link.target for link in strict if link.model in ahead} - reached
    return model in reached


@cache
def tables() -> tuple[Table, ...]:
    """The tables whose rows leave with a school, in the order in which they go."""
    models = stored_models()
    links, ways = links_of(models), ways_of(models)
    order = in_order(ways, links)
    rank = {model: number for number, model in enumerate(order)}
    found = []
    for model in order:
        towards = [link for link in links if link.target is model]
        # A table that comes later still has its rows: the order says that this link may be empty.
        later = [link for link in towards if rank.get(link.model, -1) > rank[model]]
        needed = [link for link in towards if link.is_strict and link not in later]
        let_go = [link for link in towards if not link.is_strict or link in later]
        found.append(Table(model._meta.label, model, ways[model], tuple(needed), tuple(let_go)))
    return tuple(found)


def table_named(label: str) -> Table | None:
    return next((table for table in tables() if table.label == label), None)


def words_of(label: str) -> str:
    """A table as people call it: its entry of the personal data board, else its own name."""
    entry = boards.personal_data.named(label, "model")
    if entry:
        return str(entry.label)
    try:
        model = apps.get_model(label)
    except LookupError:
        return label
    if model._meta.auto_created:
        # Links of several to several bear no name of ours.
        return _("%(table)s : liens") % {"table": words_of(model._meta.auto_created._meta.label)}
    return str(model._meta.verbose_name_plural)


# People


def _tied(school_id: int, *, here: bool) -> Q:
    """Those who belong, or ever did, to this school (or, else, to anything but it): by a role, a class, a course, or a pupil
    for whom they answer."""

    def among(rows: Any) -> Any:
        return rows.filter(school=school_id) if here else rows.exclude(school=school_id)

    held, learns = among(Holding.objects.all()), among(Enrolment.objects.all())
    answers = Guardianship.objects.of_another().filter(
        Q(pupil__in=held.values("person")) | Q(pupil__in=learns.values("pupil")), guardian=OuterRef("pk")
    )
    return (
        Q(Exists(held.filter(person=OuterRef("pk"))))
        | Q(Exists(learns.filter(pupil=OuterRef("pk"))))
        | Q(Exists(among(Assignment.objects.all()).filter(teacher=OuterRef("pk"))))
        | Q(Exists(answers))
    )


def people_who_go(school_id: int) -> Any:
    """Those of this school alone who are not erased yet."""
    return Person.objects.filter(_tied(school_id, here=True), ~_tied(school_id, here=False), erased_at=None)


def people_who_stay(school_id: int) -> Any:
    """Those of this school who are, or were, of another one too: their row is not this school's to erase."""
    return Person.objects.filter(_tied(school_id, here=True), _tied(school_id, here=False), erased_at=None)


# What must be answered first, and what the school takes away


def obstacles_of(school: School, day: date) -> tuple[int, int]:
    """How many files are kept longer (a dispute), and how many requests on data wait for their answer."""
    held = Hold.objects.filter(school=school, last_day__gte=day).count()
    return held, DataRequest.objects.waiting().filter(school=school).count()


def offers_of(viewer: Viewer) -> list[tuple[str, str]]:
    """The copies that a school makes itself, before: the pages of the rules of retention that give one."""
    if viewer.school_id is None:
        return []
    return list(dict.fromkeys(term.offers for term in boards.terms if term.offers))
