"""What the office types about one person: whom it looks for, writes down, corrects, moves and lets go of."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.actions.corrections import mark_of
from preau.directory.actions.enrolling import Written, WrittenGuardian, WrittenPupil, WrittenStaff
from preau.directory.models import Address, Group, Holding, Person
from preau.directory.queries import office
from preau.directory.queries.office import Alike
from preau.directory.rules.authority import MAJORITY
from preau.directory.rules.office import (
    A_YEAR,
    is_elsewhere,
    is_odd_age,
    is_own_family,
    roles_opened,
    why_not_born,
)
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Kinship, Role
from preau.foundation.fields import Day, FewRows

ANOTHER = "autre"
NOT_BORN = {
    "later": gettext_lazy("Cette date de naissance est à venir : vérifiez l’année."),
    "old": gettext_lazy("Cette date de naissance est trop ancienne : vérifiez l’année."),
    "young": gettext_lazy("Cet enfant aurait moins de deux ans : vérifiez l’année."),
}
KINSHIPS = [choice for choice in Kinship.choices if choice[0] not in {Kinship.SELF, Kinship.CHILD_WELFARE}]
KIN = ("family_name", "given_name", "phone", "email")


class Name(forms.CharField):
    """A name has a letter at least."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found and not any(sign.isalpha() for sign in found):
            raise forms.ValidationError(_("Un nom s’écrit avec des lettres."))
        return found


