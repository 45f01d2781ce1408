"""What people type to sign in, to choose a password, to look for an account."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preau.foundation import dates
from preau.foundation.fields import Day
from preau.identity import reading
from preau.identity.demands import LONGEST_DELAY, NOTICE
from preau.identity.models import Account, ProofDemand
from preau.identity.passwords import LONGEST, faults_of
from preau.identity.queries import Audience, Readiness, State
from preau.identity.rules import shortest_password
from preau.identity.standing import Standing
from preau.identity.totp import DIGITS
from preau.identity.waiting import Ways

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


class ByPasskey(forms.Form):
    """What a passkey has signed, which a script brings: then nothing else is asked."""

    credential = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        """Nothing else is needed this once; a page that comes back asks for it again."""
        needed = [field for field in self.fields.values() if field.required and self.is_signed]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    @property
    def is_signed(self) -> bool:
        return bool(self.data.get("credential"))


class SignInForm(ByPasskey, LoginForm):
    """Login and password, as phones and password managers like them; or a passkey, which needs neither."""

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


def password_field(label: Any) -> forms.CharField:
    """One's own password, where a computer left open is not enough."""
    return forms.CharField(
        label=label,
        help_text=_("Pour être sûr que c’est bien vous."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Écrivez votre mot de passe.")},
    )


class DigitsField(forms.CharField):
    """Six digits, as an application shows them: spaces do not count."""

    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    )

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not (value.isascii() and value.isdigit() and len(value) == DIGITS):
            raise forms.ValidationError(_("L’application affiche six chiffres."))


