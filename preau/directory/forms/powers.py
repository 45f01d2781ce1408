"""What a head types to give something until a day, and to let somebody in from outside."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.guests import Invitation
from preau.directory.boards import power_of
from preau.directory.forms.settings import A_YEAR
from preau.directory.models import Group, Person
from preau.directory.queries import school_lists
from preau.directory.queries.powers import powers_to_give, staff_to_name
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation.fields import Day, OneRow

TOO_FAR = _("Choisissez un jour entre aujourd’hui et dans un an.")


def within_a_year(day: date, today: date) -> date:
    """Raises ValidationError beyond."""
    if not today <= day <= today + A_YEAR:
        raise ValidationError(TOO_FAR)
    return day


class _Member(OneRow):
    def label_from_instance(self, holding: Any) -> str:
        return f"{holding.person.list_name} ({holding.get_role_display()})"


class PowerForm(forms.Form):
    """What is given, to whom, and until when."""

    power = forms.ChoiceField(
        label=_("Quel droit"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez le droit à confier."),
            "invalid_choice": _("Choisissez un droit de la liste."),
        },
    )
    holding = _Member(
        label=_("À qui"),
        queryset=None,
        empty_label=_("Choisissez une personne"),
        error_messages={"invalid_choice": _("Choisissez une personne de votre établissement.")},
    )
    until = Day(
        label=_("Jusqu’au"), help_text=_("Ce jour compris, un an au plus. Vous pouvez y mettre fin avant.")
    )

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data)
        self.today = viewer.today
        self.fields["power"].choices = [(power.key, power.label) for power in powers_to_give()]
        self.fields["holding"].queryset = staff_to_name(viewer)

    def clean_until(self) -> date:
        return within_a_year(self.cleaned_data["until"], self.today)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        power, holding = power_of(typed.get("power", "")), typed.get("holding")
        if power and holding and holding.role in power.roles:
            self.add_error("holding", _("Cette personne a déjà ce droit par sa fonction."))
        return typed


class InvitationForm(forms.Form):
    """Who comes from outside, why, and until when."""

    AGENT, VISITOR = "agent", "intervenant"

    kind = forms.ChoiceField(
        label=_("Cette personne est"),
        widget=forms.RadioSelect,
        choices=[
            (VISITOR, _("Intervenant, stagiaire ou visiteur : les pages communes du personnel, aucun élève")),
            (AGENT, _("Agent de la mairie ou de la collectivité : seulement ce que vous cochez plus bas")),
        ],
        error_messages={"required": _("Dites qui est cette personne.")},
    )
    civility = forms.ChoiceField(
        label=_("Civilité"),
        choices=[choice for choice in Person.Civility.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    given_name = forms.CharField(label=_("Prénom"), max_length=80)
    family_name = forms.CharField(label=_("Nom"), max_length=120)
    email = forms.EmailField(
        label=_("Courriel"),
        max_length=254,
        help_text=_("Le sien : il sert à la reconnaître et à changer de mot de passe."),
    )
    title = forms.CharField(
        label=_("En qualité de"),
        max_length=80,
        help_text=_("Par exemple « intervenante théâtre » ou « service périscolaire »."),
    )
    reason = forms.CharField(
        label=_("Raison"),
        max_length=200,
        help_text=_(
            "Pourquoi elle a besoin d’un accès. La direction la lit, et la personne dans ses données."
        ),
    )
    until = Day(
        label=_("Dernier jour"), help_text=_("Ce jour compris, un an au plus. L’accès s’arrête tout seul.")
    )
    powers = forms.MultipleChoiceField(
        label=_("Ce qui lui est confié"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Seulement pour un agent de la collectivité."),
    )

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data)
        self.today = viewer.today
        self.fields["powers"].choices = [
            (power.key, f"{power.label}\u202f: {power.text}") for power in powers_to_give(Profile.AGENT)
        ]

    def clean_until(self) -> date:
        return within_a_year(self.cleaned_data["until"], self.today)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        kind, powers = typed.get("kind"), typed.get("powers")
        if kind == self.AGENT and powers == []:
            self.add_error(
                "powers", _("Cochez au moins une chose : sinon, cette personne n’aurait rien à ouvrir.")
            )
        if kind == self.VISITOR and powers:
            self.add_error(
                "powers",
                _(
                    "Cela ne se confie qu’à un agent de la collectivité : décochez, ou changez de choix plus haut."
                ),
            )
        return typed

    def typed(self) -> Invitation:
        sent = {name: value for name, value in self.cleaned_data.items() if name not in {"kind", "powers"}}
        role = Role.AGENT if self.cleaned_data["kind"] == self.AGENT else Role.OTHER
        return Invitation(role=role, powers=tuple(self.cleaned_data["powers"]), **sent)


class LastDayForm(forms.Form):
    """Another last day for a guest."""

    until = Day(
        label=_("Dernier jour"), help_text=_("Ce jour compris, un an au plus à partir d’aujourd’hui.")
    )

    def __init__(self, today: date, last_day: date, data: Any = None) -> None:
        super().__init__(data, initial={"until": last_day})
        self.today = today

    def clean_until(self) -> date:
        return within_a_year(self.cleaned_data["until"], self.today)


class ListFilter(forms.Form):
    """Which class. A wrong one is ignored, never an error page."""

    classe = OneRow(queryset=None, required=False)

    def __init__(self, viewer: Viewer, data: Any) -> None:
        super().__init__(data)
        self.fields["classe"].queryset = school_lists.classes_listed(viewer)

    def chosen(self) -> Group | None:
        return self.cleaned_data.get("classe") if self.is_valid() else None
