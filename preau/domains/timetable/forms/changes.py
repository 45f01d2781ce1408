"""What a person types to change one dated lesson, or to add one."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Holding, Person, Room, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable.actions.changes import OneOff, Why
from preau.domains.timetable.forms.weekly import PersonChoice
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.clashes import Clash
from preau.domains.timetable.rules import edits_timetable
from preau.foundation import dates
from preau.foundation.fields import Day, Filter, OneRow, SeveralRows


class OnePerson(OneRow):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def teachers_of(viewer: Viewer) -> "QuerySet[Person]":
    """Who teaches in the viewer's school today."""
    held = Holding.objects.active(viewer.today).filter(role=Role.TEACHER, school_id=viewer.school_id)
    return Person.objects.filter(pk__in=held.values("person_id"))


def teachers_until(viewer: Viewer, last: date) -> "QuerySet[Person]":
    """The same, and those who will come by this day."""
    held = Holding.objects.filter(
        Q(starts=None) | Q(starts__lte=last),
        Q(ends=None) | Q(ends__gt=viewer.today),
        role=Role.TEACHER,
        school_id=viewer.school_id,
    )
    return Person.objects.filter(pk__in=held.values("person_id"))


class WhyForm(forms.Form):
    """What families are told, and what only the staff reads."""

    reason = forms.ChoiceField(
        label=_("Motif dit aux familles"),
        required=False,
        choices=[("", _("Ne pas dire de motif")), *LessonChange.Reason.choices],
    )
    note = forms.CharField(
        label=_("Note pour l’équipe"),
        required=False,
        max_length=240,
        help_text=_("Lue par les personnels seulement."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    field_order: Any = None

    def __init__(self, viewer: Viewer, lesson: Lesson | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.lesson = viewer, lesson

    @property
    def why(self) -> Why:
        return Why(self.cleaned_data["reason"], self.cleaned_data["note"])

    def add_clashes(self, clashes: Iterable[Clash]) -> None:
        """Say who or what is taken: the action looks, under its lock."""
        for clash in clashes:
            self.add_error(None, clash.said)


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class _WhenForm(WhyForm):
    """A day, hours and a room."""

    day = Day(label=_("Jour"))
    starts_at = _time(_("Début"))
    ends_at = _time(_("Fin"))
    room = OneRow(Room.objects.none(), label=_("Salle"), required=False, empty_label=_("Sans salle"))

    def __init__(self, viewer: Viewer, lesson: Lesson | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, lesson, *args, **kwargs)
        self.fields["room"].queryset = Room.objects.filter(school_id=viewer.school_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("La fin doit venir après le début."))
        return data


class MoveForm(_WhenForm):
    """Where the lesson goes: at first where it is, or where it was dropped."""

    field_order = ["day", "starts_at", "ends_at", "room", "reason", "note"]

    def __init__(self, viewer: Viewer, lesson: Lesson, *args: Any, **kwargs: Any) -> None:
        starts, ends = (dates.local(one, lesson.school.timezone) for one in (lesson.starts, lesson.ends))
        now = {"day": lesson.day, "starts_at": starts.time(), "ends_at": ends.time(), "room": lesson.room_id}
        kwargs["initial"] = now | kwargs.get("initial", {})
        super().__init__(viewer, lesson, *args, **kwargs)

    @property
    def to(self) -> tuple[date, time, time]:
        data = self.cleaned_data
        return data["day"], data["starts_at"], data["ends_at"]


class RoomForm(WhyForm):
    """Any room for whoever keeps the timetable; for others, those that the school lets them take."""

    field_order = ["room", "reason", "note"]
    room = OneRow(Room.objects.none(), label=_("Nouvelle salle"), required=False, empty_label=_("Sans salle"))

    def __init__(self, viewer: Viewer, lesson: Lesson, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"room": lesson.room_id}
        super().__init__(viewer, lesson, *args, **kwargs)
        rooms = Room.objects.filter(school_id=viewer.school_id)
        if not edits_timetable(viewer):
            rooms = rooms.exclude(bookable__is_open=False)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]


class ReplaceForm(WhyForm):
    field_order = ["gone", "comes", "reason", "note"]
    gone = OnePerson(Person.objects.none(), label=_("Professeur remplacé"), empty_label=None)
    comes = OnePerson(Person.objects.none(), label=_("Remplacé par"), empty_label=_("Choisir…"))

    def __init__(self, viewer: Viewer, lesson: Lesson, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, lesson, *args, **kwargs)
        own = lesson.teachers.all()
        self.fields["gone"].queryset = own  # type: ignore[attr-defined]
        self.fields["comes"].queryset = teachers_of(viewer).exclude(pk__in=own.values("pk"))  # type: ignore[attr-defined]


class OneOffForm(_WhenForm):
    """A lesson of one day."""

    field_order = ["subject", "groups", "teachers", "day", "starts_at", "ends_at", "room", "reason", "note"]
    subject = OneRow(Subject.objects.none(), label=_("Matière"), empty_label=_("Choisir…"))
    groups = SeveralRows(
        Group.objects.none(), label=_("Classes et groupes"), widget=forms.CheckboxSelectMultiple
    )
    teachers = PersonChoice(
        Person.objects.none(), label=_("Enseignants"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, None, *args, **kwargs)
        subjects = Subject.objects.filter(school_id=viewer.school_id)
        groups = Group.objects.filter(year=viewer.year).order_by("kind", "rank", "name")
        for name, rows in (("subject", subjects), ("groups", groups), ("teachers", teachers_of(viewer))):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    @property
    def one_off(self) -> OneOff:
        names = ("subject", "room", "day", "starts_at", "ends_at")
        values = {name: self.cleaned_data[name] for name in names}
        return OneOff(
            groups=tuple(self.cleaned_data["groups"]), teachers=tuple(self.cleaned_data["teachers"]), **values
        )


class FilterForm(Filter):
    """The changes of which days."""

    du = Day(label=_("Du"), required=False)
    au = Day(label=_("Au"), required=False)
