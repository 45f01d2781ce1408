"""What a person types about absences of teachers and covers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.actions.patterns import at
from preau.domains.timetable.actions.settling import ASK, CANCEL, STUDY
from preau.domains.timetable.forms.changes import OnePerson, teachers_of, teachers_until
from preau.domains.timetable.models import TeacherAbsence
from preau.domains.timetable.queries.cover import NeedRow
from preau.domains.timetable.queries.ranking import Proposal
from preau.foundation import dates
from preau.foundation.fields import Day, SeveralRows

MIDNIGHT = time()


def _hour(label: Any, help_text: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, help_text=help_text, widget=widget)


class AnnounceForm(forms.Form):
    """Who is away and when. A teacher speaks of themselves alone; only who knows causes is asked for one."""

    teacher = OnePerson(Person.objects.none(), label=_("Enseignant"), empty_label=_("Choisir…"))
    first_day = Day(label=_("Premier jour"))
    last_day = Day(label=_("Dernier jour"))
    starts_at = _hour(_("À partir de"), _("Le premier jour. Vide : toute la journée."))
    ends_at = _hour(_("Jusqu’à"), _("Le dernier jour. Vide : toute la journée."))
    cause = forms.ChoiceField(
        label=_("Cause"),
        required=False,
        choices=[("", _("Ne rien noter")), *TeacherAbsence.Cause.choices],
        help_text=_(
            "Lue par la direction et le secrétariat seulement, et effacée trente jours après l’absence."
        ),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        if not rules.organises_covers(viewer):
            del self.fields["teacher"]
        else:
            self.fields["teacher"].queryset = teachers_of(viewer).order_by("family_name", "given_name")  # type: ignore[attr-defined]
            if not rules.knows_causes(viewer):
                del self.fields["cause"]

    @property
    def person(self) -> Person:
        return self.cleaned_data.get("teacher") or self.viewer.person

    @property
    def why(self) -> str:
        return self.cleaned_data.get("cause", "")

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Whole days end at the midnight that follows the last one."""
        return _span(self.viewer, self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        year = self.viewer.year
        if data["last_day"] < data["first_day"]:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        elif odd := [
            name for name in ("first_day", "last_day") if not year.starts <= data[name] <= year.ends
        ]:
            for name in odd:
                self.add_error(name, _("Ce jour n’est pas dans l’année scolaire."))
        else:
            self._check_span(data)
        return data

    def _check_span(self, data: dict[str, Any]) -> None:
        starts, ends = _span(self.viewer, data)
        if ends <= starts:
            self.add_error("ends_at", _("La fin doit venir après le début."))
        elif ends <= timezone.now():
            self.add_error("last_day", _("Cette absence est déjà passée."))


def _span(viewer: Viewer, data: dict[str, Any]) -> tuple[datetime, datetime]:
    school: Any = viewer.school
    last: date = data["last_day"]
    until = data["ends_at"]
    ends = at(school, last, until) if until else at(school, last + timedelta(days=1), MIDNIGHT)
    return at(school, data["first_day"], data["starts_at"] or MIDNIGHT), ends


class AskForm(forms.Form):
    """Whom to ask: the first proposal, unless others are ticked. Whoever is not proposed is a wrong choice."""

    teachers = SeveralRows(
        Person.objects.none(),
        label=_("À qui demander"),
        help_text=_("À plusieurs si vous voulez : le premier qui accepte donne le cours."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins une personne.")},
    )

    def __init__(self, proposals: Sequence[Proposal], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"teachers": [proposal.pk for proposal in proposals[:1]]}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["teachers"]
        field.queryset = Person.objects.filter(pk__in=[proposal.pk for proposal in proposals])
        # In the order of the ranking, and with the names that were read already: the page adds why.
        field.choices = [(proposal.pk, proposal.name) for proposal in proposals]


class SettleForm(forms.Form):
    """What becomes of a lesson that nobody gives."""

    geste = forms.ChoiceField(choices=[("permanence", _("Permanence")), ("annuler", _("Annuler le cours"))])


class DeclineForm(forms.Form):
    words = forms.CharField(
        label=_("Un mot pour le secrétariat"),
        required=False,
        max_length=240,
        help_text=_("Vous n’avez pas à dire pourquoi."),
    )


class WithdrawForm(forms.Form):
    give_back = forms.BooleanField(
        label=_("Lui rendre aussi ses cours : remplacements, permanences et annulations sont rétablis"),
        required=False,
    )


class GiveForm(forms.Form):
    """Who gives all the lessons of an absence: any teacher of the school but the one who is away, and who comes to replace."""

    teacher = OnePerson(Person.objects.none(), label=_("Confier tous les cours à"), empty_label=_("Choisir…"))

    def __init__(self, viewer: Viewer, absence: TeacherAbsence, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = dates.local(absence.ends, absence.school.timezone).date()
        others = teachers_until(viewer, last).exclude(pk=absence.teacher_id)
        self.fields["teacher"].queryset = others.order_by("family_name", "given_name")  # type: ignore[attr-defined]


# How many of those who are free a line shows: the first are the best.
MOST_PROPOSED = 5
ASKS, SETTLED = "demander-", {"permanence": STUDY, "annuler": CANCEL}


class LinesForm(forms.Form):
    """What becomes of each lesson of an absence, one question a lesson. Whoever is not free is a wrong choice.

    `first`: what is chosen at first on each line, « permanence » or « annuler »; else to ask the best who is free.
    """

    def __init__(
        self,
        needs: Sequence[NeedRow],
        proposals: Mapping[int, Sequence[Proposal]],
        *args: Any,
        first: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs = {need.row.pk: need for need in needs}
        asked: Counter[int] = Counter()
        for need in needs:
            self.fields[name_of(need)] = self._line(need, proposals.get(need.row.pk, []), first, asked)

    def _line(
        self, need: NeedRow, proposals: Sequence[Proposal], first: str, asked: Counter[int]
    ) -> forms.ChoiceField:
        typed = self.data.get(name_of(need), "")
        shown = [
            (f"{ASKS}{one.pk}", _said(one))
            for rank, one in enumerate(proposals)
            if rank < MOST_PROPOSED or typed == f"{ASKS}{one.pk}"
        ]
        # A second click asks whom the first one asked: a choice that changes nothing, and that no line shows.
        if typed in {f"{ASKS}{ask.person}" for ask in need.waiting}:
            shown.append((typed, gettext("Déjà demandé")))
        choices: list[tuple[str, Any]] = [
            ("", _("Ne rien décider")),
            *shown,
            ("permanence", _("Permanence")),
            ("annuler", _("Annuler le cours")),
        ]
        return forms.ChoiceField(
            label=f"{need.row.hours} · {need.row.groups_label}, {need.row.subject}",
            choices=choices,
            required=False,
            initial=self._first(need, proposals, first, asked),
            error_messages={
                "invalid_choice": _("Cette personne n’est plus libre à cette heure : choisissez de nouveau.")
            },
        )

    def _first(self, need: NeedRow, proposals: Sequence[Proposal], first: str, asked: Counter[int]) -> str:
        """The best who is free; among those whom as much ties to the lesson, who is proposed for fewest of the others."""
        if need.waiting:
            return ""
        if first in SETTLED:
            return first
        best = min(proposals, key=lambda one: (one.tie, asked[one.pk]), default=None)
        if best is None:
            return ""
        asked[best.pk] += 1
        return f"{ASKS}{best.pk}"

    def lines(self) -> Iterable[tuple[NeedRow, forms.BoundField]]:
        """Each lesson and its question."""
        return [(need, self[name_of(need)]) for need in self.needs.values()]

    def chosen(self) -> dict[int, tuple[str, int]]:
        """By lesson: the gesture, and whom to ask (0: nobody)."""
        found = {pk: self.cleaned_data.get(name_of(need), "") for pk, need in self.needs.items()}
        return {
            pk: (ASK, int(value.removeprefix(ASKS))) if value.startswith(ASKS) else (SETTLED[value], 0)
            for pk, value in found.items()
            if value
        }

    def refuse(self, lessons: Mapping[int, str]) -> None:
        """Say on each line why it could not be."""
        for pk, why in lessons.items():
            self.add_error(name_of(self.needs[pk]), why)


def name_of(need: NeedRow) -> str:
    return f"cours-{need.row.pk}"


def _said(proposal: Proposal) -> str:
    return gettext("Demander à %(who)s, %(why)s") % {"who": proposal.name, "why": ", ".join(proposal.why[:2])}
