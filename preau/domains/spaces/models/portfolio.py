"""The portfolio of a pupil: what they choose to keep across years, with what they say of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Enrolment, Person, School, SchoolQuerySet
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.spaces.models.spaces import taught

# What an archive of a portfolio says it is, and where.
FORMAT, VERSION, DATA = "preau.portfolio", 1, "portfolio.json"


class KeptQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The pupil's own; of what they open, their teachers of today, or those who answer for them, as they chose thing by thing."""
        if viewer.profile == Profile.PUPIL:
            return self.filter(pupil=viewer.person.pk)
        if viewer.is_guardian:
            return self.filter(pupil__in=viewer.own_pupils(), to_guardians=True)
        if viewer.is_staff:
            learnt = Enrolment.objects.filter(
                active_on(viewer.today), school=viewer.school_id, group__in=taught(viewer).values("group_id")
            )
            return self.filter(pupil__in=learnt.values("pupil_id"), to_teachers=True)
        return self.none()

    def opened_by(self, viewer: Viewer, pk: int) -> Any:
        return self.visible_to(viewer).select_related("file", "pupil").filter(pk=pk).first()


class Kept(models.Model):
    """One thing that a pupil keeps: a text, a link or a file, the parcours it is of, and what they say of it. `year`: as the pupil knows it.

    It is the pupil's: it follows them from school to school. `school`: where it was put, which keeps its file.
    """

    class Path(models.TextChoices):
        FUTURE = "avenir", _("Parcours avenir")
        CITIZEN = "citoyen", _("Parcours citoyen")
        HEALTH = "sante", _("Parcours éducatif de santé")
        ARTS = "peac", _("Parcours d’éducation artistique et culturelle")
        NONE = "", _("Hors parcours")

    pupil = models.ForeignKey(Person, models.CASCADE, related_name="portfolio", verbose_name=_("élève"))
    school = models.ForeignKey(
        School, models.CASCADE, related_name="portfolios", verbose_name=_("établissement")
    )
    path = models.CharField(_("parcours"), max_length=7, choices=Path.choices, blank=True)
    title = models.CharField(_("titre"), max_length=120)
    said = models.CharField(_("ce que j’en dis"), max_length=1_000, blank=True)
    text = models.TextField(_("texte"), max_length=10_000, blank=True)
    address = models.CharField(_("lien"), max_length=500, blank=True)
    file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="portfolio", verbose_name=_("fichier")
    )
    year = models.CharField(_("année"), max_length=9)
    to_teachers = models.BooleanField(_("montré à mes professeurs"), default=False)
    to_guardians = models.BooleanField(_("montré à mes responsables"), default=False)
    at = models.DateTimeField(_("gardé le"))
    sent_as = models.CharField(_("numéro du formulaire"), max_length=40, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("élément d’un portfolio")
        verbose_name_plural = _("éléments de portfolios")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "sent_as"], condition=~Q(sent_as=""), name="one_kept_thing_per_form"
            )
        ]
        indexes = [models.Index(fields=["pupil", "-at"], name="portfolio_of_a_pupil")]


class BundleQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The pupil's own."""
        return self.filter(pupil=viewer.person.pk) if viewer.profile == Profile.PUPIL else self.none()

    def being_made(self) -> Self:
        return self.filter(state=Bundle.State.MAKING)


class Bundle(models.Model):
    """A portfolio as one archive, which its pupil takes away: made by a task, gone after a week."""

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="portfolio_bundles", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="portfolio_bundles", verbose_name=_("élève")
    )
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="portfolio_bundles", verbose_name=_("fichier")
    )
    asked_at = models.DateTimeField(_("demandé à"))

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("portfolio à emporter")
        verbose_name_plural = _("portfolios à emporter")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state="making"), name="one_portfolio_made_at_a_time"
            )
        ]
