"""What people type: a decision, a step, how it ended, a family's word, the school's answer, thresholds."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import EarlyFact
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attention.actions.deciding import DecisionFacts
from preau.domains.attention.models import Review, Word
from preau.domains.attention.models.reviews import Kind
from preau.domains.attention.queries import reviews
from preau.foundation.fields import Day, OneRow

USUAL, LONGEST = timedelta(weeks=6), timedelta(days=120)


class OneAdult(OneRow):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def words(label: Any, most: int, missing: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **options,
    )


class DecisionForm(forms.Form):
    """What somebody decides of facts that they have read (`shown` says which)."""

    shown = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Votre décision"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une décision.")},
    )
    why = words(
        _("Pourquoi"),
        1000,
        _("Dites pourquoi, en une phrase."),
        help_text=_("L’élève et sa famille lisent cette phrase. Des faits, sans jugement ; rien de médical."),
    )
    told_to = OneAdult(
        Person.objects.none(),
        label=_("Qui prévenir"),
        required=False,
        empty_label=_("Personne"),
        help_text=_(
            "Pour « Prévenir un adulte » : il lira les faits et la décision, jusqu’à la fin de l’accompagnement."
        ),
    )
    until = Day(
        label=_("Jusqu’au"),
        required=False,
        help_text=_(
            "L’accompagnement s’arrête ce jour-là s’il n’est pas prolongé. Sans objet s’il n’y a rien à faire."
        ),
    )
    first_step = forms.CharField(
        label=_("Première étape"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : entretien avec l’élève."),
    )
    first_step_on = Day(label=_("Étape pour le"), required=False)

    def __init__(
        self, viewer: Viewer, pupil_id: int, *args: Any, review: Review | None = None, **kwargs: Any
    ) -> None:
        until = review.until if review and review.until else None
        known: dict[str, Any] = {"until": max(until or viewer.today, viewer.today + USUAL)}
        if review:
            known |= {"kind": review.kind, "told_to": review.told_to_id}
        kwargs["initial"] = known | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["told_to"].queryset = reviews.adults_to_tell(viewer, pupil_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if not kind or kind == Kind.NOTHING:
            return data
        today = self.viewer.today
        until, step_on = data.get("until"), data.get("first_step_on")
        if "until" in data and not (until and today < until <= today + LONGEST):
            self.add_error("until", _("Choisissez un jour à venir, dans les quatre mois."))
        if kind == Kind.TELL and "told_to" in data and not data["told_to"]:
            self.add_error("told_to", _("Choisissez qui prévenir."))
        late = not step_on or step_on < today or (until and step_on > until)
        if data.get("first_step") and "first_step_on" in data and late:
            self.add_error("first_step_on", _("Choisissez un jour d’ici la fin de l’accompagnement."))
        return data

    def said(self) -> DecisionFacts:
        """« Rien à faire » opens nothing: what was typed of a follow-up is left out."""
        data = self.cleaned_data
        if data["kind"] == Kind.NOTHING:
            return DecisionFacts(data["kind"], data["why"])
        told_to = data["told_to"] if data["kind"] == Kind.TELL else None
        return DecisionFacts(
            data["kind"], data["why"], data["until"], told_to, data["first_step"], data["first_step_on"]
        )


class StepForm(forms.Form):
    """Something to do by a day."""

    what = forms.CharField(
        label=_("Étape"),
        max_length=200,
        help_text=_("L’élève et sa famille la lisent."),
        error_messages={"required": _("Dites ce qui est prévu.")},
    )
    due = Day(label=_("Pour le"), error_messages={"required": _("Choisissez un jour.")})

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due(self) -> date:
        due: date = self.cleaned_data["due"]
        if not self.today <= due <= self.today + LONGEST:
            raise forms.ValidationError(_("Choisissez un jour à venir, dans les quatre mois."))
        return due


class EndForm(forms.Form):
    """What came of it."""

    outcome = words(
        _("Bilan"), 500, _("Dites où en est l’élève."), help_text=_("L’élève et sa famille le lisent.")
    )


class WordForm(forms.Form):
    """What a family or a pupil says of the facts or of the decision."""

    about = forms.ChoiceField(
        label=_("Que voulez-vous dire ?"),
        choices=Word.About.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez l’un des deux.")},
    )
    text = words(
        _("Votre mot"),
        2000,
        _("Écrivez ce que vous voulez dire."),
        rows=4,
        help_text=_("Lu par la direction et la vie scolaire, qui vous répondent."),
    )


class AnswerForm(forms.Form):
    """What the school answers."""

    answer = words(
        _("Votre réponse"),
        2000,
        _("Écrivez la réponse."),
        help_text=_("Lue par la personne qui a écrit. Pour changer la décision, revoyez-la aussi."),
    )


class ThresholdsForm(forms.Form):
    """A number for each fact of the services that are open here; empty, the fact is not looked at."""

    def __init__(
        self, facts: list[EarlyFact], known: dict[str, int | None], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {fact.key.replace(".", "_"): fact.key for fact in facts}
        for name, fact in zip(self.keys, facts, strict=True):
            self.fields[name] = forms.IntegerField(
                label=fact.label,
                help_text=fact.help,
                min_value=1,
                max_value=60,
                required=False,
                initial=known[fact.key],
            )

    def said(self) -> dict[str, int | None]:
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}
