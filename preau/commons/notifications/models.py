"""News kept for a person, how each leaves, and how a person wants to be told."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Guardianship, Person, School
from preau.directory.viewer import Viewer
from preau.foundation.boards import Pace
from preau.foundation.sms import REPORTED, Fate


def new_token() -> str:
    """Nobody guesses it: it may stand in an address."""
    return get_random_string(32)


class ItemQuerySet(models.QuerySet["Item"]):
    def still_for(self, person_id: int, seats: Collection[str], today: date) -> Self:
        """What a person may still read: their seat has not ended, nor their right to follow the pupil it speaks of."""
        followed = Guardianship.objects.informed(today).of_another().filter(guardian_id=person_id)
        return self.told_to(person_id, followed.values("pupil_id")).filter(Q(seat="") | Q(seat__in=seats))

    def told_to(self, person_id: int, followed: Any) -> Self:
        """What was told to a person of nobody, of themselves or of those they still follow, whatever became of the seat."""
        about = Q(about=None) | Q(about_id=person_id) | Q(about__in=followed) | ~Q(seat="")
        return self.filter(about, person_id=person_id)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, in the seat to which it was told: what a parent is told is not read over a teacher's shoulder."""
        return self.told_in(viewer.person.pk, viewer.key, viewer.seat.pupils)

    def told_in(self, person_id: int, seat: str, pupils: Any) -> Self:
        """What was told to a person in one seat: as such, of a pupil for whom it answers, or of their own account."""
        here = Q(seat=seat) | Q(seat="", about=None) | Q(seat="", about__in=pupils)
        return self.filter(here, person_id=person_id)

    def shown(self) -> Self:
        """Those that the person wants to find in Préau."""
        return self.filter(in_app=True)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        waits = Case(
            When(read_at=None, then=Value(0)), default=Value(1), output_field=models.SmallIntegerField()
        )
        return self.order_by(waits, "-published_at", "-pk")


class Item(models.Model):
    """One thing told to one person, stored once whatever the ways it leaves by. Its words are those of its kind."""

    public_id = models.CharField(_("identifiant public"), max_length=32, unique=True, default=new_token)
    person = models.ForeignKey(Person, models.CASCADE, related_name="news", verbose_name=_("destinataire"))
    kind = models.CharField(_("nature"), max_length=60)
    key = models.CharField(_("sujet"), max_length=60)
    school = models.ForeignKey(
        School, models.CASCADE, null=True, related_name="news", verbose_name=_("établissement")
    )
    seat = models.CharField(_("en tant que"), max_length=40, blank=True)
    about = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="news_about", verbose_name=_("élève concerné")
    )
    facts = models.JSONField(_("faits"), default=dict)
    url = models.CharField(_("adresse"), max_length=300)
    in_app = models.BooleanField(_("montrée dans Préau"), default=True)
    published_at = models.DateTimeField(_("publiée le"), db_index=True)
    read_at = models.DateTimeField(_("lue le"), null=True)
    # There is nothing left to do about it, whoever has read it.
    settled_at = models.DateTimeField(_("réglée le"), null=True)
    # From then on no text message says it.
    until = models.DateTimeField(_("à dire par SMS avant le"), null=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "-published_at"], name="news_of_a_person"),
            models.Index(fields=["kind", "key"], name="news_by_key"),
        ]


