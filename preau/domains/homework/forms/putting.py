"""A page of this site, and the lesson in which it is put."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.domains.homework.queries.sessions import Session
from preau.foundation import boards
from preau.foundation.http import page_at

CONTENT, WORK = "contenu", "travail"


def public_page(address: str) -> str:
    """The path of a public page to work on, written our way, where an address of this site names one; else ""."""
    match = page_at(address)
    if match is None or not is_to_work_on(match.view_name):
        return ""
    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)


def is_to_work_on(name: str) -> bool:
    return any(
        public_route.to_work_on for public_route in boards.public_routes if public_route.url_name == name
    )


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
        label=_("Séance"),
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choisissez une de vos séances.")),
    )

    def __init__(self, sessions: Sequence[Session], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seance"].choices = [(str(session.lesson.pk), session.lesson.pk) for session in sessions]  # type: ignore[attr-defined]

    def clean_adresse(self) -> str:
        address = public_page(self.cleaned_data["adresse"])
        if not address:
            raise forms.ValidationError(_("Ce n’est pas une page de ressource de Préau."))
        return address
