"""The rows of the database as the plain terms that averages are made of."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from preau.domains.gradebook.models import GradingPolicy, SubSubject
from preau.domains.gradebook.rules import averages

# What stands in no sub-subject of a subject that has some: a part of its own, of coefficient 1.
WHOLE = "whole"


def policy_terms(policy: GradingPolicy) -> averages.Policy:
    """What the school decided, as the arithmetic takes it; the database writes a step of 0.5 as 0.50, and nobody an average so."""
    return averages.Policy(
        policy.step.normalize(),
        averages.Rounding(policy.rounding),
        averages.GeneralFrom(policy.general_from),
        averages.NotReturned(policy.not_returned),
    )


def subject_terms(
    subject_id: int, coefficient: Decimal, parts: Sequence[SubSubject], assessed: Iterable[int | None]
) -> averages.SubjectTerms:
    """A subject and its parts; `assessed`: the sub-subjects in which its assessments stand."""
    terms = [averages.PartTerms(part.pk, Fraction(part.coefficient)) for part in parts]
    if not parts or None in assessed:
        terms.append(averages.PartTerms(f"{WHOLE}-{subject_id}"))
    return averages.SubjectTerms(subject_id, Fraction(coefficient), tuple(terms))


def part_of(subject_id: int, sub_subject_id: int | None) -> averages.Key:
    """The part in which an assessment stands."""
    return sub_subject_id or f"{WHOLE}-{subject_id}"


def given(value: Decimal | None, code: str) -> averages.Given | None:
    """A mark as the arithmetic takes it."""
    if value is not None:
        return averages.exact(value)
    return averages.Code(code) if code else None
