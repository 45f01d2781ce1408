"""The words of coming in by a provider: who has come, in which protocol, what an attribute says, why somebody is not let in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Profile


@dataclass(frozen=True)
class Arrival:
    """Who a provider says has come.

    `subject`: the stable name of the person there (sub, NameID). `facts`: attributes, by the provider's own names. `session`:
    its name of the session (sid, SessionIndex), for single logout. `is_strong`: a second factor was given there. `hint`: what
    the provider wants to be shown at logout (id_token), if anything. `is_fresh`: they proved who they are just now, and not in a
    session that was open there.
    """

    subject: str
    facts: Mapping[str, list[str]] = field(default_factory=dict)
    session: str = ""
    is_strong: bool = False
    hint: str = ""
    is_fresh: bool = False


class Protocol(models.TextChoices):
    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")


class Audience(models.TextChoices):
    """Whom a provider knows. Whoever comes in by that of the families sits with their family alone (`PROFILES`)."""

    FAMILIES = "families", _("Élèves et familles")
    STAFF = "staff", _("Personnels")
    EVERYBODY = "everybody", _("Tout le monde")


FAMILY = (Profile.PUPIL, Profile.GUARDIAN)
# Seats that an arrival opens, by audience; all of them where nothing is said.
PROFILES = {Audience.FAMILIES: FAMILY}


class Key(models.TextChoices):
    """What an attribute of a provider says, that leads to one person of the directory."""

    VECTOR = "vector", _("Vecteur d’identité (profil|nom|prénom|numéro de l’élève|UAI)")
    REFERENCE = "reference", _("Référence à l’annuaire fédérateur ({AAF}académie|…|jointure)")
    JOINTURE = "jointure", _("Jointure de l’annuaire fédérateur, seule")
    EMAIL = "email", _("Courriel professionnel")


class Icon(models.TextChoices):
    SCHOOL = "school", _("École")
    USERS = "users", _("Familles")
    BRIEFCASE = "briefcase", _("Personnels")
    BUILDING = "building-community", _("Collectivité")
    BADGE = "id-badge-2", _("Badge")


class Why(models.TextChoices):
    """Why somebody who has come is not let in, or not yet."""

    OFF = "off", _("fournisseur fermé")
    UNKNOWN = "unknown", _("personne reconnue")
    SEVERAL = "several", _("plusieurs personnes")
    NOT_FOR_THEM = "not_for_them", _("fournisseur fait pour d’autres")
    NO_ROLE = "no_role", _("plus aucun rôle")
    CLOSED = "closed", _("compte fermé")
    SECOND_PROOF = "second_proof", _("double vérification attendue")


@dataclass(frozen=True)
class Refusal:
    """Why no session was opened. UNKNOWN: they may link their account; SECOND_PROOF: this browser waits for their digits."""

    why: Why


class Trouble(models.TextChoices):
    """What is wrong with a provider, as it was met."""

    NONE = "", "—"
    AWAY = "away", _("Il ne répond pas.")
    SLOW = "slow", _("Il met trop de temps à répondre.")
    ERROR = "error", _("Il répond par une erreur.")
    GARBLED = "garbled", _("Sa réponse ne se lit pas.")
    REFUSED = "refused", _("Son adresse n’est pas une adresse publique en https.")
    MISMATCH = "mismatch", _("Il ne se présente pas sous le nom qui a été écrit ici.")
    SECRET = "secret", _("Il ne reconnaît pas le numéro ou le secret de Préau.")
    INCOMPLETE = "incomplete", _("Sa fiche ne dit pas tout ce qu’il faut.")
    UNSURE = "unsure", _("Sa signature ou ses dates ne sont pas bonnes.")


# The académies, by the number that official files give them: `{AAF}14|…` and `AC-RENNES$…` name the same one.
ACADEMIES = {
    "1": "paris",
    "2": "aix-marseille",
    "3": "besancon",
    "4": "bordeaux",
    "5": "caen",
    "6": "clermont-ferrand",
    "7": "dijon",
    "8": "grenoble",
    "9": "lille",
    "10": "lyon",
    "11": "montpellier",
    "12": "nancy-metz",
    "13": "poitiers",
    "14": "rennes",
    "15": "strasbourg",
    "16": "toulouse",
    "17": "nantes",
    "18": "orleans-tours",
    "19": "reims",
    "20": "amiens",
    "21": "rouen",
    "22": "limoges",
    "23": "nice",
    "24": "creteil",
    "25": "versailles",
    "27": "corse",
    "28": "la reunion",
    "31": "martinique",
    "32": "guadeloupe",
    "33": "guyane",
    "40": "nouvelle-caledonie",
    "41": "polynesie",
    "42": "wallis-et-futuna",
    "43": "mayotte",
    "44": "st-pierre-et-miquelon",
    "70": "normandie",
}
