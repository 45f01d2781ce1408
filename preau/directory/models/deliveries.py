"""Deliveries of official files: what came, what it would change, what it changed."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Person
from preau.directory.models.schools import School
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import DIRECTORY
from preau.foundation.importers.rows import ImportRow

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# While one of these lasts, the school waits before it brings another.
READ = ["received", "reading", "preview", "blocked", "applying"]


class DeliveryQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Head and secretary: what was brought for their school, and what a larger delivery did in it."""
        if not viewer.has_power(DIRECTORY) or viewer.school_id is None:
            return self.none()
        shared = DeliveryShare.objects.filter(school_id=viewer.school_id).values("delivery_id")
        return self.filter(models.Q(school_id=viewer.school_id) | models.Q(school=None, pk__in=shared))


class Delivery(ImportRow):
    """One run of an import. `school` is set when it was brought from a school's page and may touch that school only.

    `matching` says what the columns of a school's tables hold (see `imports.tables.delivery.Matching`).
    """

    class State(models.TextChoices):
        MATCHING = "matching", _("Colonnes à dire")
        RECEIVED = "received", _("Reçue")
        READING = "reading", _("Lecture en cours")
        PREVIEW = "preview", _("À vérifier")
        BLOCKED = "blocked", _("À approuver")
        APPLYING = "applying", _("Application en cours")
        DONE = "done", _("Appliquée")
        REFUSED = "refused", _("Refusée")
        DROPPED = "dropped", _("Abandonnée")

    school = models.ForeignKey(
        School,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("établissement"),
    )
    source = models.CharField(_("source"), max_length=20, default="aaf")
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RECEIVED)
    brought_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries_brought",
        verbose_name=_("déposée par"),
    )
    # Who had given the power to bring it, when no function did.
    brought_for = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries_brought_for",
        verbose_name=_("déposée pour"),
    )
    approved_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries_approved",
        verbose_name=_("approuvée par"),
    )
    brought_at = models.DateTimeField(_("déposée le"), auto_now_add=True)
    moved_at = models.DateTimeField(_("avancée le"), null=True, blank=True)
    settled_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    done = models.PositiveIntegerField(_("fait"), default=0)
    total = models.PositiveIntegerField(_("à faire"), default=0)
    matching = models.JSONField(_("colonnes"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("livraison")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=models.Q(state__in=READ), name="one_open_delivery_per_school"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class ColumnWordQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.in_school(viewer) if viewer.has_power(DIRECTORY) else self.none()


class ColumnWord(models.Model):
    """What a heading means in the tables of a school: said once, and proposed the next time.

    `heading` is folded; `rank` counts those of the same words in one table, from 0. `field` is "" for a column to leave.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="column_words", verbose_name=_("établissement")
    )
    table = models.CharField(_("tableau"), max_length=20)
    heading = models.CharField(_("titre"), max_length=120)
    rank = models.PositiveSmallIntegerField(_("rang"), default=0)
    field = models.CharField(_("contenu"), max_length=20, blank=True)

    objects = ColumnWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("titre de colonne")
        verbose_name_plural = _("titres de colonnes")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "table", "heading", "rank"], name="one_meaning_per_heading"
            )
        ]


class DeliveryShareQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.in_school(viewer) if viewer.has_power(DIRECTORY) else self.none()


class DeliveryShare(models.Model):
    """What a delivery did in one school: counts, and the places of its files that ask for a look.

    `notes` has the keys of a report: "quarantined" and "warnings" (lists of places), "sentences" and "totals".
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="shares", verbose_name=_("livraison"))
    school = models.ForeignKey(
        School, models.CASCADE, related_name="delivery_shares", verbose_name=_("établissement")
    )
    counts = models.JSONField(_("comptes"), default=dict)
    notes = models.JSONField(_("remarques"), default=dict)

    objects = DeliveryShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("part d’une livraison")
        verbose_name_plural = _("parts d’une livraison")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "school"], name="one_share_per_school_and_delivery")
        ]


class OfficialCode(models.Model):
    """A code of a national table as a delivery gave it: a MEF (training programme) or a matière (subject taught)."""

    class Kind(models.TextChoices):
        PROGRAMME = "mef", _("Formation (MEF)")
        SUBJECT = "matiere", _("Matière")

    authority = models.CharField(_("autorité"), max_length=40)
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    code = models.CharField(_("code"), max_length=20)
    label = models.CharField(_("libellé"), max_length=160)
    national = models.CharField(_("code national"), max_length=20, blank=True)
    stat = models.CharField(_("code statistique"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("code officiel")
        verbose_name_plural = _("codes officiels")
        constraints = [
            models.UniqueConstraint(fields=["authority", "kind", "code"], name="one_label_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
