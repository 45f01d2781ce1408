"""The same day with and without one person's gesture: what those it does not regard receive is equal, but for what is declared.

Counts, orders, empty states and refusals tell too: whole pages are compared, and « Mes données » with its archive, search,
programs, calendars and the drive (tests/net/places.py).
"""

import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count, zip_longest
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction

from preau.directory.models import PhotoConsent, PupilPhoto
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attendance.actions import explanations, follow_ups, visits
from preau.domains.attendance.models import Entry, FollowUp, FollowUpAction, Reason, Visit
from preau.domains.gradebook.actions import telling
from preau.domains.gradebook.models import Assessment, Mark
from preau.domains.homework.models import HandIn
from preau.identity import keys
from tests.declared import Data
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
# Where marks show beside the pages of their house, and who reads them once they are published.
GRADEBOOK = frozenset({"gradebook", "agenda"})
FOLLOWING = ("pupil", "guardian", "other_guardian", "classmate", "cpe")


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
    "attendance:absences": WHOLE,
    "attendance:explain": WHOLE,
    "attendance:told_follow_up": WHOLE,
    "portal:home": WHOLE,
    # The record shows the same state: in the month, beside each absence, and by what is left to be done.
    "directory:person": (
        r'data-state="(absent|said)">.*?(?=data-state=|</table>|</section>)|<span>(à expliquer|explication à lire)</span>'
        r'|<a class="link" href="/absences/[0-9]+/expliquer/">.*?</a>|<strong>absence</strong>'
    ),
    **dict.fromkeys(
        [
            "archive",
            "archive of a child",
            "/mes-donnees/attendance-entry/",
            "/mes-donnees/attendance-entry/ of a child",
        ],
        STATE,
    ),
}


class AsItIs(Typist):
    """Types no word of its own."""

    def typed(self, data: Data) -> Data:
        return data


def sends(route: str, **typed: str) -> Callable[[Stage], object]:
    """A form of a house, as it says itself that it is filled; `typed`: what is said otherwise."""

    def do(stage: Stage) -> None:
        body = BODIES[route]
        body.before(stage)
        with mock.patch.dict(BODIES, {route: replace(body, data=lambda stage: body.data(stage) | typed)}):
            response, _writes = post(stage, _route(route), AsItIs())
        assert response.status_code in {200, 302}, response.content.decode()

    return do


def _route(name: str) -> Route:
    return next(route for route in all_routes() if route.name == name)


def seated(stage: Stage, key: str) -> Viewer:
    viewer = viewer_for(stage.people[key], stage.people[key].account.pk, NOW)
    assert viewer is not None
    return viewer


def _explained(stage: Stage) -> Any:
    entry = Entry.objects.to_explain().get(pk=stage.own(Entry).pk)
    reason = Reason.objects.filter(school=None)[0]
    return explanations.explain(seated(stage, "guardian"), [entry], reason, "Un rendez-vous")


def _explained_then_withdrawn(stage: Stage) -> None:
    explanations.withdraw(seated(stage, "guardian"), _explained(stage))


def _without_photo(stage: Stage) -> None:
    """Asked, and answered by nobody: a refusal is then a silence."""
    PupilPhoto.objects.filter(pupil=stage.people["pupil"]).delete()
    PhotoConsent.objects.filter(pupil=stage.people["pupil"]).delete()


def _noted_inside(stage: Stage) -> None:
    kind = FollowUpAction.Kind.NOTE
    assert follow_ups.note_action(seated(stage, "cpe"), stage.own(FollowUp), kind, TODAY, "À revoir")


def _read_from(pupils: Any = None, families: Any = None) -> Callable[[Stage], object]:
    """The assessment of the class is read from these moments on, and nobody was told of it; without them, a draft."""

    def do(stage: Stage) -> None:
        own = Assessment.objects.filter(pk=stage.own(Assessment).pk)
        own.update(published_at=pupils, guardians_at=families, pupils_told_at=None, guardians_told_at=None)

    return do


BEFORE, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=47)
_draft, _published = _read_from(), _read_from(BEFORE, BEFORE)


def _marked(*typed: str) -> Callable[[Stage], object]:
    """The teacher types these in the cell of the pupil, one after another; then what is to be told is told."""

    def do(stage: Stage) -> None:
        for note in typed:
            seen = Mark.objects.get(assessment=stage.own(Assessment), pupil=stage.people["pupil"]).version
            sends("gradebook:cell", note=note, version=str(seen))(stage)
        telling.tell_published(NOW)

    return do


def _one_after_another(*steps: Callable[[Stage], object]) -> Callable[[Stage], object]:
    def do(stage: Stage) -> None:
        for step in steps:
            step(stage)

    return do


def _others_marked(stage: Stage) -> None:
    """Everyone else in the class has a mark: there is a half of the class."""
    own = stage.own(Assessment)
    others = own.group.enrolments.filter(ends=None).exclude(pupil=stage.people["pupil"])
    Mark.objects.bulk_create(
        Mark(assessment=own, pupil_id=pupil, value=8 + rank, changed_by=own.teacher)
        for rank, pupil in enumerate(others.values_list("pupil_id", flat=True))
    )
    Mark.objects.filter(assessment=own, pupil=stage.people["pupil"]).update(value=None, code="ABS")


