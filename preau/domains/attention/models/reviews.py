"""A review: somebody has looked at facts and decided. Decisions, steps and words are only added, so that it may be retraced."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer

# The power to look at these facts, which goes with being head or of school life, and which a head may give until a day.
EARLY = "early"


class Kind(models.TextChoices):
    """What somebody decides. None of them does anything by itself."""

    NOTHING = "nothing", _("Rien à faire")
    TALK = "talk", _("Parler avec l’élève")
    MEETING = "meeting", _("Rencontrer la famille")
    TELL = "tell", _("Prévenir un adulte de l’établissement")
    FOLLOW = "follow", _("Accompagner dans la durée")


class ReviewQuerySet(SchoolQuerySet):
    def going_on(self) -> Self:
        return self.filter(closed_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in charge; the adult who was told, while it goes on; the pupil and the family, whatever was decided."""
        if viewer.has_power(EARLY):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.in_school(viewer).filter(told_to=viewer.person.pk, kind=Kind.TELL, closed_at=None)
        return self.filter(pupil__in=viewer.own_pupils())


class Review(models.Model):
    """What somebody made of the facts of a pupil, until a day. `kind` and `until` are those of the last decision."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attention_reviews", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="attention_reviews", verbose_name=_("élève")
    )
    kind = models.CharField(_("décision"), max_length=8, choices=Kind.choices)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    told_to = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attention_told",
        verbose_name=_("personne prévenue"),
    )
    owner = models.ForeignKey(
        Person, models.PROTECT, related_name="attention_owned", verbose_name=_("suivi par")
    )
    opened_at = models.DateTimeField(_("ouvert le"))
    closed_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attention_closed",
        verbose_name=_("terminé par"),
    )
    outcome = models.CharField(_("bilan"), max_length=500, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("accompagnement")
        verbose_name_plural = _("accompagnements")
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(fields=["school", "closed_at"], name="review_by_state")]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def tag(self) -> tuple[str, str]:
        """Its state in a word, as `ui.tag` shows it: never anything about the pupil."""
        return (str(_("En cours")), "todo") if self.is_open else (str(_("Terminé")), "done")


class DecisionQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(review__in=Review.objects.visible_to(viewer))


class Decision(models.Model):
    """One decision: who, when, which, and why in words that the pupil and the family read. A new one does not erase it."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attention_decisions", verbose_name=_("établissement")
    )
    review = models.ForeignKey(
        Review, models.CASCADE, related_name="decisions", verbose_name=_("accompagnement")
    )
    kind = models.CharField(_("décision"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("pourquoi"), max_length=1000)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, related_name="attention_decisions", verbose_name=_("décidé par")
    )
    decided_at = models.DateTimeField(_("décidé le"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision d’accompagnement")
        verbose_name_plural = _("décisions d’accompagnement")
        ordering = ["decided_at", "pk"]


class StepQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the review: a family knows what is planned, and by when."""
        return self.filter(review__in=Review.objects.visible_to(viewer))

    def to_do(self) -> Self:
        return self.filter(done_at=None, review__closed_at=None)


class Step(models.Model):
    """Something that the school will do, by a day. It is written for the pupil and the family too."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attention_steps", verbose_name=_("établissement")
    )
    review = models.ForeignKey(Review, models.CASCADE, related_name="steps", verbose_name=_("accompagnement"))
    what = models.CharField(_("étape"), max_length=200)
    due = models.DateField(_("pour le"))
    added_by = models.ForeignKey(
        Person, models.PROTECT, related_name="attention_steps", verbose_name=_("ajoutée par")
    )
    done_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    done_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attention_steps_done",
        verbose_name=_("faite par"),
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape d’un accompagnement")
        verbose_name_plural = _("étapes d’accompagnements")
        ordering = ["due", "pk"]

    def is_late(self, today: date) -> bool:
        return self.done_at is None and self.due < today


class WordQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those in charge; whoever wrote it. Not the other parent, nor the adult who was told."""
        if viewer.has_power(EARLY):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.none()
        return self.filter(review__pupil__in=viewer.own_pupils(), by=viewer.person.pk)

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class Word(models.Model):
    """A pupil or a guardian contests, or adds something; the school answers once. Both stay."""

    class About(models.TextChoices):
        CONTEST = "contest", _("Je ne suis pas d’accord")
        ADD = "add", _("Je veux ajouter quelque chose")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attention_words", verbose_name=_("établissement")
    )
    review = models.ForeignKey(Review, models.CASCADE, related_name="words", verbose_name=_("accompagnement"))
    about = models.CharField(_("demande"), max_length=7, choices=About.choices)
    text = models.CharField(_("mot de la famille"), max_length=2000)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="attention_words", verbose_name=_("écrit par")
    )
    at = models.DateTimeField(_("écrit le"))
    answer = models.CharField(_("réponse"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attention_answers",
        verbose_name=_("réponse de"),
    )
    answered_at = models.DateTimeField(_("réponse le"), null=True, blank=True)

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = _("mot d’une famille sur un accompagnement")
        verbose_name_plural = _("mots de familles sur des accompagnements")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="word_answered_with_its_text",
            )
        ]
