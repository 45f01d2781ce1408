"""A sheet: the competences assessed in a group on a day, alone or beside the marks of an assessment, and each pupil's levels."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Enrolment, Group, Period, Person, School, SchoolQuerySet, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.competences.models.reading import (
    changed_since,
    groups_today,
    own_groups,
    readable,
    were_in_own_groups,
)
from preau.domains.competences.models.referentials import Competence
from preau.domains.gradebook.models import MARKS, Assessment
from preau.domains.gradebook.models.reading import charges, in_led_class, of_led_class
from preau.foundation.prepared import Prepared


def written_by(viewer: Viewer, prefix: str = "") -> Q:
    """Who wrote it, and whoever teaches that subject there with them; without a subject, whoever has the class."""
    held = charges(viewer)
    pairs = held.exclude(subject=None).filter(
        group_id=OuterRef(f"{prefix}group_id"), subject_id=OuterRef(f"{prefix}subject_id")
    )
    there = Q(**{f"{prefix}group__in": own_groups(viewer)})
    same = Q(Exists(pairs)) | Q(**{f"{prefix}subject": None}) | Q(**{f"{prefix}teacher": viewer.person.pk})
    return there & same


def _read_by_family(viewer: Viewer) -> Q:
    """Of a pupil's, what is published with a level of theirs; a pupil opens too what asks where they think they are."""
    moment = "guardians_at" if viewer.is_guardian else "published_at"
    held = Level.objects.filter(column__sheet=OuterRef("pk"), pupil__in=viewer.own_pupils())
    read = readable(moment, viewer.moment) & Q(Exists(held))
    if viewer.is_guardian:
        return read
    learnt = Enrolment.objects.active(viewer.today).filter(pupil__in=viewer.own_pupils())
    return read | Q(asks_pupils=True, group__in=learnt.values("group_id"))


class SheetQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Its writers and the head, at once; its class's team and school life, then pupils, then families, once published.

        Of a past year, those who had the class when it was over.
        """
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.filter(_read_by_family(viewer))
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD):
            return here
        read = readable("published_at", viewer.moment)
        own = written_by(viewer)
        if viewer.has_power(MARKS):
            return here.filter(own | read)
        team = Q(group__in=own_groups(viewer)) | of_led_class(viewer)
        return here.filter(own | (read & team))

    def written_by(self, viewer: Viewer) -> Self:
        """Theirs to write."""
        return self.in_school(viewer).filter(written_by(viewer), group__year=viewer.year)

    def opened_by(self, viewer: Viewer, pk: int) -> "Sheet | None":
        """The sheet of a page if the viewer sees it, with its course (one prepared query)."""
        sheet: Sheet | None = OPENED.first(viewer, pk)
        return sheet


class Sheet(models.Model):
    """What a teacher assesses in a group: the competences of its columns, for each pupil.

    Beside an assessment it has its title, its day and its publication, and no other. An observation gathers what one teacher
    notes of a class in a day. `asks_pupils`: pupils say there where they think they are, which counts for nothing.
    """

    class Kind(models.TextChoices):
        ASSESSED = "assessed", _("Évaluation")
        OBSERVED = "observed", _("Observations")

    school = models.ForeignKey(School, models.CASCADE, related_name="sheets", verbose_name=_("établissement"))
    teacher = models.ForeignKey(
        Person, models.PROTECT, related_name="sheets_given", verbose_name=_("créé par")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, related_name="sheets", verbose_name=_("classe ou groupe")
    )
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="sheets", verbose_name=_("matière")
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="sheets", verbose_name=_("période"))
    assessment = models.OneToOneField(
        Assessment,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sheet",
        verbose_name=_("évaluation notée"),
    )
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices, default=Kind.ASSESSED)
    title = models.CharField(_("titre"), max_length=80)
    day = models.DateField(_("jour"))
    published_at = models.DateTimeField(_("visible des élèves à"), null=True, blank=True)
    guardians_at = models.DateTimeField(_("visible des familles à"), null=True, blank=True)
    told_at = models.DateTimeField(_("familles prévenues à"), null=True, blank=True)
    asks_pupils = models.BooleanField(_("demande aux élèves où ils pensent en être"), default=False)
    # Each level takes its version from it, as marks do.
    levels_written = models.PositiveIntegerField(_("écritures de niveaux"), default=0)
    created_at = models.DateTimeField(_("créé à"), default=timezone.now)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("relevé de compétences")
        verbose_name_plural = _("relevés de compétences")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assessment=None) | Q(published_at=None, guardians_at=None),
                name="sheet_published_once",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, guardians_at=None)
                | Q(published_at__isnull=False, guardians_at__gte=models.F("published_at")),
                name="sheet_pupils_first",
            ),
            models.UniqueConstraint(
                fields=["group", "teacher", "day"],
                condition=Q(kind="observed"),
                name="one_observation_sheet_a_day",
            ),
        ]
        indexes = [models.Index(fields=["group", "period"], name="sheet_by_group_period")]

    def __str__(self) -> str:
        return self.title

    @property
    def shown(self) -> "Sheet | Assessment":
        """What has its title, its day and its period: the assessment beside which it stands, or itself."""
        return self.assessment or self

    @property
    def moments(self) -> tuple[datetime | None, datetime | None]:
        """When pupils, then families, read it."""
        return self.shown.published_at, self.shown.guardians_at

    def is_published(self, now: datetime) -> bool:
        """Do pupils read it by now?"""
        at, _later = self.moments
        return at is not None and at <= now


class SheetColumnQuerySet(SchoolQuerySet):
    school_path = "sheet__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the sheet."""
        return self.filter(sheet__in=Sheet.objects.visible_to(viewer).values("pk"))


