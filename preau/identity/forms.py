"""What people type to sign in, to choose a password, to look for an account."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preau.identity import reading
from preau.identity.models import Account
from preau.identity.passwords import LONGEST, faults_of
from preau.identity.queries import Audience, State
from preau.identity.rules import shortest_password
from preau.identity.standing import Standing

CODE_SIZE = 40
PASSWORD_HINT = _(
    "Au moins 12 caractères ; 8 suffisent pour un élève. Le plus simple : plusieurs mots qui n’ont rien à voir, avec des "
    "espaces si vous voulez. Ni votre nom, ni un mot de passe que tout le monde utilise."
)
OWN_HINT = _(
    "Au moins %(num)d caractères. Le plus simple : plusieurs mots qui n’ont rien à voir, avec des espaces si vous voulez. "
    "Ni votre nom, ni un mot de passe que tout le monde utilise."
)


def login_field() -> forms.CharField:
    return forms.CharField(
        label=_("Identifiant"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Écrivez votre identifiant.")},
    )


def new_password_field(label: Any, required: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": required,
            "max_length": _("Trop long : 128 caractères au plus."),
        },
    )


class LoginForm(forms.Form):
    """A login alone: whoever has forgotten their password."""

    login = login_field()

    def clean_login(self) -> str:
        return self.cleaned_data["login"].strip().lower()


class SignInForm(LoginForm):
    """Login and password, as phones and password managers like them."""

    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Écrivez votre mot de passe.")},
    )


class NewPasswordForm(forms.Form):
    """A new password, twice. What it must be is only looked at once it is known whose it is."""

    new_password = new_password_field(
        _("Nouveau mot de passe"), _("Choisissez un mot de passe."), PASSWORD_HINT
    )
    again = new_password_field(_("Encore une fois"), _("Écrivez le mot de passe une deuxième fois."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("again") and data["new_password"] != data["again"]:
            self.add_error("again", _("Les deux mots de passe ne sont pas les mêmes."))
        return data

    def accepts(self, account: Account, standing: Standing) -> bool:
        """Is it long and unlike others enough for this person? If not, the reasons stand beside the field."""
        faults = list(
            faults_of(
                self.cleaned_data["new_password"],
                shortest=shortest_password(standing),
                own_words=_own_words(account),
            )
        )
        for fault in faults:
            self.add_error("new_password", fault)
        return not faults


def _own_words(account: Account) -> Iterable[str]:
    person = account.person
    parts = [person.given_name, person.family_name, *account.login.split(".")]
    return [account.login, person.full_name, f"{person.family_name} {person.given_name}", *parts]


class CardForm(forms.Form):
    """The code of a card with pictures, when no camera reads it."""

    code = forms.CharField(
        label=_("Code de la carte"),
        max_length=CODE_SIZE,
        help_text=_(
            "Douze signes, par exemple KQ7M-3XWD-9RTA. Les tirets et les majuscules ne comptent pas."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Écrivez le code de la carte."),
            "max_length": _("Le code a douze signes."),
        },
    )


class ActivationForm(LoginForm, NewPasswordForm):
    """Login and code as the letter gives them, and the password that one will use from now on."""

    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_SIZE,
        help_text=_(
            "Douze signes, par exemple KQ7M-3XWD-9RTA. Les tirets et les majuscules ne comptent pas."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Écrivez le code de votre courrier."),
            "max_length": _("Le code a douze signes."),
        },
    )
    field_order = ["login", "code", "new_password", "again"]

    def from_a_link(self) -> None:
        """A link brings login and code: there is nothing to type but the password."""
        for name in ("login", "code"):
            self.fields[name].widget = forms.HiddenInput()


class ChangePasswordForm(NewPasswordForm):
    """The former password, then the new one."""

    former = forms.CharField(
        label=_("Mot de passe actuel"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Écrivez votre mot de passe actuel.")},
    )
    field_order = ["former", "new_password", "again"]

    def __init__(self, shortest: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password"].help_text = OWN_HINT % {"num": shortest}


class EveryoneOutForm(forms.Form):
    """Who is signed out, whether their passwords go too, and one's own password: a computer left open is not enough."""

    BROWSERS, PASSWORDS = "appareils", "mots-de-passe"
    who = forms.MultipleChoiceField(
        label=_("Qui faut-il déconnecter ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins une ligne.")},
    )
    what = forms.ChoiceField(
        label=_("Faut-il aussi annuler leurs mots de passe ?"),
        choices=[
            (BROWSERS, _("Non : chacun se reconnecte avec son mot de passe")),
            (PASSWORDS, _("Oui : chacun aura besoin d’un nouveau courrier de l’établissement")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez l’un ou l’autre.")},
    )
    former = forms.CharField(
        label=_("Votre mot de passe"),
        help_text=_("Pour être sûr que c’est bien vous."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Écrivez votre mot de passe.")},
    )

    def __init__(self, numbers: Mapping[Audience, int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {
            Audience.PUPILS: ngettext(
                "Élèves (%(num)d compte ouvert)", "Élèves (%(num)d comptes ouverts)", numbers[Audience.PUPILS]
            ),
            Audience.GUARDIANS: ngettext(
                "Responsables (%(num)d compte ouvert)",
                "Responsables (%(num)d comptes ouverts)",
                numbers[Audience.GUARDIANS],
            ),
            Audience.STAFF: ngettext(
                "Personnels (%(num)d compte ouvert, sans le vôtre)",
                "Personnels (%(num)d comptes ouverts, sans le vôtre)",
                numbers[Audience.STAFF],
            ),
        }
        self.fields["who"].choices = [
            (one.value, said[one] % {"num": number}) for one, number in numbers.items()
        ]

    @property
    def audiences(self) -> list[Audience]:
        return [Audience(one) for one in self.cleaned_data["who"]]

    @property
    def takes_passwords(self) -> bool:
        return bool(self.cleaned_data["what"] == self.PASSWORDS)


class AccountFilter(forms.Form):
    """The filters of a list of accounts. A wrong value is ignored, never an error page."""

    STATES = [
        ("", _("Tous")),
        (State.OPEN, _("Compte ouvert")),
        (State.LETTER, _("Courrier préparé")),
        (State.CODE, _("Code donné")),
        (State.EXPIRED, _("Code périmé")),
        (State.NONE, _("Rien encore")),
    ]
    nom = forms.CharField(label=_("Nom ou identifiant"), required=False, max_length=80)
    etat = forms.ChoiceField(label=_("État"), required=False, choices=STATES)
    qui = forms.ChoiceField(
        required=False, choices=[(one.value, one.value) for one in Audience], widget=forms.HiddenInput
    )

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in ("nom", "etat", "qui")}


class ReadingForm(forms.Form):
    """How a person reads: one choice a line, each with its word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in reading.CHOICES:
            self.fields[one.name] = forms.ChoiceField(
                label=one.label,
                help_text=one.help_text,
                choices=one.values,
                initial=one.default,
                widget=forms.RadioSelect,
            )
