"""The election of the delegates of a class: candidates with their substitutes, two rounds, the roll; and who is delegate."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.surveys.models.surveys import OPENERS


def classes_led(viewer: Viewer) -> Any:
    """The classes of which this teacher is head teacher today."""
    return Assignment.objects.led_by(viewer).values("group_id")


def classes_learnt(viewer: Viewer) -> Any:
    """The classes of the pupils for whom this seat answers."""
    learnt = Enrolment.objects.active(viewer.today).filter(pupil__in=viewer.own_pupils())
    return learnt.filter(group__kind=Group.Kind.CLASS).values("group_id")


class ElectionQuerySet(SchoolQuerySet):
    def led_by(self, viewer: Viewer) -> Self:
        """Those that this member of the staff holds: head and CPE all, a head teacher those of their class."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(*OPENERS):
            return here
        return here.filter(group__in=classes_led(viewer))

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever holds it, and the pupils of the class."""
        if viewer.is_staff:
            return self.led_by(viewer)
        if viewer.profile != Profile.PUPIL:
            return self.none()
        return self.in_school(viewer).filter(group__in=classes_learnt(viewer))


class Election(models.Model):
    """Two delegates of a class and their substitutes, chosen by its pupils for the year."""

    class State(models.TextChoices):
        CANDIDATES = "candidates", _("Candidatures")
        VOTING = "voting", _("Vote ouvert")
        BETWEEN = "between", _("Entre deux tours")
        OVER = "over", _("Terminée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="elections", verbose_name=_("établissement")
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="elections", verbose_name=_("classe"))
    seats = models.PositiveSmallIntegerField(_("délégués à élire"), default=2)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.CANDIDATES)
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="elections_opened", verbose_name=_("organisée par")
    )
    opened_at = models.DateTimeField(_("ouverte à"))

    objects = ElectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("élection de délégués")
        verbose_name_plural = _("élections de délégués")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=~Q(state="over"), name="one_election_at_a_time"
            )
        ]

    @property
    def is_over(self) -> bool:
        return self.state == self.State.OVER


class OfElection(SchoolQuerySet):
    school_path = "election__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(election__in=Election.objects.visible_to(viewer).values("pk"))


class CandidateQuerySet(OfElection):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever holds the election; pupils, those that were accepted and their own."""
        led = Election.objects.led_by(viewer).values("pk")
        accepted = Q(state=Candidate.State.ACCEPTED, agreed=True)
        own = Q(pupil=viewer.person.pk) | Q(substitute=viewer.person.pk)
        return super().visible_to(viewer).filter(Q(election__in=led) | accepted | own)

    def engaging(self, *people: int) -> Self:
        """Those by which one of these pupils stands, or has agreed to be the substitute."""
        return self.filter(Q(pupil__in=people) | Q(substitute__in=people, agreed=True))


