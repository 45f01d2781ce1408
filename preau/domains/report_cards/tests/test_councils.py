"""A council: a pupil a screen, decisions nobody overwrites, what a room sees, the minutes."""

import re
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Group, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.report_cards.actions import councils
from preau.domains.report_cards.actions.writing import CouncilClosed
from preau.domains.report_cards.models import Appreciation, CardPolicy, Council, Decision
from preau.domains.report_cards.queries import councils as queries
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.tests.scene import (
    GENERAL,
    LIFE,
    classmate_of,
    clean,
    own_class,
    passage_of,
    period_of,
    write,
)
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
KEYS = ("teacher", "teacher_1", "head", "cpe", "secretary", "pupil", "guardian")


@pytest.fixture
def pupil(college: World) -> Person:
    clean(college)
    found: Person = college.people["pupil"]
    return found


def address(name: str, group: Group, pupil: Person | None = None) -> str:
    return reverse(f"report_cards:{name}", kwargs={"pk": group.pk}) + (
        f"?eleve={pupil.public_id}" if pupil else ""
    )


def those(seat_of: Any, rule: Any, *about: Any) -> set[str]:
    return {key for key in KEYS if rule(seat_of(key), *about)}


def test_who_reads_a_council_and_who_runs_it(college: World, seat_of: Any) -> None:
    group = own_class(college)
    assert those(seat_of, access.reads_council, group) == {"teacher", "head", "cpe"}
    assert those(seat_of, access.runs_council, group) == {"teacher", "head"}
    assert those(seat_of, access.opens_again, group) == {"head"}
    Assignment.objects.filter(group=group, kind=Assignment.Kind.HEAD_TEACHER).delete()
    assert those(seat_of, access.reads_council, group) == {"head", "cpe"}
    assert those(seat_of, access.runs_council, group) == {"head"}
    group.kind = Group.Kind.GROUP
    assert those(seat_of, access.reads_council, group) == set()


def test_who_takes_part(holder: Any) -> None:
    reading = {role for role in Role if access.takes_part(holder(role))}
    assert reading == {Role.TEACHER, Role.SCHOOL_LIFE, Role.HEAD}
    assert {role for role in Role if access.reads_every(holder(role))} == {Role.SCHOOL_LIFE, Role.HEAD}
    assert {role for role in Role if access.settles(holder(role))} == {Role.HEAD}


def test_a_decision_is_not_overwritten_unseen(college: World, pupil: Person, seat_of: Any) -> None:
    group, period = own_class(college), period_of(college)
    assert councils.decide(seat_of("head"), group, period, pupil, "Compliments", 0)
    assert not councils.decide(seat_of("teacher"), group, period, pupil, "Compliments", 0)
    with pytest.raises(councils.DecisionConflict):
        councils.decide(seat_of("teacher"), group, period, pupil, "Félicitations", 0)
    assert councils.decide(seat_of("teacher"), group, period, pupil, "Félicitations", 1)
    assert Decision.objects.get(pupil=pupil).version == 2
    assert Line.objects.filter(verb="report_cards.pupil_decided", subject_id=pupil.pk).count() == 2


def test_that_nothing_is_given_is_a_decision_too(college: World, pupil: Person, seat_of: Any) -> None:
    group, period = own_class(college), period_of(college)
    assert councils.decide(seat_of("head"), group, period, pupil, "", 0)
    room = queries.room_of(seat_of("head"), group, period)
    assert room.seen == 1 and room.counted == []


def test_a_closed_council_decides_no_more(college: World, pupil: Person, seat_of: Any) -> None:
    group, period, head = own_class(college), period_of(college), seat_of("head")
    councils.close(head, group, period)
    with pytest.raises(CouncilClosed):
        councils.decide(head, group, period, pupil, "Compliments", 0)
    with pytest.raises(councils.AlreadyDone):
        councils.close(head, group, period)
    councils.reopen(head, group, period)
    with pytest.raises(councils.AlreadyDone):
        councils.reopen(head, group, period)
    assert councils.decide(head, group, period, pupil, "Compliments", 0)


def test_a_decision_keeps_its_word_when_the_school_changes_them(
    college: World, pupil: Person, seat_of: Any
) -> None:
    group, period, head = own_class(college), period_of(college), seat_of("head")
    councils.decide(head, group, period, pupil, "Compliments", 0)
    CardPolicy.objects.update_or_create(school=college.school, defaults={"distinctions": ["Bravo"]})
    room = queries.room_of(head, group, period)
    seat = room.seat_of(pupil.public_id)
    assert seat and room.words_for(seat) == ["Bravo", "Compliments"]
    assert room.counted == [("Compliments", 1)]


