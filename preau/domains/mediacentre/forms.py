"""What a person types to bring a list, to assign, to say licences, and to find."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import level_said
from preau.domains.mediacentre.models import Public, Resource, Rule, Subscription
from preau.domains.mediacentre.queries.previews import Proposal
from preau.foundation.fields import Day, Filter, SeveralRows

LEVELS, GROUPS, SUBJECTS = Rule.Scope.LEVELS, Rule.Scope.GROUPS, Rule.Scope.SUBJECTS
WHOM = [
    ("pupil-levels", _("Les élèves de certains niveaux")),
    ("pupil-groups", _("Les élèves de certaines classes ou de certains groupes")),
    ("pupil-all", _("Tous les élèves")),
    ("teacher-subjects", _("Les enseignants de certaines matières")),
    ("teacher-groups", _("Les enseignants de certaines classes ou de certains groupes")),
    ("teacher-all", _("Tous les enseignants")),
    ("librarian-all", _("Les professeurs documentalistes")),
    ("other-all", _("Les autres personnels")),
]
# What each scope needs to have chosen, and its sentence.
NEEDS = {
    LEVELS: ("levels", _("Choisissez au moins un niveau.")),
    GROUPS: ("groups", _("Choisissez au moins une classe ou un groupe.")),
    SUBJECTS: ("subjects", _("Choisissez au moins une matière.")),
}


class UploadForm(forms.Form):
    """The answer of the GAR, as a file."""

    liste = forms.FileField(
        label=_("Fichier du GAR"),
        # The plain one: nothing is there to be cleared.
        widget=forms.FileInput,
        help_text=_(
            "La liste des ressources ou les abonnements de l’établissement, en JSON ou en XML, 5 Mo au plus."
        ),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide."),
            "missing": _("Choisissez un fichier."),
        },
    )

    def __init__(self, *args: Any, cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cut = cut

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.cut:
            self.errors.pop("liste", None)
            self.add_error("liste", _("Le fichier est trop lourd."))
        return data


class GroupsChoice(SeveralRows):
    def label_from_instance(self, obj: Group) -> str:  # type: ignore[override]
        return obj.name


class AssignForm(forms.Form):
    """Whom the chosen resources are for. `vu`: how many people were shown before saving."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    vu = forms.IntegerField(required=False, widget=forms.HiddenInput)
    whom = forms.ChoiceField(
        label=_("Pour qui"),
        choices=WHOM,
        widget=forms.RadioSelect,
        help_text=_("La règle suit l’annuaire : qui arrive reçoit la ressource, qui part ne l’a plus."),
        error_messages={"required": _("Dites pour qui."), "invalid_choice": _("Dites pour qui.")},
    )
    levels = forms.MultipleChoiceField(
        label=_("Niveaux"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = GroupsChoice(
        Group.objects.none(),
        label=_("Classes et groupes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    subjects = SeveralRows(
        Subject.objects.none(), label=_("Matières"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"sent_as": secrets.token_hex(16), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        groups = Group.objects.visible_to(viewer).filter(year=viewer.year).order_by("kind", "rank", "name")
        fields: Any = self.fields
        fields["groups"].queryset = groups
        fields["subjects"].queryset = Subject.objects.visible_to(viewer).order_by("name", "pk")
        levels = (
            groups.classes().exclude(level="").order_by("level").values_list("level", flat=True).distinct()
        )
        fields["levels"].choices = [(level, level_said(level)) for level in levels]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        scope = str(data.get("whom", "")).partition("-")[2]
        if scope in NEEDS:
            name, sentence = NEEDS[Rule.Scope(scope)]
            if name not in self.errors and not data.get(name):
                self.add_error(name, sentence)
        return data

    def proposal(self) -> Proposal:
        """The rule that is meant: only what its scope reads."""
        data = self.cleaned_data
        public, _mark, scope = data["whom"].partition("-")
        return Proposal(
            public,
            scope,
            levels=tuple(data["levels"]) if scope == LEVELS else (),
            groups=tuple(group.pk for group in data["groups"]) if scope == GROUPS else (),
            subjects=tuple(subject.pk for subject in data["subjects"]) if scope == SUBJECTS else (),
        )


class LicencesForm(forms.Form):
    """What the school knows of its licences, when no file says it."""

    licences = forms.IntegerField(
        label=_("Nombre de licences"),
        required=False,
        min_value=0,
        max_value=9_999_999,
        help_text=_("Laissez vide si le nombre n’est pas limité."),
    )
    publics = forms.MultipleChoiceField(
        label=_("Pour quels publics"),
        choices=Public.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins un public.")},
    )
    kind = forms.ChoiceField(
        label=_("Affectation"),
        choices=Subscription.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_("Par établissement : tous ceux de ces publics ont la ressource, sans l’attribuer."),
        error_messages={"required": _("Dites comment elle s’attribue.")},
    )
    starts = Day(
        label=_("Premier jour"),
        required=False,
    )
    ends = Day(
        label=_("Dernier jour"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] < data["starts"]:
            self.add_error("ends", _("Le dernier jour vient avant le premier."))
        return data


def licences_before(row: Subscription | None) -> dict[str, Any]:
    """What the form of licences shows at first."""
    if row is None:
        return {"kind": Subscription.Kind.PERSON}
    initial = {name: getattr(row, name) for name in ("licences", "kind", "starts", "ends")}
    return initial | {"publics": [public.value for public in row.publics]}


class _Filter(Filter):
    """What a list shows; what nobody can mean is not looked at."""

    texte = forms.CharField(label=_("Chercher"), required=False, max_length=80)


class TextFilterForm(_Filter):
    """By words of a name or of a publisher."""


class ResourceFilterForm(_Filter):
    etat = forms.ChoiceField(
        label=_("Lesquelles"),
        required=False,
        choices=[
            ("", _("Dans la liste")),
            ("libres", _("Encore attribuées à personne")),
            ("sorties", _("Sorties de la liste")),
        ],
    )


class PeopleFilterForm(_Filter):
    public = forms.ChoiceField(label=_("Public"), required=False, choices=[("", _("Tous")), *Public.choices])
    classe = forms.ModelChoiceField(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes")
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["classe"].queryset = Group.objects.visible_to(viewer).filter(year=viewer.year).classes()

    def chosen(self) -> dict[str, Any]:
        """The class by its key."""
        found = super().chosen()
        if "classe" in found:
            found["groupe"] = found["classe"].pk
        return found


def resources_asked(viewer: Viewer, keys: Sequence[str]) -> list[Resource]:
    """The resources that an address or a form names, as far as this viewer assigns them: twenty at most."""
    numbers = [int(one) for one in keys[:20] if one.isascii() and one.isdigit() and len(one) < 18]
    rows = Resource.objects.visible_to(viewer).filter(pk__in=numbers, is_open=True, school=viewer.school_id)
    return list(rows.order_by("search_name", "pk"))
