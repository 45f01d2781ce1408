"""The page of the official file: asked by the head, checked and made by a task, mended line by line, fetched by nobody else."""

import io
from datetime import timedelta
from typing import Any

from django.urls import reverse

from preau.directory.models import Enrolment, Period
from preau.directory.seeds.world import World
from preau.domains.report_cards import tasks
from preau.domains.report_cards.actions import livret_files
from preau.domains.report_cards.livret import read
from preau.domains.report_cards.models import Appreciation, LivretFile
from preau.domains.report_cards.queries.livret.files import latest_of, lines_of
from preau.domains.report_cards.tests.test_livret_format import VERSION
from preau.domains.report_cards.tests.test_livret_school import end, number
from preau.foundation import vault

State = LivretFile.State


def first(college: World) -> Period:
    return Period.objects.filter(year=college.year).select_related("year", "school").earliest("starts")


def whole(college: World) -> Period:
    """The first period, of which nothing lacks."""
    number(college.school)
    end(college.school, first(college), college.people["head"])
    return first(college)


def made(seat: Any, period: Period) -> LivretFile:
    """Asked, and made as the worker does."""
    asked = livret_files.ask_livret(seat, period)
    tasks.make_livret.func(asked.pk)
    asked.refresh_from_db()
    return asked


def test_a_livret_of_which_nothing_lacks_is_made_and_fetched(
    college: World, seat_of: Any, client: Any
) -> None:
    period = whole(college)
    row = made(seat_of("head"), period)
    assert (row.state, row.errors) == (State.READY, 0) and row.file and row.listing
    livret = read.read(io.BytesIO(vault.path_of(row.file.public_id).read_bytes()), row.file.name, VERSION)
    assert len(livret.period_reports) == row.reports > 10
    assert row.file.name.endswith(".xml") and college.uai in row.file.name
    client.sit(college.people["head"])
    page = client.get(reverse("report_cards:livret"), {"periode": period.pk}).content.decode()
    assert "que rien n’empêche de partir" in page and "Prendre le fichier" in page
    assert "13.0" in page, "the version that the ministry takes is told"
    fetched = client.get(reverse("files:file", args=[row.file.public_id]))
    assert fetched.status_code == 200 and b"lsun-bilans" in b"".join(fetched.streaming_content)


def test_what_lacks_is_listed_with_the_page_that_mends_it(college: World, seat_of: Any, client: Any) -> None:
    period = whole(college)
    pupil = Enrolment.objects.filter(group__year=college.year, group__name="6e A").earliest("pk").pupil
    Appreciation.objects.filter(period=period, pupil=pupil, kind="general").delete()
    row = made(seat_of("head"), period)
    assert (row.state, row.file) == (State.READY, None) and row.errors == 1
    line = lines_of(row)[0]
    assert (line.is_error, line.pupil, line.code) == (True, pupil.full_name, "council-without-words")
    client.sit(college.people["head"])
    page = client.get(reverse("report_cards:livret"), {"periode": period.pk}).content.decode()
    assert "1 ligne à corriger" in page and pupil.family_name in page and "Prendre le fichier" not in page
    assert client.get(line.address).status_code == 200
    teacher = (
        next(one.teacher for one in lines_of(row) if one.teacher)
        if any(one.teacher for one in lines_of(row))
        else ""
    )
    parameters = {"periode": period.pk, "enseignant": teacher or "personne"}
    assert client.get(reverse("report_cards:livret"), parameters).status_code == 200


def test_before_it_is_asked_for_nothing_is_said(college: World, client: Any) -> None:
    client.sit(college.people["head"])
    assert "Pas encore vérifié" in client.get(reverse("report_cards:livret")).content.decode()


def test_asking_twice_is_asking_once(college: World, seat_of: Any, client: Any) -> None:
    client.sit(college.people["head"])
    for _turn in range(2):
        client.post(f"{reverse('report_cards:prepare_livret')}?periode={first(college).pk}")
    row = LivretFile.objects.get()
    assert row.state == State.MAKING and row.period == first(college)
    assert "En préparation" in client.get(reverse("report_cards:livret")).content.decode()


def test_nobody_else_sees_it(college: World, twin: World, seat_of: Any) -> None:
    row = made(seat_of("head"), whole(college))
    assert latest_of(seat_of("head"), row.period) == row
    for seat in (seat_of("cpe"), seat_of("teacher"), seat_of("guardian"), seat_of("head", world=twin)):
        assert latest_of(seat, row.period) is None


def test_whoever_heads_no_more_has_nothing_made(college: World, seat_of: Any) -> None:
    asked = livret_files.ask_livret(seat_of("head"), whole(college))
    college.people["head"].holdings.update(ends=asked.asked_at.date())
    tasks.make_livret.func(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.file) == (State.FAILED, None)


def test_it_is_let_go_after_seven_days(college: World, seat_of: Any, clock: Any) -> None:
    row = made(seat_of("head"), whole(college))
    assert livret_files.erase_livret_files(college.school, row.expires_on) == 0
    assert livret_files.erase_livret_files(college.school, row.expires_on + timedelta(days=1)) == 1
    made(seat_of("head"), first(college))
    clock.shift(timedelta(days=8))
    assert tasks.erase_livret_files.func() == 1


def test_it_goes_with_whoever_asked(college: World, seat_of: Any) -> None:
    made(seat_of("head"), whole(college))
    assert livret_files.forget_livret_files(college.people["head"].pk) == 1
