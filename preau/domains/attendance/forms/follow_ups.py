"""What school life and families type in a follow-up, and what a school settles of its thresholds."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Alert, AttendanceSettings, FollowUpAction
from preau.foundation.fields import Day, SeveralRows

Kind = FollowUpAction.Kind
MADE = [(kind.value, kind.label) for kind in Kind if kind != Kind.WORD]


class ActionForm(forms.Form):
    """What was done: a call, a meeting, a letter, a report, a note."""

    kind = forms.ChoiceField(label=_("Ce qui a été fait"), choices=MADE, widget=forms.RadioSelect)
    done_on = Day(label=_("Le"))
    words = forms.CharField(
        label=_("Précisions"),
        required=False,
        max_length=2000,
        help_text=_("Des faits, sans jugement. Pas de détail médical."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    for_family = forms.BooleanField(
        label=_("Montrer ces précisions à la famille"),
        required=False,
        help_text=_("La famille voit toujours ce qui a été fait et quand, sauf les notes internes."),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"done_on": viewer.today}
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_done_on(self) -> Any:
        day = self.cleaned_data["done_on"]
        if day > self.viewer.today:
            raise ValidationError(_("Notez ce qui a été fait : ce jour n’est pas encore venu."))
        return day


class WordForm(forms.Form):
    """What a family says of the facts."""

    words = forms.CharField(
        label=_("Votre mot"),
        max_length=2000,
        help_text=_("Lu par la vie scolaire et la direction, et par personne d’autre."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Écrivez ce que vous voulez dire.")},
    )


class CountingForm(forms.ModelForm[AttendanceSettings]):
    """When the afternoon begins, and the two thresholds."""

    class Meta:
        model = AttendanceSettings
        fields = ("noon", "dialogue_at", "report_at")
        widgets = {"noon": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        labels = {
            "noon": _("L’après-midi commence à"),
            "dialogue_at": _("Parler avec la famille à partir de"),
            "report_at": _("Proposer un signalement à partir de"),
        }
        help_texts = {
            "noon": _("Un cours est du matin s’il commence avant cette heure."),
            "dialogue_at": _("Demi-journées sans motif valable dans un mois."),
            "report_at": _("Demi-journées sans motif valable dans un mois."),
        }

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        dialogue, report = typed.get("dialogue_at"), typed.get("report_at")
        if dialogue and report and report < dialogue:
            self.add_error(
                "report_at", _("Le signalement vient après le dialogue : choisissez un nombre au moins égal.")
            )
        return typed


class ChosenAlerts(forms.Form):
    """The alerts that letters are made of."""

    alertes = SeveralRows(Alert.objects.none())

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Alert.objects.visible_to(viewer).filter(lifted_at=None).select_related("pupil")
        self.fields["alertes"].queryset = seen  # type: ignore[attr-defined]
