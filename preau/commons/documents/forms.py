"""What people type about documents, and what their pages send."""

import base64
import binascii
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.documents import rules
from preau.commons.documents.actions import pictures
from preau.commons.documents.models import (
    LONGEST_CARET,
    LONGEST_NAME,
    LONGEST_PASSAGE,
    LONGEST_TITLE,
    Document,
)
from preau.commons.documents.queries import places
from preau.commons.documents.queries.places import Place
from preau.commons.files.actions import Desk
from preau.directory.viewer import Viewer
from preau.foundation.fields import Attachments, Filter, RichText
from preau.foundation.richtext import cleaning, shared, showing

NOT_THERE = gettext_lazy("Ce lieu n’est plus ouvert pour vous. Choisissez-en un autre.")
PREFIX = 60
# What the list of places of a page offers.
MOST_PLACES = 120


class FindForm(Filter):
    """Which documents a list shows."""

    q = forms.CharField(label=gettext_lazy("Chercher"), max_length=80, required=False)
    lieu = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class TitleForm(forms.Form):
    """Another title."""

    titre = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Donnez un titre au document.")},
    )

    def clean_titre(self) -> str:
        return " ".join(cleaning.UNSEEN.sub("", self.cleaned_data["titre"]).split())


class NewForm(TitleForm):
    """A document to begin: its title, where it lies, and the file that it comes from."""

    lieu = forms.ChoiceField(label=gettext_lazy("Où le ranger"), error_messages={"invalid_choice": NOT_THERE})
    fichier = forms.FileField(
        label=gettext_lazy("Partir d’un fichier"),
        help_text=gettext_lazy(
            "ODT, DOCX, HTML ou Markdown (seul, ou avec ses images dans un ZIP), 25 Mo au plus. Les images qu’il contient viennent avec le texte."
        ),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".odt,.docx,.html,.htm,.md,.txt,.zip"}),
    )
    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)

    def __init__(self, viewer: Viewer, key: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, initial={"lieu": key, "sent_as": secrets.token_hex(16)}, **more)
        self.places = places.writable(viewer)
        asked = places.named(viewer, key)
        if asked and asked.key not in {place.key for place in self.places}:
            self.places.append(asked)
        self.fields["titre"].required = False
        choices: Any = self.fields["lieu"]
        choices.choices = [(place.key, place.name) for place in self.places]
        if len(self.places) == 1:
            choices.widget = forms.HiddenInput()
        self.viewer = viewer

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("titre") and not data.get("fichier"):
            self.add_error("titre", _("Donnez un titre au document."))
        return data

    @property
    def place(self) -> Place:
        """Raises ValidationError when it was closed meanwhile."""
        found = places.named(self.viewer, self.cleaned_data["lieu"])
        if found is None:
            raise ValidationError(NOT_THERE)
        return found


class WriteForm(forms.Form):
    """The whole text, typed without the live editor."""

    texte = RichText(label=gettext_lazy("Texte"), max_length=rules.MOST_WORDS, required=False, pictures=True)


class PictureForm(forms.Form):
    """A picture, what it shows, and after which block of the text it goes."""

    papers = Attachments(label=gettext_lazy("Image"))
    montre = forms.CharField(
        label=gettext_lazy("Ce que montre l’image"),
        help_text=gettext_lazy(
            "Une phrase, pour qui ne la voit pas : « Le plan de la rivière, avec les trois ateliers. »"
        ),
        max_length=cleaning.LONGEST_ALT,
        error_messages={"required": gettext_lazy("Dites en une phrase ce que montre l’image.")},
    )
    apres = forms.ChoiceField(
        label=gettext_lazy("Où la mettre"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Ce paragraphe vient de changer : dites de nouveau où la mettre.")
        },
    )

    def __init__(self, viewer: Viewer, document: Document, html: str, words: str, *args: Any) -> None:
        self.blocks = {_key(block): block for block in shared.blocks_of(html)}
        where = next((key for key, block in self.blocks.items() if _begins(block, words)), pictures.LAST)
        super().__init__(*args, initial={"apres": where})
        fields: Any = self.fields
        fields["papers"].desk = Desk(viewer, document.school_id, rules.PICTURES)
        fields["apres"].choices = [
            (pictures.LAST, _("À la fin")),
            (pictures.FIRST, _("Au début")),
            *_places(self.blocks, where),
        ]

    def clean_montre(self) -> str:
        return cleaning.alternative(self.cleaned_data["montre"])

    def clean_apres(self) -> str:
        chosen = str(self.cleaned_data["apres"])
        return self.blocks.get(chosen, chosen)


def _key(block: str) -> str:
    return sha256(block.encode()).hexdigest()[:16]


def _begins(block: str, words: str) -> bool:
    return bool(words) and " ".join(showing.plain(block).split()).startswith(words)


