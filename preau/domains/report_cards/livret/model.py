"""The livret scolaire of a collège as its official file tells it: bilans of a period and of a cycle, and all that they refer to.

References are the identifiers of the file itself (`EL_12`), as in it. What is empty is not written.
"""

from dataclasses import dataclass
from datetime import date

from preau.domains.report_cards.livret.tree import Sort, attribute, inside, part, parts


@dataclass(frozen=True)
class Principal:
    """Who answers for the school (responsable d'établissement)."""

    id: str = attribute("id")
    name: str = attribute("libelle")


@dataclass(frozen=True)
class Pupil:
    """`number`: the one of SIECLE (ELEVE_ID), by which the LSU finds the pupil."""

    id: str = attribute("id")
    number: str = attribute("id-be")
    family_name: str = attribute("nom")
    given_name: str = attribute("prenom")
    division: str = attribute("code-division")


@dataclass(frozen=True)
class Period:
    """`year`: the one in which the school year begins; `rank` of `count` in it."""

    id: str = attribute("id")
    year: str = attribute("millesime")
    rank: int | None = attribute("indice", Sort.WHOLE)
    count: int | None = attribute("nb-periodes", Sort.WHOLE)


@dataclass(frozen=True)
class Discipline:
    """A subject under its official code, by modality of election (S: tronc commun, O: obligatoire, F: facultatif…)."""

    id: str = attribute("id")
    code: str = attribute("code")
    national: str = attribute("code-national")
    election: str = attribute("modalite-election")
    name: str = attribute("libelle")
    language_of: str = attribute("id-lv")


@dataclass(frozen=True)
class Teacher:
    """`number` and `list`: those of STSWEB (ID, and the list epp or local that it is of)."""

    id: str = attribute("id")
    list: str = attribute("type")
    number: str = attribute("id-sts")
    civility: str = attribute("civilite")
    family_name: str = attribute("nom")
    given_name: str = attribute("prenom")


@dataclass(frozen=True)
class ProgrammeItem:
    """What was worked on in a period (élément de programme)."""

    id: str = attribute("id")
    name: str = attribute("libelle")


@dataclass(frozen=True)
class SharedDigital:
    """Words about digital competences, the same for a class or a group."""

    id: str = attribute("id")
    place: str = attribute("code-structure")
    sort: str = attribute("type-structure")
    text: str = inside(".")


@dataclass(frozen=True)
class Course:
    """A parcours éducatif (avenir, citoyen, artistique, santé) and what was done in it."""

    code: str = attribute("code")
    text: str = inside(".")


@dataclass(frozen=True)
class SharedCourses:
    """Parcours of a whole class in a period."""

    period: str = attribute("periode-ref")
    division: str = attribute("code-division")
    courses: tuple[Course, ...] = parts("parcours", Course)


@dataclass(frozen=True)
class SharedSchoolLife:
    """Words about school life, the same for a whole class in a period."""

    period: str = attribute("periode-ref")
    division: str = attribute("code-division")
    text: str = inside("commentaire")


@dataclass(frozen=True)
class Theme:
    """A theme of EPI that the school has added to those of the nomenclature."""

    code: str = attribute("code")
    name: str = attribute("libelle")


@dataclass(frozen=True)
class Project:
    """An EPI (enseignement pratique interdisciplinaire)."""

    id: str = attribute("id")
    title: str = attribute("intitule")
    theme: str = attribute("thematique")
    disciplines: tuple[str, ...] = attribute("discipline-refs", Sort.REFS)
    text: str = inside("description")


@dataclass(frozen=True)
class TaughtBy:
    """A teacher and the subject in which they take part."""

    teacher: str = attribute("enseignant-ref")
    discipline: str = attribute("discipline-ref")


@dataclass(frozen=True)
class ProjectGroup:
    id: str = attribute("id")
    project: str = attribute("epi-ref")
    title: str = attribute("intitule")
    text: str = inside("commentaire")
    taught: tuple[TaughtBy, ...] = parts("enseignants-disciplines/enseignant-discipline", TaughtBy)


@dataclass(frozen=True)
class Support:
    """An accompagnement personnalisé."""

    id: str = attribute("id")
    title: str = attribute("intitule")
    disciplines: tuple[str, ...] = attribute("discipline-refs", Sort.REFS)
    text: str = inside("description")


