"""One message, kept once, and one row for each person who receives it."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.messaging.models.safety import MODERATORS, Freeze, Report


class ThreadQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those in which one wrote or received something, in this seat."""
        return self.filter(pk__in=Delivery.objects.visible_to(viewer).values("thread_id"))

    def opened_by(self, viewer: Viewer, pk: int) -> "Thread | None":
        """The conversation of a page, with its school, its pupil, and whether this account is frozen (one query)."""
        frozen = Exists(Freeze.objects.filter(person=viewer.person.pk, lifted_at=None))
        seen = self.visible_to(viewer).select_related("school", "about").annotate(is_frozen=frozen)
        return seen.filter(pk=pk).first()


class Thread(models.Model):
    """A conversation: what is answered to what. `about`: the pupil it is about, who is not always among those who write."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="message_threads", verbose_name=_("établissement")
    )
    subject = models.CharField(_("objet"), max_length=150)
    about = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="threads_about", verbose_name=_("élève concerné")
    )
    started_at = models.DateTimeField(_("commencée le"))

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        ordering = ["pk"]


class MessageQuerySet(SchoolQuerySet):
    def written_by(self, viewer: Viewer) -> Self:
        return self.filter(author=viewer.person.pk, seat=viewer.key)

    def drafts(self) -> Self:
        return self.filter(state=Message.State.DRAFT)

    def to_leave(self) -> Self:
        """Those that wait for an hour, or for an adult."""
        return self.filter(state__in=[Message.State.SCHEDULED, Message.State.HELD])

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those received; for those who watch over the school, what is held and what was reported."""
        received = Delivery.objects.visible_to(viewer).filter(message=OuterRef("pk"))
        seen = Q(author=viewer.person.pk, seat=viewer.key) | Q(Exists(received))
        if viewer.holds(*MODERATORS):
            reported = Report.objects.filter(message=OuterRef("pk"))
            watched = Q(state=Message.State.HELD) | Q(Exists(reported))
            seen |= Q(school=viewer.school_id) & watched
        return self.filter(seen)


class Message(models.Model):
    """A text, once, whoever receives it: a draft, then held or on its way, then sent, recalled or refused.

    `seat`: from which seat it is written. `addressed`: whom, as keys by « to », « cc » and « bcc »; a list stays a list until it
    leaves. `shown`: the words for them, as readers see them. `answers`: what it answers. `asked_for`: when its author wants it to
    leave; `departs_at`: when the first of it arrives. `sent_as`: the number of its form. `revision` counts the changes of a draft, `written_in` is the page that made the last one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        SCHEDULED = "scheduled", _("Partira")
        HELD = "held", _("Attend un adulte")
        LEAVING = "leaving", _("En cours d’envoi")
        SENT = "sent", _("Envoyé")
        RECALLED = "recalled", _("Rappelé")
        REFUSED = "refused", _("Non transmis")

    class Held(models.TextChoices):
        NO = "", _("Non")
        MANY = "many", _("Un élève écrit à beaucoup de personnes")
        CLASSES = "classes", _("Un élève écrit à plusieurs classes")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="messages", verbose_name=_("établissement")
    )
    thread = models.ForeignKey(
        Thread, models.CASCADE, null=True, related_name="messages", verbose_name=_("conversation")
    )
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="messages_written", verbose_name=_("écrit par")
    )
    seat = models.CharField(_("en tant que"), max_length=40)
    answers = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="answered_by", verbose_name=_("répond à")
    )
    about = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="messages_about", verbose_name=_("élève concerné")
    )
    subject = models.CharField(_("objet"), max_length=150, blank=True)
    body = models.TextField(_("texte"), blank=True)
    excerpt = models.CharField(_("premiers mots"), max_length=160, blank=True, editable=False)
    search_text = models.TextField(_("texte sans accents"), blank=True, editable=False)
    addressed = models.JSONField(_("adressé à"), default=dict)
    shown = models.JSONField(_("destinataires affichés"), default=dict)
    urgent = models.CharField(_("pourquoi c’est urgent"), max_length=200, blank=True)
    asked_for = models.DateTimeField(_("départ demandé"), null=True)
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.DRAFT)
    held = models.CharField(_("retenu parce que"), max_length=7, choices=Held.choices, blank=True)
    is_automatic = models.BooleanField(_("réponse automatique"), default=False)
    people = models.PositiveIntegerField(_("destinataires"), default=0)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)
    written_in = models.CharField(_("page où il est écrit"), max_length=32, blank=True)
    revision = models.PositiveIntegerField(_("révision"), default=1)
    changed_at = models.DateTimeField(_("changé le"))
    sent_at = models.DateTimeField(_("envoyé le"), null=True)
    departs_at = models.DateTimeField(_("départ"), null=True)
    recalled_at = models.DateTimeField(_("rappelé le"), null=True)
    decided_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="messages_decided", verbose_name=_("décidé par")
    )
    decision_note = models.CharField(_("raison de la décision"), max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "sent_as"], condition=~Q(sent_as=""), name="one_message_per_form"
            )
        ]
        indexes = [
            models.Index(fields=["author", "seat", "state"], name="messages_of_an_author"),
            models.Index(
                fields=["state", "asked_for"],
                condition=Q(state__in=["scheduled", "held", "leaving"]),
                name="messages_on_their_way",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_recalled(self) -> bool:
        return self.state == self.State.RECALLED

    @property
    def waits(self) -> bool:
        return self.state in {self.State.SCHEDULED, self.State.HELD}


class DeliveryQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, in the seat to which they came, once they have arrived; of a child, as long as one follows them."""
        mine = self.filter(person=viewer.person.pk, seat=viewer.key, arrived_at__isnull=False)
        if viewer.is_guardian:
            return mine.filter(Q(child=None) | Q(child__in=viewer.own_pupils()))
        return mine

    def received(self) -> Self:
        return self.exclude(kind=Delivery.Kind.FROM)

    def kept(self) -> Self:
        """Not thrown away."""
        return self.filter(trashed_at=None)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def on_the_way(self, now: Any) -> Self:
        return self.filter(arrived_at=None, due_at__lte=now)


