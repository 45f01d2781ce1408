"""What a teacher types of a scenario."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.domains.catalogue.models import Licence, Resource
from preau.domains.scenarios.actions.opinions import Opinion
from preau.domains.scenarios.models import (
    CRITERIA,
    NEXT,
    Author,
    Content,
    Facts,
    Mark,
    Qualification,
    Report,
    Review,
    Scenario,
    Setting,
    Step,
)
from preau.domains.scenarios.queries.public import resource_key
from preau.domains.scenarios.queries.space import Places
from preau.domains.scenarios.rules import MOST_RESOURCES
from preau.foundation.fields import FewRows, RichText

LONGEST = 20_000
MINUTES: dict[str, Any] = {
    "required": False,
    "min_value": 1,
    "max_value": 2_000,
    "error_messages": dict.fromkeys(
        ["invalid", "min_value", "max_value"], _("Écrivez un nombre de minutes, de 1 à 2 000.")
    ),
}


class FactsForm(forms.Form):
    """What is said of the whole scenario; `seen` is what the page had shown."""

    title = forms.CharField(
        label=_("Titre"), max_length=160, error_messages={"required": _("Donnez un titre, en quelques mots.")}
    )
    abstract = forms.CharField(
        label=_("Résumé"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("En deux phrases : ce que l’on fait, et pour apprendre quoi."),
    )
    levels = forms.MultipleChoiceField(
        label=_("Niveaux"), required=False, widget=forms.CheckboxSelectMultiple
    )
    subject = forms.ChoiceField(label=_("Matière"), required=False)
    minutes = forms.IntegerField(label=_("Durée en minutes"), **MINUTES)
    objectives = RichText(label=_("Objectifs"), required=False, max_length=LONGEST)
    material = forms.CharField(
        label=_("Matériel"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    resources = forms.CharField(
        label=_("Ressources liées"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Les adresses de pages de « Ressources », une par ligne."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, known: Places, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].choices = list(known.levels.items())  # type: ignore[attr-defined]
        self.fields["subject"].choices = [("", _("Choisir…")), *known.subjects.items()]  # type: ignore[attr-defined]

    def clean_resources(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data["resources"].splitlines() if line.strip()]
        keys = [resource_key(line) for line in lines]
        if len(set(keys)) > MOST_RESOURCES:
            raise forms.ValidationError(_("Liez %(most)s ressources au plus.") % {"most": MOST_RESOURCES})
        known = set(Resource.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
        for line, key in zip(lines, keys, strict=True):
            if key not in known:
                raise forms.ValidationError(
                    _("« %(line)s » n’est pas l’adresse d’une ressource de Préau.") % {"line": line[:120]}
                )
        return tuple(dict.fromkeys(keys))

    def typed(self) -> Facts:
        data = self.cleaned_data
        return Facts(
            title=data["title"],
            abstract=data["abstract"],
            levels=tuple(data["levels"]),
            subject=data["subject"],
            minutes=data["minutes"],
            objectives=data["objectives"],
            material=data["material"],
            resources=data["resources"],
        )


def shown_facts(content: Content, address: Any) -> dict[str, Any]:
    """What the form of the facts shows at first; `address(key)` is that of a resource."""
    facts = content.facts
    lines = "\n".join(address(key) for key in facts.resources)
    return {
        "title": facts.title,
        "abstract": facts.abstract,
        "levels": list(facts.levels),
        "subject": facts.subject,
        "minutes": facts.minutes,
        "objectives": facts.objectives,
        "material": facts.material,
        "resources": lines,
        "seen": content.seen,
    }


class StepForm(forms.Form):
    """One step of a scenario; `seen` is what the page had shown."""

    title = forms.CharField(
        label=_("Titre de l’étape"),
        max_length=160,
        error_messages={"required": _("Donnez un titre à cette étape, en quelques mots.")},
    )
    minutes = forms.IntegerField(label=_("Durée en minutes"), **MINUTES)
    setting = forms.ChoiceField(label=_("Situation"), choices=Setting.choices, initial=Setting.WHOLE)
    teacher = RichText(label=_("Ce que fait l’enseignant"), required=False, max_length=LONGEST)
    pupils = RichText(label=_("Ce que font les élèves"), required=False, max_length=LONGEST)
    material = forms.CharField(
        label=_("Matériel de l’étape"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    differentiation = RichText(
        label=_("Différenciation"),
        required=False,
        max_length=LONGEST,
        help_text=_("Ce qui change pour qui va vite, ou pour qui a besoin d’aide."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def typed(self) -> Step:
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Step(key="", **data)


def shown_step(step: Step) -> dict[str, Any]:
    """What the form of a step shows at first."""
    return {
        "title": step.title,
        "minutes": step.minutes,
        "setting": step.setting,
        "teacher": step.teacher,
        "pupils": step.pupils,
        "material": step.material,
        "differentiation": step.differentiation,
        "seen": step.seen,
    }


class SignatureForm(forms.Form):
    """How an author is named."""

    signature = forms.ChoiceField(
        label=_("Comment signer"), choices=Author.Signature.choices, widget=forms.RadioSelect
    )
    pseudonym = forms.CharField(
        label=_("Pseudonyme"), required=False, max_length=60, help_text=_("Si vous le choisissez.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wanted = data.get("signature") == Author.Signature.PSEUDONYM and not data.get("pseudonym")
        if wanted and "pseudonym" not in self.errors:
            self.add_error("pseudonym", _("Écrivez votre pseudonyme."))
        return data


class PublishForm(SignatureForm):
    """Under which licence, signed how; and that one has read who will read it."""

    licence = forms.ChoiceField(label=_("Licence"))
    sure = forms.BooleanField(
        label=_("J’ai relu : aucun élève n’est nommé, et rien n’est copié sans en avoir le droit."),
        error_messages={"required": _("Relisez, puis cochez cette case.")},
    )

    def __init__(self, allowed: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Licence.choices)
        self.fields["licence"].choices = [(one, labels[one]) for one in allowed]  # type: ignore[attr-defined]


class PersonChoice(FewRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


class InviteForm(forms.Form):
    """A colleague of the school."""

    person = PersonChoice(
        Person.objects.none(),
        label=_("Collègue à inviter"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez un collègue.")},
    )

    def __init__(self, rows: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = rows  # type: ignore[attr-defined]


class ScenarioChoice(FewRows):
    def label_from_instance(self, obj: Scenario) -> str:  # type: ignore[override]
        return obj.title


class JoinForm(forms.Form):
    """To which of one's scenarios a resource is linked."""

    scenario = ScenarioChoice(
        Scenario.objects.none(),
        label=_("Mon scénario"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez un scénario.")},
    )

    def __init__(self, rows: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scenario"].queryset = rows  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """What a teacher thinks of a work, criterion by criterion."""

    level = forms.ChoiceField(
        label=_("Avec quel niveau ?"),
        error_messages={"required": _("Dites avec quel niveau vous l’avez utilisé.")},
    )
    context = forms.CharField(
        label=_("Dans quel contexte ?"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : « En demi-groupe, en salle informatique ». Ne nommez aucun élève."),
    )
    text = forms.CharField(
        label=_("Votre avis"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    signature = forms.ChoiceField(
        label=_("Comment signer"),
        choices=Review.Signature.choices,
        initial=Review.Signature.ROLE,
        widget=forms.RadioSelect,
    )

    def __init__(self, known: Places, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.levels = known.levels
        self.fields["level"].choices = [("", _("Choisir…")), *known.levels.items()]  # type: ignore[attr-defined]
        for key, label in CRITERIA.items():
            self.fields[key] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                choices=[("", _("Choisir…")), *Mark.choices],
                error_messages={"required": _("Choisissez de 1 à 5.")},
            )

    @property
    def criteria(self) -> list[Any]:
        return [self[key] for key in CRITERIA]

    def typed(self) -> Opinion:
        data = self.cleaned_data
        marks = {key: data[key] for key in CRITERIA}
        return Opinion(
            marks, data["level"], self.levels[data["level"]], data["context"], data["text"], data["signature"]
        )


def shown_review(known: Review) -> dict[str, Any]:
    """What the form of a review shows at first."""
    names = (*CRITERIA, "level", "context", "text", "signature")
    return {name: getattr(known, name) for name in names}


class ReportForm(forms.Form):
    """Why something should not be there."""

    reason = forms.ChoiceField(
        label=_("Pourquoi ?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une raison.")},
    )
    words = forms.CharField(
        label=_("Précision"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecisionForm(forms.Form):
    """What a moderator decides; hiding says why."""

    decision = forms.ChoiceField(
        label=_("Décision"),
        choices=[("garder", _("Garder")), ("masquer", _("Masquer"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une décision.")},
    )
    why = forms.CharField(
        label=_("Raison, dite à l’auteur"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "masquer" and not data.get("why") and "why" not in self.errors:
            self.add_error("why", _("Dites à l’auteur pourquoi c’est masqué."))
        return data


class AppealForm(forms.Form):
    """Why it should be looked at again."""

    words = forms.CharField(
        label=_("Pourquoi regarder de nouveau ?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Écrivez pourquoi.")},
    )


class MoveForm(forms.Form):
    """To which state a resource is brought; `seen` is where the page had shown it."""

    to = forms.ChoiceField(
        label=_("Nouvel état"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choisissez le nouvel état.")),
    )
    words = forms.CharField(
        label=_("Pourquoi"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=12)

    def __init__(self, known: Qualification, data: Any = None) -> None:
        super().__init__(data, initial={"seen": known.state})
        # A second click finds its choice too: the action says that it was done.
        before = NEXT.get(data.get("seen", ""), ()) if data else ()
        labels = dict(Qualification.State.choices)
        keys = dict.fromkeys([*NEXT[known.state], *before])
        self.fields["to"].choices = [(key, labels[key]) for key in keys]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("to") == Qualification.State.AGAIN and not data.get("words"):
            self.add_error("words", _("Dites ce qui est à revoir."))
        return data


class CommentForm(forms.Form):
    """A comment, or how it went in a class."""

    words = forms.CharField(
        label=_("Commentaire ou retour de classe"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ne nommez aucun élève."),
        error_messages={"required": _("Écrivez quelque chose.")},
    )
