"""An event, whom it is for, each step of its life, and who said they would come."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Group, Person, Room, School, SchoolQuerySet
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates

ORGANISERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)


class EventQuerySet(SchoolQuerySet):
    def published(self) -> Self:
        """Those that people were told of: held, or cancelled since."""
        return self.exclude(state=Event.State.DRAFT)

    def held(self) -> Self:
        return self.filter(state=Event.State.PUBLISHED)

    def between(self, first: Any, last: Any) -> Self:
        """Those that have a day in common with this span, both ends included."""
        return self.filter(first_day__lte=last, last_day__gte=first)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever organises, all but what others keep to named people; the others, once published, what is for them.

        The staff also see what is for classes; families, what was opened to them.
        """
        if viewer.is_staff:
            return self.in_school(viewer).filter(_kept_by(viewer) | (_is_out() & _for_staff(viewer)))
        return self._of_family(viewer, _is_out())

    def opened_by(self, viewer: Viewer, pk: int) -> "Event | None":
        """The event of a page if the viewer sees it, with where it is and who keeps it (one query)."""
        return self.visible_to(viewer).select_related("school", "room", "created_by").filter(pk=pk).first()

    def concerning(self, viewer: Viewer) -> Self:
        """Of those, what stands in the viewer's own days: of the classes' events, a teacher those of their classes."""
        if not viewer.is_staff:
            return self._of_family(viewer, _is_out())
        own = _for_staff(viewer, taught=not viewer.holds(*ORGANISERS)) | Q(created_by=viewer.person.pk)
        return self.in_school(viewer).filter(_is_out() & own)

    def _of_family(self, viewer: Viewer, out: Q) -> Self:
        """A pupil's own; a guardian's, those that are for families too, while the child is in the school."""
        pupils = viewer.own_pupils()
        learnt = Enrolment.objects.filter(active_on(OuterRef("first_day")), pupil__in=pupils)
        here = Exists(learnt.filter(school=OuterRef("school")))
        among = Exists(learnt.filter(group__events=OuterRef("pk")))
        theirs = Q(here, audience=Event.Audience.EVERYONE) | Q(among, audience=Event.Audience.GROUPS)
        if viewer.is_guardian:
            theirs &= Q(with_families=True)
        return self.filter(out & (theirs | _invited(viewer)))


def _is_out() -> Q:
    return ~Q(state=Event.State.DRAFT)


def _invited(viewer: Viewer) -> Q:
    asked = Invitation.objects.filter(event=OuterRef("pk"), person=viewer.person.pk)
    return Q(Exists(asked), audience=Event.Audience.PEOPLE)


def _kept_by(viewer: Viewer) -> Q:
    """What the viewer may change: their own, and for whoever organises what is not kept to named people."""
    own = Q(created_by=viewer.person.pk)
    if viewer.holds(Role.HEAD):
        return Q(pk__isnull=False)
    return own | ~Q(audience=Event.Audience.PEOPLE) if viewer.holds(*ORGANISERS) else own


def _for_staff(viewer: Viewer, *, taught: bool = False) -> Q:
    """`taught`: of what is for classes, only those that the viewer teaches."""
    audience = Event.Audience
    meant = [audience.EVERYONE, audience.STAFF] + ([audience.TEACHERS] if viewer.holds(Role.TEACHER) else [])
    found = Q(audience__in=meant) | _invited(viewer)
    if taught:
        teaches = taught_for(viewer.person.pk)
        return found | Q(Exists(teaches), audience=audience.GROUPS)
    return found | Q(audience=audience.GROUPS) if viewer.works_with_pupils else found


def taught_for(teacher: Any) -> "QuerySet[Assignment]":
    """What somebody teaches to the classes and groups of an event, and to the groups drawn from these classes."""
    meant = Q(group__events=OuterRef("pk")) | Q(group__classes__events=OuterRef("pk"))
    return Assignment.objects.filter(meant, active_on(OuterRef("first_day")), teacher=teacher)


