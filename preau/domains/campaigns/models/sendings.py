"""What left for one person, by one channel, about one pupil: neither the absence nor what is made of it (docs/decisions/0094)."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import ABSENCES


def new_ref() -> str:
    """It names the message wherever it arrives: nobody guesses it."""
    return get_random_string(32)


class Channel(models.TextChoices):
    LETTER = "letter", _("Courrier")
    MAIL = "mail", _("Courriel")
    SMS = "sms", _("SMS")


class Reason(models.TextChoices):
    """Why one did not leave, or did not arrive."""

    REFUSED = "refused", _("Adresse ou numéro refusé")
    UNREACHABLE = "unreachable", _("Serveur d’envoi injoignable")
    LOST = "lost", _("N’est pas arrivé")
    STOPPED = "stopped", _("Arrêté par la vie scolaire")
    SETTLED = "settled", _("Absences expliquées entre-temps")
    BARRED = "barred", _("Ne doit plus être informée")
    NO_SMS = "no_sms", _("Ne veut plus de SMS")


class SendingQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; whoever it was written to, as long as they may follow the pupil."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.none()
        return self.filter(person_id=viewer.person.pk, pupil__in=viewer.own_pupils())

    def waiting(self) -> Self:
        return self.filter(state=Sending.State.WAITING)

    def due(self, now: datetime) -> Self:
        """Those that a worker may take: their time has come, and nobody holds them."""
        free = Q(held_until=None) | Q(held_until__lte=now)
        return self.waiting().filter(free, due_at__lte=now).exclude(channel=Channel.LETTER)


class Sending(models.Model):
    """One message. `text` is what was written that day; `sheet` joins the letters of one household under one cover.

    `held_until`: a worker is sending it, until then nobody else does. `number`: how the gateway calls it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("À partir")
        SENT = "sent", _("Parti")
        DELIVERED = "delivered", _("Arrivé")
        FAILED = "failed", _("Pas arrivé")
        CANCELLED = "cancelled", _("Pas envoyé")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="campaign_sendings", verbose_name=_("établissement")
    )
    target = models.ForeignKey(
        "campaigns.Target", models.PROTECT, related_name="sendings", verbose_name=_("élève d’une campagne")
    )
    pupil = models.ForeignKey(
        Person, models.PROTECT, related_name="campaign_sendings", verbose_name=_("élève")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="campaign_sendings_received", verbose_name=_("destinataire")
    )
    channel = models.CharField(_("voie"), max_length=6, choices=Channel.choices)
    to = models.CharField(_("adresse ou numéro"), max_length=300)
    text = models.TextField(_("texte"))
    parts = models.PositiveSmallIntegerField(_("SMS à payer"), default=0)
    sheet = models.CharField(_("pli"), max_length=32, blank=True)
    ref = models.CharField(_("référence"), max_length=32, unique=True, default=new_ref)
    number = models.CharField(_("numéro chez l’opérateur"), max_length=120, blank=True)
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("raison"), max_length=11, choices=Reason.choices, blank=True)
    tries = models.PositiveSmallIntegerField(_("essais"), default=0)
    made_at = models.DateTimeField(_("préparé le"))
    due_at = models.DateTimeField(_("à partir du"))
    held_until = models.DateTimeField(_("en cours d’envoi jusqu’à"), null=True, blank=True)
    sent_at = models.DateTimeField(_("parti le"), null=True, blank=True)
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi à une famille")
        verbose_name_plural = _("envois aux familles")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "person", "channel"], name="one_sending_per_person_and_channel"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="campaign_sendings_waiting"),
            models.Index(fields=["pupil", "made_at"], name="campaign_sendings_of_a_pupil"),
            models.Index(fields=["school", "sent_at"], name="campaign_sendings_of_a_day"),
        ]

    @property
    def reason_said(self) -> str:
        """Why, where it is more than the state says: what is lost has not arrived."""
        return str(Reason(self.reason).label) if self.reason and self.reason != Reason.LOST else ""
