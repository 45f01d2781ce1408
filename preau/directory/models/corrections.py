"""What the office of a school says of its people beside the official files, and where people live."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Guardianship, Holding, Person
from preau.directory.models.schools import School
from preau.directory.models.scoping import SchoolQuerySet, active_on
from preau.directory.words import Profile, Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# From so many deliveries on that say otherwise, a correction is shown as contradicted.
CONTRADICTED = 2


class CorrectionQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Head and secretary, of their school; it is not given on."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD, Role.SECRETARY) else self.none()


class Correction(models.Model):
    """A word of the office that the official file does not say yet: no delivery changes it, and it falls when the source agrees.

    `field` is a column of `Person`, or one of `Kind`. `value` is what the school says; `told`, what the source said last.
    `contradicted` counts the deliveries that said otherwise since. `before`: the rows that an undoing puts back.
    """

    class Kind(models.TextChoices):
        FAMILY_NAME = "family_name", _("Nom d’usage")
        GIVEN_NAME = "given_name", _("Prénom d’usage")
        BIRTH_NAME = "birth_name", _("Nom de naissance")
        BIRTH_DATE = "birth_date", _("Date de naissance")
        EMAIL = "email", _("Courriel")
        PHONE = "phone", _("Téléphone")
        ENROLMENT = "enrolment", _("Inscription")
        CLASS = "class", _("Classe")
        DEPARTURE = "departure", _("Départ")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="corrections", verbose_name=_("établissement")
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="corrections", verbose_name=_("personne"))
    field = models.CharField(_("donnée"), max_length=12, choices=Kind.choices)
    value = models.CharField(_("ce que dit l’établissement"), max_length=254, blank=True)
    told = models.CharField(_("ce que dit le fichier"), max_length=254, blank=True)
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="corrections_made", verbose_name=_("corrigé par")
    )
    at = models.DateTimeField(_("corrigé le"))
    contradicted = models.PositiveSmallIntegerField(_("livraisons contraires"), default=0)
    contradicted_on = models.DateField(_("dernière livraison contraire"), null=True, blank=True)
    before = models.JSONField(_("ce qui était"), default=dict, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction de l’établissement")
        verbose_name_plural = _("corrections de l’établissement")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "field"], name="one_correction_per_field")]

    @property
    def is_contradicted(self) -> bool:
        return self.contradicted >= CONTRADICTED


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own; for head and secretary, those of the people of their school; for school life, those that are not protected."""
        own = Q(person_id=viewer.person.pk)
        if viewer.profile != Profile.STAFF or not viewer.holds(Role.HEAD, Role.SECRETARY, Role.SCHOOL_LIFE):
            return self.filter(own)
        here = Holding.objects.filter(active_on(viewer.today), school_id=viewer.school_id)
        pupils = here.filter(role=Role.PUPIL).values("person_id")
        seen = Q(person__in=here.values("person_id")) | Q(person__wards__pupil__in=pupils)
        if not viewer.holds(Role.HEAD, Role.SECRETARY):
            seen &= Q(is_protected=False)
        # Whoever works here reads of their own family what any parent reads: their own row.
        wards = Guardianship.objects.filter(guardian=viewer.person.pk).values("pupil_id")
        family = Q(person__in=wards) | Q(
            person__in=Guardianship.objects.filter(pupil__in=wards).values("guardian_id")
        )
        return self.filter(own | (Q(pk__in=Address.objects.filter(seen).values("pk")) & ~family))


class Address(models.Model):
    """Where somebody lives, as the office wrote it. Nobody shares a row: a protected address is never another guardian's to read."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="address", verbose_name=_("personne"))
    lines = models.CharField(_("adresse"), max_length=300)
    is_protected = models.BooleanField(_("adresse protégée"), default=False)
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="addresses_written", verbose_name=_("écrite par")
    )
    at = models.DateTimeField(_("écrite le"))

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse")
        verbose_name_plural = _("adresses")


class ContactRequestQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own; for head and secretary, those asked of their school. The other guardian reads none, even when they work there."""
        own = Q(person_id=viewer.person.pk)
        if viewer.holds(Role.HEAD, Role.SECRETARY):
            wards = Guardianship.objects.filter(guardian=viewer.person.pk).values("pupil_id")
            family = Guardianship.objects.filter(pupil__in=wards).values("guardian_id")
            return self.in_school(viewer).filter(own | ~Q(person__in=family))
        return self.filter(own) if viewer.is_guardian else self.none()

    def waiting(self) -> Self:
        return self.filter(state=ContactRequest.State.ASKED)


class ContactRequest(models.Model):
    """A guardian asks a school for another telephone, e-mail or address of their own; the office accepts, or refuses with a word."""

    class State(models.TextChoices):
        ASKED = "asked", _("À traiter")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")
        WITHDRAWN = "withdrawn", _("Retirée")

    class Kind(models.TextChoices):
        PHONE = "phone", _("Téléphone")
        EMAIL = "email", _("Courriel")
        ADDRESS = "lines", _("Adresse")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="contact_requests", verbose_name=_("établissement")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="contact_requests", verbose_name=_("personne")
    )
    field = models.CharField(_("donnée"), max_length=8, choices=Kind.choices)
    value = models.CharField(_("ce qui est demandé"), max_length=300)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("demandé le"))
    word = models.CharField(_("réponse"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="contact_answers", verbose_name=_("répondu par")
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement de coordonnées demandé")
        verbose_name_plural = _("changements de coordonnées demandés")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "person", "field"],
                condition=Q(state="asked"),
                name="one_waiting_request_per_field",
            )
        ]
