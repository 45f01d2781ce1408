"""The livret of a lycée: its file follows the published schema, our rules refuse what it refuses, and a school says who and where."""

import io
import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from preau.directory.models import ExternalId, Group, Period, School, Subject
from preau.directory.seeds.world import World
from preau.domains.gradebook.models import PeriodSeal
from preau.domains.report_cards.livret import read, write
from preau.domains.report_cards.livret.departures import departures
from preau.domains.report_cards.livret.lycee import (
    Engagement,
    Evaluation,
    ExamOpinion,
    LyceeLivret,
    LyceePupil,
    NamedTeacher,
    Opinion,
    PeriodAverage,
    Schooling,
    Skill,
    Structure,
)
from preau.domains.report_cards.livret.tree import element_of
from preau.domains.report_cards.livret.versions import version_of
from preau.domains.report_cards.models import Appreciation
from preau.domains.report_cards.rules.cycles import is_terminal
from preau.domains.report_cards.tests.livrets import FORMATS, maybe, texts
from preau.domains.report_cards.tests.test_livret_format import CALM, schema, spoil, takes
from preau.domains.report_cards.tests.test_livret_school import end, number

VERSION = version_of("lsl")
SCHEMA = FORMATS / "lsl" / "import-lsl.xsd"
DAYS = st.dates(date(2026, 9, 1), date(2027, 7, 1))
OPINION = st.builds(Opinion, DAYS, texts(65), texts(50), texts(300))
POINTS = st.sampled_from(["12.5", "20", "0", "9.75"])
EVALUATION = st.builds(
    Evaluation,
    st.sampled_from("OFS"),
    st.sampled_from(["061300", "020700"]),
    maybe(DAYS, None),
    st.builds(Structure, st.integers(1, 40), POINTS, POINTS, POINTS, POINTS),
    texts(300),
    st.lists(st.builds(PeriodAverage, st.integers(1, 3), POINTS), max_size=3).map(tuple),
    st.builds(lambda level: (Skill("1234", level),) if level else (), st.sampled_from(["", "NE", "1", "B2"])),
    st.lists(st.builds(NamedTeacher, texts(65), texts(50)), min_size=1, max_size=2).map(tuple),
)
SCHOOLING = st.builds(
    Schooling,
    st.just(2026),
    st.sampled_from("TS"),
    maybe(OPINION, None),
    maybe(OPINION, None),
    maybe(OPINION, None),
    st.lists(EVALUATION, min_size=1, max_size=2).map(tuple),
)
PUPIL = st.builds(
    LyceePupil,
    st.integers(1, 99999).map(str),
    st.sampled_from([(), (Engagement("C"), Engagement("V"))]),
    maybe(texts(300)),
    maybe(st.builds(ExamOpinion, st.sampled_from("TFAD")), None),
    st.lists(SCHOOLING, min_size=1, max_size=1).map(tuple),
)
LIVRETS = st.builds(
    LyceeLivret,
    st.just("1.0"),
    st.just(""),
    texts(50),
    texts(50),
    st.just("0359901A"),
    st.lists(PUPIL, min_size=1, max_size=2).map(tuple),
)


@CALM
@given(LIVRETS)
def test_what_is_written_is_read_back_and_follows_the_schema(livret: LyceeLivret) -> None:
    content = write.written(livret, VERSION)
    root = read.elements_of(io.BytesIO(content), "lsl.xml", VERSION)
    assert read.livret_of(root, "lsl.xml", LyceeLivret) == livret
    assert list(departures(root, VERSION)) == []
    assert takes(schema(SCHEMA), content)


@CALM
@given(LIVRETS, st.integers(0, 1 << 30))
def test_our_rules_refuse_what_the_schema_refuses_and_nothing_else(livret: LyceeLivret, seed: int) -> None:
    rules, chance = schema(SCHEMA), Random(seed)
    for _turn in range(6):
        root = element_of(livret, VERSION.root, VERSION)
        spoil(root, chance)
        content = write.written_element(root, VERSION)
        if root.attributes.get("schemaVersion") in VERSION.reads:
            root = read.elements_of(io.BytesIO(content), "lsl.xml", VERSION)
        faults = list(departures(root, VERSION))
        assert takes(rules, content) == (not faults), (faults[:1], rules.error_log)


