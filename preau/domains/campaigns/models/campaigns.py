"""What is prepared before anything leaves: what a campaign is about, its words, and what somebody chose line by line."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import ABSENCES, Entry
from preau.domains.campaigns.models.sendings import Channel

LONGEST, LONGEST_SMS = 3000, 459


class FollowedQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head."""
        return self.in_school(viewer) if viewer.has_power(ABSENCES) else self.none()


class CampaignQuerySet(FollowedQuerySet):
    def drafts(self) -> Self:
        return self.filter(confirmed_at=None, dropped_at=None)

    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)


class Kind(models.TextChoices):
    ABSENCES = "absences", _("Absences à expliquer")
    LATENESS = "lateness", _("Retards répétés")
    THRESHOLD = "threshold", _("Seuil d’absences atteint")
    CHOSEN = "chosen", _("Choix dans une liste")


class Campaign(models.Model):
    """A draft until somebody confirms it; nothing of it leaves before. `key` is what was asked for: asked twice, it is one draft.

    `seen`: a digest of the lines that were confirmed. `stopped_at`: what had not left does not leave any more.
    """

    Kind = Kind

    school = models.ForeignKey(
        School, models.CASCADE, related_name="campaigns", verbose_name=_("établissement")
    )
    kind = models.CharField(_("objet"), max_length=9, choices=Kind.choices)
    since = models.DateField(_("du"), null=True, blank=True)
    until = models.DateField(_("au"), null=True, blank=True)
    at_least = models.PositiveSmallIntegerField(_("à partir de"), default=1)
    by_letter = models.BooleanField(_("par courrier"), default=False)
    by_mail = models.BooleanField(_("par courriel"), default=False)
    by_sms = models.BooleanField(_("par SMS"), default=False)
    body = models.TextField(_("texte"), max_length=LONGEST)
    sms = models.TextField(_("texte du SMS"), max_length=LONGEST_SMS, blank=True)
    key = models.CharField(_("clé"), max_length=64, editable=False)
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="campaigns_made", verbose_name=_("préparée par")
    )
    made_at = models.DateTimeField(_("préparée le"))
    confirmed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns_confirmed",
        verbose_name=_("confirmée par"),
    )
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("abandonnée le"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campagne")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "made_by", "key"],
                condition=Q(confirmed_at=None, dropped_at=None),
                name="one_draft_of_a_campaign",
            )
        ]
        indexes = [models.Index(fields=["school", "-made_at"], name="campaigns_of_a_school")]

    @property
    def is_draft(self) -> bool:
        return self.confirmed_at is None and self.dropped_at is None

    @property
    def channels(self) -> list[str]:
        """Those that the whole campaign takes."""
        taken = {Channel.LETTER: self.by_letter, Channel.MAIL: self.by_mail, Channel.SMS: self.by_sms}
        return [channel.value for channel, used in taken.items() if used]


class Target(models.Model):
    """A pupil whom a campaign is about, and the absences or latenesses that it speaks of."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets", verbose_name=_("campagne"))
    pupil = models.ForeignKey(
        Person, models.PROTECT, related_name="campaign_targets", verbose_name=_("élève")
    )
    entries = models.ManyToManyField(Entry, related_name="campaign_targets", verbose_name=_("absences"))

    objects = FollowedQuerySet.as_manager()

    class Meta:
        verbose_name = _("élève d’une campagne")
        verbose_name_plural = _("élèves d’une campagne")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "pupil"], name="one_target_per_campaign_and_pupil")
        ]


class Choice(models.Model):
    """What somebody decided of one line before sending: leave it out, or send it by one more channel."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    target = models.ForeignKey(Target, models.CASCADE, related_name="choices", verbose_name=_("élève"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="campaign_choices", verbose_name=_("destinataire")
    )
    channel = models.CharField(_("voie"), max_length=6, choices=Channel.choices)
    wanted = models.BooleanField(_("envoyer"))

    objects = FollowedQuerySet.as_manager()

    class Meta:
        verbose_name = _("choix avant envoi")
        verbose_name_plural = _("choix avant envoi")
        constraints = [
            models.UniqueConstraint(fields=["target", "person", "channel"], name="one_choice_per_line")
        ]


class Wording(models.Model):
    """The words that a school keeps for a kind of campaign; without a row, those of the platform."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    kind = models.CharField(_("objet"), max_length=9, choices=Kind.choices)
    body = models.TextField(_("texte"), max_length=LONGEST)
    sms = models.TextField(_("texte du SMS"), max_length=LONGEST_SMS, blank=True)

    objects = FollowedQuerySet.as_manager()

    class Meta:
        verbose_name = _("texte de campagne")
        verbose_name_plural = _("textes de campagne")
        constraints = [models.UniqueConstraint(fields=["school", "kind"], name="one_wording_per_kind")]
