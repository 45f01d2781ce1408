"""The walk itself: it goes everywhere, knows one shape from another, and leaves nothing behind."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from django.urls import reverse

from preau.directory.models import Delivery
from preau.directory.seeds.world import World
from preau.foundation import webpush
from tests.journeys.conftest import ON_BOTH_ENGINES
from tests.net import summary
from tests.net.cast import KEYS, PARTS, gather
from tests.net.crawl import Crawl, Visit, shapes_of
from tests.net.forms import forms_of
from tests.net.plan import Limits
from tests.net.reviewed import Reviewed


@pytest.fixture(autouse=True)
def told_on_devices(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()


def test_a_process_that_shares_the_work_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "head.json").write_text("{}")
    monkeypatch.setattr(summary, "run", lambda: tmp_path)
    summary.pytest_terminal_summary(None, SimpleNamespace(workerinput={}))  # type: ignore[arg-type]
    assert (tmp_path / "parts" / "head.json").exists()


def test_what_a_change_must_pass_looks_at_the_pages_once() -> None:
    """On SQLite with open eyes; on PostgreSQL the answers alone are asked for."""
    recipes = Path("Makefile").read_text().split("\n\n")
    closed = [recipe.split(":")[0] for recipe in recipes if "NET_EYES=" in recipe]
    assert closed == ["test-postgres"]


def test_the_journeys_of_both_engines_are_there() -> None:
    """A file that is called otherwise would be walked on one engine, and nobody would be told."""
    here = {path.name for path in Path("tests/journeys").glob("test_*.py")}
    assert here >= ON_BOTH_ENGINES
    assert "NET_EYES=$${NET_EYES:-closed}" in Path("Makefile").read_text()


def test_the_cast_is_complete(college: World, twin: World) -> None:
    stage = gather(college, twin)
    assert list(stage.cast) == KEYS
    assert sorted(key for keys in PARTS for key in keys) == sorted(KEYS)
    outside = {key for key, member in stage.cast.items() if member.viewer is None}
    assert outside == {"left_staff", "left_pupil", "visitor"}


@pytest.mark.long
def test_what_forms_send_is_taken_back(college: World, twin: World) -> None:
    """The head approves, drops and prepares letters on the way: the delivery still waits."""
    crawl = Crawl(gather(college, twin), "head", Limits(objects=1, questions=1))
    crawl.walk()
    sent = {visit.route for visit in crawl.visits.values() if visit.headers}
    assert {"directory:approve", "directory:drop", "identity:prepare_class"} <= sent
    assert Delivery.objects.get(school=college.school, source="aaf").state == Delivery.State.BLOCKED
    assert crawl.client.get("/comptes/").status_code == 200


def test_a_link_that_would_be_refused_is_foreseen(college: World, twin: World) -> None:
    """Looks follow no link: where it leads is declared."""
    crawl = Crawl(gather(college, twin, []), "pupil", Limits())
    led = dict.fromkeys(["/", reverse("identity:staff_accounts"), "/nulle-part/"])
    visit = Visit("pupil", "portal:home", "/", frozenset({200}), 200, links=led)
    crawl.foresee_links(visit)
    assert list(visit.links.values()) == [200, 403, 404]


def page(main: str, frame: str = "<nav><a href='/'>Accueil</a></nav>") -> tuple[str, str]:
    return shapes_of(lxml.html.document_fromstring(f"<body>{frame}<main>{main}</main></body>"))


@pytest.mark.parametrize(
    "same",
    [
        "<ul><li>Nina</li></ul>",
        "<ul><li>Hugo</li><li>Lina</li></ul>",
        "<ul><li>Nina</li></ul><!-- rien -->",
    ],
)
def test_words_and_numbers_of_rows_change_no_shape(same: str) -> None:
    assert page(same) == page("<ul><li>Ana</li></ul>")


@pytest.mark.parametrize(
    "other",
    ["<ul><li class='late'>Nina</li></ul>", "<ul><li hidden>Nina</li></ul>", "<ol><li>Nina</li></ol>"],
)
def test_what_looks_or_acts_otherwise_is_another_shape(other: str) -> None:
    assert page(other)[0] != page("<ul><li>Nina</li></ul>")[0]


def test_the_frame_has_a_shape_of_its_own() -> None:
    plain, signed_in = page("<p>Bonjour</p>"), page("<p>Bonsoir</p>", "<nav><button>Moi</button></nav>")
    assert plain[0] == signed_in[0]
    assert plain[1] != signed_in[1]


def test_a_form_is_sent_as_drawn_and_as_a_hurried_person_would() -> None:
    html = (
        "<form method='post' action='/x/'><input type='hidden' name='seat' value='s'><input name='nom' value='Abadie'></form>"
        "<form action='/y/'><select name='etat'><option value=''></option><option value='late'>Retard</option></select></form>"
    )
    post, get = forms_of(lxml.html.document_fromstring(html), "/")
    assert (dict(post.given), dict(post.other)) == ({"seat": "s", "nom": "Abadie"}, {"seat": "s", "nom": ""})
    assert list(get.questions()) == ["/y/?etat=", "/y/?etat=late"]


def test_a_review_excuses_what_it_names_and_nothing_else() -> None:
    line = Reviewed("axe", "color-contrast", r"^<select ", "its text stands on a plain surface")
    assert line.covers("axe", "color-contrast", "<select name='etat'>")
    assert not line.covers("axe", "label", "<select name='etat'>")
    assert not line.covers("axe", "color-contrast", "<p>")
    assert not line.covers("alfa", "color-contrast", "<select name='etat'>")
