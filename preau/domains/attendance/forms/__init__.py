"""What people type about attendance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.files.actions import Desk
from preau.commons.files.rules import PAPER
from preau.directory.models import Group, Holding, Person, Subject
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions.arrangements import ArrangementFacts
from preau.domains.attendance.actions.rolls import Conflict, Mark, Sending
from preau.domains.attendance.forms.registers import classes_offered
from preau.domains.attendance.models import (
    UNCALLED,
    Arrangement,
    Entry,
    Explanation,
    ListRemark,
    Reason,
    Status,
)
from preau.domains.attendance.queries.absences import same_day_to_explain
from preau.domains.attendance.queries.registers import RegisterRow, seen_of
from preau.domains.timetable.models import Lesson
from preau.foundation.fields import Attachments, Day, FewRows, Filter, OneRow, SeveralRows

MOST_MINUTES = 600
MOST_DIGITS = 18


@dataclass(frozen=True)
class RollLine:
    """One line of the roll as the page shows it: the pupil, what is chosen, what was seen, what is wrong."""

    row: RegisterRow
    status: str
    minutes: str
    seen: str
    error: str = ""


class RollForm:
    """The roll: a status for each pupil of the register, minutes for those late, and what the page had shown.

    `over`: the lesson has ended, no clock says any more how late somebody came.

    It is not a Django form: thirty pupils times three fields would be a formset for what is one choice a line.
    """

    def __init__(
        self, rows: list[RegisterRow], data: Mapping[str, Any] | None = None, *, over: bool = False
    ) -> None:
        self.rows, self.over = rows, over
        self.data = data or {}
        self.errors: dict[int, Any] = {}
        self.marks = [self._mark(row) for row in rows]

    @classmethod
    def sent(cls, data: Mapping[str, Any], *, over: bool = False) -> "RollForm | None":
        """The form by what was sent alone: enough to validate a roll that its page filled, without reading it again.

        None when it does not say of each pupil what the page had shown. It cannot be drawn: it knows no name.
        """
        pupils, seen = _pupils_in(data, "status-"), _pupils_in(data, "seen-")
        rows = [RegisterRow(pupil, "", "", Status.PRESENT, None, was_absent_before=False) for pupil in pupils]
        return cls(rows, data, over=over) if seen >= pupils else None

    def is_valid(self) -> bool:
        return not self.errors

    def add_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        """Show both values; what is in the database becomes what this page has seen."""
        for conflict in conflicts:
            words = _(
                "Quelqu’un vient de noter « %(theirs)s ». Vous avez choisi « %(mine)s » : "
                "validez de nouveau pour garder votre choix, ou changez-le."
            )
            if conflict.own:
                words = _(
                    "Vous avez noté « %(theirs)s » dans un autre onglet. Ici, vous avez choisi « %(mine)s » : "
                    "validez de nouveau pour garder ce choix, ou changez-le."
                )
            self.errors[conflict.pupil_id] = words % {"theirs": conflict.theirs, "mine": conflict.mine}
        self.marks = [self._fresh(row, mark) for row, mark in zip(self.rows, self.marks, strict=True)]

    def _fresh(self, row: RegisterRow, mark: Mark) -> Mark:
        """What the person changed stays; what they left alone becomes what others have written since."""
        if seen_of(mark.status, mark.minutes_late) == mark.seen:
            return Mark(row.pupil_id, row.status, row.minutes_late, row.seen)
        return replace(mark, seen=row.seen)

    def lines(self) -> list[RollLine]:
        return [self._line(row, mark) for row, mark in zip(self.rows, self.marks, strict=True)]

    def _line(self, row: RegisterRow, mark: Mark) -> RollLine:
        typed = self.data.get(f"minutes-{row.pupil_id}", "")
        minutes = typed or mark.minutes_late or ""
        return RollLine(row, mark.status, str(minutes), mark.seen, self.errors.get(row.pupil_id, ""))

    def _mark(self, row: RegisterRow) -> Mark:
        status = self.data.get(f"status-{row.pupil_id}", row.status)
        seen = self.data.get(f"seen-{row.pupil_id}", row.seen)
        # Whoever came after the roll may wait for a word; nobody else becomes uncalled again.
        if status not in Status.values and not status == seen == UNCALLED:
            self.errors[row.pupil_id] = _("Choisissez présent, retard ou absent.")
            status = row.status
        minutes = self._minutes(row) if status == Status.LATE else None
        return Mark(row.pupil_id, status, minutes, seen)

    def _minutes(self, row: RegisterRow) -> int | None:
        typed = self.data.get(f"minutes-{row.pupil_id}", str(row.minutes_late or "")).strip()
        if not typed:
            if self.over:
                self.errors[row.pupil_id] = _(
                    "Le cours est fini : écrivez les minutes de retard, par exemple 10."
                )
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 4 and 0 < int(typed) <= MOST_MINUTES):
            self.errors[row.pupil_id] = _("Écrivez un nombre de minutes, par exemple 10.")
            return None
        return int(typed)


def sending_in(data: Mapping[str, Any]) -> Sending | None:
    """What a script says of a roll that it sends: its number, and when it was validated; None when it says neither well."""
    try:
        return Sending(
            UUID(data.get("sending", "")), datetime.fromtimestamp(int(data.get("made_at", "")), UTC)
        )
    except (ValueError, OverflowError, OSError):
        return None


def _pupils_in(data: Mapping[str, Any], prefix: str) -> set[int]:
    ids = (name.removeprefix(prefix) for name in data if name.startswith(prefix))
    return {int(found) for found in ids if found.isascii() and found.isdigit() and len(found) <= MOST_DIGITS}


class EntryChoice(SeveralRows):
    def label_from_instance(self, obj: Entry) -> str:  # type: ignore[override]
        return f"{obj.lesson.hours} · {obj.lesson.subject.name}"


class ExplainForm(forms.Form):
    """The lessons missed that day, a reason, and a word if the family wishes."""

    entries = EntryChoice(
        Entry.objects.none(),
        label=_("Cours manqués"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Gardez au moins un cours coché.")},
    )
    reason = OneRow(
        Reason.objects.none(),
        label=_("Motif"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choisissez un motif.")},
    )
    comment = forms.CharField(
        label=_("Précision"),
        help_text=_("Pas de détail médical."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    papers = Attachments(label=_("Document"), required=False)

    def __init__(self, viewer: Viewer, entry: Entry, *args: Any, **kwargs: Any) -> None:
        entries = same_day_to_explain(entry)
        kwargs.setdefault("initial", {})["entries"] = [known.pk for known in entries]
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entries"]
        field.queryset = entries
        # Read once: the field's own choices would ask for the same rows again.
        field.choices = [(known.pk, field.label_from_instance(known)) for known in entries]
        self.fields["papers"].desk = Desk(viewer, entry.school_id, PAPER)  # type: ignore[attr-defined]
        self.fields["reason"].queryset = Reason.objects.offered_to_families(entry.school_id)  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Accept or refuse; a refusal says why, in words that the family will read."""

    # The last decision that the page showed; nothing: whoever sends it has seen none.
    seen = forms.IntegerField(
        required=False, min_value=0, widget=forms.HiddenInput(attrs={"id": "id_seen_decision"})
    )
    state = forms.ChoiceField(
        label=_("Décision"),
        choices=[(Explanation.State.ACCEPTED, _("Accepter")), (Explanation.State.REFUSED, _("Refuser"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez d’accepter ou de refuser.")},
    )
    comment = forms.CharField(
        label=_("Réponse à la famille"),
        help_text=_("Nécessaire pour refuser : la famille la lira."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("state") == Explanation.State.REFUSED and not data.get("comment"):
            self.add_error("comment", _("Dites à la famille pourquoi l’explication n’est pas acceptée."))
        return data


class CorrectionForm(forms.Form):
    """What was really so."""

    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("L’élève était"), choices=Status.choices, widget=forms.RadioSelect)
    minutes_late = forms.IntegerField(
        label=_("Minutes de retard"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=_("Pour un retard."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("status") == Status.LATE
            and not data.get("minutes_late")
            and "minutes_late" not in self.errors
        ):
            self.add_error("minutes_late", _("Écrivez le nombre de minutes de retard."))
        return data


class AbsenceFilter(Filter):
    """The filters of the list of absences. A wrong value is ignored, never an error page."""

    STATES = [
        ("", _("Tout")),
        ("a_regler", _("À régler")),
        ("a_expliquer", _("À expliquer")),
        ("a_lire", _("Explication à lire")),
        ("acceptee", _("Acceptée")),
        ("refusee", _("Refusée")),
        ("reglee", _("Réglée")),
        ("dispense", _("Dispensé")),
        ("retard", _("Retards")),
    ]
    nom = forms.CharField(label=_("Nom de l’élève"), required=False, max_length=80)
    classe = FewRows(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes les classes")
    )
    du = Day(label=_("Du"), required=False)
    au = Day(label=_("Au"), required=False)
    etat = forms.ChoiceField(label=_("État"), required=False, choices=STATES)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classe"].queryset = classes_offered(viewer)  # type: ignore[attr-defined]


class ArrangementForm(forms.Form):
    """An exemption or an adjustment: what to do, and between which days."""

    kind = forms.ChoiceField(
        label=_("Que faut-il noter ?"),
        choices=[
            (Arrangement.Kind.EXEMPTION, _("Une dispense de cours")),
            (Arrangement.Kind.ADJUSTMENT, _("Un aménagement dans tous les cours")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une dispense ou un aménagement.")},
    )
    subjects = SeveralRows(
        Subject.objects.none(),
        label=_("Matières"),
        help_text=_("Pour une dispense."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    must_attend = forms.BooleanField(label=_("L’élève vient quand même en cours"), required=False)
    words = forms.CharField(
        label=_("Ce qu’il faut faire"),
        help_text=_("Par exemple : tiers-temps, placé devant. Jamais la raison, ni un détail médical."),
        required=False,
        max_length=120,
    )
    first_day = Day(label=_("Du"))
    last_day = Day(label=_("Au"), required=False, help_text=_("Vide : jusqu’à nouvel ordre."))

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subjects"].queryset = Subject.objects.in_school(viewer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, first, last = data.get("kind"), data.get("first_day"), data.get("last_day")
        if kind == Arrangement.Kind.EXEMPTION and "subjects" in data and not data["subjects"]:
            self.add_error("subjects", _("Choisissez au moins une matière."))
        if kind == Arrangement.Kind.ADJUSTMENT and "words" in data and not data["words"]:
            self.add_error("words", _("Dites aux enseignants ce qu’il faut faire."))
        if first and last and last < first:
            self.add_error("last_day", _("La fin doit venir après le début."))
        return data

    def said(self) -> ArrangementFacts:
        return ArrangementFacts(**self.cleaned_data)


class ArrangementFilter(forms.Form):
    """The filters of the list of exemptions and adjustments."""

    nom = forms.CharField(label=_("Nom de l’élève"), required=False, max_length=80)
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("En cours ou à venir")), ("fini", _("Terminés"))]
    )

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class RemarkForm(forms.Form):
    """Who is there and not on the list, or on the list and not of the group."""

    pupil = OneRow(
        Person.objects.none(),
        to_field_name="public_id",
        error_messages={"required": _("Choisissez un élève."), "invalid_choice": _("Choisissez un élève.")},
    )
    remark = forms.ChoiceField(choices=ListRemark.Kind.choices)

    def __init__(self, viewer: Viewer, lesson: Lesson, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lesson = lesson
        here = Holding.objects.pupils_here(viewer)
        self.fields["pupil"].queryset = Person.objects.filter(pk__in=here.values("person_id"))  # type: ignore[attr-defined]

    def clean_pupil(self) -> Person:
        """Who is said to be missing is not enrolled; who is said to be too many is."""
        pupil: Person = self.cleaned_data["pupil"]
        listed = self.lesson.pupils().filter(pk=pupil.pk).exists()
        if listed and self.data.get("remark") == ListRemark.Kind.MISSING:
            raise forms.ValidationError(_("Cet élève est déjà sur la liste."))
        if not listed and self.data.get("remark") == ListRemark.Kind.NOT_HERE:
            raise forms.ValidationError(_("Cet élève n’est pas sur la liste."))
        return pupil
