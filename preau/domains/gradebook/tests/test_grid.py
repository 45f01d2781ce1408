"""The grid, one column as a form, a column that is pasted, and one cell that is saved."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment, Enrolment, Holding, Person
from preau.directory.seeds.world import World
from preau.domains.gradebook.actions import assessments, sealing
from preau.domains.gradebook.models import Assessment, GradingPolicy, Mark, SubSubject
from preau.domains.gradebook.queries.courses import courses_of
from preau.domains.gradebook.queries.grid import grid_of, said_average
from preau.domains.gradebook.tests.props import many_assessments, own_assessment, own_book
from preau.domains.gradebook.tests.scene import (
    DAY,
    HOUR,
    assessment,
    charge_of,
    class_of,
    classmate_of,
    marked,
    period_of,
)


@pytest.fixture
def one(college: World, seat_of: Any) -> Assessment:
    Assessment.objects.filter(school=college.school).delete()
    return assessment(college, seat_of("teacher"))


@pytest.fixture
def teacher(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["teacher"])


def grid_address(assessment: Assessment) -> str:
    return f"{reverse('gradebook:grid', kwargs={'pk': assessment.group_id})}?matiere={assessment.subject_id}"


def address(name: str, assessment: Assessment) -> str:
    return reverse(f"gradebook:{name}", kwargs={"pk": assessment.pk})


def pupils_of(assessment: Assessment) -> list[Person]:
    return list(Person.objects.filter(enrolments__group=assessment.group_id).order_by("search_name", "pk"))


def typed_column(assessment: Assessment, *marks: str) -> dict[str, str]:
    """What a page sends that showed no mark yet."""
    people = pupils_of(assessment)
    fields = {f"note-{pupil.pk}": mark for pupil, mark in zip(people, marks, strict=False)}
    return fields | {f"version-{pupil.pk}": "0" for pupil in people}


# The grid


def test_a_name_leads_to_the_marks_of_that_pupil_alone(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil, other = pupils_of(one)[:2]
    marked(seat_of("teacher"), one, pupil, "12.5")
    marked(seat_of("teacher"), one, other, "7.25")
    # Read by families already; another day, not yet.
    one.published_at = one.guardians_at = NOW - timedelta(hours=1)
    one.save(update_fields=["published_at", "guardians_at"])
    page = html.fromstring(teacher.get(grid_address(one)).content)
    (link,) = page.xpath(f"//tr[@data-p='{pupil.public_id}']/th/a/@href")
    alone = teacher.get(reverse("gradebook:grid", kwargs={"pk": one.group_id}) + link).content.decode()
    assert "Avec ce qui n’est pas publié" not in alone
    assert pupil.given_name in alone and "12,5" in alone and one.title in alone
    assert "7,25" not in alone and other.public_id not in alone
    # A colleague of another class, and a pupil who is not of this one, find nothing there.
    nobody = teacher.get(grid_address(one) + "&eleve=personne", follow=True)
    assert "Cet élève n’est pas de ce cours" in nobody.content.decode()
    teacher.sit(college.people["pupil"])
    assert teacher.get(reverse("gradebook:grid", kwargs={"pk": one.group_id}) + link).status_code in {
        403,
        404,
    }


def test_the_page_of_one_pupil_counts_what_the_pupil_reads(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil, mine = college.people["pupil"], seat_of("teacher")
    draft = assessment(college, mine, "Pas encore rendu")
    here = f"{grid_address(one)}&periode={one.period_id}&eleve={pupil.public_id}"
    assert "Rien n’est encore publié" in teacher.get(here).content.decode()
    one.published_at = one.guardians_at = NOW - HOUR
    one.save(update_fields=["published_at", "guardians_at"])
    marked(mine, one, pupil, "10")
    marked(mine, draft, pupil, "17")

    def average(address: str) -> str:
        page = html.fromstring(teacher.get(address).content)
        (shown,) = page.xpath("//p[@class='marks-general']/strong/text()")
        return str(shown)

    alone = teacher.get(here).content.decode()
    assert average(here) == "10,0" and "Pas encore rendu" not in alone and ">17" not in alone
    # The figure of the pages of the pupil, to which it leads whoever reads them.
    teacher.sit(college.people["head"])
    own = reverse("gradebook:average", kwargs={"public_id": pupil.public_id})
    own += f"?matiere={one.subject_id}&periode={one.period_id}"
    assert own.replace("&", "&amp;") in teacher.get(here).content.decode()
    assert average(here) == "10,0" and ">10<" in teacher.get(own).content.decode()
    # The rest is a gesture away, and says that it is.
    teacher.sit(college.people["teacher"])
    (whole,) = html.fromstring(alone).xpath("//a[contains(., 'Avec ce qui n’est pas publié')]/@href")
    assert average(whole) == "13,5" and "Pas encore rendu" in teacher.get(whole).content.decode()


@pytest.mark.parametrize(
    ("rule", "said"), [("zero", "NR compte zéro dans la moyenne"), ("ignored", "Aucun des quatre ne compte")]
)
def test_the_legend_says_what_work_that_was_not_returned_does(
    college: World, teacher: SchoolClient, one: Assessment, rule: str, said: str
) -> None:
    GradingPolicy.objects.update_or_create(school=college.school, defaults={"not_returned": rule})
    assert said in teacher.get(grid_address(one)).content.decode()


def test_the_grid_shows_every_pupil_with_marks_and_average(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    marked(seat_of("teacher"), one, pupil, "12.5")
    second = assessment(college, seat_of("teacher"), "Calcul 2", scale=Decimal(10), coefficient=Decimal(3))
    marked(seat_of("teacher"), second, pupil, "4")
    page = html.fromstring(teacher.get(grid_address(one)).content)
    rows = page.xpath("//table[contains(@class, 'grades')]/tbody/tr")
    assert len(rows) == Enrolment.objects.filter(group=one.group_id).count()
    (own,) = [row for row in rows if row.get("data-p") == pupil.public_id]
    # (12,5 + 3 × 8) / 4 = 9,125
    assert [cell.text_content() for cell in own.xpath("td")] == ["12,5", "4", "9,1"]
    assert [cell.get("data-v") for cell in own.xpath("td")] == ["1", "1", None]


def test_whoever_writes_nothing_does_not_read_how_often_a_mark_was_typed(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    mark = marked(seat_of("teacher"), one, college.people["pupil"], "3")
    assert mark and marked(seat_of("teacher"), one, college.people["pupil"], "12", seen=mark.version)
    assessments.publish_assessment(seat_of("teacher"), one, NOW)
    pages = {
        key: client.sit(college.people[key]).get(grid_address(one)).content.decode()
        for key in ("cpe", "head", "teacher")
    }
    assert 'data-v="2"' in pages["teacher"]
    for key in ("cpe", "head"):
        assert ">12</td>" in pages[key] and "data-v=" not in pages[key], key


def test_a_mark_of_another_group_counts_in_the_average_once_it_is_published(
    college: World, seat_of: Any, one: Assessment
) -> None:
    pupil, viewer = college.people["pupil"], seat_of("teacher")
    marked(viewer, one, pupil, "10")
    other = type(one.group).objects.create(
        school=college.school, year=college.year, kind="group", name="Maths +", level="5e"
    )
    Enrolment.objects.create(school=college.school, group=other, pupil=pupil)
    Assignment.objects.create(
        school=college.school, group=other, subject=one.subject, teacher=college.people["teacher_1"]
    )
    colleague = seat_of("teacher_1")
    beside = assessments.create_assessment(
        colleague, other, one.subject, one.period, assessments.Described("Atelier", one.day)
    )
    marked(colleague, beside, pupil, "20")

    def average() -> str:
        book = own_book(college)
        course = next(x for x in courses_of(viewer, book) if x.subject_id == one.subject_id)
        grid = grid_of(viewer, course, book, one.period)
        return next(row.average_said for row in grid.rows if row.pupil.pk == pupil.pk)

    assert average() == "10,0"
    assessments.publish_assessment(colleague, beside, NOW - HOUR)
    assert average() == "15,0"


def test_who_arrived_and_who_left_say_since_when(
    college: World, teacher: SchoolClient, one: Assessment
) -> None:
    Enrolment.objects.filter(pupil=college.people["pupil"], group=one.group).update(starts=one.day)
    Enrolment.objects.filter(pupil=classmate_of(college), group=one.group).update(ends=NOW.date() - DAY)
    page = teacher.get(grid_address(one)).content.decode()
    assert "depuis le 23 novembre 2026" in page
    assert "jusqu’au 23 novembre 2026" in page


def test_a_grid_of_a_class_is_light_and_asks_few_questions(
    college: World, teacher: SchoolClient, one: Assessment
) -> None:
    group = class_of(college)
    for number in range(35 - group.enrolments.count()):
        pupil = Person.objects.create(family_name=f"Dupont-Lemoine {number}", given_name="Jean-Baptiste")
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        Holding.objects.create(school=college.school, person=pupil, role="pupil")
    many_assessments(college, 24)
    teacher.get(grid_address(one))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = teacher.get(grid_address(one))
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert len(statements) <= 14, "\n".join(statements)
    assert len(answer.content) <= 60_000
    assert answer.content.count(b"data-v=") == 35 * 24


def test_earlier_columns_are_on_another_page(college: World, teacher: SchoolClient, one: Assessment) -> None:
    many_assessments(college, 27)
    first = html.fromstring(teacher.get(grid_address(one)).content)
    assert len(first.xpath("//thead//th[@data-a]")) == 25
    before = html.fromstring(teacher.get(grid_address(one) + "&page=1").content)
    assert len(before.xpath("//thead//th[@data-a]")) == 3


def test_a_subject_that_one_does_not_read_is_not_shown(
    college: World, client: SchoolClient, one: Assessment
) -> None:
    other = Assignment.objects.filter(group=one.group, kind="teaches").exclude(subject=one.subject)[0]
    Assignment.objects.filter(group=one.group, kind="head_teacher").delete()
    Assignment.objects.filter(group=one.group, teacher=college.people["teacher"]).exclude(
        subject=one.subject
    ).delete()
    client.sit(college.people["teacher"])
    page = reverse("gradebook:grid", kwargs={"pk": one.group_id})
    shown = client.get(f"{page}?matiere={other.subject_id}").content.decode()
    assert f"{one.subject} · " in shown
    assert f"{other.subject} · " not in shown


def test_who_has_left_the_school_is_in_no_list(
    college: World, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    assert pupil.public_id in teacher.get(grid_address(one)).content.decode()
    Holding.objects.filter(person=pupil).update(ends=NOW.date())
    assert pupil.public_id not in teacher.get(grid_address(one)).content.decode()


# One column


def test_a_column_is_typed_with_a_comma_or_a_point(teacher: SchoolClient, one: Assessment) -> None:
    answer = teacher.post(address("column", one), typed_column(one, "12,5", "9.5", "abs", ""))
    assert answer.status_code == 302
    people = pupils_of(one)
    by_pupil = {mark.pupil_id: mark.value or mark.code for mark in Mark.objects.filter(assessment=one)}
    assert by_pupil == {people[0].pk: Decimal("12.5"), people[1].pk: Decimal("9.5"), people[2].pk: "ABS"}


def test_a_wrong_mark_is_said_beside_its_field_and_nothing_is_lost(
    teacher: SchoolClient, one: Assessment
) -> None:
    answer = teacher.post(address("column", one), typed_column(one, "12", "21", "zéro"))
    assert answer.status_code == 422
    assert not Mark.objects.filter(assessment=one).exists()
    page = html.fromstring(answer.content)
    people = pupils_of(one)
    fields = [page.get_element_by_id(f"n{pupil.pk}") for pupil in people[:3]]
    assert [field.get("value") for field in fields] == ["12", "21", "zéro"]
    assert "21 dépasse le barème de 20." in page.get_element_by_id(f"e{people[1].pk}").text_content()
    assert fields[0].get("aria-invalid") is None


def test_a_column_that_a_colleague_wrote_meanwhile_shows_both(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = pupils_of(one)[0]
    marked(seat_of("teacher"), one, pupil, "15")
    sent = typed_column(one, "9", "11")
    answer = teacher.post(address("column", one), sent)
    assert answer.status_code == 409
    page = html.fromstring(answer.content)
    assert page.get_element_by_id(f"n{pupil.pk}").get("value") == "9"
    assert "a écrit 15" in page.get_element_by_id(f"e{pupil.pk}").text_content()
    assert Mark.objects.get(assessment=one).value == 15
    # What is sent again from that page is meant.
    (seen,) = page.xpath(f"//input[@name='version-{pupil.pk}']/@value")
    assert teacher.post(address("column", one), sent | {f"version-{pupil.pk}": seen}).status_code == 302
    assert Mark.objects.get(assessment=one, pupil=pupil).value == 9


def test_a_period_sealed_while_somebody_types_keeps_what_they_typed(
    seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    sealing.seal_period(seat_of("head"), one.period)
    answer = teacher.post(address("column", one), typed_column(one, "9"))
    assert answer.status_code == 409
    page = html.fromstring(answer.content)
    assert page.get_element_by_id(f"n{pupils_of(one)[0].pk}").get("value") == "9"
    assert "arrêtée par la direction" in page.text_content()
    assert not Mark.objects.filter(assessment=one).exists()


# One cell


def save(teacher: SchoolClient, assessment: Assessment, pupil: Person, mark: str, seen: int = 0) -> Any:
    return teacher.post(
        address("cell", assessment), {"eleve": pupil.public_id, "note": mark, "version": str(seen)}
    )


def test_a_cell_is_saved_and_says_what_it_changes(
    college: World, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    payload = save(teacher, one, pupil, "12,5").json()
    assert (payload["said"], payload["version"], payload["average"]) == ("12,5", 1, "12,5")
    assert "12,5" in html.fromstring(payload["panel"]).text_content()
    assert payload["saved_at"] == "10\u00a0h\u00a030"
    emptied = save(teacher, one, pupil, "", 1).json()
    assert (emptied["said"], emptied["version"], emptied["average"]) == ("", 0, "")


def test_a_cell_that_a_colleague_wrote_answers_with_both(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    marked(seat_of("teacher"), one, pupil, "15")
    answer = save(teacher, one, pupil, "9")
    assert answer.status_code == 409
    payload = answer.json()
    assert (payload["yours"], payload["theirs"], payload["version"]) == ("9", "15", 1)
    assert save(teacher, one, pupil, "9", payload["version"]).status_code == 200


def test_what_a_cell_does_not_take_is_said_in_words(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    stranger = Person.objects.create(family_name="Ailleurs", given_name="Ève")
    for person, mark, seen in ((pupil, "25", 0), (pupil, "x", 0), (stranger, "12", 0), (pupil, "12", -1)):
        answer = save(teacher, one, person, mark, seen)
        assert (answer.status_code, bool(answer.json()["sentence"])) == (422, True), mark
    assessments.delete_assessment(seat_of("teacher"), one)
    assert save(teacher, one, pupil, "12").status_code == 410
    assessments.restore_assessment(seat_of("teacher"), one)
    sealing.seal_period(seat_of("head"), one.period)
    assert save(teacher, one, pupil, "12").status_code == 423
    assert not Mark.objects.filter(assessment=one).exists()


# A column that is pasted


def paste(teacher: SchoolClient, assessment: Assessment, text: str) -> Any:
    return teacher.post(address("paste", assessment), {"lines": text, "seen": "0"})


def test_a_column_of_a_spreadsheet_is_pasted_in_the_order_of_the_list(
    teacher: SchoolClient, one: Assessment
) -> None:
    people = pupils_of(one)
    marks = ["12,5", "", "ABS", *["10"] * (len(people) - 3)]
    assert paste(teacher, one, "\r\n".join(marks) + "\r\n").status_code == 302
    by_pupil = {mark.pupil_id: mark.value or mark.code for mark in Mark.objects.filter(assessment=one)}
    assert (by_pupil[people[0].pk], by_pupil.get(people[1].pk), by_pupil[people[2].pk]) == (
        Decimal("12.5"),
        None,
        "ABS",
    )


def test_a_column_of_the_wrong_length_says_from_where(teacher: SchoolClient, one: Assessment) -> None:
    people = pupils_of(one)
    short = paste(teacher, one, "\n".join(["10"] * (len(people) - 1)))
    assert short.status_code == 422
    assert f"à partir de la ligne {len(people)}, {people[-1].list_name}" in short.content.decode()
    assert paste(teacher, one, "\n".join(["10"] * (len(people) + 2))).status_code == 422
    assert not Mark.objects.filter(assessment=one).exists()


def test_lines_that_are_wrong_are_said_with_their_number_and_nothing_is_applied(
    teacher: SchoolClient, one: Assessment
) -> None:
    people = pupils_of(one)
    answer = paste(teacher, one, "\n".join(["10", "25", *["8"] * (len(people) - 2)]))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f"Ligne 2 ({people[1].list_name})" in text
    assert not Mark.objects.filter(assessment=one).exists()


def test_two_columns_go_by_name_whatever_their_order(teacher: SchoolClient, one: Assessment) -> None:
    people = pupils_of(one)
    lines = [f"{people[1].list_name}\t14", f"{people[0].given_name} {people[0].family_name}\t7,5"]
    assert paste(teacher, one, "\n".join(lines)).status_code == 302
    by_pupil = {mark.pupil_id: mark.value for mark in Mark.objects.filter(assessment=one)}
    assert by_pupil == {people[1].pk: 14, people[0].pk: Decimal("7.5")}
    unknown = paste(teacher, one, "PERSONNE Anne\t14")
    assert unknown.status_code == 422
    assert "Ligne 1 (PERSONNE Anne)" in unknown.content.decode()


def test_a_column_pasted_over_what_a_colleague_just_wrote_shows_both(
    seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = pupils_of(one)[0]
    marked(seat_of("teacher"), one, pupil, "15")
    answer = paste(teacher, one, "\n".join(["10"] * len(pupils_of(one))))
    assert answer.status_code == 409
    assert "vous 10, votre collègue 15" in answer.content.decode()
    assert Mark.objects.get(assessment=one).value == 15


# Assessments


def described(assessment: Assessment, **changes: str) -> dict[str, str]:
    return {
        "title": "Fractions du jour",
        "kind": "quiz",
        "day": "2026-11-23",
        "scale": "10",
        "coefficient": "0,5",
        "mode": "normal",
        "topic": "Additionner",
        "period": str(assessment.period_id),
        "publication": "brouillon",
    } | changes


def test_an_assessment_is_created_and_a_second_click_makes_no_other(
    teacher: SchoolClient, one: Assessment
) -> None:
    page = f"{reverse('gradebook:create', kwargs={'pk': one.group_id})}?matiere={one.subject_id}"
    for _ in range(2):
        assert teacher.post(page, described(one)).status_code == 302
    (made,) = Assessment.objects.filter(title="Fractions du jour")
    assert (made.scale, made.coefficient, made.published_at) == (10, Decimal("0.5"), None)


def test_mistakes_of_the_form_are_said_and_kept(teacher: SchoolClient, one: Assessment) -> None:
    page = f"{reverse('gradebook:create', kwargs={'pk': one.group_id})}?matiere={one.subject_id}"
    wrong: list[dict[str, str]] = [
        {"scale": "0"},
        {"scale": "vingt"},
        {"coefficient": "-1"},
        {"day": "2019-01-01"},
        {"title": ""},
        {"publication": "plus-tard"},
        {"period": "0"},
    ]
    for changes in wrong:
        answer = teacher.post(page, described(one, **changes))
        assert answer.status_code == 422, changes
    assert not Assessment.objects.filter(title="Fractions du jour").exists()


def test_publishing_later_says_from_when_for_pupils_and_for_families(
    teacher: SchoolClient, one: Assessment
) -> None:
    sent = {"publication": "plus-tard", "publication_jour": "2026-11-27", "publication_heure": "17:00"}
    assert teacher.post(address("publication", one), sent).status_code == 302
    one.refresh_from_db()
    assert one.published_at is not None
    assert one.guardians_at is not None
    assert one.guardians_at - one.published_at == DAY
    page = teacher.get(grid_address(one)).content.decode()
    assert "vendredi 27 novembre à 17\u00a0h\u00a000" in page
    assert "samedi 28 novembre" in page


def test_a_sub_subject_is_asked_where_the_subject_has_some(
    college: World, teacher: SchoolClient, one: Assessment
) -> None:
    part = SubSubject.objects.create(school=college.school, subject=one.subject, name="Oral")
    page = f"{reverse('gradebook:create', kwargs={'pk': one.group_id})}?matiere={one.subject_id}"
    assert teacher.post(page, described(one)).status_code == 422
    assert teacher.post(page, described(one, sub_subject=str(part.pk))).status_code == 302
    assert Assessment.objects.get(title="Fractions du jour").sub_subject == part


def test_an_assessment_is_copied_moved_deleted_and_restored(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    marked(seat_of("teacher"), one, college.people["pupil"])
    other = Assignment.objects.filter(
        teacher=college.people["teacher"], subject=one.subject, kind="teaches"
    ).exclude(group=one.group)[0]
    sent = {"group": str(other.group_id), "period": str(one.period_id)}
    assert teacher.post(address("duplicate", one), sent).status_code == 302
    copied = Assessment.objects.get(group=other.group_id, title=one.title)
    assert (copied.marks.count(), copied.published_at) == (0, None)
    later = period_of(college, college.year.ends)
    assert teacher.post(address("move", one), {"period": str(later.pk)}).status_code == 302
    assert Assessment.objects.get(pk=one.pk).period == later
    teacher.post(address("delete", one))
    assert Assessment.objects.get(pk=one.pk).deleted_at is not None
    page = teacher.get(f"{grid_address(one)}&periode={later.pk}").content.decode()
    assert address("restore", one) in page
    teacher.post(address("restore", one))
    restored = Assessment.objects.get(pk=one.pk)
    assert (restored.deleted_at, restored.marks.count()) == (None, 1)


# Files


def test_the_grid_is_taken_away_as_numbers(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    marked(seat_of("teacher"), one, college.people["pupil"], "12.5")
    page = f"{reverse('gradebook:export', kwargs={'pk': one.group_id})}?matiere={one.subject_id}"
    answers = {kind: teacher.post(page, {"forme": kind}) for kind in ("csv", "xlsx", "ods")}
    text = b"".join(answers["csv"].streaming_content).decode()
    assert f"{college.people['pupil'].list_name};12,5;12,5" in text
    book = load_workbook(BytesIO(b"".join(answers["xlsx"].streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[1:] for row in rows if row[0] == college.people["pupil"].list_name] == [(12.5, 12.5)]
    assert b"".join(answers["ods"].streaming_content)[:2] == b"PK"


def test_an_own_assessment_is_there_for_pages(college: World) -> None:
    assert own_assessment(college).marks.filter(pupil=college.people["pupil"]).exists()
    assert charge_of(college).teacher == college.people["teacher"]


def test_publishing_now_keeps_the_moment_of_what_pupils_read_already(
    teacher: SchoolClient, one: Assessment
) -> None:
    assert teacher.post(address("publication", one), {"publication": "maintenant"}).status_code == 302
    one.refresh_from_db()
    assert one.published_at == NOW
    version = one.version
    teacher.post(address("publication", one), {"publication": "maintenant"})
    one.refresh_from_db()
    assert (one.published_at, one.version) == (NOW, version)
    assert "Les familles la verront" in teacher.get(grid_address(one)).content.decode()
    teacher.post(address("publication", one), {"publication": "brouillon"})
    one.refresh_from_db()
    assert (one.published_at, one.guardians_at) == (None, None)


def test_an_average_has_the_decimals_of_the_step_of_the_school(
    college: World, seat_of: Any, one: Assessment
) -> None:
    """The database writes half a point as 0.50."""
    GradingPolicy.objects.create(school=college.school, step=Decimal("0.5"))
    pupil = college.people["pupil"]
    marked(seat_of("teacher"), one, pupil, "12.4")
    assert said_average(seat_of("teacher"), one, pupil.pk) == "12,5"


def test_a_day_with_another_assessment_or_without_a_lesson_is_said(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    other = Assignment.objects.filter(group=one.group_id, kind=Assignment.Kind.TEACHES)
    other = other.exclude(subject=one.subject_id).select_related("subject")[0]
    monday, sunday = NOW.date() + 6 * DAY, NOW.date() + 5 * DAY
    Assessment.objects.create(
        school=college.school,
        teacher=other.teacher,
        subject=other.subject,
        group=one.group,
        period=one.period,
        title="Titre d’un collègue",
        day=monday,
    )
    form = {"title": one.title, "kind": "test", "scale": "20", "coefficient": "1", "mode": "normal"}

    def moved(day: Any) -> str:
        one.refresh_from_db()
        sent = form | {"day": day.isoformat(), "seen": str(one.version)}
        return teacher.post(address("change", one), sent, follow=True).content.decode()

    page = moved(monday)
    assert "L’évaluation est modifiée." in page
    assert "sont déjà évalués" in page and other.subject.name in page
    assert "n’ont aucun cours le dimanche 29 novembre" in moved(sunday)
    assert "n’ont aucun cours" not in moved(sunday), "said once, when the day changes"


def test_who_reads_from_when_is_said_before_publishing_and_after(
    teacher: SchoolClient, one: Assessment
) -> None:
    before = teacher.get(grid_address(one)).content.decode()
    assert "les élèves la lisent tout de suite, les familles demain à 10\u202fh\u202f30" in before.replace(
        "\u00a0", "\u202f"
    )
    answer = teacher.post(address("publication", one), {"publication": "maintenant"}, follow=True)
    said = answer.content.decode().replace("\u00a0", "\u202f")
    assert (
        "Publiée : les élèves la lisent maintenant, les familles demain à 10\u202fh\u202f30."
        in said.replace("\u202f:", " :")
    )
    assert "Publiée maintenant" not in said
    answer = teacher.post(address("publication", one), {"publication": "brouillon"}, follow=True)
    assert "ni les élèves ni les familles ne la lisent" in answer.content.decode()


def test_what_is_dated_later_is_published_today_once_that_is_confirmed(
    teacher: SchoolClient, one: Assessment
) -> None:
    Assessment.objects.filter(pk=one.pk).update(day=NOW.date() + 3 * DAY)
    answer = teacher.post(address("publication", one), {"publication": "maintenant"})
    assert answer.status_code == 422 and "vendredi 27 novembre" in answer.content.decode()
    assert "la publier dès maintenant" in answer.content.decode()
    one.refresh_from_db()
    assert one.published_at is None
    sent = {"publication": "maintenant", "avant": "1"}
    assert teacher.post(address("publication", one), sent).status_code == 302
    one.refresh_from_db()
    assert one.published_at == NOW
    # What is read already is asked about no more.
    assert teacher.post(address("publication", one), {"publication": "maintenant"}).status_code == 302


def test_a_mark_that_changes_once_it_is_read_is_said_to_be_read(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    first = marked(seat_of("teacher"), one, pupil, "12")
    assert first is not None

    def typed(mark: str, seen: int) -> dict[str, Any]:
        sent = {"eleve": pupil.public_id, "note": mark, "version": str(seen)}
        answer: dict[str, Any] = teacher.post(address("cell", one), sent).json()
        return answer

    draft = typed("13", first.version)
    assert (draft["told"], draft["was"]) == ("", "")
    Assessment.objects.filter(pk=one.pk).update(published_at=NOW - HOUR, guardians_at=NOW + HOUR)
    same = typed("13", draft["version"])
    assert same["told"] == ""
    changed = typed("14", same["version"])
    assert "l’élève voit la nouvelle note, la famille la verra aujourd’hui" in changed["told"]
    assert "12" not in changed["told"] and "13" in teacher.get(changed["was"]).content.decode()
    Assessment.objects.filter(pk=one.pk).update(guardians_at=NOW - HOUR)
    later = typed("15", changed["version"])
    assert "l’élève et la famille verront la nouvelle note" in later["told"]
    assert "l’élève et la famille ne la liront plus" in typed("", later["version"])["told"]
    # A mark that was not there is not one that changes; a column says it of all at once.
    again = typed("9", 0)
    assert again["told"] == ""
    column = {f"note-{pupil.pk}": "10", f"version-{pupil.pk}": str(again["version"])}
    said = teacher.post(address("column", one), column, follow=True).content.decode()
    assert "1 note a changé, déjà publiée" in said.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_days_that_are_assessed_already_are_said_beside_the_date(
    college: World, seat_of: Any, teacher: SchoolClient, one: Assessment
) -> None:
    form = teacher.get(address("change", one)).content.decode()
    assert "Aucune autre évaluation n’est prévue" in form
    assessment(college, seat_of("teacher"), "Le mien", day=NOW.date() + 3 * DAY)
    assessment(college, seat_of("teacher"), "Plus loin", day=NOW.date() + 15 * DAY)
    for page in (
        address("change", one),
        f"{reverse('gradebook:create', kwargs={'pk': one.group_id})}?matiere={one.subject_id}",
    ):
        form = teacher.get(page).content.decode()
        line = form[form.index("sont déjà évalués") :].split("</p>")[0]
        assert "27" in line and one.subject.name in line and "Le mien" not in line, page
        assert line.count('class="time"') == 1
    # It is not said of itself.
    Assessment.objects.filter(pk=one.pk).update(day=NOW.date() + 3 * DAY)
    Assessment.objects.exclude(pk=one.pk).filter(group=one.group_id).delete()
    assert "Aucune autre évaluation n’est prévue" in teacher.get(address("change", one)).content.decode()
