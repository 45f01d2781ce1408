"""The same day with and without one person's gesture: what those it does not regard receive is equal, but for what is declared.

Counts, orders, empty states and refusals tell too: whole pages are compared, and « Mes données » with its archive, search,
programs, calendars and the drive (tests/net/places.py).
"""

import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

import pytest
from django.db import connection, transaction

from preau.directory.models import PhotoConsent, PupilPhoto
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attendance import actions as attendance
from preau.domains.attendance.models import Entry, FollowUp, FollowUpAction, Reason
from tests.net.acting import Typist, post
from tests.net.matrix import Route, Writes, all_routes, papers_as_text
from tests.net.matrix_bodies import BODIES
from tests.net.matrix_cast import TODAY, Stage
from tests.net.places import NOW, Made, Reader, come, last_rows, made_since

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]
# Where everything comes together, beside the pages of the house of a gesture.
TOGETHER = {"notifications"}
# What is drawn anew for each page, and the numbers of rows, which go on from one world to the other.
DRAWN = re.compile(
    r"nonce-[\w+/=-]+|nonce=\"[^\"]*\"|value=\"[\w+/=:.-]{24,}\"|name=\"csrfmiddlewaretoken\"[^>]*|data-kept-for=\"[^\"]*\""
    r"|\"(?:x-csrftoken|csrf|for)\": ?\"[\w.]+\"|jeton=[\w-]+|dtstamp:\S+",
    re.IGNORECASE,
)
FAMILY_APART = ("other_guardian", "pupil")
AROUND = ("teacher", "classmate_guardian")


@dataclass(frozen=True)
class Gesture:
    """What somebody does; who must not learn it; what they learn all the same of it, and why."""

    do: Callable[[Stage], object]
    houses: frozenset[str]
    unaware: tuple[str, ...]
    # What both worlds begin with.
    before: Callable[[Stage], object] = lambda stage: None
    # By place, what may differ there; beside it, why.
    tells: Mapping[str, str] = field(default_factory=dict)


# Each parent answers for the absences of the child: whether something is left to be done of one is theirs, and the pupil's; not who did
# it, nor when, nor in which words (docs/decisions/0130).
WHOLE = ".*"
STATE = r"—|à lire|, explication\s*: à lire"
EXPLAINED = {
    "attendance:absences": WHOLE, "attendance:explain": WHOLE, "attendance:told_follow_up": WHOLE, "portal:home": WHOLE,
    **dict.fromkeys(
        [
            "archive", "archive of a child", "/mes-donnees/attendance-entry/", "/mes-donnees/attendance-entry/ of a child",
        ],
        STATE,
    ),
}  # fmt: skip


def sends(route: str) -> Callable[[Stage], object]:
    """A form of a house, as it says itself that it is filled."""

    def do(stage: Stage) -> None:
        BODIES[route].before(stage)
        response, _writes = post(stage, _route(route), Typist())
        assert response.status_code in {200, 302}, response.content.decode()

    return do


def _route(name: str) -> Route:
    return next(one for one in all_routes() if one.name == name)


def seated(stage: Stage, key: str) -> Viewer:
    viewer = viewer_for(stage.people[key], stage.people[key].account.pk, NOW)
    assert viewer is not None
    return viewer


def _explained(stage: Stage) -> Any:
    entry = Entry.objects.to_explain().get(pk=stage.own(Entry).pk)
    reason = Reason.objects.filter(school=None)[0]
    return attendance.explain(seated(stage, "guardian"), [entry], reason, "Un rendez-vous")


def _explained_then_withdrawn(stage: Stage) -> None:
    attendance.withdraw(seated(stage, "guardian"), _explained(stage))


def _without_photo(stage: Stage) -> None:
    """Asked, and answered by nobody: a refusal is then a silence."""
    PupilPhoto.objects.filter(pupil=stage.people["pupil"]).delete()
    PhotoConsent.objects.filter(pupil=stage.people["pupil"]).delete()


def _noted_inside(stage: Stage) -> None:
    kind = FollowUpAction.Kind.NOTE
    assert attendance.note_action(seated(stage, "cpe"), stage.own(FollowUp), kind, TODAY, "À revoir")


