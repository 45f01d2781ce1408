"""What people type to bring files, and to say what the columns of a table hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.foundation import uploads

TOO_HEAVY = gettext_lazy("C’est trop lourd : pas plus de %(size)s Mo à la fois.")


class FilesForm(forms.Form):
    """A form with files, of at most `limits`. `cut`: they were heavier than what is read, and did not arrive."""

    limits = uploads.Limits()

    def __init__(self, *args: Any, cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cut = cut
        if cut and "files" in self.fields:
            self.files.clear()
            self.fields["files"].error_messages["required"] = self.too_heavy()

    def too_heavy(self) -> str:
        return str(TOO_HEAVY % {"size": self.limits.size // uploads.MEGABYTE})


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, what its first rows hold, and the field that it seems to be ("" for none)."""

    title: str
    cells: Sequence[str] = ()
    field: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose columns are to be named, among `choices` (flat, or grouped as those of a select).

    `needs`: of each of these, one field at least; `several`: fields that more than one column may hold. Without a `label`, it is
    the only one.
    """

    key: str
    columns: Sequence[Column]
    choices: Sequence[Any]
    needs: Sequence[Sequence[str]] = ()
    several: frozenset[str] = frozenset()
    label: str = ""
    labels: Mapping[str, Any] = field(default_factory=dict)

    def name_of(self, place: int) -> str:
        """The name of the choice of a column in the form."""
        return f"{self.key}-{place}"

    def label_of(self, key: str) -> str:
        return str(self.labels[key] if self.labels else dict(self.choices)[key])


class ColumnsForm(forms.Form):
    """A choice for each column of each table: what it holds, or nothing."""

    def __init__(self, tables: Sequence[Table], data: Any = None) -> None:
        super().__init__(data)
        self.tables = tables
        for table in tables:
            choices = [("", _("Ne pas reprendre")), *table.choices]
            for place, column in enumerate(table.columns):
                self.fields[table.name_of(place)] = forms.ChoiceField(
                    label=column.title or _("Colonne sans titre"),
                    choices=choices,
                    required=False,
                    initial=column.field,
                )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for table in self.tables:
            self._check(table, [typed.get(table.name_of(place), "") for place in range(len(table.columns))])
        return typed

    def _check(self, table: Table, chosen: Sequence[str]) -> None:
        for place, key in enumerate(chosen):
            if key and key not in table.several and key in chosen[:place]:
                sentence = _("« %(field)s » est déjà le contenu d’une autre colonne.")
                self.add_error(table.name_of(place), sentence % {"field": table.label_of(key)})
        for wanted in table.needs:
            if not set(wanted) & set(chosen):
                sentence = _("Dites quelle colonne contient « %(field)s ».")
                if table.label:
                    sentence = _("%(table)s : dites quelle colonne contient « %(field)s ».")
                words = {"table": table.label, "field": table.label_of(wanted[0])}
                self.add_error(None, sentence % words)

    def columns(self) -> dict[str, list[tuple[str, str]]]:
        """Each table's headings with what they hold."""
        return {
            table.key: [
                (column.title, self.cleaned_data[table.name_of(place)])
                for place, column in enumerate(table.columns)
            ]
            for table in self.tables
        }

    def shown(self) -> Iterator[tuple[Table, list[tuple[Any, Sequence[str]]]]]:
        """Each table with the choices of its columns and their first cells, for the page."""
        for table in self.tables:
            fields = [(self[table.name_of(place)], one.cells) for place, one in enumerate(table.columns)]
            yield table, fields
