"""Invented livrets, each valid: what the properties of the official file are tested with."""

import string
from datetime import date
from typing import Any

from django.conf import settings
from hypothesis import strategies as st

from preau.domains.report_cards.livret.model import (
    Address,
    Component,
    Course,
    CycleReport,
    Digital,
    DigitalLevel,
    Discipline,
    Guardian,
    Learnt,
    Livret,
    MoreTeaching,
    OwnProject,
    OwnSupport,
    Period,
    PeriodReport,
    Plan,
    Principal,
    ProgrammeItem,
    Project,
    ProjectGroup,
    Pupil,
    RegionalLanguage,
    SchoolLife,
    SharedCourses,
    SharedDigital,
    SharedSchoolLife,
    Support,
    SupportGroup,
    TaughtBy,
    Teacher,
    Theme,
)
from preau.domains.report_cards.livret.nomenclatures import COMPONENTS, COURSES, PLANS, THEMES

# Schemas and samples of other programs are beside the repository, where they are: none is ours to give.
FORMATS = next(
    (
        found
        for parent in settings.BASE_DIR.parents
        if (found := parent / "shared" / "data" / "formats").is_dir()
    ),
    settings.BASE_DIR / "absent",
)
LETTERS = string.ascii_letters + string.digits + "éèàçœŒ’« »\u00a0&<>\"'-.,;"
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
DIGITAL = ("CN_INF_MEN", "CN_COM_PAR", "CN_CRE_TEX", "CN_PRO_DON", "CN_ENV_RES")


