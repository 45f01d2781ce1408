"""The campaign of the head: where each class is, who is reminded of what and how often, and what figures may leave the team."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Assignment, Group, Period, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.gradebook.rules.averages import statistics_of
from preau.domains.report_cards.actions import councils, reminding
from preau.domains.report_cards.models import Appreciation, Council, ReportCard, TextReminder
from preau.domains.report_cards.queries import courses
from preau.domains.report_cards.queries.campaign import Campaign, campaign_of
from preau.domains.report_cards.queries.cards import gathered
from preau.domains.report_cards.queries.courses import class_rows
from preau.domains.report_cards.queries.figures import Column, Figures, figures_of, without_few
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.tests.props import content_named
from preau.domains.report_cards.tests.scene import (
    GENERAL,
    classmate_of,
    clean,
    own_class,
    passage_of,
    period_of,
    write,
)

pytestmark = pytest.mark.django_db
SOLID = "Un trimestre solide."
KEYS = ("teacher", "teacher_1", "head", "cpe", "secretary", "pupil", "guardian")


@pytest.fixture
def period(college: World) -> Period:
    TextReminder.objects.all().delete()
    found: Period = clean(college)[1]
    return found


def step_of(campaign: Campaign, college: World) -> Any:
    return next(one for one in campaign.classes if one.pk == own_class(college).pk)


def left_of(campaign: Campaign, person: Person) -> Any:
    return next((one for one in campaign.teachers if one.person == person), None)


def write_all(college: World, period: Period, seat_of: Any, kind: str = "subject") -> None:
    """Every pupil of the class has the text of the cast's teacher in their subject, or the general one."""
    passage = passage_of(college) if kind == "subject" else GENERAL
    group = own_class(college)
    for pupil in Person.objects.filter(enrolments__group=group).distinct():
        Appreciation.objects.update_or_create(
            period=period,
            pupil=pupil,
            kind=passage.kind,
            subject_id=passage.subject_id,
            defaults={
                "school": college.school,
                "group": group,
                "text": SOLID,
                "changed_by": college.people["teacher"],
            },
        )


def test_the_head_alone_runs_the_campaign(holder: Any) -> None:
    assert {role for role in Role if access.runs_campaign(holder(role))} == {Role.HEAD}


def test_each_text_that_is_written_is_left_no_more(college: World, period: Period, seat_of: Any) -> None:
    head, teacher = seat_of("head"), college.people["teacher"]
    before = campaign_of(head, period)
    step, row = step_of(before, college), left_of(before, teacher)
    assert step.pupils and step.left == step.expected and step.syntheses_left == step.pupils
    write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], SOLID)
    after = campaign_of(head, period)
    assert step_of(after, college).left == step.left - 1
    assert left_of(after, teacher).texts == row.texts - 1
    # An empty text is not written.
    write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], "", 1)
    assert step_of(campaign_of(head, period), college).left == step.left


def one_subject(college: World) -> None:
    """Nothing is taught but the subject of the cast's teacher, in the class of the cast's pupil."""
    taught = Assignment.objects.filter(group=own_class(college), subject=passage_of(college).subject_id)
    Assignment.objects.filter(kind=Assignment.Kind.TEACHES).exclude(pk__in=taught).delete()
    led = Assignment.objects.filter(kind=Assignment.Kind.HEAD_TEACHER)
    led.exclude(group=own_class(college)).delete()


def test_the_synthesis_is_asked_of_the_head_teacher_once_the_subjects_have_written(
    college: World, period: Period, seat_of: Any
) -> None:
    head, teacher = seat_of("head"), college.people["teacher"]
    one_subject(college)
    assert left_of(campaign_of(head, period), teacher).syntheses == 0
    write_all(college, period, seat_of)
    found = campaign_of(head, period)
    row = left_of(found, teacher)
    assert (row.texts, row.syntheses) == (0, step_of(found, college).pupils)
    Assignment.objects.filter(group=own_class(college), kind=Assignment.Kind.HEAD_TEACHER).delete()
    after = campaign_of(head, period)
    assert left_of(after, teacher) is None
    assert step_of(after, college) in after.vacant


def test_nothing_is_asked_of_a_class_whose_council_is_over(
    college: World, period: Period, seat_of: Any
) -> None:
    head, teacher, group = seat_of("head"), college.people["teacher"], own_class(college)
    ReportCard.objects.filter(period=period).delete()
    before = left_of(campaign_of(head, period), teacher)
    councils.close(head, group, period)
    after = campaign_of(head, period)
    row = left_of(after, teacher)
    assert step_of(after, college).stage == "held"
    assert (row.left if row else 0) < before.left
    assert not any(one.group_id == group.pk for one in (row.wanted if row else ()))
    councils.reopen(head, group, period)
    assert left_of(campaign_of(head, period), teacher).left == before.left


