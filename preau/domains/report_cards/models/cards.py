"""Bulletins as they were made: each version of one is kept as it is; and the work that makes those of a class."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Period, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.report_cards.models.reading import led, reads_every_class

# What says how the work went stays so long.
KEPT = timedelta(days=30)


class ReportCardQuerySet(SchoolQuerySet):
    def published(self, now: object) -> Self:
        """Those that families read by now."""
        return self.filter(published_at__lte=now)

    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, all; a head teacher, those of their class; a pupil and whoever answers for them, once published."""
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.filter(pupil__in=viewer.own_pupils()).published(viewer.moment)
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if reads_every_class(viewer):
            return here
        return here.filter(group__in=led(viewer)) if viewer.holds(Role.TEACHER) else here.none()


class ReportCard(models.Model):
    """The bulletin of a pupil for a period, as it was made: nothing of it changes, a correction makes the next `number`.

    `content`: all that it says (`queries.cards.content_of`), `digest`: the SHA-256 of it, by which anybody may check that it is the one that
    was made; `paper`: its PDF, which has its own digest. `published_at`: the moment, to come or past, from which the family reads it; without
    one, it was only prepared. `told_at`: when the family was told.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="report_cards", verbose_name=_("établissement")
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="report_cards", verbose_name=_("classe"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="report_cards", verbose_name=_("période"))
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="report_cards", verbose_name=_("élève"))
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("contenu"))
    digest = models.CharField(_("empreinte"), max_length=64)
    paper = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    made_at = models.DateTimeField(_("préparé à"))
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="report_cards_made", verbose_name=_("préparé par")
    )
    published_at = models.DateTimeField(_("visible des familles à"), null=True, blank=True)
    told_at = models.DateTimeField(_("familles prévenues à"), null=True, blank=True)

    objects = ReportCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["period", "pupil", "number"], name="one_report_card_per_version"),
            models.CheckConstraint(condition=Q(number__gte=1), name="report_card_numbered_from_one"),
        ]
        indexes = [
            models.Index(fields=["group", "period"], name="report_card_by_class"),
            models.Index(fields=["published_at"], condition=Q(told_at=None), name="report_card_to_tell"),
        ]


class CardBatchQuerySet(SchoolQuerySet):
    def being_made(self) -> Self:
        return self.filter(state=CardBatch.State.MAKING)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever asked, as long as they read every class or lead that one."""
        own = self.in_school(viewer).filter(asked_by=viewer.person.pk)
        if not viewer.is_staff:
            return own.none()
        return own if reads_every_class(viewer) else own.filter(group__in=led(viewer))


class CardBatch(models.Model):
    """Papers of a class, asked for by somebody and made by a task; `made`: how many came of it.

    `kind`: its bulletins, each kept in its row; or one `file` for whoever asked, a few days: the bulletins of the class to print, or its
    statements of marks.
    """

    class Kind(models.TextChoices):
        CARDS = "cards", _("Bulletins")
        PRINT = "print", _("Bulletins à imprimer")
        MARKS = "marks", _("Relevés de notes")

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="card_batches", verbose_name=_("établissement")
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="card_batches", verbose_name=_("classe"))
    period = models.ForeignKey(Period, models.CASCADE, related_name="card_batches", verbose_name=_("période"))
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="card_batches", verbose_name=_("demandé par")
    )
    seat = models.CharField(_("au titre de"), max_length=40)
    asked_at = models.DateTimeField(_("demandé à"))
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    kind = models.CharField(
        _("nature"), max_length=5, choices=Kind.choices, default=Kind.CARDS, db_default="cards"
    )
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    made = models.PositiveIntegerField(_("bulletins préparés"), default=0)
    expires_on = models.DateField(_("gardé jusqu’au"))

    objects = CardBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("préparation de bulletins")
        verbose_name_plural = _("préparations de bulletins")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "period"],
                condition=Q(state="making"),
                name="one_card_batch_made_at_a_time",
            )
        ]
