"""What people type in the cahier de textes."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.files.actions import Desk
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import DOCUMENTS, HANDED_IN
from preau.directory.models import Person
from preau.directory.queries.work_groups import bundles_of
from preau.directory.viewer import Viewer
from preau.directory.words import level_said
from preau.domains.homework.actions.progressions import Step
from preau.domains.homework.actions.records import RecordFacts
from preau.domains.homework.actions.works import Work
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.homework.queries.load import DayLoad, loads_of
from preau.domains.homework.queries.progressions import Course, chosen
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.fields import Attachments, Bundles, Day, RichText, SeveralRows

NEXT, OTHER = "next", "other"
LONGEST = 20_000


class PupilChoice(SeveralRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def due_choices(following: Sequence[Lesson], loads: Mapping[date, DayLoad]) -> list[tuple[str, str]]:
    """The next lessons by their dates, each with what is due that day already; then any other day."""
    choices = [
        (str(lesson.pk), f"{dates.capital(dates.short_day(lesson.day))}{_weight(loads.get(lesson.day))}")
        for lesson in following
    ]
    if choices:
        day = f"{dates.short_day(following[0].day)}{_weight(loads.get(following[0].day))}"
        choices[0] = (NEXT, f"{_('Prochain cours')} : {day}")
    return [*choices, (OTHER, str(_("Une autre date…")))]


def _weight(load: DayLoad | None) -> str:
    """« , déjà 40 min », « , déjà 1 h 30, trop »: a choice is one line, on a telephone too."""
    if load is None or not load.minutes:
        return ""
    label = _("déjà %(time)s") % {"time": load.takes}
    return f", {label}, {_('trop')}" if load.is_over else f", {label}"


class WorkForm(forms.Form):
    """Homework given in a lesson: what, for when, how long, handed in how, for whom."""

    title = forms.CharField(
        label=_("Travail à faire"),
        max_length=160,
        help_text=_("En une ligne, par exemple « Exercices 12 et 14 page 87 »."),
    )
    due = forms.ChoiceField(
        label=_("Pour quand"),
        help_text=_("Avec le travail déjà donné pour ce jour ; « trop » : au-delà du conseil."),
    )
    due_day = Day(
        label=_("Autre date"),
        required=False,
        help_text=_("Si vous choisissez « Une autre date »."),
    )
    minutes = forms.IntegerField(
        label=_("Durée estimée, en minutes"),
        required=False,
        min_value=1,
        max_value=600,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], _("Écrivez un nombre de minutes, de 1 à 600.")
        ),
    )
    hand_in = forms.ChoiceField(
        label=_("Comment le rendre"),
        choices=Homework.HandIn.choices,
        initial=Homework.HandIn.NOTHING,
        required=False,
    )
    body = RichText(label=_("Consignes"), required=False, max_length=LONGEST)
    documents = Attachments(label=_("Documents joints au travail"), required=False)
    sets = Bundles(
        label=_("Pour un de mes groupes de travail"),
        required=False,
        help_text=_("Ses élèves s’ajoutent à ceux que vous cochez."),
    )
    pupils = PupilChoice(
        Person.objects.none(),
        label=_("Pour quelques élèves seulement"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Personne de coché : pour toute la classe. Les autres élèves ne voient pas ce travail."),
    )

    def __init__(
        self, viewer: Viewer, lesson: Lesson, following: Sequence[Lesson], *args: Any, **kwargs: Any
    ) -> None:
        held = kwargs.pop("held", ())
        kwargs["initial"] = {"due": NEXT if following else OTHER} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.lesson, self.following, self.year, self.today = lesson, following, viewer.year, viewer.today
        self.fields["documents"].desk = Desk(viewer, lesson.school_id, DOCUMENTS, held)  # type: ignore[attr-defined]
        pupils = list(lesson.pupils().order_by("search_name", "pk"))
        loads = loads_of(lesson, {pupil.pk for pupil in pupils}, following)
        self.fields["due"].choices = due_choices(following, loads)  # type: ignore[attr-defined]
        field: Any = self.fields["pupils"]
        field.queryset = Person.objects.filter(pk__in=[pupil.pk for pupil in pupils])
        # Read once: the field's own choices would ask for the same rows again.
        field.choices = [(pupil.pk, field.label_from_instance(pupil)) for pupil in pupils]
        sets: Any = self.fields["sets"]
        if not sets.offer(bundles_of(viewer), [pupil.pk for pupil in pupils]):
            del self.fields["sets"]

    def clean_due_day(self) -> date | None:
        day: date | None = self.cleaned_data["due_day"]
        if self.data.get("due") != OTHER or not day:
            return day
        if day <= self.lesson.day:
            raise forms.ValidationError(_("Choisissez un jour après la séance."))
        if day < self.today and day != self.initial.get("due_day"):
            raise forms.ValidationError(_("Ce jour est passé : choisissez un jour à venir."))
        if self.year and day > self.year.ends:
            raise forms.ValidationError(_("Choisissez un jour de l’année scolaire."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if Bundles.are_gone(self, "sets"):
            self.add_error("pupils", _("Le groupe coché n’existe plus\u202f: cochez les élèves."))
        if data.get("sets") and "pupils" in data:
            field, sets = self.fields["pupils"], self.fields["sets"]
            data["pupils"] = sets.joined(data["sets"], data["pupils"], field.queryset)  # type: ignore[attr-defined]
        if (
            self.asks_for_work()
            and data.get("due") == OTHER
            and not data.get("due_day")
            and not self.errors.get("due_day")
        ):
            self.add_error("due_day", _("Écrivez la date."))
        return data

    def asks_for_work(self) -> bool:
        return True

    def work(self) -> Work:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        day, lesson = self._due()
        return Work(
            title=data["title"],
            body=data["body"],
            due_day=day,
            due_lesson=lesson,
            due_next=data["due"] == NEXT,
            minutes=data["minutes"],
            hand_in=data["hand_in"] or Homework.HandIn.NOTHING,
            pupils=tuple(sorted(pupil.pk for pupil in data["pupils"])),
        )

    def _due(self) -> tuple[date, Lesson | None]:
        due = self.cleaned_data["due"]
        if due == OTHER:
            day = self.cleaned_data["due_day"]
            return day, next((one for one in self.following if one.day == day), None)
        chosen = (
            self.following[0] if due == NEXT else next(one for one in self.following if str(one.pk) == due)
        )
        return chosen.day, chosen


class RecordForm(WorkForm):
    """What was done in a lesson, and one homework more if there is any; two buttons say whether it is published."""

    content = RichText(label=_("Ce que nous avons fait"), required=False, max_length=LONGEST)
    shown = forms.ChoiceField(
        label=_("Visible des élèves et des familles"),
        choices=LessonRecord.Shown.choices,
        initial=LessonRecord.Shown.START,
        widget=forms.RadioSelect,
    )
    shown_at = forms.DateTimeField(
        label=_("Heure choisie"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Si vous choisissez une heure."),
    )
    note = forms.CharField(
        label=_("Note pour moi"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Vous seul la lisez."),
    )
    papers = Attachments(label=_("Documents de la séance"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)
    sent_as = forms.RegexField(
        r"^[0-9a-f]{32}$", required=False, initial=lambda: secrets.token_hex(16), widget=forms.HiddenInput
    )

    def __init__(self, viewer: Viewer, lesson: Lesson, *args: Any, **kwargs: Any) -> None:
        papers, self.has_work = kwargs.pop("papers", ()), kwargs.pop("has_work", False)
        super().__init__(viewer, lesson, *args, **kwargs)
        self.fields["title"].required = False
        self.fields["papers"].desk = Desk(viewer, lesson.school_id, DOCUMENTS, papers)  # type: ignore[attr-defined]

    @property
    def publishes(self) -> bool:
        return self.data.get("geste") != "brouillon"

    def asks_for_work(self) -> bool:
        return bool(self.cleaned_data.get("title"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("shown") == LessonRecord.Shown.HOUR and not data.get("shown_at"):
            self.add_error("shown_at", _("Écrivez le jour et l’heure."))
        others = [data.get(name) for name in ("body", "minutes", "pupils", "documents")]
        if any(others) and not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("Écrivez en une ligne le travail à faire."))
        read = [data.get(name) for name in ("content", "papers", "title")]
        if self.publishes and not (any(read) or self.has_work or self.errors):
            self.add_error(
                "content", _("Il n’y a rien à lire : écrivez ce qui a été fait, ou gardez le brouillon.")
            )
        return data

    def typed(self) -> RecordFacts:
        data = self.cleaned_data
        at = data["shown_at"] if data["shown"] == LessonRecord.Shown.HOUR else None
        return RecordFacts(data["content"], data["shown"], at, self.publishes)


class ChangeForm(WorkForm):
    """Homework that is there already; `seen` is its version when the page was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


