"""What people type of a service, of its opening in a school, and to prove again that it is they."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.signon import addresses
from preau.commons.signon.actions.register import ServiceDescription, Settled
from preau.commons.signon.addresses import Place
from preau.commons.signon.fields import Lines, read_address
from preau.commons.signon.models import Client, Opening, Service
from preau.commons.signon.samlfields import SamlFields, with_file
from preau.commons.signon.words import ADMITTED, ATTRIBUTES, Icon, Protocol, Shape
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.directory.words import level_said
from preau.foundation.fields import Day

FOR_WHOM = [
    (one.value, label)
    for one, label in zip(ADMITTED, (_("Élèves"), _("Familles"), _("Personnels")), strict=True)
]


class ServiceForm(SamlFields):
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
        help_text=_("Elle s’ouvre depuis « Applications »."),
        max_length=500,
    )
    protocol = forms.ChoiceField(
        label=_("Comment il se connecte"),
        help_text=_("Le fournisseur du service le dit."),
        choices=Protocol.choices,
        initial=Protocol.CAS,
    )
    places = Lines(
        label=_("Adresses auxquelles Préau répond"),
        help_text=_(
            "Une par ligne, en https, avec l’hôte exact : https://moodle.exemple.fr/. Ce qui suit le chemin est accepté ; "
            "rien d’autre ne l’est."
        ),
    )
    redirects = Lines(
        label=_("Adresses de retour"),
        help_text=_(
            "Une par ligne, en https, écrites exactement comme le fournisseur les donne. Préau ne répond à aucune autre."
        ),
    )
    after_logout = Lines(
        label=_("Adresses de retour après une déconnexion"),
        help_text=_("Une par ligne, exactes elles aussi. Rien d’écrit : la personne reste sur Préau."),
    )
    back_channel = forms.CharField(
        label=_("Adresse à prévenir quand quelqu’un se déconnecte de Préau"),
        help_text=_(
            "Le fournisseur parle de « back-channel logout ». Sans elle, le service garde sa propre session."
        ),
        max_length=500,
        required=False,
    )
    is_public = forms.BooleanField(
        label=_("Ce service ne peut pas garder de secret"),
        help_text=_(
            "C’est une application dans un navigateur ou sur un téléphone. Elle se connecte alors sans secret."
        ),
        required=False,
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
    asks_consent = forms.BooleanField(
        label=_("Ce service est facultatif : il demande l’accord des élèves et des responsables"),
        help_text=_(
            "Sans cela, il relève de la mission de l’établissement, et n’en demande pas. Avec, aucun élève n’y va tant que "
            "l’accord n’est pas demandé et donné (« Autorisations »)."
        ),
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

    def __init__(self, service: Service | None, data: Any = None, files: Any = None) -> None:
        super().__init__(*with_file(data, files))
        for attribute in ATTRIBUTES.values():
            self.fields[f"why_{attribute.key}"] = forms.CharField(
                label=attribute.label,
                help_text=_("Par exemple : %(why)s") % {"why": attribute.why},
                max_length=160,
                required=False,
                initial=service.released.get(attribute.key, {}).get("why", "") if service else "",
            )
        if service:
            self.initial = {name: getattr(service, name) for name in FACTS}
            self.initial["places"] = "\n".join(
                f"{address.origin}{address.path}" for address in service.addresses.all()
            )
        client = Client.objects.filter(service=service).first() if service else None
        if client:
            self.initial |= {name: getattr(client, name) for name in CLIENT}
            self.initial |= {name: "\n".join(getattr(client, name)) for name in ("redirects", "after_logout")}
        self.show_party(service)

    def whys(self) -> list[Any]:
        return [self[f"why_{key}"] for key in ATTRIBUTES]

    def clean_places(self) -> list[Place]:
        found = [read_address(line, whole=True) for line in self.cleaned_data["places"]]
        return list(dict.fromkeys(found))

    def clean_redirects(self) -> list[str]:
        return self._exact("redirects")

    def clean_after_logout(self) -> list[str]:
        return self._exact("after_logout")

    def _exact(self, name: str) -> list[str]:
        lines: list[str] = self.cleaned_data[name]
        for line in lines:
            read_address(line)
        return lines

    def clean_back_channel(self) -> str:
        typed: str = self.cleaned_data["back_channel"].strip()
        if typed:
            read_address(typed)
        return typed

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        read_address(typed)
        return typed

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        opens_on, closes_on = typed.get("opens_on"), typed.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("Le dernier jour vient avant le premier."))
        self._check_protocol(typed)
        return typed

    def _check_protocol(self, typed: dict[str, Any]) -> None:
        """Each protocol has addresses of its own, at least one; what is typed for the others is not kept. Those of LTI have a
        page of their own (`boards.protocol_pages`)."""
        if typed.get("protocol") == Protocol.SAML:
            self.check_party(typed)
        if typed.get("protocol") in {Protocol.SAML, Protocol.LTI}:
            return
        needed = "redirects" if typed.get("protocol") == Protocol.OIDC else "places"
        if needed not in self.errors and not typed.get(needed):
            self.add_error(needed, self.fields[needed].error_messages["required"])
        places, address = typed.get("places"), typed.get("address")
        if needed == "places" and places and address:
            home = addresses.read(address)
            if not any(place.origin == home.origin and place.holds(home.path) for place in places):
                self.add_error(
                    "address", _("La page d’accueil doit être sous l’une des adresses ci-dessous.")
                )

    def said(self) -> ServiceDescription:
        typed = self.cleaned_data
        why = {key: typed[f"why_{key}"] for key in ATTRIBUTES if typed[f"why_{key}"]}
        facts = {name: typed[name] for name in FACTS}
        if typed["protocol"] == Protocol.LTI:
            return ServiceDescription(facts | {"may_proxy": False}, why, [])
        if typed["protocol"] == Protocol.CAS:
            return ServiceDescription(facts, why, typed["places"])
        if typed["protocol"] == Protocol.SAML:
            return ServiceDescription(facts | {"may_proxy": False}, why, [], party=self.party)
        return ServiceDescription(
            facts | {"may_proxy": False}, why, [], {name: typed[name] for name in CLIENT}
        )


FACTS = (
    "name",
    "text",
    "icon",
    "address",
    "protocol",
    "shape",
    "profiles",
    "may_proxy",
    "asks_consent",
    "opens_on",
    "closes_on",
    "is_on",
)


CLIENT = ("is_public", "redirects", "after_logout", "back_channel")


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
            self._ask_agreement(service, opening)
        self.fields["profiles"] = forms.MultipleChoiceField(
            label=_("Pour qui"),
            choices=[one for one in FOR_WHOM if one[0] in service.profiles],
            widget=forms.CheckboxSelectMultiple,
            initial=opening.profiles if opening else service.profiles,
        )
        if levels:
            self._ask_levels(opening, levels)
        groups = (
            Group.objects.visible_to(viewer)
            .filter(year=viewer.year, kind=Group.Kind.CLASS)
            .order_by("rank", "name")
        )
        self.fields["classes"] = forms.MultipleChoiceField(
            label=_("Ou seulement ces classes"),
            choices=[(str(pk), name) for pk, name in groups.values_list("pk", "name")],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=[str(pk) for pk in opening.classes] if opening else [],
        )

    def _ask_agreement(self, service: Service, opening: Opening | None) -> None:
        choices = [(key, f"{ATTRIBUTES[key].label} – {service.released[key]['why']}") for key in service.asks]
        self.fields["agreed"] = forms.MultipleChoiceField(
            label=_("Ce que vous acceptez de transmettre"),
            help_text=_("Ce que vous ne cochez pas ne part pas. Le service peut alors marcher moins bien."),
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=opening.agreed if opening else [],
        )

    def _ask_levels(self, opening: Opening | None, levels: Sequence[str]) -> None:
        self.fields["levels"] = forms.MultipleChoiceField(
            label=_("Seulement ces niveaux"),
            help_text=_("Élèves et familles. Rien de coché : tous. Les personnels gardent le service."),
            choices=[(level, level_said(level)) for level in levels],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=opening.levels if opening else [],
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
