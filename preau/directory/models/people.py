"""People, what they hold and whom they answer for."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.schools import School, Territory, new_public_id
from preau.directory.models.scoping import SchoolQuerySet, active_on, ends_after_start, source_field
from preau.directory.words import DIRECTORY, Authority, Kinship, Profile, Role
from preau.foundation.text import fold, initials

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Staff see the people of their school (« autre personnel » their colleagues); families themselves and their children."""
        if viewer.profile == Profile.STAFF:
            here = Holding.objects.filter(active_on(viewer.today), school_id=viewer.school_id)
            if not viewer.works_with_pupils:
                return self.filter(pk__in=here.exclude(role=Role.PUPIL).values("person_id"))
            pupils = here.filter(role=Role.PUPIL).values("person_id")
            families = Guardianship.objects.filter(active_on(viewer.today), pupil__in=pupils)
            return self.filter(Q(pk__in=here.values("person_id")) | Q(pk__in=families.values("guardian_id")))
        return self.filter(Q(pk=viewer.person.pk) | Q(pk__in=viewer.own_pupils()))


class Person(models.Model):
    """Civil identity, without authentication. The usage name is shown; the birth name is kept apart.

    A guardian may be an institution (child welfare): `is_institution`, its name in `family_name`.
    """

    class Civility(models.TextChoices):
        MADAM = "mme", _("Mme")
        SIR = "m", "M."
        NONE = "", "—"

    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    civility = models.CharField(_("civilité"), max_length=3, choices=Civility.choices, blank=True)
    family_name = models.CharField(_("nom d’usage"), max_length=120)
    given_name = models.CharField(_("prénom d’usage"), max_length=80, blank=True)
    birth_name = models.CharField(_("nom de naissance"), max_length=120, blank=True)
    civil_given_names = models.CharField(_("prénoms d’état civil"), max_length=200, blank=True)
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    is_institution = models.BooleanField(_("institution"), default=False)
    search_name = models.CharField(_("nom pour la recherche"), max_length=220, editable=False, db_index=True)
    erased_at = models.DateTimeField(_("effacée le"), null=True, blank=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne")
        # Folded, so that É is sorted with E whatever the engine's collation.
        ordering = ["search_name", "pk"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = self.folded_name()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_name"}
        super().save(*args, **kwargs)

    def folded_name(self) -> str:
        """What `search_name` must hold: rows written in bulk do not pass through `save`."""
        return fold(f"{self.family_name} {self.given_name}")[:220]

    @property
    def full_name(self) -> str:
        """Claire Moreau."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def list_name(self) -> str:
        """MOREAU Claire, as school lists write it."""
        return f"{self.family_name.upper()} {self.given_name}".strip()

    @property
    def formal_name(self) -> str:
        """Mme Moreau: how a family names a teacher."""
        return f"{self.get_civility_display()} {self.family_name}" if self.civility else self.full_name

    @property
    def initials(self) -> str:
        return initials(self.given_name, self.family_name)

    def age_on(self, day: date) -> int | None:
        """Whole years; None when the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)


class HoldingQuerySet(SchoolQuerySet):
    def active(self, day: date) -> Self:
        return self.filter(active_on(day))

    def pupils_here(self, viewer: "Viewer") -> Self:
        """Those of the pupils of the viewer's school today."""
        return self.active(viewer.today).filter(school_id=viewer.school_id, role=Role.PUPIL)

    def visible_to(self, viewer: "Viewer") -> Self:
        """The holdings of one's school for its staff; one's own for everyone."""
        own = Q(person_id=viewer.person.pk)
        if not viewer.is_staff:
            return self.filter(own)
        here = Q(school_id=viewer.school_id)
        return self.filter(own | (here if viewer.works_with_pupils else here & ~Q(role=Role.PUPIL)))


class Holding(models.Model):
    """A role that a person holds in a school, a territory or the whole platform, between two dates.

    `ends` is the first day without the role: access is cut that day. `scope` narrows a delegated role.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="holdings", verbose_name=_("personne"))
    role = models.CharField(_("rôle"), max_length=16, choices=Role.choices)
    title = models.CharField(
        _("intitulé"), max_length=80, blank=True, help_text=_("mathématiques, CPE, principal adjoint")
    )
    school = models.ForeignKey(
        School,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="holdings",
        verbose_name=_("établissement"),
    )
    territory = models.ForeignKey(
        Territory,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="holdings",
        verbose_name=_("territoire"),
    )
    starts = models.DateField(_("début"), null=True, blank=True)
    ends = models.DateField(_("fin"), null=True, blank=True)
    scope = models.JSONField(_("étendue"), default=dict, blank=True)
    programme = models.CharField(
        _("formation (MEF)"),
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text=_("Module élémentaire de formation d’un élève."),
    )
    source = source_field()
    given_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="holdings_given",
        verbose_name=_("donné par"),
    )

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("fonction")
        constraints = [
            ends_after_start("holding_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(school__isnull=False, territory__isnull=False), name="holding_in_one_place"
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False) | Q(role__in=[Role.AGENT, Role.OPERATOR]),
                name="school_roles_are_held_in_a_school",
            ),
        ]
        indexes = [models.Index(fields=["school", "role"], name="holding_by_school_role")]

    def delegations(self, day: date) -> list[str]:
        """What was given with this role beyond it, and is still in force: `scope` says until which day, included."""
        return list(self.given_on(day))

    def given_on(self, day: date) -> dict[str, int]:
        """What was given and is still in force, each with the number of the person who gave it; 0 when that is not known."""
        still = {name: one.get("by") for name, one in self.scope.items() if one["until"] >= day.isoformat()}
        return {name: by if isinstance(by, int) else 0 for name, by in still.items()}


class FamilyClosureQuerySet(models.QuerySet["FamilyClosure"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own; for head, school life and secretary, those of the school's pupils."""
        own = Q(pupil_id=viewer.person.pk)
        if not viewer.holds(Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY):
            return self.filter(own)
        pupils = Holding.objects.pupils_here(viewer)
        return self.filter(own | Q(pupil__in=pupils.values("person_id")))


class FamilyClosure(models.Model):
    """A pupil of age does not want their parents to follow their file here any more; until they open it again.

    One open row cuts every guardian at the next request (`GuardianshipQuerySet.informed`).
    """

    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="family_closures", verbose_name=_("élève majeur")
    )
    closed_at = models.DateTimeField(_("fermé le"))
    reopened_at = models.DateTimeField(_("rouvert le"), null=True)

    objects = FamilyClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("accès des parents fermé")
        verbose_name_plural = _("accès des parents fermés")
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(reopened_at=None), name="one_open_closure_a_pupil"
            )
        ]


