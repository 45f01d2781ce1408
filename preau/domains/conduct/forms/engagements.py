"""A measure of responsibility, a contract and its weeks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.conduct.actions.engagements import Goals, Measure
from preau.domains.conduct.forms.incidents import OnePerson, SentOnce
from preau.domains.conduct.models import MOST_HOURS, ContractWeek
from preau.domains.conduct.queries import incidents
from preau.foundation.fields import Day

LONGEST = timedelta(days=120)


def words(label: Any, most: int, required: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": required},
        **options,
    )


class ResponsibilityForm(forms.Form):
    """How a measure is carried out, within what the Code allows."""

    host = forms.CharField(
        label=_("Lieu ou structure d’accueil"),
        max_length=160,
        error_messages={"required": _("Dites où la mesure a lieu.")},
    )
    is_outside = forms.BooleanField(label=_("Hors de l’établissement"), required=False)
    task = words(
        _("Activité"),
        500,
        _("Dites ce que l’élève fera."),
        help_text=_(
            "Solidarité, culture ou formation. Elle respecte la dignité de l’élève et tient compte de son âge."
        ),
    )
    hours = forms.IntegerField(
        label=_("Nombre d’heures"),
        min_value=1,
        max_value=MOST_HOURS,
        help_text=_("Vingt au plus, en dehors des heures de cours."),
    )
    signed_on = Day(
        label=_("Convention signée le"), required=False, help_text=_("Pour une structure extérieure.")
    )

    def measure(self) -> Measure:
        return Measure(**self.cleaned_data)


class ContractForm(SentOnce):
    """Goals set with a pupil, and what the school does to help."""

    pupil = OnePerson(
        Person.objects.none(),
        label=_("Élève"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez un élève.")},
    )
    goals = words(
        _("Objectifs"),
        500,
        _("Dites ce qui est visé."),
        help_text=_("Trois au plus, que l’on peut observer. Écrits avec l’élève, lus par sa famille."),
    )
    help = words(_("Aide de l’établissement"), 500, _("Dites ce que les adultes font pour aider."))
    starts = Day(label=_("Du"))
    ends = Day(label=_("Au"))

    def __init__(self, viewer: Viewer, group: Group | None, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts": viewer.today, "ends": viewer.today + timedelta(days=28)}
        super().__init__(*args, **kwargs)
        self.fields["pupil"].queryset = incidents.pupils_of(viewer, group)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and not starts < ends <= starts + LONGEST:
            self.add_error("ends", _("Choisissez une fin après le début, et dans les quatre mois."))
        return data

    def set_goals(self) -> Goals:
        data = self.cleaned_data
        return Goals(data["goals"], data["help"], data["starts"], data["ends"])


class WeekForm(forms.Form):
    """How the week went."""

    how = forms.ChoiceField(
        label=_("Cette semaine"),
        choices=ContractWeek.How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez comment la semaine s’est passée.")},
    )
    note = forms.CharField(
        label=_("Un mot"),
        required=False,
        max_length=300,
        help_text=_("Lu par l’élève et sa famille."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EndForm(forms.Form):
    """What came of a contract."""

    outcome = words(
        _("Bilan"),
        500,
        _("Dites où en est l’élève."),
        help_text=_("Lu par l’élève et sa famille."),
    )
