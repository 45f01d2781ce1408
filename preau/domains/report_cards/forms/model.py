"""The model of a school's bulletin: the order of its subjects, its columns, who signs it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from preau.directory.models import Subject
from preau.domains.report_cards.models import CardPolicy
from preau.domains.report_cards.models.settings import SIGNATORY_LENGTH, Column
from preau.foundation.text import natural

LAST = 99


class CardModelForm(forms.Form):
    """A rank for each subject that is to come before the others; the columns; the logo; who signs."""

    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Ce que dit chaque matière, outre la moyenne de l’élève et l’appréciation"),
        choices=Column.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    shows_logo = forms.BooleanField(label=gettext_lazy("Imprimer le logo de l’établissement"), required=False)
    signatory = forms.CharField(
        label=gettext_lazy("Nom et qualité de qui signe"),
        max_length=SIGNATORY_LENGTH,
        required=False,
        help_text=gettext_lazy("Imprimé au bas du bulletin : « Mme Carpentier, principale »."),
    )

    def __init__(self, policy: CardPolicy, subjects: Sequence[Subject], data: Any = None) -> None:
        self.subjects = subjects
        places = {pk: place for place, pk in enumerate(policy.subject_order, 1)}
        initial: dict[str, Any] = {f"rang-{one.pk}": places.get(one.pk) for one in subjects}
        initial |= {
            "columns": policy.columns,
            "shows_logo": policy.shows_logo,
            "signatory": policy.signatory,
        }
        super().__init__(data, initial=initial)
        for one in subjects:
            self.fields[f"rang-{one.pk}"] = forms.IntegerField(
                label=one.name,
                required=False,
                min_value=1,
                max_value=LAST,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def ranks(self) -> Iterator[Any]:
        """The field of each subject, in the order of the bulletin as it is."""
        for one in self.subjects:
            yield self[f"rang-{one.pk}"]

    def said(self) -> dict[str, Any]:
        """As the action takes it; two subjects of one rank come by name."""
        known = self.cleaned_data
        ranked = [one for one in self.subjects if known.get(f"rang-{one.pk}")]
        ranked.sort(key=lambda one: (known[f"rang-{one.pk}"], natural(one.name)))
        return {
            "subject_order": [one.pk for one in ranked],
            "columns": [one for one in Column.values if one in known["columns"]],
            "shows_logo": known["shows_logo"],
            "signatory": known["signatory"].strip(),
        }


class SignatureForm(forms.Form):
    """The picture of a signature."""

    picture = forms.FileField(
        label=gettext_lazy("Image de la signature"),
        help_text=gettext_lazy("PNG, JPEG ou WebP, 5 Mo au plus. Elle n’est imprimée que sur les bulletins."),
        error_messages={"required": gettext_lazy("Choisissez une image.")},
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
