"""The livret of a whole collège: gathered from what its people wrote, refused until it is whole, then taken by the schema of the ministry."""

import io
import itertools
import json
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from preau.directory.models import (
    Assignment,
    Enrolment,
    ExternalId,
    Group,
    Holding,
    OfficialCode,
    Period,
    School,
    SchoolYear,
    Subject,
)
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.attendance.models import Entry
from preau.domains.gradebook.boards import Position, Positions, positions
from preau.domains.gradebook.models import GradeBook, PeriodSeal
from preau.domains.gradebook.queries.class_reading import averages_of_class
from preau.domains.report_cards.livret import read
from preau.domains.report_cards.livret.check import check, errors
from preau.domains.report_cards.livret.model import Livret
from preau.domains.report_cards.livret.nomenclatures import COMPONENTS
from preau.domains.report_cards.livret.versions import version_of
from preau.domains.report_cards.livret.write import written
from preau.domains.report_cards.models import Appreciation, Council
from preau.domains.report_cards.queries.livret.gathering import Gathered, gathered, number_said
from preau.domains.report_cards.rules.cycles import cycle_ended_by
from preau.domains.report_cards.tests.livrets import FORMATS
from preau.domains.report_cards.tests.test_livret_format import schema, takes

VERSION = version_of("lsu")
MEF = "10010012110"


def number(school: School) -> None:
    """The numbers that the files of SIECLE and STSWEB bring, and the programme that every pupil follows."""
    pupils = Holding.objects.filter(school=school, role=Role.PUPIL)
    teachers = Assignment.objects.filter(school=school).values_list("teacher_id", flat=True)
    for rank, pk in enumerate(sorted(set(pupils.values_list("person_id", flat=True))), 1001):
        key(school, "person", str(rank), pk)
        ExternalId.objects.get_or_create(
            source="men", authority="fr", kind="ine", value=f"{school.pk:05d}{rank}A", person_id=pk
        )
    for rank, pk in enumerate(sorted(set(teachers)), 1):
        key(school, "person", f"epp:{rank}", pk)
    pupils.update(programme=MEF)
    OfficialCode.objects.get_or_create(authority=school.uai, kind="mef", code=MEF, label="6EME")


def key(school: School, kind: str, value: str, person: int) -> None:
    ExternalId.objects.create(source="siecle", authority=school.uai, kind=kind, value=value, person_id=person)


def end(school: School, period: Period, by: Any) -> None:
    """The period is over: every text is written, every council was held, the head has sealed it."""
    Appreciation.objects.filter(period=period).delete()
    Council.objects.filter(period=period).delete()
    for group in Group.objects.filter(year=period.year, kind=Group.Kind.CLASS):
        held = timezone.make_aware(datetime.combine(period.ends, datetime.min.time())) + timedelta(hours=17)
        Council.objects.create(
            school=school, group=group, period=period, starts=held, held_at=held, held_by=by
        )
        for learnt in Enrolment.objects.filter(group=group):
            for kind in (Appreciation.Kind.GENERAL, Appreciation.Kind.SCHOOL_LIFE):
                write(period, learnt.pupil_id, group, kind, by)
            taught = Assignment.objects.filter(
                group__enrolments__pupil=learnt.pupil_id, subject__isnull=False
            )
            for subject, place in dict(taught.values_list("subject_id", "group_id")).items():
                write(period, learnt.pupil_id, Group(pk=place), Appreciation.Kind.SUBJECT, by, subject)
    PeriodSeal.objects.get_or_create(school=school, period=period, defaults={"by": by})


def write(period: Period, pupil: int, group: Group, kind: str, by: Any, subject: int | None = None) -> None:
    Appreciation.objects.create(
        school=period.school,
        period=period,
        pupil_id=pupil,
        group_id=group.pk,
        kind=kind,
        subject_id=subject,
        text="Travail sérieux & régulier, « à poursuivre ».",
        changed_by=by,
    )


@pytest.fixture
def first(college: World) -> Period:
    """The first period of the college, which is over; its people have the numbers of SIECLE and STSWEB."""
    period = Period.objects.filter(year=college.year).select_related("year", "school").earliest("starts")
    number(college.school)
    end(college.school, period, college.people["head"])
    return period


