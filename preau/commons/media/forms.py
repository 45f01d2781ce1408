"""What is sent by an ordinary form, and the words of a medium."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.media import captions, rules
from preau.commons.media.captions import Chapter
from preau.commons.media.models import Medium
from preau.foundation.text import weight
from preau.foundation.uploads import CEILING, UploadRefused

LANGUAGES = [
    ("fr", _("Français")),
    ("en", _("Anglais")),
    ("de", _("Allemand")),
    ("es", _("Espagnol")),
    ("it", _("Italien")),
    ("pt", _("Portugais")),
    ("ar", _("Arabe")),
    ("la", _("Latin")),
]
ACCEPT = ".mp4,.m4v,.mov,.webm,.mkv,.mp3,.m4a,.ogg,.oga,.opus,.wav,.flac,.jpg,.jpeg,.png,.webp,.pdf,.epub"


class SendForm(forms.Form):
    """One file, whole."""

    fichier = forms.FileField(label=_("Fichier"), widget=forms.FileInput(attrs={"accept": ACCEPT}))

    @property
    def limit(self) -> str:
        """What a form without JavaScript may bring."""
        return weight(min(CEILING, rules.heaviest()))

    @property
    def most(self) -> str:
        return weight(rules.heaviest())


class WordsForm(forms.Form):
    """Captions by a file or typed, transcript, chapters; for a picture, what it shows."""

    langue = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES)
    description = forms.CharField(
        label=_("Description de l’image"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ce que montre l’image, pour qui ne la voit pas."),
    )
    fichier = forms.FileField(
        label=_("Fichier de sous-titres"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
        help_text=_("WebVTT (.vtt) ou SRT (.srt). Il remplace ce qui est écrit ci-dessous."),
    )
    sous_titres = forms.CharField(
        label=_("Sous-titres"),
        required=False,
        max_length=captions.HEAVIEST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "true"}),
        help_text=_("Une ligne d’heures, puis les mots, puis une ligne vide : 00:00:01.000 --> 00:00:04.000"),
    )
    sans_paroles = forms.BooleanField(
        label=_("Il n’y a ni parole ni bruit à sous-titrer"),
        required=False,
    )
    transcription = forms.CharField(
        label=_("Transcription"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Tout ce qui est dit et ce qu’il faut voir, à lire. Laissez vide pour la tirer des sous-titres."
        ),
    )
    chapitres = forms.CharField(
        label=_("Chapitres"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Un par ligne, l’heure puis le titre : 1:05 La division"),
    )

    def __init__(self, medium: Medium, *args: Any, **kwargs: Any) -> None:
        chapters = [Chapter(start, title) for start, title in medium.chapters]
        initial = {
            "langue": medium.language,
            "description": medium.alternative,
            "sous_titres": medium.captions,
            "sans_paroles": medium.silent,
            "transcription": medium.transcript,
            "chapitres": captions.as_typed(chapters),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.medium = medium
        unwanted = (
            {"description"}
            if medium.kind != Medium.Kind.IMAGE
            else {"fichier", "sous_titres", "sans_paroles", "transcription"}
        )
        if medium.is_document:
            unwanted = {"description", "fichier", "sous_titres", "sans_paroles", "transcription"}
        if not medium.is_timed:
            unwanted.add("chapitres")
        for name in unwanted:
            del self.fields[name]

    def clean_fichier(self) -> str:
        sent = self.cleaned_data.get("fichier")
        try:
            return (
                captions.written(captions.read(captions.decoded(sent.read(captions.HEAVIEST + 1))))
                if sent
                else ""
            )
        except UploadRefused as error:
            raise forms.ValidationError(str(error)) from error

    def clean_sous_titres(self) -> str:
        typed = self.cleaned_data["sous_titres"]
        try:
            return captions.written(captions.read(typed)) if typed.strip() else ""
        except UploadRefused as error:
            raise forms.ValidationError(str(error)) from error

    def clean_chapitres(self) -> list[list[Any]]:
        try:
            found = captions.chapters_of(self.cleaned_data["chapitres"])
        except UploadRefused as error:
            raise forms.ValidationError(str(error)) from error
        lasts = float(self.medium.facts.get("seconds") or 0)
        if lasts and any(chapter.start >= lasts for chapter in found):
            raise forms.ValidationError(_("Un chapitre commence après la fin."))
        return [[chapter.start, chapter.title] for chapter in found]

    def clean_transcription(self) -> str:
        return "\n".join(
            line.rstrip() for line in self.cleaned_data["transcription"].replace("\r", "").split("\n")
        ).strip()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        subtitles = values.get("fichier") or values.get("sous_titres")
        if values.get("sans_paroles") and subtitles:
            self.add_error("sans_paroles", _("Il y a des sous-titres : décochez cette case, ou retirez-les."))
        return values

    def words(self) -> Mapping[str, Any]:
        """As the action takes them."""
        values = self.cleaned_data
        found = {"language": values["langue"]}
        if "description" in values:
            found["alternative"] = values["description"].strip()
        if "sous_titres" in values:
            found |= {
                "captions": values["fichier"] or values["sous_titres"],
                "silent": values["sans_paroles"],
                "transcript": values["transcription"],
                "chapters": values["chapitres"],
            }
        return found