def _handed_in(stage: Stage) -> None:
    """Handed in, and not looked at yet."""
    HandIn.objects.filter(pk=stage.own(HandIn).pk).update(
        mark="", comment="", corrected_by=None, returned_at=None
    )


def _nowhere(stage: Stage) -> None:
    Visit.objects.going_on().filter(pupil=stage.people["pupil"]).update(ends=NOW)


def _kept_visit(stage: Stage) -> None:
    assert visits.begin_visit(seated(stage, "nurse"), stage.people["pupil"], "infirmary", told=False)


GESTURES = {
    "directory: a photo is refused": Gesture(
        sends("directory:photo_consent"),
        frozenset({"directory"}),
        (*FAMILY_APART, *AROUND),
        _without_photo,
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
        sends("attendance:begin_visit"),
        frozenset({"attendance"}),
        ("classmate", "classmate_guardian", "assistant"),
    ),
    "attendance: a nurse keeps a visit from the family": Gesture(
        _kept_visit,
        frozenset({"attendance"}),
        ("guardian", "other_guardian", "classmate"),
        _nowhere,
    ),
    "records: a confidential record is opened": Gesture(
        sends("records:open_record"),
        frozenset({"records", "attendance"}),
        ("secretary", "classmate", "assistant"),
    ),
    "attention: a mother contests": Gesture(
        sends("attention:told"), frozenset({"attention"}), (*FAMILY_APART, "teacher")
    ),
    "notifications: a mother reads her news": Gesture(
        sends("notifications:open"), frozenset({"notifications"}), (*FAMILY_APART, "head")
    ),
    "attendance: a pupil needs something": Gesture(
        sends("attendance:arrange"),
        frozenset({"attendance"}),
        ("secretary", "classmate", "classmate_guardian"),
    ),
    "conduct: an incident is reported": Gesture(
        sends("conduct:report"),
        frozenset({"conduct"}),
        ("guardian", *FAMILY_APART, "teacher_parent", "secretary"),
    ),
    "homework: a correction is kept and not given back": Gesture(
        sends("homework:correct", geste="garder"),
        frozenset({"homework"}),
        ("guardian", *FAMILY_APART, "cpe"),
        _handed_in,
    ),
    "gradebook: a mark is typed before it is published": Gesture(
        _marked("9,5"),
        GRADEBOOK,
        (*FOLLOWING, "secretary", "teacher_parent", "assistant"),
        _draft,
    ),
    "gradebook: the words of an assessment are typed before it is published": Gesture(
        sends("gradebook:change", title="zqx Commentaire", topic="Appréciation gardée"),
        GRADEBOOK,
        (*FOLLOWING, "secretary", "teacher_parent"),
        _draft,
    ),
    "gradebook: a mark is corrected before it is published": Gesture(
        _one_after_another(_draft, _marked("3", "11"), _published),
        GRADEBOOK,
        FOLLOWING,
        _one_after_another(_draft, _marked("11"), _published),
    ),
    "gradebook: pupils read a mark before their families": Gesture(
        _one_after_another(_read_from(BEFORE, LATER), _marked("9,5")),
        GRADEBOOK,
        ("guardian", "other_guardian", "classmate_guardian"),
        _read_from(LATER, LATER + timedelta(hours=48)),
    ),
    "gradebook: a pupil is exempt": Gesture(
        _marked("DISP"),
        GRADEBOOK,
        ("classmate", "classmate_guardian", "secretary"),
        _others_marked,
    ),
}


def received(stage: Stage, key: str, houses: frozenset[str], made: Made) -> dict[str, list[str]]:
    """All that somebody receives, place by place, without what is drawn anew; what they leave behind is undone."""
    found: dict[str, list[str]] = {}
    # Programs and the drive are given a key each, the same ones in both worlds.
    letters = str.maketrans("0123456789", keys.ALPHABET[:10])
    drawn = (
        f"{number:0{keys.PREFIX}}".translate(letters).ljust(keys.PREFIX + keys.SECRET, "z")
        for number in count()
    )
    with transaction.atomic(), papers_as_text(), mock.patch.object(keys, "new_key", side_effect=drawn):
        for where, text in Reader(stage, key, houses | TOGETHER).places(made):
            found.setdefault(where, []).append(_without_what_is_drawn(text))
        transaction.set_rollback(True)
    return found


def _without_what_is_drawn(text: str) -> str:
    head, body = text.partition("\n")[::2]
    answered = re.match(r"\d{3} ", head)
    leads = re.search(r"location: \S+", head)
    status_line = f"{answered[0]}{leads[0] if leads else ''}" if answered else head
    return f"{status_line}\n{DRAWN.sub('', body)}"


@pytest.mark.net
@pytest.mark.long
@pytest.mark.parametrize("name", GESTURES)
def test_a_gesture_tells_nothing_to_those_it_does_not_regard(stage: Stage, name: str) -> None:
    found = learnt(stage, GESTURES[name])
    assert not found, "\n".join(found)


def test_what_is_not_declared_is_found(stage: Stage) -> None:
    """The check itself: of an absence explained, the other parent reads that nothing is left to be done."""
    gesture = replace(GESTURES["attendance: an absence is explained"], unaware=("other_guardian",), tells={})
    found = learnt(stage, gesture)
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
        was, is_now = ([allowed.sub("", text) for text in texts.get(where, [])] for texts in (before, after))
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
