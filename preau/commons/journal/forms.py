"""What a head asks of the journal."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.journal import queries
from preau.commons.journal.models import Extract
from preau.commons.journal.queries import LineQuery
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day

# What the page shows when nobody says: a month.
MONTH = timedelta(days=30)
# No journal is older; days further away are beyond what a database counts.
FIRST = date(2000, 1, 1)


class LineFilter(forms.Form):
    """The filters of the journal. A wrong value is ignored, never an error page. A name is typed in a POST alone."""

    nom = forms.CharField(label=gettext_lazy("Nom d’une personne"), required=False, max_length=80)
    sens = forms.ChoiceField(
        label=gettext_lazy("Ce qui est fait"), required=False, choices=Extract.Side.choices
    )
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    genre = forms.ChoiceField(label=gettext_lazy("Genre"), required=False, choices=Extract.Kind.choices)
    du = Day(
        label=gettext_lazy("Du"),
        required=False,
    )
    au = Day(
        label=gettext_lazy("Au"),
        required=False,
    )
    personne = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)

    def __init__(self, viewer: Viewer, data: Any) -> None:
        self.viewer = viewer
        given = data.copy()
        # What is looked at is shown in the fields too.
        given["du"] = given.get("du") or f"{viewer.days_ago(MONTH):%Y-%m-%d}"
        given["au"] = given.get("au") or f"{viewer.today:%Y-%m-%d}"
        super().__init__(given)
        verbs: list[Any] = [("", _("Toutes")), *queries.verbs_by_house()]
        self.fields["action"].choices = verbs  # type: ignore[attr-defined]

    def offer(self, present: set[str]) -> None:
        """Show only the actions that there are between these days, and the one that is asked for; any is accepted."""
        shown = present | {str(self.data.get("action") or "")}
        houses = [
            (house, [verb for verb in verbs if verb[0] in shown]) for house, verbs in queries.verbs_by_house()
        ]
        found: list[Any] = [("", _("Toutes")), *((house, verbs) for house, verbs in houses if verbs)]
        self.fields["action"].widget.choices = found  # type: ignore[attr-defined]

    def asked(self) -> LineQuery:
        self.is_valid()
        values = self.cleaned_data
        last = max(min(values.get("au") or self.viewer.today, self.viewer.today), FIRST)
        first = min(max(values.get("du") or self.viewer.days_ago(MONTH), FIRST), last)
        return LineQuery(
            first=first,
            last=last,
            person=self.person,
            side=values.get("sens") or "",
            verb=values.get("action") or "",
            kind=values.get("genre") or "",
        )

    @property
    def person(self) -> Person | None:
        if not hasattr(self, "_person"):
            self._person = queries.person_of(self.viewer, str(self.data.get("personne") or ""))
        return self._person
