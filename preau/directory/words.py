"""The words of the directory: profiles, roles, levels of authority, kinship."""

from django.db import models


class Profile(models.TextChoices):
    """How a person stands before a page. One at a time: a teacher who is also a parent chooses."""

    STAFF = "staff", "Personnel"
    GUARDIAN = "guardian", "Parent ou responsable"
    PUPIL = "pupil", "Élève"
    AGENT = "agent", "Agent de la collectivité"
    OPERATOR = "operator", "Exploitant de la plateforme"


class Role(models.TextChoices):
    """What a holding gives. The words are the ones a person reads about themselves."""

    HEAD = "head", "Direction"
    SCHOOL_LIFE = "school_life", "Vie scolaire"
    TEACHER = "teacher", "Enseignant"
    SECRETARY = "secretary", "Secrétariat"
    NURSE = "nurse", "Infirmerie"
    LIBRARIAN = "librarian", "Documentation (CDI)"
    ASSISTANT = "assistant", "Accompagnement (AESH)"
    DIGITAL_LEAD = "digital_lead", "Référent numérique"
    PUPIL = "pupil", "Élève"
    AGENT = "agent", "Agent de la collectivité"
    OPERATOR = "operator", "Exploitant de la plateforme"

    def said_of(self, civility: str) -> str:
        """The label as it is said of a person: « Enseignante » for a Mme."""
        return FEMININE.get(self.value, str(self.label)) if civility == "mme" else str(self.label)

    @property
    def profile(self) -> Profile:
        return {"pupil": Profile.PUPIL, "agent": Profile.AGENT, "operator": Profile.OPERATOR}.get(
            self.value, Profile.STAFF
        )


FEMININE = {
    "teacher": "Enseignante",
    "digital_lead": "Référente numérique",
    "agent": "Agente de la collectivité",
}


class Authority(models.TextChoices):
    """The level of a guardianship by its meaning, whatever number a file gives it (`decisions.md` 12)."""

    LEGAL = "legal", "Responsable légal"
    IN_CHARGE = "in_charge", "Personne en charge"
    CONTACT = "contact", "Personne à contacter"


class Kinship(models.TextChoices):
    """What a guardian is to the pupil (BEE nomenclature of kinship, in words)."""

    MOTHER = "mother", "Mère"
    FATHER = "father", "Père"
    PARENT = "parent", "Parent"
    SIBLING = "sibling", "Frère ou sœur"
    GRANDPARENT = "grandparent", "Grand-parent"
    OTHER_FAMILY = "other_family", "Autre membre de la famille"
    STEP_PARENT = "step_parent", "Beau-parent"
    FOSTER = "foster", "Famille d’accueil"
    GUARDIAN = "guardian", "Tuteur ou tutrice"
    CHILD_WELFARE = "child_welfare", "Aide sociale à l’enfance"
    EDUCATOR = "educator", "Éducateur ou éducatrice"
    SELF = "self", "Élève majeur lui-même"
    OTHER = "other", "Autre"
