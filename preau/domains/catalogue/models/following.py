"""Searches that people follow: told when resources come that they find."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer


class FollowedSearchQuerySet(models.QuerySet["FollowedSearch"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; nobody else's, whoever asks."""
        return self.filter(person_id=viewer.person.pk)


class FollowedSearch(models.Model):
    """A search that one person follows, as the address of its page says it (`queries.search.Search.query`).

    `seen` is the edition of the catalogue up to which this person was told of what it finds.
    """

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="searches_followed", verbose_name=_("suivie par")
    )
    query = models.CharField(_("recherche"), max_length=1_000)
    since = models.DateField(_("suivie depuis"))
    seen = models.PositiveBigIntegerField(_("édition vue"))

    objects = FollowedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("recherche suivie")
        verbose_name_plural = _("recherches suivies")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["person", "query"], name="a_search_is_followed_once"),
        ]
