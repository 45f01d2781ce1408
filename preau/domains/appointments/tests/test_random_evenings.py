"""Evenings that nobody chose, from what families say to what is published: each plan keeps every rule."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from conftest import NOW
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.appointments.actions import keeping, planning, taking, wishing
from preau.domains.appointments.actions.taking import NotFree, NotTheirs, Wanted
from preau.domains.appointments.models import Evening, Host, Meeting, Party, Wish
from preau.domains.appointments.queries import around
from preau.domains.appointments.queries.slots import Board, board_of
from preau.domains.appointments.tests.props import an_evening
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
PATIENCE = 0.3


@contextmanager
def undone() -> Iterator[None]:
    """The next evening begins on the same ground."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Drawn:
    """An evening, and who comes: each guardian with their children; pairs of whom one asked to cross nobody."""

    evening: Evening
    children: dict[int, list[int]] = field(default_factory=dict)
    viewers: dict[int, Any] = field(default_factory=dict)
    apart: list[tuple[int, int]] = field(default_factory=list)
    fixed: list[Meeting] = field(default_factory=list)


def drawn(college: World, head: Any, seed: int) -> Drawn:
    chance = random.Random(seed)
    evening = an_evening(
        college,
        mode=Evening.Mode.PLAN,
        state=Evening.State.WISHES,
        pauses=[chance.randrange(12)] if chance.random() < 0.5 else [],
        walk=chance.choice([0, 5, 10, 15]),
        walk_near=chance.choice([0, 0, 5]),
    )
    if chance.random() < 0.5:
        keeping.add_host(head, evening, college.people["cpe"])
    _hosts(evening, chance)
    found = Drawn(evening)
    pupils = list(around.enrolled(evening).order_by("pk").values_list("pupil_id", flat=True).distinct())
    for number in range(chance.randint(1, 6)):
        _family(found, college, chance.sample(pupils, chance.choice([1, 1, 2])), f"{seed}-{number}", chance)
    for person in list(found.children):
        _says(found, person, chance)
    _by_hand(found, head, chance)
    return found


def _hosts(evening: Evening, chance: random.Random) -> None:
    hosts = list(evening.hosts.order_by("pk"))
    for host in hosts:
        host.floor = chance.randrange(3)
        host.is_absent = chance.random() < 0.1
        host.away = [slot for slot in range(evening.slots) if chance.random() < 0.15]
    Host.objects.bulk_update(hosts, ["floor", "is_absent", "away"])


def _family(found: Drawn, college: World, pupils: list[int], name: str, chance: random.Random) -> None:
    """One parent, or two who live apart; each with an account of their own."""
    parents = []
    for kinship in ("mother", "father")[: chance.choice([1, 2])]:
        person = Person.objects.create(family_name=f"Tirée {name}", given_name=kinship)
        for pupil in pupils:
            Guardianship.objects.create(
                pupil_id=pupil,
                guardian=person,
                authority="legal",
                kinship=kinship,
                starts=college.year.starts,
            )
        account = Account.objects.create(person=person, login=f"tiree.{name}.{kinship}", password="!")
        found.viewers[person.pk] = viewer_for(person, account.pk, NOW)
        found.children[person.pk] = pupils
        parents.append(person.pk)
    if len(parents) == 2 and chance.random() < 0.6:
        found.apart.append((parents[0], parents[1]))


def _says(found: Drawn, person: int, chance: random.Random) -> None:
    """Wishes among those who receive a child of theirs; whoever does not is refused."""
    evening, children = found.evening, found.children[person]
    received = around.received_at(evening, children)
    hosts = list(evening.hosts.order_by("pk"))
    chosen = chance.sample(hosts, chance.randint(1, min(5, len(hosts))))
    pairs = [(host, chance.choice(children)) for host in chosen]
    away = [slot for slot in range(evening.slots) if chance.random() < 0.2]
    asks = any(person == pair[0] for pair in found.apart)
    foreign = [one for one in pairs if one[0].person_id not in received.get(one[1], {})]
    build_wishes = partial(wishing.Said, away=away, apart=asks, together=False)
    if foreign:
        with pytest.raises(NotTheirs):
            wishing.say(
                found.viewers[person], evening, build_wishes([(host.pk, pupil) for host, pupil in pairs])
            )
    kept = [(host.pk, pupil) for host, pupil in pairs if (host, pupil) not in foreign]
    wishing.say(found.viewers[person], evening, build_wishes(kept))


