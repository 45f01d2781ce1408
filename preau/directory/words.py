"""The words of the directory: profiles, roles, levels of authority, kinship, school levels."""

import re
from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.foundation.text import fold

# « 6EME », « 1ERE »: how official files write them, and how a school does.
IN_CAPITALS = re.compile(r"^(\d)(?:EME|(ERE))\b")

# What a head may give until a day: the keys of `boards.powers`, as `Holding.scope` writes them.
SETTINGS, DIRECTORY, LISTS = "settings", "directory", "lists"


class Profile(models.TextChoices):
    """How a person stands before a page. One at a time: a teacher who is also a parent chooses."""

    STAFF = "staff", _("Personnel")
    GUARDIAN = "guardian", _("Parent ou responsable")
    PUPIL = "pupil", _("Élève")
    AGENT = "agent", _("Agent de la collectivité")
    OPERATOR = "operator", _("Exploitant de la plateforme")


def said_of_seat(key: str) -> str:
    """In which profile somebody acted, or was told: a seat's key is a profile and its school's number (« staff-3 »)."""
    return str(Profile(key.partition("-")[0]).label)


class Role(models.TextChoices):
    """What a holding gives. The words are the ones a person reads about themselves."""

    HEAD = "head", _("Direction")
    SCHOOL_LIFE = "school_life", _("Vie scolaire")
    TEACHER = "teacher", _("Enseignant")
    SECRETARY = "secretary", _("Secrétariat")
    NURSE = "nurse", _("Infirmerie")
    LIBRARIAN = "librarian", _("Documentation (CDI)")
    ASSISTANT = "assistant", _("Accompagnement (AESH)")
    DIGITAL_LEAD = "digital_lead", _("Référent numérique")
    OTHER = "other", _("Autre personnel")
    PUPIL = "pupil", _("Élève")
    AGENT = "agent", _("Agent de la collectivité")
    OPERATOR = "operator", _("Exploitant de la plateforme")

    def said_of(self, civility: str) -> str:
        """The label as it is said of a person: « Enseignante » for a Mme."""
        return str(FEMININE.get(self.value, self.label)) if civility == "mme" else str(self.label)

    @property
    def profile(self) -> Profile:
        return {"pupil": Profile.PUPIL, "agent": Profile.AGENT, "operator": Profile.OPERATOR}.get(
            self.value, Profile.STAFF
        )


# The roles of those who work in a school.
STAFF = [role for role in Role if role.profile == Profile.STAFF]

FEMININE = {
    "teacher": _("Enseignante"),
    "digital_lead": _("Référente numérique"),
    "agent": _("Agente de la collectivité"),
}


def lead_of_class(*, in_ecole: bool, civility: str = "") -> str:
    """How whoever leads a class is called: in an école nobody is « professeur principal », a class has its teacher."""
    if in_ecole:
        return Role.TEACHER.said_of(civility)
    return str(_("Professeure principale") if civility == "mme" else _("Professeur principal"))


class Authority(models.TextChoices):
    """The level of a guardianship by its meaning, whatever number a file gives it (docs/decisions/0012)."""

    LEGAL = "legal", _("Responsable légal")
    IN_CHARGE = "in_charge", _("Personne en charge")
    CONTACT = "contact", _("Personne à contacter")


class Kinship(models.TextChoices):
    """What a guardian is to the pupil (BEE nomenclature of kinship, in words)."""

    MOTHER = "mother", _("Mère")
    FATHER = "father", _("Père")
    PARENT = "parent", _("Parent")
    SIBLING = "sibling", _("Frère ou sœur")
    GRANDPARENT = "grandparent", _("Grand-parent")
    OTHER_FAMILY = "other_family", _("Autre membre de la famille")
    STEP_PARENT = "step_parent", _("Beau-parent")
    FOSTER = "foster", _("Famille d’accueil")
    GUARDIAN = "guardian", _("Tuteur ou tutrice")
    CHILD_WELFARE = "child_welfare", _("Aide sociale à l’enfance")
    EDUCATOR = "educator", _("Éducateur ou éducatrice")
    SELF = "self", _("Élève majeur lui-même")
    OTHER = "other", _("Autre")

    @property
    def on_lists(self) -> str:
        """What a list that goes around says: that a child is placed, or has lost their parents, is not for its readers."""
        return str(Kinship.OTHER.label if self in AWAY_FROM_PARENTS else self.label)


AWAY_FROM_PARENTS = {Kinship.FOSTER, Kinship.GUARDIAN, Kinship.CHILD_WELFARE, Kinship.EDUCATOR}


class Palette(models.TextChoices):
    """The colours a school may take: those of frontend/palettes.json, each tested for its contrasts."""

    PREAU = "preau", _("Vert préau")
    OCEAN = "ocean", _("Bleu océan")
    NUIT = "nuit", _("Bleu nuit")
    PRUNE = "prune", _("Prune")
    VIOLETTE = "violette", _("Violette")
    FORET = "foret", _("Vert forêt")
    TERRE = "terre", _("Terre")


class Zone(models.TextChoices):
    """Where the school's holidays come from. Only zones A, B and C are in the ministry's published calendar."""

    A = "A", _("Zone A")
    B = "B", _("Zone B")
    C = "C", _("Zone C")
    CORSE = "corse", _("Corse")
    GUADELOUPE = "guadeloupe", _("Guadeloupe")
    GUYANE = "guyane", _("Guyane")
    MARTINIQUE = "martinique", _("Martinique")
    MAYOTTE = "mayotte", _("Mayotte")
    REUNION = "reunion", _("La Réunion")
    CALEDONIE = "caledonie", _("Nouvelle-Calédonie")
    POLYNESIE = "polynesie", _("Polynésie française")
    MIQUELON = "miquelon", _("Saint-Pierre-et-Miquelon")
    WALLIS = "wallis", _("Wallis-et-Futuna")
    ELSEWHERE = "", _("Autre calendrier")


def level_said(level: str) -> str:
    """« 6e » for the « 6EME » of a file; anything else as it was given."""
    return IN_CAPITALS.sub(lambda found: f"{found[1]}{'re' if found[2] else 'e'}", level)


# The levels in their order, the youngest first, by how each begins once folded: « 6e », « 6EME », « PS-MS ».
LEVELS: Sequence[tuple[str, ...]] = (
    ("tps", "toute petite section"),
    ("ps", "petite section"),
    ("ms", "moyenne section"),
    ("gs", "grande section"),
    ("cp",),
    ("ce1",),
    ("ce2",),
    ("cm1",),
    ("cm2",),
    ("6", "sixieme"),
    ("5", "cinquieme"),
    ("4", "quatrieme"),
    ("3", "troisieme"),
    ("2", "seconde"),
    ("1", "premiere"),
    ("t", "tle", "term"),
)


def level_rank(level: str) -> int:
    """The place of a level, of the first one where there are several; `len(LEVELS)`, the last place, when nobody knows it."""
    first = re.split(r"[-/+,]", fold(level))[0].strip()
    found = (rank for rank, words in enumerate(LEVELS) if any(_is_level(first, word) for word in words))
    return next(found, len(LEVELS))


def _is_level(text: str, word: str) -> bool:
    """« 6eme » is « 6 », but « cpge » is not « cp »."""
    longer = word.isdigit() or len(word) > 3
    return text == word or text.startswith(f"{word} ") or (longer and text.startswith(word))


class OfLevel:
    """What has a school level, and says it as a school does."""

    level: str

    @property
    def level_said(self) -> str:
        return level_said(self.level)
