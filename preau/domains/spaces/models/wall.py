"""The wall of a space, its cards in columns, and its glossary."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces.models.spaces import Space
from preau.domains.spaces.models.talk import InSpaceQuerySet, Removable, RemovableQuerySet


class ColumnQuerySet(InSpaceQuerySet):
    def opened_by(self, viewer: Viewer, pk: int) -> Any:
        return self.visible_to(viewer).select_related("space__school").filter(pk=pk).first()


class Column(models.Model):
    """A column of the wall, from left to right by `rank`."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="columns", verbose_name=_("espace"))
    title = models.CharField(_("titre"), max_length=60)
    rank = models.PositiveIntegerField(_("rang"))

    objects = ColumnQuerySet.as_manager()

    class Meta:
        verbose_name = _("colonne d’un mur")
        verbose_name_plural = _("colonnes de murs")
        ordering = ["rank", "pk"]


class Card(Removable):
    """A card of the wall. `mark` says by a word and a drawing what kind it is: its tint follows, never alone."""

    class Mark(models.TextChoices):
        IDEA = "idea", _("Idée")
        QUESTION = "question", _("Question")
        TO_DO = "todo", _("À faire")
        DONE = "done", _("Fait")

    space = models.ForeignKey(Space, models.CASCADE, related_name="cards", verbose_name=_("espace"))
    column = models.ForeignKey(Column, models.CASCADE, related_name="cards", verbose_name=_("colonne"))
    mark = models.CharField(_("sorte"), max_length=8, choices=Mark.choices, default=Mark.IDEA)
    text = models.CharField(_("carte"), max_length=280)
    rank = models.PositiveIntegerField(_("rang"))
    by = models.ForeignKey(Person, models.CASCADE, related_name="space_cards", verbose_name=_("écrite par"))
    at = models.DateTimeField(_("le"))
    sent_as = models.CharField(_("numéro du formulaire"), max_length=40, blank=True)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        verbose_name = _("carte d’un mur")
        verbose_name_plural = _("cartes de murs")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "sent_as"], condition=~Q(sent_as=""), name="one_card_per_form"
            )
        ]


class DefinitionQuerySet(RemovableQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """What is accepted, and one's own; whoever runs the space, all."""
        here: Any = InSpaceQuerySet.visible_to(self, viewer)
        found = Q(removed_at=None, accepted_at__isnull=False) | Q(by=viewer.person.pk)
        if viewer.is_staff:
            found |= Q(space__in=Space.objects.run_by(viewer))
        return here.filter(found)


class Definition(Removable):
    """A word of the glossary and what it means, proposed by anybody, shown to all once a teacher accepts it."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="definitions", verbose_name=_("espace"))
    word = models.CharField(_("mot"), max_length=80)
    search_word = models.CharField(_("mot sans accents"), max_length=160, editable=False)
    text = models.CharField(_("définition"), max_length=600)
    by = models.ForeignKey(
        Person, models.CASCADE, related_name="space_definitions", verbose_name=_("proposée par")
    )
    at = models.DateTimeField(_("le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True)
    accepted_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="space_definitions_accepted",
        verbose_name=_("acceptée par"),
    )

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("définition d’un glossaire")
        verbose_name_plural = _("définitions de glossaires")
        ordering = ["search_word", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "search_word"],
                condition=Q(removed_at=None, accepted_at__isnull=False),
                name="word_once_in_a_glossary",
            )
        ]
