"""When absences add up: what the counts say (an alert), and what people do about it (a follow-up). Never a label of a pupil."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import ABSENCES


class FollowUpQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; the family and the pupil whom it is about: nobody is followed without knowing it."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        return self.none() if viewer.is_staff else self.filter(pupil__in=viewer.own_pupils())

    def going_on(self) -> Self:
        return self.filter(closed_at=None)


class FollowUp(models.Model):
    """What school life, the family and the pupil do about absences that add up. Opened and closed by somebody, by name."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="follow_ups", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="follow_ups", verbose_name=_("élève"))
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="follow_ups_opened", verbose_name=_("ouvert par")
    )
    opened_at = models.DateTimeField(_("ouvert le"))
    closed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups_closed",
        verbose_name=_("fermé par"),
    )
    closed_at = models.DateTimeField(_("fermé le"), null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("suivi d’assiduité")
        verbose_name_plural = _("suivis d’assiduité")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "pupil"], condition=Q(closed_at=None), name="one_open_follow_up_per_pupil"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class FollowUpActionQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a family what was done, without the notes, and its own words, never another parent's."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.none()
        kind = FollowUpAction.Kind
        open_ones = self.filter(follow_up__pupil__in=viewer.own_pupils()).exclude(kind=kind.NOTE)
        return open_ones.filter(~Q(kind=kind.WORD) | Q(made_by_id=viewer.person.pk))


class FollowUpAction(models.Model):
    """One thing done or said in a follow-up. Rows are only added. `for_family`: its words too are for the family."""

    class Kind(models.TextChoices):
        CALL = "call", _("Appel téléphonique")
        MEETING = "meeting", _("Rencontre")
        LETTER = "letter", _("Courrier à la famille")
        REPORT = "report", _("Signalement à l’autorité académique")
        NOTE = "note", _("Note interne")
        WORD = "word", _("Mot de la famille")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="follow_up_actions", verbose_name=_("établissement")
    )
    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, related_name="actions", verbose_name=_("suivi d’assiduité")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    day = models.DateField(_("jour"))
    words = models.TextField(_("ce qui a été dit ou fait"), max_length=2000, blank=True)
    for_family = models.BooleanField(_("montré à la famille"), default=False)
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="follow_up_actions", verbose_name=_("par")
    )
    made_at = models.DateTimeField(_("noté à"))

    objects = FollowUpActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action d’un suivi")
        verbose_name_plural = _("actions de suivis")
        ordering = ["day", "pk"]


class AlertQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head: a count is no decision, and a family reads its absences on their own page."""
        return self.in_school(viewer) if viewer.has_power(ABSENCES) else self.none()

    def waiting(self) -> Self:
        """Those of which nobody has made anything, and that still stand."""
        return self.filter(lifted_at=None, closed_at=None)


class Alert(models.Model):
    """A pupil has reached a threshold in a month: a count and its month. What is made of it is a person's decision.

    `lifted_at`: the count has gone down since, absences having been excused. `closed_at`: somebody has opened a follow-up
    (`follow_up`), or has left it there.
    """

    class Level(models.TextChoices):
        DIALOGUE = "dialogue", _("Parler avec la famille")
        REPORT = "report", _("Signaler")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attendance_alerts", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(
        Person, models.PROTECT, related_name="attendance_alerts", verbose_name=_("élève")
    )
    month = models.DateField(_("mois"), help_text=_("Son premier jour."))
    level = models.CharField(_("seuil"), max_length=8, choices=Level.choices)
    half_days = models.PositiveSmallIntegerField(_("demi-journées"))
    raised_at = models.DateTimeField(_("atteint le"))
    lifted_at = models.DateTimeField(_("levé le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendance_alerts_closed",
        verbose_name=_("traité par"),
    )
    closed_at = models.DateTimeField(_("traité le"), null=True, blank=True)
    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, null=True, blank=True, related_name="alerts", verbose_name=_("suivi")
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerte d’assiduité")
        verbose_name_plural = _("alertes d’assiduité")
        ordering = ["-month", "-half_days", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "pupil", "month", "level"], name="one_alert_per_pupil_month_level"
            ),
        ]
