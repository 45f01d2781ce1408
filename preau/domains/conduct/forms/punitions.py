"""Giving a punition, opening a slot, placing a detention, calling its roll."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person, Room
from preau.directory.viewer import Viewer
from preau.domains.conduct.actions.punitions import Opening, PunitionFacts
from preau.domains.conduct.forms.incidents import OnePerson, SentOnce, several
from preau.domains.conduct.models import Detention, Incident, Punition, Slot
from preau.domains.conduct.queries import incidents, punitions
from preau.foundation.fields import Day, Filter, OneRow
from preau.foundation.text import filled

State = Detention.State


class SlotChoice(OneRow):
    """Slots, each said with its places and the lesson that it falls upon."""

    def show(self, rows: Iterable[punitions.SlotRow]) -> None:
        """Say these: a label that read each slot would be a query a line."""
        self.choices = [
            (self.prepare_value(None), self.empty_label or ""),
            *((row.pk, said_of(row)) for row in rows),
        ]


def said_of(row: punitions.SlotRow) -> str:
    left = _("complet") if not row.left else _("%(count)s places libres") % {"count": row.left}
    clash = filled(_("pendant le cours de %(name)s"), name=row.clash) if row.clash else ""
    return " · ".join(filter(None, [row.when, row.place, str(left), str(clash)]))


class GiveForm(SentOnce):
    """What is asked of one pupil or several, in words that each family reads."""

    pupils = several(_("Élèves"))
    kind = forms.ChoiceField(
        label=_("Nature"),
        choices=[("", _("Choisir…")), *Punition.Kind.choices],
        error_messages={"required": _("Choisissez la nature de la punition.")},
    )
    why = forms.CharField(
        label=_("Raison"),
        help_text=_("Lue par l’élève et sa famille : le fait, sans nommer un autre élève."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Dites à la famille pourquoi.")},
    )
    work = forms.CharField(
        label=_("Travail à faire"),
        help_text=_("En lien avec le fait ou avec le cours."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    due = Day(label=_("Pour le"), required=False)
    slot = SlotChoice(
        Slot.objects.none(),
        label=_("Créneau de retenue"),
        required=False,
        empty_label=_("À placer plus tard"),
        help_text=_("Pour une retenue seulement."),
    )

    def __init__(
        self,
        viewer: Viewer,
        group: Group | None,
        incident: Incident | None,
        *args: Any,
        kept: Iterable[Person] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.incident = viewer, incident
        kept = list(kept)
        pupils: Any = self.fields["pupils"]
        pupils.queryset = incidents.pupils_of(viewer, group) | Person.objects.filter(
            pk__in=[one.pk for one in kept]
        )
        pupils.choices = incidents.choices_of(viewer, group, kept)
        slot: Any = self.fields["slot"]
        now = timezone.now()
        slot.queryset = punitions.open_slots(viewer, now)
        slot.show(punitions.slots_for(viewer, None, now))

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due and due < self.viewer.today:
            raise forms.ValidationError(_("Ce jour est passé."))
        return due

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("pupils") and "pupils" not in self.errors:
            self.add_error("pupils", _("Choisissez au moins un élève."))
        if data.get("kind") == Punition.Kind.WORK and not data.get("work") and "work" not in self.errors:
            self.add_error("work", _("Dites quel travail est demandé."))
        return data

    def given(self) -> PunitionFacts:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        return PunitionFacts(
            data["kind"], self.viewer.today, data["why"], data["work"], data["due"], self.incident
        )


class CancelForm(forms.Form):
    """Why a punition is taken back, in words that the family reads."""

    why = forms.CharField(
        label=_("Raison de l’annulation"),
        help_text=_("Lue par l’élève et sa famille."),
        max_length=300,
        error_messages={"required": _("Dites pourquoi la punition est annulée.")},
    )


class PlaceForm(forms.Form):
    """A slot for one pupil, whose lessons are looked at."""

    slot = SlotChoice(
        Slot.objects.none(),
        label=_("Créneau"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choisissez un créneau.")},
    )

    def __init__(self, viewer: Viewer, punition: Punition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        self.rows = punitions.slots_for(viewer, punition.pupil_id, now)
        slot: Any = self.fields["slot"]
        slot.queryset = punitions.open_slots(viewer, now)
        slot.choices = [(row.pk, said_of(row)) for row in self.rows]


class SlotForm(forms.Form):
    """When and where detentions are held."""

    day = Day(label=_("Jour"))
    starts_at = forms.TimeField(
        label=_("Début"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends_at = forms.TimeField(label=_("Fin"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    room = OneRow(Room.objects.none(), label=_("Salle"), required=False, empty_label=_("Sans salle"))
    supervisor = OnePerson(
        Person.objects.none(), label=_("Surveillance"), required=False, empty_label=_("À décider")
    )
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=60, initial=12)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["room"].queryset = Room.objects.filter(school_id=viewer.school_id)  # type: ignore[attr-defined]
        self.fields["supervisor"].queryset = incidents.staff_of(viewer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("La fin doit venir après le début."))
        elif self.opening().ends <= timezone.now():
            self.add_error("day", _("Ce créneau est déjà passé."))
        return data

    def opening(self) -> Opening:
        """The clean values, on the school's wall clock."""
        data = self.cleaned_data
        zone = ZoneInfo(self.viewer.school.timezone) if self.viewer.school else None
        starts, ends = (datetime.combine(data["day"], data[name], zone) for name in ("starts_at", "ends_at"))
        return Opening(data["day"], starts, ends, data["places"], data["room"], data["supervisor"])


class SlotRoll:
    """The roll of a slot: a state for each pupil, and what the page had shown; like that of a lesson, it is no Django form."""

    STATES = [State.EXPECTED, State.DONE, State.ABSENT, State.EXCUSED]

    def __init__(self, rows: list[punitions.Expected], data: Mapping[str, Any] | None = None) -> None:
        self.rows, data = rows, data or {}
        self.marks = {
            row.pk: (data.get(f"presence-{row.pk}", row.state), data.get(f"connu-{row.pk}", row.state))
            for row in rows
        }

    def is_valid(self) -> bool:
        return all(state in self.STATES for state, _seen in self.marks.values())

    def lines(self) -> list[tuple[punitions.Expected, str]]:
        """Each pupil with what is chosen for them."""
        return [(row, self.marks[row.pk][0]) for row in self.rows]


class PunitionFilter(Filter):
    """The filters of the list. A wrong value is ignored, never an error page."""

    STATES = [("", _("Toutes")), ("a_placer", _("Retenues à placer")), *Punition.State.choices]
    nom = forms.CharField(label=_("Nom de l’élève"), required=False, max_length=80)
    nature = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("Toutes")), *Punition.Kind.choices]
    )
    etat = forms.ChoiceField(label=_("État"), required=False, choices=STATES)