# A lycée


@pytest.fixture
def lycee(college: World) -> School:
    """The school of the test, as a lycée: its first class is a terminale, and a year is over."""
    school = college.school
    School.objects.filter(pk=school.pk).update(kind=School.Kind.LYCEE)
    Group.objects.filter(year=college.year, name="6e A").update(name="Tle A", level="Tle")
    number(school)
    for period in Period.objects.filter(year=college.year).select_related("year", "school"):
        end(school, period, college.people["head"])
    return school


def test_the_terminale_of_a_lycee_leaves(lycee: School, tmp_path: Path) -> None:
    out, output = tmp_path / "lsl.xml", io.StringIO()
    call_command("export_lsl", school=lycee.uai, out=out, stdout=output)
    root = read.elements_of(io.BytesIO(out.read_bytes()), out.name, VERSION)
    livret = read.livret_of(root, out.name, LyceeLivret)
    group = Group.objects.get(name="Tle A", school=lycee)
    assert len(livret.pupils) == group.enrolments.values("pupil").distinct().count()
    (schooling,) = livret.pupils[0].schoolings
    assert (schooling.year, schooling.terms) == (2026, "T")
    maths = next(one for one in schooling.evaluations if one.code == "061300")
    assert maths.structure and maths.structure.size == len(livret.pupils) and maths.teachers
    assert any(one.periods for one in schooling.evaluations)
    assert "baccalauréat de 2021" in output.getvalue()
    assert takes(schema(SCHEMA), out.read_bytes())


def test_what_lacks_in_a_lycee_is_said_of_whom_and_where(lycee: School) -> None:
    group = Group.objects.get(name="Tle A", school=lycee)
    pupil = group.enrolments.select_related("pupil").order_by("pupil__search_name").first().pupil
    ExternalId.objects.filter(person=pupil, source="siecle").delete()
    texts_of = Appreciation.objects.filter(pupil=pupil, kind="subject", subject__code="061300")
    texts_of.update(text="x" * 301)
    Subject.objects.filter(school=lycee, code="020700").update(code="FRANCAIS")
    PeriodSeal.objects.filter(school=lycee).delete()
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("export_lsl", school=lycee.uai, check=True, stdout=out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    codes = {one["code"] for one in found}
    assert {"pupil-without-siecle-number", "appreciation-too-long", "period-not-sealed"} <= codes
    assert any("FRANCAIS" in one["sentence"] or one["mend"] == "subject" for one in found)
    (long,) = [one for one in found if one["code"] == "appreciation-too-long"]
    assert long["pupil"] == pupil.full_name and "301 caractères" in long["sentence"]
    assert long["class"] == "Tle A" and "300 au plus" in long["sentence"]


def test_a_wrong_call_is_told(college: World, lycee: School, tmp_path: Path) -> None:
    out = tmp_path / "lsl.xml"
    PeriodSeal.objects.filter(school=lycee).delete()
    for options, words in (
        ({"school": "0000000A", "out": out}, "Aucun établissement"),
        ({"school": lycee.uai, "out": out, "period": 9}, "Il n’y a pas de période 9"),
        ({"school": lycee.uai}, "Où écrire le fichier"),
        ({"school": lycee.uai, "out": out}, "n’est pas arrêtée"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("export_lsl", **options)
    School.objects.filter(pk=lycee.pk).update(kind=School.Kind.COLLEGE)
    with pytest.raises(CommandError, match="n’est pas un lycée"):
        call_command("export_lsl", school=lycee.uai, out=out)
    assert not out.exists()


def test_the_livret_of_the_lycee_speaks_of_premiere_and_terminale() -> None:
    assert [
        is_terminal(level) for level in ("1re 2", "Tle A", "TERMINALE GENERALE", "2de 1", "PREMIERE")
    ] == [
        True,
        True,
        True,
        False,
        True,
    ]