class GuardianshipQuerySet(models.QuerySet["Guardianship"]):
    def active(self, day: date) -> Self:
        return self.filter(active_on(day))

    def informed(self, day: date) -> Self:
        """Those that give a right to follow the child: legal or in charge, dated, not barred, not closed by a pupil of age."""
        authority = [Authority.LEGAL, Authority.IN_CHARGE]
        closed = FamilyClosure.objects.filter(pupil=OuterRef("pupil"), reopened_at=None)
        return self.active(day).filter(~Exists(closed), authority__in=authority, may_not_be_informed=False)

    def of_another(self) -> Self:
        """Without adult pupils who answer for themselves (kinship « self »): they have a pupil's seat, not a parent's."""
        return self.exclude(pupil=F("guardian"))

    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own; for head, school life and secretary, and whoever was given the directory, those of the school's pupils."""
        own = Q(guardian_id=viewer.person.pk)
        if not viewer.holds(Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY) and not viewer.was_given(DIRECTORY):
            return self.filter(own)
        pupils = Holding.objects.pupils_here(viewer)
        return self.filter(own | Q(pupil__in=pupils.values("person_id")))


class Guardianship(models.Model):
    """What a guardian is to one pupil, between two dates. Kept per pupil and per guardian, never flattened.

    `ruled_on` is the day of a judge's decision that the school has noted: no file changes such a row.
    """

    pupil = models.ForeignKey(Person, models.CASCADE, related_name="guardianships", verbose_name=_("élève"))
    guardian = models.ForeignKey(Person, models.CASCADE, related_name="wards", verbose_name=_("responsable"))
    authority = models.CharField(_("autorité"), max_length=9, choices=Authority.choices)
    kinship = models.CharField(_("lien"), max_length=16, choices=Kinship.choices, default=Kinship.OTHER)
    contact_priority = models.PositiveSmallIntegerField(_("ordre d’appel"), null=True, blank=True)
    lives_with = models.BooleanField(_("l’élève vit chez cette personne"), null=True)
    pays = models.BooleanField(_("paie les frais"), null=True)
    receives_aid = models.BooleanField(_("perçoit les aides"), null=True)
    may_not_be_informed = models.BooleanField(_("ne doit pas être informée"), default=False)
    ruled_on = models.DateField(_("décision de justice du"), null=True, blank=True)
    source = source_field()
    starts = models.DateField(_("début"), null=True, blank=True)
    ends = models.DateField(_("fin"), null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsabilité")
        constraints = [
            ends_after_start("guardianship_ends_after_start"),
            models.UniqueConstraint(
                fields=["pupil", "guardian"],
                condition=Q(ends__isnull=True),
                name="one_open_guardianship_per_pair",
            ),
        ]
        indexes = [models.Index(fields=["guardian", "authority"], name="wards_of_guardian")]