@pytest.fixture
def made(college: World, first: Period, seat_of: Any) -> Gathered:
    return gathered(seat_of("head"), college.school, first, VERSION)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def checked(school: School, period: int = 1) -> list[dict[str, Any]]:
    """The pre-flight list that the command prints."""
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("export_lsu", school=school.uai, period=period, check=True, stdout=out)
    return lines(out)


# A whole school


def test_the_livret_of_a_college_leaves_and_the_schema_of_the_ministry_takes_it(
    college: World, first: Period, tmp_path: Path
) -> None:
    out, output = tmp_path / "lsu.xml", io.StringIO()
    call_command("export_lsu", school=college.uai, period=1, out=out, stdout=output)
    content = out.read_bytes()
    livret = read.read(io.BytesIO(content), out.name, VERSION)
    pupils = (
        Enrolment.objects.filter(group__year=college.year, group__kind="class").values("pupil").distinct()
    )
    assert len(livret.pupils) == len(livret.period_reports) == pupils.count() > 10
    assert "LSU 7.0" in output.getvalue() and "version 13.0" in output.getvalue()
    assert takes(schema(), content)


def test_what_is_gathered_is_what_people_wrote(college: World, first: Period, made: Gathered) -> None:
    livret = made.livret
    assert (livret.uai, livret.version) == (college.uai, "7.0")
    assert [one.name for one in livret.principals] == [college.people["head"].full_name]
    (period,) = livret.periods
    assert (period.year, period.rank, period.count) == ("2026", 1, 3)
    report = livret.period_reports[0]
    assert report.council == first.ends and report.locked.startswith("2026-11-24T10:30")
    assert report.advice == "Travail sérieux & régulier, « à poursuivre »."
    assert report.school_life and report.school_life.text == report.advice
    codes = {one.code for one in livret.disciplines}
    assert {"061300", "020700"} <= codes and {one.election for one in livret.disciplines} <= {"S", "O"}
    assert {one.list for one in livret.teachers} == {"epp"}
    assert all(one.text for period_report in livret.period_reports for one in period_report.learnt)
    assert any(one.average for period_report in livret.period_reports for one in period_report.learnt)
    assert all(
        bool(one.average) != bool(one.not_marked)
        for period_report in livret.period_reports
        for one in period_report.learnt
    )
    assert check(livret, VERSION, made.beside) == [] or not errors(check(livret, VERSION, made.beside))


def test_averages_are_those_that_the_class_reads(
    college: World, first: Period, made: Gathered, seat_of: Any
) -> None:
    group = GradeBook.objects.get(year=college.year, name="6e A")
    shown = averages_of_class(seat_of("head"), group, str(first.pk))
    by_pupil = {
        one.pupil: {learnt.discipline: learnt for learnt in one.learnt} for one in made.livret.period_reports
    }
    compared = 0
    for pupil, averages in shown.made.items():
        for subject, average in averages.subjects.items():
            learnt = by_pupil[f"EL_{pupil}"].get(f"DI_{subject}_S")
            if learnt and average.rounded is not None:
                compared += 1
                assert learnt.average == number_said(average.rounded)
                assert learnt.class_average and 0 <= float(learnt.class_average) <= 20
    assert compared > 10


def test_absences_are_half_days_and_lateness(college: World, first: Period, made: Gathered) -> None:
    by_pupil = {one.pupil: one.school_life for one in made.livret.period_reports}
    late = Entry.objects.filter(
        school=college.school, status="late", day__range=(first.starts, made.known.last)
    )
    assert (
        sum(one.late or 0 for one in by_pupil.values() if one)
        == late.filter(pupil__in=made.known.pupils).count()
    )
    assert sum((one.excused or 0) + (one.unexcused or 0) for one in by_pupil.values() if one) > 0


def test_no_other_school_is_in_it(college: World, twin: World, made: Gathered) -> None:
    assert twin.mark.encode() not in written(made.livret, VERSION)


@pytest.mark.parametrize(
    ("text", "said"), [("12.50", "12.5"), ("9", "9"), ("10.00", "10"), ("0", "0"), ("20", "20")]
)
def test_an_average_is_said_without_a_zero_that_says_nothing(text: str, said: str) -> None:
    assert number_said(Decimal(text)) == said
    assert number_said(None) == ""