class Envelope(models.Model):
    """What leaves at once by one way: a mail or a text message, with one item or several. `ref` names it wherever it arrives.

    `held_until`: a worker is sending it, until then nobody else does. `due_at`: closed already, it waits for its hour. `dropped_at`: there
    was nothing left to say. Of a text message, `to`: a digest of the telephone number; `parts`: how many are paid;
    `number`: how the gateway calls it; `fate`: what became of it, as far as it told.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("Courriel")
        DAILY = "daily", _("Résumé du jour")
        WEEKLY = "weekly", _("Résumé de la semaine")
        SMS = "sms", _("SMS")

    class EnvelopeQuerySet(models.QuerySet["Envelope"]):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.filter(person_id=viewer.person.pk)

        def waiting(self, now: datetime) -> Self:
            """Neither sent nor given up, and in nobody's hands."""
            free = Q(held_until=None) | Q(held_until__lte=now)
            return self.filter(free, sent_at=None, dropped_at=None)

        def untold(self, now: datetime) -> Self:
            """Text messages of which the gateway has not said yet what became."""
            sent = self.filter(channel=Envelope.Channel.SMS, sent_at__gte=now - REPORTED, fate="")
            return sent.exclude(number="")

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="envelopes", verbose_name=_("destinataire")
    )
    channel = models.CharField(_("voie"), max_length=6, choices=Channel.choices)
    ref = models.CharField(_("référence"), max_length=32, unique=True, default=new_token)
    made_at = models.DateTimeField(_("préparé le"))
    due_at = models.DateTimeField(_("pas avant"), null=True)
    tries = models.PositiveSmallIntegerField(_("essais manqués"), default=0, db_default=0)
    held_until = models.DateTimeField(_("en cours d’envoi jusqu’à"), null=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True)
    dropped_at = models.DateTimeField(_("abandonné le"), null=True)
    to = models.CharField(_("téléphone, en empreinte"), max_length=64, default="", db_default="")
    parts = models.PositiveSmallIntegerField(_("SMS à payer"), default=1, db_default=1)
    number = models.CharField(_("numéro chez l’opérateur"), max_length=120, default="", db_default="")
    fate = models.CharField(
        _("arrivé"),
        max_length=9,
        choices=[(Fate.DELIVERED.value, _("oui")), (Fate.FAILED.value, _("non"))],
        default="",
        db_default="",
    )

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi")
        indexes = [
            models.Index(
                fields=["made_at"], condition=Q(sent_at=None, dropped_at=None), name="envelopes_waiting"
            ),
            # Of mails there are many more.
            models.Index(fields=["sent_at"], condition=Q(channel="sms"), name="texts_by_departure"),
            models.Index(
                fields=["person", "to"], condition=Q(channel="sms") & ~Q(fate=""), name="fates_of_texts"
            ),
        ]


class Dispatch(models.Model):
    """An item leaves once by one way, from `due_at` on. `dropped_at`: it had been read, or settled, or was no longer theirs; or it was
    missed: its last moment passed before it could leave."""

    class DispatchQuerySet(models.QuerySet["Dispatch"]):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.filter(item__person_id=viewer.person.pk)

        def due(self, now: datetime) -> Self:
            return self.filter(envelope=None, dropped_at=None, due_at__lte=now)

    item = models.ForeignKey(Item, models.CASCADE, related_name="dispatches", verbose_name=_("notification"))
    channel = models.CharField(_("voie"), max_length=6, choices=Envelope.Channel.choices)
    due_at = models.DateTimeField(_("à partir du"))
    envelope = models.ForeignKey(
        Envelope, models.CASCADE, null=True, related_name="dispatches", verbose_name=_("envoi")
    )
    dropped_at = models.DateTimeField(_("abandonnée le"), null=True)
    is_missed = models.BooleanField(_("partie trop tard"), default=False, db_default=False)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("acheminement")
        constraints = [models.UniqueConstraint(fields=["item", "channel"], name="leaves_once_by_each_way")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(envelope=None, dropped_at=None), name="dispatches_waiting"
            )
        ]


class Own(models.QuerySet[Any]):
    """Rows of one person: theirs, and nobody else's."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(person_id=viewer.person.pk)


PACES = [
    (Pace.AT_ONCE.value, _("Tout de suite")),
    (Pace.DAILY.value, _("Dans le résumé du jour")),
    (Pace.WEEKLY.value, _("Dans le résumé de la semaine")),
    (Pace.NEVER.value, _("Jamais")),
]
WEEKDAYS = [
    (0, _("lundi")),
    (1, _("mardi")),
    (2, _("mercredi")),
    (3, _("jeudi")),
    (4, _("vendredi")),
]


class Preference(models.Model):
    """How a person wants to be told of a kind; without a row, as the kind itself says."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="news_preferences", verbose_name=_("personne")
    )
    kind = models.CharField(_("nature"), max_length=60)
    in_app = models.BooleanField(_("dans Préau"), default=True)
    pace = models.CharField(_("courriel"), max_length=7, choices=PACES)
    # Empty: nobody asked this person, the kind says.
    push = models.BooleanField(_("sur les appareils"), null=True)

    objects = Own.as_manager()

    class Meta:
        verbose_name = _("préférence de notification")
        verbose_name_plural = _("préférences de notification")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_preference_per_kind")]


