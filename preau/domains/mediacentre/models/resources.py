"""A resource of a school, and what the school subscribed to."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.mediacentre.models.holders import held, is_among
from preau.domains.mediacentre.models.words import ASSIGNING, FOR, Public


class AssignerQuerySet(SchoolQuerySet):
    """Rows of whoever says who has which resource, and of nobody else."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.in_school(viewer) if viewer.is_staff and viewer.has_power(ASSIGNING) else self.none()


class SchoolResourceQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever assigns, all those of the school; the others what they have, a family what its own children have."""
        if viewer.is_staff and viewer.has_power(ASSIGNING):
            return self.in_school(viewer)
        return self.held_by(viewer)

    def held_by(self, viewer: Viewer) -> Self:
        """What this seat has today: in the list of the school, assigned, and within the dates of its subscription."""
        if viewer.is_guardian:
            pupils = list(viewer.own_pupils())
            found = self.filter(with_families=True).have(viewer.today, Q(role="pupil", person__in=pupils))
        elif viewer.school_id is None:
            return self.none()
        else:
            own = Q(person=viewer.person.pk, school=viewer.school_id)
            found = self.in_school(viewer).have(viewer.today, own)
        return found.filter(is_open=True).within_dates(viewer.today)

    def have(self, day: date, people: Q) -> Self:
        """Those that these people have, by their holdings."""
        return self.filter(is_among("pk", held(day, people)))

    def within_dates(self, day: date) -> Self:
        """Those of which a subscription is in force, or of which no subscription is known."""
        known = Subscription.objects.filter(resource=OuterRef("pk"), is_open=True)
        return self.filter(Exists(known.in_force(day)) | ~Exists(known))


class Resource(models.Model):
    """A resource that the GAR lists for a school, by its identifier there (`code`, mostly an ARK).

    One that has left the list is closed, never erased: its rules wait for it. `url` opens it, by the sign-on of the school.
    `with_families`: the school also shows it to the families of those who have it.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="gar_resources", verbose_name=_("établissement")
    )
    code = models.CharField(_("identifiant au GAR"), max_length=500)
    code_type = models.CharField(_("type d’identifiant"), max_length=20, blank=True)
    name = models.CharField(_("nom"), max_length=250)
    search_name = models.CharField(_("nom sans accents"), max_length=500, editable=False)
    publisher = models.CharField(_("éditeur"), max_length=200, blank=True)
    kind = models.CharField(_("nature"), max_length=120, blank=True)
    subjects = models.JSONField(_("domaines d’enseignement"), default=list, blank=True)
    levels = models.JSONField(_("niveaux"), default=list, blank=True)
    text = models.TextField(_("description"), max_length=2000, blank=True)
    url = models.CharField(_("adresse d’accès"), max_length=2000)
    with_families = models.BooleanField(_("montrée aux familles"), default=False)
    is_open = models.BooleanField(_("dans la liste"), default=True)
    closed_on = models.DateField(_("sortie de la liste le"), null=True, blank=True)
    listed_on = models.DateField(_("dernière liste où elle est"))

    objects = SchoolResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("ressource numérique")
        verbose_name_plural = _("ressources numériques")
        ordering = ["search_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "code"], name="one_resource_a_code"),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_on=None) | Q(is_open=False, closed_on__isnull=False),
                name="closed_resource_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def says(self) -> str:
        """« Manuels numériques · Éditions du Saule »."""
        return " · ".join(filter(None, [self.kind[:1].upper() + self.kind[1:], self.publisher]))


class SubscriptionQuerySet(AssignerQuerySet):
    def in_force(self, day: date) -> Self:
        return self.filter(Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day))

    def usable(self, day: date) -> Self:
        """In force, or to come: what may be assigned."""
        return self.filter(Q(ends=None) | Q(ends__gte=day), is_open=True)


class Subscription(models.Model):
    """Licences of a resource for some publics, between two days, both included. `licences` empty: no limit.

    `code` is the number of the GAR, "" for what the school typed itself; where the GAR gives a number for each public, `share` is the public
    and each is a row. Of kind « par établissement », everybody of its publics has the resource, and nothing is counted.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Individuelle")
        SCHOOL = "school", _("Par établissement")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="resource_subscriptions", verbose_name=_("établissement")
    )
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="subscriptions", verbose_name=_("ressource")
    )
    code = models.CharField(_("numéro d’abonnement"), max_length=100, blank=True)
    share = models.CharField(_("part"), max_length=10, choices=Public.choices, blank=True)
    kind = models.CharField(_("affectation"), max_length=6, choices=Kind.choices, default=Kind.PERSON)
    licences = models.PositiveIntegerField(_("nombre de licences"), null=True, blank=True)
    transferable = models.BooleanField(_("transférable"), null=True, blank=True)
    for_pupils = models.BooleanField(_("pour les élèves"), default=False)
    for_teachers = models.BooleanField(_("pour les enseignants"), default=False)
    for_librarians = models.BooleanField(_("pour les professeurs documentalistes"), default=False)
    for_others = models.BooleanField(_("pour les autres personnels"), default=False)
    starts = models.DateField(_("début"), null=True, blank=True)
    ends = models.DateField(_("dernier jour"), null=True, blank=True)
    is_open = models.BooleanField(_("dans la dernière liste"), default=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("abonnement")
        ordering = ["resource", "starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "code", "share"], condition=~Q(code=""), name="one_subscription_a_code"
            ),
            models.UniqueConstraint(
                fields=["resource"], condition=Q(code=""), name="one_subscription_by_hand"
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="subscription_days_in_order",
            ),
        ]

    @property
    def publics(self) -> list[Public]:
        return [public for public, column in FOR.items() if getattr(self, column)]


class SeenQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own."""
        return self.filter(person=viewer.person.pk)


class Seen(models.Model):
    """That somebody read what is transmitted to a site before they went there. Read again when that changes (`what`)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("personne"))
    origin = models.CharField(_("site"), max_length=270)
    what = models.CharField(_("ce qui lui est transmis"), max_length=200, blank=True)
    at = models.DateTimeField(_("lu le"))

    objects = SeenQuerySet.as_manager()

    class Meta:
        verbose_name = _("information lue avant d’ouvrir une ressource")
        constraints = [models.UniqueConstraint(fields=["person", "origin"], name="one_reading_a_site")]