def test_a_subject_that_nobody_teaches_any_more_is_said(college: World, period: Period, seat_of: Any) -> None:
    group, passage = own_class(college), passage_of(college)
    subject = passage.subject_id
    charges = Assignment.objects.filter(group=group, subject=subject)
    assert not step_of(campaign_of(seat_of("head"), period), college).vacant
    charges.update(ends=NOW.date() - timedelta(days=3))
    found = campaign_of(seat_of("head"), period)
    step = step_of(found, college)
    assert passage.label in step.vacant and step in found.vacant
    assert not any(
        one.passage.subject_id == subject and one.group_id == group.pk
        for row in found.teachers
        for one in row.wanted
    )


def test_both_pages_count_the_same_texts(college: World, period: Period, seat_of: Any) -> None:
    head = seat_of("head")
    write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], SOLID)
    counts = {one.pk: (one.expected, one.left) for one in campaign_of(head, period).classes}
    assert {row.group.pk: (row.expected, row.left) for row in class_rows(head, period)} == counts


def test_a_class_goes_from_written_to_given(college: World, period: Period, seat_of: Any) -> None:
    head, group = seat_of("head"), own_class(college)
    one_subject(college)
    ReportCard.objects.filter(period=period).delete()

    def stage() -> str:
        return str(step_of(campaign_of(head, period), college).stage)

    assert stage() == "left"
    write_all(college, period, seat_of)
    councils.close(head, group, period)
    assert stage() == "held"
    rows = ReportCard.objects.bulk_create(
        ReportCard(
            school=college.school,
            group=group,
            period=period,
            pupil=pupil,
            number=1,
            content=content_named(pupil),
            digest="0" * 64,
            made_at=NOW,
            made_by=college.people["head"],
        )
        for pupil in Person.objects.filter(enrolments__group=group, enrolments__ends=None).distinct()
    )
    assert stage() == "made"
    ReportCard.objects.filter(pk__in=[row.pk for row in rows]).update(published_at=NOW + timedelta(days=2))
    assert stage() == "made"
    ReportCard.objects.filter(pk__in=[row.pk for row in rows]).update(published_at=NOW - timedelta(days=2))
    assert stage() == "given"


def test_a_teacher_is_reminded_once_a_day_and_told_what_is_left(
    college: World, period: Period, seat_of: Any, clock: Any
) -> None:
    head, teacher = seat_of("head"), college.people["teacher"]
    first = reminding.remind(head, period, teacher.pk)
    assert [one.person for one in first.told] == [teacher] and not first.already
    again = reminding.remind(head, period, teacher.pk)
    assert not again.told and [one.person for one in again.already] == [teacher]
    news = Item.objects.filter(kind=reminding.TO_WRITE, person=teacher)
    assert news.count() == 1
    assert TextReminder.objects.get(teacher=teacher).left == first.told[0].left
    assert Line.objects.filter(verb="report_cards.teachers_reminded").count() == 1
    # The next day is another day, and what was said before is settled.
    later = NOW + timedelta(days=1)
    clock.move_to(later)
    head = viewer_for(college.people["head"], 0, later)
    assert head
    tomorrow = reminding.remind(head, period, teacher.pk)
    assert [one.person for one in tomorrow.told] == [teacher]
    assert news.count() == 2


def test_all_are_reminded_at_once_but_those_who_have_finished_or_have_no_account(
    college: World, twin: World, period: Period, seat_of: Any
) -> None:
    head, found = seat_of("head"), campaign_of(seat_of("head"), period)
    outcome = reminding.remind(head, period)
    reached = {one.person.pk for one in outcome.told}
    assert college.people["teacher"].pk in reached
    assert reached == {one.person.pk for one in found.teachers if one.is_reached}
    assert {one.person.pk for one in outcome.unreached} == {
        one.person.pk for one in found.teachers if not one.is_reached
    }
    people = set(Item.objects.filter(kind=reminding.TO_WRITE).values_list("person_id", flat=True))
    assert people == reached and twin.people["teacher"].pk not in people


