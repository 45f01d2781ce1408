"""The style guide: every component in every state, each drawn from the very text that is shown beside it.

A section is a template of `ui/guide/` cut by its comments: `{# Title. A word about it. #}` opens an example, which goes
on to the next one. Each example is rendered by itself, so the code that a reader copies is the code that ran.
"""

import re
from dataclasses import dataclass
from datetime import date, time
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.template import engines
from markupsafe import Markup

from preau.foundation.fields import SeveralFiles
from preau.foundation.sorting import Sorting
from preau.foundation.text import french

OPENING = re.compile(r"^\{# (?P<title>[^.#]+)\.(?P<note>[^#]*)#\}\n", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A page of the guide."""

    key: str
    label: str
    template: str


SECTIONS = {
    section.key: section
    for section in (
        Section("actions", "Agir", "ui/guide/actions.html"),
        Section("champs", "Demander", "ui/guide/fields.html"),
        Section("tableaux", "Montrer", "ui/guide/data.html"),
        Section("chiffres", "Compter", "ui/guide/figures.html"),
        Section("etats", "Dire où l’on en est", "ui/guide/states.html"),
        Section("chemins", "Se repérer", "ui/guide/ways.html"),
        Section("pages", "Composer une page", "ui/guide/layouts.html"),
    )
}


@dataclass(frozen=True)
class Example:
    """What a reader copies, and what it draws."""

    title: str
    note: str
    code: str
    drawn: Markup


def _cut(template: str) -> list[tuple[str, str, str]]:
    """The examples of a section, as written: title, note, code."""
    env: Any = engines["pages"].env  # type: ignore[attr-defined]
    source = env.loader.get_source(env, template)[0]
    starts = list(OPENING.finditer(source))
    ends = [start.start() for start in starts[1:]] + [len(source)]
    return [
        (french(start["title"].strip()), french(start["note"].strip()), source[start.end() : end].strip())
        for start, end in zip(starts, ends, strict=True)
    ]


def examples_of(section: Section, request: HttpRequest) -> list[Example]:
    """Every example of a section, drawn for this request (forms carry their token)."""
    names, pages = sample(), engines["pages"]
    return [
        Example(title, note, code, Markup(pages.from_string(code).render(names, request)))  # nosec B704  # noqa: S704 - drawn by the same autoescaping environment
        for title, note, code in _cut(section.template)
    ]


CHOICES = [("maladie", "Maladie"), ("transport", "Transport"), ("famille", "Raison familiale")]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nom du cours", help_text="Comme il sera lu par les familles.")
    mail = forms.EmailField(label="Courriel", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(
        label="Téléphone",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    minutes = forms.IntegerField(label="Durée en minutes", min_value=1)
    day = forms.DateField(
        label="Jour", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    starts = forms.TimeField(
        label="Début", required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    meeting = forms.DateTimeField(
        label="Rendez-vous",
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    subject = forms.ChoiceField(label="Matière", choices=[("", "Choisir…"), ("maths", "Mathématiques")])
    reason = forms.ChoiceField(label="Motif", choices=CHOICES, widget=forms.RadioSelect)
    lessons = forms.MultipleChoiceField(
        label="Séances", choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="J’ai lu la règle de l’établissement")
    words = forms.CharField(
        label="Précision", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    secret = forms.CharField(
        label="Mot de passe", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    query = forms.CharField(
        label="Nom", required=False, widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    )
    papers = SeveralFiles(label="Documents", help_text="Au format PDF\u202f: 5 fichiers et 10 Mo au plus.")


GIVEN = {
    "day": date(2026, 11, 24),
    "starts": time(10, 15),
    "meeting": "2026-11-24T17:00",
    "words": "Rendez-vous à 9 h, retour prévu à 10 h 30.",
}


def sample() -> dict[str, Any]:
    """The names that examples may use. Each form has its own prefix of ids: several stand on one page."""
    sorting = Sorting(QueryDict("tri=nom"), {"nom": ("name",), "classe": ("group",)}, "nom")
    return {
        "form": SampleForm(initial=GIVEN),
        "wrong": SampleForm({"name": "", "mail": "claire", "minutes": "-1"}, auto_id="erreur_%s"),
        "other": SampleForm(auto_id="autre_%s"),
        "sorting": sorting,
        "pupils": [
            SimpleNamespace(pk=1, name="ABADIE Nina", group="5e B", state="À jour", tone="done"),
            SimpleNamespace(pk=2, name="DIALLO Aïssatou", group="6e A", state="À compléter", tone="todo"),
        ],
        "page_obj": Paginator(range(70), 10).page(2),
        "history": [
            SimpleNamespace(
                when="23 novembre, 8 h 20", title="Absence notée", text="par M. Roux, en français"
            ),
            SimpleNamespace(when="23 novembre, 8 h 21", title="Famille prévenue", text=""),
            SimpleNamespace(
                when="23 novembre, 12 h 02", title="Absence expliquée", text="Rendez-vous médical"
            ),
        ],
        "minutes_of_work": [("lun.", 20), ("mar.", 40), ("mer.", 10), ("jeu.", 75), ("ven.", 30)],
        "message": Message(constants.SUCCESS, "L’appel de 5e B est enregistré."),
    }
