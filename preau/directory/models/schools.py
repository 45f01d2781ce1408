"""Territories, schools, and the time of a school: years, periods, closures."""

import secrets
from datetime import time
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models.scoping import MemberQuerySet, SchoolQuerySet
from preau.directory.words import Palette
from preau.foundation import dates
from preau.foundation.db import NATURAL

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


def new_public_id() -> str:
    """Sixteen random characters for a URL: nobody can count or guess them."""
    return secrets.token_urlsafe(12)


def logo_path(school: "School", filename: str) -> str:
    """Nothing that somebody typed: a random name, so that a changed logo has another address."""
    return f"logos/{secrets.token_hex(16)}.png"


class Territory(models.Model):
    """A commune, département, région or académie: it owns or steers schools, and holds no pupil's row."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("Commune")
        DEPARTEMENT = "departement", _("Département")
        REGION = "region", _("Région")
        ACADEMIE = "academie", _("Académie")

    kind = models.CharField(_("nature"), max_length=12, choices=Kind.choices)
    code = models.CharField(_("code officiel"), max_length=10)
    name = models.CharField(_("nom"), max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")

    class Meta:
        verbose_name = _("territoire")
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="one_territory_per_code")]

    def __str__(self) -> str:
        return self.name


class SchoolsQuerySet(SchoolQuerySet):
    school_path = "pk"

    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own school; for a guardian, the children's."""
        own = viewer.schools_of_own_pupils() if viewer.is_guardian else viewer.school_ids()
        return self.filter(pk__in=own)


class School(models.Model):
    """An école, collège or lycée. `timezone` is its wall clock: schools of Réunion and Guadeloupe have their own."""

    class Kind(models.TextChoices):
        ECOLE = "ecole", _("École")
        COLLEGE = "college", _("Collège")
        LYCEE = "lycee", _("Lycée")
        OTHER = "other", _("Autre établissement")

    uai = models.CharField(
        _("UAI"), max_length=8, unique=True, help_text=_("Sept chiffres et une lettre : 0350001A.")
    )
    name = models.CharField(_("nom"), max_length=160)
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    holiday_zone = models.CharField(_("zone de vacances"), max_length=20, blank=True)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="schools")
    email = models.EmailField(_("courriel"), blank=True, default="", db_default="")
    website = models.URLField(_("site internet"), blank=True, default="", db_default="")
    address = models.CharField(_("adresse postale"), max_length=240, blank=True, default="", db_default="")
    privacy_contact = models.CharField(
        _("contact pour les données personnelles"), max_length=240, blank=True, default="", db_default=""
    )
    palette = models.CharField(
        _("couleurs"), max_length=12, choices=Palette.choices, default=Palette.PREAU, db_default=Palette.PREAU
    )
    logo = models.FileField(_("logo"), upload_to=logo_path, blank=True, default="", db_default="")
    opens_at = models.TimeField(_("début de la journée"), null=True, blank=True)
    closes_at = models.TimeField(_("fin de la journée"), null=True, blank=True)
    services = models.JSONField(_("services"), default=dict, db_default={}, blank=True)
    # What the school has said of itself, that no delivery changes any more.
    settled = models.JSONField(_("champs tenus par l’établissement"), default=list, db_default=[], blank=True)
    current_year = models.ForeignKey(
        "SchoolYear",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("année en cours"),
    )

    objects = SchoolsQuerySet.as_manager()

    class Meta:
        verbose_name = _("établissement")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def day_said(self) -> str:
        """The hours of its day in words, "" when it gave none."""
        if self.opens_at and self.closes_at:
            return dates.hours(self.opens_at, self.closes_at)
        if self.opens_at:
            return gettext("À partir de %(hour)s") % {"hour": dates.hour(self.opens_at)}
        return gettext("Jusqu’à %(hour)s") % {"hour": dates.hour(self.closes_at)} if self.closes_at else ""

    def is_outside_its_day(self, starts: time, ends: time) -> bool:
        """Does this begin before the day of the school, or end after it?"""
        return bool((self.opens_at and starts < self.opens_at) or (self.closes_at and ends > self.closes_at))


class SchoolYear(models.Model):
    """A school's own year: classes, enrolments, assignments and lessons belong to it."""

    school = models.ForeignKey(School, models.CASCADE, related_name="years", verbose_name=_("établissement"))
    name = models.CharField(_("nom"), max_length=9, help_text="2026-2027")
    starts = models.DateField(_("début"))
    ends = models.DateField(_("fin"), help_text=_("Dernier jour compris."))

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("année scolaire")
        verbose_name_plural = _("années scolaires")
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="one_year_per_name"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="year_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class Period(models.Model):
    """A trimester, semester or other part of a year, both days included."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="periods", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="periods", verbose_name=_("année"))
    name = models.CharField(_("nom"), max_length=40)
    starts = models.DateField(_("début"))
    ends = models.DateField(_("fin"))

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("période")
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["year", "name"], name="one_period_per_name"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="period_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Days without lessons: holidays, public holidays, bridges. Both days included."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="closures", verbose_name=_("établissement")
    )
    name = models.CharField(_("nom"), max_length=80)
    starts = models.DateField(_("premier jour"))
    ends = models.DateField(_("dernier jour"))

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("fermeture")
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="closure_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A place where a lesson can be held."""

    school = models.ForeignKey(School, models.CASCADE, related_name="rooms", verbose_name=_("établissement"))
    name = models.CharField(_("nom"), max_length=40, db_collation=NATURAL)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("salle")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="one_room_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        return place_of(self.name)


@lru_cache(maxsize=4_096)  # a week says each of its rooms many times, in the one language of the site
def place_of(name: str) -> str:
    """« salle 204 », but « Gymnase »: a number alone does not say that it is a room."""
    return f"{gettext('salle')} {name}" if name[:1].isdigit() else name