def test_whoever_has_finished_is_not_reminded(college: World, period: Period, seat_of: Any) -> None:
    head, teacher = seat_of("head"), college.people["teacher"]
    Assignment.objects.filter(teacher=teacher).exclude(group=own_class(college)).delete()
    Assignment.objects.filter(teacher=teacher, kind=Assignment.Kind.TEACHES).exclude(
        subject=passage_of(college).subject_id
    ).delete()
    write_all(college, period, seat_of)
    write_all(college, period, seat_of, "general")
    assert left_of(campaign_of(head, period), teacher) is None
    with pytest.raises(reminding.NothingLeft):
        reminding.remind(head, period, teacher.pk)
    assert not Item.objects.filter(kind=reminding.TO_WRITE).exists()


def test_a_reminder_is_read_by_the_head_and_by_whom_it_reached(
    college: World, twin: World, period: Period, seat_of: Any
) -> None:
    reminding.remind(seat_of("head"), period, college.people["teacher"].pk)
    row = TextReminder.objects.get()
    assert {key for key in KEYS if row in TextReminder.objects.visible_to(seat_of(key))} == {
        "head",
        "teacher",
    }
    for key in KEYS:
        assert row not in TextReminder.objects.visible_to(seat_of(key, world=twin)), key


# Pages


def test_the_page_says_whom_a_reminder_has_reached(
    college: World, period: Period, client: SchoolClient
) -> None:
    client.sit(college.people["head"])
    page = reverse("report_cards:campaign")
    teacher = college.people["teacher"]
    assert teacher.family_name.upper() in client.get(page).content.decode()
    sent = client.post(reverse("report_cards:remind"), {"professeur": teacher.pk}, follow=True)
    assert f"Rappel envoyé à {teacher.formal_name}" in sent.content.decode()
    again = client.post(reverse("report_cards:remind"), {"professeur": teacher.pk}, follow=True)
    assert "Déjà rappelés aujourd’hui" in again.content.decode()
    assert client.post(reverse("report_cards:remind"), {"professeur": "x"}).status_code == 404
    for key in ("teacher", "cpe", "guardian"):
        client.sit(college.people[key])
        assert client.get(page).status_code == 403, key
        assert client.post(reverse("report_cards:remind")).status_code == 403, key


# Figures


def column(values: list[int], given: dict[str, int]) -> Column:
    made = statistics_of(Fraction(one) for one in values)
    return Column(1, "5e B", {7: made} if made else {}, given, sum(given.values()), len(values))


def test_what_speaks_of_fewer_than_ten_pupils_does_not_leave(college: World) -> None:
    nine, ten = [12] * 9, [12] * 10
    for values, shown in [(nine, False), (ten, True)]:
        found = Figures(period_of(college), [column(values, {})], [(7, "Français")], [])
        (line,) = [one for one in found.outside() if one[1] == "Français"]
        assert (line[2] == "12", line[5] == "10") == (shown, shown), line
        # The head reads it all.
        cell = found.cell(found.columns[0], 7)
        assert cell and cell.mean == "12"


def test_a_single_hidden_count_takes_another_with_it() -> None:
    assert without_few({"a": 9, "b": 10, "c": 40}) == {"a": None, "b": None, "c": 40}
    assert without_few({"a": 9, "b": 3, "c": 40}) == {"a": None, "b": None, "c": 40}
    assert without_few({"a": 0, "b": 10}) == {"a": 0, "b": 10}


def test_mentions_leave_for_the_school_alone(college: World) -> None:
    columns = [column([12] * 30, {"Compliments": 12, "Félicitations": 3, "": 15})]
    found = Figures(period_of(college), columns, [], ["Félicitations", "Compliments"])
    counts = {line[1]: line[5] for line in found.outside()}
    assert counts == {"Félicitations": "moins de 10", "Compliments": "moins de 10", "Aucune mention": "15"}


def test_figures_are_those_of_the_bulletins(college: World, period: Period, seat_of: Any) -> None:
    head, group = seat_of("head"), own_class(college)
    found = figures_of(head, period)
    own = next(one for one in found.columns if one.pk == group.pk)
    made = gathered(head, group, period, [period])
    contents = [made.content_of(seat) for seat in made.room.seats]
    subject, name = found.subjects[0]
    values = [one["value"] for content in contents for one in content["subjects"] if one["name"] == name]
    numbers = [value for value in values if value is not None]
    assert own.figures[subject].count == len(numbers)
    assert abs(float(own.figures[subject].mean) - sum(numbers) / len(numbers)) < 0.05


def test_the_file_of_figures_names_nobody(
    college: World, period: Period, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["head"])
    councils.decide(seat_of("head"), own_class(college), period, college.people["pupil"], "Compliments", 0)
    answer = client.get(reverse("report_cards:figures_csv") + "?confirmer=1", follow=True)
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert college.people["pupil"].family_name not in text
    assert college.people["teacher"].family_name not in text


