"""The style guide: every component in every state, each drawn from the very text that is shown beside it.

A section is a template of `ui/guide/` cut by its comments: `{# Title. A word about it. #}` opens an example, which goes
on to the next one. Each example is rendered by itself, so the code that a reader copies is the code that ran.
"""

import re
from collections.abc import Sequence
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

from preau.foundation import art, dates
from preau.foundation.fields import Attachments, Day, RichText, SeveralFiles
from preau.foundation.richtext import signs
from preau.foundation.scales import Block, DayPlan, plan_of
from preau.foundation.sorting import Sorting
from preau.foundation.text import french
from preau.foundation.uploads import UploadRefused

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
        Section("textes", "Écrire et joindre", "ui/guide/papers.html"),
        Section("tableaux", "Montrer", "ui/guide/data.html"),
        Section("chiffres", "Compter", "ui/guide/figures.html"),
        Section("moments", "Montrer le temps", "ui/guide/moments.html"),
        Section("dessins", "Dessiner", "ui/guide/drawings.html"),
        Section("couvertures", "Couvrir", "ui/guide/covers.html"),
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


# A square of one colour: the guide asks nobody for a picture.
PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
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
    day = Day(label="Jour", required=False)
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


class WrittenForm(forms.Form):
    """What is written with an editor, and what is joined to it."""

    lesson = RichText(label="Contenu de la séance", required=False, max_length=400)
    documents = Attachments(label="Documents", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        documents: Any = self.fields["documents"]
        documents.desk = SampleDesk()


def _file(name: str, word: str, size: str, icon: str, **more: Any) -> SimpleNamespace:
    values = {"url": "#", "glimpse": "", "note": "", "is_held": False, "is_sound": False} | more
    return SimpleNamespace(name=name, word=word, size=size, icon=icon, public_id=name, **values)


FILES = [
    _file("Théorème de Thalès.pdf", "PDF", "1,2\u202fMo", "file-type-pdf"),
    _file("Figure.png", "Image", "640\u202fko", "photo", glimpse=PICTURE, width=80, height=60),
    _file(
        "Exercices.odt",
        "Texte",
        "48\u202fko",
        "file-text",
        url="",
        note="En cours de vérification",
        is_held=True,
    ),
    _file(
        "Corrigé.docx",
        "Texte",
        "52\u202fko",
        "file-text",
        url="",
        note="Retiré\u202f: un virus y a été trouvé",
    ),
]
READINGS = [
    SimpleNamespace(file=FILES[1], how="picture", address=PICTURE, description="Une serre et deux élèves"),
    SimpleNamespace(file=FILES[0], how="text", text="Départ à 8 h 30, retour à 16 h.", bare=True),
    SimpleNamespace(file=FILES[2], how=""),
]


class SampleDesk:
    """Keeps nothing: shows what `commons.files.actions.Desk` gives."""

    limits = SimpleNamespace(
        files=5,
        accept=".pdf,.odt,image/jpeg",
        said="PDF, image, texte\u202f: 5 fichiers au plus, 20 Mo chacun.",
    )
    held = FILES[:2]
    picker = ""

    def again(self, public_ids: Sequence[str]) -> list[Any]:
        return [file for file in FILES if file.public_id in public_ids]

    def take(self, sent: Sequence[Any], beside: int) -> list[Any]:
        raise UploadRefused(
            french(
                "«\u202fPage.html\u202f» est une page ou un dessin qui peut contenir un programme\u202f: envoyez-le en PDF ou en image."
            )
        )

    def rows(self, files: Sequence[Any]) -> Sequence[Any]:
        return files


# Two weeks of a pupil: every state of half a day.
HALF_DAYS = [
    (
        "A",
        "Semaine A, du lundi 9",
        [
            (9, "lundi 9", False, ("late", "clear")),
            (10, "mardi 10", False, ("clear", "clear")),
            None,
            (12, "jeudi 12", False, ("excused", "excused")),
            (13, "vendredi 13", False, ("said", "clear")),
        ],
    ),
    (
        "B",
        "Semaine B, du lundi 16",
        [
            (16, "lundi 16", False, ("absent", "clear")),
            (17, "mardi 17", True, ("clear", "coming")),
            (18, "mercredi 18", False, ("coming", "none")),
            (19, "jeudi 19", False, ("coming", "coming")),
            None,
        ],
    ),
]
LESSON = signs.from_plain(
    "## Le théorème de Thalès\nSi **(BC)** et **(DE)** sont parallèles, alors $\\frac{AB}{AD} = \\frac{AC}{AE}$.\n"
    "- apporter la règle et le compas\u202f;\n- lire [la leçon](https://eduscol.education.gouv.fr)\u202f;\n  1. les définitions,\n  2. l’exemple.\n\n"
    "> Une démonstration se lit deux fois.\n\n| Nombre | Carré |\n| --- | --- |\n| 12 | 144 |\n\n```\nprint(12 ** 2)\n```\n"
    "Cette formule ne se lit pas, elle reste comme elle est écrite\u202f: $\\frac{$."
)

EVOLUTION = [
    SimpleNamespace(label=label, value=value, said=said, low=10.2, high=13.9, spread="10,2 à 13,9")
    for label, value, said in (("sept.", 12.1, "12,1"), ("oct.", 12.9, "12,9"), ("nov.", 13.8, "13,8"))
]

COLUMNS_OF_WORK = [
    SimpleNamespace(
        label=label,
        said=said,
        is_over=is_over,
        blocks=[
            SimpleNamespace(letters=letters, key=key, said=said, steps=steps)
            for letters, key, steps in blocks
        ],
    )
    for label, said, is_over, blocks in (
        ("lun.", "35 min", False, (("Fr", "francais", 4), ("An", "anglais", 3))),
        ("mar.", "1 h 15", True, (("Ma", "maths", 5), ("HG", "histoire", 6), ("Fr", "francais", 4))),
        ("mer.", "", False, ()),
    )
]


def _lesson(title: str, key: str, icon: str, starts: int, **more: Any) -> Block:
    look = SimpleNamespace(key=key, icon=icon)
    ends = starts + more.pop("minutes", 55)
    hours = dates.hours(time(starts // 60, starts % 60), time(ends // 60, ends % 60))
    begins = dates.hour(time(starts // 60, starts % 60))
    return Block(title, starts, ends, hours, href="#", look=look, icon=icon, begins=begins, **more)


def _plans() -> dict[str, Any]:
    """A day and a week to draw, with all that a block may be."""
    maths = _lesson("Mathématiques", "maths", "calculator", 615, text="salle 204", is_now=True)
    blocks = (
        _lesson(
            "Français",
            "francais",
            "feather",
            485,
            text="Mme Diop · salle 201",
            tags=(("Appel fait", "done", "check"),),
        ),
        maths,
        Block("Pause de midi", 670, 790, kind="free"),
        _lesson(
            "EPS",
            "eps",
            "run",
            790,
            minutes=110,
            text="gymnase",
            links=(("Faire l’appel", "#", "de 13 h 10"),),
        ),
        _lesson(
            "Musique",
            "musique",
            "music",
            905,
            is_off=True,
            tags=(("Cours non assuré", "changed", "calendar-off"),),
        ),
    )
    monday = DayPlan("Lundi 23 novembre", "Lun. 23 nov.", blocks[:1], href="#")
    tuesday = DayPlan("Mardi 24 novembre", "Mar. 24 nov.", blocks, href="#", is_today=True)
    groups = (_lesson("Anglais", "anglais", "language", 485), _lesson("Allemand", "langues", "world", 500))
    wednesday = DayPlan(
        "Mercredi 25 novembre",
        "Mer. 25 nov.",
        groups,
        (Block("Sortie au musée", 0, 1440, kind="beside"),),
        "#",
    )
    saturday = DayPlan("Samedi 28 novembre", "Sam. 28 nov.", href="#")
    return {
        "one_day": plan_of([DayPlan("Aujourd’hui", "Aujourd’hui", blocks, is_today=True)], 630, "10 h 30"),
        "one_week": plan_of([monday, tuesday, wednesday, saturday], 630, "10 h 30"),
    }


GIVEN = {
    "day": date(2026, 11, 24),
    "starts": time(10, 15),
    "meeting": "2026-11-24T17:00",
    "lesson": LESSON,
    "words": "Rendez-vous à 9 h, retour prévu à 10 h 30.",
}


def sample() -> dict[str, Any]:
    """The names that examples may use. Each form has its own prefix of ids: several stand on one page."""
    sorting = Sorting(QueryDict("tri=nom"), {"nom": ("name",), "classe": ("group",)}, "nom")
    return {
        "form": SampleForm(initial=GIVEN),
        "wrong": SampleForm({"name": "", "mail": "claire", "minutes": "-1"}, auto_id="erreur_%s"),
        "other": SampleForm(auto_id="autre_%s"),
        "written": WrittenForm(initial=GIVEN),
        "wrongly_written": WrittenForm(
            {"lesson": "Lire **la leçon**. " * 30, "documents-garde": [FILES[0].public_id]},
            {"documents": "Page.html"},
            auto_id="erreur_%s",
        ),
        "to_write": WrittenForm(auto_id="autre_%s"),
        "sorting": sorting,
        "files": FILES,
        "readings": READINGS,
        "lesson": LESSON,
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
        "half_days": HALF_DAYS,
        "half_line": [(day_label, halves) for _n, day_label, _today, halves in filter(None, HALF_DAYS[0][2])],
        "columns_of_work": COLUMNS_OF_WORK,
        "art_names": [name for name in art.names() if ":" not in name],
        "discs": [(key, f"disque:{key}") for key in art.DISCS],
        "covers": [(key, f"couverture:{key}") for key in art.COVERS],
        **_plans(),
        "minutes_of_work": [("lun.", 20), ("mar.", 40), ("mer.", 10), ("jeu.", 75), ("ven.", 30)],
        "evolution": EVOLUTION,
        "looks": [
            SimpleNamespace(key="maths", icon="calculator"),
            SimpleNamespace(key="langues", icon="world"),
        ],
        "spread": SimpleNamespace(
            low=9, high=14.5, mean=11.3, said="La moitié de la classe est entre 9 et 14,5."
        ),
        "blocks": [
            SimpleNamespace(value=value, label=label, share=share, said=f"compte pour {share} sur 20")
            for value, label, share in (
                ("16", "Ratio", 7),
                ("14,5", "Fractions", 6),
                ("13", "Droites", 5),
                ("14", "Oral", 2),
            )
        ],
        "message": Message(constants.SUCCESS, "L’appel de 5e B est enregistré."),
    }
