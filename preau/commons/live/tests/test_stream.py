"""The streams themselves: what is told to whom, when they close, and that nothing is asked meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from preau.commons.live import stream
from preau.commons.live.stream import PATH, Live

LONG = 4_102_444_800.0  # 2100
LIMIT = 10.0


class Page:
    """A browser with one open page, on an application that is told what it may hear of."""

    def __init__(self, live: Live, query: str = "sujet=bell&sujet=roll:12", **headers: str) -> None:
        self.live, self.said, self.gone = live, asyncio.Queue[Mapping[str, Any]](), asyncio.Event()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": PATH,
            "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        self.task = asyncio.create_task(live(self.scope, self._receive, self.said.put))

    async def _receive(self) -> Mapping[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def next(self) -> Mapping[str, Any]:
        return await asyncio.wait_for(self.said.get(), LIMIT)

    async def words(self) -> str:
        return str((await self.next())["body"].decode())

    async def ended(self) -> None:
        await asyncio.wait_for(self.task, LIMIT)

    async def leave(self) -> None:
        self.gone.set()
        await self.ended()


def answer(**channels: str) -> dict[str, Any]:
    return {
        "channels": {"bell": "b1", "roll:12": "r12"} | channels,
        "watched": ["me", "school"],
        "until": LONG,
    }


def play(scene: Callable[[Live, list[Any]], Awaitable[None]], *answers: Any) -> None:
    """Run a scene; `answers` are what Django says of rights, in their order, the last one for ever."""
    asked: list[Any] = []

    def rights(_scope: Any, topics: tuple[str, ...]) -> Any:
        asked.append(topics)
        return answers[min(len(asked), len(answers)) - 1]

    # A browser of another test has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, scene(Live(rights), asked)).result()  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TOGETHER", 0)
    monkeypatch.setattr(stream, "SOON", 0.01)


def test_a_page_hears_of_what_it_asked_for_and_of_nothing_else() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        start = await page.next()
        assert start["status"] == 200 and (b"x-accel-buffering", b"no") in start["headers"]
        assert "event: ready" in await page.words()
        live.hub.carry("x9 school2")
        live.hub.carry("r12 x9")
        assert await page.words() == "event: moved\ndata: roll:12\n\n"
        live.hub.carry("b1 r12")
        assert await page.words() == "event: moved\ndata: bell roll:12\n\n"
        assert asked == [("bell", "roll:12")]
        await page.leave()
        assert not live.hub.streams and not live.hub.hearing and not live.hub.watching

    play(scene, answer())


def test_a_visitor_hears_nothing() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        assert (await page.next())["status"] == 401
        await page.ended()
        assert not live.hub.streams

    play(scene, None)


def test_a_right_taken_away_closes_the_stream() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        await page.next()
        await page.words()
        live.hub.carry("me")
        assert (await page.next())["body"] == b""
        await page.ended()
        assert len(asked) == 2 and not live.hub.streams
        live.hub.carry("r12")
        assert page.said.empty()

    play(scene, answer(), {"channels": {"bell": "b1"}, "watched": ["me"], "until": LONG})


def test_signing_out_closes_the_stream() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        await page.next()
        await page.words()
        live.hub.carry("me")
        await page.ended()
        assert not live.hub.streams

    play(scene, answer(), None)


def test_one_person_holds_so_many_streams_and_takes_nobody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_OF_ONE", 2)

    async def scene(live: Live, asked: list[Any]) -> None:
        first, second = Page(live), Page(live)
        for page in (first, second):
            assert (await page.next())["status"] == 200
        third = Page(live)
        assert (await third.next())["status"] == 429
        await third.ended()
        # What was open hears as before, and what was refused holds nothing.
        assert len(live.hub.streams) == 2
        for page in (first, second):
            await page.words()
        live.hub.carry("b1")
        assert await first.words() == "event: moved\ndata: bell\n\n"
        await second.leave()
        back = Page(live)
        assert (await back.next())["status"] == 200
        other = Page(live)
        assert (await other.next())["status"] == 200
        for page in (first, back, other):
            await page.leave()
        assert not live.hub.streams

    mine = answer()
    play(scene, mine, mine, mine, mine, answer() | {"watched": ["somebody else", "school"]})


def test_so_many_streams_are_open_in_all_and_django_is_not_asked_for_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "MOST_OF_ALL", 1)

    async def scene(live: Live, asked: list[Any]) -> None:
        first = Page(live)
        assert (await first.next())["status"] == 200
        second = Page(live)
        assert (await second.next())["status"] == 503
        await second.ended()
        assert len(asked) == 1
        await first.leave()

    play(scene, answer())


def test_an_address_that_asks_for_too_much_is_refused() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live, "&".join(f"sujet=roll:{number}" for number in range(200)))
        assert (await page.next())["status"] == 400
        await page.ended()
        assert asked == []

    play(scene, answer())


def test_what_has_not_changed_keeps_the_stream() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        await page.next()
        await page.words()
        live.hub.carry("school b1")
        assert await page.words() == "event: moved\ndata: bell\n\n"
        assert len(asked) == 2
        await page.leave()

    play(scene, answer())


def test_what_a_bus_that_was_away_did_not_carry_is_asked_for() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        await page.next()
        await page.words()
        live.hub.doubt_everything()
        assert await page.words() == "event: moved\ndata: bell roll:12\n\n"
        await page.leave()

    play(scene, answer())


def test_the_hour_at_which_rights_end_is_kept() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live)
        await page.next()
        await page.words()
        await page.ended()
        assert len(asked) == 2

    play(scene, answer() | {"until": 0.0}, None)


@pytest.mark.parametrize("origin", ["https://ailleurs.example", "null"])
def test_another_site_opens_no_stream(origin: str) -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        page = Page(live, origin=origin)
        assert (await page.next())["status"] == 403
        await page.ended()
        assert asked == []

    play(scene, answer())


def test_browsers_that_lost_it_come_back_over_time() -> None:
    async def scene(live: Live, asked: list[Any]) -> None:
        delays = set()
        for _page in range(30):
            page = Page(live)
            await page.next()
            delays.add((await page.words()).split("retry: ")[1].split("\n")[0])
            await page.leave()
        assert len(delays) > 20

    play(scene, answer())
