"""What people ask about their data: a request, line by line, and what it was answered."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Guardianship, Person, School, SchoolQuerySet
from preau.directory.rules.authority import eighteen_years_before
from preau.directory.words import Authority
from preau.foundation import dates

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# The power to answer, which goes with being head, and which a head may give until a day.
RIGHTS = "data_rights"
# RGPD, article 12.3: one month, and two more with a reason that is told within the first.
MONTHS, MORE_MONTHS = 1, 2
# An answer is told so long after it was given: until then whoever gave it may take it back.
BEFORE_TOLD = timedelta(minutes=10)
# A line may be added so long after a request was sent, as long as nobody has taken it in hand: its day does not move.
ADDING = timedelta(days=7)
MOST_LINES = 10


def minors_of(viewer: "Viewer") -> Any:
    """The keys of the minors for whom this person answers before the law today, whatever the seat; from eighteen, and of an
    unknown age, a pupil asks alone."""
    held = Guardianship.objects.informed(viewer.today).of_another()
    held = held.filter(guardian_id=viewer.person.pk, authority=Authority.LEGAL)
    return held.filter(pupil__birth_date__gt=eighteen_years_before(viewer.today)).values("pupil_id")


class Right(models.TextChoices):
    """What is asked. The RGPD's articles 16, 17, 21 and 18; a question is none of them, and is answered too."""

    RECTIFY = "rectify", _("Corriger une erreur")
    ERASE = "erase", _("Effacer")
    OBJECT = "object", _("M’opposer à un usage")
    RESTRICT = "restrict", _("Limiter l’usage le temps d’une vérification")
    QUESTION = "question", _("Poser une question")


class Outcome(models.TextChoices):
    """What a line was answered."""

    GRANTED = "granted", _("Accordé")
    PARTLY = "partly", _("Accordé en partie")
    REFUSED = "refused", _("Refusé")
    TOLD = "told", _("Réponse à la question")


class DataRequestQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Whoever asked, as long as they answer for whom they asked; those who answer for the school, never in their own family."""
        me = viewer.person.pk
        own = Q(asked_by=me) & (Q(subject=me) | Q(subject__in=minors_of(viewer)))
        if viewer.school_id is None or not viewer.has_power(RIGHTS):
            return self.filter(own)
        return self.filter(own | (Q(school_id=viewer.school_id) & ~self._of_the_family(viewer)))

    def of_the_family(self, viewer: "Viewer") -> Self:
        """Those of the viewer's school which bear on them or their family: somebody else answers them."""
        return self.in_school(viewer).filter(self._of_the_family(viewer))

    @staticmethod
    def _of_the_family(viewer: "Viewer") -> Q:
        """One's own, and whatever bears on one's child: what the other parent asked is theirs."""
        me = viewer.person.pk
        children = Guardianship.objects.filter(guardian=me).values("pupil_id")
        return Q(asked_by=me) | Q(subject=me) | Q(subject__in=children)

    def waiting(self) -> Self:
        return self.filter(state__in=[DataRequest.State.RECEIVED, DataRequest.State.IN_HAND])

    def late(self, today: date) -> Self:
        return self.waiting().filter(due__lt=today)