class Telephone(forms.CharField):
    """A number, with the signs by which people cut it."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found and (len([sign for sign in found if sign.isdigit()]) < 6 or any(map(str.isalpha, found))):
            raise forms.ValidationError(_("Ce numéro de téléphone n’est pas complet."))
        return found


def _born(form: forms.Form, today: date, *, pupil: bool) -> date | None:
    born: date | None = form.cleaned_data["birth_date"]
    why = why_not_born(born, today, pupil=pupil) if born else ""
    if why:
        raise forms.ValidationError(str(NOT_BORN[why]))
    return born


class PeopleFilter(forms.Form):
    """Whom the office looks for. A wrong choice is ignored, never an error page."""

    mots = forms.CharField(
        label=gettext_lazy("Nom, téléphone ou courriel"),
        required=False,
        max_length=120,
    )
    qui = forms.ChoiceField(
        label=gettext_lazy("Qui"),
        required=False,
        choices=[
            (office.EVERYBODY, gettext_lazy("Tout le monde")),
            (office.PUPILS, gettext_lazy("Élèves")),
            (office.FAMILIES, gettext_lazy("Responsables")),
            (office.STAFF, gettext_lazy("Personnels")),
        ],
    )
    classe = FewRows(
        label=gettext_lazy("Classe"), queryset=None, required=False, empty_label=gettext_lazy("Toutes")
    )

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data)
        self.fields["classe"].queryset = office.classes_open(viewer)

    def chosen(self) -> tuple[str, str, Group | None]:
        self.is_valid()
        values = self.cleaned_data if self.is_bound else {}
        return values.get("mots") or "", values.get("qui") or "", values.get("classe")


class _WhoForm(forms.Form):
    """Somebody to write down, and who of the school looks like them: shown before anything is written."""

    alike: Mapping[str, Sequence[Alike]]

    def __init__(self, viewer: Viewer, data: Any = None, **more: Any) -> None:
        self.viewer, self.alike = viewer, {}
        super().__init__(data, **more)

    def ask_same(self, name: str, found: Sequence[Alike]) -> None:
        """Whoever is alike is offered; nobody is chosen for whoever types."""
        if not found:
            return
        self.alike = {**self.alike, name: found}
        choices = [(one.person.public_id, one.said) for one in found]
        field: Any = self.fields[name]
        field.widget.choices = [*choices, (ANOTHER, _("Aucune de celles-ci : c’est une autre personne"))]
        if self.cleaned_data.get(name) not in dict(field.widget.choices):
            self.add_error(
                name, _("Préau connaît quelqu’un qui ressemble : dites si c’est la même personne.")
            )

    def show_same(self, name: str, people: Sequence[Person]) -> None:
        """Somebody was written down meanwhile."""
        self.cleaned_data[name] = ""
        self.ask_same(name, [Alike(person, person.list_name) for person in people])

    def chosen(self, name: str) -> Person | None:
        """The one of those shown who was said to be the same."""
        shown = {one.person.public_id: one.person for one in self.alike.get(name, ())}
        return shown.get(self.cleaned_data.get(name) or "")

    def written(self, name: str, values: Mapping[str, Any]) -> Written:
        """What was typed of somebody, with the one that they are when one was chosen."""
        apart = frozenset(one.person.pk for one in self.alike.get(name, ()))
        return Written(**values, known=self.chosen(name), apart=apart)


def _same() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Est-ce la même personne\u202f?"),
        required=False,
        max_length=24,
        widget=forms.RadioSelect,
    )


class _KinForm(_WhoForm):
    """Who answers for a pupil: as many people as `RANKS`, each with the fields of `_kin_fields`, found or made."""

    RANKS: tuple[int, ...] = (1,)

    def __init__(self, viewer: Viewer, data: Any = None, **more: Any) -> None:
        super().__init__(viewer, data, **more)
        for rank in self.RANKS:
            self.fields |= {f"r{rank}_{name}": field for name, field in _kin_fields().items()}

    def kin(self, rank: int) -> list[Any]:
        """The fields of one guardian, for the page; the question of who they are only when it is asked."""
        names = [name for name in _kin_fields() if name != "same" or f"r{rank}_same" in self.alike]
        return [self[f"r{rank}_{name}"] for name in names]

    def is_told(self, rank: int) -> bool:
        return any(self.cleaned_data.get(f"r{rank}_{name}") for name in KIN)

    def family_of_pupil(self, values: Mapping[str, Any]) -> str:
        family: str = values.get("family_name") or ""
        return family

    def _check_kin(self, rank: int, values: dict[str, Any]) -> None:
        for name, sentence in [
            ("given_name", _("Donnez son prénom.")),
            ("kinship", _("Dites le lien avec l’élève.")),
        ]:
            if not values.get(f"r{rank}_{name}") and f"r{rank}_{name}" not in self.errors:
                self.add_error(f"r{rank}_{name}", sentence)
        # Most children bear the name of whoever answers for them.
        family = values.get(f"r{rank}_family_name") or self.family_of_pupil(values)
        values[f"r{rank}_family_name"] = family
        self.ask_same(
            f"r{rank}_same",
            office.adults_like(
                self.viewer,
                family,
                values.get(f"r{rank}_given_name") or "",
                values.get(f"r{rank}_phone") or "",
                values.get(f"r{rank}_email") or "",
            ),
        )
        if self.chosen(f"r{rank}_same") == self.viewer.person:
            self.add_error(
                f"r{rank}_same", _("C’est vous : une autre personne inscrit un enfant dont vous répondez.")
            )

    def _kin(self, rank: int) -> WrittenGuardian:
        values = {name: self.cleaned_data[f"r{rank}_{name}"] for name in _kin_fields()}
        who = {name: values[name] for name in (*KIN, "civility")}
        return WrittenGuardian(
            self.written(f"r{rank}_same", who),
            Kinship(values["kinship"]),
            Authority(values["authority"] or Authority.LEGAL),
            values["lives_with"],
            values["lines"],
            values["is_protected"],
        )


class EnrolForm(_KinForm):
    """One pupil and one or two people who answer for them, on one page."""

    RANKS = (1, 2)

    family_name = Name(label=gettext_lazy("Nom"), max_length=120)
    given_name = Name(label=gettext_lazy("Prénom"), max_length=80)
    birth_date = Day(label=gettext_lazy("Date de naissance"))
    group = FewRows(
        label=gettext_lazy("Classe"), queryset=None, empty_label=gettext_lazy("Choisissez une classe")
    )
    first_day = Day(
        label=gettext_lazy("En classe à partir du"),
        help_text=gettext_lazy("Le dossier est ouvert aujourd’hui, la classe ce jour-là."),
    )
    sure = forms.BooleanField(label=gettext_lazy("Oui, cette date est juste"), required=False)
    same = _same()
    alone = forms.BooleanField(label=gettext_lazy("Oui, l’inscrire sans responsable"), required=False)
    asks_age = asks_alone = False

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(viewer, data, initial={"first_day": viewer.today, "r1_lives_with": True})
        self.fields["group"].queryset = office.classes_open(viewer)

    @property
    def has_second(self) -> bool:
        return self.is_bound and any(self.data.get(f"r2_{name}") for name in (*KIN, "lines"))

    def clean_birth_date(self) -> date | None:
        return _born(self, self.viewer.today, pupil=True)

    def clean_first_day(self) -> date:
        day: date = self.cleaned_data["first_day"]
        year = self.viewer.year
        if not self.viewer.today - timedelta(days=366) <= day or (year and day > year.ends):
            raise forms.ValidationError(_("Choisissez un jour de cette année scolaire."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._ask_age(values)
        if values.get("family_name") and values.get("given_name") and values.get("birth_date"):
            self.ask_same(
                "same",
                office.pupils_like(
                    self.viewer, values["family_name"], values["given_name"], values["birth_date"]
                ),
            )
            self._check_pupil(self.chosen("same"))
        for rank in self.RANKS:
            if self.is_told(rank):
                self._check_kin(rank, values)
        self._ask_alone(values)
        return values

    def _ask_alone(self, values: dict[str, Any]) -> None:
        """A minor for whom nobody answers is asked once; whoever comes back has those whom the school knows."""
        known, born = self.chosen("same"), values.get("birth_date")
        is_adult = bool(born and (Person(birth_date=born).age_on(self.viewer.today) or 0) >= MAJORITY)
        if is_adult or any(self.is_told(rank) for rank in self.RANKS):
            return
        if known and office.is_answered_for(self.viewer, known):
            return
        self.asks_alone = True
        if not values.get("alone"):
            self.add_error("alone", _("Personne ne répond pour cet élève : l’inscrire quand même ?"))

    def _ask_age(self, values: dict[str, Any]) -> None:
        """« 27 ans en 6e : est-ce bien cela ? »: asked once, beside the date."""
        born, group, year = values.get("birth_date"), values.get("group"), self.viewer.year
        if not (born and group and year and is_odd_age(born, group.rank, year.starts.year)):
            return
        self.asks_age = True
        if not values.get("sure"):
            age = Person(birth_date=born).age_on(self.viewer.today) or 0
            sentence = ngettext(
                "%(num)s an en %(group)s : est-ce bien cela ?",
                "%(num)s ans en %(group)s : est-ce bien cela ?",
                age,
            )
            self.add_error("sure", sentence % {"num": age, "group": group.name})

    def _check_pupil(self, pupil: Person | None) -> None:
        if pupil is None:
            return
        if is_own_family(self.viewer, pupil):
            self.add_error("same", _("Cet élève est de votre famille : une autre personne l’inscrit."))
        elif Holding.objects.pupils_here(self.viewer).filter(person=pupil).exists():
            # Nothing of what was typed would be written: neither the class nor who answers for the pupil.
            self.add_error("same", _("Cet élève est déjà inscrit ici : ouvrez sa fiche."))
        elif is_elsewhere(self.viewer, pupil):
            self.add_error(
                "same",
                _(
                    "Cet élève est maintenant dans un autre établissement : l’inscription se fait par l’académie."
                ),
            )

    def typed(self) -> WrittenPupil:
        values = self.cleaned_data
        who = {name: values[name] for name in ("family_name", "given_name", "birth_date")}
        kin = tuple(self._kin(rank) for rank in self.RANKS if self.is_told(rank))
        return WrittenPupil(self.written("same", who), values["group"], values["first_day"], kin)


def _kin_fields() -> dict[str, forms.Field]:
    return {
        "same": _same(),
        "given_name": Name(label=_("Prénom"), max_length=80, required=False),
        "family_name": Name(
            label=_("Nom"), max_length=120, required=False, help_text=_("Laissé vide : celui de l’élève.")
        ),
        "kinship": forms.ChoiceField(
            label=_("Lien avec l’élève"), required=False, choices=[("", _("Choisissez")), *KINSHIPS]
        ),
        "phone": Telephone(label=_("Téléphone"), max_length=30, required=False),
        "email": forms.EmailField(label=_("Courriel"), max_length=254, required=False),
        "civility": forms.ChoiceField(label=_("Civilité"), required=False, choices=Person.Civility.choices),
        "authority": forms.ChoiceField(
            label=_("Autorité"), required=False, choices=Authority.choices, initial=Authority.LEGAL
        ),
        "lives_with": forms.BooleanField(label=_("L’élève vit chez cette personne"), required=False),
        "lines": forms.CharField(label=_("Adresse"), max_length=300, required=False),
        "is_protected": forms.BooleanField(
            label=_("Adresse protégée"),
            required=False,
            help_text=_("Seuls la direction et le secrétariat la lisent, jamais l’autre responsable."),
        ),
    }


class GuardianForm(_KinForm):
    """One more person who answers for a pupil of the school."""

    def __init__(self, viewer: Viewer, pupil: Person, data: Any = None) -> None:
        self.pupil = pupil
        super().__init__(viewer, data, initial={"r1_authority": Authority.LEGAL})

    def family_of_pupil(self, values: Mapping[str, Any]) -> str:
        return self.pupil.family_name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._check_kin(1, values)
        return values

    def typed(self) -> WrittenGuardian:
        return self._kin(1)


class EngageForm(_WhoForm):
    """Somebody who works in the school, from a day, and until one for whoever replaces or passes."""

    role = forms.ChoiceField(label=gettext_lazy("Fonction"), choices=[])
    title = forms.CharField(
        label=gettext_lazy("Matière ou précision"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Par exemple « mathématiques », « stagiaire », « intervenante théâtre »."),
    )
    civility = forms.ChoiceField(
        label=gettext_lazy("Civilité"), required=False, choices=Person.Civility.choices
    )
    family_name = Name(label=gettext_lazy("Nom"), max_length=120)
    given_name = Name(label=gettext_lazy("Prénom"), max_length=80)
    birth_date = Day(
        label=gettext_lazy("Date de naissance"),
        required=False,
        help_text=gettext_lazy("Elle sert à la reconnaître quand le fichier officiel l’apportera."),
    )
    email = forms.EmailField(label=gettext_lazy("Courriel"), max_length=254, required=False)
    phone = Telephone(label=gettext_lazy("Téléphone"), max_length=30, required=False)
    last_day = Day(
        label=gettext_lazy("Dernier jour"),
        required=False,
        help_text=gettext_lazy(
            "Ce jour compris, pour un remplacement, un stage ou une intervention : l’accès s’arrête tout seul. "
            "Vide : la personne reste."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Pour qui vient jusqu’à un jour. La direction la lit, et la personne dans ses données."
        ),
    )
    same = _same()

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(viewer, data)
        choices = [(role.value, str(role.label)) for role in roles_opened(viewer)]
        self.fields["role"].choices = choices

    def clean_birth_date(self) -> date | None:
        return _born(self, self.viewer.today, pupil=False)

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day and not self.viewer.today <= day <= self.viewer.today + A_YEAR:
            raise forms.ValidationError(_("Choisissez un jour entre aujourd’hui et dans un an."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("last_day") and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Dites pourquoi cette personne vient jusqu’à ce jour."))
        if values.get("family_name") and values.get("given_name"):
            found = office.adults_like(
                self.viewer,
                values["family_name"],
                values["given_name"],
                values.get("phone") or "",
                values.get("email") or "",
            )
            self.ask_same("same", found)
        return values

    def typed(self) -> WrittenStaff:
        values = self.cleaned_data
        names = ("family_name", "given_name", "civility", "birth_date", "email", "phone")
        who = self.written("same", {name: values[name] for name in names})
        return WrittenStaff(
            who,
            Role(values["role"]),
            values["title"],
            self.viewer.today,
            values["last_day"],
            values["reason"],
        )


class CorrectForm(forms.Form):
    """What is known of one person. `avant` is what the page showed: two people, or a delivery, do not write over each other."""

    family_name = Name(label=gettext_lazy("Nom d’usage"), max_length=120)
    given_name = Name(label=gettext_lazy("Prénom d’usage"), max_length=80, required=False)
    birth_name = Name(label=gettext_lazy("Nom de naissance"), max_length=120, required=False)
    birth_date = Day(label=gettext_lazy("Date de naissance"), required=False)
    phone = Telephone(label=gettext_lazy("Téléphone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("Courriel"), max_length=254, required=False)
    lines = forms.CharField(label=gettext_lazy("Adresse"), max_length=300, required=False)
    is_protected = forms.BooleanField(
        label=gettext_lazy("Adresse protégée"),
        required=False,
        help_text=gettext_lazy("Seuls la direction et le secrétariat la lisent, jamais l’autre responsable."),
    )
    avant = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self, viewer: Viewer, person: Person, address: Address | None, *, pupil: bool, data: Any = None
    ) -> None:
        self.viewer, self.person, self.pupil = viewer, person, pupil
        shown: dict[str, Any] = {
            name: getattr(person, name)
            for name in ("family_name", "given_name", "birth_name", "birth_date", "phone", "email")
        }
        if address:
            shown |= {"lines": address.lines, "is_protected": address.is_protected}
        super().__init__(data, initial=shown | {"avant": mark_of(person, address)})

    def clean_birth_date(self) -> date | None:
        return _born(self, self.viewer.today, pupil=self.pupil)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("family_name", "given_name", "birth_name", "birth_date"):
            changes = name in values and values[name] != getattr(self.person, name)
            if changes and is_elsewhere(self.viewer, self.person):
                self.add_error(
                    name, _("Connu d’un autre établissement : le changement se fait par l’académie.")
                )
        if self.person.given_name and not values.get("given_name") and "given_name" not in self.errors:
            self.add_error("given_name", _("Donnez son prénom."))
        if (
            self.pupil
            and not values.get("birth_date")
            and self.person.birth_date
            and "birth_date" not in self.errors
        ):
            self.add_error("birth_date", _("Donnez sa date de naissance."))
        return values

    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "avant"}


class DepartForm(forms.Form):
    """The last day of a pupil."""

    last_day = Day(
        label=gettext_lazy("Dernier jour dans l’établissement"),
        help_text=gettext_lazy("Ce jour compris : l’accès de l’élève s’arrête le lendemain."),
    )

    def __init__(self, viewer: Viewer, day: date | None, data: Any = None) -> None:
        self.viewer = viewer
        super().__init__(data, initial={"last_day": day or viewer.today})

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not self.viewer.today - timedelta(days=1) <= day <= self.viewer.today + A_YEAR:
            raise forms.ValidationError(_("Choisissez un jour entre hier et dans un an."))
        return day


class MoveForm(forms.Form):
    """Another class, from a day."""

    group = FewRows(
        label=gettext_lazy("Nouvelle classe"),
        queryset=None,
        empty_label=gettext_lazy("Choisissez une classe"),
    )
    first_day = Day(label=gettext_lazy("À partir du"))

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        self.viewer = viewer
        super().__init__(data, initial={"first_day": viewer.today})
        self.fields["group"].queryset = office.classes_open(viewer)

    def clean_first_day(self) -> date:
        day: date = self.cleaned_data["first_day"]
        year = self.viewer.year
        if day < self.viewer.today or (year and day > year.ends):
            raise forms.ValidationError(
                _("Choisissez un jour entre aujourd’hui et la fin de l’année scolaire.")
            )
        return day


class ContactForm(forms.Form):
    """What a guardian asks of the school: what is known is shown, what differs is asked."""

    phone = Telephone(label=gettext_lazy("Téléphone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("Courriel"), max_length=254, required=False)
    lines = forms.CharField(label=gettext_lazy("Adresse"), max_length=300, required=False)

    def __init__(self, person: Person, address: Address | None, data: Any = None) -> None:
        lines = address.lines if address else ""
        super().__init__(data, initial={"phone": person.phone, "email": person.email, "lines": lines})


class AnswerForm(forms.Form):
    """The answer of the office: a refusal says why."""

    choix = forms.ChoiceField(
        choices=[("accepter", gettext_lazy("Accepter")), ("refuser", gettext_lazy("Refuser"))],
        error_messages={"required": gettext_lazy("Acceptez ou refusez.")},
    )
    word = forms.CharField(label=gettext_lazy("Un mot pour la personne"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("choix") == "refuser" and not values.get("word"):
            self.add_error("word", _("Dites pourquoi, en un mot."))
        return values