class SecondStepForm(ByPasskey):
    """The digits of the application, or a passkey; without either, a code on paper."""

    code = DigitsField(label=_("Les six chiffres de l’application"), required=False, max_length=20)
    recovery = forms.CharField(
        label=_("Code de secours"),
        required=False,
        max_length=CODE_SIZE,
        help_text=_("Douze signes. Chaque code sert une seule fois."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    trusted = forms.BooleanField(
        label=_("Ne plus me le demander sur cet appareil pendant 30 jours"),
        required=False,
        help_text=_("Jamais sur un ordinateur que d’autres utilisent."),
    )

    def __init__(self, *args: Any, ways: Ways, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        if not ways.application:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.is_signed:
            _need_second(self, data)
        return data


def _need_second(form: forms.Form, data: dict[str, Any]) -> None:
    """Digits, or a code on paper: which of the two stands in the form says where the sentence goes."""
    if form.errors or data.get("code") or data["recovery"]:
        return
    if "code" in form.fields:
        form.add_error("code", _("Écrivez les six chiffres, ou un code de secours."))
    else:
        form.add_error("recovery", _("Utilisez votre clé d’accès, ou écrivez un code de secours."))


class ConfirmForm(ByPasskey):
    """One's own password again, and where there is one, the second proof; or a passkey, which is both."""

    former = password_field(_("Votre mot de passe"))
    code = DigitsField(label=_("Les six chiffres de l’application"), required=False, max_length=20)
    recovery = forms.CharField(
        label=_("Code de secours"),
        required=False,
        max_length=CODE_SIZE,
        help_text=_("Douze signes. Chaque code sert une seule fois."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, ways: Ways, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        self.fields["former"].help_text = ""
        if not ways.application:
            del self.fields["code"]
        if not ways:
            del self.fields["recovery"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.ways and not self.is_signed:
            _need_second(self, data)
        return data


class PasskeyNameForm(forms.Form):
    """How its person calls a passkey."""

    name = forms.CharField(
        label=_("Nom de la clé"),
        max_length=60,
        help_text=_(
            "Pour la reconnaître\u202f: «\u202fMon téléphone\u202f», «\u202fClé bleue du trousseau\u202f»."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Donnez un nom à la clé."),
            "max_length": _("Trop long\u202f: 60 caractères au plus."),
        },
    )


class AddPasskeyForm(PasskeyNameForm):
    """The same, and the key that the browser has made."""

    credential = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class MakeKeyForm(forms.Form):
    """A key of access: its name, what it opens, until when."""

    LIVES = (("30", _("Un mois")), ("90", _("Trois mois")), ("180", _("Six mois")), ("365", _("Un an")))
    name = forms.CharField(
        label=_("Nom de l’accès"),
        max_length=60,
        help_text=_(
            "Pour le reconnaître\u202f: «\u202fTéléphone de Karim\u202f», «\u202fOrdinateur du salon\u202f»."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Donnez un nom à cet accès."),
            "max_length": _("Trop long\u202f: 60 caractères au plus."),
        },
    )
    scopes = forms.MultipleChoiceField(
        label=_("Que pourra-t-il lire\u202f?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Cochez au moins une ligne."),
            "invalid_choice": _("Cette ligne n’est pas proposée ici."),
        },
    )
    days = forms.ChoiceField(
        label=_("Pendant combien de temps\u202f?"),
        choices=LIVES,
        initial="180",
        error_messages={
            "required": _("Choisissez une durée."),
            "invalid_choice": _("Choisissez une durée de la liste."),
        },
    )

    def __init__(self, doors: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(door.key, f"{door.label}\u202f: {door.text}") for door in doors]
        self.fields["scopes"].choices = choices
        if len(choices) == 1:
            self.initial.setdefault("scopes", [choices[0][0]])


class InstallForm(forms.Form):
    """The first digits of the application."""

    code = DigitsField(
        label=_("Les six chiffres affichés"),
        max_length=20,
        error_messages={"required": _("Écrivez les six chiffres de l’application.")},
    )


class ProofDemandForm(forms.Form):
    """Of whom a second proof is demanded, and from which day: a week ahead at least, unless the day stays what it was."""

    NOBODY = "personne"
    who = forms.ChoiceField(
        label=_("À qui la demander\u202f?"),
        choices=[(NOBODY, _("À personne\u202f: chacun choisit")), *ProofDemand.Who.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une ligne.")},
    )
    since = Day(
        label=_("À partir du"),
        required=False,
        help_text=_(
            "Dans une semaine au moins\u202f: chacun est prévenu tout de suite, puis sept jours avant."
        ),
    )

    def __init__(self, demand: ProofDemand | None, today: date, *args: Any, **kwargs: Any) -> None:
        first = {"who": demand.who if demand else self.NOBODY, "since": demand.since if demand else None}
        super().__init__(*args, initial=first, **kwargs)
        self.former, self.first_day = demand.since if demand else None, today + NOTICE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or data["who"] == self.NOBODY:
            return data
        if data["since"] is None:
            self.add_error("since", _("Donnez un jour."))
        elif data["since"] != self.former and data["since"] < self.first_day:
            self.add_error(
                "since",
                _("Choisissez un jour à partir du %(day)s.") % {"day": dates.day(self.first_day, year=True)},
            )
        return data

    @property
    def asked(self) -> tuple[str, date | None]:
        """Of whom, and from when; ("", None): of nobody."""
        if self.cleaned_data["who"] == self.NOBODY:
            return "", None
        return self.cleaned_data["who"], self.cleaned_data["since"]


class DelayForm(forms.Form):
    """Until when somebody may do without a second proof: later than what they have, by sixty days at most from today or from the
    day that was demanded of them. What was given already is not counted twice: delays do not pile up."""

    until = Day(
        label=_("Rien ne lui est demandé avant le"),
        error_messages={"required": _("Donnez un jour."), "invalid": _("Ce jour n’existe pas.")},
    )

    def __init__(self, today: date, day: date | None, given: date | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.after = today, max(today, day or today)
        self.last = (today if given and given >= today else self.after) + LONGEST_DELAY

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        # The day that they have already, sent again, is no mistake.
        if self.after < until <= self.last or self.today < until == self.after:
            return until
        days = {"after": dates.day(self.after, year=True), "last": dates.day(self.last, year=True)}
        if self.last <= self.after:
            raise forms.ValidationError(
                _("Le délai va déjà jusqu’au %(after)s\u202f: c’est le plus long.") % days
            )
        raise forms.ValidationError(_("Choisissez un jour après le %(after)s, jusqu’au %(last)s.") % days)


class ReadinessFilter(forms.Form):
    """Which of the staff are shown. A wrong value is ignored."""

    STATES = [
        ("", _("Tous")),
        (Readiness.READY, _("En place")),
        (Readiness.WAITING, _("Pas encore")),
        (Readiness.DELAYED, _("Délai accordé")),
        (Readiness.CLOSED, _("Compte pas encore ouvert")),
    ]
    etat = forms.ChoiceField(label=_("Double vérification"), required=False, choices=STATES)

    def chosen(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("etat") or ""


class EveryoneOutForm(forms.Form):
    """Who is signed out, and whether their passwords go too."""

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

    def __init__(self, numbers: Mapping[Audience, int], *args: Any, **kwargs: Any) -> None:
        """`numbers`: how many accounts each line signs out."""
        super().__init__(*args, **kwargs)
        labels = {
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
            (one.value, labels[one] % {"num": number}) for one, number in numbers.items()
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
        for choice in reading.CHOICES:
            self.fields[choice.name] = forms.ChoiceField(
                label=choice.label,
                help_text=choice.help_text,
                choices=choice.values,
                initial=choice.default,
                widget=forms.RadioSelect,
            )
