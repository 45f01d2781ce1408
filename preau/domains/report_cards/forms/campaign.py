"""What the figures of a period compare, and whom a reminder is for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


class ComparisonForm(forms.Form):
    """The classes in one subject, else in all."""

    matiere = forms.ChoiceField(label=gettext_lazy("Comparer les classes en"), required=False)

    def __init__(self, subjects: Sequence[tuple[int, str]], chosen: int) -> None:
        super().__init__(initial={"matiere": str(chosen) if chosen else ""})
        choices: list[Any] = [("", gettext_lazy("Toutes les matières"))]
        self.fields["matiere"].choices = [*choices, *((str(pk), name) for pk, name in subjects)]  # type: ignore[attr-defined]


class RemindForm(forms.Form):
    """One teacher; nobody named: all who have something left to write."""

    professeur = forms.IntegerField(required=False, min_value=1)
