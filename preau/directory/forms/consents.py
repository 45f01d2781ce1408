"""What is typed of consents: a question of a school, an answer, an answer that came on paper."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Purpose, Thing
from preau.directory.models import Consent
from preau.directory.queries.consents import Giver

CHOOSE = _("Choisissez l’une des réponses proposées.")


class AskForm(forms.Form):
    """What to ask, of what the school may ask; where and what, for what is shown outside."""

    quoi = forms.ChoiceField(
        label=_("Ce que vous demandez"),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    mots = forms.CharField(
        label=_("Où, et quoi"),
        help_text=_(
            "Pour une publication : par exemple « Photos de la fête du collège, sur le site de l’établissement, jusqu’en juillet ». "
            "Une autorisation pour tout ne vaut rien : faites une demande pour chaque projet."
        ),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, offered: Sequence[tuple[Purpose, Thing | None]], data: Any = None) -> None:
        super().__init__(data)
        self.offered = {
            f"{purpose.key}:{thing.key if thing else ''}": (purpose, thing) for purpose, thing in offered
        }
        choices = [("", _("Choisir"))] + [
            (key, f"{purpose.label} – {thing.label}" if thing else purpose.label)
            for key, (purpose, thing) in self.offered.items()
        ]
        self.fields["quoi"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        found = self.offered.get(typed.get("quoi", ""))
        if found and found[0].asks_words and not typed.get("mots", "").strip():
            self.add_error("mots", _("Dites où et quoi : les familles le lisent avant de répondre."))
        return typed

    def asked(self) -> tuple[Purpose, str, str]:
        purpose, thing = self.offered[self.cleaned_data["quoi"]]
        words = self.cleaned_data["mots"].strip() if purpose.asks_words else ""
        return purpose, thing.key if thing else "", words


class AnswerForm(forms.Form):
    """One question, and yes or no: each answer is a button."""

    demande = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    reponse = forms.ChoiceField(choices=Consent.Answer.choices)


class PaperForm(forms.Form):
    """Who signed, and what they answered."""

    signe = forms.ChoiceField(
        label=_("Qui a signé"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    reponse = forms.ChoiceField(
        label=_("Sa réponse"),
        choices=Consent.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, givers: Sequence[Giver], data: Any = None) -> None:
        super().__init__(data)
        self.fields["signe"].choices = [(giver.person.public_id, giver.person.full_name) for giver in givers]  # type: ignore[attr-defined]
        self.givers = {giver.person.public_id: giver.person.pk for giver in givers}

    @property
    def giver(self) -> int:
        return self.givers[self.cleaned_data["signe"]]


class AccessForm(forms.Form):
    """Do the parents of a pupil of age go on following?"""

    choix = forms.ChoiceField(choices=[("ouvrir", "ouvrir"), ("fermer", "fermer")])


class ListFilter(forms.Form):
    """Which pupils of a request: a class, a state."""

    dans = forms.ChoiceField(label=_("Classe"), required=False)
    etat = forms.ChoiceField(
        label=_("Réponse"),
        required=False,
        choices=[
            ("", _("Toutes")),
            ("yes", _("Oui")),
            ("no", _("Non")),
            ("waiting", _("En attente")),
            ("unsettled", _("À régler avec la famille")),
            ("papier", _("À joindre sur papier")),
        ],
    )

    def __init__(self, classes: Sequence[str], data: Any) -> None:
        super().__init__(data)
        self.fields["dans"].choices = [("", _("Toutes")), *((name, name) for name in classes)]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, str]:
        """What was chosen; what nobody offers is as if nothing was."""
        self.is_valid()
        typed = self.cleaned_data
        return typed.get("dans", ""), typed.get("etat", "")
