"""The academy of the demonstration: a collège, a lycée and a primary school, with the situations that real ones have."""

from datetime import date, timedelta

from preau.directory.rules.authority import eighteen_years_before
from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds import schooling, staffing
from preau.directory.seeds.families import MADAM, SIR, Registry, mail_of
from preau.directory.seeds.names import HERE
from preau.directory.seeds.plans import (
    COLLEGE_SCHOOL,
    LYCEE_SCHOOL,
    PRIMARY_SCHOOL,
    Academy,
    FamilyPlan,
    GuardianPlan,
    Kind,
    Link,
    PersonPlan,
    PupilPlan,
    SchoolPlan,
    StaffPlan,
)
from preau.directory.seeds.schooling import Room
from preau.directory.seeds.world import school_year_around

FIRST_KEY = 1_000_001
PUPILS_CLASS = "5e B"
PRIMARY_ROOMS = [
    Room(label, tuple(codes.PRIMARY[level] for level in levels), 23)
    for label, levels in [
        ("PS-MS", ["PS", "MS"]),
        ("MS-GS", ["MS", "GS"]),
        *((level, [level]) for level in ("CP", "CE1", "CE2", "CM1", "CM2")),
    ]
]
# Role, discipline, civility, given and family name of those who teach the pupil's class.
TEACHERS = [
    ("teacher", "L1300", MADAM, "Claire", "Moreau"),
    ("teacher_1", "L0202", SIR, "Thomas", "Lefèvre"),
    ("teacher_2", "L1000", MADAM, "Leïla", "Bensaïd"),
    ("teacher_3", "L0422", SIR, "David", "Keller"),
    ("teacher_4", "L1600", MADAM, "Awa", "Sarr"),
]
COLLEGE_STAFF = [
    ("head", codes.HEAD, MADAM, "Hélène", "Carpentier"),
    ("cpe", codes.SCHOOL_LIFE, MADAM, "Samia", "Haddad"),
    ("secretary", codes.SECRETARY, SIR, "Paul", "Giraud"),
    ("nurse", codes.NURSE, MADAM, "Anne-Claire", "L'Hostis"),
    ("librarian", codes.LIBRARIAN, SIR, "Benoît", "Le Goff"),
    ("assistant", codes.ASSISTANT, MADAM, "Grâce", "N'Guessan"),
]


def demo_academy(today: date) -> Academy:
    """The académie of Rennes as the demonstration knows it; its cast says who is found in which situation."""
    stage = Stage(today)
    return Academy("14", "RENNES", lambda: stage.schools, stage.cast)


