"""The pre-flight list: each omission planted in a livret that is whole is found, with who, where and the screen that mends it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from preau.domains.report_cards.livret.check import Beside, Finding, Severity, Silence, check, errors
from preau.domains.report_cards.livret.model import (
    Address,
    Component,
    CycleReport,
    Discipline,
    Guardian,
    Learnt,
    Livret,
    Period,
    PeriodReport,
    Plan,
    Principal,
    ProgrammeItem,
    Project,
    Pupil,
    SchoolLife,
    Teacher,
)
from preau.domains.report_cards.livret.nomenclatures import COMPONENTS
from preau.domains.report_cards.livret.versions import version_of
from preau.domains.report_cards.livret.words import Mend

VERSION = version_of("lsu")
DAY = date(2026, 12, 4)


def whole() -> Livret:
    """A class of two pupils, two subjects, one period and the end of cycle 4: nothing is missing."""

    def learnt(discipline: str, teacher: str) -> Learnt:
        return Learnt(discipline, (teacher,), ("EP_1",), "12.5", "11", text="Un bon début d’année.")

    def report(pupil: str) -> PeriodReport:
        return PeriodReport(
            pupil,
            "P_1",
            DAY,
            date(2026, 9, 1),
            "2026-12-05",
            "RESP_1",
            ("ENS_1",),
            (learnt("DI_1", "ENS_1"), learnt("DI_2", "ENS_2")),
            advice="Continuez ainsi.",
            school_life=SchoolLife(1, 2, 0, text="Ponctuel."),
            guardians=(
                Guardian(
                    name="M. Paul Dubois", address=Address("1 rue du Pré", postcode="35000", town="Rennes")
                ),
            ),
        )

    return Livret(
        version="7.0",
        editor="Préau",
        application="Préau",
        uai="0359901A",
        principals=(Principal("RESP_1", "Hélène Carpentier"),),
        pupils=(
            Pupil("EL_1", "501", "Dubois", "Lina", "3e D"),
            Pupil("EL_2", "502", "Martin", "Noé", "3e D"),
        ),
        periods=(Period("P_1", "2026", 1, 3),),
        disciplines=(
            Discipline("DI_1", "061300", election="S", name="Mathématiques"),
            Discipline("DI_2", "020700", election="S", name="Français"),
        ),
        teachers=(
            Teacher("ENS_1", "epp", "31", "MME", "Moreau", "Claire"),
            Teacher("ENS_2", "epp", "32", "M", "Lefèvre", "Thomas"),
        ),
        items=(ProgrammeItem("EP_1", "Calculer avec des fractions"),),
        period_reports=(report("EL_1"), report("EL_2")),
        cycle_reports=(
            CycleReport(
                "EL_1",
                4,
                "2026",
                date(2027, 6, 11),
                principal="RESP_1",
                head_teachers=("ENS_1",),
                socle=tuple(Component(code, 3) for code in COMPONENTS),
                synthesis="Le socle est acquis.",
            ),
        ),
    )


BESIDE = Beside(
    "Trimestre 1",
    sealed=True,
    ines={"EL_1": "1234567890A", "EL_2": "1234567890B"},
    programmes={"EL_1": True, "EL_2": True},
)


def found_in(livret: Livret, beside: Beside = BESIDE) -> list[Finding]:
    return check(livret, VERSION, beside)


def with_report(**fields: Any) -> Livret:
    """The first bilan périodique, changed."""
    livret = whole()
    first, *others = livret.period_reports
    return replace(livret, period_reports=(replace(first, **fields), *others))


def with_learnt(**fields: Any) -> Livret:
    """The mathematics of the first bilan, changed."""
    maths, french = whole().period_reports[0].learnt
    return with_report(learnt=(replace(maths, **fields), french))


def with_items(items: tuple[str, ...]) -> Livret:
    """The elements of mathematics, of everybody."""
    reports = [
        replace(one, learnt=(replace(one.learnt[0], items=items), *one.learnt[1:]))
        for one in whole().period_reports
    ]
    return replace(whole(), period_reports=tuple(reports))


def with_pupil(**fields: Any) -> Livret:
    livret = whole()
    return replace(livret, pupils=(replace(livret.pupils[0], **fields), livret.pupils[1]))


def with_cycle(**fields: Any) -> Livret:
    livret = whole()
    return replace(livret, cycle_reports=(replace(livret.cycle_reports[0], **fields),))


def with_subject(**fields: Any) -> Livret:
    livret = whole()
    return replace(livret, disciplines=(replace(livret.disciplines[0], **fields), livret.disciplines[1]))


def with_teacher(**fields: Any) -> Livret:
    livret = whole()
    return replace(livret, teachers=(replace(livret.teachers[0], **fields), livret.teachers[1]))


def no_head_teacher() -> Livret:
    livret = whole()
    reports = tuple(replace(one, head_teachers=()) for one in livret.period_reports)
    return replace(livret, period_reports=reports)


def no_head() -> Livret:
    livret = whole()
    reports = tuple(replace(one, principal="") for one in livret.period_reports)
    return replace(livret, principals=(), period_reports=reports, cycle_reports=())


Made = Callable[[], Livret]
ERROR, WARNING = Severity.ERROR, Severity.WARNING
# code → the livret, its severity, the screen that mends it, and what the sentence says.
PLANTED: dict[str, tuple[Made, Severity, Mend, str]] = {
    "appreciation-too-long": (
        lambda: with_learnt(text="x" * 601),
        ERROR,
        Mend.APPRECIATION,
        "Lina Dubois (3e D), Mathématiques : l’appréciation a 601 caractères ; le livret en prend 600 au plus.",
    ),
    "forbidden-sign": (
        lambda: with_learnt(text="Bien\x0b."),
        ERROR,
        Mend.APPRECIATION,
        "Lina Dubois (3e D), Mathématiques : l’appréciation contient un signe que le livret refuse (U+000B).",
    ),
    "unusual-sign": (
        lambda: with_learnt(text="Bravo 😀"),
        WARNING,
        Mend.APPRECIATION,
        "Lina Dubois (3e D), Mathématiques : le texte contient un signe que le livret peut perdre (U+1F600).",
    ),
    "appreciation-missing": (
        lambda: with_learnt(text=""),
        WARNING,
        Mend.APPRECIATION,
        "Lina Dubois (3e D), Mathématiques : il manque l’appréciation.",
    ),
    "subject-without-result": (
        lambda: with_learnt(average=""),
        ERROR,
        Mend.APPRECIATION,
        "Lina Dubois (3e D), Mathématiques : il n’y a ni moyenne, ni positionnement, ni « non noté ».",
    ),
    "marked-and-not-marked": (
        lambda: with_learnt(not_marked=True),
        ERROR,
        Mend.APPRECIATION,
        "Lina Dubois (3e D), Mathématiques : l’élève a une moyenne et n’est pas noté.",
    ),
    "programme-missing": (
        lambda: with_items(()),
        WARNING,
        Mend.APPRECIATION,
        "3e D, Mathématiques : aucun élément de programme n’est dit.",
    ),
    "subject-without-teacher": (
        lambda: with_learnt(teachers=()),
        ERROR,
        Mend.TEAM,
        "Lina Dubois (3e D), Mathématiques : il manque l’enseignant.",
    ),
    "council-without-words": (
        lambda: with_report(advice=""),
        ERROR,
        Mend.COUNCIL,
        "Lina Dubois (3e D) : il manque le bilan du conseil de classe.",
    ),
    "council-words-too-long": (
        lambda: with_report(advice="x" * 1001),
        ERROR,
        Mend.COUNCIL,
        "Lina Dubois (3e D) : le bilan du conseil de classe a 1001 caractères ; le livret en prend 1000 au plus.",
    ),
    "council-without-date": (
        lambda: with_report(council=None),
        ERROR,
        Mend.COUNCIL,
        "3e D : il manque la date du conseil de classe.",
    ),
    "pupil-without-subject": (
        lambda: with_report(learnt=()),
        ERROR,
        Mend.APPRECIATION,
        "Lina Dubois (3e D) : il manque le bilan des matières.",
    ),
    "school-life-missing": (
        lambda: with_report(school_life=None),
        ERROR,
        Mend.SCHOOL_LIFE,
        "Lina Dubois (3e D) : il manque la vie scolaire.",
    ),
    "vie-scolaire-nb-retards-not-a-number": (
        lambda: with_report(school_life=SchoolLife(1200, 0, 0)),
        ERROR,
        Mend.SCHOOL_LIFE,
        "Lina Dubois (3e D) : le nombre de retards vaut « 1200 » : le livret attend un nombre de 0 à 999.",
    ),
    "address-incomplete": (
        lambda: with_report(guardians=(Guardian(name="M. Dubois", address=Address(town="Rennes")),)),
        ERROR,
        Mend.PERSON,
        "Lina Dubois (3e D) : il manque le code postal du responsable.",
    ),
    "plan-words-misplaced": (
        lambda: with_report(plans=(Plan("PAP", success_programme="Le français"),)),
        ERROR,
        Mend.COUNCIL,
        "Lina Dubois (3e D) : le complément du PPRE accompagne un PAP.",
    ),
    "modalite-accompagnement-code-not-in-list": (
        lambda: with_report(plans=(Plan("PPAP"),)),
        ERROR,
        Mend.COUNCIL,
        "Lina Dubois (3e D) : le code de l’accompagnement vaut « PPAP », que le livret ne connaît pas.",
    ),
    "pupil-without-siecle-number": (
        lambda: with_pupil(number=""),
        ERROR,
        Mend.IMPORT,
        "Lina Dubois (3e D) : il manque le numéro SIECLE.",
    ),
    "pupil-twice": (
        lambda: with_pupil(number="502"),
        ERROR,
        Mend.IMPORT,
        "Noé Martin (3e D) : le numéro SIECLE « 502 » est aussi celui de Lina Dubois.",
    ),
    "pupil-without-class": (
        lambda: with_pupil(division=""),
        ERROR,
        Mend.IMPORT,
        "Lina Dubois : il manque le nom de la classe.",
    ),
    "class-name-too-long": (
        lambda: with_pupil(division="Sixième bilangue allemand"),
        ERROR,
        Mend.IMPORT,
        "Lina Dubois (Sixième bilangue allemand) : le nom de la classe a 25 caractères ; le livret en prend 20 au plus.",
    ),
    "namesake": (
        lambda: with_pupil(family_name="MARTIN", given_name="Noe"),
        WARNING,
        Mend.PERSON,
        "Noé Martin (3e D) : un autre élève de la classe porte le même nom : est-il là deux fois ?",
    ),
    "teacher-without-sts-number": (
        lambda: with_teacher(number=""),
        ERROR,
        Mend.IMPORT,
        "Claire Moreau : il manque le numéro STSWEB.",
    ),
    "teacher-twice": (
        lambda: with_teacher(number="32"),
        ERROR,
        Mend.IMPORT,
        "Thomas Lefèvre : le numéro STSWEB « 32 » est aussi celui de Claire Moreau.",
    ),
    "subject-without-code": (
        lambda: with_subject(code="MATHS"),
        ERROR,
        Mend.SUBJECT,
        "Mathématiques : le code de la matière a 5 caractères ; le livret en demande 6.",
    ),
    "subject-twice": (
        lambda: with_subject(code="020700"),
        ERROR,
        Mend.SUBJECT,
        "Français : le code de la matière « 020700 » est aussi celui de Mathématiques.",
    ),
    "class-without-head-teacher": (
        no_head_teacher,
        WARNING,
        Mend.TEAM,
        "3e D : la classe n’a pas de professeur principal.",
    ),
    "school-without-head": (no_head, ERROR, Mend.SCHOOL, "Il manque le chef d’établissement."),
    "programme-item-too-long": (
        lambda: replace(whole(), items=(ProgrammeItem("EP_1", "x" * 301),)),
        ERROR,
        Mend.APPRECIATION,
        "L’élément de programme a 301 caractères ; le livret en prend 300 au plus.",
    ),
    "pupil-without-report": (
        lambda: replace(whole(), period_reports=whole().period_reports[:1]),
        WARNING,
        Mend.COUNCIL,
        "Noé Martin (3e D) : l’élève n’a aucun bilan.",
    ),
    "cycle-incomplete": (
        lambda: with_cycle(socle=tuple(Component(code, 3) for code in list(COMPONENTS)[:-2])),
        ERROR,
        Mend.BALANCE,
        "Lina Dubois (3e D) : il manque le niveau de : systèmes naturels et techniques, représentations du monde.",
    ),
    "cycle-without-synthesis": (
        lambda: with_cycle(synthesis=""),
        ERROR,
        Mend.BALANCE,
        "Lina Dubois (3e D) : il manque la synthèse de fin de cycle.",
    ),
    "theme-unknown": (
        lambda: replace(whole(), projects=(Project("EPI_1", "Le fleuve", "EPI_EAU", ("DI_1", "DI_2")),)),
        ERROR,
        Mend.COUNCIL,
        "Le thème « EPI_EAU » de l’EPI « Le fleuve » n’est pas connu.",
    ),
}
BESIDE_IT: dict[str, tuple[dict[str, Any], Severity, Mend, str]] = {
    "period-not-sealed": (
        {"sealed": False},
        ERROR,
        Mend.PERIODS,
        "La période « Trimestre 1 » n’est pas arrêtée.",
    ),
    "pupil-without-ine": (
        {"ines": {"EL_2": "1234567890B"}},
        WARNING,
        Mend.IMPORT,
        "Lina Dubois (3e D) : il manque l’INE.",
    ),
    "pupil-in-no-class": (
        {"classless": {"EL_3": "Zoé Petit"}},
        WARNING,
        Mend.PERSON,
        "Zoé Petit n’est dans aucune classe, et n’est donc pas dans le fichier.",
    ),
    "subject-silent": (
        {"silences": (Silence("3e D", "Technologie", "Awa Sarr"),)},
        WARNING,
        Mend.APPRECIATION,
        "3e D, Technologie : rien n’en est dit, la matière n’est pas dans le fichier.",
    ),
    "programme-unknown": (
        {"programmes": {"EL_2": True}},
        WARNING,
        Mend.IMPORT,
        "Lina Dubois (3e D) : la formation suivie (MEF) n’est pas connue.",
    ),
}


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_of_a_livret_that_is_whole_nothing_is_said() -> None:
    assert found_in(whole()) == []


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_omission_is_found_and_said(code: str) -> None:
    make, severity, mend, sentence = PLANTED[code]
    found = [one for one in found_in(make()) if one.code == code]
    assert [(plain(one.sentence), one.severity, one.mend) for one in found] == [(sentence, severity, mend)]


@pytest.mark.parametrize("code", BESIDE_IT)
def test_what_the_school_knows_beside_the_file_is_looked_at(code: str) -> None:
    fields, severity, mend, sentence = BESIDE_IT[code]
    found = found_in(whole(), replace(BESIDE, **fields))
    assert [(one.code, plain(one.sentence), one.severity, one.mend) for one in found] == [
        (code, sentence, severity, mend)
    ]


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_omission_is_found_alone(code: str) -> None:
    """So that a list names causes: a subject without an average is one line, not three."""
    assert {one.code for one in found_in(PLANTED[code][0]())} == {code}


def test_fifteen_omissions_in_one_livret_are_all_in_its_list() -> None:
    codes = [
        "appreciation-too-long",
        "council-words-too-long",
        "council-without-date",
        "pupil-twice",
        "teacher-without-sts-number",
        "subject-without-code",
        "programme-item-too-long",
        "cycle-incomplete",
        "cycle-without-synthesis",
        "class-without-head-teacher",
        "theme-unknown",
        "address-incomplete",
        "period-not-sealed",
        "pupil-without-ine",
        "programme-unknown",
        "modalite-accompagnement-code-not-in-list",
    ]
    maths, french = whole().period_reports[0].learnt
    one, other = no_head_teacher().period_reports
    broken = replace(
        whole(),
        pupils=with_pupil(number="502").pupils,
        teachers=with_teacher(number="").teachers,
        disciplines=with_subject(code="MATHS").disciplines,
        items=PLANTED["programme-item-too-long"][0]().items,
        projects=PLANTED["theme-unknown"][0]().projects,
        period_reports=(
            replace(
                one,
                learnt=(replace(maths, text="x" * 601), french),
                advice="x" * 1001,
                council=None,
                plans=(Plan("PPAP"),),
                guardians=(Guardian(name="M. Dubois", address=Address(town="Rennes")),),
            ),
            other,
        ),
        cycle_reports=(replace(whole().cycle_reports[0], socle=(), synthesis=""),),
    )
    found = found_in(broken, replace(BESIDE, sealed=False, ines={}, programmes={}))
    assert set(codes) <= {one.code for one in found}
    assert [one.severity for one in found] == sorted(one.severity for one in found), "errors first"
    assert len(errors(found)) < len(found)
    assert all(one.sentence.endswith((".", "?")) for one in found)


def test_a_finding_names_the_pupil_the_subject_the_teacher_and_the_class() -> None:
    (one,) = found_in(with_learnt(text=""))
    assert (one.pupil, one.subject, one.teacher, one.division) == (
        "Lina Dubois",
        "Mathématiques",
        "Claire Moreau",
        "3e D",
    )
    assert one.refs == {"pupil": "EL_1", "subject": "DI_1", "teacher": "ENS_1", "division": "3e D"}