GESTURES = {
    "directory: a photo is refused": Gesture(
        sends("directory:photo_consent"), frozenset({"directory"}), (*FAMILY_APART, *AROUND), _without_photo,
    ),
    "directory: a consent is answered": Gesture(
        sends("directory:consent"), frozenset({"directory"}), (*FAMILY_APART, "classmate")
    ),
    "attendance: an absence is explained": Gesture(
        _explained, frozenset({"attendance"}), (*FAMILY_APART, *AROUND), tells=EXPLAINED
    ),
    "attendance: an explanation is taken back": Gesture(
        _explained_then_withdrawn, frozenset({"attendance"}), (*FAMILY_APART, *AROUND)
    ),
    "attendance: school life notes something for itself": Gesture(
        _noted_inside, frozenset({"attendance"}), ("guardian", *FAMILY_APART, "teacher")
    ),
    "attendance: a pupil is at the infirmary": Gesture(
        sends("attendance:begin_visit"), frozenset({"attendance"}), ("classmate", "classmate_guardian", "assistant")
    ),
    "records: a confidential record is opened": Gesture(
        sends("records:open_record"), frozenset({"records", "attendance"}), ("secretary", "classmate", "assistant")
    ),
    "attention: a mother contests": Gesture(
        sends("attention:told"), frozenset({"attention"}), (*FAMILY_APART, "teacher")
    ),
    "notifications: a mother reads her news": Gesture(
        sends("notifications:open"), frozenset({"notifications"}), (*FAMILY_APART, "head")
    ),
    "attendance: a pupil needs something": Gesture(
        sends("attendance:arrange"), frozenset({"attendance"}), ("secretary", "classmate", "classmate_guardian")
    ),
}  # fmt: skip


def received(stage: Stage, key: str, houses: frozenset[str], made: Made) -> dict[str, list[str]]:
    """All that somebody receives, place by place, without what is drawn anew; what they leave behind is undone."""
    found: dict[str, list[str]] = {}
    with transaction.atomic(), papers_as_text():
        for where, text in Reader(stage, key, houses | TOGETHER).places(made):
            found.setdefault(where, []).append(_without_what_is_drawn(text))
        transaction.set_rollback(True)
    return found


def _without_what_is_drawn(text: str) -> str:
    head, body = text.partition("\n")[::2]
    answered = re.match(r"\d{3} ", head)
    leads = re.search(r"location: \S+", head)
    said = f"{answered[0]}{leads[0] if leads else ''}" if answered else head
    return f"{said}\n{DRAWN.sub('', body)}"


@pytest.mark.net
@pytest.mark.long
@pytest.mark.parametrize("name", GESTURES)
def test_a_gesture_tells_nothing_to_those_it_does_not_regard(stage: Stage, name: str) -> None:
    found = learnt(stage, GESTURES[name])
    assert not found, "\n".join(found)


def test_what_is_not_declared_is_found(stage: Stage) -> None:
    """The check itself: of an absence explained, the other parent reads that nothing is left to be done."""
    told = replace(GESTURES["attendance: an absence is explained"], unaware=("other_guardian",), tells={})
    found = learnt(stage, told)
    places = [one.partition(": ")[0] for one in found]
    assert {f"other_guardian attendance:{name}" for name in ("absences", "explain")} <= set(places), places


def learnt(stage: Stage, gesture: Gesture) -> list[str]:
    """What those who must not know of a gesture receive otherwise than without it."""
    come(stage)
    gesture.before(stage)
    standing, last, writes = pickle.dumps(stage), last_rows(), Writes()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            gesture.do(pickle.loads(standing))
        made = {model: rows for model, rows in made_since(last).items() if rows}
        after = {key: received(pickle.loads(standing), key, gesture.houses, made) for key in gesture.unaware}
        transaction.set_rollback(True)
    assert writes.seen, "nothing was done"
    found: list[str] = []
    for key in gesture.unaware:
        # The same addresses, of what is not there.
        before = received(pickle.loads(standing), key, gesture.houses, made)
        found += differences(key, before, after[key], gesture.tells)
    return found


def differences(
    key: str, before: Mapping[str, list[str]], after: Mapping[str, list[str]], tells: Mapping[str, str]
) -> Iterator[str]:
    """The places where somebody reads something else, once what is declared is left out."""
    for where in sorted(before.keys() | after.keys()):
        allowed = re.compile(tells.get(where, r"(?!)"), re.DOTALL)
        was, is_now = ([allowed.sub("", one) for one in texts.get(where, [])] for texts in (before, after))
        if was != is_now:
            yield f"{key} {where}: {_first(was, is_now)}"


def _first(before: list[str], after: list[str]) -> str:
    """Where two answers part."""
    for one, other in zip_longest(before, after, fillvalue="nothing"):
        for line, beside in zip_longest(one.split("\n"), other.split("\n"), fillvalue=""):
            if line != beside:
                alike = next(
                    (n for n, pair in enumerate(zip(line, beside, strict=False)) if pair[0] != pair[1]), 0
                )
                start = max(0, alike - 60)
                return (
                    f"« {line[start : start + 160].strip()} », then « {beside[start : start + 160].strip()} »"
                )
    return ""
