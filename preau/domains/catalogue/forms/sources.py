"""What whoever runs the platform types of a source."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preau.domains.catalogue.imports.starter import TAKEN
from preau.domains.catalogue.models import Access, Audience, Licence, Source, Type
from preau.domains.catalogue.queries import sources

FACTS = (
    "name",
    "kind",
    "address",
    "prefix",
    "part",
    "levels",
    "subjects",
    "audiences",
    "type",
    "licence",
    "access",
    "every_days",
)
# Words of the addresses of these pages.
OWN_ADDRESSES = {"ajouter", "liens-morts", "moissons"}


class SourceForm(forms.Form):
    """A source: where it is, how it is read, and what is said of its records where they do not say it."""

    name = forms.CharField(
        label=_("Nom"),
        help_text=_("Il nomme aussi la collection où ses ressources se rangent."),
        max_length=120,
    )
    slug = forms.SlugField(
        label=_("Clé"),
        help_text=_(
            "En minuscules, sans accent ni espace : « manuels-libres ». Elle est dans les adresses, et ne change plus."
        ),
        max_length=30,
    )
    institution = forms.CharField(
        label=_("Institution"), help_text=_("Qui publie ces ressources."), max_length=120
    )
    kind = forms.ChoiceField(label=_("Genre"), choices=Source.Kind.choices)
    address = forms.CharField(
        label=_("Adresse"),
        help_text=_("En https. De l’entrepôt, du flux, du tableau ou du plan de site (sitemap)."),
        max_length=500,
    )
    prefix = forms.CharField(
        label=_("Format de notices"),
        help_text=_(
            "Pour OAI-PMH : oai_dc, lom, ou le nom que l’entrepôt donne à ScoLOMFR. Sans rien : oai_dc."
        ),
        max_length=60,
        required=False,
    )
    part = forms.CharField(
        label=_("Sous-ensemble"),
        help_text=_("Pour OAI-PMH : un « set » de l’entrepôt."),
        max_length=200,
        required=False,
    )
    every_days = forms.TypedChoiceField(
        label=_("Rythme"), choices=Source.Rhythm.choices, coerce=int, initial=Source.Rhythm.DAY
    )
    levels = forms.MultipleChoiceField(
        label=_("Niveaux"),
        help_text=_("Pour les notices qui n’en disent aucun."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    subjects = forms.MultipleChoiceField(
        label=_("Matières"),
        help_text=_("Pour les notices qui n’en disent aucune."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    audiences = forms.MultipleChoiceField(
        label=_("Pour qui"),
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Audience.PUPIL],
        error_messages={"required": _("Cochez au moins un public.")},
    )
    type = forms.ChoiceField(label=_("Type"), choices=Type.choices, initial=Type.DOCUMENT)
    licence = forms.ChoiceField(
        label=_("Licence"),
        help_text=_("Pour les notices qui n’en disent aucune. Dans le doute : tous droits réservés."),
        choices=Licence.choices,
        initial=Licence.RESERVED,
    )
    access = forms.ChoiceField(label=_("Accès"), choices=Access.choices, initial=Access.OPEN)

    def __init__(self, source: Source | None, data: Any = None) -> None:
        super().__init__(data)
        self.source = source
        levels, subjects = sources.places()
        self.fields["levels"].choices = levels  # type: ignore[attr-defined]
        self.fields["subjects"].choices = subjects  # type: ignore[attr-defined]
        if source:
            # It is in the addresses of its resources, which never change.
            del self.fields["slug"]
            self.initial = {name: getattr(source, name) for name in FACTS} | {
                "institution": source.institution.name
            }

    def clean_slug(self) -> str:
        typed = str(self.cleaned_data["slug"]).lower()
        if typed in TAKEN | OWN_ADDRESSES:
            raise ValidationError(_("Ce mot est déjà pris par une adresse de Préau."))
        return typed

    def clean_address(self) -> str:
        typed = str(self.cleaned_data["address"]).strip()
        try:
            parts = urlsplit(typed)
            good = bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
        except ValueError:
            good = False
        schemes = {"https", "http"} if settings.SIGNON_LOOPBACK else {"https"}
        if not good or parts.scheme not in schemes or not typed.isprintable() or " " in typed:
            raise ValidationError(_("Une adresse complète, en https : https://exemple.fr/oai"))
        return typed

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}