# What stops it


def test_it_does_not_leave_before_it_is_whole(college: World, first: Period, tmp_path: Path) -> None:
    PeriodSeal.objects.filter(period=first).delete()
    out = tmp_path / "lsu.xml"
    with pytest.raises(CommandError) as refusal:
        call_command("export_lsu", school=college.uai, period=1, out=out)
    assert refusal.value.returncode == 2 and not out.exists()
    assert "n’est pas arrêtée" in str(refusal.value)


def test_each_line_of_the_list_leads_to_a_page_that_the_head_opens(
    college: World, first: Period, client: Any
) -> None:
    """Omissions of every kind, planted in the school itself."""
    school = college.school
    pupil = Enrolment.objects.filter(group__year=college.year, group__name="6e A").earliest("pk")
    teacher = Assignment.objects.filter(group=pupil.group, kind="teaches").earliest("pk")
    ExternalId.objects.filter(person=pupil.pupil_id, source="siecle").delete()
    ExternalId.objects.filter(person=pupil.pupil_id, kind="ine").delete()
    ExternalId.objects.filter(person=teacher.teacher_id, source="siecle").delete()
    Assignment.objects.filter(group=pupil.group, kind="head_teacher").delete()
    PeriodSeal.objects.filter(period=first).delete()
    Council.objects.filter(period=first, group=pupil.group).delete()
    texts = Appreciation.objects.filter(period=first, pupil=pupil.pupil_id)
    texts.filter(kind="general").delete()
    texts.filter(subject=teacher.subject_id).update(text="Bi\x0ben")
    texts.filter(kind="school_life").update(text="Bravo 😀")
    Subject.objects.filter(pk=teacher.subject_id).update(code="MATHS")
    OfficialCode.objects.all().delete()
    lost = (
        Enrolment.objects.filter(group__year=college.year, group__kind="class")
        .exclude(pk=pupil.pk)
        .latest("pk")
    )
    Enrolment.objects.filter(pupil=lost.pupil_id).update(ends=date(2026, 9, 10))
    found = checked(school)
    assert {one["code"] for one in found} >= {
        "pupil-without-siecle-number",
        "pupil-without-ine",
        "teacher-without-sts-number",
        "class-without-head-teacher",
        "period-not-sealed",
        "council-without-date",
        "council-without-words",
        "forbidden-sign",
        "unusual-sign",
        "subject-without-code",
        "programme-unknown",
        "pupil-in-no-class",
    }
    assert [one["severity"] for one in found] == sorted(one["severity"] for one in found)
    client.sit(college.people["head"])
    for route in {one["code"]: one["route"] for one in found}.values():
        assert client.get(route).status_code == 200, route


def test_people_taken_in_twice_are_said(college: World, first: Period) -> None:
    one, other = Enrolment.objects.filter(group__year=college.year, group__name="6e A").order_by("pk")[:2]
    keys = ExternalId.objects.filter(source="siecle", authority=college.uai)
    known = keys.get(person=one.pupil_id).value
    keys.filter(person=one.pupil_id).update(value="x")
    keys.filter(person=other.pupil_id).update(value=known)
    ExternalId.objects.filter(value="x").delete()
    same = one.pupil
    type(same).objects.filter(pk=other.pupil_id).update(
        family_name=same.family_name, given_name=same.given_name
    )
    assert {"namesake", "pupil-without-siecle-number"} <= {line["code"] for line in checked(college.school)}


def test_a_school_without_a_head_is_said(college: World, first: Period) -> None:
    Holding.objects.filter(school=college.school, role=Role.HEAD).update(ends=date(2026, 9, 2))
    found = [one for one in checked(college.school) if one["severity"] == "error"]
    assert [one["code"] for one in found] == ["school-without-head"]


# The end of a cycle