def shown_of(homework: Homework, following: Sequence[Lesson]) -> dict[str, Any]:
    """What the form of a homework shows at first."""
    known = next((lesson for lesson in following if lesson.pk == homework.due_lesson_id), None)
    due = OTHER if known is None else NEXT if known is following[0] else str(known.pk)
    return {
        "title": homework.title,
        "body": homework.body,
        "due": due,
        "due_day": homework.due_day if due == OTHER else None,
        "minutes": homework.minutes,
        "hand_in": homework.hand_in,
        "pupils": [pupil.pk for pupil in homework.pupils.all()] if homework.for_some else [],
        "seen": homework.version,
    }


class LimitsForm(forms.Form):
    """The minutes a day advised for each level of the school; nothing where it advises nothing."""

    def __init__(self, levels: Mapping[str, int | None], data: Any = None) -> None:
        super().__init__(data)
        self.levels = list(levels)
        for number, (level, minutes) in enumerate(levels.items()):
            self.fields[f"niveau-{number}"] = forms.IntegerField(
                label=level_said(level),
                required=False,
                min_value=1,
                max_value=600,
                initial=minutes,
                error_messages=dict.fromkeys(
                    ["invalid", "min_value", "max_value"], _("Écrivez un nombre de minutes, de 1 à 600.")
                ),
            )

    def typed(self) -> dict[str, int | None]:
        return {level: self.cleaned_data[f"niveau-{number}"] for number, level in enumerate(self.levels)}


