"""A teacher chooses at a service, looks at what came back, and gives it to a class."""

from datetime import date
from typing import Any

import pytest
import time_machine

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.lti import rules
from preau.commons.lti.models import Activity, Column, Passage, Proposal, Tool
from preau.commons.lti.tests.tool import (
    HERE,
    KEY,
    OPENED,
    OTHER_KEY,
    another_class,
    began,
    chosen,
    class_of,
    come,
    go_and_choose,
    linked,
    signed,
)
from preau.commons.lti.words import CLAIM, DEEP, INSTRUCTOR
from preau.directory.models import Assignment, School
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db
ITEMS = [
    {
        "type": "ltiResourceLink",
        "title": "Série 1",
        "text": "Dix calculs.",
        "url": f"{HERE}/serie/1",
        "custom": {"serie": "1"},
        "lineItem": {"scoreMaximum": 10, "label": "Série 1"},
        "submission": {"endDateTime": "2026-12-01T18:00:00+01:00"},
    },
    {"type": "ltiResourceLink", "title": "Série 2"},
]


@pytest.fixture
def teacher(sits: Any) -> SchoolClient:
    browser: SchoolClient = sits("teacher")
    return browser


def answered(browser: Any, word: str) -> Any:
    """The service posts its answer: from its own site, hence without our cookies."""
    return SchoolClient().post("/lti/choix", {"JWT": word})


def test_what_was_chosen_is_looked_at_then_given(college: World, tool: Tool, teacher: SchoolClient) -> None:
    group = class_of(college)
    claims = go_and_choose(teacher, tool, group)
    assert claims[f"{CLAIM}message_type"] == "LtiDeepLinkingRequest"
    assert claims[f"{CLAIM}roles"] == [INSTRUCTOR] and f"{CLAIM}resource_link" not in claims
    settings = claims[f"{DEEP}deep_linking_settings"]
    assert (settings["accept_types"], settings["accept_multiple"]) == (["ltiResourceLink"], True)
    answer = answered(teacher, signed(chosen(tool, claims, ITEMS)))
    assert answer.status_code == 302
    page = teacher.get(answer["Location"]).content.decode()
    assert "Série 1" in page and "Série 2" in page and "Donner à la classe" in page
    assert not Activity.objects.filter(title__startswith="Série").exists()
    assert teacher.post(answer["Location"], {"items": ["0", "1"]}).status_code == 302
    first, second = Activity.objects.filter(title__startswith="Série").order_by("title")
    assert (first.context.group, first.target, first.custom, first.text) == (
        group,
        f"{HERE}/serie/1",
        {"serie": "1"},
        "Dix calculs.",
    )
    assert f"{first.due_on}" == "2026-12-01" and second.due_on is None
    column = Column.objects.get(activity__in=[first, second])
    assert (column.activity, column.maximum, column.label) == (first, 10, "Série 1")
    assert Line.objects.filter(verb="lti.given").count() == 2
    # Sent again, it gives nothing more.
    assert teacher.post(answer["Location"], {"items": ["0", "1"]}, follow=True).status_code == 200
    assert Activity.objects.filter(title__startswith="Série").count() == 2


def test_what_is_no_activity_of_the_service_is_left(
    college: World, tool: Tool, teacher: SchoolClient
) -> None:
    claims = go_and_choose(teacher, tool, class_of(college))
    left = [
        {"type": "link", "url": "https://autre.example/", "title": "Page"},
        {"type": "html", "html": "<script>alert(1)</script>"},
        {"type": "image", "url": f"{HERE}/image.png"},
        {"type": "ltiResourceLink", "title": "Ailleurs", "url": "https://autre.example/serie"},
        {"type": "ltiResourceLink", "title": "Piège", "url": "javascript:alert(1)"},
        {"type": "ltiResourceLink", "title": "Trop", "custom": {"x": "y" * 501}},
        {"type": "ltiResourceLink", "title": "Trop", "custom": {"x": {"y": 1}}},
        {"type": "ltiResourceLink", "title": "Moitié", "custom": {"x": "\ud800"}},
        {"type": "ltiResourceLink", "title": "Moitié", "custom": {"\udfff": "x"}},
        "x",
        None,
        7,
    ]
    answer = answered(teacher, signed(chosen(tool, claims, [*left, ITEMS[1]])))
    page = teacher.get(answer["Location"]).content.decode()
    assert "12 éléments laissés" in page and "Série 2" in page
    assert "alert(1)" not in page and "Ailleurs" not in page and "Moitié" not in page