class Candidate(models.Model):
    """A pupil and the substitute who stands with them. `words`: what they say, shown to the class once it is accepted. `refusal`: why it is
    to be written anew, which its pupil alone reads.

    `agreed`: the substitute has said yes, on their own page or to the adult who typed it. `elected_in`: the round that elected them; 0 for none.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("À valider")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("À revoir")

    election = models.ForeignKey(
        Election, models.CASCADE, related_name="candidates", verbose_name=_("élection")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="candidacies", verbose_name=_("titulaire"))
    substitute = models.ForeignKey(
        Person, models.CASCADE, related_name="candidacies_as_substitute", verbose_name=_("suppléant")
    )
    agreed = models.BooleanField(_("suppléant d’accord"), default=False)
    words = models.CharField(_("profession de foi"), max_length=400, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(
        _("ce qui est à revoir"), max_length=300, blank=True, default="", db_default=""
    )
    elected_in = models.PositiveSmallIntegerField(_("élu au tour"), default=0)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "pupil"], name="one_candidacy_a_pupil"),
            models.CheckConstraint(condition=~Q(pupil=models.F("substitute")), name="substitute_is_another"),
        ]


class Round(models.Model):
    """One round. Once it is closed: how many were on the roll, how many voted, blanks, the votes of each candidate, counted twice.

    `digest`: SHA-256 of all that, with names and when, in one line that the minutes print (`queries.counting.said_of`).
    """

    election = models.ForeignKey(Election, models.CASCADE, related_name="rounds", verbose_name=_("élection"))
    number = models.PositiveSmallIntegerField(_("tour"))
    opened_at = models.DateTimeField(_("ouvert à"))
    closed_at = models.DateTimeField(_("clos à"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="election_rounds_closed",
        verbose_name=_("clos par"),
    )
    on_roll = models.PositiveIntegerField(_("inscrits"), default=0)
    voted = models.PositiveIntegerField(_("votants"), default=0)
    blank = models.PositiveIntegerField(_("bulletins blancs"), default=0)
    tally: Any = models.JSONField(_("voix"), default=dict, blank=True)
    digest = models.CharField(_("empreinte du dépouillement"), max_length=64, blank=True)

    objects = OfElection.as_manager()

    class Meta:
        verbose_name = _("tour de scrutin")
        verbose_name_plural = _("tours de scrutin")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="one_round_of_a_number"),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="two_rounds"),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ElectorQuerySet(SchoolQuerySet):
    school_path = "round__election__school"

    def to_vote(self, viewer: Viewer) -> Self:
        """The round that waits for this pupil's ballot, as long as they are of the class."""
        if viewer.profile != Profile.PUPIL:
            return self.none()
        return self.in_school(viewer).filter(
            pupil=viewer.person.pk,
            has_voted=False,
            round__closed_at=None,
            round__election__group__in=classes_learnt(viewer),
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own: whoever holds the election reads on its page how many have voted, and prints the codes of the others."""
        return self.filter(pupil=viewer.person.pk)


class Elector(models.Model):
    """One line of the roll of a round. `code`: the keyed digest of what a pupil types at the device of the class; once."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="electors", verbose_name=_("tour"))
    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="election_rolls", verbose_name=_("électeur")
    )
    has_voted = models.BooleanField(_("a voté"), default=False)
    code = models.CharField(_("empreinte du code"), max_length=64, blank=True, db_index=True)

    objects = ElectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("électeur d’un tour")
        verbose_name_plural = _("électeurs d’un tour")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "pupil"], name="one_line_a_pupil_a_round")]


class DelegateQuerySet(SchoolQuerySet):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def speaking(self, today: date) -> Self:
        """Of this year, those who still learn in the class for which they speak, or are parents of a pupil who does."""
        learnt = Enrolment.objects.active(today)
        own = learnt.filter(group=OuterRef("group_id"), pupil=OuterRef("person_id"))
        children = learnt.filter(group=OuterRef(OuterRef("group_id"))).values("pupil_id")
        links = Guardianship.objects.informed(today).of_another()
        links = links.filter(guardian=OuterRef("person_id"), pupil__in=children)
        is_parent = Q(kind=Delegate.Kind.PARENT)
        return self.current().filter(
            ~is_parent & Exists(own) | is_parent & Exists(links),
            group__year__starts__lte=today,
            group__year__ends__gte=today,
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """The staff of the school; pupils and families, those of their class."""
        if viewer.is_staff:
            return self.in_school(viewer)
        return self.filter(group__in=classes_learnt(viewer))


class Delegate(models.Model):
    """Who speaks for a class this year: a pupil who was elected, their substitute, a representative of the parents."""

    class Kind(models.TextChoices):
        DELEGATE = "delegate", _("Délégué")
        SUBSTITUTE = "substitute", _("Suppléant")
        PARENT = "parent", _("Représentant de parents")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="delegates", verbose_name=_("établissement")
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="delegates", verbose_name=_("classe"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="delegations", verbose_name=_("personne"))
    kind = models.CharField(_("en tant que"), max_length=10, choices=Kind.choices)
    named_at = models.DateTimeField(_("depuis"))
    ended_at = models.DateTimeField(_("jusqu’à"), null=True, blank=True)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("délégué de classe")
        verbose_name_plural = _("délégués de classe")
        ordering = ["group_id", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person", "kind"],
                condition=Q(ended_at=None),
                name="one_delegation_at_a_time",
            )
        ]
