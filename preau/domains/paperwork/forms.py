"""What the office types to ask for documents and to say what is wrong with one; what a family sends."""

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.asking.queries import audience
from preau.commons.asking.queries.typed import (
    GroupFilter,
    form_number,
    groups_field,
    people_field,
    title_field,
)
from preau.commons.files.actions import Desk
from preau.commons.files.rules import PAPER
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.directory.words import level_said
from preau.domains.paperwork.actions.collecting import CollectionFacts, PieceFacts
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.domains.paperwork.queries import collections as queries
from preau.foundation import dates
from preau.foundation.fields import Attachments, Day, OneRow

BEYOND = gettext_lazy(
    "Choisissez un jour d’une année scolaire déjà préparée : les documents s’effacent à sa fin."
)
STATES = ["manque", "a-verifier", "refuse", "complet"]


class CollectionForm(forms.Form):
    """Title, message, last day, and from whom."""

    sent_as = form_number()
    title = title_field(help_text=gettext_lazy("Par exemple « Dossier de rentrée »."))
    text = forms.CharField(
        label=gettext_lazy("Message aux familles"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    last_day = Day(
        label=gettext_lazy("À envoyer avant le"),
        help_text=gettext_lazy("Ce qui arrive plus tard est pris aussi, et noté en retard."),
        error_messages={"required": gettext_lazy("Choisissez le dernier jour.")},
    )
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Niveaux"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = groups_field()
    pupils = people_field(gettext_lazy("Et aussi ces élèves"))

    def __init__(
        self,
        viewer: Viewer,
        *args: Any,
        collection: Collection | None = None,
        group: Group | None = None,
        kept: Iterable[int] = (),
        **kwargs: Any,
    ) -> None:
        """`group`: the class whose pupils are shown; `kept`: the pupils chosen so far."""
        kwargs["initial"] = _initial(collection) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        fields: Any = self.fields
        fields["groups"].queryset = queries.groups_for(viewer)
        fields["levels"].choices = [(level, level_said(level)) for level in queries.levels_for(viewer)]
        pupils = audience.pupils_for(viewer)
        fields["pupils"].queryset = audience.pupils_shown(pupils, group, kept, collection, viewer.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wrong = {"levels", "groups", "pupils"} & set(self.errors)
        if not wrong and not any(data.get(name) for name in ("levels", "groups", "pupils")):
            self.add_error("levels", _("Choisissez au moins un niveau, une classe, un groupe ou un élève."))
        last = data.get("last_day")
        if last and last < self.viewer.today:
            self.add_error("last_day", _("Choisissez un jour à venir."))
        elif last and queries.year_until(self.viewer.school_id, last) is None:
            self.add_error("last_day", str(BEYOND))
        return data

    def facts(self) -> CollectionFacts:
        data = self.cleaned_data
        return CollectionFacts(
            data["title"],
            data["text"],
            data["last_day"],
            tuple(data["levels"]),
            tuple(data["groups"]),
            tuple(data["pupils"]),
        )


def _initial(collection: Collection | None) -> dict[str, Any]:
    if collection is None:
        return {"sent_as": secrets.token_hex(16)}
    return {name: getattr(collection, name) for name in ("title", "text", "last_day", "levels")} | {
        "groups": [one.pk for one in collection.groups.all()],
        "pupils": [one.pk for one in collection.pupils.all()],
    }


class PieceForm(forms.Form):
    """One piece more."""

    label = forms.CharField(
        label=gettext_lazy("Nom de la pièce"),
        max_length=120,
        error_messages={"required": gettext_lazy("Écrivez le nom de la pièce, comme la famille la connaît.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=Piece.Kind.choices,
        help_text=gettext_lazy(
            "Une assurance, une photo ou un justificatif déjà vérifié cette année pourra être repris par la famille."
        ),
    )
    hint = forms.CharField(
        label=gettext_lazy("Aide"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Où la trouver, ce qu’elle doit dire, jusqu’à quand elle vaut."),
    )
    is_required = forms.BooleanField(label=gettext_lazy("Obligatoire"), required=False, initial=True)
    readers = forms.ChoiceField(
        label=gettext_lazy("Qui la lit"),
        choices=Piece.Readers.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Une fiche d’urgence ou de santé n’est lue que par l’infirmerie et la direction."
        ),
    )
    keep = forms.ChoiceField(
        label=gettext_lazy("Gardée"),
        choices=Piece.Keep.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("La famille le lit avant d’envoyer. Au terme, le document est effacé."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first = {"readers": Piece.Readers.OFFICE, "keep": Piece.Keep.YEAR, "is_required": True}
        kwargs["initial"] = first | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def facts(self) -> PieceFacts:
        data = self.cleaned_data
        health = data["kind"] == Piece.Kind.HEALTH
        return PieceFacts(
            data["kind"],
            data["label"],
            data["hint"],
            data["is_required"],
            Piece.Readers.HEALTH if health else data["readers"],
            data["keep"],
        )


class PutOffForm(forms.Form):
    """A later last day."""

    last_day = Day(
        label=gettext_lazy("Nouveau dernier jour"),
        error_messages={"required": gettext_lazy("Choisissez le nouveau dernier jour.")},
    )

    def __init__(self, collection: Collection, today: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collection, self.today = collection, today

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day < self.today:
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        ends = self.collection.year.ends
        if day > ends:
            message = _(
                "Choisissez un jour jusqu’au %(day)s : les documents s’effacent à la fin de cette année scolaire."
            )
            raise forms.ValidationError(message % {"day": dates.day(ends)})
        return day


class PieceChoice(forms.Form):
    """One piece of a collection, by its number; that of another is a wrong choice."""

    piece = OneRow(
        Piece.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Choisissez une pièce."),
            "invalid_choice": gettext_lazy("Choisissez une pièce."),
        },
    )

    def __init__(self, collection_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["piece"]
        field.queryset = Piece.objects.filter(collection=collection_id)

    def chosen(self) -> Piece | None:
        self.is_valid()
        found: Piece | None = self.cleaned_data.get("piece")
        return found


class SendForm(PieceChoice):
    """A document for a piece: a photo of a telephone, or a PDF."""

    document = Attachments(label=gettext_lazy("Document"))

    def __init__(self, viewer: Viewer, dossier: Dossier, *args: Any, **kwargs: Any) -> None:
        super().__init__(dossier.collection_id, *args, **kwargs)
        field: Any = self.fields["document"]
        field.desk = Desk(viewer, dossier.collection.school_id, PAPER)


class RefusalForm(forms.Form):
    """Why a document is refused: whoever sent it reads it, with what to do."""

    why = forms.ChoiceField(
        label=gettext_lazy("Pourquoi"),
        choices=Submission.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une raison : la famille la lit.")},
    )
    detail = forms.CharField(
        label=gettext_lazy("Précision"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Ce qu’il faut envoyer à la place. Lue par la personne qui a envoyé la pièce."
        ),
    )


class FollowFilter(GroupFilter):
    """Of which class, in which state."""

    dossiers = forms.ChoiceField(choices=[(one, one) for one in STATES], required=False)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(queries.groups_for(viewer), *args, **kwargs)


class CheckFilter(FollowFilter):
    """What is checked one after the other: of a class, of a piece, past the one that was put aside."""

    piece = OneRow(Piece.objects.none(), required=False)
    apres = forms.IntegerField(required=False, min_value=0, max_value=2**53)

    def __init__(self, viewer: Viewer, collection: Collection, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, *args, **kwargs)
        field: Any = self.fields["piece"]
        field.queryset = Piece.objects.filter(collection=collection.pk)