class DataRequest(models.Model):
    """Somebody asks a school something about the data of `subject`: themselves, or a child for whom they answer.

    `due` is the day by which the answer is due. `told_to` reads the answers from `told_at` on.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Reçue")
        IN_HAND = "in_hand", _("En cours")
        ANSWERED = "answered", _("Répondue")
        WITHDRAWN = "withdrawn", _("Retirée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="data_requests", verbose_name=_("établissement")
    )
    subject = models.ForeignKey(
        Person, models.CASCADE, related_name="data_requests_about", verbose_name=_("données de")
    )
    asked_by = models.ForeignKey(
        Person, models.CASCADE, related_name="data_requests", verbose_name=_("demandé par")
    )
    asked_at = models.DateTimeField(_("demandé le"))
    due = models.DateField(_("réponse due le"))
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.RECEIVED)
    taken_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pris en charge par")
    )
    taken_at = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    prolonged_at = models.DateTimeField(_("prolongé le"), null=True, blank=True)
    prolonged_why = models.CharField(_("raison de la prolongation"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("réponse de")
    )
    answered_at = models.DateTimeField(_("réponse donnée le"), null=True, blank=True)
    told_to = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("réponse lue par")
    )
    told_at = models.DateTimeField(_("réponse envoyée le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande sur des données")
        verbose_name_plural = _("demandes sur des données")
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["school", "state", "due"], name="data_request_by_due_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(prolonged_at=None, prolonged_why="")
                | (Q(prolonged_at__isnull=False) & ~Q(prolonged_why="")),
                name="data_request_prolonged_with_why",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at=None, told_at=None)),
                name="data_request_answered_at",
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        return self.state in {self.State.RECEIVED, self.State.IN_HAND}

    @property
    def is_told(self) -> bool:
        return self.told_at is not None

    @property
    def asked_on(self) -> date:
        """The day on the wall of the school: the month is counted from it."""
        return dates.local(self.asked_at, self.school.timezone).date()

    @property
    def first_due(self) -> date:
        """The end of the first month, whether it was prolonged or not."""
        return due_after(self.asked_on)

    def is_late(self, today: date) -> bool:
        return self.is_waiting and self.due < today

    def may_still_add(self, now: datetime | None = None) -> bool:
        return self.state == self.State.RECEIVED and (now or timezone.now()) < self.asked_at + ADDING

    @property
    def tag_for_asker(self) -> tuple[str, str]:
        """Its state in a word, as `ui.tag` shows it: an answer that is not told yet is not one."""
        if self.state == self.State.ANSWERED and not self.is_told:
            return str(self.State.IN_HAND.label), "todo"
        return self.tag

    @property
    def tag(self) -> tuple[str, str]:
        if self.is_waiting and self.prolonged_at:
            return str(_("Prolongée")), "todo"
        tone = {"received": "todo", "in_hand": "todo", "answered": "done"}.get(self.state, "neutral")
        return str(self.State(self.state).label), tone


def due_after(asked_on: date, *, prolonged: bool = False) -> date:
    """The day by which a request of that day is answered: the same day a month later, or three; the last of a shorter month."""
    return dates.months_later(asked_on, MONTHS + (MORE_MONTHS if prolonged else 0))


class RequestLineQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(request__in=DataRequest.objects.visible_to(viewer))


class RequestLine(models.Model):
    """One thing that is asked of one kind of data (`kind`: a key of the board as addresses name it, or ""), and its answer."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="data_request_lines", verbose_name=_("établissement")
    )
    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="lines", verbose_name=_("demande"))
    right = models.CharField(_("ce qui est demandé"), max_length=8, choices=Right.choices)
    kind = models.CharField(_("sorte de données"), max_length=80, blank=True)
    which = models.CharField(_("ligne concernée"), max_length=200, blank=True)
    wrong = models.CharField(_("ce qui ne va pas"), max_length=1500)
    better = models.CharField(_("ce qui serait juste"), max_length=1500, blank=True)
    outcome = models.CharField(_("décision"), max_length=7, choices=Outcome.choices, blank=True)
    answer = models.CharField(_("réponse"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("réponse de")
    )
    answered_at = models.DateTimeField(_("réponse écrite le"), null=True, blank=True)
    applied_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("effacé par")
    )
    applied_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    objects = RequestLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne d’une demande")
        verbose_name_plural = _("lignes de demandes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_at=None)
                | (~Q(outcome="") & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="data_request_line_answered_whole",
            )
        ]

    @property
    def tag(self) -> tuple[str, str]:
        tone = {"granted": "done", "partly": "done", "told": "done", "refused": "changed"}.get(
            self.outcome, "todo"
        )
        return (str(Outcome(self.outcome).label) if self.outcome else str(_("Sans réponse"))), tone
