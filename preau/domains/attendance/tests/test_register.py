"""The register: the same half-days by class, by pupil, by month and by reason; a page, a spreadsheet, a paper."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.domains.attendance.queries import summaries
from preau.domains.attendance.tests.test_follow_ups import miss_half_days
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), NOW.date()


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def test_the_classes_and_the_pupils_add_up_to_the_school(college: World, seat_of: Any) -> None:
    miss_half_days(college, 4)
    school = summaries.register_between(seat_of("cpe"), FIRST, LAST)
    group = own_class(college)
    of_class = summaries.register_between(seat_of("cpe"), FIRST, LAST, group)
    assert sum(line.gross for line in school.lines) == school.whole.gross
    assert sum(count for _month, count in school.months) == school.whole.gross
    assert sum(count for _label, count in school.reasons) == school.whole.gross
    (line,) = [line for line in school.lines if line.key == group.pk]
    assert (line.gross, line.unexcused, line.late) == (
        of_class.whole.gross,
        of_class.whole.unexcused,
        of_class.whole.late,
    )
    (pupil,) = [line for line in of_class.lines if line.key == college.people["pupil"].pk]
    assert (pupil.gross, pupil.unexcused) == (4, 4)


def test_the_twin_school_counts_for_nothing(college: World, twin: World, seat_of: Any) -> None:
    theirs = {group.pk for group in Group.objects.filter(school=twin.school)}
    assert not theirs & {line.key for line in summaries.register_between(seat_of("cpe"), FIRST, LAST).lines}


def test_the_page_the_spreadsheet_and_the_paper_say_the_same(
    college: World, client: SchoolClient, monkeypatch: Any
) -> None:
    miss_half_days(college, 4)
    monkeypatch.setattr(pdf, "made", lambda page, style: page.encode())
    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    client.sit(college.people["cpe"])
    asked = {"du": "2026-11-01", "au": "2026-11-24", "classe": own_class(college).pk}
    page = client.get(reverse("attendance:register"), asked).content.decode()
    assert "ABADIE Nina" in page
    sheet = b"".join(client.get(reverse("attendance:register_csv"), asked).streaming_content).decode()
    (line,) = [row for row in sheet.splitlines() if row.startswith("ABADIE Nina")]
    assert line.split(";")[3] == "4"
    assert "ABADIE Nina" in client.get(reverse("attendance:register_pdf"), asked).content.decode()


def test_a_wrong_filter_is_ignored_and_a_long_time_is_cut(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    address = reverse("attendance:register")
    for asked in (
        {"du": "hier"},
        {"classe": "999999"},
        {"du": "2020-01-01"},
        {"du": "2026-12-01", "au": "2026-11-01"},
    ):
        assert client.get(address, asked).status_code == 200
