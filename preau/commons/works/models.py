"""Works that people asked for."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, while the seat from which it was asked lasts; nobody else's, whoever asks."""
        keys = [seat.key for seat in viewer.seats]
        return self.filter(Q(seat="") | Q(seat__in=keys), person_id=viewer.person.pk)

    def going_on(self) -> Self:
        return self.filter(ended_at=None)

    def going_on_first(self) -> Self:
        over = Case(
            When(ended_at=None, then=Value(0)), default=Value(1), output_field=models.SmallIntegerField()
        )
        return self.order_by(over, "-asked_at", "-pk")

    def older_than(self, moment: datetime) -> Self:
        """Over before that moment; or asked before it, and never over: nobody works on it any more."""
        return self.filter(Q(ended_at__lt=moment) | Q(ended_at=None, asked_at__lt=moment))


class Work(models.Model):
    """One work that one person asked for. `url` shows what it is about, then its result; it names nobody itself."""

    class State(models.TextChoices):
        WAITING = "waiting", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminé")
        FAILED = "failed", _("N’a pas abouti")
        CANCELLED = "cancelled", _("Abandonné")

    key = models.CharField(_("clé"), max_length=80, unique=True)
    label = models.CharField(_("travail"), max_length=120)
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="works_asked", verbose_name=_("demandé par")
    )
    school = models.ForeignKey(
        School, models.CASCADE, null=True, related_name="works_asked", verbose_name=_("établissement")
    )
    seat = models.CharField(_("en tant que"), max_length=40, blank=True)
    url = models.CharField(_("adresse"), max_length=300)
    can_stop = models.BooleanField(_("peut être abandonné"), default=False)
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.WAITING)
    step = models.CharField(_("étape"), max_length=120, blank=True)
    done = models.PositiveIntegerField(_("fait"), default=0)
    total = models.PositiveIntegerField(_("à faire"), default=0)
    asked_at = models.DateTimeField(_("demandé le"))
    begun_at = models.DateTimeField(_("commencé le"), null=True)
    ended_at = models.DateTimeField(_("terminé le"), null=True)
    stop_asked_at = models.DateTimeField(_("arrêt demandé le"), null=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        indexes = [models.Index(fields=["person", "-asked_at"], name="works_of_a_person")]

    def __str__(self) -> str:
        return self.key

    @property
    def may_be_stopped(self) -> bool:
        """Is there something left to stop, that nobody has asked to stop yet?"""
        return self.can_stop and self.ended_at is None and self.stop_asked_at is None
