"""Who has departed, until when what they left is kept, who is told, who keeps somebody longer, and who is erased."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory import tasks
from preau.directory.actions import departures
from preau.directory.models import (
    ErasureNotice,
    Guardianship,
    Hold,
    Holding,
    Leaver,
    Person,
    School,
    Territory,
)
from preau.directory.models.departures import over_by, term_of
from preau.directory.rules.departures import erased_on, last_day_possible
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab, parent
from preau.directory.tests.test_import_aaf import bring
from preau.directory.words import Authority, Kinship, Role
from preau.foundation import boards
from preau.identity.models import Account

__all__ = ["bring"]
pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)
LIST = "/annuaire/departs/"


# Three months, to the day


@pytest.mark.parametrize(
    ("left_on", "term"),
    [
        (date(2026, 11, 24), date(2027, 2, 24)),
        (date(2026, 11, 28), date(2027, 2, 28)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 1), date(2027, 3, 1)),
        (date(2026, 8, 31), date(2026, 11, 30)),
        (date(2027, 2, 28), date(2027, 5, 28)),
        (date(2026, 10, 15), date(2027, 1, 15)),
    ],
)
def test_the_term_is_three_months_later_or_the_last_day_of_the_month(left_on: date, term: date) -> None:
    assert term_of(left_on) == term


def test_a_day_is_over_exactly_when_its_term_has_come() -> None:
    for number in range(800):
        today = date(2026, 9, 1) + number * DAY
        last = over_by(today)
        assert term_of(last) <= today < term_of(last + DAY)


def test_the_day_of_erasure_waits_for_the_hold_and_for_the_notice() -> None:
    left_on, term = date(2026, 8, 20), date(2026, 11, 20)
    assert erased_on(left_on, date(2026, 9, 1)) == term
    # Past its term, and nobody was told: a week from today.
    assert erased_on(left_on, TODAY) == TODAY + 7 * DAY
    assert erased_on(left_on, TODAY, told_on=TODAY - 3 * DAY) == TODAY + 4 * DAY
    # What was told before they came back and left again is no notice.
    assert erased_on(left_on, TODAY, told_on=left_on - DAY) == TODAY + 7 * DAY
    assert erased_on(left_on, TODAY, held_until=date(2027, 1, 31), told_on=TODAY) == date(2027, 2, 1)
    assert last_day_possible(date(2028, 2, 29)) == date(2029, 2, 28)


# Who has departed


def new(family: str = "Zéphyrin", given: str = "Ada", **more: Any) -> Person:
    return Person.objects.create(family_name=family, given_name=given, **more)


def hold(person: Person, school: School, role: Role = Role.PUPIL, ends: date | None = None) -> Holding:
    return Holding.objects.create(person=person, role=role, school=school, starts=date(2020, 9, 1), ends=ends)


def link(pupil: Person, guardian: Person, **more: Any) -> Guardianship:
    fields = {"authority": Authority.LEGAL, "kinship": Kinship.MOTHER} | more
    return Guardianship.objects.create(pupil=pupil, guardian=guardian, **fields)


def since(person: Person, today: date = TODAY) -> date | None:
    """The day since when the person belongs nowhere."""
    found = Leaver.objects.departed(today).filter(pk=person.pk).first()
    return found and found.left_on


def test_who_has_left_belongs_nowhere_since_their_last_day(college: World, twin: World) -> None:
    pupil = new()
    hold(pupil, college.school, ends=TODAY - 30 * DAY)
    assert since(pupil) == TODAY - 30 * DAY
    assert since(pupil, TODAY - 31 * DAY) is None
    hold(pupil, twin.school, ends=TODAY - 2 * DAY)
    assert since(pupil) == TODAY - 2 * DAY


@pytest.mark.parametrize("ends", [None, TODAY + DAY])
def test_who_has_a_place_now_or_soon_has_not_departed(ends: date | None, college: World, twin: World) -> None:
    pupil = new()
    hold(pupil, college.school, ends=TODAY - 100 * DAY)
    Holding.objects.create(
        person=pupil,
        role=Role.PUPIL,
        school=twin.school,
        starts=TODAY if ends else TODAY + 9 * DAY,
        ends=ends,
    )
    assert since(pupil) is None


def test_who_never_belonged_anywhere_has_not_departed(college: World) -> None:
    assert since(new()) is None


def test_a_guardian_follows_the_child_who_leaves_last(college: World) -> None:
    mother, elder, younger = new(), new(), new()
    hold(elder, college.school, ends=TODAY - 90 * DAY)
    place = hold(younger, college.school)
    for child in (elder, younger):
        link(child, mother)
    assert since(mother) is None
    place.ends = TODAY - 5 * DAY
    place.save()
    assert since(mother) == TODAY - 5 * DAY
    # The link with the younger ended before: what is left is the elder's last day.
    Guardianship.objects.filter(pupil=younger).update(ends=TODAY - 80 * DAY)
    assert since(mother) == TODAY - 80 * DAY


def test_a_teacher_who_is_a_parent_stays_as_a_parent(college: World) -> None:
    teacher, child = new(), new()
    hold(teacher, college.school, Role.TEACHER, ends=TODAY - 90 * DAY)
    place = hold(child, college.school)
    link(child, teacher)
    assert since(teacher) is None
    place.ends = TODAY
    place.save()
    assert since(teacher) == TODAY


@pytest.mark.parametrize("word", [{"ruled_on": date(2026, 3, 1)}, {"may_not_be_informed": True}])
def test_a_judge_s_word_is_remembered_as_long_as_the_child_is_there(
    word: dict[str, Any], college: World
) -> None:
    """Erased, its guardian would come back by the next file as somebody new, with every right."""
    father, child = new(), new()
    place = hold(child, college.school)
    link(child, father, ends=TODAY - 200 * DAY, **word)
    assert since(father) is None
    place.ends = TODAY - DAY
    place.save()
    assert since(father) == TODAY - DAY


def test_an_adult_pupil_who_answers_for_themselves_leaves_as_a_pupil(college: World) -> None:
    pupil = new()
    hold(pupil, college.school, ends=TODAY - 9 * DAY)
    link(pupil, pupil, kinship=Kinship.SELF)
    assert since(pupil) == TODAY - 9 * DAY


# Coming back


def test_a_pupil_who_comes_back_in_time_finds_everything_again(
    bring: Any, tmp_path: Path, client: SchoolClient, clock: Any
) -> None:
    family = ["20$10$1$1$0$1"]
    records = [etab(), eleve("10", ENTElevePersRelEleve=family), eleve("11", given="Tom"), parent("20")]
    bring(deliver(tmp_path / "d", *records))
    pupil, mother = (Person.objects.get(external_ids__value=key) for key in ("10", "20"))
    for person, login in ((pupil, "lea.durand"), (mother, "anne.durand")):
        Account.objects.create_account(login, person, "six chevaux bleus au galop")
    bring(deliver(tmp_path / "d", etab(), eleve("11", given="Tom")))
    assert since(pupil) == since(mother) == TODAY
    assert not enters(client, "lea.durand")
    assert not enters(client, "anne.durand")
    for _day in range(80):
        clock.shift(DAY)
        tasks.follow_departures.call()
    tasks.erase_leavers.call()
    bring(deliver(tmp_path / "d", *records))
    assert Person.objects.get(external_ids__value="10") == pupil
    assert [enrolment.group.name for enrolment in pupil.enrolments.filter(ends=None)] == ["3A"]
    assert since(pupil, TODAY + 300 * DAY) is since(mother, TODAY + 300 * DAY) is None
    assert enters(client, "lea.durand")
    assert enters(client, "anne.durand")


def enters(client: SchoolClient, login: str) -> bool:
    """Signs in, and gets past the door."""
    client.logout()
    client.post("/connexion/", {"login": login, "password": "six chevaux bleus au galop"})
    return client.get("/notifications/").status_code == 200


def test_after_the_term_whoever_comes_back_is_somebody_new(
    bring: Any, tmp_path: Path, clock: Any, college: World
) -> None:
    records = [etab(), eleve("10"), eleve("11", given="Tom")]
    bring(deliver(tmp_path / "d", *records))
    former = Person.objects.get(external_ids__value="10")
    bring(deliver(tmp_path / "d", records[0], records[2]))
    pass_days(clock, 93)
    former.refresh_from_db()
    assert former.erased_at
    bring(deliver(tmp_path / "d", *records))
    assert Person.objects.get(external_ids__value="10") != former
    assert not former.holdings.filter(ends=None).exists()


# The task


def run(clock: Any) -> int:
    """What the schedule does in a day: tell, then erase until nothing is left."""
    tasks.follow_departures.call()
    erased = 0
    while some := tasks.erase_leavers.call():
        erased += some
    return erased


def pass_days(clock: Any, count: int) -> int:
    erased = run(clock)
    for _day in range(count):
        clock.shift(DAY)
        erased += run(clock)
    return erased


@pytest.fixture
def leavers(college: World) -> list[Person]:
    """Five pupils whose term comes in a week."""
    people = [new(given=f"Ada{number}") for number in range(5)]
    for person in people:
        hold(person, college.school, ends=date(2026, 9, 1))
    return people


def names(people: list[Person]) -> set[str]:
    return set(
        Person.objects.filter(pk__in=[person.pk for person in people]).values_list("family_name", flat=True)
    )


def test_people_are_erased_at_their_term_and_not_a_day_before(
    college: World, twin: World, leavers: list[Person], clock: Any
) -> None:
    before = Person.objects.filter(erased_at=None).count()
    assert pass_days(clock, 6) == 0
    assert (clock.shift(timedelta()), NOW.date() + 6 * DAY)[1] == date(2026, 11, 30)
    assert names(leavers) == {"Zéphyrin"}
    clock.shift(DAY)
    assert run(clock) == 5
    assert names(leavers) == {"Personne effacée"}
    assert Person.objects.filter(erased_at=None).count() == before - 5
    lines = Line.objects.filter(verb="directory.person_erased")
    assert {(line.actor_id, line.school_id, line.acting_as) for line in lines} == {
        (None, college.school.pk, "")
    }
    assert {line.subject_id for line in lines} == {leaver.pk for leaver in leavers}
    assert [line.details for line in lines] == [{}] * 5
    assert run(clock) == 0


class Killed(BaseException):
    """What the worker dies of: no `except Exception` sees it."""


def test_a_run_killed_between_two_people_ends_the_next_time(
    leavers: list[Person], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_days(clock, 6)
    clock.shift(DAY)
    done: list[int] = []
    account = next(entry for entry in boards.personal_data if entry.model == "identity.Account")

    def deadly(person_id: int) -> int:
        if len(done) == 2:
            raise Killed
        done.append(person_id)
        return 0

    planted = [
        entry if entry is not account else type(entry)(**{**vars(entry), "forget": deadly})
        for entry in boards.personal_data
    ]
    with monkeypatch.context() as dying:
        dying.setattr(departures.boards, "personal_data", planted)
        with pytest.raises(Killed):
            departures.erase_some(TODAY + 7 * DAY, 10)
    erased = Person.objects.filter(pk__in=[leaver.pk for leaver in leavers], erased_at__isnull=False)
    assert {person.pk for person in erased} == set(done)
    assert run(clock) == 3
    assert names(leavers) == {"Personne effacée"}
    assert Line.objects.filter(verb="directory.person_erased").count() == 5


def test_one_who_cannot_be_erased_does_not_keep_the_others(
    leavers: list[Person], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_days(clock, 6)
    clock.shift(DAY)
    erase = departures.erase

    def failing(person_id: int, today: date) -> bool:
        if person_id == leavers[0].pk:
            raise ValueError
        return erase(person_id, today)

    monkeypatch.setattr(departures, "erase", failing)
    assert run(clock) == 4
    leavers[0].refresh_from_db()
    assert leavers[0].erased_at is None


def test_nobody_is_erased_beside_a_delivery(
    leavers: list[Person], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_days(clock, 6)
    clock.shift(DAY)
    asked: list[str] = []

    @contextmanager
    def busy(name: str) -> Iterator[bool]:
        asked.append(name)
        yield False

    with monkeypatch.context() as delivering:
        delivering.setattr(tasks, "only_one", busy)
        assert run(clock) == 0
    assert asked == ["delivery"] and names(leavers) == {"Zéphyrin"}
    assert run(clock) == 5


def test_whoever_came_back_meanwhile_is_not_erased(college: World, leavers: list[Person], clock: Any) -> None:
    pass_days(clock, 6)
    hold(leavers[0], college.school)
    assert not departures.erase(leavers[0].pk, TODAY + 7 * DAY)
    assert departures.erase(leavers[1].pk, TODAY + 7 * DAY)
    assert not departures.erase(leavers[1].pk, TODAY + 7 * DAY)


def test_who_acts_for_a_territory_or_the_platform_is_no_school_s_to_erase(
    college: World, leavers: list[Person], clock: Any
) -> None:
    place = Territory.objects.create(kind=Territory.Kind.DEPARTEMENT, code="035", name="Département")
    ended = {"starts": date(2025, 9, 1), "ends": date(2026, 8, 1)}
    Holding.objects.create(person=leavers[0], role=Role.AGENT, territory=place, **ended)
    Holding.objects.create(person=leavers[1], role=Role.OPERATOR, **ended)
    Holding.objects.create(person=leavers[2], role=Role.OPERATOR)
    assert pass_days(clock, 40) == 2
    assert names(leavers[:3]) == {"Zéphyrin"}


def test_everyone_of_a_school_that_goes_on_stays(college: World, twin: World, clock: Any) -> None:
    before = list(Person.objects.order_by("pk").values())
    assert pass_days(clock, 3) == 0
    clock.shift(timedelta(days=400))
    assert run(clock) == 0
    assert list(Person.objects.order_by("pk").values()) == before
    assert not Item.objects.filter(kind=departures.TOLD).exists()


# Told a week before


def notices_of(person: Person) -> list[Item]:
    return list(Item.objects.filter(person=person, kind=departures.TOLD).order_by("pk"))


def test_head_and_secretary_are_told_once_a_week_before(
    college: World, twin: World, leavers: list[Person], clock: Any
) -> None:
    clock.shift(-DAY)
    run(clock)
    assert not notices_of(college.people["head"])
    clock.shift(DAY)
    for _run in range(3):
        run(clock)
    for key in ("head", "secretary"):
        notice = notices_of(college.people[key])
        assert [item.facts for item in notice] == [
            {"school": college.school.name, "day": "mardi 1er décembre", "count": 5}
        ]
        assert notice[0].url == LIST
    pass_days(clock, 10)
    assert Item.objects.filter(kind=departures.TOLD).count() == 2
    assert not ErasureNotice.objects.exists()


def test_who_left_long_ago_is_told_of_before_anything_goes(college: World, clock: Any) -> None:
    """The first night after an upgrade, or after a worker that was away: years of leavers are past their term."""
    person = new()
    hold(person, college.school, ends=date(2024, 7, 4))
    assert pass_days(clock, 6) == 0
    assert [item.facts["day"] for item in notices_of(college.people["head"])] == ["mardi 1er décembre"]
    clock.shift(DAY)
    assert run(clock) == 1


def test_who_comes_back_and_leaves_again_is_told_of_again(college: World, clock: Any) -> None:
    person = new()
    hold(person, college.school, ends=date(2026, 8, 31))
    run(clock)
    again = hold(person, college.school)
    clock.shift(DAY)
    run(clock)
    again.ends = TODAY + 2 * DAY
    again.save()
    # 26 February is their term.
    assert pass_days(clock, 90) == 0
    assert len(notices_of(college.people["head"])) == 2


# Kept longer


def leaver_of(viewer: Any, person: Person) -> Leaver:
    found: Leaver = Leaver.objects.visible_to(viewer).get(pk=person.pk)
    return found


def test_who_is_kept_longer_is_erased_after_that_day_and_told_of_a_week_before(
    college: World, leavers: list[Person], seat_of: Any, clock: Any
) -> None:
    run(clock)
    head = seat_of("head")
    last = date(2027, 1, 31)
    departures.keep_longer(
        head, leaver_of(head, leavers[0]), last_day=last, reason="Recours en cours", seen=""
    )
    assert pass_days(clock, 60) == 4
    assert len(notices_of(college.people["head"])) == 1
    while (day := timezone.localdate()) < last:
        clock.shift(DAY)
        assert run(clock) == 0, day
    assert [item.facts["day"] for item in notices_of(college.people["head"])][1:] == ["lundi 1er février"]
    clock.shift(DAY)
    assert run(clock) == 1
    assert not Hold.objects.exists()
    line = Line.objects.get(verb="directory.leaver_held")
    assert (line.details, line.subject_id) == ({"until": "2027-01-31"}, leavers[0].pk)


def test_who_is_let_go_after_the_term_is_erased_a_week_after_it_was_told(
    college: World, leavers: list[Person], seat_of: Any, clock: Any
) -> None:
    head = seat_of("head")
    departures.keep_longer(
        head, leaver_of(head, leavers[0]), last_day=date(2027, 6, 1), reason="Recours", seen=""
    )
    pass_days(clock, 30)
    mark = departures.mark_of(Hold.objects.get())
    with pytest.raises(departures.MovedOn):
        departures.let_go(head, leaver_of(head, leavers[0]), seen="autre")
    assert departures.let_go(head, leaver_of(head, leavers[0]), seen=mark)
    assert not departures.let_go(head, leaver_of(head, leavers[0]), seen=mark)
    assert pass_days(clock, 6) == 0
    clock.shift(DAY)
    assert run(clock) == 1


def test_one_school_s_hold_keeps_what_another_would_let_go(
    college: World, twin: World, leavers: list[Person], seat_of: Any, clock: Any
) -> None:
    hold(leavers[0], twin.school, ends=date(2026, 9, 1))
    head = seat_of("head", world=twin)
    departures.keep_longer(
        head, leaver_of(head, leavers[0]), last_day=date(2027, 6, 1), reason=f"Recours {TWIN}", seen=""
    )
    assert pass_days(clock, 30) == 4
    assert not Hold.objects.visible_to(seat_of("head")).exists()