class SheetColumn(models.Model):
    """One competence of a sheet."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="columns", verbose_name=_("relevé"))
    competence = models.ForeignKey(
        Competence, models.PROTECT, related_name="columns", verbose_name=_("compétence")
    )
    rank = models.PositiveSmallIntegerField(_("ordre"), default=0)

    objects = SheetColumnQuerySet.as_manager()

    class Meta:
        verbose_name = _("compétence d’un relevé")
        verbose_name_plural = _("compétences des relevés")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "competence"], name="one_column_per_competence"),
        ]

    def __str__(self) -> str:
        return self.competence.name


class LevelQuerySet(SchoolQuerySet):
    school_path = "column__sheet__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """As their sheet; of a class that one leads or teaches, what is published of its pupils wherever it was assessed.

        Of a class that was one's own when its year was over, what is published of its pupils in that year.
        """
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.of_family(viewer)
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD):
            return here
        read = readable("published_at", viewer.moment, "column__sheet__")
        own = written_by(viewer, "column__sheet__")
        if viewer.has_power(MARKS):
            return here.filter(own | read)
        learnt = Enrolment.objects.active(viewer.today).filter(group__in=groups_today(viewer))
        then = were_in_own_groups(viewer).filter(
            pupil_id=OuterRef("pupil_id"), group__year_id=OuterRef("column__sheet__group__year_id")
        )
        team = Q(pupil__in=learnt.values("pupil_id")) | Q(pupil__in=in_led_class(viewer)) | Q(Exists(then))
        return here.filter(own | (read & team))

    def of_family(self, viewer: Viewer) -> Self:
        """Of a pupil, or of the children of a family: what is published to them."""
        moment = "guardians_at" if viewer.is_guardian else "published_at"
        return self.filter(readable(moment, viewer.moment, "column__sheet__"), pupil__in=viewer.own_pupils())


class Level(models.Model):
    """Where one pupil stands in one competence of a sheet: a level, or why there is none; and what proves it."""

    class Code(models.TextChoices):
        ABSENT = "ABS", _("Absent")
        EXEMPT = "DISP", _("Dispensé")
        NOT_ASSESSED = "NE", _("Non évalué")

    column = models.ForeignKey(
        SheetColumn, models.CASCADE, related_name="levels", verbose_name=_("compétence du relevé")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="levels", verbose_name=_("élève"))
    value = models.PositiveSmallIntegerField(_("niveau"), null=True, blank=True)
    code = models.CharField(_("code"), max_length=4, choices=Code.choices, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("saisi à"), default=timezone.now)
    changed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="levels_written", verbose_name=_("saisi par")
    )
    note = models.CharField(_("ce qui a été vu"), max_length=240, blank=True)
    proof = models.ForeignKey(
        StoredFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proved_levels",
        verbose_name=_("preuve"),
    )

    objects = LevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("niveau de maîtrise")
        verbose_name_plural = _("niveaux de maîtrise")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["column", "pupil"], name="one_level_per_column_and_pupil"),
            models.CheckConstraint(
                condition=Q(value__in=[1, 2, 3, 4], code="") | Q(value=None, code__in=["ABS", "DISP", "NE"]),
                name="level_is_a_value_or_a_code",
            ),
        ]
        indexes = [models.Index(fields=["pupil", "column"], name="level_by_pupil")]


class LevelChangeQuerySet(LevelQuerySet):
    """Whoever reads the level reads what it was."""

    def of_family(self, viewer: Viewer) -> Self:
        """What changed once they could read it: never a level that the school's delay kept from them."""
        moment = "guardians_at" if viewer.is_guardian else "published_at"
        return super().of_family(viewer).filter(changed_since(moment, "column__sheet__"))


