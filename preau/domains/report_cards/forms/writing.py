"""The appreciations of a class as one form, a text a pupil; one of them, as a page sends it while it is typed; a phrase to keep."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.domains.report_cards.actions.writing import Text
from preau.domains.report_cards.models import Appreciation
from preau.domains.report_cards.models.appreciations import PHRASE_LENGTH
from preau.domains.report_cards.queries.writing import TextRow, TextSheet
from preau.domains.report_cards.rules import texts

LONGEST_TYPED = 4000


def sentence_of(refused: texts.TooLong) -> str:
    """Why it is not kept."""
    over = refused.length - refused.most
    sentence = ngettext("%(num)s signe de trop.", "%(num)s signes de trop.", over) % {"num": over}
    return sentence + " " + _("Une appréciation a %(most)s signes au plus.") % {"most": refused.most}


def conflict_sentence(there: Appreciation) -> str:
    """Who has written meanwhile, and what."""
    values = {"who": there.changed_by.formal_name, "text": there.text or _("(vide)")}
    return _("%(who)s vient d’écrire ici : « %(text)s ».") % values


class TextField(forms.CharField):
    """A text of a pupil: as it is kept, or a sentence."""

    def __init__(self, most: int, label: str) -> None:
        self.most = most
        attrs = {"rows": 2, "lang": "fr", "spellcheck": "true", "data-text": "", "class": "ds-input"}
        super().__init__(required=False, label=label, widget=forms.Textarea(attrs=attrs))

    def clean(self, value: Any) -> str:
        try:
            text = texts.kept_text(str(value or "")[:LONGEST_TYPED], self.most)
        except texts.TooLong as refused:
            raise forms.ValidationError(sentence_of(refused)) from refused
        left = texts.places_left(text)
        if left:
            raise forms.ValidationError(
                _("Il reste « {%(place)s} » : remplacez-le par un mot.") % {"place": left[0]}
            )
        return text


class TextsForm(forms.Form):
    """A text a pupil, and the version that the page showed of each."""

    def __init__(self, sheet: TextSheet, data: Mapping[str, Any] | None = None) -> None:
        self.sheet = sheet
        self.rows = [row for row in sheet.rows if not row.closed]
        initial: dict[str, Any] = {}
        for row in self.rows:
            initial |= {f"texte-{row.pupil.pk}": row.text, f"version-{row.pupil.pk}": row.version}
        super().__init__(data, initial=initial)
        for row in self.rows:
            self.fields[f"texte-{row.pupil.pk}"] = TextField(sheet.limit, row.pupil.name)
            self.fields[f"version-{row.pupil.pk}"] = forms.IntegerField(
                min_value=0, required=False, widget=forms.HiddenInput
            )

    def texts(self) -> list[Text]:
        """What was sent: a text that is not there is not emptied."""
        return [
            Text(
                row.pupil.pk,
                self.cleaned_data[f"texte-{row.pupil.pk}"],
                self.cleaned_data[f"version-{row.pupil.pk}"] or 0,
            )
            for row in self.rows
            if f"texte-{row.pupil.pk}" in self.data
        ]

    def lines(self) -> Iterator[tuple[TextRow, Any, Any]]:
        """Each row with its text and its version; none of them where the council is over."""
        for row in self.sheet.rows:
            if row.closed:
                yield row, None, None
            else:
                yield row, self[f"texte-{row.pupil.pk}"], self[f"version-{row.pupil.pk}"]

    def refuse(self, there: Mapping[int, Appreciation]) -> None:
        """What a colleague has written is said beside what was typed; sent again, one has read it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for pupil, row in there.items():
            data[f"version-{pupil}"] = str(row.version)
            self.add_error(f"texte-{pupil}", conflict_sentence(row))
        self.data = data


class TextForm(forms.Form):
    """One text while it is typed: `eleve`, `texte`, `version`."""

    eleve = forms.CharField(max_length=40)
    texte = forms.CharField(required=False, max_length=LONGEST_TYPED, strip=False)
    version = forms.IntegerField(min_value=0)


class PhraseForm(forms.Form):
    """A phrase to write again."""

    text = forms.CharField(
        label=gettext_lazy("Phrase"),
        max_length=PHRASE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "fr", "spellcheck": "true"}),
        help_text=gettext_lazy("{prénom}, {matière} et {moyenne} sont remplacés pour chaque élève."),
        error_messages={"required": gettext_lazy("Écrivez une phrase.")},
    )
