"""What school life types of reasons, and of the absences that it settles."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions.reasons import SWITCHES
from preau.domains.attendance.models import Entry, Reason
from preau.domains.attendance.queries.reasons import choices_of_reasons, who_may_have_told
from preau.foundation.fields import OneRow, SeveralRows


class ReasonForm(forms.Form):
    """A reason and its switches, each said by what it does."""

    label = forms.CharField(label=_("Motif"), max_length=80)
    for_families = forms.BooleanField(label=_("Proposé aux familles"), required=False)
    settles = forms.BooleanField(
        label=_("Règle l’absence"),
        required=False,
        help_text=_("Une fois ce motif retenu, il ne reste rien à faire."),
    )
    in_report = forms.BooleanField(label=_("Compte dans le bulletin"), required=False)
    in_alerts = forms.BooleanField(
        label=_("Compte dans les alertes"),
        required=False,
        help_text=_("À cocher pour un motif qui n’excuse pas l’absence."),
    )
    confidential = forms.BooleanField(
        label=_("Confidentiel"),
        required=False,
        help_text=_(
            "Lu par la vie scolaire, la direction et l’infirmerie, et par la personne qui l’a donné."
        ),
    )
    order = forms.IntegerField(
        label=_("Rang dans la liste"),
        min_value=1,
        max_value=999,
        help_text=_("Les plus petits viennent en premier."),
    )

    def __init__(self, viewer: Viewer, reason: Reason | None, *args: Any, **kwargs: Any) -> None:
        known = {name: getattr(reason, name) for name in ("label", "order", *SWITCHES)} if reason else {}
        kwargs["initial"] = known or {"for_families": True, "settles": True, "in_report": True, "order": 50}
        super().__init__(*args, **kwargs)
        self.viewer, self.reason = viewer, reason

    def clean_label(self) -> str:
        """Not that of another one of the school; a new one that is there already is said by the action."""
        label: str = self.cleaned_data["label"]
        if self.reason is None:
            return label
        same = Reason.objects.filter(Q(school_id=self.viewer.school_id) | Q(school=None), label=label)
        others = same.exclude(pk__in=[self.reason.pk, self.reason.replaces_id]).exclude(
            replaces=self.reason.pk
        )
        if others.exists():
            raise ValidationError(_("Un autre motif porte déjà ce nom."))
        return label


class SettleForm(forms.Form):
    """The lines chosen, and the reason kept for all of them."""

    entries = SeveralRows(
        Entry.objects.none(),
        label=_("Lignes choisies"),
        error_messages={"required": _("Choisissez au moins une ligne.")},
    )
    reason = OneRow(
        Reason.objects.none(),
        label=_("Motif"),
        empty_label=_("Choisir un motif"),
        error_messages={"required": _("Choisissez un motif.")},
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries: Any = self.fields["entries"]
        reason: Any = self.fields["reason"]
        if self.is_bound:
            entries.queryset = Entry.objects.visible_to(viewer)
            reason.queryset = Reason.objects.in_use(viewer.school_id or 0)
        # The same, read as a daily page reads: the list shows them each time it is opened.
        reason.choices = [("", reason.empty_label), *choices_of_reasons(viewer.school_id or 0)]


class TakeBackForm(forms.Form):
    """The lines whose handling is taken back."""

    entries = SeveralRows(
        Entry.objects.none(), error_messages={"required": _("Choisissez au moins une ligne.")}
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entries"].queryset = Entry.objects.visible_to(viewer)  # type: ignore[attr-defined]


class SettleOneForm(forms.Form):
    """The reason kept for one line, and who gave it on the telephone."""

    motif = OneRow(
        Reason.objects.none(),
        label=_("Motif"),
        empty_label=_("Choisir un motif"),
        error_messages={"required": _("Choisissez un motif.")},
    )
    told_by = OneRow(
        Person.objects.none(),
        label=_("Dit par"),
        required=False,
        empty_label=_("Constaté par l’établissement"),
        help_text=_("Le motif n’est montré qu’à la personne qui l’a donné."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("Pour la vie scolaire. Pas de détail médical."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, viewer: Viewer, entry: Entry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guardians = [link.guardian for link in who_may_have_told(viewer, entry.pupil_id)]
        reason, told_by = self.fields["motif"], self.fields["told_by"]
        reason.queryset = Reason.objects.in_use(viewer.school_id or 0)  # type: ignore[attr-defined]
        told_by.queryset = Person.objects.filter(pk__in=[guardian.pk for guardian in guardians])  # type: ignore[attr-defined]
        # Read already, with what each is to the pupil.
        told_by.choices = [
            ("", told_by.empty_label),
            *((guardian.pk, guardian.full_name) for guardian in guardians),
        ]  # type: ignore[attr-defined]
