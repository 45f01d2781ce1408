"""What is written when a row gives place to another, kept step by step, so that it can be put back exactly.

A step is plain JSON: « move » (these rows pointed at one row, and point at another), « change » (fields of one row,
before and after), « remove » (a whole row). Steps are undone from the last to the first: each state passed on the way
back is one that the database has known.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import ForeignKey, Model, Q
from django.utils.translation import gettext as _

from preau.directory.actions.matching import chunks

Step = dict[str, Any]
# Two rows that say the same thing although no constraint forbids both: the fields that make them one, and which rows.
Same = tuple[tuple[str, ...], Q]


class ChangedSince(Exception):
    """A row cannot be put back: `what` says which, in words."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Ledger:
    """Writes, and keeps what was. `same` adds to the unique constraints of a model (by its label) rows that are one."""

    def __init__(self, same: Mapping[str, list[Same]]) -> None:
        self.same = same
        self.steps: list[Step] = []

    def change(self, row: Model, **values: Any) -> None:
        """Give these values to fields of a row (a foreign key by its column)."""
        model, before = type(row), _plain(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        _every(model).filter(pk=row.pk).update(**values)
        after = _plain(row, values)
        self._keep("change", model, pk=_value(row, model._meta.pk), before=before, after=after)

    def remove(self, row: Model) -> None:
        """Delete a row at which nothing points any more."""
        model = type(row)
        names = [field.attname for field in model._meta.concrete_fields]
        self._keep("remove", model, row=_plain(row, names))
        _every(model).filter(pk=row.pk).delete()

    def give_place(self, lost: Model, kept: Model) -> None:
        """Every row that points at `lost` points at `kept`; what `kept` has already of the same gives place in turn."""
        for model, field in pointing_at(type(lost)):
            for row, twin in list(self._twins(model, field, lost, kept)):
                self.settle(row, twin)
                self.give_place(row, twin)
                self.remove(row)
            moved = list(_rows(model, field, lost).values_list("pk", flat=True))
            if moved:
                _rows(model, field, lost).update(**{field.attname: kept.pk})
                self._keep("move", model, field=field.attname, rows=moved, was=lost.pk, now=kept.pk)

    def settle(self, row: Model, twin: Model) -> None:
        """What must not be lost of a row that gives place to its twin."""

    def _keep(self, do: str, model: type[Model], **details: Any) -> None:
        self.steps.append({"do": do, "model": model._meta.label_lower} | details)

    def _twins(
        self, model: type[Model], field: "ForeignKey[Any, Any]", lost: Model, kept: Model
    ) -> Iterator[tuple[Model, Model]]:
        """Rows of `lost` that could not stand beside a row of `kept`, with that row: three queries a constraint at most."""
        seen = set()
        for names, condition in [*_unique_of(model), *self.same.get(model._meta.label_lower, ())]:
            if field.name not in names:
                continue
            rest = [_column(model, name) for name in names if name != field.name]
            mine = list(_rows(model, field, lost).filter(condition).order_by("pk"))
            theirs = _rows(model, field, kept).filter(condition).order_by("-pk") if mine else ()
            known = {tuple(getattr(row, name) for name in rest): row for row in theirs}
            for row in mine:
                key = tuple(getattr(row, name) for name in rest)
                # Two unknown values are two: a constraint does not compare them, save where we do.
                is_comparable = None not in key or names in [
                    these for these, _ in self.same.get(_label(model), ())
                ]
                if is_comparable and key in known and row.pk not in seen:
                    seen.add(row.pk)
                    yield row, known[key]


def undo(steps: Iterable[Step], *, mine: Model) -> None:
    """Put everything back, from the last step to the first. Raises ChangedSince, and the caller's transaction ends.

    A row that is gone stays gone, and what was written of `mine` since stays written.
    """
    for step in reversed(list(steps)):
        model = apps.get_model(step["model"])
        {"change": _unchange, "move": _unmove, "remove": _unremove}[step["do"]](model, step, mine)


def _unchange(model: type[Model], step: Step, mine: Model) -> None:
    row = _every(model).filter(pk=step["pk"]).first()
    if row is None:
        return
    now = _plain(row, step["after"])
    kept = {name for name, value in step["after"].items() if now[name] == value}
    if len(kept) < len(now) and not (model is type(mine) and row.pk == mine.pk):
        raise ChangedSince(_said(model))
    back = {name: _read(model, name, step["before"][name]) for name in kept}
    if back:
        _every(model).filter(pk=row.pk).update(**back)


def _unmove(model: type[Model], step: Step, mine: Model) -> None:
    for part in chunks(step["rows"]):
        rows = _every(model).filter(pk__in=part)
        if rows.exclude(**{step["field"]: step["now"]}).exists():
            raise ChangedSince(_said(model))
        rows.update(**{step["field"]: step["was"]})


def _unremove(model: type[Model], step: Step, mine: Model) -> None:
    values = {name: _read(model, name, value) for name, value in step["row"].items()}
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and values[field.attname] is not None:
            target: type[Model] = field.related_model
            if not _every(target).filter(pk=values[field.attname]).exists():
                raise ChangedSince(_said(model))
    model(**values).save_base(raw=True, force_insert=True)


def pointing_at(model: type[Model]) -> "Iterator[tuple[type[Model], ForeignKey[Any, Any]]]":
    """Every foreign key of every room that leads to a model, those of many-to-many tables too, in a fixed order."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        field, told_by = relation.field, relation.related_model
        if told_by._meta.managed and field.name not in getattr(told_by, "stays_put", ()):
            found.append((told_by, field))
    yield from sorted(found, key=lambda pair: (_label(pair[0]), pair[1].name))


def _every(model: type[Model]) -> "models.QuerySet[Any]":
    """All the rows of a table, whatever its manager leaves out."""
    return model._base_manager.all()  # noqa: SLF001 - Django's own documents it


def _rows(model: type[Model], field: "ForeignKey[Any, Any]", target: Model) -> "models.QuerySet[Any]":
    return _every(model).filter(**{field.attname: target.pk})


def _unique_of(model: type[Model]) -> Iterator[Same]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield tuple(constraint.fields), constraint.condition or Q()
    for names in model._meta.unique_together:
        yield tuple(names), Q()
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield (field.name,), Q()


def _column(model: type[Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "attname", name))


def _label(model: type[Model]) -> str:
    return model._meta.label_lower


def _said(model: type[Model]) -> str:
    return _("« %(what)s »") % {"what": model._meta.verbose_name}


# Values as JSON


def _plain(row: Model, names: Iterable[str]) -> dict[str, Any]:
    fields = {field.attname: field for field in row._meta.concrete_fields}
    return {name: _value(row, fields[name]) for name in names}


def _value(row: Model, field: Any) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, date | datetime | time):
        # Whole: what Django writes in JSON loses the microseconds.
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str | dict | list):
        return value
    return field.value_to_string(row)


def _read(model: type[Model], name: str, value: Any) -> Any:
    field = next(
        concrete_field for concrete_field in model._meta.concrete_fields if concrete_field.attname == name
    )
    return field.to_python(value)
