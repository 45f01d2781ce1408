"""What stops misuse: reports, the head's brake, frozen accounts."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

# Who reads what is held or reported, releases it, freezes an account.
MODERATORS = (Role.HEAD, Role.SCHOOL_LIFE)


class WatchedQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who watch over the school; and whoever wrote it, their own."""
        own = Q(by=viewer.person.pk)
        return (
            self.filter(own | Q(school=viewer.school_id)) if viewer.holds(*MODERATORS) else self.filter(own)
        )


class Report(models.Model):
    """Somebody asks adults for help, about a message or about what happens beside. It ends with what was done."""

    class Kind(models.TextChoices):
        HARASSMENT = "harassment", _("Harcèlement")
        THREAT = "threat", _("Menace")
        INSULT = "insult", _("Insulte ou moquerie")
        STOLEN = "stolen", _("Quelqu’un se sert d’un compte qui n’est pas le sien")
        OTHER = "other", _("Autre chose")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="message_reports", verbose_name=_("établissement")
    )
    message = models.ForeignKey(
        "messaging.Message", models.SET_NULL, null=True, related_name="reports", verbose_name=_("message")
    )
    by = models.ForeignKey(Person, models.CASCADE, related_name="message_reports", verbose_name=_("par"))
    kind = models.CharField(_("nature"), max_length=10, choices=Kind.choices)
    words = models.CharField(_("ce qui se passe"), max_length=1000, blank=True)
    at = models.DateTimeField(_("signalé le"))
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)
    closed_at = models.DateTimeField(_("traité le"), null=True)
    closed_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="message_reports_closed",
        verbose_name=_("traité par"),
    )
    outcome = models.CharField(_("ce qui a été fait"), max_length=500, blank=True)

    objects = WatchedQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement d’un message")
        verbose_name_plural = _("signalements de messages")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "message"], condition=Q(closed_at=None), name="one_open_report_per_message"
            ),
            models.UniqueConstraint(
                fields=["by", "sent_as"], condition=~Q(sent_as=""), name="one_report_per_form"
            ),
        ]


class Brake(models.Model):
    """Nobody of a profile writes in a school, until it is lifted. One that is on at a time."""

    PROFILES = [
        (Profile.PUPIL.value, _("Élèves")),
        (Profile.GUARDIAN.value, _("Parents et responsables")),
        (Profile.STAFF.value, _("Personnels, sauf la direction")),
    ]

    school = models.ForeignKey(
        School, models.CASCADE, related_name="message_brakes", verbose_name=_("établissement")
    )
    profile = models.CharField(_("profil"), max_length=8, choices=PROFILES)
    by = models.ForeignKey(Person, models.PROTECT, related_name="message_brakes", verbose_name=_("posé par"))
    at = models.DateTimeField(_("posé le"))
    lifted_at = models.DateTimeField(_("levé le"), null=True)
    lifted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="message_brakes_lifted", verbose_name=_("levé par")
    )

    objects = WatchedQuerySet.as_manager()

    class Meta:
        verbose_name = _("frein de la messagerie")
        verbose_name_plural = _("freins de la messagerie")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "profile"], condition=Q(lifted_at=None), name="one_brake_per_profile"
            )
        ]


class Freeze(models.Model):
    """An account writes and reads nothing here, and what it had sent is recalled."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="message_freezes", verbose_name=_("établissement")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="message_freezes", verbose_name=_("compte gelé")
    )
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="message_freezes_made", verbose_name=_("gelé par")
    )
    why = models.CharField(_("raison"), max_length=300)
    at = models.DateTimeField(_("gelé le"))
    recalled = models.PositiveIntegerField(_("messages rappelés"), default=0)
    reached = models.PositiveIntegerField(_("personnes atteintes"), default=0)
    lifted_at = models.DateTimeField(_("rendu le"), null=True)
    lifted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="message_freezes_lifted", verbose_name=_("rendu par")
    )

    objects = WatchedQuerySet.as_manager()

    class Meta:
        verbose_name = _("compte gelé")
        verbose_name_plural = _("comptes gelés")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "person"], condition=Q(lifted_at=None), name="one_freeze_per_account"
            )
        ]
