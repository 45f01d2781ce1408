"""The livret scolaire of a lycée as its official file tells it: the evaluations of a year, by pupil and by subject."""

from dataclasses import dataclass
from datetime import date

from preau.domains.report_cards.livret.tree import Sort, attribute, inside, part, parts

# An element of the format, and no house.
SKILLS = "competences"


@dataclass(frozen=True)
class Opinion:
    """What a team or a head says of a pupil, signed."""

    day: date | None = attribute("date", Sort.DAY)
    family_name: str = attribute("nom")
    given_name: str = attribute("prenom")
    text: str = inside(".")


@dataclass(frozen=True)
class Engagement:
    """A commitment of the pupil in the life of the lycée."""

    code: str = attribute("code")


@dataclass(frozen=True)
class ExamOpinion:
    """T: très favorable, F: favorable, A: assez favorable, D: doit faire ses preuves."""

    code: str = attribute("code")


@dataclass(frozen=True)
class Structure:
    """A class in a subject. `below`, `middle`, `above`: the percentage of averages under 8, from 8 to 12, and over 12."""

    size: int | None = attribute("effectif", Sort.WHOLE)
    average: str = attribute("moyenne")
    below: str = attribute("repar-moins-huit")
    middle: str = attribute("repar-huit-douze")
    above: str = attribute("repar-plus-douze")


@dataclass(frozen=True)
class PeriodAverage:
    rank: int | None = attribute("numero", Sort.WHOLE)
    average: str = attribute("moyenne")


@dataclass(frozen=True)
class Skill:
    """The level of a competence of the livret."""

    code: str = attribute("code")
    level: str = inside(".")


@dataclass(frozen=True)
class NamedTeacher:
    family_name: str = attribute("nom")
    given_name: str = attribute("prenom")


@dataclass(frozen=True)
class Evaluation:
    """A pupil in a subject, over a year."""

    election: str = attribute("modalite-election")
    code: str = attribute("code-matiere")
    day: date | None = attribute("date", Sort.DAY)
    structure: Structure | None = part("structure", Structure)
    text: str = inside("annuelle")
    periods: tuple[PeriodAverage, ...] = parts("periodiques/periode", PeriodAverage)
    skills: tuple[Skill, ...] = parts(f"{SKILLS}/competence", Skill)
    teachers: tuple[NamedTeacher, ...] = parts("enseignants/enseignant", NamedTeacher)


@dataclass(frozen=True)
class Schooling:
    """A year of a pupil. `terms`: T for trimestres, S for semestres."""

    year: int | None = attribute("annee-scolaire", Sort.WHOLE)
    terms: str = attribute("code-periode")
    of_engagement: Opinion | None = part("avisEngagement", Opinion)
    of_investment: Opinion | None = part("avisInvestissement", Opinion)
    of_head: Opinion | None = part("avisChefEtab", Opinion)
    evaluations: tuple[Evaluation, ...] = parts("evaluation", Evaluation)


@dataclass(frozen=True)
class LyceePupil:
    """`number`: the one of SIECLE (ELEVE_ID)."""

    number: str = attribute("id")
    engagements: tuple[Engagement, ...] = parts("engagements/engagement", Engagement)
    other_engagement: str = inside("engagements/engagement-autre")
    exam: ExamOpinion | None = part("avisExamen", ExamOpinion)
    schoolings: tuple[Schooling, ...] = parts("scolarites/scolarite", Schooling)


@dataclass(frozen=True)
class LyceeLivret:
    """A whole file."""

    version: str = attribute("schemaVersion")
    schema: str = attribute("xsi:schemaLocation")
    editor: str = inside("entete/editeur")
    application: str = inside("entete/application")
    uai: str = inside("entete/etablissement")
    pupils: tuple[LyceePupil, ...] = parts("donnees/eleve", LyceePupil)