class Event(models.Model):
    """One thing that happens: a draft, then published, then perhaps cancelled, which is said and kept.

    `starts` and `ends` are moments, by which it is laid beside lessons; of whole days, from midnight to midnight on the
    school's wall. `sent_as` is the number of the form it came from; `revision` counts its changes.
    """

    class Kind(models.TextChoices):
        PARENTS = "parents", _("Réunion parents-professeurs")
        COUNCIL = "council", _("Conseil de classe")
        MEETING = "meeting", _("Réunion")
        OUTING = "outing", _("Sortie scolaire")
        ENCOUNTER = "encounter", _("Rencontre ou intervention")
        NO_CLASS = "no_class", _("Fermeture ou journée banalisée")
        OPEN_DAY = "open_day", _("Portes ouvertes")
        EXAM = "exam", _("Examen ou évaluation commune")
        PARTY = "party", _("Fête, spectacle ou exposition")
        OTHER = "other", _("Autre")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Tout l’établissement : personnels et élèves")
        GROUPS = "groups", _("Des classes ou des groupes, et leurs professeurs")
        STAFF = "staff", _("Tous les personnels")
        TEACHERS = "teachers", _("Les professeurs")
        PEOPLE = "people", _("Des personnes choisies")

    class Meals(models.TextChoices):
        USUAL = "usual", _("comme d’habitude")
        EARLY = "early", _("avant le départ")
        NONE = "none", _("pas de repas")

    class Tells(models.TextChoices):
        EVERYONE = "everyone", _("Les personnels, les élèves et les familles")
        STAFF = "staff", _("Les personnels seulement")
        NOBODY = "nobody", _("Personne : les pages le disent, rien ne part")

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        PUBLISHED = "published", _("Publié")
        CANCELLED = "cancelled", _("Annulé")

    school = models.ForeignKey(School, models.CASCADE, related_name="events", verbose_name=_("établissement"))
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices)
    title = models.CharField(_("titre"), max_length=120)
    search_title = models.CharField(_("titre sans accents"), max_length=200, editable=False)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    first_day = models.DateField(_("premier jour"))
    last_day = models.DateField(_("dernier jour"), help_text=_("Compris."))
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    whole_days = models.BooleanField(_("journées entières"), default=False)
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("salle")
    )
    place = models.CharField(_("lieu"), max_length=120, blank=True)
    audience = models.CharField(_("pour qui"), max_length=8, choices=Audience.choices)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="events", verbose_name=_("classes et groupes")
    )
    with_families = models.BooleanField(_("les familles aussi"), default=False)
    asks_answer = models.BooleanField(_("une réponse est demandée"), default=False)
    # Of a closing: do its lessons take place, does one eat, how does one go home, who is told.
    stops_lessons = models.BooleanField(_("les cours sont annulés"), default=False, db_default=False)
    meals = models.CharField(_("cantine"), max_length=5, choices=Meals.choices, blank=True, db_default="")
    transport = models.CharField(_("transports"), max_length=200, blank=True, db_default="")
    tells = models.CharField(
        _("prévenir"), max_length=8, choices=Tells.choices, default=Tells.EVERYONE, db_default=Tells.EVERYONE
    )
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(
        Person, models.PROTECT, related_name="events_created", verbose_name=_("créé par")
    )
    created_at = models.DateTimeField(_("créé à"))
    published_at = models.DateTimeField(_("publié à"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("révision"), default=1)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("événement")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="event_ends_after_start"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="event_days_in_order"),
            models.UniqueConstraint(
                fields=["created_by", "sent_as"], condition=~Q(sent_as=""), name="one_event_per_form"
            ),
        ]
        indexes = [models.Index(fields=["school", "last_day"], name="event_by_last_day")]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_closing(self) -> bool:
        return self.kind == self.Kind.NO_CLASS

    @property
    def origin(self) -> str:
        """The name under which its lessons are cancelled."""
        return f"evenement-{self.pk}"

    @property
    def closing_said(self) -> str:
        return closing_said(self.kind, self.meals, self.transport, stops=self.stops_lessons)

    @property
    def where(self) -> str:
        """« salle 204 », « Musée des beaux-arts », both, or nothing."""
        return ", ".join(filter(None, [self.room.place if self.room else "", self.place]))

    @property
    def when(self) -> str:
        return when_said(
            self.first_day, self.last_day, self.starts, self.ends, self.school.timezone, whole=self.whole_days
        )