def test_with_the_last_period_come_the_bilans_of_the_cycle(
    college: World, seat_of: Any, monkeypatch: Any, clock: Any
) -> None:
    number(college.school)
    last = Period.objects.filter(year=college.year).select_related("year", "school").latest("starts")
    end(college.school, last, college.people["head"])

    def settled(year: int, cycle: int, pupils: Any) -> Any:
        assert year == college.year.pk
        levels = tuple(Position(code, str(name), 3) for code, name in COMPONENTS.items())
        return dict.fromkeys(pupils, levels)

    board = Positions("test", lambda _period, _pupils: {}, settled)
    monkeypatch.setattr(positions, "_entries", [board], raising=False)
    clock.move_to(datetime.combine(last.ends, datetime.min.time(), timezone.get_current_timezone()))
    made = gathered(seat_of("head"), college.school, last, VERSION)
    sixth = {place.pupil.pk for place in made.known.places if place.group.name == "6e A"}
    assert {one.pupil for one in made.livret.cycle_reports} == {f"EL_{pk}" for pk in sixth}
    assert all(len(one.socle) == 8 and one.cycle == 3 for one in made.livret.cycle_reports)
    assert errors(check(made.livret, VERSION, made.beside)) == []
    assert takes(schema(), written(made.livret, VERSION))


def test_a_cycle_ends_with_the_sixieme_and_the_troisieme() -> None:
    assert [cycle_ended_by(level) for level in ("6e A", "5EME", "4e", "3EME", "Sixième")] == [
        3,
        None,
        None,
        4,
        3,
    ]


# A real school


def test_a_whole_college_that_siecle_and_stsweb_brought_leaves(db: None, tmp_path: Path, clock: Any) -> None:
    """Its numbers, its classes, its teachers and its codes are those of its own files; marks are none, and texts are ours."""
    files = FORMATS / "siecle" / "college-2009-complet"
    if not files.exists():
        pytest.skip("the files of a whole college are not on this machine")
    clock.move_to(datetime(2009, 11, 24, 10, 30, tzinfo=timezone.get_current_timezone()))
    call_command("import_siecle", files, school="0999999X", stdout=io.StringIO())
    school = School.objects.select_related("current_year").get(uai="0999999X")
    first, *_others = open_terms(school.current_year)
    head = Holding.objects.filter(school=school, role=Role.HEAD).first()
    by = head.person if head else Assignment.objects.filter(school=school).earliest("pk").teacher
    if head is None:
        Holding.objects.create(school=school, role=Role.HEAD, person=by, starts=date(2009, 9, 1))
    end(school, first, by)
    viewer = viewer_for(by, 0, timezone.now())
    assert viewer is not None
    made = gathered(viewer, school, first, VERSION)
    found = check(made.livret, VERSION, made.beside)
    assert errors(found) == []
    out = tmp_path / "lsu.xml"
    call_command("export_lsu", school=school.uai, period=1, out=out, stdout=io.StringIO())
    livret: Livret = read.read(io.BytesIO(out.read_bytes()), out.name, VERSION)
    assert len(livret.pupils) > 380 and len(livret.teachers) > 20
    assert takes(schema(), out.read_bytes())


def open_terms(year: SchoolYear) -> list[Period]:
    """Three periods, where the import has opened none."""
    Period.objects.filter(year=year).delete()
    days = (date(2009, 9, 1), date(2009, 12, 1), date(2010, 3, 8), date(2010, 7, 1))
    return [
        Period.objects.create(
            school=year.school,
            year=year,
            name=f"Trimestre {rank}",
            starts=starts,
            ends=ends - timedelta(days=1),
        )
        for rank, (starts, ends) in enumerate(itertools.pairwise(days), 1)
    ]


# Wrong calls


def test_a_wrong_call_is_told(college: World, first: Period, tmp_path: Path) -> None:
    out = tmp_path / "lsu.xml"
    for options, words in (
        ({"school": "0000000A", "period": 1, "out": out}, "Aucun établissement"),
        ({"school": college.uai, "period": 7, "out": out}, "Il n’y a pas de période 7"),
        ({"school": college.uai, "period": 1}, "Où écrire le fichier"),
        (
            {"school": college.uai, "period": 1, "out": out, "version_of_format": "13.0"},
            "13.0 du LSU n’est pas connue",
        ),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("export_lsu", **options)
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.LYCEE)
    with pytest.raises(CommandError, match="n’est pas un collège"):
        call_command("export_lsu", school=college.uai, period=1, out=out)
    assert not out.exists()
