"""What a school has settled of its subjects: coefficients and parts."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from preau.directory.models import Subject
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import SubjectWeight, SubSubject


@dataclass(frozen=True)
class SubjectRow:
    """A subject with its coefficient for the school, how many classes have another, and the names of its parts."""

    pk: int
    name: str
    coefficient: Decimal
    others: int
    parts: str


def subject_rows(viewer: Viewer) -> list[SubjectRow]:
    """The subjects of the school: three queries."""
    weights: dict[int, dict[int | None, Decimal]] = defaultdict(dict)
    for subject_weight in SubjectWeight.objects.visible_to(viewer):
        weights[subject_weight.subject_id][subject_weight.group_id] = subject_weight.coefficient
    parts: dict[int, list[str]] = defaultdict(list)
    for part in SubSubject.objects.visible_to(viewer):
        parts[part.subject_id].append(part.name)
    return [
        SubjectRow(
            subject.pk,
            subject.name,
            weights[subject.pk].get(None, Decimal(1)),
            len(weights[subject.pk].keys() - {None}),
            ", ".join(parts[subject.pk]),
        )
        for subject in Subject.objects.visible_to(viewer).order_by("name")
    ]


def weights_of(subject: Subject) -> dict[int | None, Decimal]:
    """The coefficients of a subject by class; None for the school."""
    rows = SubjectWeight.objects.filter(subject=subject)
    return dict(rows.values_list("group_id", "coefficient"))
