"""What those who settle providers type."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preau.commons.federation.asking import is_place
from preau.commons.federation.models import Provider
from preau.commons.federation.words import Audience, Icon, Key, Protocol
from preau.directory.models import Territory
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day

OIDC_FACTS = ("issuer", "client_id", "scopes", "acr", "strong")
FACTS = (
    "name",
    "protocol",
    "audience",
    "icon",
    "order",
    "is_on",
    "opens_on",
    "closes_on",
    "authority",
    "domains",
    *OIDC_FACTS,
)
# The attribute that carries each key is typed beside it; several, separated by spaces.
USUAL = {
    Key.VECTOR: "FrEduVecteur",
    Key.REFERENCE: "FrEduCtRefId",
    Key.JOINTURE: "ENTPersonJointure",
    Key.EMAIL: "email",
}
LONGEST_LIST = 20


class Words(forms.CharField):
    """A few words on one line: a list of them."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value).split()

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > LONGEST_LIST:
            raise ValidationError(_("C’est trop long."))

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit a list."""


def words(label: Any, hint: Any = "") -> Words:
    return Words(label=label, help_text=hint, required=False)


class ProviderForm(forms.Form):
    """A provider: what people read of it, whom it knows, how it speaks, what leads to people."""

    name = forms.CharField(
        label=_("Nom"), help_text=_("Celui que les gens connaissent : EduConnect."), max_length=60
    )
    audience = forms.ChoiceField(label=_("Pour qui"), choices=Audience.choices, initial=Audience.EVERYBODY)
    icon = forms.ChoiceField(label=_("Image"), choices=Icon.choices, initial=Icon.SCHOOL)
    order = forms.IntegerField(
        label=_("Rang sur la page de connexion"),
        help_text=_("Le plus petit vient d’abord."),
        min_value=0,
        max_value=999,
        initial=50,
    )
    is_on = forms.BooleanField(
        label=_("Ouvert"), help_text=_("Son bouton est sur la page de connexion."), required=False
    )
    opens_on = Day(label=_("Premier jour"), required=False)
    closes_on = Day(label=_("Dernier jour"), required=False)
    territory = forms.ModelChoiceField(
        label=_("Territoire"),
        help_text=_("Rien de choisi : toute la plateforme."),
        queryset=Territory.objects.order_by("name"),
        required=False,
    )
    protocol = forms.ChoiceField(label=_("Protocole"), choices=Protocol.choices, initial=Protocol.OIDC)
    issuer = forms.CharField(
        label=_("Son adresse"),
        help_text=_("Il l’appelle « issuer ». Préau y lit sa fiche, en https."),
        max_length=500,
        required=False,
    )
    client_id = forms.CharField(
        label=_("Numéro qu’il donne à Préau"),
        help_text=_("Il l’appelle « client_id »."),
        max_length=200,
        required=False,
    )
    scopes = forms.CharField(
        label=_("Ce que Préau demande"),
        help_text=_("« scope » : openid, puis ce qu’il faut pour reconnaître les gens."),
        max_length=200,
        initial="openid",
        required=False,
    )
    acr = forms.CharField(
        label=_("Niveau d’authentification demandé"),
        help_text=_("« acr_values », s’il y en a un."),
        max_length=200,
        required=False,
    )
    strong = words(
        _("Niveaux qui valent une double vérification"),
        _(
            "Valeurs de « acr » ou de « amr », séparées par des espaces. Aucune : la double vérification de Préau reste demandée."
        ),
    )
    vector = words(Key.VECTOR.label, _("Nom de l’attribut : FrEduVecteur."))
    reference = words(Key.REFERENCE.label, _("Nom de l’attribut : FrEduCtRefId."))
    jointure = words(Key.JOINTURE.label, _("Nom de l’attribut : ENTPersonJointure."))
    authority = forms.CharField(
        label=_("Académie de ces jointures"),
        help_text=_("Son numéro, par exemple 14, si les jointures viennent sans elle."),
        max_length=40,
        required=False,
    )
    email = words(Key.EMAIL.label, _("Nom de l’attribut : email, ctemail. Pour les personnels seulement."))
    domains = words(
        _("Domaines de ces courriels"),
        _("Par exemple : ac-rennes.fr. Une adresse d’un autre domaine ne désigne personne."),
    )

    def __init__(self, provider: Provider | None, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data)
        self.provider = provider
        if viewer.school_id is not None:
            del self.fields["territory"]
        if provider:
            self.initial = {name: getattr(provider, name) for name in FACTS} | {
                "territory": provider.territory_id
            }
            self.initial |= {name: " ".join(getattr(provider, name)) for name in ("strong", "domains")}
            for key in Key:
                attributes = [attribute for attribute, known in provider.rules.items() if known == key]
                self.initial[key.value] = " ".join(attributes)

    def clean_issuer(self) -> str:
        typed: str = self.cleaned_data["issuer"].strip()
        if typed and not is_place(typed):
            raise ValidationError(_("Une adresse complète, en https : https://connexion.exemple.fr"))
        return typed

    def clean_scopes(self) -> str:
        typed = self.cleaned_data["scopes"].split()
        return " ".join(dict.fromkeys(["openid", *typed]))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("protocol") == Protocol.OIDC:
            for name, sentence in (
                ("issuer", _("Écrivez l’adresse du fournisseur.")),
                ("client_id", _("Écrivez le numéro qu’il donne à Préau.")),
            ):
                if name not in self.errors and not typed.get(name):
                    self.add_error(name, sentence)
        opens_on, closes_on = typed.get("opens_on"), typed.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("Le dernier jour vient avant le premier."))
        if typed.get("email") and not typed.get("domains"):
            self.add_error(
                "domains", _("Écrivez le domaine de ces courriels : sans lui, aucun ne désigne quelqu’un.")
            )
        if typed.get("jointure") and not typed.get("authority"):
            self.add_error(
                "authority",
                _("Écrivez le numéro de l’académie : deux académies peuvent donner la même jointure."),
            )
        self._check_once(typed)
        return typed

    def _check_once(self, typed: dict[str, Any]) -> None:
        """An attribute says one thing."""
        seen: dict[str, str] = {}
        for key in Key:
            for attribute in typed.get(key.value) or ():
                if seen.setdefault(attribute, key.value) != key.value:
                    self.add_error(key.value, _("Cet attribut dit déjà autre chose, plus haut."))

    def facts(self) -> dict[str, Any]:
        typed = self.cleaned_data
        facts = {name: typed[name] for name in FACTS}
        facts["rules"] = {attribute: key.value for key in Key for attribute in typed[key.value]}
        if "territory" in typed:
            facts["territory_id"] = typed["territory"].pk if typed["territory"] else None
        return facts


class SecretForm(forms.Form):
    """What proves to the provider that it is Préau that asks."""

    secret = forms.CharField(
        label=_("Secret qu’il donne à Préau"),
        help_text=_("Il l’appelle « client_secret ». Préau le garde scellé et ne le montre plus."),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Collez le secret que donne le fournisseur.")},
    )


class OnlyWaysForm(forms.Form):
    """For whom passwords of Préau open nothing."""

    audiences = forms.MultipleChoiceField(
        label=_("N’entrent plus avec un mot de passe de Préau"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, served: list[str], known: list[str], data: Any = None) -> None:
        super().__init__(data)
        # What is said already can be unsaid, even when its provider is gone.
        offered = [one for one in Audience if one in served or one in known]
        self.fields["audiences"].choices = [(one.value, one.label) for one in offered]
        self.fields["audiences"].initial = known


class DoorForm(forms.Form):
    """For how long passwords open the school again."""

    days = forms.TypedChoiceField(
        label=_("Pour combien de temps"),
        choices=[("1", _("Un jour")), ("2", _("Deux jours")), ("3", _("Trois jours"))],
        coerce=int,
        initial="1",
        widget=forms.RadioSelect,
    )