class LevelChange(models.Model):
    """What a level was before it changed, once pupils had read it, and what it became: neither a value nor a code, it was emptied."""

    column = models.ForeignKey(
        SheetColumn, models.CASCADE, related_name="changes", verbose_name=_("compétence du relevé")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="level_changes", verbose_name=_("élève"))
    former_value = models.PositiveSmallIntegerField(_("niveau d’avant"), null=True, blank=True)
    former_code = models.CharField(_("code d’avant"), max_length=4, choices=Level.Code.choices, blank=True)
    value = models.PositiveSmallIntegerField(_("niveau"), null=True, blank=True)
    code = models.CharField(_("code"), max_length=4, choices=Level.Code.choices, blank=True)
    at = models.DateTimeField(_("changé à"), default=timezone.now)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="levels_changed", verbose_name=_("changé par")
    )

    objects = LevelChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement d’un niveau publié")
        verbose_name_plural = _("changements de niveaux publiés")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(former_value__in=[1, 2, 3, 4], former_code="")
                | Q(former_value=None, former_code__in=["ABS", "DISP", "NE"]),
                name="level_was_a_value_or_a_code",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(code=""), name="level_becomes_a_value_or_a_code"
            ),
        ]
        indexes = [models.Index(fields=["pupil", "column"], name="level_change_by_pupil")]


class SelfLevelQuerySet(SchoolQuerySet):
    school_path = "column__sheet__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """The pupil, and those who write the sheet: no family, no head, no colleague."""
        if viewer.profile == Profile.PUPIL:
            return self.filter(pupil=viewer.person.pk)
        if not viewer.is_staff:
            return self.none()
        return self.in_school(viewer).filter(written_by(viewer, "column__sheet__"))


class SelfLevel(models.Model):
    """Where a pupil thinks they are. It is kept apart and counts for nothing."""

    column = models.ForeignKey(
        SheetColumn, models.CASCADE, related_name="self_levels", verbose_name=_("compétence du relevé")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="self_levels", verbose_name=_("élève"))
    value = models.PositiveSmallIntegerField(_("niveau"))
    at = models.DateTimeField(_("dit à"), default=timezone.now)

    objects = SelfLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("niveau dit par l’élève")
        verbose_name_plural = _("niveaux dits par les élèves")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["column", "pupil"], name="one_self_level_per_column"),
            models.CheckConstraint(condition=Q(value__in=[1, 2, 3, 4]), name="self_level_is_a_level"),
        ]


OPENED = Prepared(
    lambda viewer, pk: (
        Sheet.objects.visible_to(viewer)
        .filter(pk=pk)
        .select_related("school", "subject", "group", "period", "teacher", "assessment__period")
    )
)
