"""What a family announces, and the slip of a pupil who leaves early."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from preau.commons.files.actions import Desk
from preau.commons.files.rules import PAPER
from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Reason
from preau.domains.attendance.queries.announcements import (
    announced_over,
    has_ended_today,
    has_no_school,
    next_school_day,
    schools_of,
    when_said,
)
from preau.domains.attendance.queries.half_days import settings_of
from preau.domains.attendance.queries.reasons import who_may_have_told
from preau.foundation.fields import Attachments, Day, OneRow

FARTHEST = timedelta(days=120)
WHOLE_DAY = (time(0, 0), time(23, 59))


class Part(TextChoices):
    """What of a day is missed."""

    WHOLE = "journee", _("La journée")
    MORNING = "matin", _("Le matin")
    AFTERNOON = "apres-midi", _("L’après-midi")


def _half() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Quand dans la journée ?"),
        choices=Part.choices,
        initial=Part.WHOLE,
        required=False,
        widget=forms.RadioSelect,
    )


def hours_of(part: str, school: School | None) -> tuple[time, time]:
    """From when to when a part of a day lasts in this school (one query for half a day)."""
    if part not in (Part.MORNING, Part.AFTERNOON):
        return WHOLE_DAY
    noon = settings_of(school.pk if school else 0).noon
    return (WHOLE_DAY[0], noon) if part == Part.MORNING else (noon, WHOLE_DAY[1])


SEVERAL_DAYS = _("Pour plusieurs jours, gardez « La journée », ou écrivez les heures.")


class Child(OneRow):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.given_name


def _hour(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **more
    )


class AnnounceForm(forms.Form):
    """Who, when, why; a paper if there is one. One whole day at first: that of most absences."""

    enfant = Child(
        Person.objects.none(),
        label=_("Qui sera absent ?"),
        to_field_name="public_id",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choisissez un enfant.")},
    )
    first_day = Day(label=_("Premier jour"))
    last_day = Day(label=_("Dernier jour"), required=False, help_text=_("Rien à écrire pour un seul jour."))
    half = _half()
    from_hour = _hour(
        _("À partir de"), required=False, help_text=_("Si ce n’est ni la journée, ni une demi-journée.")
    )
    until_hour = _hour(_("Jusqu’à"), required=False)
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
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    papers = Attachments(label=_("Document"), required=False)

    def __init__(
        self, viewer: Viewer, children: list[Person], *args: Any, child: Person | None = None, **kwargs: Any
    ) -> None:
        one = child or (children[0] if len(children) == 1 else None)
        first = one.public_id if one else None
        kwargs["initial"] = {"enfant": first}
        super().__init__(*args, **kwargs)
        self.viewer, self.children = viewer, children
        if not self.is_bound:
            # In the evening one speaks of tomorrow, on a Friday of Monday.
            self.initial["first_day"] = next_school_day(viewer, [one] if one else children)
        self.schools = schools_of(children, viewer.today)
        places = sorted({school.pk for school in self.schools.values()})
        offered = Reason.objects.none()
        for place in places:
            offered = offered | Reason.objects.offered_to_families(place)
        fields: Any = self.fields
        fields["enfant"].queryset = Person.objects.filter(pk__in=[child.pk for child in children])
        fields["reason"].queryset = offered.distinct()
        fields["papers"].desk = Desk(viewer, places[0] if places else 0, PAPER)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        child, first, reason = data.get("enfant"), data.get("first_day"), data.get("reason")
        school = self.schools.get(child.pk) if child else None
        if child and school is None:
            self.add_error("enfant", _("Cet enfant n’a pas d’établissement ici."))
        if (
            reason
            and school
            and not Reason.objects.offered_to_families(school.pk).filter(pk=reason.pk).exists()
        ):
            self.add_error("reason", _("Choisissez un motif de l’établissement de cet enfant."))
        if first and not self.errors:
            self._times(data, first, school)
        return data

    def _times(self, data: dict[str, Any], first: date, school: School | None) -> None:
        last = data.get("last_day") or first
        today = self.viewer.today
        if first < today:
            self.add_error("first_day", _("Pour un jour passé, expliquez l’absence depuis la page Absences."))
        elif last < first:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        elif last > today + FARTHEST:
            self.add_error("last_day", _("C’est trop loin : appelez l’établissement."))
        elif has_no_school(self.viewer, data["enfant"], first, last):
            words = _("Pas de cours ce jour-là pour %(name)s : il n’y a rien à annoncer.")
            if last > first:
                words = _("Pas de cours ces jours-là pour %(name)s : il n’y a rien à annoncer.")
            self.add_error("first_day", words % {"name": data["enfant"].given_name})
        elif first == today and has_ended_today(self.viewer, data["enfant"]):
            words = _("La journée de %(name)s est finie : choisissez un jour à venir.")
            self.add_error("first_day", words % {"name": data["enfant"].given_name})
        else:
            self._moments(data, first, last, school)
            self._said_already(data)

    def _said_already(self, data: dict[str, Any]) -> None:
        """What one said already covers it: said again with other hours, it would be two. The same one again is no mistake."""
        if self.errors:
            return
        before = announced_over(self.viewer, data["enfant"], data["starts"], data["ends"])
        if before is None:
            return
        data["is_known"] = (before.starts, before.ends) == (data["starts"], data["ends"])
        if not data["is_known"]:
            sentence = _("Vous l’avez déjà annoncé : %(when)s. Pour changer, retirez d’abord cette annonce.")
            self.add_error("first_day", sentence % {"when": when_said(before)})

    def _moments(self, data: dict[str, Any], first: date, last: date, school: School | None) -> None:
        zone = ZoneInfo(school.timezone if school else "Europe/Paris")
        typed = (data.get("from_hour"), data.get("until_hour"))
        if last > first and not any(typed) and data.get("half") in (Part.MORNING, Part.AFTERNOON):
            self.add_error("half", SEVERAL_DAYS)
        # Hours that were typed say more than a half-day.
        opens, closes = WHOLE_DAY if any(typed) else hours_of(data.get("half", ""), school)
        starts = datetime.combine(first, typed[0] or opens, zone)
        ends = datetime.combine(last, typed[1] or closes, zone)
        if ends <= starts:
            self.add_error("until_hour", _("La fin doit venir après le début."))
        data |= {"starts": starts, "ends": ends, "school": school}


class CallForm(forms.Form):
    """What a parent says on the telephone: who calls, until when, why."""

    told_by = OneRow(
        Person.objects.none(),
        label=_("Qui appelle"),
        required=False,
        widget=forms.RadioSelect,
        empty_label=_("Quelqu’un d’autre"),
        help_text=_("Le motif n’est montré qu’à la personne qui l’a donné."),
    )
    first_day = Day(label=_("Premier jour"))
    half = _half()
    last_day = Day(label=_("Dernier jour"), required=False, help_text=_("Rien à écrire pour un seul jour."))
    motif = OneRow(
        Reason.objects.none(),
        label=_("Motif"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choisissez un motif.")},
    )
    comment = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("Pour la vie scolaire. Pas de détail médical."),
    )

    def __init__(self, viewer: Viewer, pupil: Person, *args: Any, **kwargs: Any) -> None:
        guardians = [link.guardian for link in who_may_have_told(viewer, pupil.pk)]
        first = guardians[0].pk if guardians else None
        kwargs["initial"] = {"told_by": first}
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        if not self.is_bound:
            # Today stays a right answer in the evening: what was noted of it is settled by the call.
            self.initial["first_day"] = next_school_day(viewer, [pupil])
        fields: Any = self.fields
        fields["motif"].queryset = Reason.objects.in_use(viewer.school_id or 0)
        fields["told_by"].queryset = Person.objects.filter(pk__in=[guardian.pk for guardian in guardians])
        # Read already, in the order in which the school calls them.
        fields["told_by"].choices = [
            *((guardian.pk, guardian.full_name) for guardian in guardians),
            ("", _("Quelqu’un d’autre")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, school = data.get("first_day"), self.viewer.school
        last = data.get("last_day") or first
        if not first or not last or school is None:
            return data
        if last < first:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        elif last < self.viewer.today:
            self.add_error(
                "first_day", _("Pour un jour passé, réglez l’absence depuis la liste des absences.")
            )
        elif last > self.viewer.today + FARTHEST:
            self.add_error("last_day", _("C’est trop loin : notez les premières semaines."))
        elif last > first and data.get("half") in (Part.MORNING, Part.AFTERNOON):
            self.add_error("half", _("Pour plusieurs jours, gardez « La journée »."))
        zone = ZoneInfo(school.timezone)
        opens, closes = hours_of(data.get("half", ""), school)
        data |= {"starts": datetime.combine(first, opens, zone), "ends": datetime.combine(last, closes, zone)}
        return data


class DepartureForm(forms.Form):
    """When a pupil leaves today, with whom, and why."""

    leaves_at = _hour(_("Heure du départ"))
    leaves_with = forms.CharField(
        label=_("Part avec"),
        max_length=120,
        help_text=_("La personne qui vient, ou « seul, autorisé par sa mère »."),
    )
    reason = OneRow(
        Reason.objects.none(),
        label=_("Motif"),
        empty_label=_("Choisir un motif"),
        error_messages={"required": _("Choisissez un motif.")},
    )
    comment = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["reason"].queryset = Reason.objects.in_use(viewer.school_id or 0)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        leaves_at, school = data.get("leaves_at"), self.viewer.school
        if leaves_at and school:
            zone = ZoneInfo(school.timezone)
            data["starts"] = datetime.combine(self.viewer.today, leaves_at, zone)
            data["ends"] = datetime.combine(self.viewer.today, WHOLE_DAY[1], zone)
            if data["ends"] <= data["starts"]:
                raise ValidationError(_("La fin de la journée vient avant ce départ."))
        return data
