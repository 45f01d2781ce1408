"""What a teacher types of an assessment: what it is, when it is read, where it is copied or moved."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Period
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions.assessments import Described
from preau.domains.gradebook.forms.numbers import NumberField
from preau.domains.gradebook.models import Assessment, SubSubject
from preau.domains.gradebook.queries.courses import Course
from preau.domains.timetable.models import Lesson
from preau.foundation.fields import FewRows, OneRow

DRAFT, NOW, LATER = "brouillon", "maintenant", "plus-tard"
MODES = [
    (Assessment.Mode.NORMAL.value, _("Compte dans la moyenne")),
    (Assessment.Mode.OPTIONAL.value, _("Facultative : compte si elle améliore la moyenne")),
    (Assessment.Mode.BONUS.value, _("Bonus : seuls comptent les points au-dessus de 10 sur 20")),
]


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, by the calendar of the browser."""
    options.setdefault("error_messages", {"required": _("Choisissez un jour.")})
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class PublicationForm(forms.Form):
    """From when pupils read it: not yet, now, or at a chosen moment."""

    publication = forms.ChoiceField(
        label=_("Visible des élèves"),
        choices=[(DRAFT, _("Pas encore")), (NOW, _("Maintenant")), (LATER, _("À partir de"))],
        widget=forms.RadioSelect,
        initial=DRAFT,
    )
    publication_jour = day_field(_("Jour de publication"), required=False)
    publication_heure = forms.TimeField(
        label=_("Heure de publication"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, assessment: Assessment | None = None, **kwargs: Any) -> None:
        if assessment is not None:
            kwargs["initial"] = _published(assessment) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.assessment = assessment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("publication") == LATER:
            if not data.get("publication_jour") and "publication_jour" not in self.errors:
                self.add_error("publication_jour", _("Choisissez le jour de la publication."))
            if not data.get("publication_heure") and "publication_heure" not in self.errors:
                self.add_error("publication_heure", _("Choisissez l’heure de la publication."))
        return data

    def is_early(self, today: date) -> bool:
        """Would it be read at once, before its day, which was not so? That is asked again."""
        one, at, now = self.assessment, self.published_at(), timezone.now()
        if one is None or at is None or at > now:
            return False
        return one.day > today and not one.is_published(now)

    def published_at(self) -> datetime | None:
        """The moment that was chosen; what pupils read already keeps its own."""
        data = self.cleaned_data
        if data["publication"] == DRAFT:
            return None
        if data["publication"] == LATER:
            return timezone.make_aware(datetime.combine(data["publication_jour"], data["publication_heure"]))
        now = timezone.now()
        known = self.assessment.published_at if self.assessment else None
        return known if known and known <= now else now.replace(microsecond=0)


def _published(assessment: Assessment) -> dict[str, Any]:
    at = assessment.published_at
    if at is None:
        return {"publication": DRAFT}
    local = timezone.localtime(at)
    initial = {"publication_jour": local.date(), "publication_heure": local.time()}
    return {"publication": NOW if at <= timezone.now() else LATER, **initial}


class AssessmentForm(forms.Form):
    """What an assessment is. `seen`: the version that the page showed."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Titre"),
        max_length=80,
        help_text=_("Court : il est en tête de la colonne, par exemple « Fractions »."),
        error_messages={"required": _("Donnez un titre, en un ou deux mots.")},
    )
    kind = forms.ChoiceField(label=_("Nature"), choices=Assessment.Kind.choices)
    day = day_field(_("Jour"))
    topic = forms.CharField(
        label=_("Ce qui est évalué"),
        max_length=240,
        required=False,
        help_text=_("Lu par les élèves et les familles."),
    )
    scale = NumberField(label=_("Barème"), above=True, most=Decimal(9999), initial=Decimal(20))
    coefficient = NumberField(
        label=_("Coefficient"), initial=Decimal(1), help_text=_("Zéro : la note se voit et ne compte pas.")
    )
    mode = forms.ChoiceField(label=_("Dans la moyenne"), choices=MODES, widget=forms.RadioSelect)
    sub_subject = FewRows(SubSubject.objects.none(), label=_("Sous-matière"), empty_label=_("Choisir…"))
    period = forms.TypedChoiceField(label=_("Période"), coerce=int)

    def __init__(
        self, viewer: Viewer, course: Course, periods: Sequence[Period], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.course, self.periods = viewer, course, periods
        fields: Any = self.fields
        fields["mode"].initial = Assessment.Mode.NORMAL
        parts = SubSubject.objects.visible_to(viewer).filter(subject=course.subject_id)
        fields["sub_subject"].queryset = parts
        if not parts:
            del fields["sub_subject"]
        fields["period"].choices = [(str(period.pk), period.name) for period in periods]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        year: Any = self.viewer.year
        if not year.starts <= day <= year.ends:
            raise forms.ValidationError(_("Choisissez un jour de cette année scolaire."))
        return day

    def chosen_period(self) -> Period:
        return next(period for period in self.periods if period.pk == self.cleaned_data["period"])

    def described(self) -> Described:
        """What was typed; the lesson is that of its day, where the group has one."""
        data = self.cleaned_data
        return Described(
            title=data["title"],
            day=data["day"],
            topic=data["topic"],
            kind=data["kind"],
            scale=data["scale"],
            coefficient=data["coefficient"],
            mode=data["mode"],
            sub_subject=data.get("sub_subject"),
            lesson=self._lesson(data["day"]),
        )

    def _lesson(self, day: date) -> Lesson | None:
        lessons = Lesson.objects.filter(
            groups=self.course.group_id, subject=self.course.subject_id, day=day, state=Lesson.State.HELD
        )
        return lessons.order_by("starts").first()


def initial_of(assessment: Assessment) -> dict[str, Any]:
    """What an assessment says, for its form."""
    names = ("title", "kind", "day", "topic", "scale", "coefficient", "mode")
    initial = {name: getattr(assessment, name) for name in names}
    return initial | {
        "sub_subject": assessment.sub_subject_id,
        "period": assessment.period_id,
        "seen": assessment.version,
    }


class CopyForm(forms.Form):
    """To which other group of the same subject, in which period."""

    group = OneRow(
        Group.objects.none(),
        label=_("Classe ou groupe"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez une classe ou un groupe.")},
    )
    period = forms.TypedChoiceField(label=_("Période"), coerce=int)

    def __init__(
        self, courses: Sequence[Course], periods: Sequence[Period], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["group"].queryset = Group.objects.filter(
            pk__in=[course.group_id for course in courses]
        ).order_by("name")
        fields["period"].choices = [(str(period.pk), period.name) for period in periods]
        self.periods = periods

    def chosen_period(self) -> Period:
        return next(period for period in self.periods if period.pk == self.cleaned_data["period"])


class MoveForm(forms.Form):
    """In which other period it counts."""

    period = forms.TypedChoiceField(label=_("Période"), coerce=int)

    def __init__(self, periods: Sequence[Period], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [(str(period.pk), period.name) for period in periods]  # type: ignore[attr-defined]
        self.periods = periods

    def chosen_period(self) -> Period:
        return next(period for period in self.periods if period.pk == self.cleaned_data["period"])
