"""The words of the register: what may leave for a service, and how it is said to families."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Profile

# Who may be let into a service: those of a school, and its families.
ADMITTED = (Profile.PUPIL, Profile.GUARDIAN, Profile.STAFF)


class Protocol(models.TextChoices):
    CAS = "cas", _("CAS 1, 2 et 3")
    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")
    LTI = "lti", _("LTI 1.3")


class Shape(models.TextChoices):
    """How attributes are written in a CAS answer. ENT: values as JSON inside one XML element, as services made for ENT read them."""

    PLAIN = "plain", _("Ordinaire : un élément par valeur")
    ENT = "ent", _("Des ENT : du JSON dans « userAttributes »")


@dataclass(frozen=True)
class Attribute:
    """Something about a person that a service may receive. `plain` and `ent` are its names in the two shapes of CAS, `claim`
    the one of OpenID Connect, where it leaves for whoever asks `scope`."""

    key: str
    label: str
    plain: str
    ent: str
    claim: str
    scope: str
    why: str


# The closed list. The opaque identifier always leaves, and is no choice: without it there is no account there.
ATTRIBUTES = {
    one.key: one
    for one in (
        Attribute(
            "profile",
            _("Profil (élève, parent, personnel)"),
            "profile",
            "profiles",
            "urn:preau:profile",
            "ent",
            _("Montrer à chacun ce qui est pour lui."),
        ),
        Attribute(
            "school",
            _("Établissement"),
            "uai",
            "structureNodes",
            "urn:preau:school",
            "ent",
            _("Ranger chacun dans son établissement."),
        ),
        Attribute(
            "classes",
            _("Classes et groupes d’un élève"),
            "classes",
            "classes",
            "urn:preau:classes",
            "ent",
            _("Ranger l’élève dans sa classe."),
        ),
        Attribute(
            "level",
            _("Niveau d’un élève"),
            "level",
            "level",
            "urn:preau:level",
            "ent",
            _("Proposer ce qui est de son niveau."),
        ),
        Attribute(
            "first_name",
            _("Prénom"),
            "firstName",
            "firstName",
            "given_name",
            "profile",
            _("Appeler la personne par son prénom."),
        ),
        Attribute(
            "last_name",
            _("Nom"),
            "lastName",
            "lastName",
            "family_name",
            "profile",
            _("Reconnaître la personne dans une liste."),
        ),
        Attribute(
            "email", _("Adresse électronique"), "email", "email", "email", "email", _("Écrire à la personne.")
        ),
    )
}


# Their names in SAML, and what people call them there: those of LDAP (OIDs), and of the directory of the SDET.
SAML_NAMES = {
    "profile": ("ENTPersonProfils", "ENTPersonProfils"),
    "school": ("ENTStructureUAI", "ENTStructureUAI"),
    "classes": ("ENTEleveClasses", "ENTEleveClasses"),
    "level": ("ENTEleveNivFormation", "ENTEleveNivFormation"),
    "first_name": ("urn:oid:2.5.4.42", "givenName"),
    "last_name": ("urn:oid:2.5.4.4", "sn"),
    "email": ("urn:oid:0.9.2342.19200300.100.1.3", "mail"),
}


class NameForm(models.TextChoices):
    """PERSISTENT: the opaque identifier; TRANSIENT: another word at each session."""

    PERSISTENT = "persistent", _("Le même à chaque visite (persistent)")
    TRANSIENT = "transient", _("Un autre à chaque session (transient)")


class Binding(models.TextChoices):
    REDIRECT = "redirect", _("HTTP-Redirect")
    POST = "post", _("HTTP-POST")


class Hiding(models.TextChoices):
    GCM = "gcm", _("AES-256-GCM")
    CBC = "cbc", _("AES-256-CBC, pour les anciens services")


class KeyUse(models.TextChoices):
    JWT = "jwt", _("OpenID Connect")
    SAML = "saml", _("SAML")


class Icon(models.TextChoices):
    """The pictures that a tile may have: drawings of ours, since nothing of a page comes from elsewhere."""

    APPS = "apps", _("Carrés")
    NOTEBOOK = "notebook", _("Cahier")
    SCHOOL = "school", _("École")
    PRESENTATION = "presentation", _("Tableau")
    PALETTE = "palette", _("Palette")
    PHOTO = "photo", _("Photo")
    BACKPACK = "backpack", _("Cartable")
