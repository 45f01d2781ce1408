"""The records of the first degree: other attributes, classes with keys, no level of guardians."""

from preau.directory.seeds.aaf import MINISTRY, Attributes, address, class_and_day, written_day, yes
from preau.directory.seeds.plans import Academy, GuardianPlan, PersonPlan, PupilPlan, SchoolPlan, StaffPlan


def _names(person: PersonPlan) -> Attributes:
    return {
        "ENTPersonJointure": person.key,
        "ENTPersonDateNaissance": written_day(person.birth_date),
        "ENTPersonCivilite": person.civility,
        "ENTPersonNomPatro": person.birth_name or person.family,
        "ENTPersonNom": person.family,
        "ENTPersonPrenom": person.given,
        "ENTPersonAutresPrenoms": list(person.other_given) or person.given,
    }


def pupil(plan: PupilPlan, school: SchoolPlan) -> Attributes:
    """A pupil of the first degree: kinship alone says what a guardian is; the class has a key."""
    division = plan.division
    return _names(plan) | {
        "ENTEleveINE": plan.ine,
        "ENTPersonStructRattach": school.key,
        "ENTEleveAutoriteParentale": [
            f"{link.guardian.key}${link.kinship}" for link in school.links_of(plan.kin)
        ],
        "ENTEleveRestaurantScolaire": yes(plan.number % 4 != 0),
        "ENTEleveTransport": "N",
        "ENTEleveGarderieMatin": "N",
        "ENTEleveGarderieSoir": yes(plan.number % 3 == 0),
        "ENTEleveEtudesSurveillees": "N",
        "ENTEleveNiveau": f"{plan.level.code}${plan.level.label}",
        "ENTEleveCycle": plan.level.cycle,
        "ENTEleveTypeClasse": "11$ORDINAIRE",
        "ENTEleveDateEntreeClasses": class_and_day(school.key, plan.entered, division.key),
        "ENTEleveDateSortieClasses": class_and_day(school.key, plan.left, division.key),
        "ENTPersonClasses": f"{school.key}$11$ORDINAIRE${division.key}${division.label}",
        "ENTPersonGroupes": [],
    }


def guardian(plan: GuardianPlan, children: list[str]) -> Attributes:
    """A guardian of the first degree, with the keys of their children."""
    return _names(plan) | {
        "ENTPersRelEleveEleve": children,
        **address(plan.home),
        "ENTPersonAdresseDiffusion": "N",
        "ENTPersonTelPerso": plan.home_phone,
        "ENTPersRelEleveTelMobile": plan.mobile,
        "ENTPersRelEleveTelPro": "",
        "ENTPersonMail": plan.mail,
    }


def employee(plan: StaffPlan) -> Attributes:
    """Somebody who works in the first degree: the delivery does not say who has which class."""
    return _names(plan) | {
        "ENTPersonStructRattach": plan.home_school,
        "ENTPersonFonctions": ["$".join((school, *function)) for school, function in plan.functions],
        "ENTPersonCategorieEnseignant": yes(plan.teaches),
        "ENTEnsFonctionDir": plan.directs,
        "ENTEnsSpecialites": [
            f"{function.discipline}${function.discipline_label}" for _, function in plan.functions
        ],
        "ENTPersonMail": plan.mail,
    }


def structure(school: SchoolPlan, academy: Academy) -> Attributes:
    """A primary school: its classes stand on its pupils only."""
    return {
        "ENTStructureJointure": school.key,
        "ENTStructureUAI": school.uai,
        "ENTStructureSIREN": "",
        "ENTStructureNomCourant": school.name,
        "ENTStructureTypeStruct": school.kind.type,
        "ENTStructureCodeTypeStruct": school.kind.type_code,
        "ENTEcoleMinistereTutelle": MINISTRY,
        "ENTEcoleSecteur": "PU",
        "ENTEcoleCirconscription": "",
        "ENTEcoleCommune": f"35238${school.address.town}$035",
        "ENTEcoleRPI": "",
        "ENTServAcAcademie": academy.name,
        "ENTServAcCodeAcademie": academy.code.zfill(3),
        "ENTStructureAdresse": school.address.line,
        "ENTStructureBoitePostale": "",
        "ENTStructureCodePostal": school.address.postcode,
        "ENTStructureVille": school.address.town,
        "ENTStructureTelephone": f"+33 {school.phone[1:]}",
        "ENTStructureFax": "",
        "ENTStructureMailSI": f"ce.{school.uai.lower()}@academie.example",
    }
