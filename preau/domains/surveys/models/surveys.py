"""A survey or a vote, the roll of those who are asked, the urn of what nobody signs, the reminders."""

import uuid
from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.questions.models import Questionnaire
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, School, SchoolQuerySet
from preau.directory.rules.authority import MAJORITY, eighteen_years_before
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF, Authority, Role

# Who asks any family, any pupil and the staff; teachers ask those of the classes and groups that they teach.
OPENERS = (Role.HEAD, Role.SCHOOL_LIFE)
# Each quorum as a fraction: its numerator, its denominator.
QUORUMS = {0: (0, 1), 25: (1, 4), 50: (1, 2), 67: (2, 3)}


class SurveyQuerySet(SchoolQuerySet):
    def out(self) -> Self:
        return self.exclude(state=Survey.State.DRAFT)

    def followed_by(self, viewer: Viewer) -> Self:
        """Those of which this member of the staff reads the following: theirs; the head, all that have left."""
        if not viewer.is_staff:
            return self.none()
        own = Q(author=viewer.person.pk)
        if viewer.holds(Role.HEAD):
            own |= ~Q(state=Survey.State.DRAFT)
        return self.in_school(viewer).filter(own)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever follows it; once it is open, whoever is asked."""
        asked = Voter.objects.received_by(viewer).values("survey_id")
        return self.filter(Q(pk__in=self.model.objects.followed_by(viewer).values("pk")) | Q(pk__in=asked))

    def opened_by(self, viewer: Viewer, pk: int) -> "Survey | None":
        """The survey of a page if the viewer sees it, with all that the page says of it (one query)."""
        seen = self.visible_to(viewer).filter(pk=pk)
        return seen.select_related("school", "author", "questionnaire", "former", "following").first()


class Survey(models.Model):
    """Questions to families, pupils or the staff, between two moments. Once it has left its questions stay: others are another version.

    `each_guardian`: each guardian answers; else one answer a pupil. `is_anonymous`: answers go into an `Urn`, which says nobody.
    `quorum`: what share of those asked must answer for it to be worth something (`QUORUMS`); 0 for none. `on_roll` and `answered`: how
    many were asked and had answered when it ended; None until then.
    """

    class Audience(models.TextChoices):
        FAMILIES = "families", _("Les familles")
        PUPILS = "pupils", _("Les élèves")
        STAFF = "staff", _("Les personnels")

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        SENT = "sent", _("Envoyé")
        CLOSED = "closed", _("Terminé")

    class Quorum(models.IntegerChoices):
        NONE = 0, _("Aucun quorum")
        QUARTER = 25, _("Le vote vaut si un quart répond")
        HALF = 50, _("Le vote vaut si la moitié répond")
        TWO_THIRDS = 67, _("Le vote vaut si deux tiers répondent")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="surveys", verbose_name=_("établissement")
    )
    audience = models.CharField(_("pour"), max_length=8, choices=Audience.choices)
    each_guardian = models.BooleanField(_("une réponse par responsable"), default=False)
    everyone = models.BooleanField(_("tout l’établissement"), default=False)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="surveys", verbose_name=_("classes et groupes")
    )
    roles: Any = models.JSONField(_("fonctions"), default=list, blank=True)
    title = models.CharField(_("titre"), max_length=120)
    search_title = models.CharField(_("titre sans accents"), max_length=200, editable=False)
    text = models.TextField(_("texte"), max_length=2000, blank=True)
    is_anonymous = models.BooleanField(_("anonyme"), default=False)
    quorum = models.PositiveSmallIntegerField(_("quorum"), choices=Quorum.choices, default=Quorum.NONE)
    shows_results = models.BooleanField(_("résultats montrés à qui a répondu"), default=False)
    opens_at = models.DateTimeField(_("ouvre le"))
    closes_at = models.DateTimeField(_("ferme le"))
    on_roll = models.PositiveIntegerField(_("inscrits à la fin"), null=True, blank=True)
    answered = models.PositiveIntegerField(_("réponses à la fin"), null=True, blank=True)
    questionnaire = models.OneToOneField(
        Questionnaire,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="survey",
        verbose_name=_("questions"),
    )
    former = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="following",
        verbose_name=_("version précédente"),
    )
    state = models.CharField(_("état"), max_length=6, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey(
        Person, models.PROTECT, related_name="surveys_written", verbose_name=_("écrit par")
    )
    written_at = models.DateTimeField(_("écrit à"))
    sent_at = models.DateTimeField(_("envoyé à"), null=True, blank=True)
    told_at = models.DateTimeField(_("annoncé à"), null=True, blank=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("sondage")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "sent_as"], condition=~Q(sent_as=""), name="one_survey_per_form"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")), name="survey_closes_after"
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "closes_at"], name="surveys_by_state")]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    def is_met(self, answered: int, on_roll: int) -> bool:
        """Have enough of those asked answered? Whole numbers: two of three are two thirds."""
        above, below = QUORUMS[self.quorum]
        return answered > 0 and below * answered >= above * on_roll

    def is_over(self, now: datetime) -> bool:
        """Has the moment to answer passed, or was it ended before?"""
        return self.state == self.State.CLOSED or now >= self.closes_at

    def takes_answers(self, now: datetime) -> bool:
        return self.state == self.State.SENT and self.opens_at <= now < self.closes_at

    @property
    def counts_by(self) -> str:
        """What has one answer: a pupil, or a person."""
        return (
            "pupil_id" if self.audience == self.Audience.FAMILIES and not self.each_guardian else "person_id"
        )


class VoterQuerySet(SchoolQuerySet):
    school_path = "survey__school"

    def out(self) -> Self:
        return self.exclude(survey__state=Survey.State.DRAFT)

    def asked(self, today: date, adults: date | None = None) -> Self:
        """Those whose answer counts today: authority ends, pupils turn eighteen, change class and leave. `adults`: who was born that day
        or before is of age, where today is a slot (`foundation.prepared`)."""
        of_age = Q(pupil__birth_date__lte=adults or eighteen_years_before(today))
        legal = Guardianship.objects.informed(today).filter(
            pupil=OuterRef("pupil_id"), guardian=OuterRef("person_id"), authority=Authority.LEGAL
        )
        here = Holding.objects.active(today).filter(
            school=OuterRef("survey__school_id"), person=OuterRef("pupil_id"), role=Role.PUPIL
        )
        learns = Enrolment.objects.active(today).filter(
            pupil=OuterRef("pupil_id"), group__surveys=OuterRef("survey_id")
        )
        works = Holding.objects.active(today).filter(
            school=OuterRef("survey__school_id"), person=OuterRef("person_id"), role__in=STAFF
        )
        pupils = Q(part=Voter.Part.GUARDIAN) & ~of_age & Exists(legal) | Q(part=Voter.Part.OWN) & (
            Q(survey__audience=Survey.Audience.PUPILS) | of_age
        )
        return self.filter(
            pupils & Exists(here) & (Q(survey__everyone=True) | Exists(learns))
            | Q(part=Voter.Part.STAFF) & Exists(works)
        )

    def received_by(self, viewer: Viewer) -> Self:
        """What this seat is asked, once it is open: of a family, about the pupils whom it answers for today."""
        found = self.out().filter(person=viewer.person.pk, survey__opens_at__lte=viewer.moment)
        if viewer.is_staff:
            return found.in_school(viewer).filter(pupil=None)
        return found.filter(pupil__in=viewer.own_pupils()).asked(viewer.today, viewer.years_ago(MAJORITY))

    def to_answer(self, viewer: Viewer) -> Self:
        """Of these, what waits for an answer."""
        return self.received_by(viewer).filter(
            answered=False, survey__state=Survey.State.SENT, survey__closes_at__gt=viewer.moment
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own: whoever follows a survey reads its roll on its page, name by name and nothing more."""
        return self.received_by(viewer)


