"""Nobody meets a page that answers wrongly, cannot be read, or cannot be used without a mouse."""

import time
from typing import Any

import pytest

from preau import urls
from preau.directory.seeds.world import World
from preau.foundation import webpush
from tests.building import routes
from tests.declared import gathered
from tests.journeys.conftest import clock, schools  # noqa: F401 - fixtures, used by their names
from tests.net import report
from tests.net.cast import PARTS, Stage, gather
from tests.net.crawl import Crawl, Visit
from tests.net.eyes import answers_on_known_bad, judged, look, missed_on_known_bad
from tests.net.plan import PLAN, is_first

pytestmark = [
    pytest.mark.journey,
    pytest.mark.net,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]
if PLAN.eyes:
    pytestmark.append(pytest.mark.usefixtures("browser", "live_server"))


@pytest.fixture
def stage(schools: dict[str, World], settings: Any) -> Stage:  # noqa: F811
    """The cast, on a site that also serves the known-bad page."""
    settings.ROOT_URLCONF = "tests.net.known_bad"
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()
    return gather(schools["college"], schools["twin"])


@pytest.mark.parametrize("keys", PARTS, ids=" ".join)
def test_every_page_for_everyone(request: pytest.FixtureRequest, stage: Stage, keys: list[str]) -> None:
    began = time.perf_counter()
    part = report.Part(keys)
    # All answers first: while the browser asks, queries could not be counted.
    crawls = [walked(Crawl(stage, key, PLAN.limits), part) for key in keys]
    stranger = Crawl(stage, "visitor", PLAN.limits)
    if PLAN.eyes:
        browser, server = request.getfixturevalue("browser"), request.getfixturevalue("live_server").url
        seen = [(crawl, filter(to_be_seen, crawl.visits.values())) for crawl in crawls]
        look(browser, server, seen, part, stranger)
    else:
        part.planted = answers_on_known_bad(stranger)[1]
    part.write(time.perf_counter() - began)
    assert missed_on_known_bad(part.planted) == []
    if "head" in keys:
        walked_to = {visit.route for visit in crawls[keys.index("head")].visits.values()}
        # A new gesture wants an object to be made on: `lay` of its house.
        assert {name for name, _ in routes(urls.urlpatterns)} - walked_to == gathered().of_others
    assert not part.faults, report.fault_lines(part.faults)


def walked(crawl: Crawl, part: report.Part) -> Crawl:
    for visit in crawl.walk():
        part.add_answer(visit, judged(visit))
    part.objects |= {f"{label} {value}" for label, value in crawl.objects}
    return crawl


def to_be_seen(visit: Visit) -> bool:
    """One page of each shape: a header is not looked at again with each page that bears it."""
    return visit.is_page and any([is_first(visit.main), is_first(visit.frame)])