@dataclass(frozen=True)
class SupportGroup:
    id: str = attribute("id")
    support: str = attribute("acc-perso-ref")
    title: str = attribute("intitule")
    text: str = inside("commentaire")
    taught: tuple[TaughtBy, ...] = parts("enseignants-disciplines/enseignant-discipline", TaughtBy)


@dataclass(frozen=True)
class Learnt:
    """What a pupil has learnt in a subject (acquis). Averages are words: « 12.5 », « 12.5/20 »; `position`: 1 to 4."""

    discipline: str = attribute("discipline-ref")
    teachers: tuple[str, ...] = attribute("enseignant-refs", Sort.REFS)
    items: tuple[str, ...] = attribute("element-programme-refs", Sort.REFS)
    average: str = attribute("moyenne-eleve")
    class_average: str = attribute("moyenne-structure")
    not_marked: bool | None = attribute("eleve-non-note", Sort.FLAG)
    class_not_marked: bool | None = attribute("structure-non-notee", Sort.FLAG)
    position: int | None = attribute("positionnement", Sort.WHOLE)
    text: str = inside("appreciation")


@dataclass(frozen=True)
class DigitalLevel:
    code: str = attribute("code")
    level: int | None = attribute("niveau", Sort.WHOLE)


@dataclass(frozen=True)
class Digital:
    """Digital competences, at the end of the 6e."""

    shared: tuple[str, ...] = attribute("comp-num-commun-refs", Sort.REFS)
    text: str = inside("appreciation-num")
    levels: tuple[DigitalLevel, ...] = parts("competence-num", DigitalLevel)


@dataclass(frozen=True)
class OwnProject:
    """What is said of a pupil in an EPI."""

    group: str = attribute("epi-groupe-ref")
    text: str = inside("commentaire")


@dataclass(frozen=True)
class OwnSupport:
    """What is said of a pupil in an accompagnement personnalisé."""

    group: str = attribute("acc-perso-groupe-ref")
    text: str = inside("commentaire")


@dataclass(frozen=True)
class Plan:
    """How a pupil is accompanied (PAP, PPS, PPRE, ULIS…)."""

    code: str = attribute("code")
    success_programme: str = inside("complement-ppre")
    success_contract: str = inside("complement-contrat-reussite")


@dataclass(frozen=True)
class SchoolLife:
    """Lateness, half-days of absence, and what is said of them."""

    late: int | None = attribute("nb-retards", Sort.WHOLE)
    excused: int | None = attribute("nb-abs-justifiees", Sort.WHOLE)
    unexcused: int | None = attribute("nb-abs-injustifiees", Sort.WHOLE)
    hours: int | None = attribute("nb-heures-manquees", Sort.WHOLE)
    text: str = inside("commentaire")


@dataclass(frozen=True)
class Component:
    """A component of the socle, and the level reached: 1 to 4, 0 when exempt."""

    code: str = attribute("code")
    level: int | None = attribute("positionnement", Sort.WHOLE)


@dataclass(frozen=True)
class Address:
    line1: str = attribute("ligne1")
    line2: str = attribute("ligne2")
    line3: str = attribute("ligne3")
    line4: str = attribute("ligne4")
    postcode: str = attribute("code-postal")
    town: str = attribute("commune")


@dataclass(frozen=True)
class Guardian:
    """Who answers for the pupil. `first` and `second`: the two legal guardians."""

    civility: str = attribute("civilite")
    family_name: str = attribute("nom")
    given_name: str = attribute("prenom")
    first: bool | None = attribute("legal1", Sort.FLAG)
    second: bool | None = attribute("legal2", Sort.FLAG)
    kinship: str = attribute("lien-parente")
    name: str = attribute("denomination")
    address: Address | None = part("adresse", Address)


@dataclass(frozen=True)
class PeriodReport:
    """The bilan périodique of a pupil. `locked`: when the school has closed it, a day or a moment."""

    pupil: str = attribute("eleve-ref")
    period: str = attribute("periode-ref")
    council: date | None = attribute("date-conseil-classe", Sort.DAY)
    schooled: date | None = attribute("date-scolarite", Sort.DAY)
    locked: str = attribute("date-verrou")
    principal: str = attribute("responsable-etab-ref")
    head_teachers: tuple[str, ...] = attribute("prof-princ-refs", Sort.REFS)
    learnt: tuple[Learnt, ...] = parts("liste-acquis/acquis", Learnt)
    digital: Digital | None = part("competences-numeriques", Digital)
    projects: tuple[OwnProject, ...] = parts("epis-eleve/epi-eleve", OwnProject)
    supports: tuple[OwnSupport, ...] = parts("acc-persos-eleve/acc-perso-eleve", OwnSupport)
    courses: tuple[Course, ...] = parts("liste-parcours/parcours", Course)
    plans: tuple[Plan, ...] = parts("modalites-accompagnement/modalite-accompagnement", Plan)
    advice: str = inside("acquis-conseils")
    homework_help: str = inside("devoirs-faits")
    school_life: SchoolLife | None = part("vie-scolaire", SchoolLife)
    socle: tuple[Component, ...] = parts("socle/domaine", Component)
    guardians: tuple[Guardian, ...] = parts("responsables/responsable", Guardian)