@pytest.mark.parametrize(
    ("ends", "day"),
    [
        ("2026-12-01T18:00:00Z", date(2026, 12, 2)),
        ("2026-12-01T05:00:00Z", date(2026, 12, 1)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_a_day_is_that_of_the_school(
    college: World, tool: Tool, teacher: SchoolClient, ends: str, day: date | None
) -> None:
    School.objects.filter(pk=college.school.pk).update(timezone="Pacific/Noumea")
    claims = go_and_choose(teacher, tool, class_of(college))
    items = [{"type": "ltiResourceLink", "title": "Série", "submission": {"endDateTime": ends}}]
    teacher.post(answered(teacher, signed(chosen(tool, claims, items)))["Location"], {"items": ["0"]})
    assert Activity.objects.get(title="Série").due_on == day


@pytest.mark.parametrize("items", [[], None, {}, "x", [{"type": "html"}]])
def test_nothing_chosen_is_said(college: World, tool: Tool, teacher: SchoolClient, items: Any) -> None:
    claims = go_and_choose(teacher, tool, class_of(college))
    answer = answered(teacher, signed(chosen(tool, claims, items)))
    assert "Rien n’a été choisi" in teacher.get(answer["Location"]).content.decode()


def test_an_answer_that_is_not_to_be_believed_keeps_nothing(
    college: World, tool: Tool, teacher: SchoolClient
) -> None:
    claims = go_and_choose(teacher, tool, class_of(college))
    other = linked(college, "Ailleurs")
    stamp = int(NOW.timestamp())
    words = [
        signed(chosen(tool, claims, ITEMS), OTHER_KEY, kid=str(KEY.kid)),
        signed(chosen(tool, claims, ITEMS, iss=other.client_id)),
        signed(chosen(tool, claims, ITEMS, aud="https://autre.example")),
        signed(chosen(tool, claims, ITEMS, exp=stamp - 61)),
        signed(chosen(tool, claims, ITEMS, exp=None)),
        signed(chosen(tool, claims, ITEMS, exp=stamp + 90_000)),
        signed(chosen(tool, claims, ITEMS, iat=stamp + 90)),
        signed(chosen(tool, claims, ITEMS, nonce=None)),
        signed(chosen(tool, claims, ITEMS, **{f"{CLAIM}deployment_id": "preau-0"})),
        signed(chosen(tool, claims, ITEMS, **{f"{CLAIM}message_type": "LtiResourceLinkRequest"})),
        signed(chosen(tool, claims, ITEMS, **{f"{CLAIM}version": "1.1"})),
        signed(chosen(tool, claims, ITEMS, **{f"{DEEP}data": "autre"})),
        signed(chosen(tool, claims, ITEMS, **{f"{DEEP}data": ""})),
        signed(chosen(tool, claims, ITEMS, **{f"{DEEP}data": None})),
        signed(chosen(tool, claims, ITEMS, **{f"{DEEP}data": 7})),
        "",
        "x",
        "é",
        "a" * 100_000,
    ]
    for word in words:
        assert answered(teacher, word).status_code == 400, word[:40]
    assert not Proposal.objects.exists()
    assert answered(teacher, signed(chosen(tool, claims, ITEMS))).status_code == 302


def test_an_answer_counts_once(college: World, tool: Tool, teacher: SchoolClient) -> None:
    claims = go_and_choose(teacher, tool, class_of(college))
    word = signed(chosen(tool, claims, ITEMS))
    assert answered(teacher, word).status_code == 302
    assert answered(teacher, word).status_code == 400
    assert answered(teacher, signed(chosen(tool, claims, ITEMS, nonce="n-10"))).status_code == 400
    # Another going, answered with a nonce that was shown already.
    again = go_and_choose(teacher, tool, class_of(college))
    assert answered(teacher, signed(chosen(tool, again, ITEMS))).status_code == 400
    assert Proposal.objects.count() == 1


def test_an_answer_that_waited_too_long_is_worth_nothing(
    college: World, tool: Tool, teacher: SchoolClient
) -> None:
    claims = go_and_choose(teacher, tool, class_of(college))
    later = NOW + rules.CHOICE_LIFE
    with time_machine.travel(later, tick=False):
        stamp = int(later.timestamp())
        word = signed(chosen(tool, claims, ITEMS, iat=stamp, exp=stamp + 60))
        assert answered(teacher, word).status_code == 400


def test_a_choice_is_read_by_whoever_made_it(
    college: World, twin: World, tool: Tool, teacher: SchoolClient, sits: Any
) -> None:
    claims = go_and_choose(teacher, tool, class_of(college))
    there = answered(teacher, signed(chosen(tool, claims, ITEMS)))["Location"]
    for browser in (
        sits("head"),
        sits("teacher_1"),
        sits("pupil"),
        SchoolClient().sit(twin.people["teacher"]),
    ):
        assert browser.get(there).status_code == 404
        assert browser.post(there, {"items": ["0"]}).status_code == 404
    assert not Activity.objects.filter(title__startswith="Série").exists()


def test_whoever_is_in_charge_no_more_gives_nothing(
    college: World, tool: Tool, teacher: SchoolClient
) -> None:
    group = class_of(college)
    claims = go_and_choose(teacher, tool, group)
    there = answered(teacher, signed(chosen(tool, claims, ITEMS)))["Location"]
    Assignment.objects.filter(teacher=college.people["teacher"], group=group).update(ends=NOW.date())
    teacher.post(there, {"items": ["0"]})
    assert not Activity.objects.filter(title__startswith="Série").exists()
    mine = Assignment.objects.filter(teacher=college.people["teacher"]).values("group")
    other = another_class(college)
    Assignment.objects.filter(teacher=college.people["teacher"], group=other).update(ends=NOW.date())
    assert mine is not None
    answer = teacher.post("/activites/ajouter/", {"group": str(other.pk), "tool": tool.service.public_id})
    assert answer.status_code == 422


def test_a_service_in_which_nothing_is_chosen_gives_its_first_page(
    college: World, teacher: SchoolClient
) -> None:
    tool = linked(college, chooses=False)
    typed = {"group": str(class_of(college).pk), "tool": tool.service.public_id}
    page = teacher.post("/activites/ajouter/", typed)
    assert page.status_code == 422 and "ce que lisent les élèves" in page.content.decode()
    page = teacher.post("/activites/ajouter/", typed | {"title": "Découvrir", "due_on": "2026-11-01"})
    assert page.status_code == 422 and "Ce jour est passé" in page.content.decode()
    for _turn in "ab":
        assert (
            teacher.post(
                "/activites/ajouter/", typed | {"title": "Découvrir", "due_on": "2026-12-01"}
            ).status_code
            == 302
        )
    assert Activity.objects.get(title="Découvrir").target == ""
    assert not Passage.objects.exists()


def test_only_a_teacher_of_the_class_goes_and_chooses(college: World, tool: Tool, sits: Any) -> None:
    for key in ("pupil", "guardian", "head", "cpe"):
        assert sits(key).post("/activites/ajouter/", {}).status_code == 403
    other = sits("teacher_1")
    page = other.post(
        "/activites/ajouter/", {"group": str(class_of(college).pk), "tool": tool.service.public_id}
    )
    taught = Assignment.objects.filter(teacher=college.people["teacher_1"], group=class_of(college)).exists()
    assert page.status_code == (200 if taught else 422)


def test_a_hint_to_choose_is_worth_nothing_to_another(
    college: World, tool: Tool, teacher: SchoolClient, sits: Any
) -> None:
    page = teacher.post(
        "/activites/ajouter/", {"group": str(class_of(college).pk), "tool": tool.service.public_id}
    )
    parameters = began(page)
    assert parameters["target_link_uri"] == OPENED
    assert come(sits("pupil"), parameters).status_code == 400
    assert come(sits("teacher_1"), parameters).status_code == 400
