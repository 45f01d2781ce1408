"""A word, what was added to it, whom it went to, what each answered, and the reminders."""

import secrets
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.questions.models import Questionnaire, Response
from preau.directory.models import Assignment, Enrolment, Group, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation.boards import Nature

# Who writes to any family of the school; teachers write to those of the classes and groups that they teach.
WRITERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)
# Who follows any pupil of the school; a head teacher, those of their class.
FOLLOW_PUPILS = (Role.HEAD, Role.SCHOOL_LIFE)
# Without letters and figures that are taken for one another, typed from a paper.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """What names one sheet of paper: eight signs, which nobody guesses."""
    return "".join(secrets.choice(SIGNS) for _sign in range(8))


class BookWordQuerySet(SchoolQuerySet):
    def out(self) -> Self:
        return self.exclude(state=Word.State.DRAFT)

    def followed_by(self, viewer: Viewer) -> Self:
        """Those of which this member of the staff reads every answer: theirs; once they have left, those shared with them and, to the
        head, all."""
        if not viewer.is_staff:
            return self.none()
        own = Q(author=viewer.person.pk) | Q(pk__in=shared_with(viewer)) & ~Q(state=Word.State.DRAFT)
        if viewer.holds(Role.HEAD):
            own |= ~Q(state=Word.State.DRAFT)
        return self.in_school(viewer).filter(own)

    def in_record(self, viewer: Viewer, pupil: Person) -> Self:
        """In the record of a pupil, what was sent to their family: all of it, to those who follow the pupil (head, school life, the
        head teacher of their class); to the rest of the staff, what they follow. Never what was read nor answered."""
        if not viewer.is_staff:
            return self.none()
        about = Recipient.objects.filter(pupil=pupil.pk).order_by().values("word_id")
        sent = self.in_school(viewer).out().filter(pk__in=about)
        if viewer.holds(*FOLLOW_PUPILS):
            return sent
        led = Enrolment.objects.active(viewer.today).filter(
            pupil=pupil.pk, group__in=Assignment.objects.led_by(viewer).values("group_id")
        )
        return sent.filter(Exists(led) | Q(pk__in=self.model.objects.followed_by(viewer).values("pk")))

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever follows it; once sent, whom it was sent to, about a child whom they still answer for."""
        received = Recipient.objects.received_by(viewer).values("word_id")
        return self.filter(
            Q(pk__in=self.model.objects.followed_by(viewer).values("pk"))
            | Q(pk__in=received) & ~Q(state=Word.State.DRAFT)
        )


def shared_with(viewer: Viewer) -> Any:
    """The words of which a colleague shares the following with this viewer."""
    return Word.colleagues.through.objects.filter(person_id=viewer.person.pk).values("word_id")


class Word(models.Model):
    """One word of the notebook. Once it is sent its text never changes: what is added is a `Precision`, with its day.

    `phrases`: those of the bank (`queries.phrases`) that stand before the text, each with its sign and its French of that day.
    `nature` says who must answer (`directory.rules.authority`): one of those who decide, or each of them; of an information, nobody
    decides and people say that they have read it, one of them for a pupil or each (`each_reads`). `digest`: SHA-256 of what was sent.
    """

    class Kind(models.TextChoices):
        INFORMATION = "information", _("Information")
        AUTHORISATION = "authorisation", _("Autorisation")
        REQUEST = "request", _("Demande")

    class Audience(models.TextChoices):
        FAMILIES = "families", _("Les familles")
        STAFF = "staff", _("Les personnels")

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        SENT = "sent", _("Envoyé")
        CLOSED = "closed", _("Terminé")

    class Sign(models.TextChoices):
        NONE = "", _("Aucun")
        OUTING = "bike", _("Sortie")
        MONEY = "calculator", _("Matériel")
        MEETING = "users", _("Rendez-vous")
        HEALTH = "alert-triangle", _("Attention")
        PHOTO = "photo", _("Photo")
        MEAL = "tools-kitchen-2", _("Repas")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="liaison_words", verbose_name=_("établissement")
    )
    audience = models.CharField(_("pour"), max_length=8, choices=Audience.choices, default=Audience.FAMILIES)
    kind = models.CharField(_("nature"), max_length=13, choices=Kind.choices)
    nature = models.CharField(
        _("qui répond"), max_length=11, choices=[(nature.value, nature.value) for nature in Nature]
    )
    each_reads = models.BooleanField(_("chaque responsable confirme"), default=False)
    title = models.CharField(_("titre"), max_length=120)
    text = models.TextField(_("texte"), max_length=4000)
    easy = models.CharField(_("en français facile"), max_length=400, blank=True)
    sign = models.CharField(_("pictogramme"), max_length=16, choices=Sign.choices, blank=True)
    phrases: Any = models.JSONField(_("phrases toutes faites"), default=list, db_default=[], blank=True)
    search_title = models.CharField(_("titre sans accents"), max_length=200, editable=False)
    closes_at = models.DateTimeField(_("réponse avant"), null=True, blank=True)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="liaison_words", verbose_name=_("classes et groupes")
    )
    pupils = models.ManyToManyField(
        Person, blank=True, related_name="liaison_words", verbose_name=_("élèves choisis")
    )
    roles: Any = models.JSONField(_("fonctions"), default=list, blank=True)
    colleagues = models.ManyToManyField(
        Person, blank=True, related_name="liaison_words_shared", verbose_name=_("suivi partagé avec")
    )
    questionnaire = models.OneToOneField(
        Questionnaire,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="liaison_word",
        verbose_name=_("questions"),
    )
    state = models.CharField(_("état"), max_length=6, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey(
        Person, models.PROTECT, related_name="liaison_words_written", verbose_name=_("écrit par")
    )
    written_at = models.DateTimeField(_("écrit à"))
    sent_at = models.DateTimeField(_("envoyé à"), null=True, blank=True)
    digest = models.CharField(_("empreinte du texte"), max_length=64, blank=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = BookWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("mot du carnet")
        verbose_name_plural = _("mots du carnet")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "sent_as"], condition=~Q(sent_as=""), name="one_word_per_form"
            ),
            models.CheckConstraint(
                condition=Q(kind="information", nature="information")
                | ~Q(kind="information") & ~Q(nature="information"),
                name="an_information_asks_no_agreement",
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "sent_at"], name="liaison_word_by_state")]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == self.State.SENT

    def is_late(self, now: datetime) -> bool:
        """Has the moment to answer passed?"""
        return self.closes_at is not None and now > self.closes_at

    def takes_answers(self, now: datetime) -> bool:
        """May somebody still answer here? A paper may still be typed in until the word is closed."""
        return self.is_open and not self.is_late(now)

    @property
    def icon(self) -> str:
        """Of its sign: an outing is a walk more often than a ride."""
        return "walk" if self.sign == self.Sign.OUTING else self.sign

    @property
    def is_information(self) -> bool:
        return self.kind == self.Kind.INFORMATION

    @property
    def is_for_staff(self) -> bool:
        return self.audience == self.Audience.STAFF


class PrecisionQuerySet(SchoolQuerySet):
    school_path = "word__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(word__in=Word.objects.visible_to(viewer))


class Precision(models.Model):
    """What is added to a word after it was sent, with its day. Only added."""

    word = models.ForeignKey(Word, models.CASCADE, related_name="precisions", verbose_name=_("mot"))
    text = models.CharField(_("précision"), max_length=1000)
    by = models.ForeignKey(Person, models.PROTECT, related_name="liaison_precisions", verbose_name=_("par"))
    at = models.DateTimeField("à")

    objects = PrecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("précision")
        ordering = ["pk"]


class RecipientQuerySet(SchoolQuerySet):
    school_path = "word__school"

    def received_by(self, viewer: Viewer) -> Self:
        """What this seat received: of a family, about the pupils whom it answers for today."""
        if viewer.is_staff:
            return self.in_school(viewer).filter(person=viewer.person.pk, pupil=None)
        return self.filter(person=viewer.person.pk, pupil__in=viewer.own_pupils())

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; everybody's, for whoever follows the word."""
        followed = Word.objects.followed_by(viewer).values("pk")
        return self.filter(
            Q(pk__in=self.model.objects.received_by(viewer).out().values("pk")) | Q(word__in=followed)
        )

    def out(self) -> Self:
        return self.exclude(word__state=Word.State.DRAFT)


