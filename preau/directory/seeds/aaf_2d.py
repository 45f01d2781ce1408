"""The records of the second degree, with the attributes of version 2407."""

from collections.abc import Iterable

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.aaf import MINISTRY, Attributes, address, class_and_day, written_day, yes
from preau.directory.seeds.nomenclatures import Level, Subject
from preau.directory.seeds.plans import (
    Academy,
    GuardianPlan,
    Link,
    PersonPlan,
    PupilPlan,
    SchoolPlan,
    StaffPlan,
)


def _names(person: PersonPlan) -> Attributes:
    return {
        "ENTPersonJointure": person.key,
        "ENTPersonDateNaissance": written_day(person.birth_date),
        "ENTPersonNomPatro": person.birth_name or person.family,
        "sn": person.family,
        "givenName": person.given,
        "ENTPersonAutresPrenoms": list(person.other_given),
        "personalTitle": person.civility,
    }


def _link(link: Link) -> str:
    facts = (link.guardian.key, link.kinship, int(link.bills), link.level, int(link.contact), int(link.paid))
    return "$".join(map(str, facts))


def pupil(plan: PupilPlan, school: SchoolPlan) -> Attributes:
    """A pupil of the second degree. One who left keeps the name of their class: only the date tells."""
    division = plan.division.label
    return _names(plan) | {
        "ENTEleveINE": plan.ine,
        "ENTEleveStructRattachId": str(plan.number),
        "ENTElevePersRelEleve": [_link(link) for link in school.links_of(plan.kin)],
        "ENTEleveBoursier": yes(plan.number % 5 == 0),
        "ENTEleveRegime": plan.regime,
        "ENTEleveTransport": yes(plan.number % 3 == 0),
        **address(plan.kin.lives_with.home),
        "ENTEleveAdresseRel": plan.kin.lives_with.key,
        "ENTEleveStatutEleve": "SCOLAIRE",
        "ENTEleveMEF": plan.level.code,
        "ENTEleveLibelleMEF": plan.level.label,
        "ENTEleveNivFormation": plan.level.cycle,
        "ENTEleveFiliere": plan.level.cycle,
        "ENTEleveEnseignements": [codes.SUBJECTS[subject].label for subject in plan.subjects],
        "ENTEleveCodeEnseignements": list(plan.subjects),
        "ENTPersonStructRattach": school.key,
        "ENTEleveDateEntreeClasses": class_and_day(school.key, plan.entered, division),
        "ENTEleveDateSortieClasses": class_and_day(school.key, plan.left, division),
        "ENTEleveClasses": f"{school.key}${division}",
        "ENTEleveGroupes": [f"{school.key}${group}" for group in plan.groups],
    }


def guardian(plan: GuardianPlan) -> Attributes:
    """A guardian of the second degree; the pupils name their guardians, not the reverse."""
    return _names(plan) | {
        **address(plan.home),
        "ENTPersonAdresseDiffusion": "N",
        "homePhone": plan.home_phone,
        "telephoneNumber": "",
        "mobile": plan.mobile,
        "ENTPersonMobileSMS": plan.mobile,
        "mail": plan.mail,
    }


def employee(plan: StaffPlan) -> Attributes:
    """Somebody who works in the second degree, with what they teach."""
    classes = [service for service in plan.services if not service.in_group]
    groups = [service for service in plan.services if service.in_group]
    return _names(plan) | {
        "mail": plan.mail,
        "ENTPersonStructRattach": plan.home_school,
        "ENTAuxEnsMatiereEnseignEtab": _once(
            f"{service.school}${codes.SUBJECTS[service.subject].label}" for service in plan.services
        ),
        "ENTAuxEnsClasses": _once(f"{service.school}${service.label}" for service in classes),
        "ENTAuxEnsGroupes": _once(f"{service.school}${service.label}" for service in groups),
        "ENTAuxEnsClassesMatieres": ["$".join(service[:3]) for service in classes],
        "ENTAuxEnsGroupesMatieres": ["$".join(service[:3]) for service in groups],
        "ENTAuxEnsClassesPrincipal": ["$".join(held) for held in plan.head_teacher_of],
        "ENTPersonFonctions": ["$".join((school, *function)) for school, function in plan.functions],
        "ENTPersonCategorieEnseignant": yes(plan.teaches),
        "PersEducNatPresenceDevantEleves": yes(plan.teaches),
    }


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def structure(school: SchoolPlan, academy: Academy) -> Attributes:
    """A collège or a lycée, with its classes and groups: they are no records of their own."""
    return {
        "ENTStructureJointure": school.key,
        "ENTStructureUAI": school.uai,
        "ENTEtablissementUAI": school.uai,
        "ENTStructureSIREN": "",
        "ENTStructureNomCourant": school.name,
        "ENTStructureTypeStruct": school.kind.type,
        "ENTStructureCodeTypeStruct": school.kind.type_code,
        "ENTEtablissementMinistereTutelle": MINISTRY,
        "ENTEtablissementCodeMinistereTutelle": "06",
        "ENTEtablissementContrat": "PU",
        "postOfficeBox": "",
        "street": school.address.line,
        "postalCode": school.address.postcode,
        "l": school.address.town,
        "telephoneNumber": f"+33 {school.phone[1:]}",
        "facsimileTelephoneNumber": "",
        "ENTStructureMailSI": f"ce.{school.uai.lower()}@academie.example",
        "ENTEtablissementStructRattachFctl": "",
        "ENTEtablissementBassin": "",
        "ENTServAcAcademie": academy.name,
        "ENTServAcCodeAcademie": academy.code.zfill(3),
        "ENTStructureClasses": [
            f"{division.label}${division.levels[0].label}${division.levels[0].code}"
            for division in school.classes
        ],
        "ENTStructureGroupes": ["$".join((group.label, "", *group.classes)) for group in school.groups],
    }


def level(plan: Level) -> Attributes:
    """A MEF: the year of study that the second degree names by eleven digits."""
    return {
        "ENTMefJointure": plan.code,
        "ENTLibelleMef": plan.label,
        "ENTMEFRattach": plan.code,
        "ENTMEFSTAT11": plan.stat,
    }


def subject(plan: Subject) -> Attributes:
    return {"ENTMatJointure": plan.code, "ENTLibelleMatiere": plan.label}
