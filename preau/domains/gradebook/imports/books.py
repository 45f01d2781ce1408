"""A gradebook written as JSON, and its averages as JSON: what `manage.py compute_averages` reads and prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from preau.domains.gradebook.rules import averages as rules
from preau.foundation import jsonfiles
from preau.foundation.jsonfiles import Malformed, Node, plain_number
from preau.foundation.text import filled

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Book:
    """A gradebook with the marks of its pupils, in their order."""

    terms: rules.Gradebook
    marks: Mapping[str, Mapping[rules.Key, rules.Given]]


def read(content: bytes) -> Book:
    """The gradebook of a file. Raises Malformed."""
    root = jsonfiles.read(content)
    terms = _terms(root)
    return Book(terms, _marks(root.get("marks"), {each.key: each for each in terms.assessments}))


def _terms(root: Node) -> rules.Gradebook:
    policy = rules.Policy(
        step=_step(root.get("rounding").get("step")),
        rounding=root.get("rounding").get("mode").choice(rules.Rounding),
        general_from=root.get("general_from").choice(rules.GeneralFrom),
        not_returned=root.get("not_returned").choice(rules.NotReturned),
    )
    subjects, parts = set[str](), set[str]()
    taught = tuple(_subject(node, subjects, parts) for node in root.get("subjects").items())
    known = set[str]()
    assessed = tuple(_assessment(node, known, parts) for node in root.get("assessments").items())
    return rules.Gradebook(policy, taught, assessed)


def _step(node: Node) -> Decimal:
    node.positive()
    return Decimal(node.value)


def _new(node: Node, known: set[str]) -> str:
    key = node.text()
    if key in known:
        node.refuse(filled(_("« %(key)s » est déjà pris."), key=key))
    known.add(key)
    return key


def _subject(node: Node, subjects: set[str], parts: set[str]) -> rules.SubjectTerms:
    key, coefficient = _new(node.get("id"), subjects), node.get("coefficient").number()
    made = tuple(
        rules.PartTerms(_new(part.get("id"), parts), part.get("coefficient").number())
        for part in node.get("parts").items()
    )
    return rules.SubjectTerms(key, coefficient, made)


def _assessment(node: Node, known: set[str], parts: set[str]) -> rules.AssessmentTerms:
    key, part = _new(node.get("id"), known), node.get("part")
    if part.text() not in parts:
        part.refuse(filled(_("aucune matière n’a de partie « %(part)s »."), part=part.value))
    return rules.AssessmentTerms(
        key=key,
        part=part.value,
        scale=node.get("scale").positive(),
        coefficient=node.get("coefficient").number(),
        mode=node.get("mode").choice(rules.Mode),
    )


def _marks(
    node: Node, assessments: Mapping[rules.Key, rules.AssessmentTerms]
) -> dict[str, dict[rules.Key, rules.Given]]:
    marks: dict[str, dict[rules.Key, rules.Given]] = {}
    for mark in node.items():
        pupil, assessment = mark.get("pupil").text(), mark.get("assessment")
        if assessment.text() not in assessments:
            assessment.refuse(filled(_("aucune évaluation « %(key)s »."), key=assessment.value))
        of_pupil = marks.setdefault(pupil, {})
        if assessment.value in of_pupil:
            sentence = _("l’élève « %(pupil)s » a déjà une note à l’évaluation « %(assessment)s ».")
            mark.refuse(filled(sentence, pupil=pupil, assessment=assessment.value))
        of_pupil[assessment.value] = _given(mark.get("value"), pupil, assessments[assessment.value])
    return marks


def _given(node: Node, pupil: str, assessment: rules.AssessmentTerms) -> rules.Given:
    if node.value in list(rules.Code):
        return rules.Code(node.value)
    value = plain_number(node.value)
    if value is None or not 0 <= value <= assessment.scale:
        raise Malformed(
            node.path, filled(_wrong(value), pupil=pupil, assessment=assessment.key, read=node.value)
        )
    return value


def _wrong(value: Fraction | None) -> str:
    if value is None:
        return _(
            "la note de l’élève « %(pupil)s » à l’évaluation « %(assessment)s » n’est ni un nombre entre guillemets "
            "ni ABS, DISP, NN ou NR."
        )
    if value < 0:
        return _(
            "la note de l’élève « %(pupil)s » à l’évaluation « %(assessment)s », %(read)s, est plus petite que zéro."
        )
    return _(
        "la note de l’élève « %(pupil)s » à l’évaluation « %(assessment)s », %(read)s, dépasse le barème."
    )


def written(book: Book) -> dict[str, Any]:
    """The averages of every pupil who has a mark, ready for JSON."""
    return {
        "pupils": {
            pupil: _averages(rules.averages_of(book.terms, given)) for pupil, given in book.marks.items()
        }
    }


def _averages(averages: rules.Averages) -> dict[str, Any]:
    return {
        "parts": {key: _cents(part.exact) for key, part in averages.parts.items()},
        "subjects": {key: _plain(subject.rounded) for key, subject in averages.subjects.items()},
        "general": _plain(averages.general.rounded),
    }


def _cents(value: Fraction | None) -> str | None:
    return None if value is None else _plain(rules.rounded(value, CENT))


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