def test_a_council_goes_from_pupil_to_pupil(college: World, pupil: Person, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    group, period = own_class(college), period_of(college)
    opened = client.post(address("decide", group))
    council = Council.objects.get(group=group, period=period)
    first = council.shown
    assert first and f"eleve={first.public_id}" in opened.url
    data = {"texte": "Un trimestre solide.", "version": "0", "decided": "0", "mention": "Compliments"}
    typed = data | {"eleve": first.public_id, "valider": "1"}
    after = client.post(address("decide", group), typed)
    council.refresh_from_db()
    assert council.shown != first and f"eleve={council.shown.public_id}" in after.url
    assert Decision.objects.get(pupil=first).distinction == "Compliments"
    assert Appreciation.objects.get(pupil=first, kind="general").text == "Un trimestre solide."
    # Going elsewhere keeps what is typed, and decides nothing unless something is chosen: « Aucune mention » is chosen too.
    here = council.shown
    away = {"eleve": here.public_id, "texte": "À suivre.", "version": "0", "decided": "0"}
    away["aller"] = str(first.public_id)
    client.post(address("decide", group), away)
    assert Appreciation.objects.get(pupil=here, kind="general").text == "À suivre."
    assert not Decision.objects.filter(pupil=here).exists()
    client.post(address("decide", group), away | {"version": "1", "mention": ""})
    assert Decision.objects.get(pupil=here).distinction == ""


def test_the_last_pupil_leads_back_to_the_council(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["head"])
    group, period = own_class(college), period_of(college)
    last = queries.room_of(seat_of("head"), group, period).seats[-1].pupil
    data = {
        "eleve": last.public_id,
        "texte": "",
        "version": "0",
        "decided": "0",
        "mention": "",
        "valider": "1",
    }
    assert client.post(address("decide", group), data).url.startswith(address("council", group))


def test_nothing_is_decided_of_a_pupil_before_somebody_chooses(
    college: World, pupil: Person, client: SchoolClient
) -> None:
    client.sit(college.people["head"])
    group, period = own_class(college), period_of(college)
    page = client.get(address("pupil", group, pupil)).content.decode()
    assert 'name="mention"' in page and not re.search(r'name="mention"[^>]*checked', page)
    typed = {"eleve": pupil.public_id, "texte": "À suivre.", "version": "0", "decided": "0", "valider": "1"}
    refused = client.post(address("decide", group), typed)
    assert refused.status_code == 422 and "Choisissez ce que le conseil décide" in refused.content.decode()
    assert "À suivre." in refused.content.decode() and not Decision.objects.filter(pupil=pupil).exists()
    assert client.post(address("decide", group), typed | {"mention": ""}).status_code == 302
    assert Decision.objects.get(pupil=pupil, council__period=period).distinction == ""
    page = client.get(address("pupil", group, pupil)).content.decode()
    assert re.search(r'name="mention"[^>]*value=""[^>]*checked|checked[^>]*name="mention"[^>]*value=""', page)


def test_two_people_type_in_one_council(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    group, period = own_class(college), period_of(college)
    write(seat_of("teacher"), college, GENERAL, pupil, "Mots du professeur.")
    councils.decide(seat_of("teacher"), group, period, pupil, "Encouragements", 0)
    client.sit(college.people["head"])
    data = {
        "eleve": pupil.public_id,
        "texte": "Mots de la direction.",
        "version": "0",
        "decided": "0",
        "mention": "Compliments",
        "valider": "1",
    }
    answer = client.post(address("decide", group), data)
    held = answer.content.decode()
    assert answer.status_code == 409 and "Mots du professeur." in held and "Mots de la direction." in held
    again = client.post(address("decide", group), data | {"version": "1"})
    assert again.status_code == 409 and "Encouragements" in again.content.decode()
    last = client.post(address("decide", group), data | {"version": "2", "decided": "1"})
    assert last.status_code == 302 and Decision.objects.get(pupil=pupil).distinction == "Compliments"


def test_school_life_reads_a_council_and_changes_nothing(
    college: World, pupil: Person, client: SchoolClient
) -> None:
    client.sit(college.people["cpe"])
    group = own_class(college)
    assert client.get(address("pupil", group, pupil)).status_code == 200
    data = {
        "eleve": pupil.public_id,
        "texte": "X",
        "version": "0",
        "decided": "0",
        "mention": "",
        "valider": "1",
    }
    assert client.post(address("decide", group), data).status_code == 403
    assert client.post(address("describe", group), {"present": "Moi"}).status_code == 403
    assert client.post(address("close", group)).status_code == 403
    assert not Decision.objects.filter(pupil=pupil).exists()


def test_the_head_alone_opens_a_council_again(college: World, client: SchoolClient) -> None:
    clean(college)
    group = own_class(college)
    client.sit(college.people["teacher"])
    assert client.post(address("close", group)).status_code == 302
    assert client.post(address("close", group), {"sens": "rouvrir"}).status_code == 403
    client.sit(college.people["head"])
    assert client.post(address("close", group), {"sens": "rouvrir"}).status_code == 302
    assert Council.objects.get(group=group).held_at is None


def test_a_room_sees_the_pupil_of_whom_one_speaks_and_nobody_else(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    group, period, head = own_class(college), period_of(college), seat_of("head")
    other = classmate_of(college)
    write(seat_of("teacher"), college, GENERAL, pupil, "Un trimestre solide.")
    write(seat_of("teacher"), college, passage_of(college), pupil, "De bons calculs.")
    write(seat_of("cpe"), college, LIFE, pupil, "Suivi à l’infirmerie.")
    councils.decide(head, group, period, other, "Mise en garde, travail", 0)
    councils.decide(head, group, period, pupil, "Compliments", 0)
    client.sit(college.people["head"])
    assert "Un trimestre solide." not in client.get(address("screen", group)).content.decode()
    councils.show(head, group, period, pupil)
    held = client.get(address("screen", group)).content.decode()
    for shown in (pupil.full_name, "Un trimestre solide.", "De bons calculs.", "Compliments"):
        assert shown in held, shown
    others = [seat.pupil for seat in queries.room_of(head, group, period).seats if seat.pupil.pk != pupil.pk]
    for hidden in (
        "Mise en garde",
        "infirmerie",
        "Vie scolaire",
        "Absences",
        "cloche",
        *(one.full_name for one in others),
    ):
        assert hidden not in held, hidden


def test_the_projected_page_is_heard_by_who_reads_the_council(
    college: World, pupil: Person, seat_of: Any
) -> None:
    group, period = own_class(college), period_of(college)
    councils.show(seat_of("head"), group, period, pupil)
    council = Council.objects.get(group=group, period=period)
    assert those(seat_of, access.hears_council, council.pk) == {"teacher", "head", "cpe"}


def test_minutes_say_what_was_decided(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    group, period, head = own_class(college), period_of(college), seat_of("head")
    write(seat_of("teacher"), college, GENERAL, pupil, "Un trimestre solide.")
    councils.decide(head, group, period, pupil, "Compliments", 0)
    councils.describe(head, group, period, councils.Facts(None, "Toute l’équipe", "Une classe vive."))
    client.sit(college.people["teacher"])
    held = client.get(address("minutes", group)).content.decode()
    for text in ("Compliments", "Un trimestre solide.", "Toute l’équipe", "Une classe vive."):
        assert text in held, text


@pytest.mark.skipif(not pdf.is_possible(), reason="this machine makes no PDF")
def test_minutes_are_a_paper_too(college: World, pupil: Person, seat_of: Any) -> None:
    from preau.domains.report_cards.exports.minutes import minutes_pdf  # noqa: PLC0415 - where a PDF is possible

    head, group, period = seat_of("head"), own_class(college), period_of(college)
    room = queries.room_of(head, group, period)
    context = {"school": college.school, "group": group, "period": period, "room": room}
    paper = minutes_pdf(context | {"lines": queries.minutes_of(head, room)})
    assert paper.startswith(b"%PDF")


def test_the_twin_reads_nothing_of_it(college: World, twin: World, pupil: Person, seat_of: Any) -> None:
    group, period = own_class(college), period_of(college)
    councils.decide(seat_of("head"), group, period, pupil, "Compliments", 0)
    for key in ("head", "cpe", "teacher"):
        assert not Decision.objects.visible_to(seat_of(key, world=twin)).filter(pupil=pupil).exists()
    for key in ("pupil", "guardian", "secretary", "teacher_1"):
        assert not Decision.objects.visible_to(seat_of(key)).exists(), key
        assert not Council.objects.visible_to(seat_of(key)).exists(), key


def test_absences_are_those_of_the_register(college: World, pupil: Person, seat_of: Any) -> None:
    period = period_of(college)
    missed = queries.missed_of(seat_of("head"), period, pupil)
    assert missed and missed.half_days >= missed.unexcused >= 0
