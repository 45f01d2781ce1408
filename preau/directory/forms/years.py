"""What is typed to prepare next year."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.actions.years import Choice
from preau.directory.models import Group, Person, Placement, PlannedClass, SchoolYear, YearPlan
from preau.directory.queries.years import SHOWN, Show
from preau.directory.rules.years import comes_after, letter_of, may_switch_on, rank_of
from preau.foundation import dates
from preau.foundation.fields import Day, OneRow, SeveralRows

LONGEST = 400


class YearForm(forms.Form):
    """Name and days of next year."""

    name = forms.RegexField(
        r"^\d{4}-\d{4}$",
        label=gettext_lazy("Nom de l’année"),
        max_length=9,
        help_text=gettext_lazy("Comme les fichiers officiels l’écrivent : 2027-2028."),
        error_messages={"invalid": gettext_lazy("Écrivez deux années qui se suivent : 2027-2028.")},
    )
    starts = Day(label=gettext_lazy("Premier jour"))
    ends = Day(label=gettext_lazy("Dernier jour"))

    def __init__(self, year: SchoolYear, data: Any = None, initial: Any = None) -> None:
        self.year = year
        super().__init__(data, initial=initial)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        first, second = name.split("-")
        if int(second) != int(first) + 1:
            raise forms.ValidationError(_("Écrivez deux années qui se suivent : 2027-2028."))
        if name <= self.year.name:
            raise forms.ValidationError(_("Cette année n’est pas après celle en cours."))
        return name

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts and starts <= self.year.starts:
            self.add_error("starts", _("L’année à préparer commence après celle en cours."))
        if starts and typed.get("name") and starts.year != int(typed["name"][:4]):
            self.add_error("starts", _("Ce jour n’est pas de l’année que dit le nom."))
        if starts and ends and not 0 < (ends - starts).days <= LONGEST:
            self.add_error("ends", _("Le dernier jour vient après le premier, un an après au plus."))
        return typed


class PlannedClassForm(forms.Form):
    """A class of next year; its teachers may be those of a class of this year."""

    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=60,
        help_text=gettext_lazy(
            "Tel que les fichiers officiels l’écriront : c’est par son nom qu’ils la retrouvent."
        ),
    )
    level = forms.CharField(label=gettext_lazy("Niveau"), max_length=20, required=False)
    team = OneRow(
        queryset=Group.objects.none(),
        label=gettext_lazy("Équipe enseignante"),
        required=False,
        empty_label=gettext_lazy("Les fichiers officiels la diront"),
        help_text=gettext_lazy(
            "Reconduire l’équipe d’une classe de cette année : mêmes enseignants, mêmes matières. Ils voient la classe dès la bascule."
        ),
    )

    def __init__(self, plan: YearPlan, planned: PlannedClass | None, data: Any = None) -> None:
        shown = {"name": planned.name, "level": planned.level, "team": planned.team_id} if planned else {}
        super().__init__(data, initial=shown)
        self.fields["team"].queryset = Group.objects.classes().filter(year=plan.from_year_id)  # type: ignore[attr-defined]


Options = list[tuple[str, Any]]


def choices_for(group: Group | None, classes: Sequence[PlannedClass]) -> Options:
    """Where the pupils of a class may go: the next level first, then the levels beyond, and those that are not known.

    Whoever is in no class this year may go to any, and repeats nothing.
    """
    leaves = (Placement.Outcome.LEAVES.value, _("Quitte l’établissement"))
    if group is None:
        return (
            [
                (
                    _("Entre en"),
                    [(f"moves-{school_class.pk}", school_class.name) for school_class in classes],
                ),
                leaves,
            ]
            if classes
            else [leaves]
        )
    after = [school_class for school_class in classes if comes_after(group.level, school_class.level)]
    same = (
        [school_class for school_class in classes if school_class.level == group.level]
        if group.level
        else list(classes)
    )
    rest = [
        school_class
        for school_class in classes
        if school_class not in after and _may_follow(group.level, school_class.level)
    ]
    after.sort(key=lambda school_class: letter_of(school_class.name) != letter_of(group.name))
    same.sort(key=lambda school_class: school_class.name != group.name)
    options: Options = []
    if after or rest:
        options.append((_("Passe en"), [(f"moves-{one.pk}", one.name) for one in [*after, *rest]]))
    if same:
        again = [
            (f"repeats-{school_class.pk}", _("%(name)s (redouble)") % {"name": school_class.name})
            for school_class in same
        ]
        options.append((_("Redouble en"), again))
    return [*options, leaves]


def _may_follow(level: str, other: str) -> bool:
    """Nobody goes down; a level whose place is not known may follow any other."""
    here, there = rank_of(level), rank_of(other)
    return here is None or there is None or there > here


def size_of(options: Options) -> int:
    """How many choices they hold."""
    return sum(len(value) if isinstance(value, list) else 1 for _name, value in options)


class WholeClassForm(forms.Form):
    """The same for every pupil of a class who is to decide."""

    classe_entiere = forms.ChoiceField(label=gettext_lazy("Tous les élèves à décider"))

    def __init__(self, options: Options, data: Any = None, initial: str = "") -> None:
        super().__init__(data, initial={"classe_entiere": initial})
        self.fields["classe_entiere"].choices = [("", _("Choisir")), *options]  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        return Choice(self.cleaned_data["classe_entiere"])


class PlacingForm(forms.Form):
    """One question a pupil, named by them; `avant` is what the page showed."""

    avant = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8_000)

    def __init__(
        self,
        pupils: Sequence[Person],
        placements: Mapping[int, Placement],
        options: Options,
        data: Any = None,
    ) -> None:
        self.pupils = pupils
        self.now = {pupil.pk: Choice.of(placements.get(pupil.pk)) for pupil in pupils}
        initial: dict[str, Any] = {"avant": ";".join(f"{pk}={one.mark}" for pk, one in self.now.items())}
        for pk, one in self.now.items():
            initial |= {f"eleve-{pk}": one.value, f"ou-{pk}": one.elsewhere}
        super().__init__(data, initial=initial)
        every = [("", _("À décider")), *options]
        for one in pupils:
            choices = self._with(every, self.now[one.pk], placements.get(one.pk))
            self.fields[f"eleve-{one.pk}"] = forms.ChoiceField(
                label=one.list_name,
                choices=choices,
                required=False,
                error_messages={
                    "invalid_choice": _("Cette classe n’est plus proposée : choisissez-en une autre.")
                },
            )
            if self.now[one.pk].value == Placement.Outcome.LEAVES:
                label = _("Où va %(name)s ?") % {"name": one.full_name}
                self.fields[f"ou-{one.pk}"] = forms.CharField(label=label, required=False, max_length=120)

    @staticmethod
    def _with(every: Options, now: Choice, placement: Placement | None) -> Options:
        """What was decided stays a choice, even from a page that proposes other classes."""
        known = {value for value, _said in _flat(every)}
        if now.value in known or placement is None or placement.target is None:
            return every
        label = placement.target.name
        if placement.outcome == Placement.Outcome.REPEATS:
            label = _("%(name)s (redouble)") % {"name": label}
        return [*every, (now.value, label)]

    def rows(self) -> list[tuple[Any, Any]]:
        """The question of each pupil, and where they go when they leave."""
        return [
            (self[f"eleve-{pupil.pk}"], self[f"ou-{pupil.pk}"] if f"ou-{pupil.pk}" in self.fields else None)
            for pupil in self.pupils
        ]

    def chosen(self) -> dict[int, Choice]:
        """Only the pupils that the page showed to whoever sent it."""
        found = {}
        for pupil in self.pupils:
            if f"eleve-{pupil.pk}" not in self.data:
                continue
            value = self.cleaned_data[f"eleve-{pupil.pk}"]
            leaves = value == Placement.Outcome.LEAVES
            found[pupil.pk] = Choice(value, self.cleaned_data.get(f"ou-{pupil.pk}", "") if leaves else "")
        return found

    def seen(self) -> dict[int, str]:
        pairs = (pair.partition("=") for pair in self.cleaned_data["avant"].split(";"))
        return {int(pk): mark for pk, _sign, mark in pairs if pk.isdecimal()}

    def tell_changes(self, now: Mapping[int, str]) -> None:
        """Beside each pupil, what somebody else has just decided. What was typed stays, and is asked of what is seen from here on."""
        words = {value: text for pk in now for value, text in _flat(self.fields[f"eleve-{pk}"].choices)}  # type: ignore[attr-defined]
        for pk, value in now.items():
            values = {"choice": words.get(value, _("À décider"))}
            text = _(
                "Quelqu’un vient de décider « %(choice)s ». Pour garder votre choix, enregistrez de nouveau."
            )
            self.add_error(f"eleve-{pk}", text % values)
        self.data = self.data.copy()
        self.data["avant"] = self.initial["avant"]


def _flat(choices: Any) -> list[tuple[str, str]]:
    """Each choice, whatever its part of the list."""
    found: list[tuple[str, str]] = []
    for name, inner in choices:
        if isinstance(inner, list | tuple):
            found += inner
        else:
            found.append((name, str(inner)))
    return found


class StaffForm(forms.Form):
    """People of the staff, and whether they leave or stay."""

    personnes = SeveralRows(
        queryset=Person.objects.none(),
        label=gettext_lazy("Personnes"),
        error_messages={"required": gettext_lazy("Choisissez au moins une personne.")},
    )
    geste = forms.ChoiceField(choices=[("part", ""), ("reste", "")])

    def __init__(self, people: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["personnes"].queryset = people  # type: ignore[attr-defined]

    @property
    def leaves(self) -> bool:
        return bool(self.cleaned_data["geste"] == "part")


class SwitchForm(forms.Form):
    """On which day next year takes the place of this one."""

    day = Day(label=gettext_lazy("Jour de la bascule"))
    leave_undecided = forms.BooleanField(
        label=gettext_lazy("Laisser sans classe les élèves à décider"), required=False
    )

    def __init__(self, plan: YearPlan, today: date, undecided: int, data: Any = None) -> None:
        self.plan, self.today, self.undecided = plan, today, undecided
        first = max(plan.first_day, today)
        super().__init__(
            data, initial={"day": plan.switch_on or first, "leave_undecided": plan.leave_undecided}
        )
        values = {"first": dates.plain_day(first), "last": dates.plain_day(plan.ends)}
        self.fields["day"].help_text = (
            _("Du %(first)s au %(last)s. Aujourd’hui : tout de suite ; plus tard : la nuit qui précède.")
            % values
        )
        if not undecided:
            self.fields["leave_undecided"].widget = forms.HiddenInput()

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not may_switch_on(self.plan, day, self.today):
            first = dates.plain_day(max(self.plan.first_day, self.today))
            raise forms.ValidationError(
                _("Choisissez un jour à partir du %(first)s, avant la fin de la nouvelle année.")
                % {"first": first}
            )
        return day

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.undecided and not typed.get("leave_undecided") and typed.get("day") == self.today:
            self.add_error(
                "leave_undecided",
                _(
                    "Des élèves sont à décider : placez-les, ou cochez cette case pour les laisser sans classe."
                ),
            )
        return typed


class ShowFilter(forms.Form):
    """Which pupils the list shows. A wrong value is ignored."""

    qui = forms.ChoiceField(required=False, choices=list(SHOWN.items()), widget=forms.HiddenInput)

    def chosen(self) -> Show:
        self.is_valid()
        return Show(self.cleaned_data.get("qui") or Show.UNDECIDED)
