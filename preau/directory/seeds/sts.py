"""Writes the staff of an invented school as the export of STSWEB (`sts_emp_<UAI>_<year>.xml`)."""

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.elements import CIVILITIES, leaves, name_of, tag
from preau.directory.seeds.plans import Academy, SchoolPlan, StaffPlan


def sts(school: SchoolPlan, academy: Academy, numbers: dict[str, str]) -> str:
    """The whole file; `numbers` are those of the staff, by their keys."""
    return _Staff(school, academy, numbers).sts()


class _Staff:
    def __init__(self, school: SchoolPlan, academy: Academy, numbers: dict[str, str]) -> None:
        self.school, self.academy, self.staff_numbers = school, academy, numbers
        self.levels = sorted({division.levels[0] for division in school.classes})
        self.subjects = sorted({service.subject for person in school.staff for service in person.services})

    def sts(self) -> str:
        divisions = (
            self._taught("DIVISION", school_class.label, in_group=False)
            for school_class in self.school.classes
        )
        groups = (self._taught("GROUPE", group.label, in_group=True) for group in self.school.groups)
        return tag(
            "STS_EDT",
            self._heading(),
            self._nomenclatures(),
            tag(
                "DONNEES",
                tag("INDIVIDUS", *map(self._employee, self.school.staff)),
                tag("STRUCTURE", tag("DIVISIONS", *divisions), tag("GROUPES", *groups)),
            ),
        )

    def _heading(self) -> str:
        academy = leaves(CODE=self.academy.code.zfill(3), LIBELLE=self.academy.name)
        school = leaves(**name_of(self.school), CODE_NATURE=self.school.kind.type_code)
        starts, ends = self.school.year
        year = leaves(DATE_DEBUT=starts.isoformat(), DATE_FIN=ends.isoformat())
        return tag(
            "PARAMETRES",
            tag("UAJ", tag("ACADEMIE", academy), school, CODE=self.school.uai),
            tag("ANNEE_SCOLAIRE", year, ANNEE=str(starts.year)),
        )

    def _nomenclatures(self) -> str:
        levels = (tag("MEF", leaves(LIBELLE_LONG=level.label), CODE=level.code) for level in self.levels)
        subjects = (
            tag("MATIERE", leaves(LIBELLE_LONG=codes.SUBJECTS[code].label), CODE=code)
            for code in self.subjects
        )
        return tag("NOMENCLATURES", tag("MATIERES", *subjects), tag("MEFS", *levels))

    def _employee(self, plan: StaffPlan) -> str:
        functions = [function for place, function in plan.functions if place == self.school.key]
        headed = [label for place, label in plan.head_teacher_of if place == self.school.key]
        civility = CIVILITIES.get(plan.civility, "")
        elements = leaves(
            SEXE=civility,
            CIVILITE=civility,
            NOM_USAGE=plan.family,
            NOM_PATRONYMIQUE=plan.birth_name or plan.family,
            PRENOM=plan.given,
            DATE_NAISSANCE=plan.birth_date.isoformat() if plan.birth_date else "",
            FONCTION=functions[0].code if functions else "",
        )
        disciplines = (
            tag("DISCIPLINE", leaves(LIBELLE_COURT=function.discipline_label), CODE=function.discipline)
            for function in functions
            if function.discipline != "-"
        )
        heads = (tag("PROF_PRINC", leaves(CODE_STRUCTURE=label)) for label in headed)
        return tag(
            "INDIVIDU",
            elements,
            tag("PROFS_PRINC", *heads),
            tag("DISCIPLINES", *disciplines),
            ID=self.staff_numbers[plan.key],
            TYPE="epp",
        )

    def _taught(self, name: str, label: str, *, in_group: bool) -> str:
        services = (
            self._service(person, service.subject)
            for person in self.school.staff
            for service in person.services
            if (service.school, service.label, service.in_group) == (self.school.key, label, in_group)
        )
        return tag(name, leaves(LIBELLE_LONG=label), tag("SERVICES", *services), CODE=label)

    def _service(self, person: StaffPlan, subject: str) -> str:
        teacher = tag("ENSEIGNANT", ID=self.staff_numbers[person.key], TYPE="epp")
        return tag("SERVICE", tag("ENSEIGNANTS", teacher), CODE_MATIERE=subject, CODE_MOD_COURS="CG")
