"""Who writes while things break: rolls, corrections, explanations, decisions, codes. Each keeps to rows of their own."""

import random
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any

from lxml import html

from bench.faults.browser import Answer, Browser, Fields, NotBack, changed
from bench.faults.ledger import Ledger

State = tuple[str, int | None]
ABSENT, PRESENT = ("absent", None), ("present", None)
PAGES = 6  # of absences that a family is shown at most


class Person:
    """Someone at work: `turn()` after `turn()` until told to stop. What goes wrong is a surprise in the ledger."""

    def __init__(self, browser: Browser, ledger: Ledger, chance: random.Random) -> None:
        self.browser, self.ledger, self.chance = browser, ledger, chance
        self._stop = Event()
        self._thread: Thread | None = None

    @property
    def name(self) -> str:
        return self.browser.name

    def turn(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        self._stop.clear()
        self._thread = Thread(target=self._work, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self) -> None:
        if self._thread:
            self._thread.join(150)
            if self._thread.is_alive():
                self.ledger.surprised(f"{self.name} never came to an end")

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.turn()
            except NotBack as silence:
                self.ledger.surprised(f"{self.name}: {silence}")
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the report says it
                self.ledger.surprised(f"{self.name}: {error!r}")
                self._stop.wait(0.2)

    def send(self, path: str, fields: Fields, accepted: Callable[[Answer], bool] | None = None) -> Answer:
        """Send a form, again when nobody said yes or no. An answer that is neither yes nor `accepted` is a surprise."""
        answer = self.browser.insist(path, fields)
        if not (accepted(answer) if accepted else answer.said_yes):
            self.ledger.surprised(
                f"{self.name} sent {path} and was answered {answer.status} {answer.location}"
            )
        return answer

    def again(self, path: str, fields: Fields, browser: Browser | None = None) -> Callable[[], None]:
        """Once more the same form, later: any answer will do, as long as nothing changes."""
        return partial(_resend, browser or self.browser, path, fields)


def _resend(browser: Browser, path: str, fields: Fields) -> None:
    browser.insist(path, fields)


class RollCaller(Person):
    """Calls the rolls of some lessons, one pupil after the other, again and again."""

    def __init__(self, *who: Any, lessons: list[int]) -> None:
        super().__init__(*who)
        self.lessons = lessons
        self.minutes = 0

    def turn(self) -> None:
        lesson = self.chance.choice(self.lessons)
        path = f"/appel/{lesson}/"
        _, fields = self.browser.insist(path).form("seen-")
        seen = {int(name[5:]): value for name, value in fields if name.startswith("seen-")}
        pupil = self.chance.choice(sorted(seen))
        state = self._other(seen[pupil])
        sent = set_state(fields, pupil, state)
        if self.send(path, sent).said_yes:
            self.ledger.acknowledged(("entry", lesson, pupil), state)
            self.ledger.acknowledged(("roll", lesson), 1, self.again(path, sent))

    def _other(self, seen: str) -> State:
        """Another state than the one seen, and minutes that nobody has noted before."""
        self.minutes = self.minutes % 500 + 1
        states: list[State] = [ABSENT, PRESENT, ("late", self.minutes)]
        return self.chance.choice([state for state in states if state[0] != seen.partition("-")[0]])


def set_state(fields: Fields, pupil: int, state: State) -> Fields:
    return changed(fields, **{f"status-{pupil}": state[0], f"minutes-{pupil}": str(state[1] or "")})


class Corrector(Person):
    """Corrects absences that were noted before: late by some other number of minutes each time."""

    def __init__(self, *who: Any, entries: dict[int, tuple[int, int]]) -> None:
        super().__init__(*who)
        self.entries = entries
        self.minutes = 100  # more than anyone has noted before: correcting to the same value writes nothing

    def turn(self) -> None:
        entry = self.chance.choice(sorted(self.entries))
        path = f"/vie-scolaire/absences/{entry}/"
        self.minutes = 101 + (self.minutes - 100) % 400
        action, fields = self.browser.insist(path).form("minutes_late")
        sent = changed(fields, status="late", minutes_late=str(self.minutes))
        if self.send(action, sent).said_yes:
            key = ("entry", *self.entries[entry])
            self.ledger.acknowledged(key, ("late", self.minutes), self.again(action, sent))


class Family(Person):
    """A guardian who explains one absence, then takes it back; or the CPE refuses it, and so it goes on."""

    def __init__(self, *who: Any, entry: int, cpe: Browser) -> None:
        super().__init__(*who)
        self.entry, self.cpe = entry, cpe
        self.number = 0

    def turn(self) -> None:
        self.number += 1
        words = f"{self.entry}:{self.number}"
        if self._explain(words):
            self.chance.choice([self._withdraw, self._refuse])(words)

    def _explain(self, words: str) -> bool:
        path = f"/absences/{self.entry}/expliquer/"
        page = self.browser.insist(path)
        _, fields = page.form("comment")
        reason = html.fromstring(page.body).xpath("//input[@name='reason']/@value")[0]
        fields = [(name, value) for name, value in fields if name not in {"entries", "reason", "comment"}]
        sent = [*fields, ("entries", str(self.entry)), ("reason", str(reason)), ("comment", words)]
        is_accepted = self.send(path, sent).said_yes
        if is_accepted:
            self.ledger.acknowledged(("explanations", self.entry), words, self.again(path, sent))
        return is_accepted

    def _withdraw(self, words: str) -> None:
        action, fields = self._pending()
        # Sent again after a first one that passed unseen, the site answers that it is not theirs to take back any more.
        answer = self.send(action, fields, lambda answer: answer.said_yes or answer.status == 403)
        if answer.status in {302, 403}:
            self._decided(words, "withdrawn", self.again(action, fields))

    def _pending(self) -> tuple[str, Fields]:
        """The form that takes an explanation back: absences are shown thirty at a time, newest first."""
        for number in range(1, PAGES + 1):
            try:
                return self.browser.insist(f"/absences/?page={number}").form("/retirer/")
            except LookupError:
                continue
        raise LookupError("No explanation to take back on any page.")

    def _refuse(self, words: str) -> None:
        action, fields = self.cpe.insist(f"/vie-scolaire/absences/{self.entry}/").form("/decision/")
        sent = changed(fields, state="refused", comment=words)
        if self.cpe.insist(action, sent).said_yes:
            self._decided(words, "refused", self.again(action, sent, self.cpe))

    def _decided(self, words: str, state: str, again: Callable[[], None]) -> None:
        self.ledger.acknowledged(("decisions", words), state)
        # The last thing done with this absence is what is sent again: not the explanation, which may be given anew.
        self.ledger.acknowledged(("steps", self.entry), (words, state))
        self.ledger.last(("explanations", self.entry), again)


class CodeGiver(Person):
    """Gives a pupil a code, now and then: an hour has a limit."""

    def __init__(self, *who: Any, pupil: str, key: int) -> None:
        super().__init__(*who)
        self.pupil, self.key = pupil, key
        self.left = 0

    def start(self) -> None:
        self.left = 3
        super().start()

    def turn(self) -> None:
        page = self.browser.insist(f"/comptes/personnes/{self.pupil}/")
        if not self.left:
            self._stop.wait(0.1)
            return
        self.left -= 1
        action, fields = page.form("/code/")
        answer = self.send(action, fields, lambda answer: answer.status in {200, 302})
        # 302: the first try had passed and its page never came; the site says that a code was given.
        code = (
            html.fromstring(answer.body).xpath("//dl[@class='keys']//dd/text()")[1]
            if answer.status == 200
            else None
        )
        self.ledger.acknowledged(("codes", self.key), code, self.again(action, fields))
