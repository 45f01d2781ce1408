"""What people type about seating plans."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, Room
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions.seating import CLEARED, Shape
from preau.domains.attendance.models import MOST_COLUMNS, MOST_ROWS, SeatingPlan
from preau.domains.attendance.queries.seating import Board, Sitter
from preau.domains.attendance.rules.seating import ALPHABETICAL, RANDOM, REST, SPACED, Spot
from preau.foundation.fields import OneRow, SeveralRows

UNDO = "annuler"
GESTURES = [
    (REST, _("Placer ceux qui restent")),
    (ALPHABETICAL, _("Par ordre alphabétique")),
    (RANDOM, _("Au hasard")),
    (SPACED, _("Une place sur deux")),
    (CLEARED, _("Vider le plan")),
]


class PlanShape(forms.Form):
    """The room, the name and the size of a plan."""

    room = OneRow(Room.objects.none(), label=_("Salle"), required=False, empty_label=_("Toutes les salles"))
    name = forms.CharField(
        label=_("Nom"),
        required=False,
        max_length=40,
        help_text=_("Par exemple îlots, contrôle, travaux pratiques."),
    )
    rows = forms.IntegerField(label=_("Rangs"), min_value=1, max_value=MOST_ROWS, initial=5)
    columns = forms.IntegerField(label=_("Places par rang"), min_value=1, max_value=MOST_COLUMNS, initial=6)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.visible_to(viewer)  # type: ignore[attr-defined]

    def shape(self) -> Shape:
        data = self.cleaned_data
        gaps = [_spot(one) for one in data.get("gaps", ())]
        aisles = [int(one) for one in data.get("aisles", ())]
        return Shape(data["room"], data["name"].strip(), data["rows"], data["columns"], gaps, aisles)


class PlanChoice(OneRow):
    def label_from_instance(self, obj: SeatingPlan) -> str:  # type: ignore[override]
        return f"{obj.group.name} · {obj.label}"


class NewPlanForm(PlanShape):
    """A plan, alone or drawn from another one of the viewer's."""

    plan = PlanChoice(
        SeatingPlan.objects.none(),
        label=_("Copier un autre plan"),
        required=False,
        empty_label=_("Non, un plan vide"),
        help_text=_("Ses rangs et ses allées. Pour la même classe, ses élèves aussi."),
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, *args, **kwargs)
        plans = SeatingPlan.objects.visible_to(viewer).select_related("group", "room")
        self.fields["plan"].queryset = plans.order_by("group__name", "room__name", "name")  # type: ignore[attr-defined]


class ChangePlanForm(PlanShape):
    """The same of a plan that is there; the places that do not exist, the aisles, and who is wanted in front."""

    gaps = forms.MultipleChoiceField(
        label=_("Places qui n’existent pas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    aisles = forms.MultipleChoiceField(
        label=_("Allée à droite de la colonne"), required=False, widget=forms.CheckboxSelectMultiple
    )
    devant = SeveralRows(
        Person.objects.none(),
        to_field_name="public_id",
        label=_("Élèves à placer devant"),
        help_text=_("Le remplissage leur donne les premiers rangs. Rien ne dit pourquoi."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, viewer: Viewer, board: Board, *args: Any, **kwargs: Any) -> None:
        plan = board.plan
        kwargs["initial"] = {
            "room": plan.room_id,
            "name": plan.name,
            "rows": plan.rows,
            "columns": plan.columns,
            "gaps": [f"{row}-{column}" for row, column in plan.gaps],
            "aisles": plan.aisles,
            "devant": [sitter.public_id for sitter in board.sitters if sitter.in_front],
        }
        super().__init__(viewer, *args, **kwargs)
        self.fields["gaps"].choices = [  # type: ignore[attr-defined]
            (cell.key, spot_said((cell.row, cell.column))) for row in board.rows for cell in row
        ]
        self.fields["aisles"].choices = [(one, str(one)) for one in range(1, plan.columns)]  # type: ignore[attr-defined]
        field: Any = self.fields["devant"]
        field.queryset = Person.objects.filter(pk__in=[sitter.pupil_id for sitter in board.sitters])
        # Read once: the field's own choices would ask for the same rows again.
        field.choices = [(sitter.public_id, sitter.list_name) for sitter in board.sitters]


class PlaceForm(forms.Form):
    """A pupil, and where: the button of a place, else the list of places."""

    eleve = forms.CharField(max_length=40, error_messages={"required": _("Choisissez d’abord un élève.")})
    place = forms.CharField(max_length=6, required=False)
    vers = forms.CharField(max_length=6, required=False)

    def __init__(self, board: Board, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.board = board

    def clean_eleve(self) -> Sitter:
        wanted = self.cleaned_data["eleve"]
        found = next((sitter for sitter in self.board.sitters if sitter.public_id == wanted), None)
        if found is None:
            raise forms.ValidationError(_("Cet élève n’est pas de cette classe."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        where = data.get("place") or data.get("vers") or ""
        places = {cell.key: (cell.row, cell.column) for row in self.board.rows for cell in row if cell.exists}
        if where == "sans":
            data["spot"] = None
        elif where in places:
            data["spot"] = places[where]
        elif "eleve" in data:
            self.add_error("vers", _("Choisissez une place."))
        return data


class GestureForm(forms.Form):
    """A gesture on the whole plan, and the plan that the page showed."""

    geste = forms.ChoiceField(choices=[*GESTURES, (UNDO, UNDO)])
    revision = forms.IntegerField(min_value=0)


class LayoutForm(forms.Form):
    forme = forms.ChoiceField(choices=[("plan", "plan"), ("list", "list")])


def spot_said(spot: Spot) -> str:
    """« Rang 2, place 3 »."""
    return _("Rang %(row)s, place %(column)s") % {"row": spot[0], "column": spot[1]}


def _spot(key: str) -> Spot:
    row, column = key.split("-")
    return int(row), int(column)