class Voter(models.Model):
    """One line of the roll: somebody who is asked, and for which pupil (None for the staff). `answered`: the one answer that is awaited
    of them, or of their family, has been given; neither when, nor what."""

    class Part(models.TextChoices):
        GUARDIAN = "guardian", _("Responsable")
        OWN = "own", _("Élève")
        STAFF = "staff", _("Personnel")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="voters", verbose_name=_("sondage"))
    pupil = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="surveys_received_about",
        verbose_name=_("élève"),
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="surveys_received", verbose_name=_("qui répond")
    )
    part = models.CharField(_("en tant que"), max_length=8, choices=Part.choices)
    answered = models.BooleanField(_("a répondu"), default=False)

    objects = VoterQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscrit à un sondage")
        verbose_name_plural = _("inscrits à un sondage")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "pupil", "person"], name="one_line_of_a_roll"),
            models.UniqueConstraint(
                fields=["survey", "person"], condition=Q(pupil=None), name="one_line_of_a_roll_for_staff"
            ),
        ]
        indexes = [models.Index(fields=["person", "survey"], name="surveys_received_by")]


class ReminderQuerySet(SchoolQuerySet):
    school_path = "survey__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(survey__in=Survey.objects.followed_by(viewer))


class Reminder(models.Model):
    """A survey told again, one day, to those who had not answered; `number`: how many they were."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="reminders", verbose_name=_("sondage"))
    day = models.DateField(_("jour"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="survey_reminders", verbose_name=_("par"))
    number = models.PositiveIntegerField(_("personnes"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("relance d’un sondage")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["survey", "day"], name="one_survey_reminder_a_day")]


class UrnQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Nobody opens it: what it holds is counted once voting is over (`queries.counting`)."""
        return self.none()


class Urn(models.Model):
    """The ballots of one vote, all in one row, shuffled anew at each one: neither a name, nor a time, nor an order (docs/decisions/0161)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.OneToOneField(
        Survey, models.CASCADE, null=True, blank=True, related_name="urn", verbose_name=_("sondage")
    )
    round = models.OneToOneField(
        "surveys.Round", models.CASCADE, null=True, blank=True, related_name="urn", verbose_name=_("tour")
    )
    ballots: Any = models.JSONField(_("bulletins"), default=list, blank=True)

    objects = UrnQuerySet.as_manager()

    class Meta:
        verbose_name = _("urne")
        constraints = [
            models.CheckConstraint(
                condition=Q(survey=None, round__isnull=False) | Q(survey__isnull=False, round=None),
                name="an_urn_of_one_vote",
            )
        ]
