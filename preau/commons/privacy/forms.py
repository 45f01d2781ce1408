"""What people type: a line of a request, a reason to prolong, an answer; what is asked about a breach."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.commons.platform.models import OperatedSchool
from preau.commons.privacy.actions.answering import mark_of
from preau.commons.privacy.actions.asking import CorrectionLine
from preau.commons.privacy.models import Outcome, RequestLine, Right
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day

MOMENT = "%Y-%m-%dT%H:%M"
# Longer, it is an inquiry: the journal and its extracts serve it.
LONGEST = timedelta(days=92)
# Further away, a moment is beyond what a database counts.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# What is past its term is postponed so long at most, each time.
MOST_POSTPONED = timedelta(days=366)


def words(label: Any, most: int, missing: Any = "", rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **options,
    )


class LineForm(forms.Form):
    """One thing that is asked of one kind of data."""

    right = forms.ChoiceField(
        label=_("Que demandez-vous ?"),
        choices=Right.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce que vous demandez.")},
    )
    which = forms.CharField(
        label=_("Quelle ligne ?"),
        max_length=200,
        required=False,
        help_text=_("Par exemple : le retard du 12 novembre. Laissez vide si tout est concerné."),
    )
    wrong = words(
        _("Expliquez"),
        1500,
        _("Dites en une phrase ce qui ne va pas, ou votre question."),
        help_text=_("Ce qui est faux, ce qui vous gêne, ou votre question."),
    )
    better = words(
        _("Ce qui serait juste"),
        1500,
        rows=3,
        required=False,
        help_text=_("Pour une correction : ce qu’il faudrait lire à la place."),
    )

    def __init__(self, kind: str, *args: Any, line: RequestLine | None = None, **kwargs: Any) -> None:
        if line:
            kwargs["initial"] = {name: getattr(line, name) for name in ("right", "which", "wrong", "better")}
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("right") == Right.RECTIFY and "better" in data and not data["better"]:
            self.add_error("better", _("Dites ce qu’il faudrait lire à la place."))
        return data

    def asked(self) -> CorrectionLine:
        data = self.cleaned_data
        return CorrectionLine(data["right"], data["wrong"], self.kind, data["which"], data["better"])


class AskForm(LineForm):
    """The first line of a request, and the school that is asked, when there are several."""

    school = forms.ChoiceField(
        label=_("À quel établissement ?"), error_messages={"required": _("Choisissez un établissement.")}
    )
    field_order = ("school", "right", "which", "wrong", "better")

    def __init__(self, schools: list[School], kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(kind, *args, **kwargs)
        self.schools = {str(school.pk): school for school in schools}
        if len(schools) == 1:
            del self.fields["school"]
        else:
            names = [(key, one.name) for key, one in self.schools.items()]
            self.fields["school"].choices = [("", _("Choisissez")), *names]  # type: ignore[attr-defined]

    def school_asked(self) -> School:
        return self.schools.get(self.cleaned_data.get("school", "")) or next(iter(self.schools.values()))


class ProlongForm(forms.Form):
    """Why two months more are needed."""

    why = words(
        _("Pourquoi"),
        500,
        _("Dites pourquoi il faut plus de temps."),
        rows=3,
        help_text=_(
            "Envoyé tout de suite à la personne. Par exemple : des lignes de plusieurs années sont à relire."
        ),
    )


class AnswerForm(forms.Form):
    """What one line is answered: a question is told, the rest is granted or refused."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Décision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une décision.")},
    )
    answer = words(
        _("Réponse"),
        2000,
        _("Écrivez la réponse."),
        help_text=_(
            "Accordé : ce qui a été fait. Refusé, même en partie : la raison. La personne lit ces mots, avec les moyens de "
            "réclamer s’il y a un refus."
        ),
    )

    def __init__(self, line: RequestLine, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": mark_of(line), "outcome": line.outcome, "answer": line.answer}
        super().__init__(*args, **kwargs)
        asks = line.right == Right.QUESTION
        offered = [one for one in Outcome if (one == Outcome.TOLD) == asks]
        self.fields["outcome"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
        if asks:
            self.fields["outcome"].initial = Outcome.TOLD
            self.initial["outcome"] = Outcome.TOLD


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


class PostponeForm(forms.Form):
    """Until when what is past its term stays, and why."""

    until = Day(
        label=_("Jusqu’au"),
        error_messages={"required": _("Choisissez un jour."), "invalid": _("Choisissez un jour.")},
    )
    why = words(
        _("Pourquoi"),
        300,
        _("Dites en une phrase pourquoi ces lignes doivent rester."),
        rows=2,
        help_text=_("Une raison, sans nommer personne. Elle reste avec ce report."),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = viewer.today

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until <= self.today:
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        if until > self.today + MOST_POSTPONED:
            raise forms.ValidationError(_("C’est trop loin : un an au plus."))
        return until


class BreachForm(forms.Form):
    """Two moments; a name that a head types, or the login that an operator does, in a POST alone."""

    nom = forms.CharField(
        label=_("Nom de la personne dont le compte est en cause"),
        required=False,
        max_length=80,
        help_text=_("Vide : tous les comptes de l’établissement."),
    )
    login = forms.CharField(
        label=_("Identifiant du compte en cause"),
        required=False,
        max_length=80,
        help_text=_("Vide : tous les comptes."),
    )
    debut = forms.DateTimeField(label=_("Depuis"), widget=_moment(), input_formats=[MOMENT])
    fin = forms.DateTimeField(label=_("Jusqu’à"), widget=_moment(), input_formats=[MOMENT])

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        self.school = viewer.school
        now = timezone.localtime(viewer.moment)
        super().__init__(data, initial={"debut": now - timedelta(days=1), "fin": now})
        self.fields.pop("login" if viewer.school else "nom")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in ("debut", "fin"):
            if name in values and not FIRST_YEAR <= values[name].year <= LAST_YEAR:
                self.add_error(name, _("Choisissez une année entre 2000 et 2100."))
        since, until = values.get("debut"), values.get("fin")
        if since and until and since >= until:
            self.add_error("fin", _("La fin vient après le début."))
        elif since and until and until - since > LONGEST:
            self.add_error(
                "debut",
                _("C’est trop long : trois mois au plus. Pour davantage, faites un extrait du journal."),
            )
        return values


class LeavingForm(forms.Form):
    """The UAI of a school whose contract ends, among those that one runs."""

    uai = forms.CharField(
        label=_("UAI de l’établissement"),
        max_length=8,
        help_text=_("Sept chiffres et une lettre : 0350001A. Rien n’est effacé en préparant."),
    )

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        self.viewer = viewer
        super().__init__(data)

    def clean_uai(self) -> OperatedSchool:
        typed = self.cleaned_data["uai"].strip().upper()
        found = OperatedSchool.objects.visible_to(self.viewer).filter(uai=typed).first()
        if found is None:
            raise forms.ValidationError(_("Vous n’exploitez aucun établissement de ce numéro."))
        return found
