"""What was typed of a draft, in the form that asks for whom it is: each house puts these in its own page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person
from preau.directory.words import STAFF
from preau.foundation.fields import Filter, OneRow, SeveralPeople, SeveralRows
from preau.foundation.pages import keys_of


def form_number() -> forms.RegexField:
    """By which a form sent twice is known (`sent_as`)."""
    return forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)


def title_field(**more: Any) -> forms.CharField:
    error_messages = {"required": _("Donnez un titre, en quelques mots.")}
    return forms.CharField(label=_("Titre"), max_length=120, error_messages=error_messages, **more)


def groups_field() -> SeveralRows:
    """The form says which."""
    return SeveralRows(
        Group.objects.none(),
        label=_("Classes et groupes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def people_field(label: Any) -> SeveralPeople:
    """The form says which."""
    return SeveralPeople(
        Person.objects.none(), label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


def roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Personnels concernés"),
        required=False,
        choices=[(role.value, role.label) for role in STAFF],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucune case : tous. Une classe ou un groupe coché : leur équipe."),
    )


class GroupFilter(Filter):
    """Of which class or group pupils are shown (`classe`); to which one it goes (`groupe`, of the link of a group's page)."""

    classe = OneRow(Group.objects.none(), required=False)
    groupe = OneRow(Group.objects.none(), required=False)

    def __init__(self, groups: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("classe", "groupe"):
            field: Any = self.fields[name]
            field.queryset = groups


def draft_form(typed: QueryDict, make: Callable[..., forms.Form]) -> Any:
    """The form of a draft with what was typed and the pupils ticked so far; where another class is to be shown (`geste`), it is not sent:
    it begins with what was typed."""
    if not typed:
        return make()
    kept = keys_of(typed, "pupils")
    if typed.get("geste") != "classe":
        return make(typed, kept=kept)
    form = make(kept=kept)
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(typed, {}, name)  # type: ignore[arg-type]
    return form
