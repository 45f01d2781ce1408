"""A referential: a tree of competences in the words of a text or of the school, in one edition."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import MemberQuerySet, School, Subject
from preau.foundation.db import NATURAL


class ReferentialQuerySet(MemberQuerySet):
    def current(self) -> Self:
        """Those that no later edition has replaced."""
        return self.filter(replaced_on=None)


class Referential(models.Model):
    """The competences of a text in one edition. A later edition replaces it: what was assessed with it stays readable."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="referentials", verbose_name=_("établissement")
    )
    key = models.SlugField(_("clé"), max_length=40)
    name = models.CharField(_("nom"), max_length=120, db_collation=NATURAL)
    edition = models.CharField(_("édition"), max_length=20)
    source = models.CharField(_("source"), max_length=240, blank=True)
    # The school wrote it, and may add to it.
    is_own = models.BooleanField(_("de l’établissement"), default=False)
    added_at = models.DateTimeField(_("ajouté à"), default=timezone.now)
    replaced_on = models.DateField(_("remplacé le"), null=True, blank=True)

    objects = ReferentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("référentiel")
        ordering = ["name", "-edition", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "key", "edition"], name="one_referential_per_key_and_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.edition})"


class CompetenceQuerySet(MemberQuerySet):
    school_path = "referential__school"

    def in_use(self, day: date) -> Self:
        """Those with which one assesses on a day: neither retired nor of a former edition."""
        kept = Q(retired_on=None) | Q(retired_on__gt=day)
        return self.filter(kept, referential__replaced_on=None)

    def assessed(self) -> Self:
        """Those that a level is given for: the leaves of the tree."""
        return self.filter(has_children=False)


class Competence(models.Model):
    """A place in a referential: a domain, or a competence when nothing is below it. `code` is its name in files.

    `component`: the component of the socle that it feeds. Retired, it is offered no more; its levels stay.
    """

    referential = models.ForeignKey(
        Referential, models.CASCADE, related_name="competences", verbose_name=_("référentiel")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("au-dessus")
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("intitulé"), max_length=300)
    rank = models.PositiveIntegerField(_("ordre"), default=0)
    depth = models.PositiveSmallIntegerField(_("profondeur"), default=0)
    has_children = models.BooleanField(_("domaine"), default=False)
    cycle = models.CharField(_("cycle"), max_length=10, blank=True)
    subject = models.ForeignKey(
        Subject,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="competences",
        verbose_name=_("matière"),
    )
    component = models.CharField(_("composante du socle"), max_length=7, blank=True)
    # The key of a node of the programmes in the catalogue, which keeps it from a year to the next.
    node = models.CharField(_("repère des programmes"), max_length=120, blank=True)
    retired_on = models.DateField(_("retirée le"), null=True, blank=True)

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("compétence")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referential", "code"], name="one_competence_per_code"),
            models.CheckConstraint(condition=~Q(name=""), name="competence_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_use(self, day: date) -> bool:
        """Does one assess with it on this day, as far as itself is concerned?"""
        return self.retired_on is None or self.retired_on > day
