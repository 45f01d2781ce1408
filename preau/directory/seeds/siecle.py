"""Writes an invented school as the exports of SIECLE and STSWEB, in both generations of the guardians' export.

Numbers start at 1 for pupils, for guardians and for staff: as in a true base, the three lists overlap.
"""

from datetime import date
from pathlib import Path

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.aaf import written_day
from preau.directory.seeds.elements import CIVILITIES, leaves, name_of, tag
from preau.directory.seeds.nomenclatures import CONTACT, LEGAL, UNSAID
from preau.directory.seeds.plans import (
    COLLEGE_SCHOOL,
    Academy,
    GuardianPlan,
    Link,
    PupilPlan,
    SchoolPlan,
)
from preau.directory.seeds.sts import sts

LATIN_9 = "ISO-8859-15"
# The old table of kinship had seven words.
OLD_KINSHIP = {
    codes.FATHER: "1",
    codes.MOTHER: "2",
    codes.TUTOR: "3",
    codes.SIBLING: "4",
    codes.GRANDPARENT: "4",
    codes.OTHER_FAMILY: "4",
    codes.CHILD_WELFARE: "5",
    codes.ONESELF: "7",
}
VERSIONS = {"BEE_ELEVES": "3.0", "BEE_STRUCTURES": "2.0", "BEE_NOMENCLATURES": "4.0", "BEE_COMMUN": "1.7"}


def write_siecle(
    folder: Path, school: SchoolPlan, academy: Academy, *, day: date, old: bool = False
) -> dict[str, int]:
    """Write the exports of one school and answer how many records each category has. `old`: guardians as before 2.0."""
    folder.mkdir(parents=True, exist_ok=True)
    base = _Base(school, academy, day, old=old)
    for name, text in {
        "Communs.xml": base.commons(),
        "Nomenclature.xml": base.nomenclatures(),
        "Structures.xml": base.structures(),
        "ElevesSansAdresses.xml": base.pupils(),
        "ResponsablesAvecAdresses.xml": base.guardians(),
        f"sts_emp_{school.uai}_{base.year}.xml": sts(school, academy, base.staff_numbers),
    }.items():
        head = f'<?xml version="1.0" encoding="{LATIN_9}"?>\n'
        # A name outside Latin-9 is written by the numbers of its letters.
        (folder / name).write_bytes((head + text).encode(LATIN_9, errors="xmlcharrefreplace"))
    return base.counts()


