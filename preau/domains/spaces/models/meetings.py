"""A virtual class of a space, and who came."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, SchoolQuerySet
from preau.directory.models.schools import new_public_id
from preau.directory.viewer import Viewer
from preau.domains.spaces.models.spaces import Space
from preau.domains.spaces.models.talk import InSpaceQuerySet

# A lesson that runs late still ends with its words; then pupils come in no more, and the room closes by itself.
LATE = timedelta(minutes=30)


class MeetingQuerySet(InSpaceQuerySet):
    def forgotten(self, now: datetime) -> Self:
        """Those that nobody closed, well after their end."""
        return self.filter(opened_at__isnull=False, ended_at=None, cancelled_at=None, ends__lte=now - LATE)

    def opened_by(self, viewer: Viewer, pk: int) -> Any:
        return self.visible_to(viewer).select_related("space__school").filter(pk=pk).first()

    def between(self, first: Any, last: Any) -> Self:
        return self.filter(starts__lt=last, ends__gt=first, cancelled_at=None)


class Meeting(models.Model):
    """A virtual class: planned, then opened and closed by whoever runs the space. `number` names its room on the server."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="meetings", verbose_name=_("espace"))
    title = models.CharField(_("sujet"), max_length=120)
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    number = models.CharField(_("numéro de salle"), max_length=24, unique=True, default=new_public_id)
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="space_meetings", verbose_name=_("prévue par")
    )
    made_at = models.DateTimeField(_("prévue le"))
    opened_at = models.DateTimeField(_("ouverte à"), null=True)
    ended_at = models.DateTimeField(_("fermée à"), null=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=40, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("classe virtuelle")
        verbose_name_plural = _("classes virtuelles")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="meeting_ends_after_start"),
            models.UniqueConstraint(
                fields=["made_by", "sent_as"], condition=~Q(sent_as=""), name="one_meeting_per_form"
            ),
        ]
        indexes = [models.Index(fields=["space", "starts"], name="meetings_of_a_space")]

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.ended_at is None and self.cancelled_at is None

    @property
    def last_moment(self) -> datetime:
        """Until when pupils come in."""
        return self.ends + LATE


class AttendanceQuerySet(SchoolQuerySet):
    school_path = "meeting__space__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; of all who came, whoever runs the space."""
        mine = Q(person=viewer.person.pk)
        return self.filter(mine | Q(meeting__space__in=Space.objects.run_by(viewer)))


class Attendance(models.Model):
    """Somebody came to a virtual class: when they came in first, and last."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="attendances", verbose_name=_("classe virtuelle")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="space_attendances", verbose_name=_("personne")
    )
    came_at = models.DateTimeField(_("arrivée"))
    last_at = models.DateTimeField(_("dernière entrée"))

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("présence à une classe virtuelle")
        verbose_name_plural = _("présences à des classes virtuelles")
        ordering = ["came_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once")]
