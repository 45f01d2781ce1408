"""With whom something of one's own is shared, until which day, and who has opened what."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.drive.models.items import Item
from preau.commons.drive.models.scoping import SharedWith, live_shares, reaches
from preau.directory.models import Group, Person, SchoolQuerySet
from preau.directory.viewer import Viewer


class ShareQuerySet(SchoolQuerySet):
    school_path = "item__school"

    def live(self, viewer: Viewer) -> Self:
        """Those that last today, of what is not in the bin."""
        return self.filter(live_shares(viewer))

    def received_by(self, viewer: Viewer) -> Self:
        """Those that give something to this seat today; what one shares oneself is not received."""
        return self.live(viewer).filter(reaches(viewer)).exclude(item__owner=viewer.person.pk)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those that one has made, and those that one receives."""
        given = Q(item__owner=viewer.person.pk)
        return self.filter(given | (live_shares(viewer) & reaches(viewer)))


class Share(models.Model):
    """Something of one's own, to read until a day, included: by a person, a class and its teachers, its families, its teachers, or a staff."""

    To = SharedWith

    item = models.ForeignKey(Item, models.CASCADE, related_name="shares", verbose_name=_("document"))
    to = models.CharField(_("à qui"), max_length=8, choices=SharedWith.choices)
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="drive_shares", verbose_name=_("avec")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, related_name="drive_shares", verbose_name=_("classe ou groupe")
    )
    until = models.DateField(_("jusqu’au"))
    given_by = models.ForeignKey(
        Person, models.CASCADE, related_name="drive_shares_given", verbose_name=_("partagé par")
    )
    given_at = models.DateTimeField(_("partagé le"))
    ended_at = models.DateTimeField(_("arrêté le"), null=True)
    ended_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="drive_shares_ended", verbose_name=_("arrêté par")
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("partage")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to="person", person__isnull=False, group=None)
                | Q(to__in=["class", "families", "team"], person=None, group__isnull=False)
                | Q(to="staff", person=None, group=None),
                name="drive_share_names_its_readers",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "until"], name="drive_shares_of_a_person"),
            models.Index(fields=["group", "until"], name="drive_shares_of_a_group"),
        ]


class OpeningQuerySet(SchoolQuerySet):
    school_path = "item__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; for whoever owns a document, or put it where it lies, those of the others."""
        kept = Q(item__owner=viewer.person.pk) | Q(item__owner=None, item__made_by=viewer.person.pk)
        return self.filter(Q(person=viewer.person.pk) | kept)


class Opening(models.Model):
    """Who else opened a document, when for the first time and when last: its owner knows it, and readers know that it is so."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="openings", verbose_name=_("document"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="drive_openings", verbose_name=_("ouvert par")
    )
    first_at = models.DateTimeField(_("ouvert le"))
    last_at = models.DateTimeField(_("rouvert le"))
    times = models.PositiveIntegerField(_("nombre de fois"), default=1)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("ouverture")
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="drive_opening_once")]
