"""Opening a sealed period again to one teacher."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.forms.assessments import day_field
from preau.foundation.fields import OneRow


class TeacherChoice(OneRow):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


class ReopenForm(forms.Form):
    """To whom, until when, and why."""

    teacher = TeacherChoice(
        Person.objects.none(),
        label=_("Enseignant"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez un enseignant.")},
    )
    until = day_field(_("Jusqu’au"), help_text=_("Ce jour compris."))
    why = forms.CharField(
        label=_("Motif"),
        max_length=240,
        help_text=_("Lu par la direction et par l’enseignant."),
        error_messages={"required": _("Dites pourquoi, en une ligne.")},
    )

    def __init__(self, viewer: Viewer, period: Period, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = viewer.today
        teaching = Assignment.objects.active(viewer.today).filter(
            school=viewer.school_id, group__year=period.year_id, kind=Assignment.Kind.TEACHES
        )
        fields: Any = self.fields
        fields["teacher"].queryset = Person.objects.filter(
            pk__in=teaching.values("teacher_id"), erased_at=None
        ).order_by("search_name", "pk")

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today or (until - self.today).days > 366:
            raise forms.ValidationError(_("Choisissez un jour à venir, d’ici un an."))
        return until
