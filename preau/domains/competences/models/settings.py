"""The levels of mastery in the words of a school, and its rules: what a history comes to, which level a mark proposes."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import MemberQuerySet, School
from preau.foundation.prepared import Prepared


class MasteryPolicy(models.Model):
    """How a school speaks of levels 1 to 4 and reads a history of them. A school without a row has the defaults (`policy_of`).

    Levels are numbers everywhere: a school that renames them renames those of the past too.
    """

    class Rule(models.TextChoices):
        LAST = "last", _("Le dernier niveau")
        MEAN = "mean", _("La moyenne des niveaux")
        BEST = "best", _("Le meilleur niveau")

    class Palette(models.TextChoices):
        GREEN = "green", _("Du rouge au vert")
        BLUE = "blue", _("Du clair au foncé")

    school = models.OneToOneField(
        School, models.CASCADE, related_name="mastery_policy", verbose_name=_("établissement")
    )
    word_1 = models.CharField(_("niveau 1"), max_length=40, default="Maîtrise insuffisante")
    word_2 = models.CharField(_("niveau 2"), max_length=40, default="Maîtrise fragile")
    word_3 = models.CharField(_("niveau 3"), max_length=40, default="Maîtrise satisfaisante")
    word_4 = models.CharField(_("niveau 4"), max_length=40, default="Très bonne maîtrise")
    palette = models.CharField(_("couleurs"), max_length=5, choices=Palette.choices, default=Palette.GREEN)
    rule = models.CharField(_("synthèse"), max_length=4, choices=Rule.choices, default=Rule.LAST)
    # Out of 20: from which mark each level is proposed.
    from_2 = models.DecimalField(
        _("niveau 2 à partir de"), max_digits=4, decimal_places=2, default=Decimal(5)
    )
    from_3 = models.DecimalField(
        _("niveau 3 à partir de"), max_digits=4, decimal_places=2, default=Decimal(10)
    )
    from_4 = models.DecimalField(
        _("niveau 4 à partir de"), max_digits=4, decimal_places=2, default=Decimal(16)
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("règles des compétences")
        verbose_name_plural = _("règles des compétences")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_2__gt=0, from_2__lt=F("from_3"), from_3__lt=F("from_4"), from_4__lte=20),
                name="levels_of_marks_rise",
            ),
        ]

    @property
    def words(self) -> dict[int, str]:
        """By level."""
        return {1: self.word_1, 2: self.word_2, 3: self.word_3, 4: self.word_4}

    @property
    def thresholds(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.from_2, self.from_3, self.from_4


OF_SCHOOL = Prepared(lambda school: MasteryPolicy.objects.filter(school=school))


def policy_of(school_id: int) -> MasteryPolicy:
    """The words and rules of a school: its own, else the defaults (not saved)."""
    return OF_SCHOOL.first(school_id) or MasteryPolicy(school_id=school_id)
