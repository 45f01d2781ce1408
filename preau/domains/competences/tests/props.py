"""Objects of the house for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.directory.models import Enrolment, Group
from preau.directory.seeds.world import World
from preau.domains.competences.models import (
    Competence,
    CycleFile,
    Level,
    LevelChange,
    Referential,
    ReferentialImport,
    Sheet,
    SheetColumn,
)
from preau.domains.competences.tests.scene import LONG_AGO, TODAY, competences_of
from preau.domains.gradebook.tests.scene import charge_of, class_of, period_of


def own_group(college: World) -> Group:
    """The class of the cast's pupil."""
    charge_of(college)
    return class_of(college)


def own_sheet(college: World) -> Sheet:
    """A sheet of the cast's teacher there, published, where the cast's pupil has a level and may answer."""
    many_sheets(college, 1)
    found: Sheet = Sheet.objects.filter(title="Relevé 0").order_by("pk")[0]
    Sheet.objects.filter(pk=found.pk).update(asks_pupils=True)
    return found


def own_column(college: World) -> SheetColumn:
    found: SheetColumn = own_sheet(college).columns.order_by("rank")[0]
    return found


def own_level(college: World) -> Level:
    """A level of the cast's pupil there."""
    found: Level = own_column(college).levels.get(pupil=college.people["pupil"])
    return found


def beside_sheet(college: World) -> Sheet:
    """The same beside an assessment."""
    from preau.domains.gradebook.tests.props import own_assessment  # noqa: PLC0415 - only this one needs marks

    test = own_assessment(college)
    known = Sheet.objects.filter(assessment=test).first()
    if known:
        return known
    made: Sheet = Sheet.objects.create(
        school=college.school,
        teacher=test.teacher,
        group=test.group,
        subject=test.subject,
        period=test.period,
        assessment=test,
        title=test.title,
        day=test.day,
    )
    SheetColumn.objects.create(sheet=made, competence=competences_of(college, 1)[0])
    return made


def many_sheets(college: World, count: int) -> None:
    """`count` published sheets more, with a level for every pupil of the class."""
    charge = charge_of(college)
    pupils = list(Enrolment.objects.filter(group=charge.group, ends=None).values_list("pupil_id", flat=True))
    competences = competences_of(college, 2)
    for _ in range(count):
        number = Sheet.objects.filter(title__startswith="Relevé ").count()
        one = Sheet.objects.create(
            school=college.school,
            teacher=charge.teacher,
            group=charge.group,
            subject=charge.subject,
            period=period_of(college),
            title=f"Relevé {number}",
            day=TODAY,
            published_at=LONG_AGO,
            guardians_at=LONG_AGO,
            told_at=NOW,
            levels_written=1,
        )
        columns = SheetColumn.objects.bulk_create(
            SheetColumn(sheet=one, competence=competence, rank=rank)
            for rank, competence in enumerate(competences)
        )
        _fill(columns, pupils, charge.teacher_id)


def _fill(columns: list[SheetColumn], pupils: list[int], teacher: int) -> None:
    Level.objects.bulk_create(
        Level(column=column, pupil_id=pupil, value=1 + (place + rank) % 4, changed_by_id=teacher)
        for rank, column in enumerate(columns)
        for place, pupil in enumerate(pupils)
    )


def many_columns(college: World, count: int) -> None:
    """`count` competences more, all assessed in one sheet of the class."""
    charge = charge_of(college)
    pupils = list(Enrolment.objects.filter(group=charge.group, ends=None).values_list("pupil_id", flat=True))
    one, _made = Sheet.objects.get_or_create(
        school=college.school,
        teacher=charge.teacher,
        group=charge.group,
        subject=charge.subject,
        period=period_of(college),
        title="Quarante",
        day=TODAY,
        defaults={"published_at": LONG_AGO, "guardians_at": LONG_AGO, "told_at": NOW},
    )
    many_competences(college, count)
    there = set(one.columns.values_list("competence_id", flat=True))
    rows = Competence.objects.filter(code__startswith="M", referential__school=college.school).exclude(
        pk__in=there
    )
    columns = SheetColumn.objects.bulk_create(
        SheetColumn(sheet=one, competence=row, rank=row.rank) for row in rows
    )
    _fill(columns, pupils, charge.teacher_id)


def many_competences(college: World, count: int) -> None:
    """`count` more in the school's own referential."""
    own = own_referential(college)
    parent = own.competences.filter(depth=0).order_by("rank")[0]
    before = own.competences.filter(code__startswith="M").count()
    Competence.objects.bulk_create(
        Competence(
            referential=own,
            parent=parent,
            code=f"M{before + number}",
            name=f"Savoir {before + number}",
            rank=1000 + before + number,
            depth=1,
            component="CPD_SCI",
        )
        for number in range(count)
    )


def own_referential(college: World) -> Referential:
    found: Referential = Referential.objects.get(school=college.school, is_own=True)
    return found


def many_referentials(college: World, count: int) -> None:
    before = Referential.objects.filter(school=college.school).count()
    Referential.objects.bulk_create(
        Referential(
            school=college.school,
            key=f"r{before + number}",
            name=f"Programme {before + number}",
            edition="2026",
        )
        for number in range(count)
    )


def own_import(college: World) -> ReferentialImport:
    """A referential that waits for a decision."""
    known = ReferentialImport.objects.filter(school=college.school, state="preview").first()
    return known or ReferentialImport.objects.create(
        school=college.school,
        brought_by=college.people["head"],
        name="Programme",
        edition="2026",
        files=["001_programme.csv"],
        state=ReferentialImport.State.PREVIEW,
        preview={"created": []},
        report={"rows": 1},
        moved_at=NOW,
    )


def many_lines(college: World, count: int) -> None:
    """`count` lines more in it."""
    brought = own_import(college)
    for number in range(count):
        brought.preview["created"].append({"what": f"Savoir {number}", "code": f"S{number}", "above": ""})
    brought.save()


def many_imports(college: World, count: int) -> None:
    ReferentialImport.objects.bulk_create(
        ReferentialImport(
            school=college.school,
            brought_by=college.people["head"],
            name="P",
            edition="1",
            state=ReferentialImport.State.DONE,
            moved_at=NOW,
            settled_at=NOW,
            report={"rows": 2},
        )
        for _ in range(count)
    )


def many_cycle_files(college: World, count: int) -> None:
    """`count` balances more that could not be made, asked for by the head."""
    CycleFile.objects.bulk_create(
        CycleFile(
            school=college.school,
            asked_by=college.people["head"],
            seat=f"staff-{college.school.pk}",
            asked_at=NOW,
            cycle=4,
            state="failed",
            expires_on=NOW.date(),
        )
        for _ in range(count)
    )


def many_changes(college: World, count: int) -> None:
    """`count` changes more of a published level of the cast's pupil."""
    level = own_level(college)
    LevelChange.objects.bulk_create(
        LevelChange(
            column=level.column,
            pupil=level.pupil,
            former_value=2,
            value=3,
            by=college.people["teacher"],
            at=NOW,
        )
        for _ in range(count)
    )
