"""Sample content of the style guide."""

from dataclasses import dataclass

from django import forms

from preau.foundation.fields import SeveralFiles


@dataclass(frozen=True)
class SampleRow:
    name: str
    detail: str
    state: str


@dataclass(frozen=True)
class SampleEntry:
    when: str
    title: str
    text: str


class SampleForm(forms.Form):
    """One field of each kind; bound without values, so that errors show too."""

    CHOICES = [("maladie", "Maladie"), ("transport", "Transport"), ("famille", "Raison familiale")]

    name = forms.CharField(label="Nom du cours", help_text="Comme il sera lu par les familles.")
    minutes = forms.IntegerField(label="Durée en minutes", min_value=1)
    day = forms.DateField(label="Jour", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(label="Début", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    subject = forms.ChoiceField(label="Matière", choices=[("", "Choisir…"), ("maths", "Mathématiques")])
    reason = forms.ChoiceField(label="Motif", choices=CHOICES, widget=forms.RadioSelect)
    lessons = forms.MultipleChoiceField(
        label="Séances", choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="J’ai lu la règle de l’établissement")
    words = forms.CharField(label="Précision", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    secret = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    papers = SeveralFiles(label="Documents", help_text="Au format PDF : 5 fichiers et 10 Mo au plus.")


def sample_rows() -> list[SampleRow]:
    return [
        SampleRow("5e B", "28 élèves", "Appel fait"),
        SampleRow("6e A", "26 élèves", "À faire"),
    ]


def sample_entries() -> list[SampleEntry]:
    return [
        SampleEntry("8 h 12", "Absence saisie", "par Claire Moreau, enseignante"),
        SampleEntry("9 h 40", "Absence expliquée", "par la famille"),
    ]
