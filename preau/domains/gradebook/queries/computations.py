"""« D’où vient cette moyenne ? »: what weighs in an average, what one more mark would make of it, and its computation line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from preau.domains.gradebook.queries.figures import Block, SubjectRow, number
from preau.domains.gradebook.queries.pupil_reading import PupilMarks
from preau.domains.gradebook.rules import averages
from preau.domains.gradebook.rules.averages import Average, Key, Mode, Term, Why

MOST_BLOCKS = 5


def blocks_of(read: PupilMarks, subject: SubjectRow) -> list[Block]:
    """What weighs in the average of a subject: its marks, or its parts; the lightest together."""
    counted = [term for term in _weighing(read, subject) if term.weighs]
    labels = labels_of(read, subject)
    total = sum((term.weighs for term in counted), Fraction(0))
    if not total:
        return []
    largest = sorted(counted, key=lambda term: term.weighs, reverse=True)
    kept = largest if len(counted) <= MOST_BLOCKS else largest[: MOST_BLOCKS - 1]
    blocks = [
        _block(term.value or Fraction(0), labels[term.key], term.weighs, total)
        for term in counted
        if term in kept
    ]
    others = [term for term in counted if term not in kept]
    if others:
        weighs = sum((term.weighs for term in others), Fraction(0))
        mean = sum((term.adds for term in others), Fraction(0)) / weighs
        blocks.append(_block(mean, _("Autres"), weighs, total))
    return blocks


def _weighing(read: PupilMarks, subject: SubjectRow) -> Sequence[Term]:
    terms = subject.average.terms
    return read.averages.parts[terms[0].key].terms if _is_whole(read, subject) else terms


def _is_whole(read: PupilMarks, subject: SubjectRow) -> bool:
    """Its marks are in a single part, which says nothing of its own."""
    return read.period is not None and len(subject.average.terms) == 1


def labels_of(read: PupilMarks, subject: SubjectRow) -> dict[Key, str]:
    """The names of what its computation speaks of."""
    labels: dict[Key, str] = {line.pk: line.title for line in read.lines}
    if _is_whole(read, subject):
        return labels
    if read.period is None:
        return {period.pk: period.name for period in read.periods}
    return {
        line.terms.part: line.sub_subject or _("Autres évaluations")
        for line in read.lines
        if line.subject_id == subject.pk
    }


def next_step(read: PupilMarks, subject: SubjectRow) -> str:
    """« Avec 15 à « Bilan », la moyenne passerait à 14,7 » : from the same arithmetic, with one more mark."""
    if read.period is None or subject.average.exact is None or subject.average.exact >= 19:
        return ""
    coming = [row.line for row in read.coming if row.line.subject_id == subject.pk]
    line = next((line for line in coming if line.mode == Mode.NORMAL and line.coefficient), None)
    if line is None:
        return ""
    aimed = Fraction(min(int(subject.average.exact) + 2, 20))
    marks = read.marks | {line.pk: aimed * line.terms.scale / averages.FULL}
    made = averages.averages_of(read.held.gradebook(read.lines), marks)
    return _("Avec l’équivalent de %(aimed)s sur 20 à « %(title)s », la moyenne serait de %(average)s.") % {
        "aimed": number(aimed),
        "title": line.title,
        "average": number(made.subjects[subject.pk].rounded),
    }


def _block(value: Fraction, label: str, weighs: Fraction, total: Fraction) -> Block:
    share = max(1, round(20 * weighs / total))
    percent = round(100 * weighs / total)
    sentence = _("pèse %(percent)s %%") % {"percent": percent}
    return Block(number(value), label, share, sentence)


@dataclass(frozen=True)
class TermLine:
    """One line of a computation, in words."""

    label: str
    given: str
    value: str
    coefficient: str
    adds: str
    why: str
    counts: bool


@dataclass(frozen=True)
class Computation:
    """A computation line by line, then its sum, its division and what it is rounded to."""

    title: str
    lines: Sequence[TermLine]
    total: str
    divisor: str
    exact: str
    rounded: str
    limited: bool = False

    @property
    def has_average(self) -> bool:
        return self.exact != "–"


WORDS = {
    Why.COUNTED: lambda: _("compte"),
    Why.NO_MARK: lambda: _("pas de note : ne compte pas"),
    Why.ABSENT: lambda: _("absent : ne compte pas"),
    Why.EXEMPT: lambda: _("dispensé : ne compte pas"),
    Why.NOT_MARKED: lambda: _("non noté : ne compte pas"),
    Why.NOT_RETURNED_ZERO: lambda: _("non rendu : compte comme zéro"),
    Why.NOT_RETURNED_IGNORED: lambda: _("non rendu : ne compte pas"),
    Why.NO_COEFFICIENT: lambda: _("coefficient 0 : montré, ne compte pas"),
    Why.OPTIONAL_KEPT: lambda: _("facultatif : compte, car il améliore la moyenne"),
    Why.OPTIONAL_LEFT: lambda: _("facultatif : ne compte pas, il n’améliore pas la moyenne"),
    Why.BONUS_KEPT: lambda: _("bonus : les points au-dessus de 10 s’ajoutent"),
    Why.BONUS_LEFT: lambda: _("bonus : aucun point au-dessus de 10"),
    Why.ALONE: lambda: _("ne fait pas de moyenne à lui seul"),
    Why.NO_AVERAGE: lambda: _("pas de moyenne : ne compte pas"),
}


def _computation(
    title: str,
    average: Average,
    labels: dict[Key, str],
    given: dict[Key, str],
    rounds: bool,
) -> Computation:
    lines = [
        TermLine(
            labels.get(term.key, ""),
            given.get(term.key, ""),
            number(term.value),
            number(term.coefficient),
            number(term.adds) if term.counts else "–",
            WORDS[term.why](),
            term.counts,
        )
        for term in average.terms
    ]
    shown = number(average.rounded) if rounds else number(average.exact)
    return Computation(
        title,
        lines,
        number(average.total),
        number(average.divisor),
        number(average.exact),
        shown,
        average.is_limited,
    )


def computations_of(read: PupilMarks, subject: SubjectRow) -> list[Computation]:
    """Each part of a subject, then the subject where it has several; in a year, its periods."""
    labels = labels_of(read, subject)
    if read.period is None:
        return [_computation(subject.name, subject.average, labels, {}, rounds=True)]
    titles: dict[Key, str] = {line.pk: line.title for line in read.lines}
    given: dict[Key, str] = {
        line.pk: _("%(mark)s sur %(scale)s") % {"mark": row.said, "scale": row.out_of}
        if row.is_number
        else row.said
        for line in read.lines
        if (row := read.row_of(line)).given is not None
    }
    whole = len(subject.average.terms) == 1
    parts = [
        _computation(
            subject.name if whole else labels[term.key],
            read.averages.parts[term.key],
            titles,
            given,
            rounds=whole,
        )
        for term in subject.average.terms
    ]
    return parts if whole else [*parts, _computation(subject.name, subject.average, labels, {}, rounds=True)]


def general_computation(read: PupilMarks) -> Computation:
    """From the averages of the subjects."""
    labels: dict[Key, str] = {row.pk: row.name for row in read.subjects}
    return _computation(_("Matière par matière"), read.averages.general, labels, {}, rounds=True)