def _by_hand(found: Drawn, head: Any, chance: random.Random) -> None:
    """Now and then the school has placed a family."""
    if chance.random() < 0.5:
        return
    person = chance.choice(list(found.children))
    pupil = found.children[person][0]
    host = chance.choice(list(found.evening.hosts.order_by("pk")))
    wanted = Wanted(host.person_id, person, pupil, chance.randrange(found.evening.slots))
    try:
        taking.place(head, found.evening, wanted)
    except NotFree:
        return
    found.fixed = list(Meeting.objects.filter(evening=found.evening, is_fixed=True))


def planned(found: Drawn, head: Any) -> None:
    evening = found.evening
    assert planning.ask(head, evening)
    evening.refresh_from_db()
    assert planning.compute(evening.pk, head.person.pk, evening.plan_facts["asked"])
    evening.refresh_from_db()
    assert evening.plan_facts["lost"] == 0
    assert planning.publish(head, evening)
    evening.refresh_from_db()


def look(found: Drawn) -> None:
    """Each rule, read from what people are told."""
    evening = found.evening
    board = board_of(evening)
    held = list(Meeting.objects.live().filter(evening=evening).order_by("starts", "pk"))
    assert {one.state for one in held} <= {"booked"}
    _nobody_is_in_two(held)
    _whoever_receives_is_there(board, held, found)
    for person in found.children:
        _own_evening(board, found, person, [one for one in held if one.guardian_id == person])
    for one, other in found.apart:
        slots = [
            {evening.slot_at(each.starts) for each in held if each.guardian_id == who} for who in (one, other)
        ]
        assert all(abs(mine - theirs) > 1 for mine in slots[0] for theirs in slots[1])
    for meeting in found.fixed:
        assert any((one.pk, one.starts) == (meeting.pk, meeting.starts) for one in held)


def _nobody_is_in_two(held: list[Meeting]) -> None:
    for key in ("host_id", "guardian_id"):
        starts = [(getattr(one, key), one.starts) for one in held]
        assert len(starts) == len(set(starts))
    pairs = [(one.host_id, one.guardian_id) for one in held]
    assert len(pairs) == len(set(pairs))
    assert all(one.taken.count() == 4 for one in held)


def _whoever_receives_is_there(board: Board, held: list[Meeting], found: Drawn) -> None:
    evening = found.evening
    for one in held:
        host = board.hosts[one.host_id]
        slot = evening.slot_at(one.starts)
        assert not host.is_absent
        assert slot not in {*host.away, *evening.pauses}


def _own_evening(board: Board, found: Drawn, person: int, mine: list[Meeting]) -> None:
    """The walk, the hours that they said, their children's teachers alone, siblings spoken of at once, what waits."""
    evening, children = found.evening, found.children[person]
    for before, after in itertools.pairwise(mine):
        walk = board.walk_between(board.hosts[before.host_id], board.hosts[after.host_id])
        assert after.starts - before.ends >= timedelta(minutes=walk)
    away = set(Party.objects.filter(evening=evening, person=person).values_list("away", flat=True)[0])
    received = around.received_at(evening, children)
    wishes = {one.host_id: one for one in Wish.objects.filter(party__evening=evening, party__person=person)}
    for one in mine:
        assert one.pupil_id in children
        if not one.is_fixed:
            assert evening.slot_at(one.starts) not in away
            assert one.host_id in received[one.pupil_id]
            assert board.hosts[one.host_id].pk in wishes
        other = next((pupil for pupil in children if pupil != one.pupil_id), None)
        assert one.sibling_id == (other if other and one.host_id in received.get(other, {}) else None)
    met = {board.hosts[one.host_id].pk for one in mine}
    assert {host for host, wish in wishes.items() if wish.waits_since} == set(wishes) - met


def _hold(college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch, seeds: range) -> None:
    head, known = seat_of("head"), planning.plan
    monkeypatch.setattr(planning, "plan", lambda problem, **more: known(problem, patience=PATIENCE, **more))
    met = 0
    for seed in seeds:
        with undone():
            found = drawn(college, head, seed)
            planned(found, head)
            look(found)
            met += Meeting.objects.live().filter(evening=found.evening).count()
    assert met > len(seeds)


def test_twenty_evenings_keep_every_rule(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold(college, seat_of, monkeypatch, range(20))


@pytest.mark.net
@pytest.mark.long
@pytest.mark.parametrize("share", range(5))
def test_five_hundred_evenings_keep_every_rule(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    _hold(college, seat_of, monkeypatch, range(1000 + 100 * share, 1100 + 100 * share))
