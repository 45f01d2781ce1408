"""What a person types to write a word, to answer one, to complete it, to type in a coupon, to write an observation."""

import secrets
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.asking.queries import audience
from preau.commons.asking.queries.typed import (
    form_number,
    groups_field,
    people_field,
    roles_field,
    title_field,
)
from preau.directory.models import Group
from preau.directory.queries.work_groups import bundles_among
from preau.directory.viewer import Viewer
from preau.domains.liaison import rules
from preau.domains.liaison.actions.writing import WordFacts
from preau.domains.liaison.models import Remark, Word
from preau.domains.liaison.models.languages import LANGUAGES
from preau.domains.liaison.queries import words as queries
from preau.domains.liaison.queries.phrases import bank, frozen
from preau.foundation.boards import Nature
from preau.foundation.fields import Bundles, Day

# The last hour of the last day to answer.
CLOSES = time(18)
WHO = [
    (Nature.USUAL.value, gettext_lazy("Un parent suffit (acte usuel)")),
    (Nature.NON_USUAL.value, gettext_lazy("Chaque personne qui a l’autorité parentale (acte non usuel)")),
]
YES, NO = "oui", "non"


class WordForm(forms.Form):
    """A teacher writes to the families of the classes that they teach; head, school life and secretary to any, and to the staff."""

    sent_as = form_number()
    audience = forms.ChoiceField(
        label=gettext_lazy("Pour"), choices=Word.Audience.choices, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"), choices=Word.Kind.choices, widget=forms.RadioSelect
    )
    title = title_field()
    text = forms.CharField(
        label=gettext_lazy("Texte"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Une fois parti, il ne change plus : on y ajoute des précisions, datées."),
        error_messages={"required": gettext_lazy("Écrivez le mot.")},
    )
    easy = forms.CharField(
        label=gettext_lazy("La même chose en français facile"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Phrases courtes, une idée par phrase. Lu en premier par les familles."),
    )
    sign = forms.ChoiceField(label=gettext_lazy("Pictogramme"), choices=Word.Sign.choices, required=False)
    phrases = forms.MultipleChoiceField(
        label=gettext_lazy("Phrases toutes faites"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "En français facile, chacune avec son pictogramme, lues avant le texte. Ce qui en a été traduit et vérifié se lit aussi dans la langue de la famille."
        ),
    )
    groups = groups_field()
    sets = Bundles(label=gettext_lazy("Ou seulement mes groupes de travail"), required=False)
    pupils = people_field(gettext_lazy("Ou seulement ces élèves"))
    roles = roles_field()
    nature = forms.ChoiceField(
        label=gettext_lazy("Qui répond"),
        choices=WHO,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Pour une autorisation ou une demande."),
    )
    each_reads = forms.BooleanField(
        label=gettext_lazy("Chaque responsable confirme sa lecture"),
        required=False,
        help_text=gettext_lazy("Pour une information. Sans cela, un seul par élève suffit."),
    )
    last_day = Day(
        label=gettext_lazy("Réponse avant le"), required=False, help_text=gettext_lazy("À 18 h ce jour-là.")
    )
    colleagues = people_field(gettext_lazy("Partager le suivi avec"))

    def __init__(
        self,
        viewer: Viewer,
        *args: Any,
        word: Word | None = None,
        group: Group | None = None,
        ticked: Group | None = None,
        kept: Iterable[int] = (),
        **kwargs: Any,
    ) -> None:
        """`group`: the class whose pupils are shown; `ticked`: the one to which it goes; `kept`: the pupils chosen so far."""
        kwargs["initial"] = _initial(viewer, word, ticked) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        fields: Any = self.fields
        fields["groups"].queryset = queries.groups_for(viewer)
        fields["phrases"].choices = [(one.key, one.french.text) for one in bank().values()]
        fields["colleagues"].queryset = queries.colleagues_for(viewer)
        pupils = queries.pupils_for(viewer)
        fields["pupils"].queryset = audience.pupils_shown(pupils, group, kept, word, viewer.today)
        self.reached = pupils
        if not fields["sets"].offer(bundles_among(viewer, pupils)):
            del fields["sets"]
        if not rules.writes_to_all(viewer):
            del fields["audience"], fields["roles"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        families = data.get("audience", Word.Audience.FAMILIES) == Word.Audience.FAMILIES
        if Bundles.are_gone(self, "sets"):
            self.add_error("groups", _("Le groupe coché n’existe plus\u202f: cochez les élèves."))
        if data.get("sets") and "pupils" in data:
            sets: Any = self.fields["sets"]
            data["pupils"] = sets.joined(data["sets"], data["pupils"], self.reached)
        chosen = data.get("groups") or data.get("pupils")
        if families and not chosen and not {"groups", "sets"} & set(self.errors):
            self.add_error("groups", _("Choisissez au moins une classe, un groupe ou un élève."))
        if families and queries.are_among(data.get("pupils") or (), data.get("groups") or (), self.viewer):
            self.add_error(
                "sets" if data.get("sets") else "pupils",
                _(
                    "Ces élèves sont déjà dans une classe cochée\u202f: décochez la classe pour n’écrire qu’à leurs familles."
                ),
            )
        if not families and data.get("kind") not in {None, Word.Kind.INFORMATION}:
            self.add_error("kind", _("Aux personnels, on envoie une information."))
        if data.get("kind") in {Word.Kind.AUTHORISATION, Word.Kind.REQUEST} and not data.get("nature"):
            self.add_error("nature", _("Dites qui répond."))
        last = data.get("last_day")
        if last and self._closes(last) <= timezone.now():
            self.add_error("last_day", _("Choisissez un jour à venir."))
        return data

    def _closes(self, last: Any) -> datetime:
        school: Any = self.viewer.school
        return datetime.combine(last, CLOSES, ZoneInfo(school.timezone))

    def facts(self) -> WordFacts:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        families = data.get("audience", Word.Audience.FAMILIES) == Word.Audience.FAMILIES
        information = data["kind"] == Word.Kind.INFORMATION
        return WordFacts(
            audience=Word.Audience.FAMILIES if families else Word.Audience.STAFF,
            kind=data["kind"],
            nature=Nature.INFORMATION.value if information else data["nature"],
            title=data["title"],
            text=data["text"],
            easy=data["easy"],
            sign=data["sign"],
            phrases=frozen(data["phrases"]),
            each_reads=information and families and data["each_reads"],
            closes_at=self._closes(data["last_day"]) if data["last_day"] else None,
            groups=tuple(data["groups"]),
            pupils=tuple(data["pupils"]) if families else (),
            colleagues=tuple(data["colleagues"]),
            roles=() if families else tuple(data["roles"]),
        )


def _initial(viewer: Viewer, word: Word | None, ticked: Group | None) -> dict[str, Any]:
    if word is None:
        return {
            "sent_as": secrets.token_hex(16),
            "audience": Word.Audience.FAMILIES,
            "kind": Word.Kind.INFORMATION,
            "nature": Nature.USUAL.value,
            "groups": [ticked.pk] if ticked else [],
        }
    zone = ZoneInfo(word.school.timezone)
    names = ("audience", "kind", "title", "text", "easy", "sign", "each_reads", "roles")
    return {name: getattr(word, name) for name in names} | {
        "phrases": [one["key"] for one in word.phrases],
        "nature": Nature.USUAL.value if word.is_information else word.nature,
        "last_day": word.closes_at.astimezone(zone).date() if word.closes_at else None,
        "groups": [one.pk for one in word.groups.all()],
        "pupils": [one.pk for one in word.pupils.all()],
        "colleagues": [one.pk for one in word.colleagues.all()],
    }


class AnswerForm(forms.Form):
    """One gesture: the button pressed is the answer."""

    said = forms.ChoiceField(
        choices=[(YES, YES), (NO, NO)], error_messages={"required": gettext_lazy("Répondez.")}
    )


class PrecisionForm(forms.Form):
    """What is added to a word that has left."""

    text = forms.CharField(
        label=gettext_lazy("Ajouter une précision"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Le texte déjà signé ne change pas : la précision s’y ajoute, datée."),
        error_messages={"required": gettext_lazy("Écrivez la précision.")},
    )


class ProlongForm(forms.Form):
    """A later day to answer, at the same hour as the first one."""

    last_day = Day(
        label=gettext_lazy("Nouveau dernier jour"),
        help_text=gettext_lazy(
            "À 18 h ce jour-là. Dit à ceux qui n’ont pas répondu, sauf s’ils ne sont joints que sur papier."
        ),
        error_messages={"required": gettext_lazy("Choisissez le nouveau dernier jour.")},
    )

    def __init__(self, word: Word, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.word = word

    def clean_last_day(self) -> Any:
        last = self.cleaned_data["last_day"]
        if self._closes(last) <= timezone.now():
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return last

    def _closes(self, last: Any) -> datetime:
        return datetime.combine(last, CLOSES, ZoneInfo(self.word.school.timezone))

    @property
    def closes_at(self) -> datetime:
        return self._closes(self.cleaned_data["last_day"])


class CouponForm(forms.Form):
    """The code of a sheet of paper, as it is read or typed: spaces, dashes and small letters are the same."""

    coupon = forms.CharField(
        label=gettext_lazy("Code du coupon"),
        max_length=20,
        help_text=gettext_lazy("Huit signes, en bas de la feuille. Un lecteur de codes peut l’écrire ici."),
        error_messages={"required": gettext_lazy("Écrivez le code du coupon.")},
    )

    def clean_coupon(self) -> str:
        return "".join(sign for sign in self.cleaned_data["coupon"].upper() if sign.isalnum())


class LanguageForm(forms.Form):
    """In which language, beside French."""

    language = forms.ChoiceField(
        label=gettext_lazy("Langue, en plus du français"),
        required=False,
        help_text=gettext_lazy("Vous seul le voyez : l’établissement ne sait pas quelle langue vous lisez."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.choices = [
            ("", _("Aucune : je lis en français")),
            *((one.code, f"{one.label} – {one.own}") for one in LANGUAGES.values()),
        ]


class PermitForm(forms.Form):
    """The word of the head."""

    is_permitted = forms.BooleanField(
        label=gettext_lazy("Permettre la traduction automatique des mots envoyés à des classes entières"),
        required=False,
    )


class RemarkForm(forms.Form):
    """One observation or encouragement for several pupils of a class or a group."""

    sent_as = form_number()
    sets = Bundles(
        label=gettext_lazy("Mes groupes de travail"),
        required=False,
        help_text=gettext_lazy(
            "Leurs élèves s’ajoutent à ceux que vous cochez. Vous seul lisez le nom du groupe."
        ),
    )
    pupils = people_field(gettext_lazy("Élèves"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"), choices=Remark.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("Texte"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("La famille et l’élève le lisent. Un fait, sans nommer d’autre élève."),
        error_messages={"required": gettext_lazy("Écrivez l’observation ou l’encouragement.")},
    )

    def __init__(
        self, viewer: Viewer, group: Group | None, *args: Any, kept: Iterable[int] = (), **kwargs: Any
    ) -> None:
        first = {"sent_as": secrets.token_hex(16), "kind": Remark.Kind.ENCOURAGEMENT}
        kwargs["initial"] = first | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.reached = queries.pupils_for(viewer)
        fields: Any = self.fields
        if group is not None:
            fields["pupils"].queryset = audience.pupils_shown(self.reached, group, kept, None, viewer.today)
        if not fields["sets"].offer(bundles_among(viewer, self.reached)):
            del fields["sets"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if Bundles.are_gone(self, "sets"):
            self.add_error("pupils", _("Le groupe coché n’existe plus\u202f: cochez les élèves."))
        elif data.get("sets") and "pupils" in data:
            sets: Any = self.fields["sets"]
            data["pupils"] = sets.joined(data["sets"], data["pupils"], self.reached)
        elif not data.get("pupils") and not {"pupils", "sets"} & set(self.errors):
            self.add_error("pupils", _("Choisissez au moins un élève."))
        return data