def closing_said(kind: str, meals: str, transport: str, *, stops: bool) -> str:
    """« Cours annulés. Cantine : pas de repas. Transports : cars à 12 h 15. », of a closing; else nothing.

    Nor of a day of which only the title says what it is: nobody said that its lessons take place.
    """
    if kind != Event.Kind.NO_CLASS or not (stops or meals or transport):
        return ""
    parts = [_("Cours annulés.") if stops else _("Cours maintenus.")]
    if meals:
        parts.append(_("Cantine : %(meals)s.") % {"meals": Event.Meals(meals).label})
    if transport:
        parts.append(_("Transports : %(words)s") % {"words": transport.rstrip(".") + "."})
    return " ".join(str(part) for part in parts)


def when_said(first: Any, last: Any, starts: Any, ends: Any, zone: str, *, whole: bool) -> str:
    """« mardi 24 novembre, 18 h 00 – 20 h 00 », « du lundi 3 au vendredi 7 mai »."""
    if first == last:
        return dates.day(first) if whole else f"{dates.day(first)}, {dates.hours(starts, ends, zone)}"
    words = {"first": dates.day(first), "last": dates.day(last)}
    if whole:
        return str(_("du %(first)s au %(last)s") % words)
    words |= {"from": dates.hour(starts, zone), "to": dates.hour(ends, zone)}
    return str(_("du %(first)s, %(from)s, au %(last)s, %(to)s") % words)


class EventStepQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(event__in=Event.objects.visible_to(viewer))


class EventStep(models.Model):
    """One step of an event's life: published, changed (with what was said before), cancelled, restored. Only added."""

    class Gesture(models.TextChoices):
        PUBLISHED = "published", _("Publié")
        CHANGED = "changed", _("Changé")
        CANCELLED = "cancelled", _("Annulé")
        RESTORED = "restored", _("Rétabli")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="event_steps", verbose_name=_("établissement")
    )
    event = models.ForeignKey(Event, models.CASCADE, related_name="steps", verbose_name=_("événement"))
    gesture = models.CharField(_("geste"), max_length=9, choices=Gesture.choices)
    note = models.CharField(_("ce qui était dit, ou pourquoi"), max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="event_steps", verbose_name=_("par"))
    at = models.DateTimeField("à")

    objects = EventStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape d’un événement")
        verbose_name_plural = _("étapes d’événements")
        ordering = ["pk"]


class InvitationQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; for whoever may change the event, everybody's."""
        own = Q(person=viewer.person.pk, event__in=Event.objects.visible_to(viewer))
        if not viewer.is_staff:
            return self.filter(own)
        kept = Event.objects.in_school(viewer).filter(_kept_by(viewer))
        return self.filter(own | Q(event__in=kept))


class Invitation(models.Model):
    """A person named for an event, or somebody of its audience who has answered."""

    class Answer(models.TextChoices):
        NONE = "", _("Sans réponse")
        YES = "yes", _("Vient")
        MAYBE = "maybe", _("Peut-être")
        NO = "no", _("Ne vient pas")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="event_invitations", verbose_name=_("établissement")
    )
    event = models.ForeignKey(Event, models.CASCADE, related_name="invitations", verbose_name=_("événement"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="event_invitations", verbose_name=_("personne")
    )
    answer = models.CharField(_("réponse"), max_length=5, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(_("répondu à"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="one_invitation_per_person")]
