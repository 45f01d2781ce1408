"""How a school writes its bulletins: the distinctions that its councils give, and how long a text may be."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import MemberQuerySet, School
from preau.foundation.prepared import Prepared

# The livret scolaire unique (LSU) takes no longer text, whatever it is of.
LSU_LIMIT = 600
SHORTEST_LIMIT = 100
DISTINCTION_LENGTH = 60
DISTINCTIONS = ("Félicitations", "Compliments", "Encouragements", "Mise en garde, travail")


SIGNATORY_LENGTH = 120
SIGNATURE_SIDE = 640


class Column(models.TextChoices):
    """What a bulletin says of a subject beside the average of the pupil and the text."""

    MEAN = "mean", _("Moyenne de la classe")
    RANGE = "range", _("Note la plus basse et la plus haute de la classe")
    LEVELS = "levels", _("Positionnement dans les compétences")


def usual_columns() -> list[str]:
    """Those of a school that has not settled its bulletin."""
    return [Column.MEAN.value, Column.LEVELS.value]


def signature_path(policy: "CardPolicy", filename: str) -> str:
    """Nothing that somebody typed: a random name."""
    return f"signatures/{secrets.token_hex(16)}.png"


def usual_distinctions() -> list[str]:
    """Those of a school that has not named its own. That none is given is said by no word."""
    return list(DISTINCTIONS)


class CardPolicy(models.Model):
    """What a school has settled for its bulletins. A school without a row has the defaults (`policy_of`).

    `distinctions`: the words that a council may give, in their order; `subject_limit` and `general_limit`: the most characters of an
    appreciation by subject (and of school life), and of the general one.

    The model of its bulletin: `subject_order` (keys of subjects; the others come after, by name), `columns`, `shows_logo` (that of the
    school), `signatory` (name and quality, as they are printed) and the picture of their `signature`. A bulletin keeps the model of its day.
    """

    school = models.OneToOneField(
        School, models.CASCADE, related_name="card_policy", verbose_name=_("établissement")
    )
    distinctions = models.JSONField(_("mentions et distinctions"), default=usual_distinctions)
    subject_limit = models.PositiveSmallIntegerField(_("appréciation d’une matière"), default=LSU_LIMIT)
    general_limit = models.PositiveSmallIntegerField(_("appréciation générale"), default=LSU_LIMIT)
    subject_order = models.JSONField(_("ordre des matières"), default=list, db_default=[], blank=True)
    columns = models.JSONField(
        _("colonnes"), default=usual_columns, db_default=["mean", "levels"], blank=True
    )
    shows_logo = models.BooleanField(_("logo de l’établissement"), default=True, db_default=True)
    signatory = models.CharField(
        _("signataire"), max_length=SIGNATORY_LENGTH, blank=True, default="", db_default=""
    )
    signature = models.FileField(
        _("signature"), upload_to=signature_path, blank=True, default="", db_default=""
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("règles des bulletins")
        verbose_name_plural = _("règles des bulletins")
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_limit__range=(SHORTEST_LIMIT, LSU_LIMIT))
                & Q(general_limit__range=(SHORTEST_LIMIT, LSU_LIMIT)),
                name="card_limits_within_the_lsu",
            )
        ]


OF_SCHOOL = Prepared(lambda school: CardPolicy.objects.filter(school=school))


def policy_of(school_id: int) -> CardPolicy:
    """The words and limits of a school: its own, else the defaults (not saved)."""
    return OF_SCHOOL.first(school_id) or CardPolicy(school_id=school_id)