class HandInForm(forms.Form):
    """What a pupil hands in: a text, files, or both."""

    text = forms.CharField(
        label=_("Mon texte"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8})
    )
    papers = Attachments(
        label=_("Ma photo ou mes fichiers"),
        required=False,
        help_text=_(
            "Une photo nette du cahier convient : un téléphone propose de la prendre. Ou un enregistrement."
        ),
    )

    def __init__(
        self, viewer: Viewer, homework: Homework, held: Sequence[StoredFile], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].desk = Desk(viewer, homework.school_id, HANDED_IN, held)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text") and not data.get("papers") and not self.errors:
            self.add_error("text", _("Écrivez votre texte, ou joignez un fichier."))
        return data


class ProgressionForm(forms.Form):
    """A new progression: its title, and the course whose lessons it takes up."""

    title = forms.CharField(label=_("Titre"), max_length=120, help_text=_("Par exemple « Maths 5e »."))
    source = forms.ChoiceField(label=_("Reprendre"), required=False)

    def __init__(self, courses: Sequence[Course], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.courses = courses
        choices = [(course.key, f"{course.name} ({course.year})") for course in courses]
        self.fields["source"].choices = [("", _("Rien : partir d’une page blanche")), *choices]  # type: ignore[attr-defined]

    def course(self) -> Course | None:
        return chosen(self.courses, self.cleaned_data["source"])


class StepForm(forms.Form):
    """One lesson of a progression."""

    content = RichText(label=_("Contenu de la séance"), max_length=LONGEST)
    work = forms.CharField(label=_("Travail pour la séance suivante"), required=False, max_length=160)
    minutes = forms.IntegerField(
        label=_("Durée estimée, en minutes"),
        required=False,
        min_value=1,
        max_value=600,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], _("Écrivez un nombre de minutes, de 1 à 600.")
        ),
    )

    def typed(self) -> Step:
        data = self.cleaned_data
        return Step(data["content"], data["work"], data["minutes"])


class GiveForm(forms.Form):
    """To which course a progression is given, and from which day on."""

    cours = forms.ChoiceField(
        label=_("Classe"), error_messages={"required": _("Choisissez la classe à remplir.")}
    )
    from_day = Day(label=_("À partir du"))

    def __init__(self, viewer: Viewer, courses: Sequence[Course], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"from_day": viewer.today}, **kwargs)
        self.courses, self.year = courses, viewer.year
        choices = [(course.key, course.name) for course in courses]
        # The first by its name is seldom the one that is meant.
        several = [("", _("Choisir une classe…"))] if len(choices) > 1 else []
        self.fields["cours"].choices = [*several, *choices]  # type: ignore[attr-defined]

    def clean_from_day(self) -> date:
        day: date = self.cleaned_data["from_day"]
        if self.year and not self.year.starts <= day <= self.year.ends:
            raise forms.ValidationError(_("Choisissez un jour de l’année scolaire."))
        return day

    def course(self) -> Course:
        found = chosen(self.courses, self.cleaned_data["cours"])
        assert found is not None  # noqa: S101 - one of the choices
        return found


class VisaForm(forms.Form):
    """What the head says of a cahier de textes."""

    comment = forms.CharField(
        label=_("Commentaire"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Les enseignants de la classe et la direction le lisent."),
    )
