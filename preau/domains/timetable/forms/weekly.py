"""What a person types to create a weekly lesson."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Holding, Person, Room, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable.actions.patterns import Weekly
from preau.domains.timetable.models import Alternation, Weekday, WeeklyPattern
from preau.domains.timetable.queries.clashes import Clash
from preau.foundation import dates
from preau.foundation.fields import Day, OneRow, SeveralRows


class PersonChoice(SeveralRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


class WeeklyLessonForm(forms.Form):
    """Choices are those of the viewer's school and year."""

    is_outside = False

    subject = OneRow(Subject.objects.none(), label=_("Matière"), empty_label=_("Choisir…"))
    groups = SeveralRows(
        Group.objects.none(), label=_("Classes et groupes"), widget=forms.CheckboxSelectMultiple
    )
    teachers = PersonChoice(
        Person.objects.none(), label=_("Enseignants"), widget=forms.CheckboxSelectMultiple
    )
    room = OneRow(Room.objects.none(), label=_("Salle"), required=False, empty_label=_("Sans salle"))
    weekday = forms.TypedChoiceField(
        label=_("Jour"),
        choices=[(value, dates.capital(label)) for value, label in Weekday.choices[:6]],
        coerce=int,
    )
    starts_at = forms.TimeField(
        label=_("Début"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends_at = forms.TimeField(label=_("Fin"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    # A school sometimes wants one: detention in the evening, a choir at noon of a Wednesday. But most of the time it is an
    # hour typed wrong (« 18:00 » for « 8:00 »): it is asked once, not refused.
    outside = forms.BooleanField(label=_("C’est voulu : créer la séance hors des horaires"), required=False)
    alternation = OneRow(
        Alternation.objects.none(), label=_("Semaines"), required=False, empty_label=_("Chaque semaine")
    )
    first_day = Day(label=_("À partir du"))

    def __init__(
        self, viewer: Viewer, *args: Any, pattern: WeeklyPattern | None = None, **kwargs: Any
    ) -> None:
        """`pattern`: the weekly lesson that is changed from a day on."""
        initial = kwargs.setdefault("initial", {})
        initial.update(_initial(pattern, viewer) if pattern else {})
        initial.setdefault("first_day", viewer.today)
        super().__init__(*args, **kwargs)
        self.pattern = pattern
        self.year, self.school = viewer.year, viewer.school
        here = {"school_id": viewer.school_id}
        self.fields["subject"].queryset = Subject.objects.filter(**here)  # type: ignore[attr-defined]
        self.fields["groups"].queryset = Group.objects.filter(year=viewer.year).order_by(
            "kind", "rank", "name"
        )  # type: ignore[attr-defined]
        self.fields["room"].queryset = Room.objects.filter(**here)  # type: ignore[attr-defined]
        alternations = Alternation.objects.filter(year=viewer.year).order_by("-names_weeks", "name")
        self.fields["alternation"].queryset = alternations  # type: ignore[attr-defined]
        teachers = Holding.objects.active(viewer.today).filter(role=Role.TEACHER, **here).values("person_id")
        self.fields["teachers"].queryset = Person.objects.filter(pk__in=teachers)  # type: ignore[attr-defined]

    def clean_first_day(self) -> Any:
        first = self.cleaned_data["first_day"]
        if not self.year.starts <= first <= self.year.ends:
            days = {
                "first": dates.day(self.year.starts, year=True),
                "last": dates.day(self.year.ends, year=True),
            }
            sentence = _("L’année scolaire va du %(first)s au %(last)s : choisissez un jour entre les deux.")
            raise forms.ValidationError(sentence, params=days)
        return first

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("La fin doit venir après le début."))
            return data
        self.is_outside = self.school.is_outside_its_day(data["starts_at"], data["ends_at"])
        if self.is_outside and not data["outside"]:
            sentence = _(
                "Cette séance sort des horaires de l’établissement (%(hours)s). Corrigez l’heure, ou cochez que c’est voulu."
            )
            self.add_error("outside", sentence % {"hours": self.school.day_said})
        return data

    def add_clashes(self, clashes: Iterable[Clash]) -> None:
        """Say who or what is taken: the action looks, under its lock."""
        for clash in clashes:
            self.add_error(None, clash.said)

    def weekly(self) -> Weekly:
        """The clean values, as the action takes them: until the end of the year, or of the one that is changed."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "outside"}
        return Weekly(
            year=self.year,
            last_day=self.pattern.last_day if self.pattern else self.year.ends,
            source=self.pattern.source if self.pattern else "",
            groups=tuple(data.pop("groups")),
            teachers=tuple(data.pop("teachers")),
            **data,
        )


def _initial(pattern: WeeklyPattern, viewer: Viewer) -> dict[str, Any]:
    """A weekly lesson as the form shows it, from its next day on."""
    names = ["subject", "room", "weekday", "starts_at", "ends_at", "alternation"]
    values = {name: getattr(pattern, name) for name in names}
    values |= {"groups": pattern.groups.all(), "teachers": pattern.teachers.all()}
    return values | {"first_day": max(viewer.today + timedelta(days=1), pattern.first_day)}