class Rhythm(models.Model):
    """When the summaries of a person leave: an hour of working days, and the day of the weekly one."""

    HOUR, WEEKDAY = 18, 4
    HOURS = range(7, 20)

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="news_rhythm", verbose_name=_("personne")
    )
    hour = models.PositiveSmallIntegerField(_("heure"), default=HOUR)
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=WEEKDAYS, default=WEEKDAY)

    objects = Own.as_manager()

    class Meta:
        verbose_name = _("heure des résumés")
        verbose_name_plural = _("heures des résumés")
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__gte=7, hour__lt=20, weekday__lt=5),
                name="summaries_leave_at_decent_hours",
            )
        ]


class TextSubscription(models.Model):
    """A person wants a text message for what cannot wait, from the schools that offer it. The row goes when they stop.

    `number`: a digest of the number for which they asked; another one, that a file or the office wrote since, is not theirs to read on.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="text_subscription", verbose_name=_("personne")
    )
    chosen_at = models.DateTimeField(_("demandés le"))
    number = models.CharField(_("numéro, en empreinte"), max_length=64)

    objects = Own.as_manager()

    class Meta:
        verbose_name = _("nouvelles par SMS")
        verbose_name_plural = _("nouvelles par SMS")


class StopLink(models.Model):
    """A link that stops one kind (or one summary) without signing in. It can do nothing else, and can be revoked.

    `kind` is that of the news, or the channel of a summary.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="stop_links", verbose_name=_("personne"))
    kind = models.CharField(_("nature"), max_length=60)
    token = models.CharField(_("jeton"), max_length=32, unique=True, default=new_token)
    made_at = models.DateTimeField(_("créé le"))

    objects = Own.as_manager()

    class Meta:
        verbose_name = _("lien d’arrêt")
        verbose_name_plural = _("liens d’arrêt")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_stop_link_per_kind")]


class Device(models.Model):
    """A browser that a person chose to be told on, through its push service (foundation.webpush).

    `opened_in`: a digest of its session, so that it leaves with it when the person ends that session. `failures`: how many times in a row
    its service would not have it; past a few it is set aside, until a trial reaches it.
    """

    public_id = models.CharField(_("identifiant public"), max_length=32, unique=True, default=new_token)
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="news_devices", verbose_name=_("personne")
    )
    endpoint = models.CharField(_("adresse chez le service d’envoi"), max_length=1000, unique=True)
    p256dh = models.CharField(_("clé publique de l’appareil"), max_length=100)
    auth = models.CharField(_("secret de l’appareil"), max_length=40)
    label = models.CharField(_("appareil"), max_length=60)
    opened_in = models.CharField(_("session"), max_length=64)
    added_at = models.DateTimeField(_("ajouté le"))
    told_at = models.DateTimeField(_("prévenu le"), null=True)
    failures = models.PositiveSmallIntegerField(_("échecs de suite"), default=0, db_default=0)
    set_aside_at = models.DateTimeField(_("mis de côté le"), null=True)

    objects = Own.as_manager()

    class Meta:
        verbose_name = _("appareil prévenu")
        verbose_name_plural = _("appareils prévenus")
        ordering = ["-added_at", "-pk"]


class Push(models.Model):
    """An item leaves once for one device, from `due_at` on, held while it is sent as an `Envelope` is.

    `queued_at`: its task exists. `dropped_at`: there was nothing left to say, or the service would not have it.
    """

    class PushQuerySet(models.QuerySet["Push"]):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.filter(device__person_id=viewer.person.pk)

        def due(self, now: datetime) -> Self:
            return self.filter(queued_at=None, dropped_at=None, due_at__lte=now)

        def waiting(self) -> Self:
            return self.filter(sent_at=None, dropped_at=None)

    item = models.ForeignKey(Item, models.CASCADE, related_name="pushes", verbose_name=_("notification"))
    device = models.ForeignKey(Device, models.CASCADE, related_name="pushes", verbose_name=_("appareil"))
    due_at = models.DateTimeField(_("à partir du"))
    queued_at = models.DateTimeField(_("confié le"), null=True)
    held_until = models.DateTimeField(_("en cours d’envoi jusqu’à"), null=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True)
    dropped_at = models.DateTimeField(_("abandonné le"), null=True)

    objects = PushQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi à un appareil")
        verbose_name_plural = _("envois aux appareils")
        constraints = [models.UniqueConstraint(fields=["item", "device"], name="told_once_on_each_device")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(queued_at=None, dropped_at=None), name="pushes_waiting"
            )
        ]
