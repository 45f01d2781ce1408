"""Corrections that the head or the head teacher suggests of a colleague's text: whoever writes it answers, and nothing changes without them."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.report_cards.models.appreciations import Appreciation
from preau.domains.report_cards.models.reading import led_pupils
from preau.domains.report_cards.models.settings import LSU_LIMIT


class SuggestionQuerySet(SchoolQuerySet):
    def waiting(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(state=Suggestion.State.WAITING)

    def written_by(self, viewer: Viewer) -> Self:
        """Those of texts that the viewer writes today: of a subject that they teach there, or of school life."""
        if not viewer.is_staff:
            return self.none()
        taught = Assignment.objects.active(viewer.today).filter(
            teacher=viewer.person.pk,
            group_id=OuterRef("appreciation__group_id"),
            subject_id=OuterRef("appreciation__subject_id"),
        )
        own = Q(Exists(taught)) if viewer.holds(Role.TEACHER) else Q(pk=None)
        if viewer.holds(Role.SCHOOL_LIFE):
            own |= Q(appreciation__kind=Appreciation.Kind.SCHOOL_LIFE)
        here = self.in_school(viewer).filter(appreciation__period__year=viewer.year)
        return here.filter(own)

    def visible_to(self, viewer: Viewer) -> Self:
        """The head, all; a head teacher, those of the pupils of their class; whoever writes the text, or has suggested."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD):
            return here
        seen = Q(pk__in=self.written_by(viewer).order_by().values("pk"))
        if viewer.holds(Role.TEACHER):
            of_class = Q(pupil__in=led_pupils(viewer), appreciation__period__year=viewer.year)
            seen |= of_class | Q(by=viewer.person.pk)
        return here.filter(seen)


class Suggestion(models.Model):
    """A `text` suggested in the place of that of an appreciation, which said `former` in its version `based_on`.

    Waiting until whoever writes the appreciation accepts it, refuses it or writes another text (`answered_by`, `answered_at`), or until
    whoever suggested takes it back. One waits at a time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Sans réponse")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")
        REWRITTEN = "rewritten", _("Réécrite par l’auteur")
        WITHDRAWN = "withdrawn", _("Retirée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="suggestions", verbose_name=_("établissement")
    )
    appreciation = models.ForeignKey(
        Appreciation, models.CASCADE, related_name="suggestions", verbose_name=_("appréciation")
    )
    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="appreciation_suggestions", verbose_name=_("élève")
    )
    former = models.CharField(_("texte d’avant"), max_length=LSU_LIMIT)
    based_on = models.PositiveIntegerField(_("version lue"))
    text = models.CharField(_("texte proposé"), max_length=LSU_LIMIT)
    state = models.CharField(_("réponse"), max_length=9, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="suggestions_made", verbose_name=_("proposée par")
    )
    at = models.DateTimeField(_("proposée à"))
    answered_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions_answered",
        verbose_name=_("réponse de"),
    )
    answered_at = models.DateTimeField(_("répondu à"), null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction proposée")
        verbose_name_plural = _("corrections proposées")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appreciation"], condition=Q(state="waiting"), name="one_suggestion_waits"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_by=None, answered_at=None)
                | (~Q(state="waiting") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="suggestion_answered_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(text=F("former")), name="suggestion_changes_something"),
        ]
