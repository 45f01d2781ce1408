"""A text that is suggested to a colleague, and what they answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.domains.report_cards.forms.writing import TextField

ACCEPT, REFUSE, REWRITE = "accepter", "refuser", "ecrire"


class SuggestionForm(forms.Form):
    """The text as it should be, and the version of the one that was read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, text: str, version: int, most: int, data: Any = None) -> None:
        super().__init__(data, initial={"texte": text, "version": version})
        self.fields["texte"] = TextField(most, gettext_lazy("Texte proposé"))
        self.fields["texte"].widget.attrs |= {"rows": 5}

    def clean_texte(self) -> str:
        text: str = self.cleaned_data["texte"]
        if not text:
            raise forms.ValidationError(_("Écrivez le texte que vous proposez."))
        return text

    def accept(self, version: int) -> None:
        """What the colleague has written meanwhile is shown: sent again, one has read it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data


class AnswerForm(forms.Form):
    """What the author answers: the suggested text, their own as it is, or another one."""

    sens = forms.ChoiceField(choices=[(one, one) for one in (ACCEPT, REFUSE, REWRITE)])
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, text: str, version: int, most: int, data: Any = None) -> None:
        super().__init__(data, initial={"texte": text, "version": version})
        self.fields["texte"] = TextField(most, gettext_lazy("Votre texte"))
        self.fields["texte"].widget.attrs |= {"rows": 5}

    def clean(self) -> Any:
        values = super().clean() or {}
        if values.get("sens") == REWRITE and "texte" in values and not values["texte"]:
            self.add_error("texte", _("Écrivez un texte, ou gardez le vôtre."))
        if values.get("sens") not in {REWRITE, None}:
            # What was typed in the text is nothing that the other answers send.
            self.errors.pop("texte", None)
        return values

    def accept(self, version: int) -> None:
        """What was written meanwhile is shown: answered again, one has read it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data
