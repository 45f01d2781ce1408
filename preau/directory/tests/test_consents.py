"""Consents: off by default, each for themselves, revoked at once, asked again; parents of a pupil of age."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory import tasks
from preau.directory.actions import consents as actions
from preau.directory.boards import Purpose, purposes
from preau.directory.models import (
    Assignment,
    Consent,
    ConsentRequest,
    FamilyClosure,
    Group,
    Guardianship,
    Person,
    SchoolYear,
)
from preau.directory.queries import consents as queries
from preau.directory.rules import consents as rules
from preau.directory.rules.authority import Tie
from preau.directory.rules.consents import State
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Authority, Kinship
from preau.foundation.awaited import awaited_of
from preau.foundation.boards import Awaited, Nature

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
PUPIL, ONE, TWO = 1, 2, 3


def purpose(nature: Nature, *, until_majority: bool) -> Purpose:
    return Purpose("x", "x", "x", "x", "x", "x", nature, until_majority=until_majority)


# Rules, against a reference that knows nothing of them


def reference(
    age: int | None,
    nature: Nature,
    until_majority: bool,
    ties: dict[int, tuple[Authority, bool]],
    answers: dict[int, bool],
) -> bool:
    """May it be done? Written from the sentences of decision 112."""
    grown = age is not None and age >= (18 if until_majority else 15)
    if answers.get(PUPIL) is not True:
        return False
    if grown:
        return True
    legal = {one for one, (authority, barred) in ties.items() if authority == Authority.LEGAL and not barred}
    usual = legal | {
        one for one, (authority, barred) in ties.items() if authority == Authority.IN_CHARGE and not barred
    }
    somebody_barred = any(authority == Authority.LEGAL and barred for authority, barred in ties.values())
    if nature == Nature.NON_USUAL:
        return bool(legal) and not somebody_barred and all(answers.get(one) is True for one in legal)
    words = [answers[one] for one in usual if one in answers]
    return True in words and False not in words


@given(
    age=st.one_of(st.none(), st.integers(2, 25)),
    nature=st.sampled_from([Nature.USUAL, Nature.NON_USUAL]),
    until_majority=st.booleans(),
    ties=st.dictionaries(
        st.sampled_from([ONE, TWO]), st.tuples(st.sampled_from(list(Authority)), st.booleans())
    ),
    said=st.dictionaries(st.sampled_from([PUPIL, ONE, TWO]), st.booleans()),
)
def test_what_words_amount_to(
    age: int | None,
    nature: Nature,
    until_majority: bool,
    ties: dict[int, tuple[Authority, bool]],
    said: dict[int, bool],
) -> None:
    held = [Tie(one, authority, Kinship.PARENT, barred=barred) for one, (authority, barred) in ties.items()]
    needed = rules.needed_for(purpose(nature, until_majority=until_majority), held, pupil=PUPIL, age=age)
    state = rules.state_of(needed, PUPIL, said)
    assert (state == State.YES) is reference(age, nature, until_majority, ties, said)
    counted = {PUPIL, *needed.deciders}
    if any(said.get(one) is False for one in counted):
        assert state == State.NO or (state == State.UNSETTLED and said.get(PUPIL) is not False)
    if not said:
        assert state != State.YES


# A question and its answers


@pytest.fixture
def asked(college: World, seat_of: Any) -> ConsentRequest:
    """Asked of the whole school, with a project in words."""
    request, is_new = actions.ask(seat_of("cpe"), _purpose("image"), words="Photos de la fête, sur le site.")
    assert is_new
    return request


def _purpose(key: str) -> Purpose:
    found = purposes.named(key)
    assert found
    return found


def born(college: World, day: date | None) -> Person:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(birth_date=day)
    pupil.refresh_from_db()
    return pupil


def page_of(college: World) -> str:
    return f"/autorisations/{college.people['pupil'].public_id}/"


def say(client: SchoolClient, college: World, asked: ConsentRequest, key: str, answer: str) -> Any:
    client.sit(college.people[key])
    return client.post(page_of(college), {"demande": asked.pk, "reponse": answer})


def may_appear(asked: ConsentRequest, college: World, day: date = TODAY) -> bool:
    asked = ConsentRequest.objects.select_related("school").get(pk=asked.pk)
    pupil = Person.objects.get(pk=college.people["pupil"].pk)
    return pupil.pk in queries.may_be_published(asked, [pupil], day)


def test_nothing_is_allowed_before_everyone_said_yes(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    assert not may_appear(asked, college), "off by default"
    for key in ("guardian", "pupil"):
        assert say(client, college, asked, key, "yes").status_code == 302
        assert not may_appear(asked, college)
    say(client, college, asked, "other_guardian", "yes")
    assert may_appear(asked, college)


def test_one_word_takes_it_all_back_at_once_and_nothing_is_erased(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    for key in ("pupil", "guardian", "other_guardian"):
        say(client, college, asked, key, "yes")
    say(client, college, asked, "other_guardian", "no")
    assert not may_appear(asked, college)
    notices = Item.objects.filter(kind=actions.REVOKED)
    assert college.people["cpe"].pk in set(notices.values_list("person_id", flat=True))
    assert not notices.filter(person=college.people["guardian"]).exists(), (
        "who took it back is not told to the other"
    )
    rows = Consent.objects.filter(giver=college.people["other_guardian"]).order_by("pk")
    assert [row.answer for row in rows] == ["yes", "no"], "history is kept"
    say(client, college, asked, "other_guardian", "no")
    assert rows.count() == 2, "the same word again writes nothing"


def test_separated_parents_read_nothing_of_each_other(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    for key in ("pupil", "guardian"):
        say(client, college, asked, key, "yes")
    client.sit(college.people["guardian"])
    client.get(page_of(college))  # what was said of the answer is read once
    silent = client.get(page_of(college)).content.decode()
    say(client, college, asked, "other_guardian", "no")
    client.sit(college.people["guardian"])
    client.get(page_of(college))
    refused = client.get(page_of(college)).content.decode()
    strip = lambda page: page.split("<main")[1].split("</main")[0].split("csrf")[0]  # noqa: E731
    assert strip(silent) == strip(refused), "a refusal and a silence of the other look alike"
    assert "Votre oui est noté" in refused and "Pas autorisé" not in refused
    assert "Rien ne se fait tant que tous ceux qui doivent répondre n’ont pas dit oui." in refused
    # The words of the law come after what is asked.
    assert refused.index('name="reponse"') < refused.index("article 6.1.a")
    everything = client.get("/autorisations/").content.decode()
    assert "rien ne se fait avant que tous aient dit oui" in everything
    assert college.people["other_guardian"].full_name not in refused
    assert not Consent.objects.visible_to(_viewer(college, "guardian")).exclude(
        giver=college.people["guardian"]
    )


def test_the_refusal_of_a_child_looks_like_a_silence_to_a_parent(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    """Where both parents must agree, and where the file keeps it from being settled."""
    main = lambda page: page.split("<main")[1].split("</main")[0].split("csrf")[0]  # noqa: E731
    for barred in (False, True):
        Consent.objects.all().delete()
        ties = Guardianship.objects.filter(pupil=college.people["pupil"])
        ties.exclude(guardian=college.people["guardian"]).update(may_not_be_informed=barred)
        say(client, college, asked, "guardian", "yes")
        client.get(page_of(college))
        silent = client.get(page_of(college)).content.decode()
        say(client, college, asked, "pupil", "no")
        refused = client.sit(college.people["guardian"]).get(page_of(college)).content.decode()
        assert main(silent) == main(refused), barred


def test_a_pupil_does_not_read_that_a_parent_answered(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    say(client, college, asked, "pupil", "yes")
    say(client, college, asked, "other_guardian", "no")
    client.sit(college.people["pupil"])
    page = client.get("/mes-donnees/directory-consent/").content.decode()
    assert "D’accord" in page, "their own word"
    assert page.count("timeline-when") == 1 and "Pas d’accord" not in page and "comme responsable" not in page
    journal = client.get("/mes-donnees/journal-line/").content.decode()
    assert journal.count("Réponse à une autorisation") == 1, "their own alone"
    client.sit(college.people["other_guardian"])
    child = {"pour": college.people["pupil"].public_id}
    assert "Pas d’accord" in client.get("/mes-donnees/directory-consent/", child).content.decode()


def _viewer(college: World, key: str, seat: str = "") -> Any:
    person = college.people[key]
    return viewer_for(person, person.account.pk, NOW, seat)


def test_whose_word_does_not_count_is_refused(college: World, asked: ConsentRequest, seat_of: Any) -> None:
    pupil = born(college, date(2008, 11, 24))
    with pytest.raises(actions.NotAsked):
        actions.answer(seat_of("guardian"), asked, pupil, agrees=True)
    with pytest.raises(actions.NotAsked):
        actions.answer(seat_of("cpe"), asked, pupil, agrees=True)
    actions.close(seat_of("cpe"), asked)
    with pytest.raises(actions.NotAsked):
        actions.answer(seat_of("pupil"), asked, pupil, agrees=True)
    assert not Consent.objects.exists()


def test_a_request_of_another_school_is_not_found(college: World, twin: World, client: SchoolClient) -> None:
    theirs, _ = actions.ask(
        viewer_for(twin.people["head"], twin.people["head"].account.pk, NOW),  # type: ignore[arg-type]
        _purpose("image"),
        words="La leur.",
    )
    client.sit(college.people["pupil"])
    response = client.post(page_of(college), {"demande": theirs.pk, "reponse": "yes"})
    assert response.status_code == 409 and not Consent.objects.exists()


# Days of birth


@pytest.mark.parametrize(
    ("birth", "last_day_before"),
    [(date(2008, 11, 25), date(2026, 11, 24)), (date(2008, 2, 29), date(2026, 2, 28))],
)
def test_at_eighteen_the_pupil_alone_from_that_midnight(
    birth: date, last_day_before: date, college: World, asked: ConsentRequest, seat_of: Any
) -> None:
    pupil = born(college, birth)
    Consent.objects.create(request=asked, person=pupil, giver=pupil, part="own", answer="yes", given_at=NOW)
    Consent.objects.create(
        request=asked,
        person=pupil,
        giver=college.people["guardian"],
        part="guardian",
        answer="no",
        given_at=NOW,
    )
    assert not may_appear(asked, college, last_day_before)
    assert may_appear(asked, college, last_day_before + timedelta(days=1))


@pytest.mark.parametrize("birth", [date(2011, 11, 25), date(2012, 2, 29)])
def test_at_fifteen_the_pupil_alone_for_data_and_not_for_their_image(birth: date) -> None:
    pupil = Person(birth_date=birth)
    day = date(2026, 11, 25) if birth.month == 11 else date(2027, 3, 1)
    ties = [Tie(ONE, Authority.LEGAL, Kinship.MOTHER)]
    for on, alone in ((day - timedelta(days=1), False), (day, True)):
        age = pupil.age_on(on)
        data = rules.needed_for(purpose(Nature.USUAL, until_majority=False), ties, pupil=PUPIL, age=age)
        image = rules.needed_for(purpose(Nature.NON_USUAL, until_majority=True), ties, pupil=PUPIL, age=age)
        assert (data.guardians is None) is alone
        assert image.guardians is not None


def test_midnight_is_that_of_the_school(
    college: World, client: SchoolClient, asked: ConsentRequest, clock: time_machine.Traveller
) -> None:
    """In La Réunion it is the 25th at 21:00 in Paris."""
    college.school.timezone = "Indian/Reunion"
    college.school.save()
    pupil = born(college, date(2008, 11, 25))
    clock.move_to(NOW.replace(hour=20, minute=59))
    assert _seat_today(pupil) == date(2026, 11, 24)
    clock.move_to(NOW.replace(hour=21, minute=1))
    assert _seat_today(pupil) == date(2026, 11, 25)
    assert client.sit(pupil).get("/autorisations/mes-parents/").status_code == 200


def _seat_today(pupil: Person) -> date:
    viewer = viewer_for(pupil, pupil.account.pk, timezone.now())
    assert viewer
    return viewer.today


# The school


def test_asking_tells_whoever_must_answer_once(college: World, asked: ConsentRequest) -> None:
    actions.tell(asked.pk, "")
    actions.tell(asked.pk, "")
    notices = Item.objects.filter(kind=actions.ASKED, about=college.people["pupil"])
    assert set(notices.values_list("person_id", flat=True)) == {
        college.people[key].pk for key in ("pupil", "guardian", "other_guardian")
    }
    assert notices.count() == 3


def test_a_question_of_a_year_that_is_over_is_told_to_nobody(college: World, asked: ConsentRequest) -> None:
    over = SchoolYear.objects.create(
        school=college.school, name="2025-2026", starts=date(2025, 9, 1), ends=date(2026, 7, 4)
    )
    ConsentRequest.objects.filter(pk=asked.pk).update(year=over)
    assert actions.tell(asked.pk, "") == 0
    assert not Item.objects.filter(kind=actions.ASKED).exists()


def test_a_reminder_leaves_once_a_week_and_to_the_silent_alone(
    college: World, client: SchoolClient, asked: ConsentRequest, seat_of: Any, clock: time_machine.Traveller
) -> None:
    with pytest.raises(actions.TooSoon):
        actions.remind(seat_of("cpe"), asked)
    say(client, college, asked, "guardian", "yes")
    clock.shift(timedelta(days=7))
    actions.remind(seat_of("cpe"), asked)
    with pytest.raises(actions.TooSoon):
        actions.remind(seat_of("cpe"), asked)
    pairs = queries.to_tell(asked, TODAY)
    assert (college.people["pupil"].pk, college.people["guardian"].pk) not in pairs
    assert (college.people["pupil"].pk, college.people["other_guardian"].pk) in pairs


def test_other_words_are_another_question(college: World, asked: ConsentRequest, seat_of: Any) -> None:
    again, is_new = actions.ask(seat_of("cpe"), _purpose("image"), words=asked.words)
    assert again == asked and not is_new
    other, is_new = actions.ask(seat_of("cpe"), _purpose("image"), words="Film du voyage.")
    assert is_new and other != asked


def test_a_new_year_asks_again(college: World, client: SchoolClient, asked: ConsentRequest) -> None:
    for key in ("pupil", "guardian", "other_guardian"):
        say(client, college, asked, key, "yes")
    assert may_appear(asked, college)
    year = college.school.years.create(name="2027-2028", starts=date(2027, 9, 1), ends=date(2028, 7, 7))
    college.school.current_year = year
    college.school.save()
    assert not may_appear(asked, college)


@pytest.mark.parametrize("end", ["closed", "another year"])
def test_what_is_asked_no_more_is_said_to_allow_nothing(
    college: World, client: SchoolClient, asked: ConsentRequest, seat_of: Any, end: str
) -> None:
    for key in ("pupil", "guardian", "other_guardian"):
        say(client, college, asked, key, "yes")
    if end == "closed":
        actions.close(seat_of("cpe"), asked)
    else:
        year = college.school.years.create(name="2027-2028", starts=date(2027, 9, 1), ends=date(2028, 7, 7))
        college.school.current_year = year
        college.school.save()
    pupil, address = college.people["pupil"], f"/autorisations/etablissement/{asked.pk}/"
    client.sit(college.people["secretary"])
    page = client.get(address).content.decode()
    assert "Plus demandée" in page and "Oui" not in page.split("<main")[1]
    paper = client.get(f"{address}papier/", {"eleve": pupil.public_id}).content.decode()
    assert "n’est plus demandée" in paper and "Oui" not in paper.split("<main")[1]
    for gesture in ("exporter", "papiers"):
        answer = client.post(f"{address}{gesture}/", follow=True)
        assert "Cette autorisation n’est plus demandée." in answer.content.decode(), gesture
    with pytest.raises(actions.NotAsked):
        actions.remind(seat_of("cpe", at=NOW + timedelta(days=8)), asked)


def test_a_pupil_is_found_whatever_byte_came_with_them(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    """PostgreSQL takes no NUL in a text."""
    client.sit(college.people["secretary"])
    pupil = college.people["pupil"].public_id
    address = f"/autorisations/etablissement/{asked.pk}/papier/?eleve="
    assert client.get(f"{address}%00").status_code == 302
    assert client.get(f"{address}{pupil}%00").status_code == 200


def test_a_paper_is_noted_for_whoever_signed_and_they_are_told(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    pupil, father = college.people["pupil"], college.people["other_guardian"]
    client.sit(college.people["cpe"])
    address = f"/autorisations/etablissement/{asked.pk}/papier/?eleve={pupil.public_id}"
    assert father.full_name in client.get(address).content.decode()
    assert (
        client.post(address, {"eleve": pupil.public_id, "signe": "personne", "reponse": "yes"}).status_code
        == 422
    )
    assert (
        client.post(
            address, {"eleve": pupil.public_id, "signe": father.public_id, "reponse": "yes"}
        ).status_code
        == 302
    )
    row = Consent.objects.get()
    assert (row.giver, row.noted_by, row.way, row.part) == (
        father,
        college.people["cpe"],
        "paper",
        "guardian",
    )
    assert Item.objects.filter(kind=actions.NOTED, person=father).count() == 1
    line = Line.objects.get(verb="directory.consent_said")
    assert (line.actor_id, line.subject_id) == (college.people["cpe"].pk, pupil.pk)


def test_the_list_costs_the_same_however_many(college: World, asked: ConsentRequest, seat_of: Any) -> None:
    viewer = seat_of("cpe")
    with CaptureQueriesContext(connection) as spent:
        rows = queries.rows_of(viewer, asked)
    assert len(rows) > 5 and len(spent) <= 4
    assert {row.state for row in rows} <= {State.WAITING, State.UNSETTLED}


def to_give(viewer: Viewer) -> list[Awaited]:
    return [one for one in awaited_of(viewer) if one.icon == "clipboard-check"]


def test_what_is_awaited_says_what_waits_and_costs_little(
    college: World, client: SchoolClient, seat_of: Any, django_assert_num_queries: Any
) -> None:
    mother, pupil = seat_of("guardian", "guardian"), seat_of("pupil")
    for viewer in (mother, pupil):
        with django_assert_num_queries(1):
            assert not to_give(viewer)
    asked, _ = actions.ask(seat_of("cpe"), _purpose("work"), words="Poèmes, dans le hall de la mairie.")
    with django_assert_num_queries(1):
        assert [one.title for one in to_give(mother)] == ["1 autorisation à donner"]
    with django_assert_num_queries(1):
        assert [one.about for one in to_give(pupil)] == [pupil.person.pk]
    say(client, college, asked, "guardian", "no")
    with django_assert_num_queries(1):
        assert not to_give(mother)
    assert to_give(pupil)
    say(client, college, asked, "pupil", "yes")
    assert not to_give(pupil)


def test_what_waits_for_an_answer_is_before_what_is_beside(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    actions.ask(seat_of("cpe"), _purpose("work"), words="Poèmes, dans le hall de la mairie.")
    for key in ("guardian", "pupil"):
        page = client.sit(college.people[key]).get("/").content.decode()
        assert page.index("On attend votre réponse") < page.index("<aside"), key
        assert "1 autorisation à donner" in client.get("/a-repondre/").content.decode(), key


def test_whose_word_does_not_count_is_awaited_for_nothing(college: World, seat_of: Any) -> None:
    actions.ask(seat_of("cpe"), _purpose("work"), words="Poèmes, dans le hall de la mairie.")
    born(college, date(2008, 11, 24))
    mother = seat_of("guardian", "guardian")
    people = queries.asked_about(mother, queries.own_people(mother))
    assert not any(question.answers for one in people for question in one.questions)
    assert to_give(seat_of("pupil"))


def test_a_teacher_reads_yes_or_no_and_never_why(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    group = Group.objects.get(
        year=college.year, kind=Group.Kind.CLASS, enrolments__pupil=college.people["pupil"]
    )
    say(client, college, asked, "pupil", "no")
    client.sit(college.people["teacher"])
    assert client.get(f"/annuaire/classes/{group.pk}/autorisations/").status_code == 200
    assert client.get(f"/autorisations/etablissement/{asked.pk}/").status_code == 403
    assert not Consent.objects.visible_to(_viewer(college, "teacher")).exists()


def test_the_export_is_of_the_school_alone(
    college: World, twin: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    client.sit(college.people["secretary"])
    response = client.post(f"/autorisations/etablissement/{asked.pk}/exporter/")
    text = b"".join(response.streaming_content).decode()
    assert college.people["pupil"].family_name in text and twin.people["pupil"].family_name not in text
    assert Line.objects.filter(verb="directory.consents_exported").count() == 1


# Beside a child


def test_a_child_of_an_ecole_answers_beside_an_adult(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    college.school.kind = "ecole"
    college.school.save()
    pupil = college.people["pupil"]
    client.sit(college.people["guardian"])
    address = f"{page_of(college)}ensemble/"
    assert "es-tu d’accord" in client.get(address).content.decode()
    assert client.post(address, {"demande": asked.pk, "reponse": "yes"}).status_code == 302
    row = Consent.objects.get()
    assert (row.giver, row.part, row.way, row.noted_by) == (
        pupil,
        "own",
        "beside",
        college.people["guardian"],
    )


def test_nobody_answers_for_a_pupil_who_has_an_account_of_their_own(
    college: World, client: SchoolClient, asked: ConsentRequest
) -> None:
    client.sit(college.people["guardian"])
    address = f"{page_of(college)}ensemble/"
    assert client.post(address, {"demande": asked.pk, "reponse": "yes"}).status_code == 403
    assert not Consent.objects.exists()


# From eighteen


def choose(client: SchoolClient, college: World, what: str) -> Any:
    client.sit(college.people["pupil"])
    return client.post("/autorisations/mes-parents/", {"choix": what})


def test_a_pupil_of_age_closes_and_reopens_their_parents_access(college: World, client: SchoolClient) -> None:
    pupil = born(college, date(2008, 11, 24))
    address = f"/annuaire/personnes/{pupil.public_id}/"
    client.sit(college.people["guardian"], "guardian")
    assert client.get(address).status_code == 200
    other = SchoolClient()
    assert choose(other, college, "fermer").status_code == 302
    assert client.get(address).status_code in {302, 403, 404}, "the very next request"
    assert not Guardianship.objects.informed(TODAY).of_another().filter(pupil=pupil).exists()
    for kind, key in ((actions.CLOSED, "guardian"), (actions.CLOSED_HERE, "cpe")):
        assert Item.objects.filter(kind=kind, person=college.people[key]).count() == 1
    choose(other, college, "fermer")
    assert FamilyClosure.objects.count() == 1
    choose(other, college, "ouvrir")
    client.sit(college.people["guardian"], "guardian")
    assert client.get(address).status_code == 200
    closure = FamilyClosure.objects.get()
    assert closure.reopened_at, "kept, dated"


def test_a_minor_closes_nothing(college: World, client: SchoolClient) -> None:
    born(college, date(2008, 11, 25))
    assert choose(client, college, "fermer").status_code == 403
    assert not FamilyClosure.objects.exists()


def test_coming_of_age_is_told_once_that_day(college: World, clock: time_machine.Traveller) -> None:
    pupil = born(college, date(2008, 11, 25))
    tasks.follow_ages.call()
    assert not Item.objects.filter(kind=actions.OF_AGE).exists()
    clock.move_to(NOW + timedelta(days=1))
    tasks.follow_ages.call()
    tasks.follow_ages.call()
    assert Item.objects.filter(kind=actions.OF_AGE, person=pupil).count() == 1
    parents = Item.objects.filter(kind=actions.CHILD_OF_AGE).values_list("person_id", flat=True)
    assert sorted(parents) == sorted(college.people[key].pk for key in ("guardian", "other_guardian"))


def test_what_a_parent_is_told_of_a_child_of_age_is_told_to_the_parent(
    college: World, client: SchoolClient, clock: time_machine.Traveller, seat_of: Any
) -> None:
    """A colleague who is the parent of another: not from their seat of the staff. Who follows nobody any more reads it
    wherever they sit."""
    teacher = college.people["teacher"]
    pupil = born(college, date(2008, 11, 25))
    Guardianship.objects.create(pupil=pupil, guardian=teacher, authority="legal", kinship="father")
    clock.move_to(NOW + timedelta(days=1))
    tasks.follow_ages.call()
    seen = {seat: told_there(seat_of("teacher", seat)) for seat in ("", "guardian")}
    assert (actions.CHILD_OF_AGE in seen[""], actions.CHILD_OF_AGE in seen["guardian"]) == (False, True)
    choose(client, college, "fermer")
    assert actions.CLOSED in told_there(seat_of("teacher"))


def told_there(viewer: Any) -> set[str]:
    return set(Item.objects.visible_to(viewer).values_list("kind", flat=True))


def test_a_corrected_birth_date_opens_a_minors_file_again(college: World, client: SchoolClient) -> None:
    pupil = born(college, date(2008, 11, 24))
    choose(client, college, "fermer")
    born(college, date(2010, 11, 24))
    tasks.follow_ages.call()
    assert Guardianship.objects.informed(TODAY).of_another().filter(pupil=pupil).exists()


def test_who_is_of_age_where_they_live_stays_so_while_paris_sleeps(
    college: World, client: SchoolClient, clock: time_machine.Traveller
) -> None:
    """In Nouméa it is the 25th at 08:00, in Paris still the 24th."""
    college.school.timezone = "Pacific/Noumea"
    college.school.save()
    born(college, date(2008, 11, 25))
    clock.move_to(NOW.replace(hour=21, minute=0))
    assert choose(client, college, "fermer").status_code == 302
    tasks.follow_ages.call()
    assert FamilyClosure.objects.filter(reopened_at=None).exists()


def test_an_erased_person_leaves_no_word(college: World, client: SchoolClient, asked: ConsentRequest) -> None:
    say(client, college, asked, "pupil", "yes")
    say(client, college, asked, "guardian", "yes")
    assert actions.forget_consents(college.people["pupil"].pk) == 2
    assert not Consent.objects.exists()


def test_who_asks_beside_a_child_of_an_ecole(college: World, twin: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    assert not rules.asks_beside(seat_of("guardian"), pupil), "a collégien answers alone"
    college.school.kind = "ecole"
    college.school.save()
    assert {
        key for key in ("head", "secretary", "cpe", "guardian") if rules.asks_beside(seat_of(key), pupil)
    } == {
        "head",
        "secretary",
        "cpe",
        "guardian",
    }
    # Whoever teaches them, and no other teacher; no pupil.
    teacher, group = college.people["teacher"], pupil.enrolments.get(group__kind="class").group
    Assignment.objects.filter(group=group, teacher=teacher).delete()
    assert not rules.asks_beside(seat_of("teacher"), pupil)
    as_another = Assignment.objects.filter(group=group)[0]
    as_another.pk, as_another.teacher = None, teacher
    as_another.save()
    assert rules.asks_beside(seat_of("teacher"), pupil)
    assert not rules.asks_beside(seat_of("pupil"), pupil)
