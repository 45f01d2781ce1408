"""The record of a resource, as the operator types it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preau.commons.media.models import Medium
from preau.domains.catalogue.actions.editing import Sheet
from preau.domains.catalogue.models import Audience, Collection, Licence, Node, Resource, Type
from preau.foundation.text import french

MOST_AUTHORS, MOST_WORDS = 20, 30
TYPES = {
    Medium.Kind.VIDEO: Type.VIDEO,
    Medium.Kind.AUDIO: Type.SOUND,
    Medium.Kind.EPUB: Type.BOOK,
    Medium.Kind.PDF: Type.DOCUMENT,
    Medium.Kind.IMAGE: Type.DOCUMENT,
}


class RecordForm(forms.Form):
    """Title, abstract, levels, subjects, licence… of one resource made of a medium."""

    titre = forms.CharField(label=_("Titre"), max_length=200)
    resume = forms.CharField(
        label=_("Résumé"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une ou deux phrases : ce que l’on y apprend."),
    )
    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("Médiathèque"),
    )
    type = forms.ChoiceField(
        label=_("Type"), choices=[(key, str(label).capitalize()) for key, label in Type.choices]
    )
    niveaux = forms.ModelMultipleChoiceField(
        label=_("Niveaux"), queryset=Node.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    matieres = forms.ModelMultipleChoiceField(
        label=_("Matières"), queryset=Node.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    publics = forms.MultipleChoiceField(
        label=_("Pour qui"),
        choices=[(key, str(label).capitalize()) for key, label in Audience.choices],
        widget=forms.CheckboxSelectMultiple,
    )
    duree = forms.IntegerField(label=_("Durée en minutes"), min_value=1, max_value=600, required=False)
    mots = forms.CharField(
        label=_("Mots-clés"), max_length=400, required=False, help_text=_("Séparés par des virgules.")
    )
    auteurs = forms.CharField(
        label=_("Auteurs"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Un par ligne, comme ils veulent être nommés."),
    )
    institution = forms.CharField(
        label=_("Institution"), max_length=120, help_text=_("Qui publie cette ressource.")
    )
    licence = forms.ChoiceField(label=_("Licence"), choices=Licence.choices)
    sans_sous_titres = forms.BooleanField(
        label=_("Publier sans sous-titres"),
        required=False,
        help_text=_("La page le dira, et la ressource restera parmi celles à compléter."),
    )

    def __init__(self, medium: Medium, resource: Resource | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(medium, resource), **kwargs)
        nodes = Node.objects.in_force()
        for name, kind in (("niveaux", Node.Kind.LEVEL), ("matieres", Node.Kind.SUBJECT)):
            field: Any = self.fields[name]
            field.queryset = nodes.filter(kind=kind)
            field.label_from_instance = lambda node: node.label
        shelves: Any = self.fields["collection"]
        shelves.queryset = Collection.objects.all()
        shelves.label_from_instance = lambda shelf: shelf.title
        self.medium = medium
        if resource:
            del self.fields["collection"]
        if not medium.lacks_captions or resource:
            del self.fields["sans_sous_titres"]

    def clean_auteurs(self) -> list[str]:
        return _several(self.cleaned_data["auteurs"].splitlines(), MOST_AUTHORS)

    def clean_mots(self) -> list[str]:
        return _several(self.cleaned_data["mots"].split(","), MOST_WORDS)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "sans_sous_titres" in self.fields and not values.get("sans_sous_titres"):
            self.add_error(
                "sans_sous_titres", _now("Ajoutez d’abord les sous-titres du média, ou cochez cette case.")
            )
        if self.medium.kind == Medium.Kind.IMAGE and not self.medium.alternative:
            self.add_error(
                None, _now("Décrivez d’abord l’image, sur la page du média, pour qui ne la voit pas.")
            )
        return values

    def sheet(self) -> Sheet:
        """As the actions take it."""
        values = self.cleaned_data
        return Sheet(
            title=french(values["titre"]),
            abstract=french(values["resume"]),
            authors=values["auteurs"],
            institution=french(values["institution"]),
            type=values["type"],
            nodes=[*values["niveaux"], *values["matieres"]],
            keywords=values["mots"],
            audiences=values["publics"],
            duration=values["duree"],
            language=self.medium.language,
            licence=values["licence"],
        )


def _several(words: list[str], most: int) -> list[str]:
    found = list(dict.fromkeys(french(one) for word in words if (one := " ".join(word.split()))))
    if len(found) > most:
        raise forms.ValidationError(_now("%(most)s au plus.") % {"most": most})
    return found


def _initial(medium: Medium, resource: Resource | None) -> dict[str, Any]:
    if resource is None:
        seconds = float(medium.facts.get("seconds") or 0)
        return {
            "titre": medium.facts.get("title") or "",
            "type": TYPES[Medium.Kind(medium.kind)],
            "publics": [Audience.PUPIL],
            "duree": max(1, round(seconds / 60)) if seconds else None,
            "auteurs": medium.facts.get("authors") or "",
            "institution": settings.OPERATOR["OPERATOR_NAME"] or "Préau",
            "licence": Licence.BY_SA,
        }
    return {
        "titre": resource.title,
        "resume": resource.abstract,
        "type": resource.type,
        "publics": resource.audiences,
        "niveaux": resource.levels,
        "matieres": resource.subjects,
        "duree": resource.duration,
        "mots": ", ".join(resource.keywords),
        "auteurs": "\n".join(resource.authors),
        "institution": resource.institution.name,
        "licence": resource.licence,
    }
