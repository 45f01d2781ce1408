"""What people type is found by those it is for, and by nobody else, wherever anybody can look (tests/net/acting.py)."""

import json
import logging
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from fcntl import LOCK_EX, flock
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from preau.commons.privacy.queries import held
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import explanations
from preau.domains.attendance.views import families
from preau.foundation import journal, notices
from preau.foundation.readers import with_guardians
from tests.declared import gathered
from tests.net import plan
from tests.net.acting import MARKS, act, complaints, forms_of, judged, look, said_in_logs
from tests.net.matrix import houses
from tests.net.matrix_stage import Stage
from tests.net.places import come

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]
TYPING = [house for house in houses() if forms_of([house])]


@pytest.fixture
def wrong(stage: Stage, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What is wrong with the forms of all the houses of this run: they act together, once, whichever process comes first."""
    chosen = sorted(
        {
            item.callspec.params["house"]
            for item in request.session.items
            if getattr(item, "originalname", "") == request.node.originalname
        }
    )
    name = sha256(" ".join(chosen).encode()).hexdigest()[:16]
    folder = plan.run() / "acting"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        file = folder / f"{name}.json"
        if not file.exists():
            file.write_text(json.dumps(judged(stage, chosen, gathered().read_by)))
        found: dict[str, list[str]] = json.loads(file.read_text())
    return found


@pytest.mark.net
@pytest.mark.long
@pytest.mark.parametrize("house", TYPING)
def test_words_are_found_by_those_they_are_for(wrong: dict[str, list[str]], house: str) -> None:
    mine = [one for route, found in wrong.items() if route.partition(":")[0] == house for one in found]
    mine += wrong.get(MARKS, [])
    assert not mine, "\n".join(mine)


# The check itself


@dataclass
class Scene:
    """One form of attendance, sent on the stage; two readers, and the pages where its words may come."""

    stage: Stage

    def complaints(self, readers_by_name: Mapping[str, Set[str]] | None = None) -> list[str]:
        come(self.stage)
        with said_in_logs() as log_lines:
            acted = act(self.stage, [route for route in forms_of(["attendance"]) if route.name == EXPLAIN])
            found = look(
                self.stage, acted, log_lines, ["guardian", "other_guardian"], {"attendance", "notifications"}
            )
        assert acted.words
        return complaints(acted, found, gathered().read_by if readers_by_name is None else readers_by_name)[
            EXPLAIN
        ]


EXPLAIN = "attendance:explain"


@pytest.fixture
def scene(stage: Stage) -> Scene:
    return Scene(stage)


def test_what_is_as_it_should_be_is_not_complained_of(scene: Scene) -> None:
    assert scene.complaints() == []


def test_words_copied_into_the_news_of_another_parent_are_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    father = scene.stage.people["other_guardian"]

    def tells(viewer: Viewer, entries: Any, reason: Any, comment: str, document: Any) -> Any:
        facts = {"day": "mardi", "hours": "8 h", "school": comment}
        notices.publish(notices.News("attendance.absence", father.pk, "copie", "/absences/", facts=facts))
        return explanations.explain(viewer, entries, reason, comment, document)

    monkeypatch.setattr(families, "explanations", SimpleNamespace(**{**vars(explanations), "explain": tells}))
    found = scene.complaints()
    assert any("found by other_guardian in" in complaint and "archive" in complaint for complaint in found), (
        found
    )


def test_words_read_in_the_archive_of_another_are_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = held.entries()
    wider = [
        replace(entry, readers=with_guardians(), field_readers={})
        if entry.model == "attendance.Explanation"
        else entry
        for entry in known
    ]
    monkeypatch.setattr(held, "entries", lambda: wider)
    found = scene.complaints()
    assert any("found by other_guardian in archive of a child" in complaint for complaint in found), found


@pytest.mark.parametrize("where", ["the details of the journal", "the log"])
def test_words_written_in_a_line_are_found(scene: Scene, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def writes(viewer: Viewer, entries: Any, reason: Any, comment: str, document: Any) -> Any:
        made = explanations.explain(viewer, entries, reason, comment, document)
        if where == "the log":
            logging.getLogger("preau").error("Une explication : %s", comment)
        else:
            journal.record(viewer, "attendance.explained", made, subject_id=made.pupil_id, words=comment)
        return made

    monkeypatch.setattr(
        families, "explanations", SimpleNamespace(**{**vars(explanations), "explain": writes})
    )
    found = scene.complaints()
    assert any(f"found by {where}" in complaint for complaint in found), found


def test_a_form_of_which_nobody_said_who_reads_it_is_complained_of(scene: Scene) -> None:
    assert "nobody said who reads it" in scene.complaints({})[0]


def test_words_that_nobody_finds_are_complained_of(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def loses(viewer: Viewer, entries: Any, reason: Any, _comment: str, document: Any) -> Any:
        return explanations.explain(viewer, entries, reason, "", document)

    monkeypatch.setattr(families, "explanations", SimpleNamespace(**{**vars(explanations), "explain": loses}))
    assert "found by nobody" in scene.complaints()[0]


# Resources open to all, what is said of them, the name of a school, and why a date of erasing is put off.
OF_THE_PLATFORM = {"catalogue", "media", "scenarios"}, {"directory:identity", "privacy:postpone_run"}


@pytest.mark.parametrize("who", ["operator", "agent"])
def test_whoever_runs_the_platform_finds_no_word_of_the_life_of_a_school(who: str) -> None:
    houses_of, forms = OF_THE_PLATFORM
    found = {key for key, readers in gathered().read_by.items() if who in readers}
    assert found, "they look somewhere"
    assert not {key for key in found - forms if key.partition(":")[0] not in houses_of}


def test_every_form_of_which_readers_are_said_is_there() -> None:
    names = {route.name for route in forms_of(houses())}
    # A name of the stage that goes with a form is no route (« own guardian »).
    assert not {key.partition(".")[0] for key in gathered().read_by if ":" in key} - names
