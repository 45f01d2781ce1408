"""A questionnaire in its versions, its questions, and what people answered: nothing that was sent is written over."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.questions.boards import owners
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer


class QuestionnaireQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """As the house that asks says."""
        found = Q(pk=None)
        for owner in owners:
            found |= Q(house=owner.house, pk__in=owner.shown(viewer)) | Q(
                house=owner.house, pk__in=owner.read(viewer)
            )
        return self.filter(found)


class Questionnaire(models.Model):
    """A list of questions of one house. Once somebody has answered it stays as it is: other questions are another version, whose
    `former` is this one."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="questionnaires", verbose_name=_("établissement")
    )
    house = models.CharField(_("service"), max_length=24)
    title = models.CharField(_("titre"), max_length=160)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    former = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="following",
        verbose_name=_("version précédente"),
    )
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="questionnaires_made", verbose_name=_("préparé par")
    )
    made_at = models.DateTimeField(_("préparé à"))

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        ordering = ["pk"]


class QuestionQuerySet(SchoolQuerySet):
    school_path = "questionnaire__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(questionnaire__in=Questionnaire.objects.visible_to(viewer))


class Question(models.Model):
    """One question. `choices`: what may be chosen, in order; of a scale, what its two ends mean, or nothing. `lowest` and `highest`: the
    ends of a number or a scale, both included.

    `only_if`: a question before it, and `only_if_answer`, the answer that opens this one (« yes », or a choice).
    """

    class Kind(models.TextChoices):
        SHORT = "short", _("Texte court")
        LONG = "long", _("Texte long")
        YES_NO = "yes_no", _("Oui ou non")
        ONE = "one", _("Un choix")
        SEVERAL = "several", _("Plusieurs choix")
        NUMBER = "number", _("Nombre")
        DATE = "date", _("Date")
        SCALE = "scale", _("Échelle")
        AGREEMENT = "agreement", _("Accord à donner")

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="questions", verbose_name=_("questionnaire")
    )
    place = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices)
    label = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("précision"), max_length=300, blank=True)
    is_required = models.BooleanField(_("réponse obligatoire"), default=True)
    choices = models.JSONField(_("choix"), default=list, blank=True)
    lowest = models.IntegerField(_("au moins"), null=True, blank=True)
    highest = models.IntegerField(_("au plus"), null=True, blank=True)
    only_if = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="opens",
        verbose_name=_("seulement selon la réponse à"),
    )
    only_if_answer = models.CharField(_("réponse qui l’ouvre"), max_length=120, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "place"], name="one_question_a_place"),
            models.CheckConstraint(
                condition=Q(lowest=None) | Q(highest=None) | Q(highest__gte=models.F("lowest")),
                name="question_ends_in_order",
            ),
        ]

    @property
    def name(self) -> str:
        """Its field in a form, and its key in answers."""
        return f"q{self.place}"

    @property
    def degrees(self) -> list[tuple[int, str]]:
        """Of a scale, each degree as it is chosen: « 1 : pas du tout », « 2 », « 3 : tout à fait »."""
        lowest = 1 if self.lowest is None else self.lowest
        found = range(lowest, (5 if self.highest is None else self.highest) + 1)
        ends = dict(zip((found[0], found[-1]), self.choices, strict=False))
        return [(one, f"{one}\u202f: {ends[one]}" if one in ends else str(one)) for one in found]


class ResponseQuerySet(SchoolQuerySet):
    school_path = "questionnaire__school"

    def sent(self) -> Self:
        """What counts: the last that each sent."""
        return self.filter(state=Response.State.SENT)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; what others sent, for whoever reads the results of a questionnaire. A draft is its author's alone."""
        read = Q(pk=None)
        for owner in owners:
            read |= Q(questionnaire__house=owner.house, questionnaire__in=owner.read(viewer))
        return self.filter(Q(respondent=viewer.person.pk) | read & ~Q(state=Response.State.DRAFT))


class Response(models.Model):
    """What one person answered about one person (oneself, or a child). `answers`: by the name of each question, a text, a number, true
    or false, a day as text, or a list of texts.

    The last one sent before the deadline counts; the former ones stay, `replaced`. `digest`: SHA-256 of what was sent.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        SENT = "sent", _("Envoyée")
        REPLACED = "replaced", _("Remplacée")

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="responses", verbose_name=_("questionnaire")
    )
    subject = models.ForeignKey(
        Person, models.CASCADE, related_name="responses_about", verbose_name=_("de qui il s’agit")
    )
    respondent = models.ForeignKey(
        Person, models.CASCADE, related_name="responses", verbose_name=_("qui répond")
    )
    noted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("notée par")
    )
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.DRAFT)
    answers: Any = models.JSONField(_("réponses"), default=dict)
    digest = models.CharField(_("empreinte"), max_length=64, blank=True)
    written_at = models.DateTimeField(_("écrite à"))

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("réponse")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "subject", "respondent", "state"],
                condition=~Q(state="replaced"),
                name="one_draft_and_one_response",
            )
        ]

    @property
    def receipt(self) -> str:
        """What a person keeps of it, to speak of it: « 3f8a-1c20 »."""
        return f"{self.digest[:4]}-{self.digest[4:8]}"
