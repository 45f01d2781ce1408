"""Lines and seals."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role


class LineQuerySet(SchoolQuerySet):
    def unsealed(self) -> Self:
        return self.filter(seal=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """The head reads the journal of the school; everyone reads what they did."""
        own = models.Q(actor_id=viewer.person.pk)
        return (
            self.filter(own | models.Q(school_id=viewer.school_id))
            if viewer.holds(Role.HEAD)
            else self.filter(own)
        )


class Seal(models.Model):
    """A batch of lines of one school under a digest that covers them and the seal before."""

    school = models.ForeignKey(
        School, models.PROTECT, null=True, related_name="journal_seals", verbose_name=_("établissement")
    )
    number = models.PositiveIntegerField(_("rang"))
    digest = models.CharField(_("empreinte"), max_length=64)
    count = models.PositiveIntegerField(_("nombre de lignes"))
    at = models.DateTimeField(_("scellé le"), auto_now_add=True)

    class SealQuerySet(SchoolQuerySet):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("sceau du journal")
        verbose_name_plural = _("sceaux du journal")
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_seal_per_number"),
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(school=None), name="one_seal_per_number_of_the_platform"
            ),
        ]


class Line(models.Model):
    """One trace. Never changed: erasing a person blanks the person, not the line (docs/decisions/0017)."""

    # Nor does it follow when two rows of one human being are merged (docs/decisions/0076).
    stays_put: ClassVar = frozenset({"actor", "subject"})

    at = models.DateTimeField(_("date et heure"), auto_now_add=True, db_index=True)
    verb = models.CharField(_("action"), max_length=60)
    actor = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="journal_lines", verbose_name=_("auteur")
    )
    acting_as = models.CharField(_("en tant que"), max_length=40, blank=True)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, related_name="journal_lines", verbose_name=_("établissement")
    )
    target = models.CharField(_("objet"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("numéro de l’objet"), null=True)
    subject = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="journal_about", verbose_name=_("personne concernée")
    )
    is_read = models.BooleanField(_("lecture"), default=False)
    details = models.JSONField(_("détails"), default=dict)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="lines", verbose_name=_("sceau"))

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("lignes du journal")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["subject", "at"], name="journal_by_subject"),
            models.Index(fields=["school", "at"], name="journal_by_school"),
            models.Index(fields=["target", "target_id"], name="journal_by_target"),
            models.Index(fields=["school", "id"], condition=models.Q(seal=None), name="journal_unsealed"),
        ]
