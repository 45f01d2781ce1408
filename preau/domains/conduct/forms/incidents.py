"""Reporting an incident, correcting it, and the sentence that a family reads."""

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person
from preau.directory.queries.work_groups import bundles_among
from preau.directory.viewer import Viewer
from preau.domains.conduct.actions.incidents import Facts
from preau.domains.conduct.models import Incident, Involvement
from preau.domains.conduct.queries import incidents as queries
from preau.foundation import text
from preau.foundation.fields import Bundles, Day, Filter, OneRow, SeveralRows

Part = Involvement.Part


class PersonChoice(SeveralRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


class OnePerson(OneRow):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def several(label: Any, **options: Any) -> PersonChoice:
    return PersonChoice(
        Person.objects.none(), label=label, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


def number_of_form() -> str:
    """What makes of a form sent twice the same form."""
    return secrets.token_hex(16)


class SentOnce(forms.Form):
    """A form that carries its own number, so that a double click does its gesture once."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"sent_as": number_of_form()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class ReportForm(SentOnce):
    """What was seen, where and when; who is concerned, among a class. Correcting it is the same form, with its revision."""

    PARTS = {"concerned": Part.CONCERNED, "harmed": Part.HARMED, "witness": Part.WITNESS}

    sets = Bundles(
        label=_("Mes groupes de travail"),
        required=False,
        help_text=_(
            "Leurs élèves s’ajoutent à ceux concernés par les faits, sauf ceux à qui vous donnez une autre part."
        ),
    )
    concerned = several(_("Élèves concernés par les faits"))
    kind = forms.ChoiceField(
        label=_("Nature"),
        choices=[("", _("Choisir…")), *Incident.Kind.choices],
        error_messages={"required": _("Choisissez la nature de l’incident.")},
    )
    place = forms.ChoiceField(label=_("Lieu"), choices=Incident.Place.choices)
    day = Day(label=_("Jour"))
    hour = forms.TimeField(
        label=_("Heure"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    facts = forms.CharField(
        label=_("Ce que vous avez vu ou entendu"),
        help_text=_(
            "Des faits, sans jugement sur l’élève. Lu par vous, la vie scolaire et la direction seulement."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Dites en une phrase ce qui s’est passé.")},
    )
    harmed = several(_("Élèves qui ont subi les faits"))
    witness = several(_("Témoins"))
    adult = OnePerson(
        Person.objects.none(), label=_("Adulte présent"), required=False, empty_label=_("Aucun autre")
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, viewer: Viewer, group: Group | None, *args: Any, kept: Iterable[Person] = (), **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"day": viewer.today, "place": Incident.Place.CLASSROOM} | (
            kwargs.get("initial") or {}
        )
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        kept = list(kept)
        kept_ids = [person.pk for person in kept]
        pupils = queries.pupils_of(viewer, group) | Person.objects.filter(pk__in=kept_ids)
        found = queries.choices_of(viewer, group, kept)
        for name in self.PARTS:
            field: Any = self.fields[name]
            field.queryset = pupils
            # Read once: each of the three would ask for the same rows.
            field.choices = found
        self.reached = queries.pupils_here(viewer)
        sets: Any = self.fields["sets"]
        if not sets.offer(bundles_among(viewer, self.reached)):
            del self.fields["sets"]
        self.fields["adult"].queryset = queries.staff_of(viewer) | Person.objects.filter(pk__in=kept_ids)  # type: ignore[attr-defined]

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > self.viewer.today:
            raise forms.ValidationError(_("Ce jour n’est pas encore venu."))
        year = self.viewer.year
        if year and day < year.starts:
            raise forms.ValidationError(_("Choisissez un jour de cette année scolaire."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if Bundles.are_gone(self, "sets"):
            self.add_error("concerned", _("Le groupe coché n’existe plus : cochez les élèves."))
        if data.get("sets") and "concerned" in data:
            data["concerned"] = self._with_sets(data)
        chosen = [one.pk for name in self.PARTS for one in data.get(name) or ()]
        if len(chosen) != len(set(chosen)):
            self.add_error(
                "concerned", _("Un élève est choisi deux fois : gardez une seule part pour chacun.")
            )
        elif not chosen and not self.errors:
            self.add_error("concerned", _("Choisissez au moins un élève."))
        return data

    def _with_sets(self, data: dict[str, Any]) -> Any:
        """Those ticked, and those of the ticked groups who have no other part: inside a group, nobody is unticked."""
        sets: Any = self.fields["sets"]
        field: Any = self.fields["concerned"]
        named = {one.pk for one in data["concerned"]}
        elsewhere = {one.pk for name in ("harmed", "witness") for one in data.get(name) or ()} - named
        joined = sets.joined(data["sets"], data["concerned"], field.queryset | self.reached)
        return joined.exclude(pk__in=elsewhere)

    def told(self) -> Facts:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        parts = {one.pk: str(part.value) for name, part in self.PARTS.items() for one in data[name]}
        if data["adult"]:
            parts.setdefault(data["adult"].pk, Part.WITNESS.value)
        return Facts(data["day"], data["hour"], data["place"], data["kind"], data["facts"], parts)


class FamilyForm(forms.Form):
    """What one family reads. It names no other person of the incident: the form refuses to send their names."""

    sentence = forms.CharField(
        label=_("Ce que la famille lit"),
        help_text=_("Une ou deux phrases sur cet élève, sans nommer ni décrire un autre élève."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Écrivez ce que la famille doit lire.")},
    )

    def __init__(self, others: Iterable[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = list(others)

    def clean_sentence(self) -> str:
        sentence: str = self.cleaned_data["sentence"]
        named = names_in(sentence, self.others)
        if named:
            message = _("Cette phrase nomme %(name)s : la famille ne doit pas lire qui d’autre était là.")
            raise forms.ValidationError(message, params={"name": named})
        return sentence


def names_in(sentence: str, people: Iterable[Person]) -> str:
    """The first of these people whom a sentence names, by the first name or the family name; else nothing."""
    words = set(text.fold(sentence).translate(str.maketrans('.,;:!?()«»"', " " * 11)).split())
    for person in people:
        for name in (person.given_name, person.family_name):
            own = text.fold(name).split()
            if own and set(own) <= words:
                return name
    return ""


class SettleForm(forms.Form):
    """What was made of an incident, for the staff who may read it."""

    note = forms.CharField(
        label=_("Suite donnée"),
        help_text=_("Lue par la personne qui a signalé, la vie scolaire et la direction."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites en quelques mots ce qui a été fait.")},
    )


class IncidentFilter(Filter):
    """The filters of the list. A wrong value is ignored, never an error page."""

    nom = forms.CharField(label=_("Nom de l’élève"), required=False, max_length=80)
    du = Day(label=_("Du"), required=False)
    au = Day(label=_("Au"), required=False)
    nature = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("Toutes")), *Incident.Kind.choices]
    )
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Tous")), *Incident.State.choices]
    )