def _places(blocks: dict[str, str], where: str) -> list[tuple[str, str]]:
    """Each block by its first words; of a long text its headings, and the one where somebody was writing."""
    many = len(blocks) > MOST_PLACES
    kept = [
        (key, block) for key, block in blocks.items() if not many or key == where or block.startswith("<h")
    ]
    named = [(key, showing.excerpt(block, 50)) for key, block in kept[:MOST_PLACES]]
    return [(key, _("Après « %(words)s »") % {"words": words}) for key, words in named if words]


class VersionForm(forms.Form):
    """A name for what the document says now."""

    nom = forms.CharField(
        label=gettext_lazy("Nom de cette version"),
        help_text=gettext_lazy("Par exemple : avant la relecture."),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Donnez un nom à cette version.")},
    )

    def clean_nom(self) -> str:
        return " ".join(self.cleaned_data["nom"].split())


class CommentForm(forms.Form):
    """Something said about a passage; or what should take its place."""

    genre = forms.ChoiceField(
        label=gettext_lazy("Vous voulez"),
        choices=[
            ("comment", gettext_lazy("Commenter un passage")),
            ("suggestion", gettext_lazy("Proposer un autre texte à sa place")),
        ],
        widget=forms.RadioSelect,
        initial="comment",
    )
    passage = forms.CharField(
        label=gettext_lazy("Passage"),
        help_text=gettext_lazy("Quelques mots du document, tels qu’ils y sont."),
        max_length=LONGEST_PASSAGE,
        error_messages={"required": gettext_lazy("Recopiez le passage dont vous parlez.")},
    )
    avant = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    place = forms.CharField(
        label=gettext_lazy("À sa place"),
        help_text=gettext_lazy("Laissez vide pour proposer de retirer le passage."),
        max_length=1_000,
        required=False,
    )
    texte = forms.CharField(
        label=gettext_lazy("Commentaire"),
        help_text=gettext_lazy("Facultatif quand vous proposez un autre texte."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, html: str, read: Callable[[], Any], *args: Any, **more: Any) -> None:
        """`read`: gives the document of Yjs, where a suggestion will look for its passage."""
        super().__init__(*args, **more)
        self.words, self.read = showing.plain(html), read

    def clean_passage(self) -> str:
        passage = str(self.cleaned_data["passage"])
        if passage not in self.words:
            raise ValidationError(
                _(
                    "Ces mots ne sont pas dans le document, ou pas dans un même paragraphe : recopiez-les tels quels."
                )
            )
        return passage

    def clean_avant(self) -> str:
        return str(self.cleaned_data["avant"])[-PREFIX:]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("genre") == "comment" and not data.get("texte"):
            self.add_error("texte", _("Écrivez votre commentaire."))
        if data.get("genre") == "suggestion" and data.get("place") == data.get("passage"):
            self.add_error("place", _("C’est le même texte : proposez-en un autre."))
        elif data.get("genre") == "suggestion" and data.get("passage"):
            self._look_for(data["passage"], data.get("avant", ""))
        return data

    def _look_for(self, passage: str, prefix: str) -> None:
        """As `shared.swap` will: in one place, which it can tell from the others."""
        found = len(shared.places_of(self.read(), passage, prefix))
        if not found:
            sentence = _(
                "Ce passage va d’une ligne à l’autre, ou par-dessus une formule : proposez un texte pour une seule ligne."
            )
            self.add_error("passage", sentence)
        elif found > 1:
            sentence = _("Ces mots sont à plusieurs endroits du document : recopiez-en quelques-uns de plus.")
            self.add_error("passage", sentence)


class AnswerForm(forms.Form):
    """An answer to what was said."""

    reponse = forms.CharField(
        label=gettext_lazy("Répondre"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Écrivez votre réponse.")},
    )


# What an open page sends


class PageForm(forms.Form):
    """A page that is open: its own number, the last update that it knows, where its caret stands."""

    onglet = forms.UUIDField()
    depuis = forms.IntegerField(min_value=0, max_value=2_000_000_000)
    curseur = forms.CharField(max_length=LONGEST_CARET, required=False, strip=False)
    ferme = forms.BooleanField(required=False)


class SendForm(PageForm):
    """What was written on it since the last time: an update of Yjs, in base 64."""

    lot = forms.UUIDField()
    ajout = forms.CharField(strip=False)

    def clean_ajout(self) -> bytes:
        try:
            content = base64.b64decode(self.cleaned_data["ajout"], validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_("Envoi illisible."), code="unreadable") from None
        if not content or len(content) > rules.HEAVIEST_UPDATE:
            raise ValidationError(_("Envoi trop lourd."), code="heavy")
        return content


def title_from(name: str) -> str:
    """A title from the name of a file: « Compte-rendu.odt » → « Compte-rendu »."""
    stem = name.rsplit("/", 1)[-1].rpartition(".")[0] or name
    return " ".join(cleaning.UNSEEN.sub("", stem).replace("_", " ").split())[:LONGEST_TITLE]


def known_title(document: Document) -> dict[str, str]:
    return {"titre": document.title}