@dataclass(frozen=True)
class MoreTeaching:
    """An enseignement de complément; 1: objectives reached, 2: exceeded."""

    code: str = attribute("code")
    level: int | None = attribute("positionnement", Sort.WHOLE)


@dataclass(frozen=True)
class RegionalLanguage:
    """Whether level A2 is reached in a regional language; 1: no, 2: yes."""

    code: str = attribute("code")
    level: int | None = attribute("positionnement", Sort.WHOLE)


@dataclass(frozen=True)
class CycleReport:
    """The bilan de fin de cycle of a pupil: the eight components, and a synthesis."""

    pupil: str = attribute("eleve-ref")
    cycle: int | None = attribute("cycle", Sort.WHOLE)
    year: str = attribute("millesime")
    made: date | None = attribute("date-creation", Sort.DAY)
    locked: str = attribute("date-verrou")
    principal: str = attribute("responsable-etab-ref")
    head_teachers: tuple[str, ...] = attribute("prof-princ-refs", Sort.REFS)
    socle: tuple[Component, ...] = parts("socle/domaine", Component)
    synthesis: str = inside("synthese")
    more: MoreTeaching | None = part("enseignement-complement", MoreTeaching)
    guardians: tuple[Guardian, ...] = parts("responsables/responsable", Guardian)
    language: RegionalLanguage | None = part("langue-culture-regionale", RegionalLanguage)


@dataclass(frozen=True)
class Livret:
    """A whole file. `version`: of the format, as the file says it."""

    version: str = attribute("schemaVersion")
    schema: str = attribute("xsi:schemaLocation")
    editor: str = inside("entete/editeur")
    application: str = inside("entete/application")
    release: str = inside("entete/appliVersion")
    uai: str = inside("entete/etablissement")
    principals: tuple[Principal, ...] = parts("donnees/responsables-etab/responsable-etab", Principal)
    pupils: tuple[Pupil, ...] = parts("donnees/eleves/eleve", Pupil)
    periods: tuple[Period, ...] = parts("donnees/periodes/periode", Period)
    disciplines: tuple[Discipline, ...] = parts("donnees/disciplines/discipline", Discipline)
    teachers: tuple[Teacher, ...] = parts("donnees/enseignants/enseignant", Teacher)
    items: tuple[ProgrammeItem, ...] = parts("donnees/elements-programme/element-programme", ProgrammeItem)
    shared_digital: tuple[SharedDigital, ...] = parts(
        "donnees/competences-numeriques-communs/competences-numeriques-commun", SharedDigital
    )
    shared_courses: tuple[SharedCourses, ...] = parts(
        "donnees/parcours-communs/parcours-commun", SharedCourses
    )
    shared_school_life: tuple[SharedSchoolLife, ...] = parts(
        "donnees/vies-scolaires-communs/vie-scolaire-commun", SharedSchoolLife
    )
    themes: tuple[Theme, ...] = parts("donnees/epis-thematiques/epi-thematique", Theme)
    projects: tuple[Project, ...] = parts("donnees/epis/epi", Project)
    project_groups: tuple[ProjectGroup, ...] = parts("donnees/epis-groupes/epi-groupe", ProjectGroup)
    supports: tuple[Support, ...] = parts("donnees/acc-persos/acc-perso", Support)
    support_groups: tuple[SupportGroup, ...] = parts(
        "donnees/acc-persos-groupes/acc-perso-groupe", SupportGroup
    )
    period_reports: tuple[PeriodReport, ...] = parts(
        "donnees/bilans-periodiques/bilan-periodique", PeriodReport
    )
    cycle_reports: tuple[CycleReport, ...] = parts("donnees/bilans-cycle/bilan-cycle", CycleReport)
