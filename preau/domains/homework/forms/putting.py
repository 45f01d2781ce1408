"""A page of this site, and the lesson in which it is put."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.domains.homework.queries import Session
from preau.foundation import boards
from preau.foundation.http import page_at

# The houses whose public pages hold something to work on.
HOUSES = frozenset({"catalogue", "exams", "scenarios"})
CONTENT, WORK = "contenu", "travail"


def public_page(address: str) -> str:
    """The path of a public page of these houses, written our way, where an address of this site names one; else ""."""
    match = page_at(address)
    if match is None or match.namespace not in HOUSES or boards_route(match.view_name) is None:
        return ""
    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)


def boards_route(name: str) -> boards.PublicRoute | None:
    return next((one for one in boards.public_routes if one.url_name == name), None)


class PutForm(forms.Form):
    """What is put, how it is called, and where; `seance` is the button of a lesson."""

    adresse = forms.CharField(widget=forms.HiddenInput, max_length=500)
    titre = forms.CharField(
        label=_("Titre du lien"), max_length=160, error_messages={"required": _("Écrivez le titre du lien.")}
    )
    place = forms.ChoiceField(
        label=_("Où le mettre"),
        choices=[
            (CONTENT, _("Dans le contenu de la séance")),
            (WORK, _("En travail à faire pour la suivante")),
        ],
        initial=CONTENT,
        widget=forms.RadioSelect,
    )
    seance = forms.ChoiceField(
        label=_("Séance"), error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choisissez une de vos séances."))
    )  # fmt: skip

    def __init__(self, sessions: Sequence[Session], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seance"].choices = [(str(one.lesson.pk), one.lesson.pk) for one in sessions]  # type: ignore[attr-defined]

    def clean_adresse(self) -> str:
        address = public_page(self.cleaned_data["adresse"])
        if not address:
            raise forms.ValidationError(_("Ce n’est pas une page de ressource de Préau."))
        return address
