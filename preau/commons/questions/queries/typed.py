"""What a person types to write a question, and to answer a list of them: the houses that ask put these forms in their own pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.questions.models import Question
from preau.commons.questions.rules import YES, open_questions
from preau.foundation.fields import Day

Kind = Question.Kind
YES_OR_NO = [(YES, gettext_lazy("Oui")), ("no", gettext_lazy("Non"))]
AGREES_OR_NOT = [(YES, gettext_lazy("D’accord")), ("no", gettext_lazy("Pas d’accord"))]
MOST_CHOICES, LONGEST_CHOICE, WIDEST_SCALE = 20, 120, 10
WITH_LINES = {Kind.ONE, Kind.SEVERAL, Kind.SCALE}
REQUIRED = gettext_lazy("Répondez à cette question.")


@dataclass(frozen=True)
class QuestionFacts:
    """What a question asks, clean. `only_if`: the key of a question before it."""

    kind: str
    label: str
    hint: str = ""
    is_required: bool = True
    choices: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    only_if: int | None = None
    only_if_answer: str = ""


class QuestionForm(forms.Form):
    """One more question."""

    kind = forms.ChoiceField(label=gettext_lazy("Nature de la réponse"), choices=Kind.choices)
    label = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=300,
        error_messages={"required": gettext_lazy("Écrivez la question.")},
    )
    hint = forms.CharField(label=gettext_lazy("Précision"), max_length=300, required=False)
    choices = forms.CharField(
        label=gettext_lazy("Choix possibles"),
        required=False,
        max_length=2400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Un par ligne, pour un choix ou plusieurs. Pour une échelle, deux lignes : ce que veut dire le premier degré, puis le dernier."
        ),
    )
    lowest = forms.IntegerField(
        label=gettext_lazy("Au moins"), required=False, min_value=-100000, max_value=100000
    )
    highest = forms.IntegerField(
        label=gettext_lazy("Au plus"),
        required=False,
        min_value=-100000,
        max_value=100000,
        help_text=gettext_lazy("Pour un nombre ou une échelle."),
    )
    is_required = forms.BooleanField(label=gettext_lazy("Réponse obligatoire"), required=False, initial=True)
    only_if = forms.ChoiceField(label=gettext_lazy("Poser cette question"), required=False)

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["only_if"]
        field.choices = [("", _("Toujours")), *_conditions(questions)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        lines = list(
            dict.fromkeys(line.strip() for line in data.get("choices", "").splitlines() if line.strip())
        )
        if kind in {Kind.ONE, Kind.SEVERAL}:
            if not 2 <= len(lines) <= MOST_CHOICES:
                self.add_error("choices", _("Donnez de deux à vingt choix, un par ligne."))
            elif any(len(line) > LONGEST_CHOICE for line in lines):
                self.add_error("choices", _("Un choix tient en cent vingt signes."))
        lowest, highest = data.get("lowest"), data.get("highest")
        if kind == Kind.SCALE:
            lowest, highest = lowest if lowest is not None else 1, highest if highest is not None else 5
            if not 1 <= highest - lowest <= WIDEST_SCALE:
                self.add_error("highest", _("Une échelle a de deux à onze degrés."))
            if len(lines) not in {0, 2} or any(len(line) > LONGEST_CHOICE for line in lines):
                self.add_error(
                    "choices", _("Donnez deux lignes, le premier degré puis le dernier, ou aucune.")
                )
        elif lowest is not None and highest is not None and highest < lowest:
            self.add_error("highest", _("Le plus grand vient avant le plus petit."))
        data |= {"choices": lines, "lowest": lowest, "highest": highest}
        return data

    def facts(self) -> QuestionFacts:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        before, _sign, answer = data["only_if"].partition(":")
        counted = data["kind"] in {Kind.NUMBER, Kind.SCALE}
        return QuestionFacts(
            kind=data["kind"],
            label=data["label"],
            hint=data["hint"],
            is_required=data["is_required"],
            choices=tuple(data["choices"]) if data["kind"] in WITH_LINES else (),
            lowest=data["lowest"] if counted else None,
            highest=data["highest"] if counted else None,
            only_if=int(before) if before else None,
            only_if_answer=answer,
        )


def _conditions(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """« Si « Vient-il en bus ? » : oui », for each answer that may be chosen."""
    found = []
    for question in questions:
        if question.kind in {Kind.YES_NO, Kind.AGREEMENT}:
            answers: list[tuple[str, Any]] = list(YES_OR_NO)
        else:
            answers = [(one, one) for one in question.choices if question.kind != Kind.SCALE]
        words = _("Si « %(question)s » : %(answer)s")
        found += [
            (f"{question.pk}:{key}", words % {"question": question.label, "answer": label})
            for key, label in answers
        ]
    return found


class ResponseForm(forms.Form):
    """The questions as fields. Bound with `is_draft`, nothing is required; a question whose condition is not met holds no answer."""

    def __init__(
        self,
        questions: Sequence[Question],
        data: Any = None,
        *,
        answers: Mapping[str, Any] | None = None,
        is_draft: bool = False,
    ) -> None:
        known = {question.name: _typed((answers or {}).get(question.name)) for question in questions}
        super().__init__(data, initial=known)
        self.questions, self.is_draft = list(questions), is_draft
        for question in self.questions:
            self.fields[question.name] = _field(question)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answers = {
            question.name: kept
            for question in self.questions
            if (kept := _kept(question, data.get(question.name))) not in (None, "", [])
        }
        opened = open_questions(self.questions, answers)
        names = {question.name for question in opened}
        for question in self.questions:
            if question.name not in names:
                answers.pop(question.name, None)
                self.errors.pop(question.name, None)
        for question in opened:
            missing = question.name not in answers and question.name not in self.errors
            if missing and question.is_required and not self.is_draft:
                self.add_error(question.name, REQUIRED)
        self.answers = answers
        return data


def _field(question: Question) -> forms.Field:
    """Never required here: the form asks for it where its condition is met. It says so before, opened by another or not."""
    field = _bare_field(question)
    # Of several boxes no single one is to be ticked.
    if question.is_required and question.kind != Kind.SEVERAL:
        field.widget.attrs["required"] = True
    return field


def _bare_field(question: Question) -> forms.Field:
    hint = " ".join(filter(None, [_condition(question), question.hint, _ends(question)]))
    common: dict[str, Any] = {"label": question.label, "help_text": hint, "required": False}
    choices = _choices(question)
    if choices:
        if question.kind == Kind.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if question.kind == Kind.NUMBER:
        return forms.IntegerField(min_value=question.lowest, max_value=question.highest, **common)
    if question.kind == Kind.DATE:
        return Day(**common)
    if question.kind == Kind.LONG:
        return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), **common)
    return forms.CharField(max_length=300, **common)


def _condition(question: Question) -> str:
    """« Seulement si vous avez répondu « oui » à « Vient-il en car ? ». », or nothing."""
    if question.only_if is None:
        return ""
    known = dict(YES_OR_NO)
    answer = question.only_if_answer
    words = _("Seulement si vous avez répondu « %(answer)s » à « %(question)s ».")
    if question.is_required:
        words = _(
            "Seulement si vous avez répondu « %(answer)s » à « %(question)s » : il faut alors répondre."
        )
    return words % {
        "answer": str(known[answer]).lower() if answer in known else answer,
        "question": question.only_if.label,
    }


def _ends(question: Question) -> str:
    """Which end of a scale is the most, where nobody has said what they mean."""
    if question.kind != Kind.SCALE or question.choices:
        return ""
    degrees = question.degrees
    return _("%(lowest)s est le moins, %(highest)s le plus.") % {
        "lowest": degrees[0][0],
        "highest": degrees[-1][0],
    }


def _choices(question: Question) -> list[tuple[str, Any]]:
    """What may be chosen, for the kinds that are answered so."""
    if question.kind == Kind.YES_NO:
        return list(YES_OR_NO)
    if question.kind == Kind.AGREEMENT:
        return list(AGREES_OR_NOT)
    if question.kind == Kind.SCALE:
        return [(str(one), label) for one, label in question.degrees]
    return [(one, one) for one in question.choices]


def _kept(question: Question, value: Any) -> Any:
    """A clean value as it is stored."""
    if value in (None, "", []):
        return None
    if question.kind in {Kind.YES_NO, Kind.AGREEMENT}:
        return value == YES
    if question.kind == Kind.SCALE:
        return int(value)
    return value.isoformat() if question.kind == Kind.DATE else value


def _typed(value: Any) -> Any:
    """A stored value as its field shows it."""
    return {True: YES, False: "no"}[value] if isinstance(value, bool) else value