class Recipient(models.Model):
    """A word, the pupil that it is about (None for the staff) and somebody to whom it went. `code` names their own sheet of paper.

    Who decides is not kept here: authority ends, pupils turn eighteen; it is computed from the file of the day.
    """

    class Part(models.TextChoices):
        GUARDIAN = "guardian", _("Responsable")
        OWN = "own", _("Élève")
        STAFF = "staff", _("Personnel")

    class Channel(models.TextChoices):
        HERE = "here", _("Appli")
        TEXT = "text", _("SMS")
        MAIL = "mail", _("Courriel")
        PAPER = "paper", _("Papier")

    word = models.ForeignKey(Word, models.CASCADE, related_name="recipients", verbose_name=_("mot"))
    pupil = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="liaison_received_about",
        verbose_name=_("élève"),
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="liaison_received", verbose_name=_("destinataire")
    )
    part = models.CharField(_("en tant que"), max_length=8, choices=Part.choices)
    channel = models.CharField(_("reçu par"), max_length=5, choices=Channel.choices)
    code = models.CharField(_("code du coupon"), max_length=8, unique=True, default=new_code)
    read_at = models.DateTimeField(_("lu le"), null=True, blank=True)
    printed_at = models.DateTimeField(_("coupon imprimé le"), null=True, blank=True)
    printed_precisions = models.PositiveSmallIntegerField(_("précisions imprimées"), default=0, db_default=0)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("destinataire d’un mot")
        verbose_name_plural = _("destinataires de mots")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["word", "pupil", "person"], name="one_copy_of_a_word"),
            models.UniqueConstraint(
                fields=["word", "person"], condition=Q(pupil=None), name="one_copy_of_a_word_for_staff"
            ),
        ]
        indexes = [models.Index(fields=["person", "word"], name="liaison_received_by")]


