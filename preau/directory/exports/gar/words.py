"""The words of the GAR-ENT files: namespaces, profiles, codes, lengths."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import School
from preau.directory.words import Role

LIMIT = 10_000
KINDS = ("Eleve", "Enseignant", "RespAff", "Etab", "Groupe")
DIVISION, GROUPE = "DIVISION", "GROUPE"


class Degree(models.TextChoices):
    """Each degree has its own files and its own namespace."""

    SECOND = "2d", _("second degré")
    FIRST = "1d", _("premier degré")

    @property
    def namespace(self) -> str:
        return "http://data.education.fr/ns/gar" + ("/1d" if self == Degree.FIRST else "")

    @property
    def mark(self) -> str:
        """What the names of the files say of it."""
        return "_1D" if self == Degree.FIRST else ""


def degree_of(school: School) -> Degree:
    return Degree.FIRST if school.kind == School.Kind.ECOLE else Degree.SECOND


PUPIL = "National_elv"
# In this order: somebody who teaches is a teacher first, whatever else they hold in the school. « Autre personnel »,
# a function that is not about pupils, is not told.
STAFF = {
    Role.TEACHER: "National_ens",
    Role.LIBRARIAN: "National_doc",
    Role.HEAD: "National_dir",
    Role.SCHOOL_LIFE: "National_evs",
    Role.SECRETARY: "National_eta",
    Role.NURSE: "National_eta",
    Role.ASSISTANT: "National_eta",
    Role.DIGITAL_LEAD: "National_eta",
    Role.AGENT: "National_col",
}
PROFILES = {PUPIL, *STAFF.values()}
RANKS = {role: rank for rank, role in enumerate(STAFF)}
# Who says which resource goes to whom.
ALLOTTING = (Role.HEAD, Role.DIGITAL_LEAD)
CIVILITIES = {"mme": "Mme", "m": "M."}
# Codes of ours, for a subject that no file names: they are in no national table.
NOT_NATIONAL = {"SANS", "POLYVALENT"}
# The level of a pupil of the first degree (MEFSTAT4), by the short name that classes have.
LEVELS = {
    "TPS": "1110",
    "PS": "1111",
    "MS": "1112",
    "GS": "1113",
    "CP": "1121",
    "CE1": "1122",
    "CE2": "1123",
    "CM1": "1124",
    "CM2": "1125",
}
LONGEST = {
    "GARPersonIdentifiant": 64,
    "GARStructureUAI": 45,
    "GARPersonEtab": 45,
    "GARRespAffEtab": 45,
    "GARPersonStructRattach": 45,
    "GARPersonProfil": 31,
    "GARPersonNom": 500,
    "GARPersonPrenom": 500,
    "GARPersonAutresPrenoms": 500,
    "GARPersonCivilite": 30,
    "GARPersonMail": 255,
    "GARMEFCode": 255,
    "GARMEFLibelle": 255,
    "GARMEFRattach": 255,
    "GARMEFSTAT11": 255,
    "GARMEFSTAT4Code": 4,
    "GARMatiereCode": 255,
    "GARMatiereLibelle": 255,
    "GARStructureNomCourant": 500,
    "GARStructureTelephone": 20,
    "GARStructureEmail": 255,
    "GARGroupeCode": 255,
    "GARGroupeLibelle": 255,
    "GARGroupeStatut": 31,
    "GARGroupeDivAppartenance": 255,
    "GARPersonDateNaissance": 10,
}