class Folder(models.Model):
    """A folder of one's own."""

    class FolderQuerySet(models.QuerySet["Folder"]):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.filter(person=viewer.person.pk, seat=viewer.key)

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="message_folders", verbose_name=_("personne")
    )
    seat = models.CharField(_("en tant que"), max_length=40)
    name = models.CharField(_("nom"), max_length=40)

    objects = FolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier de messages")
        verbose_name_plural = _("dossiers de messages")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "seat", "name"], name="one_folder_per_name")]


class Delivery(models.Model):
    """A message for one person, in one seat. `due_at`: from when it may arrive; `arrived_at`: since when it is there.

    `latest`: the last one received of its conversation, or the last one written; lists are made of these. `listed`: it came by a
    list, and no other reader sees the name. `child`: the pupil for whom a guardian receives it.
    """

    class Kind(models.TextChoices):
        FROM = "from", _("De")
        TO = "to", _("Pour")
        CC = "cc", _("Copie")
        BCC = "bcc", _("Copie cachée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="message_deliveries", verbose_name=_("établissement")
    )
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", verbose_name=_("message"))
    thread = models.ForeignKey(
        Thread, models.CASCADE, related_name="deliveries", verbose_name=_("conversation")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="message_deliveries", verbose_name=_("destinataire")
    )
    seat = models.CharField(_("en tant que"), max_length=40)
    kind = models.CharField(_("place"), max_length=4, choices=Kind.choices)
    listed = models.BooleanField(_("par une liste"), default=False)
    child = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="messages_for", verbose_name=_("pour l’élève")
    )
    due_at = models.DateTimeField(_("à partir du"))
    arrived_at = models.DateTimeField(_("arrivé le"), null=True)
    read_at = models.DateTimeField(_("lu le"), null=True)
    latest = models.BooleanField(_("dernier de la conversation"), default=False)
    flagged = models.BooleanField(_("suivi"), default=False)
    folder = models.ForeignKey(
        Folder, models.SET_NULL, null=True, related_name="deliveries", verbose_name=_("dossier")
    )
    trashed_at = models.DateTimeField(_("mis à la corbeille le"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("destinataire d’un message")
        verbose_name_plural = _("destinataires de messages")
        constraints = [models.UniqueConstraint(fields=["message", "person", "seat"], name="delivered_once")]
        indexes = [
            models.Index(
                fields=["person", "seat", "-arrived_at"],
                condition=Q(latest=True, trashed_at=None),
                name="messages_in_a_box",
            ),
            models.Index(
                fields=["person", "seat"],
                condition=Q(read_at=None, trashed_at=None),
                name="messages_not_read",
            ),
            models.Index(fields=["due_at"], condition=Q(arrived_at=None), name="messages_to_arrive"),
        ]


class AttachmentQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Of the messages that one sees; of a recalled one, nothing but one's own."""
        gone = Q(message__state=Message.State.RECALLED) & ~Q(message__author=viewer.person.pk)
        return self.filter(message__in=Message.objects.visible_to(viewer)).exclude(gone)


class Attachment(models.Model):
    """A file joined to a message."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="message_attachments", verbose_name=_("établissement")
    )
    message = models.ForeignKey(
        Message, models.CASCADE, related_name="attachments", verbose_name=_("message")
    )
    file = models.ForeignKey(
        StoredFile, models.CASCADE, related_name="message_attachments", verbose_name=_("fichier")
    )
    rank = models.PositiveSmallIntegerField(_("rang"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier joint à un message")
        verbose_name_plural = _("fichiers joints à des messages")
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["message", "file"], name="joined_once")]


class Preference(models.Model):
    """How a person writes and answers in one seat. `away_until`: last day of the automatic answer."""

    class PreferenceQuerySet(models.QuerySet["Preference"]):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.filter(person=viewer.person.pk, seat=viewer.key)

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="messaging_preferences", verbose_name=_("personne")
    )
    seat = models.CharField(_("en tant que"), max_length=40)
    signature = models.CharField(_("signature"), max_length=300, blank=True)
    tells_read = models.BooleanField(_("dit quand un message est lu"), default=True)
    away_text = models.CharField(_("réponse automatique"), max_length=500, blank=True)
    away_from = models.DateField(_("du"), null=True)
    away_until = models.DateField(_("au"), null=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("préférence de messagerie")
        verbose_name_plural = _("préférences de messagerie")
        constraints = [
            models.UniqueConstraint(fields=["person", "seat"], name="one_messaging_preference_per_seat")
        ]