class AnswerQuerySet(SchoolQuerySet):
    school_path = "recipient__word__school"

    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; everybody's, for whoever follows the word."""
        return self.filter(recipient__in=Recipient.objects.visible_to(viewer))


class Answer(models.Model):
    """What somebody answered: yes or no; of an information, that they have read it. Nothing is written over: the last one counts.

    `digest`: of the text that they were shown, with its first `precisions_shown` precisions and what they answered to its questions
    (`response`); a proof computes it again (`queries.reading`). `noted_by`: who typed it from a paper.
    """

    class Way(models.TextChoices):
        HERE = "here", _("sur Préau")
        PAPER = "paper", _("sur papier")

    recipient = models.ForeignKey(
        Recipient, models.CASCADE, related_name="answers", verbose_name=_("destinataire")
    )
    is_yes = models.BooleanField(_("d’accord"))
    at = models.DateTimeField("à")
    way = models.CharField(_("comment"), max_length=5, choices=Way.choices, default=Way.HERE)
    noted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("saisie par")
    )
    digest = models.CharField(_("empreinte du texte"), max_length=64)
    precisions_shown = models.PositiveSmallIntegerField(_("précisions lues"), default=0, db_default=0)
    response = models.ForeignKey(
        Response,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="liaison_answers",
        verbose_name=_("réponses aux questions"),
    )
    replaced_at = models.DateTimeField(_("remplacée à"), null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient"], condition=Q(replaced_at=None), name="one_answer_counts"
            )
        ]


class ReminderQuerySet(SchoolQuerySet):
    school_path = "word__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(word__in=Word.objects.followed_by(viewer))


class Reminder(models.Model):
    """A word told again, one day, to those who had not answered; `number`: how many they were."""

    word = models.ForeignKey(Word, models.CASCADE, related_name="reminders", verbose_name=_("mot"))
    day = models.DateField(_("jour"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="liaison_reminders", verbose_name=_("par"))
    at = models.DateTimeField("à")
    number = models.PositiveIntegerField(_("personnes"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("relance")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["word", "day"], name="one_reminder_a_day")]
