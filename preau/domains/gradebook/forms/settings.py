"""What a school settles of its averages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Subject
from preau.domains.gradebook.actions.settings import Part
from preau.domains.gradebook.forms.numbers import NumberField
from preau.domains.gradebook.models import GradingPolicy, SubSubject
from preau.domains.gradebook.queries.settled import weights_of

STEPS = [
    ("0.01", _("Au centième")),
    ("0.1", _("Au dixième")),
    ("0.5", _("Au demi-point")),
    ("1", _("Au point")),
]
NEW_ROWS = 2


class PolicyForm(forms.Form):
    """Rounding, work that was not returned, and when families read."""

    step = forms.ChoiceField(label=_("Moyennes arrondies"), choices=STEPS)
    rounding = forms.ChoiceField(label=_("Arrondi"), choices=GradingPolicy.Rounding.choices)
    general_from = forms.ChoiceField(
        label=_("La moyenne générale se calcule à partir"), choices=GradingPolicy.General.choices
    )
    not_returned = forms.ChoiceField(
        label=_("Un travail non rendu (NR) compte pour"), choices=GradingPolicy.NotReturned.choices
    )
    guardian_delay = forms.IntegerField(
        label=_("Les familles voient les notes après les élèves, en heures"),
        min_value=0,
        max_value=336,
        help_text=_("Zéro : en même temps qu’eux. Au plus deux semaines, 336 heures."),
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], _("Écrivez un nombre d’heures, de 0 à 336.")
        ),
    )
    tells_changes = forms.BooleanField(
        label=_("Prévenir d’une note, d’un barème ou d’un coefficient changé après publication"),
        required=False,
    )

    def __init__(self, policy: GradingPolicy, *args: Any, **kwargs: Any) -> None:
        names = ("rounding", "general_from", "not_returned", "guardian_delay", "tells_changes")
        step = f"{policy.step:f}".rstrip("0").rstrip(".")
        kwargs["initial"] = {name: getattr(policy, name) for name in names} | {"step": step}
        super().__init__(*args, **kwargs)
        self.policy = policy

    def typed(self) -> GradingPolicy:
        data = dict(self.cleaned_data)
        return GradingPolicy(school_id=self.policy.school_id, **data | {"step": Decimal(data["step"])})


class SubjectForm(forms.Form):
    """The coefficient of a subject, for the school and for some classes, and its parts."""

    coefficient = NumberField(label=_("Coefficient dans la moyenne générale"), most=Decimal(99))

    def __init__(
        self,
        subject: Subject,
        classes: Sequence[Group],
        parts: Sequence[SubSubject],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        weights = weights_of(subject)
        kwargs["initial"] = {"coefficient": weights.get(None, Decimal(1))}
        super().__init__(*args, **kwargs)
        self.classes, self.parts = classes, parts
        for part in parts:
            self._add_part(str(part.pk), part.name, part.coefficient)
            # What the page did not show yet (a second click) stays as it is.
            self.fields[f"nom-{part.pk}"].required = not self.is_bound or f"nom-{part.pk}" in self.data
        for number in range(NEW_ROWS):
            self._add_part(f"plus{number}", "", None)
        for group in classes:
            self.fields[f"classe-{group.pk}"] = NumberField(
                label=group.name, required=False, most=Decimal(99), initial=weights.get(group.pk)
            )

    def _add_part(self, key: str, name: str, coefficient: Decimal | None) -> None:
        label = name or _("Nouvelle sous-matière")
        self.fields[f"nom-{key}"] = forms.CharField(
            label=label,
            max_length=40,
            required=bool(name),
            initial=name,
            error_messages={"required": _("Donnez un nom, ou retirez cette sous-matière.")},
        )
        self.fields[f"poids-{key}"] = NumberField(
            label=_("Coefficient"), required=False, most=Decimal(99), initial=coefficient
        )

    def rows(self) -> list[tuple[SubSubject | None, Any, Any]]:
        """Each part, or none for a new one, with its two fields."""
        known = [(part, self[f"nom-{part.pk}"], self[f"poids-{part.pk}"]) for part in self.parts]
        new = [(None, self[f"nom-plus{n}"], self[f"poids-plus{n}"]) for n in range(NEW_ROWS)]
        return [*known, *new]

    def class_fields(self) -> list[Any]:
        return [self[f"classe-{group.pk}"] for group in self.classes]

    def typed_parts(self) -> list[Part]:
        data = self.cleaned_data
        keys: list[tuple[int | None, str]] = [(part.pk, str(part.pk)) for part in self.parts]
        keys += [(None, f"plus{number}") for number in range(NEW_ROWS)]
        return [
            Part(pk, data[f"nom-{key}"], _or_one(data[f"poids-{key}"]))
            for pk, key in keys
            if data.get(f"nom-{key}")
        ]

    def typed_weights(self) -> dict[int, Decimal | None]:
        return {group.pk: self.cleaned_data[f"classe-{group.pk}"] for group in self.classes}


def _or_one(number: Decimal | None) -> Decimal:
    return Decimal(1) if number is None else number
