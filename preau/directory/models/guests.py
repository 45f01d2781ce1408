"""People from outside whom a school lets in until a day, and the reviews of who holds more than an ordinary seat."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Holding, Person
from preau.directory.models.schools import School
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class GuestQuerySet(SchoolQuerySet):
    school_path = "holding__school"

    def visible_to(self, viewer: "Viewer") -> Self:
        """The head who lets them in."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()


class Guest(models.Model):
    """Why a school let somebody in from outside. What they may do, by whom and until when, is said by `holding`.

    No file ends or doubles it: the holding has no source, and official files know nobody of it.
    """

    holding = models.OneToOneField(Holding, models.CASCADE, related_name="guest", verbose_name=_("fonction"))
    reason = models.CharField(_("raison"), max_length=200)
    invited_at = models.DateTimeField(_("invitée le"))

    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne invitée")
        verbose_name_plural = _("personnes invitées")

    def is_over(self, today: date) -> bool:
        return self.holding.ends is not None and self.holding.ends <= today


class AccessDoubtQuerySet(SchoolQuerySet):
    school_path = "holding__school"

    def visible_to(self, viewer: "Viewer") -> Self:
        """The head, who noted them."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()


class AccessDoubt(models.Model):
    """A function of the official files that is wrong: to correct there. It goes with the function."""

    holding = models.OneToOneField(Holding, models.CASCADE, related_name="doubt", verbose_name=_("fonction"))
    noted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="doubts_noted", verbose_name=_("signalé par")
    )
    noted_at = models.DateTimeField(_("signalé le"))

    objects = AccessDoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("fonction à corriger")
        verbose_name_plural = _("fonctions à corriger")


class AccessReviewQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """The heads of the school."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()


class AccessReview(models.Model):
    """A head has gone through everybody who holds more than an ordinary seat. The counts are those of that moment.

    `people` held something; `doubts` functions were to correct; `given` powers and `guests` were in force at its end.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="access_reviews", verbose_name=_("établissement")
    )
    done_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="reviews_done", verbose_name=_("faite par")
    )
    done_at = models.DateTimeField(_("faite le"))
    people = models.PositiveIntegerField(_("personnes"))
    given = models.PositiveIntegerField(_("droits confiés"))
    guests = models.PositiveIntegerField(_("personnes invitées"))
    doubts = models.PositiveIntegerField(_("fonctions à corriger"))

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("revue des accès")
        verbose_name_plural = _("revues des accès")
        ordering = ["-done_at", "-pk"]
