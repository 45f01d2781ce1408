"""How a school reaches a family: a postal address, which no delivery of ours holds yet, and who wants no text message."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import ABSENCES


class ContactQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; its own person. Never the other parent: an address may be hidden from them."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        return self.none() if viewer.is_staff else self.filter(person_id=viewer.person.pk)


class PostalAddress(models.Model):
    """Where one school writes to one person, as it goes on an envelope."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="postal_addresses", verbose_name=_("personne")
    )
    street = models.CharField(_("voie"), max_length=160)
    postcode = models.CharField(_("code postal"), max_length=10)
    city = models.CharField(_("commune"), max_length=80)
    noted_by = models.ForeignKey(
        Person, models.PROTECT, related_name="postal_addresses_noted", verbose_name=_("notée par")
    )
    noted_at = models.DateTimeField(_("notée le"))

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse postale")
        verbose_name_plural = _("adresses postales")
        constraints = [
            models.UniqueConstraint(fields=["school", "person"], name="one_postal_address_per_school")
        ]


class SmsRefusal(models.Model):
    """A person who wants no text message of any school. The row goes when they change their mind."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="sms_refusal", verbose_name=_("personne")
    )
    said_by = models.ForeignKey(
        Person, models.PROTECT, related_name="sms_refusals_said", verbose_name=_("dit par")
    )
    said_at = models.DateTimeField(_("dit le"))

    class SmsRefusalQuerySet(models.QuerySet["SmsRefusal"]):
        def visible_to(self, viewer: Viewer) -> Self:
            """One's own; school life, that of the families of its school."""
            if viewer.has_power(ABSENCES):
                return self.filter(person__in=Person.objects.visible_to(viewer).values("pk"))
            return self.filter(person_id=viewer.person.pk)

    objects = SmsRefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("refus de SMS")
        verbose_name_plural = _("refus de SMS")
