"""What people type of a service, of its opening in a school, and to prove again that it is they."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preau.commons.signon import addresses
from preau.commons.signon.actions import Said, Settled
from preau.commons.signon.addresses import Place
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.words import ADMITTED, ATTRIBUTES, Icon, Shape
from preau.directory.models import Group
from preau.directory.viewer import Viewer

MOST_ADDRESSES = 10
FOR_WHOM = [
    (one.value, label)
    for one, label in zip(ADMITTED, (_("Élèves"), _("Familles"), _("Personnels")), strict=True)
]


class Day(forms.DateField):
    """A day, typed in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ServiceForm(forms.Form):
    """A service: what it is to people, where it lives, what leaves for it and why."""

    name = forms.CharField(label=_("Nom du service"), max_length=60)
    text = forms.CharField(
        label=_("À quoi il sert"),
        help_text=_("Une phrase que lisent les élèves et les familles."),
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    icon = forms.ChoiceField(label=_("Image"), choices=Icon.choices, initial=Icon.APPS)
    address = forms.CharField(
        label=_("Page d’accueil du service"),
        help_text=_("Elle s’ouvre depuis « Mes services »."),
        max_length=500,
    )
    places = forms.CharField(
        label=_("Adresses auxquelles Préau répond"),
        help_text=_(
            "Une par ligne, en https, avec l’hôte exact : https://moodle.exemple.fr/. Ce qui suit le chemin est accepté ; "
            "rien d’autre ne l’est."
        ),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    profiles = forms.MultipleChoiceField(
        label=_("Pour qui"),
        choices=FOR_WHOM,
        widget=forms.CheckboxSelectMultiple,
        initial=[one for one, _l in FOR_WHOM],
    )
    shape = forms.ChoiceField(
        label=_("Forme des réponses"),
        help_text=_("Le fournisseur du service le dit."),
        choices=Shape.choices,
        initial=Shape.PLAIN,
    )
    may_proxy = forms.BooleanField(
        label=_("Ce service interroge d’autres services au nom de la personne"),
        help_text=_("Rare. Le fournisseur parle alors de « proxy CAS »."),
        required=False,
    )
    opens_on = Day(label=_("Premier jour"), required=False)
    closes_on = Day(label=_("Dernier jour"), required=False)
    is_on = forms.BooleanField(
        label=_("Ce service est en service"),
        help_text=_("Sans cela, personne ne peut plus s’y connecter d’ici."),
        required=False,
        initial=True,
    )

    def __init__(self, service: Service | None, data: Any = None) -> None:
        super().__init__(data)
        for one in ATTRIBUTES.values():
            self.fields[f"why_{one.key}"] = forms.CharField(
                label=one.label,
                help_text=_("Par exemple : %(why)s") % {"why": one.why},
                max_length=160,
                required=False,
                initial=service.released.get(one.key, {}).get("why", "") if service else "",
            )
        if service:
            self.initial = {name: getattr(service, name) for name in FACTS}
            self.initial["places"] = "\n".join(f"{one.origin}{one.path}" for one in service.addresses.all())

    def whys(self) -> list[Any]:
        return [self[f"why_{key}"] for key in ATTRIBUTES]

    def clean_places(self) -> list[Place]:
        typed = [line.strip() for line in self.cleaned_data["places"].splitlines() if line.strip()]
        if len(typed) > MOST_ADDRESSES:
            raise ValidationError(_("Dix adresses au plus."))
        found = [self._read(line, whole=True) for line in typed]
        return list(dict.fromkeys(found))

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        self._read(typed)
        return typed

    def _read(self, typed: str, *, whole: bool = False) -> Place:
        try:
            return addresses.read(typed, whole=whole)
        except addresses.Refused:
            raise ValidationError(
                _(
                    "« %(typed)s » ne convient pas : une adresse commence par https://, avec un nom d’hôte complet, sans joker."
                ),
                params={"typed": typed[:80]},
            ) from None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        opens_on, closes_on = typed.get("opens_on"), typed.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("Le dernier jour vient avant le premier."))
        places, address = typed.get("places"), typed.get("address")
        if places and address:
            home = addresses.read(address)
            if not any(one.origin == home.origin and one.holds(home.path) for one in places):
                self.add_error(
                    "address", _("La page d’accueil doit être sous l’une des adresses ci-dessous.")
                )
        return typed

    def said(self) -> Said:
        typed = self.cleaned_data
        why = {key: typed[f"why_{key}"] for key in ATTRIBUTES if typed[f"why_{key}"]}
        return Said({name: typed[name] for name in FACTS}, why, typed["places"])


FACTS = (
    "name",
    "text",
    "icon",
    "address",
    "shape",
    "profiles",
    "may_proxy",
    "opens_on",
    "closes_on",
    "is_on",
)


class OpeningForm(forms.Form):
    """A service in a school: is it open, to whom, and what may leave?"""

    open = forms.BooleanField(label=_("Ce service est ouvert dans l’établissement"), required=False)

    def __init__(
        self,
        viewer: Viewer,
        service: Service,
        opening: Opening | None,
        levels: Sequence[str],
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self.fields["open"].initial = bool(opening and opening.is_on)
        if service.asks:
            self.fields["agreed"] = forms.MultipleChoiceField(
                label=_("Ce que vous acceptez de transmettre"),
                help_text=_(
                    "Ce que vous ne cochez pas ne part pas. Le service peut alors marcher moins bien."
                ),
                choices=[
                    (key, f"{ATTRIBUTES[key].label} – {service.released[key]['why']}") for key in service.asks
                ],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=opening.agreed if opening else [],
            )
        self.fields["profiles"] = forms.MultipleChoiceField(
            label=_("Pour qui"),
            choices=[one for one in FOR_WHOM if one[0] in service.profiles],
            widget=forms.CheckboxSelectMultiple,
            initial=opening.profiles if opening else service.profiles,
        )
        if levels:
            self.fields["levels"] = forms.MultipleChoiceField(
                label=_("Seulement ces niveaux"),
                help_text=_("Élèves et familles. Rien de coché : tous. Les personnels gardent le service."),
                choices=[(level, level) for level in levels],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=opening.levels if opening else [],
            )
        groups = (
            Group.objects.visible_to(viewer).filter(year=viewer.year, kind=Group.Kind.CLASS).order_by("name")
        )
        self.fields["classes"] = forms.MultipleChoiceField(
            label=_("Ou seulement ces classes"),
            choices=[(str(pk), name) for pk, name in groups.values_list("pk", "name")],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=[str(pk) for pk in opening.classes] if opening else [],
        )

    def settled(self) -> Settled:
        typed = self.cleaned_data
        classes = [int(pk) for pk in typed["classes"]]
        return Settled(
            typed["open"], typed.get("agreed", []), typed["profiles"], typed.get("levels", []), classes
        )


class PasswordForm(forms.Form):
    """One's password again, because a service asks for it."""

    password = forms.CharField(
        label=_("Votre mot de passe"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
