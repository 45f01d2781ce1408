"""What stands beside a meeting: the notes that people take of it for themselves."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.appointments.models.meetings import Meeting


class OwnNoteQuerySet(SchoolQuerySet):
    school_path = "meeting__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Their author alone."""
        return self.in_school(viewer).filter(author=viewer.person.pk) if viewer.is_staff else self.none()


class MeetingNote(models.Model):
    """What somebody of the staff notes of a meeting for themselves; it goes with the meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="notes", verbose_name=_("rendez-vous"))
    author = models.ForeignKey(Person, models.CASCADE, related_name="meeting_notes", verbose_name=_("auteur"))
    text = models.CharField(_("note"), max_length=500)

    objects = OwnNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note personnelle d’un rendez-vous")
        verbose_name_plural = _("notes personnelles de rendez-vous")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "author"], name="one_note_per_meeting_author")
        ]
