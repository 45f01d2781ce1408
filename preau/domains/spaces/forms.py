"""What a person types in spaces, clean, with a sentence for each mistake."""

import secrets
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.documents.models import Document
from preau.commons.files.actions import Desk
from preau.commons.files.rules import DOCUMENTS, HANDED_IN
from preau.directory.models import Assignment, Group, Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF, Profile, Role
from preau.domains.spaces import rules
from preau.domains.spaces.actions.making import SpaceFacts
from preau.domains.spaces.models import Card, Column, Kept, OpeningHours, Space
from preau.domains.spaces.models.spaces import ANSWERABLE, Power
from preau.domains.spaces.models.talk import LONGEST_ANSWER, LONGEST_QUESTION
from preau.domains.spaces.queries import portfolios
from preau.foundation import boards
from preau.foundation.fields import Attachments, Clock, Day, FewRows, Filter, SeveralRows, Weekdays, time_of
from preau.foundation.http import page_at
from preau.foundation.uploads import MEGABYTE

HEAVIEST_PORTFOLIO = 100 * MEGABYTE
ONE_PAPER = replace(HANDED_IN, files=1)


def _number(initial: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"sent_as": secrets.token_hex(16)} | (initial or {})


class Numbered(forms.Form):
    """A form with a number of its own, so that a second click does its gesture once."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = _number(kwargs.get("initial"))
        super().__init__(*args, **kwargs)


class ListForm(Filter):
    """Which spaces are shown."""

    lesquels = forms.ChoiceField(
        label=gettext_lazy("Montrer"),
        required=False,
        choices=[
            ("", gettext_lazy("Tous")),
            ("classes", gettext_lazy("Classes et groupes")),
            ("enseignements", gettext_lazy("Enseignements")),
            ("projets", gettext_lazy("Projets et équipes")),
            ("archives", gettext_lazy("Archivés")),
        ],
    )
    mots = forms.CharField(label=gettext_lazy("Nom"), required=False, max_length=80)


class GroupsChoice(SeveralRows):
    pass


class PeopleChoice(SeveralRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


class PersonChoice(FewRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def groups_for(viewer: Viewer) -> Any:
    """The classes that one may bring: a teacher their own; whoever answers for them all, every one of the year."""
    rows = Group.objects.in_school(viewer).filter(year=viewer.year)
    if not viewer.holds(*ANSWERABLE):
        rows = rows.filter(
            pk__in=Assignment.objects.active(viewer.today).filter(teacher=viewer.person.pk).values("group_id")
        )
    return rows.order_by("kind", "rank", "name", "pk")


def staff_for(viewer: Viewer) -> Any:
    """The adults of the school who work with pupils, but oneself."""
    held = (
        Holding.objects.active(viewer.today)
        .filter(school=viewer.school_id, role__in=STAFF)
        .exclude(role=Role.OTHER)
    )
    return (
        Person.objects.filter(pk__in=held.values("person_id"))
        .exclude(pk=viewer.person.pk)
        .order_by("search_name", "pk")
    )


class SpaceForm(Numbered):
    """A project or a team."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        widget=forms.RadioSelect,
        choices=[
            (Space.Kind.PROJECT.value, gettext_lazy("Un projet, avec des classes")),
            (Space.Kind.TEAM.value, gettext_lazy("Une équipe, entre adultes")),
        ],
        initial=Space.Kind.PROJECT.value,
    )
    title = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=150,
        error_messages={"required": gettext_lazy("Donnez un nom, en quelques mots.")},
    )
    purpose = forms.CharField(label=gettext_lazy("À quoi il sert"), required=False, max_length=300)
    groups = GroupsChoice(
        Group.objects.none(),
        label=gettext_lazy("Classes et groupes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leurs élèves et leurs professeurs y entrent."),
    )
    people = PeopleChoice(
        Person.objects.none(),
        label=gettext_lazy("Collègues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opens = Day(
        label=gettext_lazy("Ouvre le"), required=False, help_text=gettext_lazy("Sans date, tout de suite.")
    )
    closes = Day(
        label=gettext_lazy("Dernier jour pour écrire"),
        required=False,
        help_text=gettext_lazy("Après ce jour, on le lit encore. Sans date, à la fin de l’année scolaire."),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        fields: Any = self.fields
        fields["groups"].queryset = groups_for(viewer)
        fields["people"].queryset = staff_for(viewer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _dates_in_order(self, data)
        if data.get("kind") == Space.Kind.PROJECT and not data.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choisissez au moins une classe ou un groupe."))
        groups = data.get("groups") if data.get("kind") == Space.Kind.PROJECT else None
        # Whoever makes it is in it too.
        if 1 + len(groups or ()) + len(data.get("people") or ()) > rules.MOST_PARTIES:
            self.add_error("people", self.too_many())
        return data

    @staticmethod
    def too_many() -> str:
        return _("Un espace tient %(num)s participants au plus, classes et collègues ensemble.") % {
            "num": rules.MOST_PARTIES - 1
        }

    def facts(self) -> SpaceFacts:
        data = self.cleaned_data
        groups = data["groups"] if data["kind"] == Space.Kind.PROJECT else ()
        return SpaceFacts(
            data["kind"],
            data["title"],
            data["purpose"],
            data["opens"],
            data["closes"],
            list(groups),
            list(data["people"]),
        )


def _dates_in_order(form: forms.Form, data: dict[str, Any]) -> None:
    if data.get("opens") and data.get("closes") and data["closes"] < data["opens"]:
        form.add_error("closes", _("Le dernier jour vient avant l’ouverture."))


class SettingsForm(forms.Form):
    """What whoever runs a space says of it, and when questions reach them."""

    title = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=150,
        error_messages={"required": gettext_lazy("Donnez un nom, en quelques mots.")},
    )
    purpose = forms.CharField(label=gettext_lazy("À quoi il sert"), required=False, max_length=300)
    opens = Day(label=gettext_lazy("Ouvre le"), required=False)
    closes = Day(label=gettext_lazy("Dernier jour pour écrire"), required=False)
    pupils_may = forms.ChoiceField(
        label=gettext_lazy("Les élèves"),
        widget=forms.RadioSelect,
        choices=[
            (Power.WRITE.value, gettext_lazy("lisent et écrivent")),
            (Power.COMMENT.value, gettext_lazy("lisent, et commentent les documents")),
            (Power.READ.value, gettext_lazy("lisent seulement")),
        ],
    )
    asks = forms.BooleanField(label=gettext_lazy("Les élèves peuvent poser des questions"), required=False)
    moderates = forms.BooleanField(
        label=gettext_lazy("Je relis chaque question avant que la classe la voie"), required=False
    )
    days = Weekdays(label=gettext_lazy("Jours où les questions me parviennent"), required=False)
    starts = Clock(label=gettext_lazy("À partir de"), required=False)
    ends = Clock(
        label=gettext_lazy("Jusqu’à"),
        required=False,
        help_text=gettext_lazy(
            "En dehors de ces heures, une question se garde et attend l’ouverture. Sans heures, elle arrive tout de suite."
        ),
    )

    def __init__(self, space: Space, *args: Any, **kwargs: Any) -> None:
        hours = list(OpeningHours.objects.filter(space=space.pk).order_by("weekday"))
        shown: dict[str, Any] = {name: getattr(space, name) for name in self.facts_of(space)}
        if hours:
            shown |= {
                "days": [one.weekday for one in hours],
                "starts": time_of(hours[0].starts),
                "ends": time_of(hours[0].ends),
            }
        super().__init__(*args, initial=shown, **kwargs)
        self.space = space
        self.known_hours = [(one.weekday, one.starts, one.ends) for one in hours]
        wanted = self.facts_of(space)
        for name in ["title", "pupils_may", "asks", "moderates"]:
            if name not in wanted:
                del self.fields[name]
        if "asks" not in wanted:
            for name in ["days", "starts", "ends"]:
                del self.fields[name]

    @staticmethod
    def facts_of(space: Space) -> tuple[str, ...]:
        """What may be said of a space: the name of a class is that of the directory; a team asks no questions."""
        kind, names = Space.Kind(space.kind), ("purpose", "opens", "closes")
        if not space.is_of_a_group:
            names = ("title", *names)
        if kind in {Space.Kind.TEAM, Space.Kind.OWN}:
            return names
        names = (*names, "asks", "moderates")
        return (*names, "pupils_may") if space.is_of_a_group else names

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _dates_in_order(self, data)
        if "days" in self.fields and not {"days", "starts", "ends"} & set(self.errors):
            flags = [bool(data.get("days")), data.get("starts") is not None, data.get("ends") is not None]
            if any(flags) and not all(flags):
                self.add_error(
                    "days", _("Choisissez les jours, l’heure de début et l’heure de fin, ou rien des trois.")
                )
            elif all(flags) and data["ends"] <= data["starts"]:
                self.add_error("ends", _("La fin doit venir après le début."))
        return data

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.facts_of(self.space)}

    def hours(self) -> list[tuple[int, int, int]]:
        """Those that were chosen; each day keeps its own where nobody touched them, though the form shows those of the first."""
        data, known = self.cleaned_data, self.known_hours
        chosen = [(int(day), data["starts"], data["ends"]) for day in data.get("days") or ()]
        as_shown = [(day, known[0][1], known[0][2]) for day, _starts, _ends in known]
        return known if known and sorted(chosen) == sorted(as_shown) else chosen


class GroupPartyForm(forms.Form):
    """A class or a group that takes part."""

    group = FewRows(
        Group.objects.none(),
        label=gettext_lazy("Classe ou groupe"),
        empty_label=gettext_lazy("Choisir…"),
        error_messages={"required": gettext_lazy("Choisissez une classe ou un groupe.")},
    )
    power = forms.ChoiceField(
        label=gettext_lazy("Pouvoir"),
        choices=[(one.value, one.label) for one in (Power.WRITE, Power.COMMENT, Power.READ)],
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_classe_%s", **kwargs)
        fields: Any = self.fields
        fields["group"].queryset = groups_for(viewer)


class PersonPartyForm(forms.Form):
    """Somebody of the school who takes part."""

    person = PersonChoice(
        Person.objects.none(),
        label=gettext_lazy("Collègue"),
        empty_label=gettext_lazy("Choisir…"),
        error_messages={"required": gettext_lazy("Choisissez une personne.")},
    )
    power = forms.ChoiceField(label=gettext_lazy("Pouvoir"), choices=Power.choices, initial=Power.WRITE)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_collegue_%s", **kwargs)
        fields: Any = self.fields
        fields["person"].queryset = staff_for(viewer)


class AnswerCallForm(forms.Form):
    """The word that another school gave, and the class that one brings."""

    code = forms.CharField(
        label=gettext_lazy("Le mot de l’invitation"),
        max_length=40,
        help_text=gettext_lazy("Douze lettres et chiffres, comme KQ7M-3XWD-9RTA."),
        error_messages={"required": gettext_lazy("Écrivez le mot que votre collègue vous a donné.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    group = FewRows(
        Group.objects.none(),
        label=gettext_lazy("Classe ou groupe à faire entrer"),
        empty_label=gettext_lazy("Choisir…"),
        error_messages={"required": gettext_lazy("Choisissez une classe ou un groupe.")},
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["group"].queryset = groups_for(viewer)


class AnnounceForm(Numbered):
    text = forms.CharField(
        label=gettext_lazy("Annonce"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Écrivez l’annonce.")},
    )


class AskForm(Numbered):
    text = forms.CharField(
        label=gettext_lazy("Ma question"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Écrivez votre question.")},
    )


class AnswerForm(forms.Form):
    """The answer to a question; `seen` names the one that stood when the form was shown."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Réponse"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Écrivez la réponse.")},
    )


class WhyForm(forms.Form):
    """Why something is taken away, which its author reads; of one's own, nothing needs to be said."""

    why = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=200,
        help_text=gettext_lazy("La personne qui l’a écrit lit cette phrase."),
        error_messages={"required": gettext_lazy("Dites pourquoi, en une phrase.")},
    )

    def __init__(self, *args: Any, is_mine: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = not is_mine


class ReportForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Ce qui ne va pas"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Les adultes de l’espace le lisent ; les autres élèves, non."),
        error_messages={"required": gettext_lazy("Dites ce qui ne va pas, en une phrase.")},
    )

    def __init__(self, viewer: Viewer, *args: Any) -> None:
        super().__init__(*args)
        if viewer.profile != Profile.PUPIL:
            self.fields["words"].help_text = gettext_lazy(
                "Les professeurs de l’espace et la direction le lisent ; les élèves et leurs familles, non."
            )


class LinkForm(forms.Form):
    """An address of the web."""

    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=160,
        error_messages={"required": gettext_lazy("Donnez un titre au lien.")},
    )
    address = forms.CharField(
        label=gettext_lazy("Adresse"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"required": gettext_lazy("Écrivez l’adresse de la page.")},
    )
    shelf = forms.CharField(label=gettext_lazy("Chapitre"), max_length=60, required=False)
    usage = forms.CharField(label=gettext_lazy("Pour quoi faire"), max_length=300, required=False)

    def clean_address(self) -> str:
        return web_address(self.cleaned_data["address"])


def web_address(typed: str) -> str:
    """An address that a browser follows, and nothing else. Raises ValidationError."""
    wrong = forms.ValidationError(_("Cette adresse ne convient pas : elle commence par https://."))
    try:
        parts = urlsplit(typed)
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(sign.isspace() for sign in typed):
        raise wrong
    return typed


class FilesForm(forms.Form):
    """Files for the shelf."""

    files = Attachments(label=gettext_lazy("Fichiers"))
    shelf = forms.CharField(label=gettext_lazy("Chapitre"), max_length=60, required=False)
    usage = forms.CharField(label=gettext_lazy("Pour quoi faire"), max_length=300, required=False)

    def __init__(self, viewer: Viewer, space: Space, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_fichier_%s", **kwargs)
        fields: Any = self.fields
        fields["files"].desk = Desk(viewer, space.school_id, DOCUMENTS)


def public_page(address: str) -> str:
    """The path of a public page to work on, written our way, where an address of this site names one; else ""."""
    match = page_at(address)
    if match is None or not any(
        one.to_work_on for one in boards.public_routes if one.url_name == match.view_name
    ):
        return ""
    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)


class PutForm(forms.Form):
    """A page of ours, and the space on whose shelf it is put."""

    adresse = forms.CharField(widget=forms.HiddenInput, max_length=500)
    titre = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=160,
        error_messages={"required": gettext_lazy("Écrivez le titre du lien.")},
    )
    espace = FewRows(
        Space.objects.none(),
        label=gettext_lazy("Espace"),
        empty_label=gettext_lazy("Choisir…"),
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], gettext_lazy("Choisissez un de vos espaces.")
        ),
    )
    chapitre = forms.CharField(label=gettext_lazy("Chapitre"), max_length=60, required=False)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        rows = Space.objects.written_by(viewer).going_on(viewer.today)
        fields["espace"].queryset = rows.order_by("kind", "search_title", "pk")[:200]

    def clean_adresse(self) -> str:
        address = public_page(self.cleaned_data["adresse"])
        if not address:
            raise forms.ValidationError(_("Ce n’est pas une page de ressource de Préau."))
        return address


class ColumnForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Nouvelle colonne"),
        max_length=60,
        error_messages={"required": gettext_lazy("Donnez un titre à la colonne.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_colonne_%s", **kwargs)


class CardForm(Numbered):
    text = forms.CharField(
        label=gettext_lazy("Carte"),
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Écrivez la carte.")},
    )
    mark = forms.ChoiceField(label=gettext_lazy("Sorte"), choices=Card.Mark.choices, initial=Card.Mark.IDEA)
    column = FewRows(
        Column.objects.none(),
        label=gettext_lazy("Colonne"),
        empty_label=None,
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Choisissez une colonne.")),
    )

    def __init__(self, space: Space, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["column"].queryset = Column.objects.filter(space=space.pk).order_by("rank", "pk")
        fields["column"].label_from_instance = lambda one: one.title


class WordForm(forms.Form):
    word = forms.CharField(
        label=gettext_lazy("Mot"), max_length=80, error_messages={"required": gettext_lazy("Écrivez le mot.")}
    )
    text = forms.CharField(
        label=gettext_lazy("Ce qu’il veut dire"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Dites ce que ce mot veut dire.")},
    )


class KeptForm(Numbered):
    """One thing of a portfolio."""

    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=120,
        error_messages={"required": gettext_lazy("Donnez un titre.")},
    )
    path = forms.ChoiceField(label=gettext_lazy("Parcours"), choices=Kept.Path.choices, required=False)
    said = forms.CharField(
        label=gettext_lazy("Ce que j’en dis"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Pourquoi je le garde, ce que j’y ai appris, ce que je referais autrement."),
    )
    text = forms.CharField(
        label=gettext_lazy("Texte"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    address = forms.CharField(
        label=gettext_lazy("Lien"), max_length=500, required=False, widget=forms.URLInput
    )
    papers = Attachments(label=gettext_lazy("Fichier"), required=False)
    work = FewRows(
        Document.objects.none(),
        label=gettext_lazy("Un document que j’ai écrit"),
        required=False,
        empty_label=gettext_lazy("Aucun"),
        help_text=gettext_lazy("Une copie en est gardée, comme il est aujourd’hui."),
    )
    to_teachers = forms.BooleanField(label=gettext_lazy("Mes professeurs peuvent le lire"), required=False)
    to_guardians = forms.BooleanField(label=gettext_lazy("Mes responsables peuvent le lire"), required=False)

    def __init__(self, viewer: Viewer, kept: Kept | None, *args: Any, **kwargs: Any) -> None:
        names = ("title", "path", "said", "text", "address", "to_teachers", "to_guardians")
        if kept:
            kwargs["initial"] = {name: getattr(kept, name) for name in names}
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        held = [kept.file] if kept and kept.file else []
        fields["papers"].desk = Desk(viewer, viewer.school_id or 0, ONE_PAPER, held)
        fields["work"].queryset = portfolios.works_of(viewer)
        if kept or not viewer.offers("documents"):
            del fields["work"]

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        return web_address(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named = ("text", "address", "papers", "said", "work")
        if not self.errors and not any(data.get(name) for name in named):
            self.add_error(
                "text", _("Mettez un texte, un lien ou un fichier, ou dites pourquoi vous gardez ceci.")
            )
        if data.get("work") and data.get("papers"):
            self.add_error(
                "work", _("Un fichier ou un document, pas les deux : gardez-les l’un après l’autre.")
            )
        return data

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("title", "path", "said", "text", "address", "to_teachers", "to_guardians")
        return {name: data[name] for name in names} | {"file": next(iter(data["papers"] or ()), None)}


class BringForm(forms.Form):
    """The archive of a portfolio, as another school gave it."""

    archive = forms.FileField(
        label=gettext_lazy("Archive du portfolio"),
        help_text=gettext_lazy(
            "Le fichier .zip que Préau vous a donné, 100 Mo au plus. Qui peut lire chaque chose se choisit de nouveau ici."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        error_messages={
            "required": gettext_lazy("Choisissez le fichier .zip."),
            "empty": gettext_lazy("Ce fichier est vide."),
        },
    )

    def clean_archive(self) -> Any:
        archive = self.cleaned_data["archive"]
        if archive.size > HEAVIEST_PORTFOLIO:
            raise forms.ValidationError(_("Ce fichier est trop lourd : 100 Mo au plus."))
        return archive


class MeetingForm(Numbered):
    """When a virtual class will be, on the wall of the school."""

    title = forms.CharField(
        label=gettext_lazy("Sujet"),
        max_length=120,
        error_messages={"required": gettext_lazy("Dites de quoi il s’agit, en quelques mots.")},
    )
    day = Day(label=gettext_lazy("Jour"), error_messages={"required": gettext_lazy("Choisissez un jour.")})
    starts = Clock(
        label=gettext_lazy("De"), error_messages={"required": gettext_lazy("Choisissez une heure.")}
    )
    ends = Clock(label=gettext_lazy("À"), error_messages={"required": gettext_lazy("Choisissez une heure.")})

    def __init__(self, space: Space, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space = space

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not {"starts", "ends"} & set(self.errors) and data["ends"] <= data["starts"]:
            self.add_error("ends", _("La fin doit venir après le début."))
        if "day" not in self.errors and not self.errors and self.moments()[1] <= timezone.now():
            self.add_error("day", _("Ce moment est passé."))
        return data

    def moments(self) -> tuple[datetime, datetime]:
        data, zone = self.cleaned_data, ZoneInfo(self.space.school.timezone)

        def at(minute: int) -> datetime:
            return datetime.combine(data["day"], time(minute // 60, minute % 60), zone)

        return at(data["starts"]), at(data["ends"])
