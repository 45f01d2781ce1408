"""What a person types to plan an event, to cancel one, to find one, and to answer."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Group, Holding, Person, Room
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF
from preau.domains.events import rules
from preau.domains.events.actions.keeping import EventFacts
from preau.domains.events.models import Event, Invitation
from preau.domains.events.queries.one import taken_at
from preau.foundation.fields import Day, Filter, OneRow, SeveralRows

Audience = Event.Audience
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
EVENING = time(18, 30)
# Longer is a mistake of a year, or a period of the calendar.
LONGEST = timedelta(days=60)
# Those whom a closing tells: from everybody to nobody.
TOLD_MOST = [Event.Tells.EVERYONE, Event.Tells.STAFF, Event.Tells.NOBODY]


class PeopleChoice(SeveralRows):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def _hour(label: Any, **options: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options
    )


class EventForm(forms.Form):
    """A teacher writes for the classes that they teach; whoever organises, for anybody of the school."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Nature"),
        # A closing has a page of its own: it also says what becomes of lessons.
        choices=[("", _("Choisir…")), *(one for one in Event.Kind.choices if one[0] != Event.Kind.NO_CLASS)],
        error_messages={"required": _("Choisissez la nature de l’événement.")},
    )
    title = forms.CharField(
        label=_("Titre"),
        max_length=120,
        error_messages={"required": _("Donnez un titre, en quelques mots.")},
    )
    first_day = Day(label=_("Jour"))
    last_day = Day(
        label=_("Dernier jour"), required=False, help_text=_("Seulement s’il dure plusieurs jours.")
    )
    starts_at = _hour(_("Début"), help_text=_("Sans heure, c’est la journée entière."))
    ends_at = _hour(_("Fin"))
    room = OneRow(Room.objects.none(), label=_("Salle"), required=False, empty_label=_("Aucune"))
    anyway = forms.BooleanField(label=_("C’est voulu : garder cette salle"), required=False)
    place = forms.CharField(
        label=_("Lieu"),
        required=False,
        max_length=120,
        help_text=_("Hors de l’établissement, ou une précision."),
    )
    audience = forms.ChoiceField(label=_("Pour qui"), choices=Audience.choices, widget=forms.RadioSelect)
    groups = SeveralRows(
        Group.objects.none(),
        label=_("Classes et groupes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = PeopleChoice(
        Person.objects.none(),
        label=_("Personnes choisies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    with_families = forms.BooleanField(
        label=_("Les familles aussi"),
        required=False,
        help_text=_(
            "Pour tout l’établissement, ou pour des classes : les responsables le voient et sont prévenus."
        ),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=2000,
        help_text=_("Ce qu’il faut savoir ou apporter. Lu par tous ceux que cela concerne."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    asks_answer = forms.BooleanField(
        label=_("Demander une réponse"), required=False, help_text=_("Vient, peut-être, ne vient pas.")
    )

    def __init__(self, viewer: Viewer, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        initial = (
            _initial(event) if event else {"sent_as": secrets.token_hex(16), "audience": Audience.GROUPS}
        )
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.viewer, self.event = viewer, event
        fields: Any = self.fields
        if event and event.is_closing:
            fields["kind"].choices = [(Event.Kind.NO_CLASS.value, Event.Kind.NO_CLASS.label)]
        fields["room"].queryset = Room.objects.visible_to(viewer).order_by("name")
        fields["groups"].queryset = _groups_for(viewer)
        if rules.organises(viewer):
            staff = Holding.objects.active(viewer.today).filter(school=viewer.school_id, role__in=STAFF)
            known = event.invitations.values("person_id") if event else Person.objects.none().values("pk")
            people = Person.objects.filter(pk__in=staff.values("person_id")) | Person.objects.filter(
                pk__in=known
            )
            fields["people"].queryset = people.exclude(pk=viewer.person.pk).order_by("search_name", "pk")
        else:
            fields["audience"].choices = [(Audience.GROUPS.value, Audience.GROUPS.label)]
            del fields["people"]

    def clean_first_day(self) -> date:
        return self._in_the_year(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date | None:
        last = self.cleaned_data["last_day"]
        return self._in_the_year(last) if last else None

    def _in_the_year(self, day: date) -> date:
        year: Any = self.viewer.year
        if not year.starts <= day <= year.ends:
            raise forms.ValidationError(_("Choisissez un jour de cette année scolaire."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("audience") == Audience.GROUPS and not data.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choisissez au moins une classe ou un groupe."))
        if data.get("audience") == Audience.PEOPLE and not data.get("people") and "people" not in self.errors:
            self.add_error("people", _("Choisissez au moins une personne."))
        if not {"first_day", "last_day", "starts_at", "ends_at"} & set(self.errors):
            self._clean_hours(data)
        if not self.errors and data["room"] and not data["anyway"]:
            self._refuse_taken_room(data)
        return data

    def _clean_hours(self, data: dict[str, Any]) -> None:
        first, last = data["first_day"], data["last_day"] or data["first_day"]
        begins, ends = data["starts_at"], data["ends_at"]
        if last < first:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        elif last - first > LONGEST:
            self.add_error("last_day", _("Un événement dure deux mois au plus."))
        elif (begins is None) != (ends is None):
            self.add_error(
                "ends_at" if begins else "starts_at", _("Donnez le début et la fin, ou aucun des deux.")
            )
        elif begins and ends and (last, ends) <= (first, begins):
            self.add_error("ends_at", _("La fin doit venir après le début."))

    def _refuse_taken_room(self, data: dict[str, Any]) -> None:
        """A room that something else has is said once; ticking says that it is meant."""
        starts, ends = self._span(data)
        apart = self.event.pk if self.event else None
        for sentence in list(taken_at(self.viewer.year, data["room"], starts, ends, apart_from=apart))[:5]:  # type: ignore[arg-type]
            self.add_error("anyway", sentence)

    def _span(self, data: dict[str, Any]) -> tuple[datetime, datetime]:
        school: Any = self.viewer.school
        zone, last = ZoneInfo(school.timezone), data["last_day"] or data["first_day"]
        if data["starts_at"] is None:
            midnight = datetime.combine(last + A_DAY, time(), zone)
            return datetime.combine(data["first_day"], time(), zone), midnight
        return datetime.combine(data["first_day"], data["starts_at"], zone), datetime.combine(
            last, data["ends_at"], zone
        )

    def planned(self) -> EventFacts:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        starts, ends = self._span(data)
        same = ("kind", "title", "description", "first_day", "room", "place", "audience", "asks_answer")
        opened = data["audience"] in {Audience.EVERYONE, Audience.GROUPS}
        # Of a closing, what this form does not ask stays.
        of_closing = ("stops_lessons", "meals", "transport", "tells") if self.event else ()
        return EventFacts(
            **{name: getattr(self.event, name) for name in of_closing},
            **{name: data[name] for name in same},
            last_day=data["last_day"] or data["first_day"],
            starts=starts,
            ends=ends,
            whole_days=data["starts_at"] is None,
            with_families=data["with_families"] and opened,
            groups=tuple(data["groups"]),
            people=tuple(data.get("people") or ()),
        )


class ClosingForm(forms.Form):
    """An hour, a half-day or days without lessons, of everybody or of some classes; and everything that goes with it."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Ce qui se passe"),
        max_length=120,
        help_text=_("Par exemple : Panne de chauffage, fermeture à midi. Lu par les familles."),
        error_messages={"required": _("Dites ce qui se passe, en quelques mots.")},
    )
    audience = forms.ChoiceField(
        label=_("Pour qui"),
        choices=[
            (Audience.EVERYONE.value, _("Tout l’établissement")),
            (Audience.GROUPS.value, _("Des classes ou des groupes")),
        ],
        widget=forms.RadioSelect,
    )
    groups = SeveralRows(
        Group.objects.none(),
        label=_("Classes et groupes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first_day = Day(label=_("Jour"))
    last_day = Day(label=_("Dernier jour"), required=False, help_text=_("Seulement s’il y en a plusieurs."))
    starts_at = _hour(_("À partir de"), help_text=_("Sans heure, dès le matin."))
    ends_at = _hour(_("Jusqu’à"), help_text=_("Sans heure, jusqu’au soir."))
    lessons = forms.ChoiceField(
        label=_("Les cours"),
        choices=[
            ("cancelled", _("Annulés : ceux qui commencent dans ces heures")),
            ("kept", _("Maintenus")),
        ],
        widget=forms.RadioSelect,
    )
    meals = forms.ChoiceField(
        label=_("La cantine"),
        required=False,
        choices=[("", _("Ne rien en dire")), *((one.value, one.label.capitalize()) for one in Event.Meals)],
    )
    transport = forms.CharField(
        label=_("Les transports"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : cars avancés à 12 h 15, arrêt habituel."),
    )
    description = forms.CharField(
        label=_("Ce qu’il faut savoir d’autre"),
        required=False,
        max_length=2000,
        help_text=_("Lu par tous ceux que cela concerne. Ne nommez personne."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tells = forms.ChoiceField(label=_("Prévenir"), choices=Event.Tells.choices, widget=forms.RadioSelect)

    def __init__(self, viewer: Viewer, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        first = {
            "sent_as": secrets.token_hex(16),
            "audience": Audience.EVERYONE,
            "lessons": "cancelled",
            "tells": Event.Tells.EVERYONE,
        }
        kwargs["initial"] = (_closing_initial(event) if event else first) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.viewer, self.event = viewer, event
        groups: Any = self.fields["groups"]
        groups.queryset = _groups_for(viewer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        year: Any = self.viewer.year
        if data.get("audience") == Audience.GROUPS and not data.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choisissez au moins une classe ou un groupe."))
        for name in ("first_day", "last_day"):
            if data.get(name) and not year.starts <= data[name] <= year.ends:
                self.add_error(name, _("Choisissez un jour de cette année scolaire."))
        if not self.errors:
            self._clean_hours(data)
        if not self.errors and self.event and self.event.state == Event.State.PUBLISHED:
            self._refuse_fewer(self.event, data)
        return data

    def _refuse_fewer(self, event: Event, data: dict[str, Any]) -> None:
        """Whoever was told and is no longer meant would never hear that their lessons take place."""
        before = set(event.groups.all()) if event.audience == Audience.GROUPS else set()
        leaves_some = data["audience"] == Audience.GROUPS and (
            event.audience != Audience.GROUPS or before - set(data["groups"])
        )
        if leaves_some:
            self.add_error(
                "groups",
                _(
                    "Annulez d’abord la fermeture : ceux qui la savent seront prévenus. "
                    "Puis fermez de nouveau pour ces classes."
                ),
            )
        if TOLD_MOST.index(data["tells"]) > TOLD_MOST.index(event.tells):
            self.add_error(
                "tells",
                _(
                    "Annulez d’abord la fermeture : ceux qui la savent seront prévenus. Puis fermez de nouveau."
                ),
            )

    def _clean_hours(self, data: dict[str, Any]) -> None:
        last = data["last_day"] or data["first_day"]
        starts, ends = self._span(data)
        if last < data["first_day"]:
            self.add_error("last_day", _("Le dernier jour vient avant le premier."))
        elif last - data["first_day"] > LONGEST:
            self.add_error(
                "last_day", _("Une fermeture dure deux mois au plus : au-delà, voyez les réglages.")
            )
        elif ends <= starts:
            self.add_error("ends_at", _("La fin doit venir après le début."))
        elif ends <= timezone.now():
            self.add_error("first_day", _("Ce moment est passé : les cours ont eu lieu, ou non."))

    def _span(self, data: dict[str, Any]) -> tuple[datetime, datetime]:
        school: Any = self.viewer.school
        zone, last = ZoneInfo(school.timezone), data["last_day"] or data["first_day"]
        starts = datetime.combine(data["first_day"], data["starts_at"] or time(), zone)
        if data["ends_at"]:
            return starts, datetime.combine(last, data["ends_at"], zone)
        if data["starts_at"] is None:
            return starts, datetime.combine(last + A_DAY, time(), zone)
        # Until the evening of the school: a box drawn until midnight says nothing more.
        closes = max(school.closes_at or EVENING, EVENING)
        evening = datetime.combine(last, closes, zone)
        return starts, max(evening, starts + AN_HOUR)

    def planned(self) -> EventFacts:
        """The clean values, as the action takes them. The hours that nobody typed are those of the school."""
        data = self.cleaned_data
        starts, ends = self._span(data)
        same = ("title", "description", "first_day", "audience", "meals", "transport", "tells")
        return EventFacts(
            **{name: data[name] for name in same},
            kind=Event.Kind.NO_CLASS,
            last_day=data["last_day"] or data["first_day"],
            starts=starts,
            ends=ends,
            whole_days=data["starts_at"] is None and data["ends_at"] is None,
            room=self.event.room if self.event else None,
            place=self.event.place if self.event else "",
            with_families=True,
            asks_answer=self.event.asks_answer if self.event else False,
            stops_lessons=data["lessons"] == "cancelled",
            groups=tuple(data["groups"]),
        )


def _closing_initial(event: Event) -> dict[str, Any]:
    zone = ZoneInfo(event.school.timezone)
    same = ("title", "description", "first_day", "audience", "meals", "transport", "tells", "revision")
    initial: dict[str, Any] = {name: getattr(event, name) for name in same}
    starts, ends = event.starts.astimezone(zone).time(), event.ends.astimezone(zone).time()
    return initial | {
        "last_day": event.last_day if event.last_day != event.first_day else None,
        "starts_at": starts if starts != time() else None,
        "ends_at": ends if ends != time() else None,
        "lessons": "cancelled" if event.stops_lessons else "kept",
        "groups": list(event.groups.values_list("pk", flat=True)),
    }


def _groups_for(viewer: Viewer) -> Any:
    """Every class and group of the year for whoever organises; for a teacher, those that they teach."""
    groups = Group.objects.visible_to(viewer).filter(year=viewer.year).order_by("kind", "rank", "name")
    if rules.organises(viewer):
        return groups
    taught = Assignment.objects.active(viewer.today).filter(teacher=viewer.person)
    return groups.filter(pk__in=taught.values("group_id"))


def _initial(event: Event) -> dict[str, Any]:
    zone = ZoneInfo(event.school.timezone)
    same = (
        "kind",
        "title",
        "description",
        "first_day",
        "room",
        "place",
        "audience",
        "with_families",
        "asks_answer",
        "revision",
    )
    initial: dict[str, Any] = {name: getattr(event, name) for name in same}
    initial["last_day"] = event.last_day if event.last_day != event.first_day else None
    if not event.whole_days:
        initial |= {
            "starts_at": event.starts.astimezone(zone).time(),
            "ends_at": event.ends.astimezone(zone).time(),
        }
    initial["groups"] = list(event.groups.values_list("pk", flat=True))
    initial["people"] = list(event.invitations.values_list("person_id", flat=True))
    return initial


class FilterForm(Filter):
    """Which events a list shows; what nobody can mean is not looked at."""

    quand = forms.ChoiceField(
        label=_("Quand"),
        required=False,
        choices=[("", _("À venir")), ("passes", _("Passés")), ("brouillons", _("Brouillons"))],
    )
    nature = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("Toutes")), *Event.Kind.choices]
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rules.creates_events(viewer):
            field: Any = self.fields["quand"]
            field.choices = field.choices[:2]


class CancelForm(forms.Form):
    """Why it does not happen, for those who were to come."""

    why = forms.CharField(
        label=_("Raison"),
        required=False,
        max_length=300,
        help_text=_("Lue par tous ceux que cela concerne. Ne nommez personne."),
    )


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[choice for choice in Invitation.Answer.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )


class SchoolForm(Filter):
    """Which school a visitor asks about."""

    q = forms.CharField(
        label=_("Nom de l’établissement ou commune"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