def texts(most: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Words of at most so many letters, some of them just so many."""
    alphabet = LETTERS + ("\n\t" if lines else "")
    short = st.text(alphabet, min_size=1, max_size=min(most, 24)).filter(lambda text: bool(text.strip()))
    return st.one_of(short, short.map(lambda text: (text * most)[: most - 1] + "x"))


def maybe(strategy: st.SearchStrategy[Any], nothing: Any = "") -> st.SearchStrategy[Any]:
    return st.one_of(st.just(nothing), strategy)


def some(values: Any, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    """Some of these, each once, in their order."""
    known = list(values)
    return st.lists(st.sampled_from(known), min_size=least, max_size=len(known), unique=True).map(
        lambda chosen: tuple(one for one in known if one in chosen)
    )


def refs(things: Any, least: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    return some([one.id for one in things], least)


@st.composite
def livrets(draw: Any) -> Livret:
    """A livret whose every reference is in it, and which the schema takes."""
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    divisions = draw(st.lists(texts(20).filter(lambda text: text == text.strip()), min_size=1, max_size=2))
    pupils = tuple(
        Pupil(
            f"EL_{rank}",
            str(1000 + rank),
            draw(texts(100)),
            draw(texts(100)),
            draw(st.sampled_from(divisions)),
        )
        for rank in range(number(1, 3))
    )
    periods = tuple(Period(f"P_{rank}", "2026", rank, 3) for rank in range(1, number(2, 4)))
    disciplines = tuple(
        Discipline(
            f"DI_{rank}",
            f"{rank:06d}",
            draw(maybe(st.just("061300"))),
            draw(st.sampled_from("SOFLRXD")),
            draw(texts(40)),
        )
        for rank in range(number(2, 4))
    )
    teachers = tuple(
        Teacher(
            f"ENS_{rank}",
            draw(st.sampled_from(["epp", "local", "dir", "autre"])),
            str(rank + 1),
            draw(st.sampled_from(["M", "MME", ""])),
            draw(texts(100)),
            draw(maybe(texts(100))),
        )
        for rank in range(number(1, 3))
    )
    items = tuple(ProgrammeItem(f"EP_{rank}", f"{rank} {draw(texts(290))}") for rank in range(number(0, 3)))
    principals = tuple(Principal(f"RESP_{rank}", f"{rank} {draw(texts(90))}") for rank in range(number(1, 2)))
    shared = tuple(
        SharedDigital(
            f"CNC_{rank}", draw(st.sampled_from(divisions)), draw(st.sampled_from("DG")), draw(texts(600))
        )
        for rank in range(number(0, 2))
    )
    own = draw(st.booleans())
    themes = (Theme("EPI_TST", draw(texts(100))),) if own else ()
    projects = tuple(
        Project(
            f"EPI_{rank}",
            draw(texts(150)),
            draw(st.sampled_from([*THEMES, *(theme.code for theme in themes)])),
            draw(refs(disciplines, 2)),
            draw(maybe(texts(600))),
        )
        for rank in range(number(0, 1))
    )
    taught = st.lists(
        st.builds(
            TaughtBy,
            st.sampled_from([one.id for one in teachers]),
            st.sampled_from([one.id for one in disciplines]),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple)
    project_groups = tuple(
        ProjectGroup(f"EG_{one.id}", one.id, draw(texts(150)), draw(maybe(texts(600))), draw(taught))
        for one in projects
    )
    supports = tuple(
        Support(f"AP_{rank}", draw(texts(150)), draw(refs(disciplines)), draw(maybe(texts(600))))
        for rank in range(number(0, 1))
    )
    support_groups = tuple(
        SupportGroup(f"AG_{one.id}", one.id, draw(texts(150)), draw(maybe(texts(600))), draw(taught))
        for one in supports
    )
    courses = st.builds(
        lambda codes, text: tuple(Course(code, text) for code in codes), some(COURSES), texts(600)
    )
    shared_courses = tuple(
        SharedCourses(period.id, divisions[0], course_set)
        for period in periods[:1]
        if (course_set := draw(courses))
    )
    shared_life = tuple(SharedSchoolLife(period.id, divisions[0], draw(texts(600))) for period in periods[1:])

    def guardians() -> tuple[Guardian, ...]:
        return tuple(
            Guardian(
                draw(st.sampled_from(["", "M", "MME"])),
                draw(maybe(texts(100))),
                draw(maybe(texts(100))),
                draw(st.sampled_from([None, True, False])),
                None,
                draw(maybe(texts(40))),
                draw(maybe(texts(600))),
                draw(maybe(st.builds(Address, texts(50), postcode=texts(10), town=texts(100)), None)),
            )
            for _rank in range(number(0, 2))
        )

    def learnt() -> tuple[Learnt, ...]:
        return tuple(
            Learnt(
                one,
                draw(refs(teachers)),
                draw(refs(items, 0)) if items else (),
                average,
                draw(maybe(st.sampled_from(["11.5", "10/20"]))),
                None if average else True,
                draw(st.sampled_from([None, True, False])),
                draw(maybe(st.integers(1, 4), None)),
                draw(maybe(texts(600, lines=True))),
            )
            for one in draw(refs(disciplines))
            for average in (draw(maybe(st.sampled_from(["12", "12.5/20", "20"]))),)
        )

    def socle(least: int) -> tuple[Component, ...]:
        return tuple(Component(code, number(0, 4)) for code in draw(some(COMPONENTS, least)))

    def report(pupil: Pupil, period: Period) -> PeriodReport:
        digital = Digital(
            draw(refs(shared, 0)) if shared else (),
            draw(maybe(texts(600))),
            tuple(DigitalLevel(code, number(1, 3)) for code in draw(some(DIGITAL))),
        )
        return PeriodReport(
            pupil=pupil.id,
            period=period.id,
            council=draw(DAYS),
            schooled=draw(DAYS),
            locked=draw(st.sampled_from(["", "2026-12-01", "2026-12-01T06:00:00"])),
            principal=draw(st.sampled_from(principals)).id,
            head_teachers=draw(refs(teachers, 0)),
            learnt=learnt(),
            digital=digital if digital != Digital() else None,
            projects=tuple(OwnProject(one.id, draw(maybe(texts(600)))) for one in project_groups),
            supports=tuple(OwnSupport(one.id, draw(maybe(texts(600)))) for one in support_groups),
            courses=draw(courses),
            plans=tuple(
                Plan(code, draw(maybe(texts(600))) if code == "PPRE" else "") for code in draw(some(PLANS))
            ),
            advice=draw(texts(1000, lines=True)),
            homework_help=draw(maybe(texts(600))),
            school_life=SchoolLife(
                number(0, 999), number(0, 999), number(0, 999), draw(maybe(st.integers(0, 999), None))
            ),
            socle=socle(0),
            guardians=guardians(),
        )

    def balance(pupil: Pupil) -> CycleReport:
        return CycleReport(
            pupil=pupil.id,
            cycle=number(3, 4),
            year="2026",
            made=draw(DAYS),
            principal=principals[0].id,
            head_teachers=draw(refs(teachers, 0)),
            socle=socle(8),
            synthesis=draw(texts(1500, lines=True)),
            more=draw(
                maybe(
                    st.builds(MoreTeaching, st.sampled_from(["AUC", "LCA"]), st.sampled_from([None, 1, 2])),
                    None,
                )
            ),
            guardians=guardians(),
            language=draw(maybe(st.just(RegionalLanguage("BRE", 2)), None)),
        )

    return Livret(
        version="7.0",
        editor=draw(texts(50)),
        application="Préau",
        release=draw(maybe(texts(50))),
        uai="0359901A",
        principals=principals,
        pupils=pupils,
        periods=periods,
        disciplines=disciplines,
        teachers=teachers,
        items=items,
        shared_digital=shared,
        shared_courses=shared_courses,
        shared_school_life=shared_life,
        themes=themes,
        projects=projects,
        project_groups=project_groups,
        supports=supports,
        support_groups=support_groups,
        period_reports=tuple(
            report(pupil, period)
            for pupil in pupils
            for period in draw(st.sampled_from([periods, periods[:1]]))
        ),
        cycle_reports=tuple(balance(pupil) for pupil in pupils if draw(st.booleans())),
    )
