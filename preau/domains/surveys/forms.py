"""What a person types to write a survey, to open an election, to stand, to vote, to name a representative."""

import secrets
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.asking.queries.typed import form_number, groups_field, roles_field, title_field
from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.surveys import rules
from preau.domains.surveys.actions.writing import SurveyFacts
from preau.domains.surveys.models import Candidate, Election, Survey, Voter
from preau.domains.surveys.queries import elections
from preau.domains.surveys.queries import surveys as queries
from preau.foundation.fields import Day, Filter, OnePerson, OneRow

# A survey opens in the morning of its first day, and closes in the evening of the last.
OPENS, CLOSES = time(7), time(20)
ONE, EACH = "famille", "responsable"
BLANK = "blanc"


class SurveyForm(forms.Form):
    """A teacher asks those of the classes that they teach; head and CPE anybody, and the staff."""

    sent_as = form_number()
    audience = forms.ChoiceField(
        label=gettext_lazy("Qui répond"), choices=Survey.Audience.choices, widget=forms.RadioSelect
    )
    per = forms.ChoiceField(
        label=gettext_lazy("Pour les familles"),
        choices=[
            (ONE, gettext_lazy("Une réponse par famille, pour chaque élève")),
            (EACH, gettext_lazy("Une réponse par responsable")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    title = title_field()
    text = forms.CharField(
        label=gettext_lazy("Présentation"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Pourquoi ces questions, et ce que deviendront les réponses."),
    )
    everyone = forms.BooleanField(label=gettext_lazy("Tout l’établissement"), required=False)
    groups = groups_field()
    roles = roles_field()
    is_anonymous = forms.BooleanField(
        label=gettext_lazy("Réponses anonymes"),
        required=False,
        help_text=gettext_lazy(
            "On sait qui a répondu, jamais quoi. Les résultats se lisent à la fin, à partir de cinq réponses."
        ),
    )
    quorum = forms.TypedChoiceField(
        label=gettext_lazy("Quorum"), choices=Survey.Quorum.choices, coerce=int, empty_value=0, required=False
    )
    shows_results = forms.BooleanField(
        label=gettext_lazy("Montrer les résultats à ceux qui ont répondu"),
        required=False,
        help_text=gettext_lazy("Une fois le sondage terminé, sans les textes libres."),
    )
    first_day = Day(
        label=gettext_lazy("Ouvre le"),
        required=False,
        help_text=gettext_lazy("À 7 h ce jour-là. Sans date : dès l’envoi."),
    )
    last_day = Day(
        label=gettext_lazy("Ferme le"),
        help_text=gettext_lazy("À 20 h ce jour-là."),
        error_messages={"required": gettext_lazy("Donnez le dernier jour pour répondre.")},
    )

    def __init__(
        self,
        viewer: Viewer,
        *args: Any,
        survey: Survey | None = None,
        ticked: Group | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _initial(survey, ticked) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.viewer, self.survey = viewer, survey
        fields: Any = self.fields
        fields["groups"].queryset = queries.groups_for(viewer)
        if not rules.asks_all(viewer):
            del fields["everyone"], fields["roles"]
            fields["audience"].choices = [
                choice for choice in Survey.Audience.choices if choice[0] != Survey.Audience.STAFF
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        staff = data.get("audience") == Survey.Audience.STAFF
        nobody = not data.get("groups") and not data.get("everyone")
        if data.get("audience") and not staff and nobody and "groups" not in self.errors:
            self.add_error("groups", _("Choisissez au moins une classe ou un groupe."))
        last, first = data.get("last_day"), data.get("first_day")
        if last and self._at(last, CLOSES) <= timezone.now():
            self.add_error("last_day", _("Choisissez un jour à venir."))
        elif last and self._at(last, CLOSES) <= self._opens(first):
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        return data

    def _at(self, day: Any, hour: time) -> datetime:
        school: Any = self.viewer.school
        return datetime.combine(day, hour, ZoneInfo(school.timezone))

    def _opens(self, first: Any) -> datetime:
        return self._at(first, OPENS) if first else timezone.now()

    def facts(self) -> SurveyFacts:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        families = data["audience"] == Survey.Audience.FAMILIES
        staff = data["audience"] == Survey.Audience.STAFF
        everyone = not staff and bool(data.get("everyone"))
        return SurveyFacts(
            audience=data["audience"],
            title=data["title"],
            text=data["text"],
            each_guardian=families and data["per"] == EACH,
            everyone=everyone,
            groups=() if everyone else tuple(data["groups"]),
            roles=tuple(data.get("roles") or ()) if staff else (),
            is_anonymous=data["is_anonymous"],
            quorum=data["quorum"] or 0,
            shows_results=data["shows_results"],
            opens_at=self._opens(data["first_day"]),
            closes_at=self._at(data["last_day"], CLOSES),
        )


def _initial(survey: Survey | None, ticked: Group | None) -> dict[str, Any]:
    if survey is None:
        return {
            "sent_as": secrets.token_hex(16),
            "audience": Survey.Audience.FAMILIES,
            "per": ONE,
            "groups": [ticked.pk] if ticked else [],
        }
    zone = ZoneInfo(survey.school.timezone)
    names = ("audience", "title", "text", "everyone", "roles", "is_anonymous", "quorum", "shows_results")
    opens = survey.opens_at.astimezone(zone)
    return {name: getattr(survey, name) for name in names} | {
        "per": EACH if survey.each_guardian else ONE,
        "groups": [one.pk for one in survey.groups.all()],
        "first_day": opens.date() if opens.time() == OPENS else None,
        "last_day": survey.closes_at.astimezone(zone).date(),
    }


class LineForm(Filter):
    """Of whom a sheet of paper is typed in (`ligne`): whoever is on the roll of this survey, but oneself."""

    ligne = OneRow(Voter.objects.none(), required=False)

    def __init__(self, survey: Survey, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ligne"]
        lines = survey.voters.exclude(person=viewer.person.pk)
        field.queryset = lines.select_related("person", "pupil")


# Elections


class RefusalForm(forms.Form):
    """Why a candidacy is to be written anew: its pupil alone reads it."""

    why = forms.CharField(
        label=gettext_lazy("Ce qui est à revoir"),
        help_text=gettext_lazy("Une phrase. Seul l’élève qui se présente la lit."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Écrivez une phrase\u202f: l’élève saura quoi changer.")},
    )


class ElectionForm(forms.Form):
    """The class whose pupils elect their delegates."""

    group = OneRow(
        Group.objects.none(),
        label=gettext_lazy("Classe"),
        error_messages={
            "required": gettext_lazy("Choisissez une classe."),
            "invalid_choice": gettext_lazy("Choisissez une de vos classes."),
        },
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["group"]
        field.queryset = elections.classes_for(viewer)


class CandidacyForm(forms.Form):
    """A pupil, the substitute who stands with them, what they say. `pupil` is asked of the adult who types it."""

    pupil = OnePerson(
        Person.objects.none(),
        label=gettext_lazy("Titulaire"),
        error_messages={"required": gettext_lazy("Choisissez un élève de la classe.")},
    )
    substitute = OnePerson(
        Person.objects.none(),
        label=gettext_lazy("Suppléant"),
        help_text=gettext_lazy("Il se présente avec le titulaire et le remplace en cas d’absence."),
        error_messages={"required": gettext_lazy("Choisissez un élève de la classe.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Profession de foi"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Deux ou trois idées pour la classe. Un adulte la lit avant qu’elle paraisse."
        ),
    )

    def __init__(
        self, viewer: Viewer, election: Election, *args: Any, own: Candidate | None = None, **kw: Any
    ) -> None:
        if own is not None:
            kw["initial"] = {"substitute": own.substitute_id, "words": own.words} | (kw.get("initial") or {})
        super().__init__(*args, **kw)
        fields: Any = self.fields
        pupils = elections.pupils_of(election.group, viewer.today)
        fields["substitute"].queryset = pupils
        self.own = None if rules.holds(viewer, election) else viewer.person
        if self.own is None:
            fields["pupil"].queryset = pupils
        else:
            del fields["pupil"]
            fields["substitute"].queryset = pupils.exclude(pk=viewer.person.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("pupil") and data.get("pupil") == data.get("substitute"):
            self.add_error("substitute", _("Le suppléant est un autre élève."))
        return data


class BallotForm(forms.Form):
    """One candidate, with their substitute, or a blank ballot."""

    ballot = forms.ChoiceField(
        label=gettext_lazy("Votre bulletin"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez un bulletin, ou votez blanc.")},
    )

    def __init__(self, candidates: Iterable[Candidate], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ballot"]
        label = _("%(pupil)s, avec %(substitute)s")
        field.choices = [
            (str(one.pk), label % {"pupil": one.pupil.full_name, "substitute": one.substitute.full_name})
            for one in candidates
        ] + [(BLANK, _("Bulletin blanc"))]

    @property
    def chosen(self) -> str:
        found: str = self.cleaned_data["ballot"]
        return "" if found == BLANK else found


class CodeForm(forms.Form):
    """What is printed on a pupil's slip: spaces, dashes and small letters are the same."""

    code = forms.CharField(
        label=gettext_lazy("Votre code"),
        max_length=20,
        help_text=gettext_lazy("Huit signes, sur le papier que l’on vous a remis."),
        error_messages={"required": gettext_lazy("Écrivez le code de votre papier.")},
    )


class ParentForm(forms.Form):
    """A representative of the parents of a class."""

    person = OnePerson(
        Person.objects.none(),
        label=gettext_lazy("Parent"),
        error_messages={
            "required": gettext_lazy("Choisissez un parent de la classe."),
            "invalid_choice": gettext_lazy("Choisissez un parent de la classe."),
        },
    )

    def __init__(self, viewer: Viewer, group: Group | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if group is not None:
            field: Any = self.fields["person"]
            field.queryset = elections.guardians_of(group, viewer.today)
