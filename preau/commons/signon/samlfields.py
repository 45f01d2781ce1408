"""What people type of a service that speaks SAML: its metadata, pasted or sent as a file, or each thing by hand."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.commons.signon.fields import Lines, read_address
from preau.commons.signon.models import Party, Service
from preau.commons.signon.saml import certificates, metadata
from preau.commons.signon.words import Binding, Hiding, NameForm

NAME = re.compile(r"[!-~]{1,1024}")
LONGEST_ADDRESS, MOST_CERTIFICATES = 500, 5
WRONG_FILE = {
    "xml": _("Préau ne lit pas ce texte : ce ne sont pas des métadonnées SAML."),
    "none": _("Ces métadonnées ne décrivent aucun service SAML 2.0 (SPSSODescriptor)."),
    "several": _("Ces métadonnées décrivent plusieurs services : ne gardez que celui-ci."),
    "over": _("Ces métadonnées ne sont plus valables : demandez-en de nouvelles au fournisseur."),
    "entity": _("Ces métadonnées ne donnent pas le nom du service (entityID)."),
    "addresses": _(
        "Ces métadonnées doivent donner de une à dix adresses de réception en HTTP-POST, aux numéros différents."
    ),
    "certificate": _("Un certificat de ces métadonnées est illisible."),
    "kind": _("Un certificat de ces métadonnées n’est pas du type RSA."),
    "short": _("Un certificat de ces métadonnées a une clé de moins de 2 048 bits."),
    "many": _("Ces métadonnées donnent plus de cinq certificats de signature."),
}
WRONG_CERTIFICATE = {
    "unread": _("Ce n’est pas un certificat : collez-le entier, de BEGIN CERTIFICATE à END CERTIFICATE."),
    "kind": _("Ce certificat n’est pas du type RSA."),
    "short": _("La clé de ce certificat a moins de 2 048 bits."),
}
BY_HAND = (
    "entity_id",
    "receives",
    "name_form",
    "signing",
    "must_sign",
    "hides",
    "encryption",
    "cipher",
    "logout",
    "logout_binding",
    "soap",
)


def with_file(data: Any, files: Any) -> tuple[Any, Any]:
    """A file that was sent takes the place of what was pasted: it is shown again when something is wrong."""
    sent = files.get("metadata_file") if files else None
    if sent is None or data is None:
        return data, files
    data = data.copy()
    data["metadata"] = sent.read(metadata.LONGEST + 1).decode(errors="replace")
    return data, None


class SamlFields(forms.Form):
    """A service that speaks SAML. `party`, once it is checked: what the register keeps."""

    party: dict[str, Any] | None = None

    metadata = forms.CharField(
        label=_("Métadonnées du service"),
        help_text=_(
            "Collez le texte XML que donne le fournisseur. Il remplace tout ce qui est écrit à la main dessous."
        ),
        max_length=metadata.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
    )
    metadata_file = forms.FileField(label=_("Ou le fichier de métadonnées"), required=False)
    entity_id = forms.CharField(
        label=_("Nom SAML du service"),
        help_text=_("Le fournisseur l’appelle « entityID »."),
        max_length=1_024,
        required=False,
    )
    receives = Lines(
        label=_("Adresses de réception"),
        help_text=_(
            "Une par ligne, en https, exactes, la principale d’abord. Le fournisseur les appelle « ACS ». Préau ne répond à aucune autre."
        ),
    )
    name_form = forms.ChoiceField(
        label=_("Identifiant transmis"), choices=NameForm.choices, initial=NameForm.PERSISTENT, required=False
    )
    signing = forms.CharField(
        label=_("Certificats de signature du service"),
        help_text=_("L’un après l’autre s’il y en a plusieurs. Ils servent à vérifier ce qu’il envoie."),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
    )
    must_sign = forms.BooleanField(label=_("Refuser les demandes non signées"), required=False)
    hides = forms.BooleanField(
        label=_("Chiffrer ce qui lui est transmis"),
        help_text=_("Le navigateur qui le porte ne peut alors pas le lire."),
        required=False,
    )
    encryption = forms.CharField(
        label=_("Certificat de chiffrement du service"),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
    )
    cipher = forms.ChoiceField(
        label=_("Chiffrement"), choices=Hiding.choices, initial=Hiding.GCM, required=False
    )
    logout = forms.CharField(
        label=_("Adresse de déconnexion"),
        help_text=_("Le fournisseur parle de « SLO »."),
        max_length=LONGEST_ADDRESS,
        required=False,
    )
    logout_binding = forms.ChoiceField(
        label=_("Comment on y va"), choices=Binding.choices, initial=Binding.REDIRECT, required=False
    )
    soap = forms.CharField(
        label=_("Adresse à prévenir de serveur à serveur"),
        help_text=_(
            "Le fournisseur parle de « SLO par SOAP ». Elle ferme la session du service plus sûrement."
        ),
        max_length=LONGEST_ADDRESS,
        required=False,
    )
    begins_here = forms.BooleanField(
        label=_("L’ouvrir sans qu’il l’ait demandé"),
        help_text=_(
            "Rare. Le fournisseur dit « IdP-initiated ». Sinon, « Applications » mène à sa page d’accueil."
        ),
        required=False,
    )

    def show_party(self, service: Service | None) -> None:
        """What the register holds, to be changed."""
        self.known = Party.objects.filter(service=service).first() if service else None
        if self.known:
            self.initial |= {name: getattr(self.known, name) for name in (*BY_HAND, "begins_here")}
            self.initial["receives"] = "\n".join(self.known.addresses)
            self.initial["signing"] = "".join(certificates.pem(one) for one in self.known.signing)
            self.initial["encryption"] = (
                certificates.pem(self.known.encryption) if self.known.encryption else ""
            )

    def check_party(self, typed: dict[str, Any]) -> None:
        """Everything is sound, or nothing is kept; mistakes are said beside what is wrong."""
        facts = self._from_file(typed) if typed.get("metadata") else self._by_hand(typed)
        if not self.errors:
            self.party = facts | {"begins_here": typed["begins_here"]}

    def _from_file(self, typed: dict[str, Any]) -> dict[str, Any]:
        try:
            found = metadata.read(typed["metadata"].strip().encode(), timezone.now())
        except metadata.InvalidMetadata as refusal:
            self.add_error("metadata", WRONG_FILE[refusal.why])
            return {}
        every = [receive["url"] for receive in found.receives] + [
            found.logout,
            found.logout_answer,
            found.soap,
        ]
        self._check_addresses("metadata", every)
        if not NAME.fullmatch(found.entity_id):
            self.add_error("metadata", WRONG_FILE["entity"])
        if found.must_sign and not found.signing:
            self.add_error(
                "metadata",
                _(
                    "Ce service signe ses demandes, mais ces métadonnées ne donnent aucun certificat de signature."
                ),
            )
        return {
            "entity_id": found.entity_id,
            "receives": list(found.receives),
            "signing": list(found.signing),
            "encryption": found.encryption,
            "hides": bool(found.encryption),
            "cipher": found.cipher,
            "must_sign": found.must_sign,
            "name_form": NameForm.TRANSIENT if found.transient else NameForm.PERSISTENT,
            "logout": found.logout,
            "logout_binding": found.logout_binding or Binding.REDIRECT,
            "logout_answer": found.logout_answer,
            "soap": found.soap,
        }

    def _check_addresses(self, name: str, every: Sequence[str]) -> None:
        for one in filter(None, every):
            try:
                read_address(one)
                if len(one) > LONGEST_ADDRESS:
                    raise ValidationError(_("Une adresse a plus de 500 signes."))  # noqa: TRY301
            except ValidationError as mistake:
                self.add_error(name, mistake)
                return

    def _by_hand(self, typed: dict[str, Any]) -> dict[str, Any]:
        for name in ("entity_id", "receives"):
            if name not in self.errors and not typed.get(name):
                self.add_error(name, self.fields[name].error_messages["required"])
        if typed.get("entity_id") and not NAME.fullmatch(typed["entity_id"]):
            self.add_error("entity_id", _("Ce nom s’écrit sans espace ni accent."))
        urls = typed.get("receives") or []
        self._check_addresses("receives", urls)
        for name in ("logout", "soap"):
            self._check_addresses(name, [typed.get(name, "")])
        signing = self._certificates(typed, "signing", MOST_CERTIFICATES)
        encryption = self._certificates(typed, "encryption", 1)
        if typed.get("must_sign") and not signing and "signing" not in self.errors:
            self.add_error(
                "signing", _("Pour refuser les demandes non signées, il faut un certificat de signature.")
            )
        if typed.get("hides") and not encryption and "encryption" not in self.errors:
            self.add_error("encryption", _("Pour chiffrer, il faut le certificat de chiffrement du service."))
        logout = typed.get("logout", "")
        kept = self.known.logout_answer if self.known and self.known.logout == logout else ""
        return {
            "entity_id": typed.get("entity_id", ""),
            "receives": self._numbered(urls),
            "signing": signing,
            "encryption": encryption[0] if encryption else "",
            "hides": typed.get("hides", False),
            "cipher": typed.get("cipher") or Hiding.GCM,
            "must_sign": typed.get("must_sign", False),
            "name_form": typed.get("name_form") or NameForm.PERSISTENT,
            "logout": logout,
            "logout_binding": typed.get("logout_binding") or Binding.REDIRECT,
            "logout_answer": kept,
            "soap": typed.get("soap", ""),
        }

    def _certificates(self, typed: dict[str, Any], name: str, most: int) -> list[str]:
        try:
            found = certificates.read_all(typed.get(name, ""))
        except certificates.InvalidCertificate as refusal:
            self.add_error(name, WRONG_CERTIFICATE[refusal.why])
            return []
        if len(found) > most:
            self.add_error(name, _("Cinq certificats au plus.") if most > 1 else _("Un seul certificat."))
        return found

    def _numbered(self, urls: Sequence[str]) -> list[dict[str, Any]]:
        """An address keeps the number that the service's metadata gave it; another one takes the next free number."""
        held = {receive["url"]: receive["index"] for receive in self.known.receives} if self.known else {}
        taken = {held[url] for url in urls if url in held}
        rows = []
        for url in urls:
            number = held.get(url)
            if number is None:
                number = next(one for one in range(len(urls) + len(taken) + 1) if one not in taken)
                taken.add(number)
            rows.append({"url": url, "index": number})
        return rows
