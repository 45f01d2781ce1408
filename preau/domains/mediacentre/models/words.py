"""The publics of a resource, and which function makes somebody one of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Role

# What a head may give until a day, on the board of powers.
ASSIGNING = "mediacentre"
BY_FUNCTION = frozenset({Role.HEAD, Role.LIBRARIAN})


class Public(models.TextChoices):
    """The publics of a subscription of the GAR (`publicCible`)."""

    PUPIL = "pupil", _("Élèves")
    TEACHER = "teacher", _("Enseignants")
    LIBRARIAN = "librarian", _("Professeurs documentalistes")
    OTHER = "other", _("Autres personnels")


# Somebody who teaches is a teacher first, as in what leaves for the GAR (docs/decisions/0074); « autre personnel » is not told to it.
OTHER_ROLES = frozenset(
    {
        Role.HEAD,
        Role.SCHOOL_LIFE,
        Role.SECRETARY,
        Role.NURSE,
        Role.ASSISTANT,
        Role.DIGITAL_LEAD,
    }
)
# The column of a subscription that says it is for a public.
FOR = {
    Public.PUPIL: "for_pupils",
    Public.TEACHER: "for_teachers",
    Public.LIBRARIAN: "for_librarians",
    Public.OTHER: "for_others",
}
