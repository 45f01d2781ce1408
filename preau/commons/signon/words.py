"""The words of the register: what may leave for a service, and how it is said to families."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Profile

# Who may be let into a service: those of a school, and its families.
ADMITTED = (Profile.PUPIL, Profile.GUARDIAN, Profile.STAFF)


class Protocol(models.TextChoices):
    CAS = "cas", _("CAS 1, 2 et 3")


class Shape(models.TextChoices):
    """How attributes are written in a CAS answer. ENT: values as JSON inside one XML element, as services made for ENT read them."""

    PLAIN = "plain", _("Ordinaire : un élément par valeur")
    ENT = "ent", _("Des ENT : du JSON dans « userAttributes »")


@dataclass(frozen=True)
class Attribute:
    """Something about a person that a service may receive. `plain` and `ent` are its names in the two shapes of CAS."""

    key: str
    label: str
    plain: str
    ent: str
    why: str


# The closed list. The opaque identifier always leaves, and is no choice: without it there is no account there.
ATTRIBUTES = {
    one.key: one
    for one in (
        Attribute("profile", _("Profil (élève, parent, personnel)"), "profile", "profiles", _("Montrer à chacun ce qui est pour lui.")),
        Attribute("school", _("Établissement"), "uai", "structureNodes", _("Ranger chacun dans son établissement.")),
        Attribute("classes", _("Classes et groupes d’un élève"), "classes", "classes", _("Ranger l’élève dans sa classe.")),
        Attribute("level", _("Niveau d’un élève"), "level", "level", _("Proposer ce qui est de son niveau.")),
        Attribute("first_name", _("Prénom"), "firstName", "firstName", _("Appeler la personne par son prénom.")),
        Attribute("last_name", _("Nom"), "lastName", "lastName", _("Reconnaître la personne dans une liste.")),
        Attribute("email", _("Adresse électronique"), "email", "email", _("Écrire à la personne.")),
    )
}  # fmt: skip


class Icon(models.TextChoices):
    """The pictures that a tile may have: drawings of ours, since nothing of a page comes from elsewhere."""

    APPS = "apps", _("Carrés")
    NOTEBOOK = "notebook", _("Cahier")
    SCHOOL = "school", _("École")
    PRESENTATION = "presentation", _("Tableau")
    PALETTE = "palette", _("Palette")
    PHOTO = "photo", _("Photo")
    BACKPACK = "backpack", _("Cartable")
