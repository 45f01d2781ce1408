"""What a person types to prepare an evening, to say wishes, to place a family, to open hours; each mistake in a sentence."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import Group, Person, Room
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions.keeping import EveningFacts, Place
from preau.domains.appointments.actions.wishing import Said
from preau.domains.appointments.models import Evening, Host, Meeting, Party
from preau.domains.appointments.models.evenings import CELL, MOST_SLOTS
from preau.domains.appointments.queries import around, functions
from preau.foundation.fields import Day, FewRows, SeveralRows

FLOORS = [(-1, gettext_lazy("Sous-sol")), (0, gettext_lazy("Rez-de-chaussée"))] + [
    (floor, gettext_lazy("1ᵉʳ étage") if floor == 1 else f"{floor}ᵉ étage") for floor in range(1, 6)
]
LENGTHS = [(minutes, f"{minutes} minutes") for minutes in (5, 10, 15, 20, 30)]
WALKS = [(minutes, f"{minutes} minutes") for minutes in (0, 5, 10, 15)]
# The last hour of the last day to answer.
CLOSES = time(18)
MOST_WISHES = 8
# Where an hour may be proposed.
FURTHEST, FIRST_HOUR, LAST_HOUR = timedelta(days=60), time(7), time(20)


class Hour(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")


def _hour(label: Any, **more: Any) -> Hour:
    return Hour(
        label=label,
        error_messages={
            "required": gettext_lazy("Donnez une heure."),
            "invalid": gettext_lazy("Écrivez une heure, comme 17:30."),
        },
        **more,
    )


class EveningForm(forms.Form):
    """A day, its hours, its classes, and how slots are given."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=120,
        error_messages={"required": gettext_lazy("Donnez un titre, en quelques mots.")},
    )
    groups = SeveralRows(
        Group.objects.none(),
        label=gettext_lazy("Classes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins une classe.")},
    )
    day = Day(
        label=gettext_lazy("Jour"),
        error_messages={
            "required": gettext_lazy("Donnez le jour."),
            "invalid": gettext_lazy("Écrivez un jour, comme 2026-12-15."),
        },
    )
    starts = _hour(gettext_lazy("Début"))
    ends = _hour(gettext_lazy("Fin"))
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Durée de chaque rendez-vous"), choices=LENGTHS, coerce=int
    )
    pause = _hour(
        gettext_lazy("Une pause à"), required=False, help_text=gettext_lazy("De la durée d’un rendez-vous.")
    )
    walk = forms.TypedChoiceField(label=gettext_lazy("Temps pour changer d’étage"), choices=WALKS, coerce=int)
    mode = forms.ChoiceField(
        label=gettext_lazy("Comment sont donnés les créneaux"),
        choices=Evening.Mode.choices,
        widget=forms.RadioSelect,
    )
    closes = Day(
        label=gettext_lazy("Réponse des familles jusqu’au"),
        help_text=gettext_lazy("À 18 h ce jour-là."),
        error_messages={"required": gettext_lazy("Donnez le dernier jour pour répondre.")},
    )

    def __init__(self, viewer: Viewer, *args: Any, evening: Evening | None = None, **kwargs: Any) -> None:
        initial = _said_of(evening) if evening else {"sent_as": secrets.token_hex(16)} | DEFAULTS
        super().__init__(*args, initial=initial, **kwargs)
        self.viewer, self.evening = viewer, evening
        classes = Group.objects.classes().filter(year=viewer.year).order_by("rank", "name")
        self.fields["groups"].queryset = classes  # type: ignore[attr-defined]
        if evening is not None and evening.is_out:
            for name in ("groups", "starts", "ends", "minutes", "pause", "walk", "mode"):
                del self.fields[name]

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day < self.viewer.today:
            raise forms.ValidationError(_("Ce jour est passé."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("starts", "ends", "pause"):
            if data.get(name) and data[name].minute % CELL:
                self.add_error(name, _("Choisissez un multiple de cinq minutes."))
        if data.get("starts") and data.get("ends"):
            self._check_hours(data)
        if data.get("closes") and data.get("day") and data["closes"] > data["day"]:
            self.add_error("closes", _("Les réponses se donnent au plus tard le jour de la rencontre."))
        elif data.get("closes") and self._opens_again(data["closes"]):
            self.add_error("closes", _("Ce jour est passé : laissez aux familles le temps de répondre."))
        return data

    def _opens_again(self, closes: Any) -> bool:
        """A last day that is past: once people were told, the one that was said stays as it is."""
        known = self.evening
        if known is not None and known.is_out and closes == _said_of(known)["closes"]:
            return False
        return self._closes_at(closes) <= timezone.now()

    def _check_hours(self, data: dict[str, Any]) -> None:
        starts, ends, pause = data["starts"], data["ends"], data.get("pause")
        minutes = int(data.get("minutes") or CELL)
        length = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
        if length < minutes:
            self.add_error("ends", _("La fin est avant le premier rendez-vous terminé."))
        elif length // minutes > MOST_SLOTS:
            self.add_error(
                "ends", _("C’est trop de créneaux : raccourcissez la soirée ou allongez les rendez-vous.")
            )
        if pause and not starts <= pause < ends:
            self.add_error("pause", _("La pause est pendant la rencontre."))

    def _closes_at(self, day: Any) -> datetime:
        assert self.viewer.school is not None  # noqa: S101
        return datetime.combine(day, CLOSES, ZoneInfo(self.viewer.school.timezone))

    def facts(self) -> EveningFacts:
        data = self.cleaned_data
        known = _said_of(self.evening) if self.evening else {}
        found = known | data
        return EveningFacts(
            found["title"],
            found["day"],
            found["starts"],
            found["ends"],
            found["minutes"],
            found["pause"],
            found["walk"],
            found["mode"],
            self.evening.closes_at
            if self.evening is not None and found["closes"] == known["closes"]
            else self._closes_at(found["closes"]),
            tuple(data.get("groups") or ()),
        )


DEFAULTS = {
    "title": gettext_lazy("Rencontre parents-professeurs"),
    "starts": time(17),
    "ends": time(20),
    "minutes": 10,
    "walk": 5,
    "mode": Evening.Mode.BOOKING,
}


def _said_of(evening: Evening) -> dict[str, Any]:
    pause = evening.moment(evening.pauses[0]).time() if evening.pauses else None
    return {
        "title": evening.title,
        "groups": list(evening.groups.values_list("pk", flat=True)),
        "day": evening.day,
        "starts": evening.starts,
        "ends": evening.ends,
        "minutes": evening.minutes,
        "pause": pause,
        "walk": evening.walk,
        "mode": evening.mode,
        "closes": evening.closes_at.astimezone(evening.zone).date(),
    }


class HostsForm(forms.Form):
    """Each teacher: there or not, which room, which floor."""

    def __init__(self, evening: Evening, hosts: Sequence[Host], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = hosts
        rooms = [("", _("À choisir"))] + [
            (str(room.pk), room.name)
            for room in Room.objects.filter(school=evening.school_id).order_by("name")
        ]
        for host in hosts:
            self.fields[f"present-{host.pk}"] = forms.BooleanField(
                label=_("Reçoit ce soir-là"), required=False, initial=not host.is_absent
            )
            self.fields[f"room-{host.pk}"] = forms.ChoiceField(
                label=_("Salle"), required=False, choices=rooms, initial=str(host.room_id or "")
            )
            self.fields[f"floor-{host.pk}"] = forms.TypedChoiceField(
                label=_("Étage"), choices=FLOORS, coerce=int, initial=host.floor
            )

    def rows(self) -> list[tuple[Host, Any, Any, Any]]:
        return [
            (host, self[f"present-{host.pk}"], self[f"room-{host.pk}"], self[f"floor-{host.pk}"])
            for host in self.hosts
        ]

    def places(self) -> Mapping[int, Place]:
        data = self.cleaned_data
        return {
            host.pk: Place(
                int(data[f"room-{host.pk}"]) if data[f"room-{host.pk}"] else None,
                data[f"floor-{host.pk}"],
                data[f"present-{host.pk}"],
            )
            for host in self.hosts
        }


class HalfForm(forms.Form):
    """The half of the evening of somebody who asked to cross nobody: a button of a page."""

    party = FewRows(Party.objects.none(), label=gettext_lazy("Famille"))
    half = forms.ChoiceField(
        label=gettext_lazy("Moitié"), choices=[("0", "0"), ("1", "1"), ("non", gettext_lazy("Plus à part"))]
    )

    def __init__(self, asked: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = asked  # type: ignore[attr-defined]


class HostForm(forms.Form):
    """Somebody of the staff who teaches none of these classes, and receives."""

    person = FewRows(
        Person.objects.none(),
        label=gettext_lazy("Qui reçoit"),
        empty_label=gettext_lazy("Choisir"),
        help_text=gettext_lazy("Chaque famille de la rencontre pourra demander à voir cette personne."),
        error_messages={"required": gettext_lazy("Choisissez une personne.")},
    )

    def __init__(self, evening: Evening, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        staff = around.staff_of(evening.school_id, evening.day)
        field.queryset = staff.exclude(pk__in=evening.hosts.order_by().values("person_id"))
        field.label_from_instance = lambda person: person.list_name


class HostHoursForm(forms.Form):
    """From when to when somebody receives."""

    arrives = forms.TypedChoiceField(label=gettext_lazy("Reçoit à partir de"), coerce=int)
    leaves = forms.TypedChoiceField(label=gettext_lazy("Jusqu’à"), coerce=int)

    def __init__(self, evening: Evening, host: Host, *args: Any, **kwargs: Any) -> None:
        there = [slot for slot in range(evening.slots) if slot not in host.away] or [0]
        kwargs["initial"] = {"arrives": there[0], "leaves": there[-1] + 1}
        super().__init__(*args, **kwargs)
        self.evening = evening
        hours = [(slot, evening.hour(slot)) for slot in range(evening.slots + 1)]
        self.fields["arrives"].choices = hours[:-1]  # type: ignore[attr-defined]
        self.fields["leaves"].choices = hours[1:]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        arrives, leaves = data.get("arrives"), data.get("leaves")
        if arrives is not None and leaves is not None and leaves <= arrives:
            self.add_error("leaves", _("Choisissez une heure après le début."))
        return data

    def away(self) -> list[int]:
        come = range(self.cleaned_data["arrives"], self.cleaned_data["leaves"])
        return [slot for slot in range(self.evening.slots) if slot not in come]


class WishesForm(forms.Form):
    """A family: in which order whom it wants to meet, when it comes and leaves, and with whom."""

    arrives = forms.TypedChoiceField(label=gettext_lazy("Nous arrivons à"), coerce=int)
    leaves = forms.TypedChoiceField(label=gettext_lazy("Nous partons à"), coerce=int)
    together = forms.BooleanField(label=gettext_lazy("Nous viendrons à deux"), required=False)
    apart = forms.BooleanField(
        label=gettext_lazy("Je souhaite ne pas croiser l’autre responsable"),
        required=False,
        help_text=gettext_lazy("Seul l’établissement le saura."),
    )

    def __init__(
        self, evening: Evening, wanted: Sequence[tuple[int, int, str]], *args: Any, **kwargs: Any
    ) -> None:
        """`wanted`: who may be met, about which child, in which words."""
        super().__init__(*args, **kwargs)
        self.evening, self.wanted = evening, wanted
        hours = [(slot, evening.hour(slot)) for slot in range(evening.slots + 1)]
        self.fields["arrives"].choices = hours[:-1]  # type: ignore[attr-defined]
        self.fields["leaves"].choices = hours[1:]  # type: ignore[attr-defined]
        most = min(MOST_WISHES, len(wanted))
        ranks = [("", _("Non"))] + [
            (str(rank), _("1ᵉʳ choix") if rank == 1 else _("%(rank)sᵉ choix") % {"rank": rank})
            for rank in range(1, most + 1)
        ]
        for host, _child, label in wanted:
            self.fields[f"wish-{host}"] = forms.ChoiceField(label=label, required=False, choices=ranks)

    def wishes(self) -> list[Any]:
        return [self[f"wish-{host}"] for host, _child, _label in self.wanted]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        arrives, leaves = data.get("arrives"), data.get("leaves")
        if arrives is not None and leaves is not None and leaves <= arrives:
            self.add_error("leaves", _("Choisissez une heure après celle de votre arrivée."))
        ranks = [rank for name, rank in data.items() if name.startswith("wish-") and rank]
        if len(ranks) != len(set(ranks)):
            self.add_error(None, _("Deux professeurs ont le même rang : donnez à chacun le sien."))
        return data

    def said(self) -> Said:
        data = self.cleaned_data
        chosen = [
            (int(data[f"wish-{host}"]), host, child)
            for host, child, _l in self.wanted
            if data[f"wish-{host}"]
        ]
        come = range(data["arrives"], data["leaves"])
        return Said(
            [(host, child) for _rank, host, child in sorted(chosen)],
            [slot for slot in range(self.evening.slots) if slot not in come],
            data["apart"],
            data["together"],
        )


class PlaceForm(forms.Form):
    """The school places a family in a slot of somebody: who called, or came with a paper."""

    family = forms.ChoiceField(
        label=gettext_lazy("Famille"), error_messages={"required": gettext_lazy("Choisissez la famille.")}
    )
    slot = forms.TypedChoiceField(label=gettext_lazy("Heure"), coerce=int)
    way = forms.ChoiceField(label=gettext_lazy("Comment"), choices=Meeting.Way.choices[:2], required=False)

    def __init__(
        self, families: Sequence[tuple[str, str]], slots: Sequence[tuple[int, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family"].choices = [("", _("Choisir")), *families]  # type: ignore[attr-defined]
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]

    def chosen(self) -> tuple[int, int]:
        """The guardian and the pupil."""
        guardian, pupil = self.cleaned_data["family"].split("-")
        return int(guardian), int(pupil)


class SlotForm(forms.Form):
    """One slot, by its number: a button of a page."""

    slot = forms.IntegerField(min_value=0, max_value=MOST_SLOTS - 1)
    child = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class NoteForm(forms.Form):
    """A note to oneself, of a meeting."""

    text = forms.CharField(
        label=gettext_lazy("Note pour vous"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Personne d’autre ne la lit. Elle s’efface avec le rendez-vous."),
    )


class LateForm(forms.Form):
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Retard"),
        coerce=int,
        choices=[(m, f"{m} minutes") for m in (0, 5, 10, 15, 20, 30)],
    )


class HoursForm(forms.Form):
    """Hours that somebody opens for appointments."""

    day = Day(label=gettext_lazy("Jour"), error_messages={"required": gettext_lazy("Donnez le jour.")})
    starts = _hour(gettext_lazy("De"))
    ends = _hour(gettext_lazy("À"))
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Durée de chaque rendez-vous"), choices=LENGTHS[1:], coerce=int, initial=20
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Comment"), choices=Meeting.Way.choices, widget=forms.RadioSelect
    )
    place = forms.CharField(
        label=gettext_lazy("Lieu, ou lien"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("La salle ; ou l’adresse de la visioconférence."),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"way": Meeting.Way.HERE, "minutes": 20}, **kwargs)
        self.viewer = viewer

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        for name in ("starts", "ends"):
            if data.get(name) and data[name].minute % CELL:
                self.add_error(name, _("Choisissez un multiple de cinq minutes."))
        if starts and ends:
            length = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
            if length < int(data.get("minutes") or CELL):
                self.add_error("ends", _("La fin est avant le premier rendez-vous terminé."))
        if data.get("day") and data["day"] < self.viewer.today:
            self.add_error("day", _("Ce jour est passé."))
        if data.get("way") == Meeting.Way.VIDEO and not str(data.get("place", "")).startswith("https://"):
            self.add_error("place", _("Donnez l’adresse de la visioconférence, qui commence par https://."))
        return data


def _whom(viewer: Viewer) -> list[Any]:
    """« Mme Haddad, CPE »: nobody is chosen beforehand; under the name of each school where there are several."""
    schools = {place.school.pk: place.school.name for place in viewer.places}
    of_school: dict[int, list[tuple[int, str]]] = {pk: [] for pk in schools}
    for one in functions.asked_of(viewer):
        of_school.setdefault(one.school, []).append((one.person.pk, f"{one.person.formal_name}, {one.said}"))
    choices = [(schools.get(pk, ""), people) for pk, people in of_school.items() if people]
    first = ("", _("Choisir…"))
    return (
        [first, *choices]
        if len(choices) > 1
        else [first, *(one for _name, people in choices for one in people)]
    )


class AskForm(forms.Form):
    """« Rappelez-moi »: whom, about which child, what about."""

    host = forms.TypedChoiceField(
        label=gettext_lazy("Avec"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choisissez avec qui.")},
    )
    pupil = FewRows(Person.objects.none(), label=gettext_lazy("Pour"), empty_label=None)
    reason = forms.CharField(
        label=gettext_lazy("À quel sujet"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Dites en quelques mots de quoi il s’agit.")},
    )
    phone = forms.CharField(label=gettext_lazy("Numéro où vous rappeler"), max_length=30, required=False)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].choices = _whom(viewer)  # type: ignore[attr-defined]
        self.fields["pupil"].queryset = Person.objects.filter(  # type: ignore[attr-defined]
            pk__in=viewer.own_pupils()
        ).order_by("given_name", "pk")
        self.fields["pupil"].label_from_instance = lambda person: person.given_name  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """A colleague who is to be there too."""

    person = FewRows(
        Person.objects.none(),
        label=gettext_lazy("Collègue"),
        empty_label=gettext_lazy("Choisir"),
        error_messages={"required": gettext_lazy("Choisissez un collègue.")},
    )

    def __init__(self, meeting: Meeting, day: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = around.staff_of(meeting.school_id, day)
        field: Any = self.fields["person"]
        field.queryset = staff.exclude(pk__in=[meeting.host_id, meeting.guardian_id])
        field.label_from_instance = lambda person: person.list_name


class RoomForm(forms.Form):
    """A room that is free at the hour of an appointment."""

    room = forms.TypedChoiceField(
        label=gettext_lazy("Salle"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Celles qui sont libres à cette heure."),
    )

    def __init__(self, free: Mapping[int, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Aucune salle")), *((str(pk), called) for pk, called in free.items())]
        self.fields["room"].choices = choices  # type: ignore[attr-defined]


class ProposeForm(forms.Form):
    """An hour for an appointment."""

    day = Day(label=gettext_lazy("Jour"), error_messages={"required": gettext_lazy("Donnez le jour.")})
    starts = _hour(gettext_lazy("Heure"))
    minutes = forms.TypedChoiceField(label=gettext_lazy("Durée"), choices=LENGTHS[1:], coerce=int, initial=20)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > timezone.localdate() + FURTHEST:
            raise forms.ValidationError(_("Choisissez un jour des soixante qui viennent."))
        return day

    def clean_starts(self) -> time:
        starts: time = self.cleaned_data["starts"]
        if not FIRST_HOUR <= starts <= LAST_HOUR:
            raise forms.ValidationError(_("Choisissez une heure entre 7 h et 20 h."))
        if starts.minute % CELL:
            raise forms.ValidationError(_("Choisissez un multiple de cinq minutes."))
        return starts