class Stage:
    """The three schools while the scenes are set; each pupil and each employee plays in one scene only."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.year = school_year_around(today)
        self.registry = Registry(seed=359, first_key=FIRST_KEY)
        self.people: dict[str, PersonPlan] = {}
        self._build_schools()
        self._set_staff()
        self._set_abadie_family()
        self._set_other_families()
        self._set_lycee_pupils()
        # Last: the scenes choose who is whose guardian.
        self.lycee.told_elsewhere = {guardian.key for guardian in self.college.guardians()}

    @property
    def schools(self) -> list[SchoolPlan]:
        return [self.college, self.lycee, self.ecole]

    @property
    def cast(self) -> dict[str, str]:
        return {role: person.key for role, person in self.people.items()}

    def _build_schools(self) -> None:
        self.college = self._school("3591", "0359901A", "Collège des Tilleuls", COLLEGE_SCHOOL)
        schooling.fill(self.college, self.registry, schooling.rooms_for(codes.COLLEGE.values(), 480), [])
        self.lycee = self._school("3593", "0359903C", "Lycée des Marronniers", LYCEE_SCHOOL)
        rooms = schooling.rooms_for(codes.LYCEE.values(), 900)
        schooling.fill(self.lycee, self.registry, rooms, self.college.families())
        self.ecole = self._school("3592", "0359902B", "École Jean-Moulin", PRIMARY_SCHOOL)
        schooling.fill(self.ecole, self.registry, PRIMARY_ROOMS, self.college.families())

    def _school(self, key: str, uai: str, name: str, kind: Kind) -> SchoolPlan:
        place = self.registry.address()._replace(postcode="35000", town="RENNES")
        return SchoolPlan(key=key, uai=uai, name=name, kind=kind, address=place, year=self.year)

    def _set_staff(self) -> None:
        for school in (self.college, self.lycee):
            staffing.staff_second_degree(school, self.registry)
        staffing.staff_primary(self.ecole, self.registry)
        for role, discipline, *names in TEACHERS:
            teaching = codes.teaching(codes.DISCIPLINES[discipline])
            self._cast(role, self._employee(self.college, teaching, PUPILS_CLASS), *names)
        for role, function, *names in COLLEGE_STAFF:
            self._cast(role, self._employee(self.college, function), *names)
        self._cast("lycee_head", self._employee(self.lycee, codes.HEAD), SIR, "Vincent", "Delorme")
        director = self._employee(self.ecole, codes.PRIMARY_HEAD)
        self._cast("school_director", director, MADAM, "Maud", "Kervella")
        teacher = self._employee(self.ecole, codes.PRIMARY_TEACHER)
        self._cast("primary_teacher", teacher, SIR, "Jean-François", "Öztürk")
        english = self._employee(self.college, codes.teaching(codes.DISCIPLINES["L0422"]))
        staffing.teach_nearby(english, self.lycee)
        self._cast("teacher_two_schools", english, MADAM, "Céline", "D'Hervé")
        self._make_head_teacher(self.people["teacher"])

    def _make_head_teacher(self, teacher: PersonPlan) -> None:
        """Claire Moreau is head teacher of the pupil's class, whoever was drawn."""
        headship = (self.college.key, PUPILS_CLASS)
        for person in self.college.staff:
            person.head_teacher_of = [held for held in person.head_teacher_of if held != headship]
            if person is teacher:
                person.head_teacher_of.append(headship)

    def _set_abadie_family(self) -> None:
        """Nina lives with her mother; her father has another address; Hugo is her half-brother."""
        registry = self.registry
        julie = registry.guardian(MADAM, "Julie", "Abadie", registry.address())
        marc = registry.guardian(SIR, "Marc", "Abadie", registry.address())
        for parent in (julie, marc):
            parent.mail = mail_of(parent.given, parent.family, "famille.example")
        mother = Link(julie, codes.MOTHER, bills=True, paid=True)
        parents = FamilyPlan("Abadie", HERE, [mother, Link(marc, codes.FATHER, bills=True)])
        self._pupil("pupil", self.college, PUPILS_CLASS, (MADAM, "Nina"), parents)
        self._pupil("sibling", self.ecole, "CE2", (SIR, "Hugo"), FamilyPlan("Abadie", HERE, [mother]))
        self.people |= {"guardian": julie, "other_guardian": marc}

    def _set_other_families(self) -> None:
        college = self.college
        self._pupil("teacher_child", college, "4e C", (MADAM, "Anaïs"), self._family_of_a_teacher())
        for role, label in (("homonym_1", "6e A"), ("homonym_2", "4e A")):
            self._pupil(role, college, label, (SIR, "Lucas"), self._family("Martin"))
        self._pupil("adjusted_pupil", college, PUPILS_CLASS, (MADAM, "Éléonore"), self._family("Saint-Léger"))
        self._pupil("ward", college, "6e B", (SIR, "Jean-Baptiste"), self.registry.family("ward", "Roussel"))
        self._pupil("unreachable_child", college, "3e A", (SIR, "Cheick"), self._family("N'Diaye"))
        self.people["guardian_without_mail"] = self._without_mail("unreachable_child")
        leaver = self._pupil("leaver", college, "3e B", (SIR, "Éwen"), self._family("Le Bihan"))
        leaver.left = leaver.entered + (self.today - leaver.entered) // 2
        leaver.groups = []  # groups have no date: whoever left is in none any more

    def _set_lycee_pupils(self) -> None:
        turning = self._pupil(
            "lycee_pupil_turning_18", self.lycee, "Tle 2", (MADAM, "Aya"), self._family("El Amrani")
        )
        turning.birth_date = eighteen_years_before(self.today + timedelta(days=3))
        adult = self._pupil("adult_pupil", self.lycee, "Tle 1", (SIR, "Aurélien"), self._family("D'Almeida"))
        adult.birth_date = eighteen_years_before(self.today - timedelta(days=200))
        self._answer_for_oneself(adult)

    def _answer_for_oneself(self, adult: PupilPlan) -> None:
        """The adult pupil becomes a guardian under the same key; the mother is only called."""
        oneself = self.registry.guardian(adult.civility, adult.given, adult.family, self.registry.address())
        oneself.key = adult.key
        mother = adult.kin.lives_with
        adult.kin = FamilyPlan(
            adult.family,
            HERE,
            [
                Link(oneself, codes.ONESELF, bills=True, paid=True),
                Link(mother, codes.MOTHER, codes.CONTACT, contact=True),
            ],
        )

    def _family_of_a_teacher(self) -> FamilyPlan:
        """Thomas Lefèvre is a father too, under the key of his post."""
        family = self._family("Lefèvre")
        mother, father = family.links[:2]
        post = self.people["teacher_1"]
        father.guardian.key, father.guardian.given = post.key, post.given
        father.guardian.mail = mail_of(post.given, post.family, "famille.example")
        return FamilyPlan("Lefèvre", family.origin, [mother, father])

    def _family(self, name: str) -> FamilyPlan:
        family = self.registry.family("together", name)
        family.name = name
        return family

    def _without_mail(self, role: str) -> GuardianPlan:
        child = self.people[role]
        assert isinstance(child, PupilPlan)  # noqa: S101 - cast as one just before
        child.kin.lives_with.mail = ""
        return child.kin.lives_with

    def _pupil(
        self, role: str, school: SchoolPlan, label: str, names: tuple[str, str], kin: FamilyPlan
    ) -> PupilPlan:
        """A pupil of a class who has no brother or sister yet takes a role, a name and a family."""
        pupil = next(
            pupil
            for pupil in school.pupils_in(label)
            if len(pupil.kin.births) == 1 and pupil not in self.people.values()
        )
        pupil.kin, pupil.birth_name, pupil.other_given = kin, kin.name, (names[1],)
        self._cast(role, pupil, *names, kin.name)
        return pupil

    def _employee(self, school: SchoolPlan, function: codes.Function, label: str = "") -> StaffPlan:
        """Somebody of a school with a function, and who teaches a class when one is named."""
        return next(
            person
            for person in school.staff
            if (school.key, function) in person.functions
            and (not label or staffing.teaches(person, school, label))
            and person not in self.people.values()
        )

    def _cast(self, role: str, person: PersonPlan, civility: str, given: str, family: str) -> None:
        person.civility, person.given, person.family = civility, given, family
        if isinstance(person, StaffPlan):
            person.mail = mail_of(given, family, "academie.example")
        self.people[role] = person