class _Base:
    """One school's base: who has which number."""

    def __init__(self, school: SchoolPlan, academy: Academy, day: date, *, old: bool) -> None:
        self.school, self.academy, self.day, self.old = school, academy, day, old
        self.year = school.year[0].year
        linked = [link.guardian for pupil in school.pupils for link in pupil.kin.links]
        self.numbers = {pupil.key: str(number) for number, pupil in enumerate(school.pupils, 1)}
        self.people: dict[str, GuardianPlan] = {person.key: person for person in linked}
        self.person_numbers = {key: str(number) for number, key in enumerate(self.people, 1)}
        self.staff_numbers = {person.key: str(number) for number, person in enumerate(school.staff, 1)}
        self.levels = sorted({division.levels[0] for division in school.classes})
        self.subjects = sorted({service.subject for person in school.staff for service in person.services})

    def counts(self) -> dict[str, int]:
        return {
            "EtabEducNat": 1,
            "Eleve": len(self.school.pupils),
            "PersRelEleve": len(self.people),
            "PersEducNat": len(self.school.staff),
            "MefEducNat": len(self.levels),
            "MatEducNat": len(self.subjects),
        }

    def _export(self, root: str, *inside: str, version: str = "") -> str:
        heading = leaves(
            UAJ=self.school.uai,
            ANNEE_SCOLAIRE=str(self.year),
            DATE_EXPORT=written_day(self.day),
            HORODATAGE=f"{written_day(self.day)} 10:30:00",
        )
        return tag(
            root, tag("PARAMETRES", heading), tag("DONNEES", *inside), VERSION=version or VERSIONS[root]
        )

    def commons(self) -> str:
        kind = "CLG" if self.school.kind == COLLEGE_SCHOOL else "LYC"
        elements = leaves(**name_of(self.school), TELEPHONE=self.school.phone, CODE_TYPE_ETAB=kind)
        return self._export("BEE_COMMUN", tag("UAJ", elements))

    def nomenclatures(self) -> str:
        levels = [
            tag(
                "MEF",
                leaves(
                    FORMATION=level.short,
                    LIBELLE_LONG=level.label,
                    MEF_RATTACHEMENT=level.code,
                    CODE_MEFSTAT=level.stat,
                ),
                CODE_MEF=level.code,
            )
            for level in self.levels
        ]
        subjects = [
            tag("MATIERE", leaves(CODE_GESTION=one.short, LIBELLE_LONG=one.label), CODE_MATIERE=one.code)
            for one in (codes.SUBJECTS[code] for code in self.subjects)
        ]
        return self._export("BEE_NOMENCLATURES", tag("MEFS", *levels), tag("MATIERES", *subjects))

    def structures(self) -> str:
        divisions = [
            tag(
                "DIVISION",
                tag("MEFS_APPARTENANCE", tag("MEF_APPARTENANCE", leaves(CODE_MEF=division.levels[0].code))),
                CODE_STRUCTURE=division.label,
            )
            for division in self.school.classes
        ]
        groups = [
            tag(
                "GROUPE",
                tag(
                    "DIVISIONS_APPARTENANCE",
                    *(tag("DIVISION_APPARTENANCE", leaves(CODE_STRUCTURE=label)) for label in group.classes),
                ),
                CODE_STRUCTURE=group.label,
            )
            for group in self.school.groups
        ]
        return self._export("BEE_STRUCTURES", tag("DIVISIONS", *divisions), tag("GROUPES", *groups))

    # Pupils and guardians

    def pupils(self) -> str:
        pupils = self.school.pupils
        return self._export(
            "BEE_ELEVES",
            tag("ELEVES", *(self._pupil(pupil) for pupil in pupils)),
            tag("STRUCTURES", *(self._places(pupil) for pupil in pupils if not pupil.left)),
        )

    def _pupil(self, plan: PupilPlan) -> str:
        second, third = [*plan.other_given, "", ""][:2]
        elements = leaves(
            ID_NATIONAL=plan.ine,
            NOM_DE_FAMILLE=plan.birth_name or plan.family,
            NOM_USAGE=plan.family if plan.birth_name else "",
            PRENOM=plan.given,
            PRENOM2=second,
            PRENOM3=third,
            DATE_NAISS=written_day(plan.birth_date),
            CODE_SEXE=CIVILITIES.get(plan.civility, ""),
            CODE_STATUT="ST",
            CODE_REGIME="0 ",
            DATE_ENTREE=written_day(plan.entered),
            DATE_SORTIE=written_day(plan.left),
            # A pupil who left has no programme any more.
            CODE_MEF="" if plan.left else plan.level.code,
        )
        return tag("ELEVE", elements, ELEVE_ID=self.numbers[plan.key])

    def _places(self, plan: PupilPlan) -> str:
        places = [(plan.division.label, "D"), *((label, "G") for label in plan.groups)]
        elements = (
            tag("STRUCTURE", leaves(CODE_STRUCTURE=label, TYPE_STRUCTURE=kind)) for label, kind in places
        )
        return tag("STRUCTURES_ELEVE", *elements, ELEVE_ID=self.numbers[plan.key])

    def guardians(self) -> str:
        links = (
            self._link(self.numbers[pupil.key], link, lives_with=link.guardian is pupil.kin.lives_with)
            for pupil in self.school.pupils
            for link in pupil.kin.links
        )
        return self._export(
            "BEE_RESPONSABLES",
            tag("PERSONNES", *map(self._person, self.people.values())),
            tag("RESPONSABLES", *links),
            version="1.8" if self.old else "2.1",
        )

    def _person(self, plan: GuardianPlan) -> str:
        birth = plan.birth_name or plan.family
        names = (
            {"NOM": plan.family}
            if self.old
            else {"NOM_DE_FAMILLE": birth, "NOM_USAGE": plan.family if plan.birth_name else ""}
        )
        elements = leaves(
            LC_CIVILITE=plan.civility.upper(),
            **names,
            PRENOM=plan.given,
            TEL_PORTABLE=plan.mobile,
            TEL_PERSONNEL=plan.home_phone,
            MEL=plan.mail,
        )
        return tag("PERSONNE", elements, PERSONNE_ID=self.person_numbers[plan.key])

    def _link(self, pupil: str, link: Link, *, lives_with: bool) -> str:
        fields = {"ELEVE_ID": pupil, "PERSONNE_ID": self.person_numbers[link.guardian.key]}
        if self.old:
            fields |= {
                "RESP_LEGAL": "1" if link.level == LEGAL else "0",
                "CODE_PARENTE": OLD_KINSHIP.get(link.kinship, "6"),
                "RESP_FINANCIER": str(int(link.bills)),
                "PERS_PAIEMENT": str(int(link.paid)),
                "PERS_CONTACT": str(int(link.contact)),
            }
        else:
            fields |= {
                "NIVEAU_RESPONSABILITE": str(CONTACT if link.level == UNSAID else link.level),
                "CODE_PARENTE": link.kinship,
                "PAIE_FRAIS_SCOLAIRES": str(link.bills).lower(),
                "PERCOIT_LES_AIDES": str(link.paid).lower(),
                "HEBERGE_ELEVE": str(lives_with).lower(),
                "A_CONTACTER_EN_PRIORITE": str(link.contact).lower(),
            }
        return tag("RESPONSABLE_ELEVE", leaves(**fields))
