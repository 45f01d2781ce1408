"""What is typed in a council: of itself, and of one pupil."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.domains.report_cards.actions.councils import Facts
from preau.domains.report_cards.forms.writing import LONGEST_TYPED, TextField
from preau.domains.report_cards.models import Council
from preau.domains.report_cards.models.councils import PRESENT_LENGTH
from preau.domains.report_cards.models.settings import LSU_LIMIT
from preau.domains.report_cards.queries.councils import PupilCard, Room, Seat
from preau.foundation.fields import Clock, Day

FREE = {"lang": "fr", "spellcheck": "true"}
MINUTES = 60


class CouncilForm(forms.Form):
    """When it meets, who is there, what it says of the class."""

    day = Day(label=gettext_lazy("Jour du conseil"), required=False)
    hour = Clock(label=gettext_lazy("Heure"), required=False)
    present = forms.CharField(
        label=gettext_lazy("Présents"),
        required=False,
        max_length=PRESENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, **FREE}),
        help_text=gettext_lazy("Le procès-verbal le dit ainsi."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Appréciation de la classe"),
        required=False,
        max_length=LSU_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, **FREE}),
    )

    def __init__(self, council: Council | None, zone: ZoneInfo, data: Any = None) -> None:
        self.zone = zone
        initial: dict[str, Any] = {}
        if council:
            initial = {"present": council.present, "comment": council.comment}
            if council.starts:
                there = council.starts.astimezone(zone)
                initial |= {"day": there.date(), "hour": there.strftime("%H:%M")}
        super().__init__(data, initial=initial)

    def clean(self) -> Any:
        values = super().clean() or {}
        if (values.get("hour") is None) != (values.get("day") is None) and not self.errors:
            self.add_error("hour" if values.get("day") else "day", _("Dites le jour et l’heure."))
        return values

    def facts(self) -> Facts:
        """As the action takes them."""
        values, starts = self.cleaned_data, None
        if values.get("day"):
            hour = time(values["hour"] // MINUTES, values["hour"] % MINUTES)
            starts = datetime.combine(values["day"], hour, self.zone)
        words = {name: values[name].replace("\r\n", "\n").strip() for name in ("present", "comment")}
        return Facts(starts, words["present"], words["comment"])


# What no choice of a decision is worth.
UNCHOSEN = "-"


class PupilForm(forms.Form):
    """The general appreciation of a pupil and what the council gives, with the versions that the page showed."""

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    decided = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, room: Room, seat: Seat, card: PupilCard, data: Any = None) -> None:
        initial = {
            "texte": card.text.text if card.text else "",
            "version": card.text.version if card.text else 0,
            "decided": seat.version,
            # Of somebody whom the council has not seen, nothing is chosen: no choice is worth so much.
            "mention": seat.distinction if seat.is_seen else UNCHOSEN,
        }
        super().__init__(data, initial=initial)
        self.fields["texte"] = TextField(room.policy.general_limit, gettext_lazy("Appréciation générale"))
        self.fields["texte"].widget.attrs |= {"rows": 7, "autofocus": "", "maxlength": LONGEST_TYPED}
        choices = [*((word, word) for word in room.words_for(seat)), ("", gettext_lazy("Aucune mention"))]
        self.fields["mention"] = forms.ChoiceField(
            label=gettext_lazy("Décision du conseil"),
            choices=choices,
            required=False,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        """Without a word is a decision like another: it is chosen, never what was left."""
        said: dict[str, Any] = super().clean() or {}
        if "valider" in self.data and "mention" not in self.data:
            self.add_error("mention", _("Choisissez ce que le conseil décide, ou « Aucune mention »."))
        return said

    def accept(self, **values: Any) -> None:
        """What a colleague wrote was shown beside what was typed: sent again, one has read it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, value in values.items():
            data[name] = str(value)
        self.data = data
