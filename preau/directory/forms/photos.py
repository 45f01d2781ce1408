"""What a family answers about a photo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import PhotoConsent

Answer = PhotoConsent.Answer


class ConsentForm(forms.Form):
    """Nothing is chosen beforehand: silence is no agreement."""

    answer = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[(Answer.YES.value, _("D’accord")), (Answer.NO.value, _("Pas d’accord"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez l’une des deux réponses."),
            "invalid_choice": _("Choisissez l’une des deux réponses."),
        },
    )

    def __init__(self, answer: str, data: Any = None) -> None:
        super().__init__(data, initial={"answer": answer})
