"""What people type about competences: a sheet, an observation, the words of a school, a balance."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import Desk
from preau.commons.files.rules import Limits
from preau.directory.models import Period, Person, Subject
from preau.directory.viewer import Viewer
from preau.domains.competences.actions.levels import Cell, Seen
from preau.domains.competences.models import COMPONENTS, Competence, Level, MasteryPolicy, Sheet, SheetColumn
from preau.domains.competences.queries.classes import BalancePage
from preau.domains.competences.queries.sheets import Choice, SheetPage
from preau.domains.competences.rules.typing import NotALevel, Typed, typed_level
from preau.foundation import filekinds, uploads
from preau.foundation.fields import Attachments, Day, FewRows, SeveralFiles, SeveralFilesInput
from preau.foundation.importers.forms import FilesForm

PROOF = Limits(filekinds.IMAGES | filekinds.AUDIO, files=1)
MOST_COMPETENCES = 12
# In a balance: exempt; and what a component is called where there is little room.
EXEMPT = "D"
SHORT = {
    "CPD_FRA": gettext_lazy("Français"),
    "CPD_ETR": gettext_lazy("Langues"),
    "CPD_SCI": gettext_lazy("Maths et sciences"),
    "CPD_ART": gettext_lazy("Arts et corps"),
    "MET_APP": gettext_lazy("Méthodes"),
    "FRM_CIT": gettext_lazy("Citoyen"),
    "SYS_NAT": gettext_lazy("Nature et techniques"),
    "REP_MND": gettext_lazy("Monde"),
}


class SheetForm(forms.Form):
    """The title, the day and the competences of a sheet; beside an assessment, the competences alone."""

    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=80,
        error_messages={"required": gettext_lazy("Donnez un titre : les élèves le lisent.")},
    )
    day = Day(
        label=gettext_lazy("Jour"),
        error_messages=dict.fromkeys(["required", "invalid"], gettext_lazy("Choisissez un jour.")),
    )
    subject = FewRows(label=gettext_lazy("Matière"), queryset=Subject.objects.none(), required=False)
    competences = forms.MultipleChoiceField(
        label=gettext_lazy("Compétences évaluées"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins une compétence.")},
    )
    asks_pupils = forms.BooleanField(
        label=gettext_lazy("Demander aux élèves où ils pensent en être"),
        required=False,
        help_text=gettext_lazy(
            "Leur réponse est gardée à part et ne compte jamais. Vous seul et vos collègues de la matière la lisez."
        ),
    )

    def __init__(
        self,
        viewer: Viewer,
        choices: Sequence[Choice],
        subjects: Any,
        periods: Sequence[Period],
        sheet: Sheet | None,
        *args: Any,
        beside: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.periods = choices, periods
        self.held = {
            str(competence.pk): competence for choice in choices for competence in choice.competences
        }
        fields: Any = self.fields
        fields["competences"].choices = [
            (choice.label, [(str(competence.pk), competence.name) for competence in choice.competences])
            for choice in choices
        ]
        fields["subject"].queryset = subjects
        fields["subject"].empty_label = _("Aucune en particulier")
        if beside or sheet is not None:
            for name in ("title", "day", "subject"):
                del self.fields[name]

    def clean_competences(self) -> list[Competence]:
        chosen = [self.held[pk] for pk in self.cleaned_data["competences"]]
        if len(chosen) > MOST_COMPETENCES:
            raise forms.ValidationError(_("Pas plus de douze compétences à la fois."))
        return chosen

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if not any(period.starts <= day <= period.ends for period in self.periods):
            raise forms.ValidationError(_("Ce jour n’est dans aucune période de l’année."))
        return day

    def period(self) -> Period:
        """The period of the day."""
        day = self.cleaned_data["day"]
        return next(period for period in self.periods if period.starts <= day <= period.ends)


class FillForm:
    """A field a pupil and a column; what was typed is kept, right or wrong.

    Names say the place of a column, and `relevees` which columns the page had: where others came meanwhile, nothing is written.
    """

    def __init__(self, page: SheetPage, data: Any = None) -> None:
        self.page, self.data = page, data
        self.errors: dict[str, str] = {}
        self.theirs: dict[str, str] = {}
        self._cells: list[Cell] = []
        for row in page.rows if data is not None else ():
            for place, column in enumerate(page.columns):
                self._read(row.pupil.pk, place, column)

    @property
    def columns(self) -> str:
        """The columns of the page, as the form sends them back."""
        return ",".join(str(column.pk) for column in self.page.columns)

    def has_other_columns(self) -> bool:
        """Has somebody changed the competences of the sheet since the page was shown?"""
        return self.data is not None and self.data.get("relevees", self.columns) != self.columns

    def _read(self, pupil: int, place: int, column: SheetColumn) -> None:
        name = f"{letter_of(place)}-{pupil}"
        if name not in self.data:
            return
        try:
            typed = typed_level(self.data[name][:24])
        except NotALevel as refused:
            self.errors[name] = refused.sentence
            return
        seen = self.data.get(f"v{name}", "")
        whole = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
        self._cells.append(Cell(column.pk, pupil, typed, whole))

    def is_valid(self) -> bool:
        return self.data is not None and not self.errors

    def cells(self) -> list[Cell]:
        return self._cells

    def refuse(self, theirs: Any) -> None:
        """A colleague has written some of these meanwhile: both are shown, and what is sent again is meant."""
        places = {column.pk: place for place, column in enumerate(self.page.columns)}
        self.theirs = {
            f"{letter_of(places[column])}-{pupil}": level
            for (column, pupil), level in theirs.items()
            if column in places
        }

    def lines(self) -> list[tuple[Any, list[dict[str, Any]]]]:
        """Each pupil with its fields."""
        return [
            (row.pupil, [self._field(row, place, column) for place, column in enumerate(self.page.columns)])
            for row in self.page.rows
        ]

    def _field(self, row: Any, place: int, column: SheetColumn) -> dict[str, Any]:
        name = f"{letter_of(place)}-{row.pupil.pk}"
        cell = row.cells[place]
        typed, seen = cell.said, cell.version
        if self.data is not None:
            typed = self.data.get(name, typed)
            # What a colleague wrote is shown beside: sent again, it is meant.
            seen = seen if name in self.theirs else self.data.get(f"v{name}", seen)
        return {
            "name": name,
            "version": f"v{name}",
            "typed": typed,
            "seen": seen,
            "label": column.competence.name,
            "error": self.errors.get(name, ""),
            "theirs": self.theirs.get(name),
        }


def letter_of(place: int) -> str:
    """« a », « b »… « z », « aa »: a column by its place."""
    first, last = divmod(place, 26)
    return (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + last)


class ProposeForm(forms.Form):
    """From which mark, out of 20, each level is proposed."""

    from_2 = forms.DecimalField(
        label="2", min_value=0, max_value=20, max_digits=4, decimal_places=2, localize=True
    )
    from_3 = forms.DecimalField(
        label="3", min_value=0, max_value=20, max_digits=4, decimal_places=2, localize=True
    )
    from_4 = forms.DecimalField(
        label="4", min_value=0, max_value=20, max_digits=4, decimal_places=2, localize=True
    )

    def __init__(self, policy: MasteryPolicy, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(policy, name) for name in ("from_2", "from_3", "from_4")}
        super().__init__(*args, **kwargs)
        for level, name in ((2, "from_2"), (3, "from_3"), (4, "from_4")):
            field = self.fields[name]
            field.label = _("%(word)s, à partir de (sur 20)") % {"word": policy.words[level]}
            wrong = _("Écrivez une note de 0 à 20.")
            field.error_messages |= dict.fromkeys(
                [
                    "required",
                    "invalid",
                    "min_value",
                    "max_value",
                    "max_digits",
                    "max_decimal_places",
                    "max_whole_digits",
                ],
                wrong,
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        thresholds = [data.get(name) for name in ("from_2", "from_3", "from_4")]
        if all(one is not None for one in thresholds) and not thresholds[0] < thresholds[1] < thresholds[2]:
            self.add_error("from_3", _("Chaque niveau demande plus que celui d’avant."))
        return data

    def thresholds(self) -> tuple[Any, Any, Any]:
        data = self.cleaned_data
        return data["from_2"], data["from_3"], data["from_4"]


ALONE = gettext_lazy("Cet élève seul doit y être vu ou entendu : sa famille l’ouvrira.")
# As long as a device keeps an observation that waits for the network.
KEPT = timedelta(days=7)


def moment_in(data: Any, now: datetime) -> datetime | None:
    """When an observation that waited on a device was made; None when it is not said, or too long ago. A clock in advance says now."""
    timestamp = data.get("made_at", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return None
    at = datetime.fromtimestamp(int(timestamp), UTC)
    return min(at, now) if at >= now - KEPT else None


class ProofForm(forms.Form):
    """What proves a level, and what was seen: added afterwards by those who write it."""

    proof = Attachments(label=gettext_lazy("Photo ou son"), required=False, help_text=ALONE)
    note = forms.CharField(
        label=gettext_lazy("Ce que vous avez vu"),
        max_length=240,
        required=False,
        help_text=gettext_lazy("L’élève et sa famille le lisent."),
    )

    def __init__(self, viewer: Viewer, level: Level, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"note": level.note}, **kwargs)
        fields: Any = self.fields
        held = [level.proof] if level.proof else []
        fields["proof"].desk = Desk(viewer, level.column.sheet.school_id, PROOF, held)

    def proved(self) -> tuple[Any, str]:
        """The file, if any, and the words."""
        return next(iter(self.cleaned_data["proof"] or ()), None), self.cleaned_data["note"]


class ObserveForm(forms.Form):
    """What a teacher has just seen: a competence, a pupil, a level; and if they like, a photo, a sound, a word."""

    competence = forms.ChoiceField(
        label=gettext_lazy("Compétence"),
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], gettext_lazy("Choisissez une compétence.")
        ),
    )
    eleve = forms.ChoiceField(
        label=gettext_lazy("Élève"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], gettext_lazy("Choisissez un élève de la classe.")
        ),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Niveau"),
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Choisissez un niveau.")),
    )
    note = forms.CharField(
        label=gettext_lazy("Ce que vous avez vu"),
        max_length=240,
        required=False,
        help_text=gettext_lazy("L’élève et sa famille le lisent."),
    )
    proof = Attachments(label=gettext_lazy("Photo ou son"), required=False, help_text=ALONE)

    def __init__(
        self,
        viewer: Viewer,
        learners: Sequence[Any],
        choices: Sequence[Choice],
        recent: Sequence[int],
        policy: MasteryPolicy,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.policy = viewer, policy
        self.held = {
            str(competence.pk): competence for choice in choices for competence in choice.competences
        }
        options = [(str(pk), self.held[str(pk)].name) for pk in recent if str(pk) in self.held]
        rest = [
            (choice.label, [(str(competence.pk), competence.name) for competence in choice.competences])
            for choice in choices
        ]
        fields: Any = self.fields
        fields["competence"].choices = ([(_("Les dernières"), options)] if options else []) + rest
        self.learners = {learner.public_id: learner for learner in learners if not learner.left}
        fields["eleve"].choices = [
            (learner.public_id, learner.name) for learner in learners if not learner.left
        ]
        fields["level"].choices = [(str(level), word) for level, word in sorted(policy.words.items())]
        fields["proof"].desk = Desk(viewer, viewer.school_id or 0, PROOF)

    def clean_eleve(self) -> Person:
        found = pupil_of(self.viewer, self.cleaned_data["eleve"])
        if found is None:
            raise forms.ValidationError(_("Choisissez un élève de la classe."))
        return found

    def seen(self) -> Seen:
        """What was chosen."""
        values = self.cleaned_data
        proof = next(iter(values["proof"] or ()), None)
        return Seen(
            values["eleve"],
            self.held[values["competence"]],
            Typed(value=int(values["level"])),
            values["note"],
            proof,
        )


class AnswerForm(forms.Form):
    """Where a pupil thinks they are, competence by competence."""

    def __init__(
        self, columns: Sequence[SheetColumn], policy: MasteryPolicy, known: Any, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        choices = [(str(level), word) for level, word in sorted(policy.words.items())]
        for column in columns:
            self.fields[f"moi-{column.pk}"] = forms.ChoiceField(
                label=column.competence.name,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                initial=str(known.get(column.pk, "")),
                error_messages={"invalid_choice": _("Choisissez un de ces mots.")},
            )

    def levels(self) -> dict[int, int]:
        values = {column.pk: self.cleaned_data[f"moi-{column.pk}"] for column in self.columns}
        return {pk: int(value) for pk, value in values.items() if value}


class BalanceForm(forms.Form):
    """The level of each pupil in each component; empty: not settled."""

    def __init__(self, page: BalancePage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        choices = [(value, value) for value in ("", "1", "2", "3", "4", EXEMPT)]
        for row in page.rows:
            for code in COMPONENTS:
                shown = row.shown(code)
                self.fields[self.name_of(row.pupil.pk, code)] = forms.ChoiceField(
                    label=f"{SHORT[code]}, {row.pupil.name}",
                    choices=choices,
                    required=False,
                    initial=EXEMPT if shown == 0 else shown,
                    widget=forms.TextInput(attrs={"maxlength": 1, "inputmode": "numeric"}),
                    error_messages={"invalid_choice": _("Un niveau de 1 à 4, ou D pour dispensé.")},
                )

    @staticmethod
    def name_of(pupil: int, code: str) -> str:
        return f"{code.lower()}-{pupil}"

    def rows(self) -> list[tuple[Any, list[Any]]]:
        return [
            (row, [self[self.name_of(row.pupil.pk, code)] for code in COMPONENTS]) for row in self.page.rows
        ]

    def levels(self) -> dict[tuple[int, str], int | None]:
        """What the form says of those that it showed."""
        by_cell: dict[tuple[int, str], int | None] = {}
        for row in self.page.rows:
            for code in COMPONENTS:
                name = self.name_of(row.pupil.pk, code)
                if name in self.data:
                    value = self.cleaned_data[name]
                    by_cell[row.pupil.pk, code] = 0 if value == EXEMPT else int(value) if value else None
        return by_cell


class CycleForm(forms.Form):
    """The cycle whose balance one wants of the whole school."""

    cycle = forms.ChoiceField(
        label=gettext_lazy("Cycle"),
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Choisissez un cycle.")),
    )

    def __init__(self, cycles: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["cycle"].choices = [(str(one), _("Cycle %(cycle)s") % {"cycle": one}) for one in cycles]


class PolicyForm(ProposeForm):
    """The words of levels, their colours, and what a history comes to."""

    word_1 = forms.CharField(label=gettext_lazy("Niveau 1"), max_length=40)
    word_2 = forms.CharField(label=gettext_lazy("Niveau 2"), max_length=40)
    word_3 = forms.CharField(label=gettext_lazy("Niveau 3"), max_length=40)
    word_4 = forms.CharField(label=gettext_lazy("Niveau 4"), max_length=40)
    palette = forms.ChoiceField(label=gettext_lazy("Couleurs"), choices=MasteryPolicy.Palette.choices)
    rule = forms.ChoiceField(
        label=gettext_lazy("Le niveau d’une compétence sur une période"), choices=MasteryPolicy.Rule.choices
    )
    field_order = (
        "word_1",
        "word_2",
        "word_3",
        "word_4",
        "palette",
        "rule",
        "from_2",
        "from_3",
        "from_4",
    )

    def __init__(self, policy: MasteryPolicy, *args: Any, **kwargs: Any) -> None:
        super().__init__(policy, *args, **kwargs)
        self.policy = policy
        for name in ("word_1", "word_2", "word_3", "word_4", "palette", "rule"):
            self.fields[name].initial = getattr(policy, name)
        for name in ("word_1", "word_2", "word_3", "word_4"):
            self.fields[name].error_messages["required"] = _("Donnez un nom à ce niveau.")

    def typed(self) -> MasteryPolicy:
        return MasteryPolicy(school_id=self.policy.school_id, **self.cleaned_data)


class ReferentialFilesForm(FilesForm):
    """A table of competences, and what it is called."""

    limits = uploads.Limits(files=1, size=5 * uploads.MEGABYTE)
    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=120,
        help_text=gettext_lazy(
            "Le même nom pour une nouvelle édition : elle remplace la précédente, dont les niveaux restent lisibles."
        ),
        error_messages={"required": gettext_lazy("Donnez le nom du référentiel.")},
    )
    edition = forms.CharField(
        label=gettext_lazy("Édition"),
        max_length=20,
        help_text=gettext_lazy("Son année, par exemple."),
        error_messages={"required": gettext_lazy("Dites de quelle année il est.")},
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=240,
        required=False,
        help_text=gettext_lazy("D’où vient le texte."),
    )
    files = SeveralFiles(
        label=gettext_lazy("Tableau"),
        help_text=gettext_lazy(
            "Une ligne par compétence : code, parent (le code de celle du dessus), intitulé ; et si vous voulez cycle, matière, composante, repère. En .csv, .xlsx ou .ods."
        ),
        widget=SeveralFilesInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
        error_messages={"required": gettext_lazy("Choisissez le tableau.")},
    )


class CompetenceForm(forms.Form):
    """One more competence in a referential of the school."""

    name = forms.CharField(
        label=gettext_lazy("Intitulé"),
        max_length=300,
        error_messages={"required": gettext_lazy("Écrivez ce que l’élève sait faire.")},
    )
    parent = FewRows(label=gettext_lazy("Sous"), queryset=Competence.objects.none(), required=False)
    subject = FewRows(label=gettext_lazy("Matière"), queryset=Subject.objects.none(), required=False)

    def __init__(self, parents: Any, subjects: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["parent"].queryset, fields["subject"].queryset = parents, subjects
        fields["parent"].empty_label = _("Rien : en haut de la liste")
        fields["subject"].empty_label = _("Aucune en particulier")


def pupil_of(viewer: Viewer, public_id: str) -> Person | None:
    """A pupil by the id of a form."""
    return Person.objects.visible_to(viewer).filter(public_id=public_id.replace("\x00", "")).first()
