"""Who may open a record, its measures and papers, and where it goes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.files.rules import Limits
from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.records.actions.hanging import KINDS, MOST
from preau.domains.records.forms.records import OnePerson
from preau.domains.records.models import Orphan, Reader, Record
from preau.domains.records.queries import audit, choices
from preau.foundation.fields import Day, OneRow

REASONS = [
    (one.value, one.label)
    for one in Reader.Reason
    if one not in {Reader.Reason.AUTHOR, Reader.Reason.ENTRUSTED}
]


class ReaderForm(forms.Form):
    """Somebody who may open the record, why, and until when."""

    person = OnePerson(
        Person.objects.none(),
        label=_("Personne"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez une personne de l’établissement.")},
    )
    reason = forms.ChoiceField(
        label=_("Raison"),
        choices=[("", _("Choisir…")), *REASONS],
        error_messages={"required": _("Dites pourquoi cette personne ouvre le dossier.")},
    )
    until = Day(
        label=_("Dernier jour"),
        required=False,
        help_text=_("L’accès finit ce jour-là à minuit. Vide : tant que le dossier la concerne."),
    )

    def __init__(self, viewer: Viewer, record: Record, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        people = choices.staff_to_add(viewer, record).exclude(pk=viewer.person.pk)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day and day < self.viewer.today:
            raise forms.ValidationError(_("Ce jour est passé."))
        return day


class MeasureForm(forms.Form):
    """A measure in neutral words."""

    words = forms.CharField(
        label=_("Aménagement"),
        max_length=120,
        help_text=_("Ce qu’il faut faire, jamais pourquoi : « Tiers-temps », « Placé devant »."),
        error_messages={"required": _("Dites ce qu’il faut faire.")},
    )
    first_day = Day(label=_("Premier jour"))
    last_day = Day(label=_("Dernier jour"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        return data


class PaperForm(forms.Form):
    """One paper."""

    file = forms.FileField(
        label=_("Document"),
        help_text=Limits(KINDS, files=1, size=MOST).said,
        widget=forms.FileInput(attrs={"accept": Limits(KINDS, files=1, size=MOST).accept}),
        error_messages={"required": _("Choisissez un document."), "empty": _("Ce document est vide.")},
    )


class HandOverForm(forms.Form):
    """The school where the pupil goes on."""

    school = OneRow(
        School.objects.none(),
        label=_("Établissement"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez l’établissement.")},
    )

    def __init__(self, viewer: Viewer, record: Record, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = choices.next_schools(viewer, record)  # type: ignore[attr-defined]


class EntrustForm(forms.Form):
    """Who opens a record that nobody opens any more."""

    person = OnePerson(
        Person.objects.none(),
        label=_("Personne"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez une personne de l’établissement.")},
    )

    def __init__(self, viewer: Viewer, record: Orphan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = audit.staff_to_entrust(viewer, record)  # type: ignore[attr-defined]
