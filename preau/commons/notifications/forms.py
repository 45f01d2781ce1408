"""What a person chooses: which news to look at, and how to be told."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.notifications import queries
from preau.commons.notifications.models import PACES, WEEKDAYS, Rhythm
from preau.foundation import quiet
from preau.foundation.boards import NotificationKind, Pace

UNREAD = "non-lues"


class FilterForm(forms.Form):
    """One subject, or only what has not been read; anything else in the address shows everything."""

    sujet = forms.ChoiceField(label=_("Sujet"), required=False)
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Toutes")), (UNREAD, _("Non lues"))]
    )

    def __init__(self, data: Any, received: Iterable[NotificationKind]) -> None:
        super().__init__(data, auto_id="filtre_%s")
        self.fields["sujet"].choices = [("", _("Tous")), *[(kind.key, kind.label) for kind in received]]

    @property
    def kind(self) -> str:
        return self.cleaned_data.get("sujet", "") if self.is_valid() else ""

    @property
    def unread(self) -> bool:
        return self.is_valid() and self.cleaned_data["etat"] == UNREAD


class PreferencesForm(forms.Form):
    """Two questions a kind: in Préau or not, and when its mail leaves; then the hour of the summaries."""

    hour = forms.TypedChoiceField(
        label=_("Heure des résumés"), coerce=int, choices=[(hour, f"{hour} h") for hour in quiet.HOURS]
    )
    weekday = forms.TypedChoiceField(label=_("Jour du résumé de la semaine"), coerce=int, choices=WEEKDAYS)

    def __init__(
        self, data: Any, kinds: Sequence[NotificationKind], wishes: dict[str, queries.Wish], rhythm: Rhythm
    ) -> None:
        super().__init__(data, initial={"hour": rhythm.hour, "weekday": rhythm.weekday})
        self.kinds = [kind for kind in kinds if kind.can_be_muted]
        self.fixed = [kind for kind in kinds if not kind.can_be_muted]
        for kind in self.kinds:
            wish = wishes[kind.key]
            self.fields[f"{kind.key}-in_app"] = forms.BooleanField(
                label=_("Dans Préau"), required=False, initial=wish.in_app
            )
            self.fields[f"{kind.key}-pace"] = forms.ChoiceField(
                label=_("Par courriel"), choices=PACES, initial=wish.pace.value
            )

    def by_category(self) -> dict[str, list[tuple[NotificationKind, Any, Any]]]:
        """For each category, its kinds with their two fields."""
        found: dict[str, list[tuple[NotificationKind, Any, Any]]] = {}
        for kind in self.kinds:
            row = (kind, self[f"{kind.key}-in_app"], self[f"{kind.key}-pace"])
            found.setdefault(str(kind.category), []).append(row)
        return found

    def wishes(self) -> dict[str, queries.Wish]:
        values = self.cleaned_data
        return {
            kind.key: queries.Wish(values[f"{kind.key}-in_app"], Pace(values[f"{kind.key}-pace"]))
            for kind in self.kinds
        }
