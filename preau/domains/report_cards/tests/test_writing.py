"""Appreciations: who writes them, nobody's words overwritten, nothing lost, and what is counted."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Person
from preau.directory.seeds.world import World
from preau.domains.report_cards.actions import councils, phrases, writing
from preau.domains.report_cards.models import Appreciation, CardPolicy, Phrase
from preau.domains.report_cards.queries import courses
from preau.domains.report_cards.rules import texts
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

pytestmark = pytest.mark.django_db
SOLID = "Un trimestre solide."


@pytest.fixture
def pupil(college: World) -> Person:
    clean(college)
    found: Person = college.people["pupil"]
    return found


def page(group: Group, query: str = "") -> str:
    return reverse("report_cards:write", kwargs={"pk": group.pk}) + query


def saving(group: Group, query: str = "") -> str:
    return reverse("report_cards:save", kwargs={"pk": group.pk}) + query


def test_a_text_is_kept_as_it_was_typed_and_said_once_in_the_journal(
    college: World, pupil: Person, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    first = write(teacher, college, passage_of(college), pupil, "  Un trimestre\r\nsolide.  ")
    assert first and (first.text, first.version) == ("Un trimestre\nsolide.", 1)
    again = write(teacher, college, passage_of(college), pupil, SOLID, 1)
    assert again and again.version == 2
    # The same hand goes on: one line for the gesture, however often the keyboard pauses.
    assert Line.objects.filter(verb="report_cards.appreciation_written").count() == 1


def test_what_is_already_as_typed_is_not_written(college: World, pupil: Person, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    write(teacher, college, passage_of(college), pupil, SOLID)
    same = write(teacher, college, passage_of(college), pupil, SOLID, 0)
    assert same and same.version == 1


def test_two_people_on_one_text_both_see_it_and_nobody_is_overwritten(
    college: World, pupil: Person, seat_of: Any
) -> None:
    write(seat_of("teacher"), college, GENERAL, pupil, SOLID)
    with pytest.raises(writing.TextConflict) as refused:
        write(seat_of("head"), college, GENERAL, pupil, "Autre chose.", 0)
    assert refused.value.there[pupil.pk].text == SOLID
    assert Appreciation.objects.get(pupil=pupil, kind="general").text == SOLID
    changed = write(seat_of("head"), college, GENERAL, pupil, "Autre chose.", 1)
    assert changed and changed.changed_by == college.people["head"]


def test_of_several_texts_all_are_kept_or_none(college: World, pupil: Person, seat_of: Any) -> None:
    teacher, other, passage = seat_of("teacher"), classmate_of(college), passage_of(college)
    write(teacher, college, passage, other, SOLID)
    both = [writing.Text(pupil.pk, "Bien.", 0), writing.Text(other.pk, "Bien.", 0)]
    with pytest.raises(writing.TextConflict):
        writing.write(teacher, own_class(college), period_of(college), passage, both)
    assert not Appreciation.objects.filter(pupil=pupil).exists()


@pytest.mark.parametrize(("length", "kept"), [(600, True), (601, False)])
def test_the_livret_takes_six_hundred_signs(
    college: World, pupil: Person, seat_of: Any, length: int, kept: bool
) -> None:
    if kept:
        assert write(seat_of("teacher"), college, passage_of(college), pupil, "a" * length)
        return
    with pytest.raises(texts.TooLong):
        write(seat_of("teacher"), college, passage_of(college), pupil, "a" * length)


def test_a_school_may_want_less(college: World, pupil: Person, seat_of: Any) -> None:
    CardPolicy.objects.update_or_create(school=college.school, defaults={"general_limit": 100})
    assert write(seat_of("teacher"), college, passage_of(college), pupil, "a" * 101)
    with pytest.raises(texts.TooLong):
        write(seat_of("teacher"), college, GENERAL, pupil, "a" * 101)


def test_a_closed_council_closes_its_texts_until_the_head_opens_it_again(
    college: World, pupil: Person, seat_of: Any
) -> None:
    teacher, head = seat_of("teacher"), seat_of("head")
    group, period = own_class(college), period_of(college)
    councils.close(teacher, group, period)
    with pytest.raises(writing.CouncilClosed):
        write(teacher, college, passage_of(college), pupil, SOLID)
    councils.reopen(head, group, period)
    assert write(teacher, college, passage_of(college), pupil, SOLID)


def test_nothing_is_written_of_somebody_elsewhere(college: World, pupil: Person, seat_of: Any) -> None:
    others = Enrolment.objects.filter(school=college.school, group__kind=Group.Kind.CLASS)
    stranger = others.exclude(group=own_class(college)).order_by("pk")[0].pupil
    with pytest.raises(writing.NotThere):
        write(seat_of("teacher"), college, passage_of(college), stranger, SOLID)


def test_a_teacher_reads_what_they_teach_and_their_class_and_the_life_of_school_reads_all(
    college: World, pupil: Person, seat_of: Any
) -> None:
    group = own_class(college)
    kinds = {
        key: [one.kind.value for one in courses.passages_of(seat_of(key), group)]
        for key in ("teacher", "head", "cpe", "teacher_1")
    }
    assert kinds["teacher"][0] == "subject" and kinds["teacher"][-2:] == ["general", "school_life"]
    assert kinds["head"] == kinds["cpe"] and kinds["head"][-1] == "school_life"
    assert kinds["teacher_1"] == []


def test_families_and_pupils_read_no_text_that_is_not_published(
    college: World, twin: World, pupil: Person, seat_of: Any
) -> None:
    text = write(seat_of("teacher"), college, passage_of(college), pupil, SOLID)
    assert text
    for key in ("pupil", "guardian", "secretary", "teacher_1"):
        assert text not in Appreciation.objects.visible_to(seat_of(key)), key
    for key in ("head", "cpe", "teacher"):
        assert text in Appreciation.objects.visible_to(seat_of(key)), key
        assert text not in Appreciation.objects.visible_to(seat_of(key, world=twin)), key


# Pages


def test_a_page_keeps_a_whole_class_at_once(college: World, pupil: Person, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    group, other = own_class(college), classmate_of(college)
    data = {
        f"texte-{pupil.pk}": SOLID,
        f"version-{pupil.pk}": "0",
        f"texte-{other.pk}": "Bien.",
        f"version-{other.pk}": "0",
    }
    assert client.post(page(group), data).status_code == 302
    assert Appreciation.objects.filter(period=period_of(college)).count() == 2
    assert SOLID in client.get(page(group)).content.decode()


def test_a_page_shows_what_a_colleague_wrote_and_keeps_what_was_typed(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    write(seat_of("head"), college, GENERAL, pupil, "Mots de la direction.")
    client.sit(college.people["teacher"])
    group = own_class(college)
    data = {f"texte-{pupil.pk}": SOLID, f"version-{pupil.pk}": "0"}
    answer = client.post(page(group, "?sur=generale"), data)
    held = answer.content.decode()
    assert answer.status_code == 409 and "Mots de la direction." in held and SOLID in held
    # What they wrote was shown: sent again, it is replaced.
    again = data | {f"version-{pupil.pk}": "1"}
    assert client.post(page(group, "?sur=generale"), again).status_code == 302
    assert Appreciation.objects.get(pupil=pupil, kind="general").text == SOLID


def test_a_text_too_long_stays_on_the_page(college: World, pupil: Person, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    data = {f"texte-{pupil.pk}": "a" * 603, f"version-{pupil.pk}": "0"}
    answer = client.post(page(own_class(college)), data)
    assert answer.status_code == 422 and "3 signes de trop." in answer.content.decode()
    assert "a" * 603 in answer.content.decode()


def test_a_place_that_was_left_is_not_sent_to_a_family(
    college: World, pupil: Person, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    data = {f"texte-{pupil.pk}": "{prénom} travaille.", f"version-{pupil.pk}": "0"}
    answer = client.post(page(own_class(college)), data)
    assert answer.status_code == 422 and "prénom" in answer.content.decode()


def test_one_text_is_kept_while_it_is_typed(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    group = own_class(college)
    data = {"eleve": pupil.public_id, "texte": SOLID, "version": "0"}
    assert client.post(saving(group), data).json()["version"] == 1
    conflict = client.post(saving(group), data | {"texte": "Autre."})
    assert conflict.status_code == 409 and conflict.json()["theirs"] == SOLID
    assert client.post(saving(group), data | {"texte": "a" * 700, "version": "1"}).status_code == 422
    assert client.post(saving(group), data | {"eleve": "personne"}).status_code == 422
    councils.close(seat_of("teacher"), group, period_of(college))
    assert client.post(saving(group), data | {"texte": "Trop tard.", "version": "1"}).status_code == 423


@pytest.mark.parametrize(
    ("key", "said", "status"),
    [
        ("teacher", "?sur=generale", 200),
        ("teacher", "?sur=vie-scolaire", 403),
        ("cpe", "?sur=vie-scolaire", 200),
        ("cpe", "?sur=generale", 403),
        ("head", "?sur=generale", 200),
        ("head", "?sur=vie-scolaire", 403),
    ],
)
def test_each_writes_their_own_kind(
    college: World, pupil: Person, client: SchoolClient, key: str, said: str, status: int
) -> None:
    client.sit(college.people[key])
    data = {"eleve": pupil.public_id, "texte": SOLID, "version": "0"}
    assert client.post(saving(own_class(college), said), data).status_code == status


def test_the_head_reads_a_subject_and_writes_none(
    college: World, pupil: Person, client: SchoolClient, seat_of: Any
) -> None:
    write(seat_of("teacher"), college, passage_of(college), pupil, SOLID)
    client.sit(college.people["head"])
    group, subject = own_class(college), passage_of(college).subject_id
    assert SOLID in client.get(page(group, f"?matiere={subject}")).content.decode()
    data = {f"texte-{pupil.pk}": "Par la direction.", f"version-{pupil.pk}": "1"}
    assert client.post(page(group, f"?matiere={subject}"), data).status_code == 403
    data = {"eleve": pupil.public_id, "texte": "Par la direction.", "version": "1"}
    assert client.post(saving(group, f"?matiere={subject}"), data).status_code == 403
    assert Appreciation.objects.get(pupil=pupil).text == SOLID
    assert Line.objects.filter(verb="report_cards.class_read").count() == 1


def test_school_life_writes_what_it_sees(college: World, pupil: Person, seat_of: Any) -> None:
    assert write(seat_of("cpe"), college, LIFE, pupil, "Assidu.")


def test_what_is_to_write_counts_what_is_left(college: World, pupil: Person, seat_of: Any) -> None:
    teacher, period = seat_of("teacher"), period_of(college)

    def left() -> int:
        found = courses.tasks_of(teacher, period)
        passage = passage_of(college)
        group = own_class(college)
        (task,) = [
            one for one in found if (one.group_id, one.passage.subject_id) == (group.pk, passage.subject_id)
        ]
        return task.left

    before = left()
    write(teacher, college, passage_of(college), pupil, SOLID)
    assert left() == before - 1
    write(teacher, college, passage_of(college), pupil, "", 1)
    assert left() == before


# Phrases


def test_phrases_are_ones_own(college: World, twin: World, seat_of: Any) -> None:
    Phrase.objects.all().delete()
    teacher = seat_of("teacher")
    assert [phrases.keep_phrase(teacher, "{prénom} progresse.") for _ in range(2)] == [True, False]
    phrase = Phrase.objects.get()
    for key in ("head", "cpe", "teacher_1", "pupil", "guardian"):
        assert phrase not in Phrase.objects.visible_to(seat_of(key)), key
    assert phrase in Phrase.objects.visible_to(teacher)
    phrases.drop_phrase(seat_of("head"), phrase)
    assert Phrase.objects.count() == 1


def test_no_more_phrases_than_one_finds_again(college: World, seat_of: Any) -> None:
    Phrase.objects.all().delete()
    teacher = seat_of("teacher")
    for number in range(phrases.MOST):
        phrases.keep_phrase(teacher, f"Phrase {number}.")
    with pytest.raises(phrases.Full):
        phrases.keep_phrase(teacher, "Une de trop.")


def test_the_places_of_a_phrase_are_filled() -> None:
    word_by_place = {"prénom": "Nina", "matière": "Français", "moyenne": ""}
    assert texts.filled("{prénom}, {matière} : {moyenne}", word_by_place) == "Nina, Français : {moyenne}"
    assert texts.places_left("{moyenne} en {matière}") == ["matière", "moyenne"]


# The words of the school


def test_the_school_names_its_distinctions(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    settings = reverse("report_cards:settings")
    data = {"distinctions": " Bravo \n\nBravo\nCourage", "subject_limit": "400", "general_limit": "600"}
    assert client.post(settings, data).status_code == 302
    assert CardPolicy.objects.get(school=college.school).distinctions == ["Bravo", "Courage"]
    long = data | {"distinctions": "a" * 61}
    assert client.post(settings, long).status_code == 422
    assert client.post(settings, data | {"general_limit": "601"}).status_code == 422
