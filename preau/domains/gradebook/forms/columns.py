"""One assessment as a plain form: a field a pupil; or a column pasted from a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.domains.gradebook.actions.marks import Cell, MarkConflict
from preau.domains.gradebook.models import Assessment, Mark
from preau.domains.gradebook.queries.grid import Learner
from preau.domains.gradebook.rules.marking import NotAMark, TypedMark, as_typed, typed_mark
from preau.foundation.text import fold

MOST_TYPED = 12


def _whole(text: Any) -> int:
    """A version that a page had shown; anything else is none."""
    version = str(text or "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


@dataclass(frozen=True)
class Line:
    """What the page shows of a pupil: what is typed, the version that was seen, what is wrong, and what a colleague wrote."""

    pupil: Learner
    typed: str
    seen: int
    error: str = ""
    theirs: str | None = None
    by: str = ""


class ColumnForm:
    """A field a pupil; what was typed is kept, right or wrong."""

    def __init__(
        self, assessment: Assessment, learners: Sequence[Learner], marks: Mapping[int, Mark], data: Any = None
    ) -> None:
        self.assessment, self.learners, self.marks, self.data = assessment, learners, marks, data
        self.errors: dict[int, str] = {}
        self.conflicts: dict[int, MarkConflict] = {}
        self._cells: list[Cell] = []
        if data is not None:
            for learner in learners:
                self._read(learner)

    def _read(self, pupil: Learner) -> None:
        if f"note-{pupil.pk}" not in self.data:
            return
        try:
            typed = typed_mark(self.data[f"note-{pupil.pk}"][: MOST_TYPED * 2], self.assessment.scale)
        except NotAMark as refused:
            self.errors[pupil.pk] = refused.sentence
        else:
            self._cells.append(Cell(pupil.pk, typed, _whole(self.data.get(f"version-{pupil.pk}"))))

    def is_valid(self) -> bool:
        return self.data is not None and not self.errors

    def cells(self) -> list[Cell]:
        return self._cells

    def refuse(self, conflicts: Sequence[MarkConflict]) -> None:
        """A colleague has written some of these meanwhile: both are shown, and what is sent again is meant."""
        self.conflicts = {conflict.cell.pupil_id: conflict for conflict in conflicts}

    def lines(self) -> list[Line]:
        return [self._line(learner) for learner in self.learners]

    def _line(self, pupil: Learner) -> Line:
        mark = self.marks.get(pupil.pk)
        conflict = self.conflicts.get(pupil.pk)
        typed, seen = as_typed(mark).said, mark.version if mark else 0
        if self.data is not None:
            typed = self.data.get(f"note-{pupil.pk}", typed)
            seen = _whole(self.data.get(f"version-{pupil.pk}", seen))
        if conflict is None:
            return Line(pupil, typed, seen, self.errors.get(pupil.pk, ""))
        theirs, by = conflict.mark, ""
        if theirs is not None:
            by = theirs.changed_by.formal_name
        return Line(pupil, typed, theirs.version if theirs else 0, "", conflict.theirs.said, by)


class PasteForm(forms.Form):
    """A column of a spreadsheet: a line a pupil, in the order of the list, or names and marks.

    An empty line leaves the mark as it is. `seen`: how often marks of the assessment had been written when the page was shown.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    lines = forms.CharField(
        label=gettext_lazy("Notes"),
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Une ligne par élève, dans l’ordre de la liste ; ou deux colonnes, le nom puis la note. Une ligne vide laisse la note."
        ),
        error_messages={"required": gettext_lazy("Collez une colonne de notes.")},
    )

    def __init__(
        self,
        assessment: Assessment,
        learners: Sequence[Learner],
        marks: Mapping[int, Mark],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"seen": assessment.marks_written}
        super().__init__(*args, **kwargs)
        self.assessment, self.learners, self.marks = assessment, learners, marks
        self._typed: dict[int, TypedMark] = {}

    def clean_lines(self) -> str:
        text: str = self.cleaned_data["lines"]
        # Spreadsheets end their last line as the others.
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        if not any(line.strip() for line in lines):
            raise forms.ValidationError(_("Collez une colonne de notes."))
        named = [line for line in lines if line.strip()]
        take = self._by_name if all(_split(line) for line in named) else self._by_place
        errors = take(lines)
        if errors:
            raise forms.ValidationError(errors)
        return text

    def _by_place(self, lines: Sequence[str]) -> list[str]:
        if len(lines) != len(self.learners):
            return [self._wrong_length(len(lines))]
        errors = []
        for number, (line, pupil) in enumerate(zip(lines, self.learners, strict=True), 1):
            errors += self._take(number, pupil, line)
        return errors

    def _wrong_length(self, count: int) -> str:
        values = {"lines": count, "pupils": len(self.learners)}
        if count < len(self.learners):
            values |= {"number": count + 1, "name": self.learners[count].name}
            return (
                _(
                    "%(lines)s lignes pour %(pupils)s élèves : il manque à partir de la ligne %(number)s, %(name)s."
                )
                % values
            )
        values |= {"number": len(self.learners) + 1}
        return (
            _(
                "%(lines)s lignes pour %(pupils)s élèves : la ligne %(number)s et les suivantes ne sont à personne."
            )
            % values
        )

    def _by_name(self, lines: Sequence[str]) -> list[str]:
        known: dict[str, list[Learner]] = {}
        for learner in self.learners:
            for name in {
                fold(f"{learner.family_name} {learner.given_name}"),
                fold(f"{learner.given_name} {learner.family_name}"),
            }:
                known.setdefault(name, []).append(learner)
        errors, met = [], set()
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            name, mark = _split(line) or ("", "")
            found = known.get(fold(name), [])
            if len(found) != 1:
                wrong = _("plusieurs élèves ont ce nom") if found else _("personne n’a ce nom dans la liste")
                errors.append(
                    _("Ligne %(number)s (%(name)s) : %(wrong)s.")
                    % {"number": number, "name": name, "wrong": wrong}
                )
                continue
            if found[0].pk in met:
                errors.append(
                    _("Ligne %(number)s (%(name)s) : cet élève est déjà plus haut.")
                    % {"number": number, "name": name}
                )
                continue
            met.add(found[0].pk)
            errors += self._take(number, found[0], mark)
        return errors

    def _take(self, number: int, pupil: Learner, text: str) -> list[str]:
        if not text.strip():
            return []
        try:
            self._typed[pupil.pk] = typed_mark(text[: MOST_TYPED * 2], self.assessment.scale)
        except NotAMark as refused:
            values = {"number": number, "name": pupil.name, "wrong": refused.sentence}
            return [_("Ligne %(number)s (%(name)s) : %(wrong)s") % values]
        return []

    def cells(self) -> list[Cell]:
        """What was pasted; a mark written since the page was shown is not what it showed."""
        shown = self.cleaned_data["seen"] or 0
        return [Cell(pupil, typed, min(self._version(pupil), shown)) for pupil, typed in self._typed.items()]

    def _version(self, pupil: int) -> int:
        mark = self.marks.get(pupil)
        return mark.version if mark else 0


def _split(line: str) -> tuple[str, str] | None:
    """A name and what follows it, from two columns of a spreadsheet or of a CSV; None for one column."""
    for mark in ("\t", ";"):
        if mark in line:
            *names, last = (part.strip() for part in line.split(mark))
            return " ".join(filter(None, names)), last
    return None
