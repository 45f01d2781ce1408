"""What a person types to book a room or equipment, and to say what may be booked."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.domains.timetable.models import EQUIPMENT, PLACES, Bookable
from preau.domains.timetable.queries.bookings import Thing
from preau.domains.timetable.queries.clashes import Clash
from preau.foundation.fields import Day, Filter

FIELDS = ("kind", "places", "note", "is_open")


def _time(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **more
    )


class FindForm(Filter):
    """When, as an address says it."""

    jour = Day(label=_("Jour"), required=False)
    debut = _time(_("De"), required=False)
    fin = _time(_("À"), required=False)


class BookForm(forms.Form):
    """One of the things that the page lists, and when; the day and hours come from the address of the page."""

    day = Day(widget=forms.HiddenInput)
    starts_at = forms.TimeField(widget=forms.HiddenInput)
    ends_at = forms.TimeField(widget=forms.HiddenInput)
    thing = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": _("Choisissez ce que vous réservez.")}
    )
    purpose = forms.CharField(
        label=_("Pour quoi"),
        required=False,
        max_length=120,
        help_text=_(
            "« Évaluation en ligne », « Exposé »… Lu par tous les personnels : ne nommez aucun élève."
        ),
    )

    def __init__(
        self, things: Sequence[Thing], when: tuple[date, time, time], *args: Any, **kwargs: Any
    ) -> None:
        names = ("day", "starts_at", "ends_at")
        kwargs["initial"] = dict(zip(names, when, strict=True)) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.things = {thing.key: thing for thing in things}

    def clean_thing(self) -> Thing:
        found = self.things.get(self.cleaned_data["thing"])
        if found is None:
            raise forms.ValidationError(_("Cette salle ou ce matériel n’est pas de l’établissement."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("starts_at"), data.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error(None, _("La fin doit venir après le début."))
        return data

    def add_clashes(self, clashes: Iterable[Clash]) -> None:
        """Say who or what has it: the action looks, under its lock."""
        for clash in list(clashes)[:3]:
            self.add_error(None, clash.said)


class BookableForm(forms.Form):
    """A room, or equipment: what it is, for how many, what to know of it, and whether it may be booked."""

    name = forms.CharField(
        label=_("Nom"),
        max_length=40,
        help_text=_("« Chariot de tablettes A », « CDI », « Salle des conseils »…"),
        error_messages={"required": _("Donnez un nom : c’est lui qu’on cherche.")},
    )
    kind = forms.ChoiceField(label=_("Nature"), choices=Bookable.Kind.choices)
    places = forms.IntegerField(
        label=_("Places ou appareils"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("Combien d’élèves, de tablettes ou d’ordinateurs."),
    )
    note = forms.CharField(
        label=_("À savoir"),
        required=False,
        max_length=160,
        help_text=_("« Clé au secrétariat », « vidéoprojecteur »…"),
    )
    is_open = forms.BooleanField(label=_("À réserver"), required=False, initial=True)

    def __init__(
        self, *args: Any, bookable: Bookable | None = None, is_room: bool = False, **kwargs: Any
    ) -> None:
        if bookable:
            values = {name: getattr(bookable, name) for name in (*FIELDS, "name")}
            kwargs["initial"] = values | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if is_room:
            # Its name is that of the timetable, which finds it again by it.
            del self.fields["name"]
        if bookable or is_room:
            kinds = PLACES if is_room else EQUIPMENT
            self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def add_known(self) -> None:
        self.add_error("name", _("L’établissement a déjà une salle ou un matériel de ce nom."))
