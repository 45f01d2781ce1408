"""What is announced in a space, what is asked there and when, and what is reported."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.spaces.models.spaces import ANSWERABLE, Space

LONGEST_QUESTION, LONGEST_ANSWER = 600, 2_000


class InSpaceQuerySet(SchoolQuerySet):
    """Rows of a space: whoever enters it reads them."""

    school_path = "space__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(space__in=Space.objects.visible_to(viewer))


class RemovableQuerySet(InSpaceQuerySet):
    """What is taken away is read by whoever runs the space, and by whoever wrote it, who is told why."""

    author = "by"

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        here = super().visible_to(viewer)
        if not viewer.is_staff:
            return here.filter(Q(removed_at=None) | Q(**{self.author: viewer.person.pk}))
        return here.filter(
            Q(removed_at=None)
            | Q(**{self.author: viewer.person.pk})
            | Q(space__in=Space.objects.run_by(viewer))
        )

    def opened_by(self, viewer: Viewer, pk: int) -> Any:
        return self.visible_to(viewer).select_related("space__school", self.author).filter(pk=pk).first()


class Removable(models.Model):
    """Who took it away, and why, in words that its author reads."""

    removed_at = models.DateTimeField(_("retiré le"), null=True)
    removed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("retiré par")
    )
    why = models.CharField(_("pourquoi"), max_length=200, blank=True)

    class Meta:
        abstract = True


class Announcement(Removable):
    """A word of whoever runs a space, to all who enter it."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="announcements", verbose_name=_("espace"))
    text = models.CharField(_("annonce"), max_length=1_000)
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="space_announcements", verbose_name=_("par")
    )
    at = models.DateTimeField(_("le"))
    sent_as = models.CharField(_("numéro du formulaire"), max_length=40, blank=True)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        verbose_name = _("annonce d’un espace")
        verbose_name_plural = _("annonces d’espaces")
        ordering = ["-at", "-pk"]


class OpeningHours(models.Model):
    """When questions reach the teacher: minutes since midnight on the school's wall, of a day of the week (1 for Monday).

    A space without any is always open.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="hours", verbose_name=_("espace"))
    weekday = models.PositiveSmallIntegerField(_("jour"))
    starts = models.PositiveSmallIntegerField(_("de"))
    ends = models.PositiveSmallIntegerField(_("à"))

    objects = InSpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("heures des questions")
        verbose_name_plural = _("heures des questions")
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="hours_of_a_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts"), ends__lte=1440), name="hours_in_order"),
            models.UniqueConstraint(fields=["space", "weekday"], name="hours_once_a_day"),
        ]


class QuestionQuerySet(RemovableQuerySet):
    def shown(self, viewer: Viewer) -> Self:
        """Those whose hour has come, and that no teacher still reads first; taken away, none."""
        return self.kept().filter(shown_at__lte=viewer.moment, is_out=True)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own at once; the teacher's from their hour on; the class's, once they are out."""
        here: Any = InSpaceQuerySet.visible_to(self, viewer)
        mine = Q(by=viewer.person.pk)
        out = Q(removed_at=None, is_out=True, shown_at__lte=viewer.moment)
        if not viewer.is_staff:
            return here.filter(mine | out)
        return here.filter(
            mine | out | Q(shown_at__lte=viewer.moment, space__in=Space.objects.run_by(viewer))
        )


class Question(Removable):
    """A question of somebody of a space to whoever runs it. `shown_at`: when it reaches them; asked outside of the hours, at their opening.

    `is_out`: the class reads it, which a teacher decides first where the space moderates. `closed_at`: nobody answers it any more.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="questions", verbose_name=_("espace"))
    by = models.ForeignKey(
        Person, models.CASCADE, related_name="space_questions", verbose_name=_("posée par")
    )
    text = models.CharField(_("question"), max_length=LONGEST_QUESTION)
    at = models.DateTimeField(_("posée le"))
    shown_at = models.DateTimeField(_("montrée le"))
    is_out = models.BooleanField(_("montrée à la classe"), default=True)
    answer = models.CharField(_("réponse"), max_length=LONGEST_ANSWER, blank=True)
    answered_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="space_answers", verbose_name=_("répondu par")
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True)
    closed_at = models.DateTimeField(_("close le"), null=True)
    told_at = models.DateTimeField(_("signalée le"), null=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=40, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question d’un espace")
        verbose_name_plural = _("questions d’espaces")
        ordering = ["-shown_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "sent_as"], condition=~Q(sent_as=""), name="one_question_per_form"
            )
        ]
        indexes = [
            models.Index(fields=["space", "-shown_at", "-id"], name="questions_of_a_space"),
            models.Index(fields=["shown_at"], condition=Q(told_at=None), name="questions_to_tell"),
        ]


class SameQuestionQuerySet(SchoolQuerySet):
    school_path = "question__space__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own: of the others, only how many is shown."""
        return self.filter(person=viewer.person.pk, question__in=Question.objects.visible_to(viewer))


class SameQuestion(models.Model):
    """« J’ai la même question », once a person."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="same", verbose_name=_("question"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="same_questions", verbose_name=_("personne")
    )
    at = models.DateTimeField(_("le"))

    objects = SameQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("même question")
        verbose_name_plural = _("mêmes questions")
        constraints = [models.UniqueConstraint(fields=["question", "person"], name="same_question_once")]


class SpaceReportQuerySet(SchoolQuerySet):
    school_path = "space__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever made it; whoever runs the space, and head and school life of its school."""
        mine = Q(by=viewer.person.pk)
        if not viewer.is_staff:
            return self.filter(mine) if viewer.profile == Profile.PUPIL else self.none()
        found = mine | Q(space__in=Space.objects.run_by(viewer))
        if viewer.holds(*ANSWERABLE):
            found |= Q(space__school=viewer.school_id)
        return self.filter(found)

    def opened_by(self, viewer: Viewer, pk: int) -> Any:
        related = ("space__school", "question__by", "card__by", "by")
        return self.visible_to(viewer).select_related(*related).filter(pk=pk).first()


class Report(models.Model):
    """Somebody says that a question or a card should not be there; who runs the space, and school life, decide."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="reports", verbose_name=_("espace"))
    question = models.ForeignKey(
        Question, models.CASCADE, null=True, related_name="reports", verbose_name=_("question")
    )
    card = models.ForeignKey(
        "spaces.Card", models.CASCADE, null=True, related_name="reports", verbose_name=_("carte")
    )
    by = models.ForeignKey(Person, models.CASCADE, related_name="space_reports", verbose_name=_("par"))
    words = models.CharField(_("ce qui ne va pas"), max_length=300)
    at = models.DateTimeField(_("le"))
    settled_at = models.DateTimeField(_("traité le"), null=True)
    settled_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="space_reports_settled", verbose_name=_("traité par")
    )

    objects = SpaceReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement dans un espace")
        verbose_name_plural = _("signalements dans des espaces")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question=None, card__isnull=False) | Q(question__isnull=False, card=None),
                name="report_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["question", "by"],
                condition=Q(settled_at=None, question__isnull=False),
                name="one_open_report_per_question",
            ),
            models.UniqueConstraint(
                fields=["card", "by"],
                condition=Q(settled_at=None, card__isnull=False),
                name="one_open_report_per_card",
            ),
        ]
