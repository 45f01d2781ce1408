"""What those who settle a SAML provider type."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.commons.federation import asking
from preau.commons.federation.actions import saml
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Provider
from preau.commons.federation.queries.saml import settled
from preau.foundation.assertions.signatures import certificate
from preau.foundation.assertions.words import LONGEST_METADATA, AssertionRefused, Reason

WHY = {
    Reason.TOO_LONG: _("Cette fiche est trop longue."),
    Reason.NOT_XML: _("Ce n’est pas une fiche SAML : le texte doit être copié en entier."),
    Reason.FORBIDDEN_XML: _(
        "Cette fiche contient un commentaire ou une déclaration que Préau ne lit pas. Retirez-les."
    ),
    Reason.NO_PROVIDER: _("Cette fiche ne décrit pas un fournisseur d’identité SAML 2.0."),
    Reason.SEVERAL: _("Cette fiche décrit plusieurs fournisseurs. Donnez la sienne seule."),
    Reason.NO_KEY: _("Cette fiche ne donne aucune clé de signature assez forte (RSA de 2 048 bits)."),
    Reason.NO_ADDRESS: _("Cette fiche ne donne pas d’adresse de connexion en https (HTTP-Redirect)."),
    Reason.TOO_LATE: _("Cette fiche n’est plus valable : demandez la nouvelle."),
    Reason.WRONG_SIGNATURE: _("Cette fiche n’est pas signée par le certificat donné plus bas."),
}
UNREADABLE = _("Cette fiche ne se lit pas.")
LONGEST_LIST = 10


class SamlForm(forms.Form):
    """The description of a provider, by its address or pasted, and what its answers must be."""

    address = forms.CharField(
        label=_("Adresse de sa fiche"),
        help_text=_(
            "Les « métadonnées ». Préau les relit chaque nuit : une nouvelle clé est connue sans vous."
        ),
        max_length=500,
        required=False,
    )
    text = forms.CharField(
        label=_("Ou sa fiche, collée ici"),
        help_text=_("Le texte XML en entier. Quand il change de clé, il faudra la coller de nouveau."),
        max_length=LONGEST_METADATA,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    pinned = forms.CharField(
        label=_("Certificat qui signe cette fiche"),
        help_text=_("S’il vous en a été donné un. Une fiche signée par un autre sera refusée."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    subject = forms.CharField(
        label=_("Attribut qui désigne toujours la même personne"),
        help_text=_(
            "EduConnect : urn:oid:1.3.6.1.4.1.20326.10.999.1.57 (FrEduCtId). Rien d’écrit : le « NameID »."
        ),
        max_length=200,
        required=False,
    )
    signed = forms.BooleanField(
        label=_("L’assertion est signée elle-même"),
        help_text=_("À décocher seulement si le fournisseur ne signe que sa réponse entière."),
        required=False,
    )
    encrypted = forms.BooleanField(label=_("L’assertion doit être chiffrée"), required=False)
    again = forms.BooleanField(
        label=_("Demander le mot de passe à chaque fois"),
        help_text=_("Même si une session est déjà ouverte chez le fournisseur (ForceAuthn)."),
        required=False,
    )
    contexts = forms.CharField(
        label=_("Façons de se connecter acceptées"),
        help_text=_("« AuthnContextClassRef », séparées par des espaces. Rien d’écrit : toutes."),
        max_length=1_000,
        required=False,
    )

    def __init__(self, provider: Provider, data: Any = None) -> None:
        super().__init__(data)
        self.provider, self.before = provider, settled(provider)
        self.described: dict[str, Any] = self.before.described
        self.read_at = self.before.read_at
        names = ("address", "pinned", "subject", "signed", "encrypted", "again")
        self.initial = {name: getattr(self.before, name) for name in names}
        self.initial["contexts"] = " ".join(self.before.contexts)

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if typed and not asking.is_place(typed):
            raise ValidationError(_("Une adresse complète, en https : https://guichet.exemple.fr/metadata"))
        return typed

    def clean_pinned(self) -> str:
        typed: str = self.cleaned_data["pinned"].strip()
        if typed:
            try:
                certificate(typed)
            except AssertionRefused as refusal:
                raise ValidationError(
                    _("Ce n’est pas un certificat en base64, ou sa clé est trop faible.")
                ) from refusal
        return typed

    def clean_contexts(self) -> list[str]:
        typed: list[str] = self.cleaned_data["contexts"].split()
        if len(typed) > LONGEST_LIST:
            raise ValidationError(_("C’est trop long."))
        return typed

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        if typed["address"] and typed["text"]:
            self.add_error("text", _("L’adresse ou le texte : pas les deux."))
        elif typed["text"]:
            self._read("text", typed["text"].encode(), typed["pinned"])
        elif typed["address"] and self._is_new(typed):
            self._ask(typed["address"], typed["pinned"])
        elif not self.described:
            self.add_error("address", _("Donnez l’adresse de sa fiche, ou collez-la."))
        return typed

    def _is_new(self, typed: dict[str, Any]) -> bool:
        known = (self.before.address, self.before.pinned)
        return not self.described or (typed["address"], typed["pinned"]) != known

    def _ask(self, address: str, pinned: str) -> None:
        try:
            raw = saml.ask_description(address)
        except Failed as failure:
            self.add_error("address", _("Cette adresse ne donne pas sa fiche. %s") % failure.trouble.label)
        else:
            self._read("address", raw, pinned)

    def _read(self, field: str, raw: bytes, pinned: str) -> None:
        now = timezone.now()
        try:
            self.described = saml.read_description(raw, pinned, now).as_json()
        except AssertionRefused as refusal:
            is_unsigned = pinned and refusal.reason == Reason.ODD_SHAPE
            why = Reason.WRONG_SIGNATURE if is_unsigned else refusal.reason
            self.add_error(field, WHY.get(why, UNREADABLE))
        else:
            self.read_at = now.isoformat()

    def facts(self) -> dict[str, Any]:
        names = ("address", "pinned", "subject", "signed", "encrypted", "again", "contexts")
        facts = {name: self.cleaned_data[name] for name in names}
        return facts | {"described": self.described, "read_at": self.read_at}
