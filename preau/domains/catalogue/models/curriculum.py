"""The tree of the programmes: cycles and their levels, subjects and their notions, as they stand in a school year."""

from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

# The identifiers of ScoLOMFR, the French profile of LOM: the same concept in every catalogue that speaks it.
CONCEPT = "http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-"


class NodeQuerySet(models.QuerySet["Node"]):
    """Open to anyone: the programmes belong to no school."""

    def visible_to(self, viewer: object) -> Self:
        """Everybody sees the whole tree."""
        return self.all()

    def in_force(self) -> Self:
        """The nodes of the last programme year that was loaded."""
        last = Node.objects.order_by("-year").values("year")[:1]
        return self.filter(year=last)

    def counted(self) -> Self:
        """Each with the number of published resources that name it, as `held`."""
        held = Count("resources", filter=Q(resources__status="published"))
        # Django forgets the order of the model where it counts.
        return self.annotate(held=held).order_by("order", "pk")


class Node(models.Model):
    """A place in the programmes. `key` stays the same from a year to the next: addresses and indexes hold it."""

    class Kind(models.TextChoices):
        CYCLE = "cycle", _("cycle")
        LEVEL = "level", _("niveau")
        SUBJECT = "subject", _("matière")
        NOTION = "notion", _("notion")

    year = models.PositiveSmallIntegerField(_("année du programme"))
    kind = models.CharField(_("genre"), max_length=10, choices=Kind.choices)
    key = models.CharField(_("clé"), max_length=120)
    label = models.CharField(_("nom"), max_length=120)
    also = models.JSONField(_("autres noms"), default=list, blank=True)
    concept = models.CharField(_("concept ScoLOMFR"), max_length=20, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("au-dessus"),
    )
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    objects = NodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("repère des programmes")
        verbose_name_plural = _("repères des programmes")
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["year", "kind", "key"], name="one_node_of_a_key_a_year"),
        ]

    @property
    def uri(self) -> str:
        """The address of the concept in ScoLOMFR, or ""."""
        return f"{CONCEPT}{self.concept}" if self.concept else ""
