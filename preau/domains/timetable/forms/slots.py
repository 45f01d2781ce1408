"""What a person types of a slot of the day."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Holding, Person, Room
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF
from preau.domains.timetable.forms.weekly import PersonChoice
from preau.domains.timetable.models import DaySlot, Weekday
from preau.domains.timetable.queries.clashes import Clash
from preau.foundation import dates
from preau.foundation.fields import OneRow, SeveralRows

Kind = DaySlot.Kind
FIELDS = ("kind", "name", "weekdays", "starts_at", "ends_at", "room", "places")


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class SlotForm(forms.Form):
    """A service of the canteen, for some classes; or an hour of study, with its room and whoever watches over it."""

    kind = forms.ChoiceField(label=_("Nature"), choices=Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Nom"),
        max_length=60,
        help_text=_("« 1er service », « Permanence »…"),
        error_messages={"required": _("Donnez un nom : c’est lui que les élèves lisent.")},
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Jours"),
        coerce=int,
        choices=[(value, dates.capital(str(label))) for value, label in Weekday.choices[:6]],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins un jour.")},
    )
    starts_at = _hour(_("Début"))
    ends_at = _hour(_("Fin"))
    room = OneRow(Room.objects.none(), label=_("Salle"), required=False, empty_label=_("Aucune"))
    places = forms.IntegerField(label=_("Places"), required=False, min_value=1, max_value=999)
    groups = SeveralRows(
        Group.objects.none(),
        label=_("Classes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pour la cantine : les classes qui mangent à ce service."),
    )
    watchers = PersonChoice(
        Person.objects.none(), label=_("Surveillance"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, viewer: Viewer, *args: Any, slot: DaySlot | None = None, **kwargs: Any) -> None:
        values: dict[str, Any] = {"kind": Kind.STUDY, "weekdays": [0, 1, 3, 4]}
        if slot:
            values = {name: getattr(slot, name) for name in FIELDS}
            values |= {"groups": slot.groups.all(), "watchers": slot.watchers.all()}
        kwargs["initial"] = values | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["room"].queryset = Room.objects.visible_to(viewer).order_by("name")
        fields["groups"].queryset = Group.objects.classes().filter(year=viewer.year).order_by("rank", "name")
        held = Holding.objects.active(viewer.today).filter(school=viewer.school_id, role__in=STAFF)
        people = Person.objects.filter(pk__in=held.values("person_id"))
        if slot:
            people |= Person.objects.filter(pk__in=slot.watchers.values("pk"))
        fields["watchers"].queryset = people.order_by("search_name", "pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("starts_at"), data.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("La fin doit venir après le début."))
        if data.get("kind") == Kind.CANTEEN and not data.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choisissez les classes de ce service."))
        if data.get("kind") == Kind.STUDY:
            data["groups"] = []
        return data

    def add_clashes(self, clashes: Iterable[Clash]) -> None:
        """Say who or what is taken: the action looks, under its lock."""
        for clash in list(clashes)[:5]:
            self.add_error(None, clash.said)