def test_figures_show_what_a_council_gave(
    college: World, period: Period, client: SchoolClient, seat_of: Any
) -> None:
    head = seat_of("head")
    councils.decide(head, own_class(college), period, college.people["pupil"], "Compliments", 0)
    councils.decide(head, own_class(college), period, classmate_of(college), "", 0)
    found = figures_of(head, period)
    assert dict(found.distribution)["Compliments"] == 1 and dict(found.distribution)["Aucune mention"] == 1
    client.sit(college.people["head"])
    page = client.get(reverse("report_cards:figures")).content.decode()
    assert "Ce que les conseils ont donné" in page


def test_bulletins_open_on_the_period_whose_councils_go_on(
    college: World, period: Period, seat_of: Any
) -> None:
    head = seat_of("head")
    first = period
    Period.objects.filter(pk=first.pk).update(ends=NOW.date() - timedelta(days=1))
    second = Period.objects.create(
        school=college.school, year=college.year, name="La suivante", starts=NOW.date(), ends=first.ends
    )

    def opened() -> Period | None:
        return courses.chosen_period(courses.periods_of(head), None, head.today)

    assert opened() == first
    Period.objects.filter(pk=second.pk).update(starts=NOW.date() - timedelta(days=20))
    assert opened() == second
    council = Council.objects.create(
        school=college.school, group=own_class(college), period=first, starts=NOW.replace(hour=16)
    )
    assert opened() == first
    # One that nobody closed long ago holds nothing back.
    Council.objects.filter(pk=council.pk).update(starts=NOW - timedelta(days=15))
    assert opened() == second
    assert courses.chosen_period(courses.periods_of(head), str(first.pk), head.today) == first


def test_the_campaign_says_what_each_number_counts(
    college: World, period: Period, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["head"])
    page = client.get(reverse("report_cards:campaign") + f"?periode={period.pk}").content.decode()
    found = campaign_of(seat_of("head"), period)
    assert found.to_remind and found.to_call
    assert len(found.teachers) == len(found.to_remind) + found.told_today + found.to_call
    assert f"{found.to_call} sans compte, à appeler" in page
    assert "rappelées maintenant" in page or "rappelée maintenant" in page
    assert "textes à écrire" in page and " manquent<" not in page


def test_councils_to_come_stand_before_those_that_are_over(
    college: World, period: Period, seat_of: Any
) -> None:
    head = seat_of("head")
    Council.objects.filter(period=period).delete()
    for name in ("8e A", "8e B"):
        facts = {"school": college.school, "year": college.year, "kind": Group.Kind.CLASS, "name": name}
        Group.objects.create(**facts)
    over, soon, later, undated = [one.pk for one in campaign_of(head, period).classes][:4]
    for group, days, held in [
        (over, -2, NOW - timedelta(days=2)),
        (later, 5, None),
        (soon, 0, None),
    ]:
        Council.objects.create(
            school=college.school,
            group_id=group,
            period=period,
            starts=NOW + timedelta(days=days),
            held_at=held,
            held_by=college.people["head"] if held else None,
        )
    for found in (
        [one.pk for one in campaign_of(head, period).classes],
        [one.group.pk for one in class_rows(head, period)],
    ):
        assert found[:2] == [soon, later] and found[-1] == over and found.index(undated) < found.index(over)
    # One that nobody closed is over as well, once it cannot sit any more.
    Council.objects.filter(group_id=soon).update(starts=NOW - timedelta(hours=2))
    assert campaign_of(head, period).classes[0].pk == soon
    Council.objects.filter(group_id=soon).update(starts=NOW - timedelta(hours=3))
    assert campaign_of(head, period).classes[0].pk == later


def test_those_whose_council_comes_are_before_those_whose_council_has_passed(
    college: World, period: Period, seat_of: Any
) -> None:
    head = seat_of("head")
    Council.objects.filter(period=period).delete()
    past, soon = [one.pk for one in campaign_of(head, period).classes if one.left][:2]
    for group, days in [(past, -3), (soon, 3)]:
        starts = NOW + timedelta(days=days)
        Council.objects.create(school=college.school, group_id=group, period=period, starts=starts)
    found = [one.council for one in campaign_of(head, period).teachers]
    states = ["none" if one is None else "coming" if one > NOW else "past" for one in found]
    assert states[0] == "coming" and states == sorted(states, key=["coming", "none", "past"].index)
    # Whoever writes for both is asked for the one that comes.
    assert {one for one in found if one} <= {NOW + timedelta(days=days) for days in (-3, 3)}
