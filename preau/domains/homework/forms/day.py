"""A whole day of a class on one page: what was done in each of its moments, and what is to be done for another day."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.domains.homework.actions.days import Entry, ToGive
from preau.domains.homework.queries.day import Block
from preau.foundation import dates
from preau.foundation.fields import RichInput, RichText

LONGEST, ROWS = 20_000, 3


class DayForm(forms.Form):
    """One text for each block of the day, and three lines of homework; `days`: those on which the class comes next."""

    def __init__(self, blocks: Sequence[Block], days: Sequence[date], data: Any = None) -> None:
        super().__init__(data)
        self.blocks = blocks
        self.fields["sent_as"] = forms.RegexField(
            r"^[0-9a-f]{32}$", required=False, initial=lambda: secrets.token_hex(16), widget=forms.HiddenInput
        )
        several = len({block.groups for block in blocks}) > 1
        for block in blocks:
            self.fields[f"fait-{block.pk}"] = RichText(
                label=f"{block.hours} · {block.called(several=several)}",
                required=False,
                max_length=LONGEST,
                initial=block.content,
                # Light signs alone: as many editors as a day has moments would be slow and long.
                widget=RichInput(attrs={"rows": 2}),
            )
            self.fields[f"vu-{block.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=block.version
            )
        subjects = [(str(block.pk), block.called(several=several)) for block in blocks]
        dues = [(day.isoformat(), dates.capital(dates.day(day))) for day in days]
        for row in range(ROWS if subjects and dues else 0):
            number = {"number": row + 1}
            self.fields[f"travail-{row}"] = forms.CharField(
                label=_("Travail %(number)s") % number, required=False, max_length=160
            )
            self.fields[f"matiere-{row}"] = forms.ChoiceField(
                label=_("Matière du travail %(number)s") % number, choices=subjects, required=False
            )
            self.fields[f"pour-{row}"] = forms.ChoiceField(
                label=_("Jour du travail %(number)s") % number, choices=dues, required=False
            )

    @property
    def publishes(self) -> bool:
        return self.data.get("geste") != "brouillon"

    def moments(self) -> list[tuple[Block, Any, Any]]:
        """Each block with its text and the version that the page had shown."""
        return [(block, self[f"fait-{block.pk}"], self[f"vu-{block.pk}"]) for block in self.blocks]

    def lines(self) -> list[tuple[Any, Any, Any]]:
        """The lines of homework: what, in which subject, for when."""
        rows = [row for row in range(ROWS) if f"travail-{row}" in self.fields]
        return [(self[f"travail-{row}"], self[f"matiere-{row}"], self[f"pour-{row}"]) for row in rows]

    def entries(self) -> list[Entry]:
        """What was typed of each block; one that the page did not show stays as it is."""
        data, shown = self.cleaned_data, self.data
        return [
            Entry(block.pk, data[f"fait-{block.pk}"], data[f"vu-{block.pk}"] or 0)
            if f"fait-{block.pk}" in shown
            else Entry(block.pk, block.content, block.version)
            for block in self.blocks
        ]

    def given(self) -> list[ToGive]:
        """The lines of homework that hold something."""
        data = self.cleaned_data
        rows = [row for row in range(ROWS) if data.get(f"travail-{row}")]
        first = str(self.blocks[0].pk) if rows else ""
        sent_as = data["sent_as"]
        return [
            ToGive(
                int(data[f"matiere-{row}"] or first),
                data[f"travail-{row}"],
                date.fromisoformat(data[f"pour-{row}"] or self.fields[f"pour-{row}"].choices[0][0]),  # type: ignore[attr-defined]
                f"{sent_as}-{row}" if sent_as else "",
            )
            for row in rows
        ]
