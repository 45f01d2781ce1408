"""Two writers on one row, at the same moment, from pages that showed the same thing."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

from lxml import html

from bench.faults.browser import Answer, Browser, Fields, changed
from bench.faults.people import State, set_state

Pair = tuple[Browser, Browser]
CONFLICT = 409


def _spaced(body: str) -> str:
    """A page with plain spaces where it has others."""
    return body.replace("\u00a0", " ").replace("\u202f", " ")


def together(*works: Callable[[], Answer]) -> list[Answer]:
    start, given = Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Answer]) -> None:
        start.wait(20)
        given[number] = work()  # type: ignore[call-overload]

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return given  # type: ignore[return-value]


class Races:
    """Each race says in the ledger what was acknowledged; a loss without a word is a surprise."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.two = (scene.browser("cpe"), scene.browser("head"))
        self.lesson = scene.lessons()[0]
        self.parents = (scene.browser("guardian"), scene.browser("other_guardian"))
        self.number = 0
        # Two at once: which was first is not known here.
        pair = self._entry_of_the_race()[1]
        scene.ledger.begin(("entry, in any order", *pair), scene.ledger.promised()["entry", *pair])
        scene.ledger.forget(("entry", *pair))

    def run(self) -> None:
        self.number += 1
        self.roll()
        self.correction()
        self.explanation()

    def roll(self) -> None:
        """One is written, the other is shown both values; what they then choose is written too."""
        path = f"/appel/{self.lesson}/"
        forms = [browser.insist(path).form("seen-")[1] for browser in self.two]
        pupil = min(int(name[5:]) for name, _ in forms[0] if name.startswith("seen-"))
        states: list[State] = [("late", 10 + self.number), ("late", 35 + self.number)]
        sent = [set_state(fields, pupil, state) for fields, state in zip(forms, states, strict=True)]
        answers = together(*[partial(self._send, number, path, sent[number]) for number in (0, 1)])
        for number, answer in enumerate(answers):
            if answer.said_yes:
                self._noted(pupil, states[number])
        for number, answer in enumerate(answers):
            if answer.status == CONFLICT:
                self._choose_again(number, path, pupil, states, answer)
            elif not answer.said_yes:
                self.scene.ledger.surprised(f"a race for a roll was answered {answer.status}")

    def _send(self, number: int, path: str, fields: Fields) -> Answer:
        return self.two[number].insist(path, fields)

    def _choose_again(self, number: int, path: str, pupil: int, states: list[State], answer: Answer) -> None:
        for _, minutes in states:
            if f"Retard de {minutes} min" not in _spaced(answer.body):
                self.scene.ledger.surprised(f"the refused roll does not say {minutes} minutes")
        if self._send(number, path, answer.form("seen-")[1]).said_yes:
            self._noted(pupil, states[number])

    def _noted(self, pupil: int, state: State) -> None:
        self.scene.ledger.acknowledged(("entry", self.lesson, pupil), state)
        self.scene.ledger.acknowledged(("roll", self.lesson), 1)

    def correction(self) -> None:
        """One is written, the other is shown what was; sent again, knowing it, theirs is written too: the page keeps every step."""
        entry, pair = self._entry_of_the_race()
        path = f"/vie-scolaire/absences/{entry}/"
        states = [("late", 15 + self.number), ("late", 38 + self.number)]
        sent = [
            changed(browser.insist(path).form("minutes_late")[1], status="late", minutes_late=str(minutes))
            for browser, (_, minutes) in zip(self.two, states, strict=True)
        ]
        answers = together(*[partial(self._send, number, path, sent[number]) for number in (0, 1)])
        for answer, state in zip(answers, states, strict=True):
            if answer.said_yes:
                self.scene.ledger.acknowledged(("entry, in any order", *pair), state)
        for number, answer in enumerate(answers):
            if answer.status == CONFLICT:
                self._correct_again(number, path, pair, states, answer)
            elif not answer.said_yes:
                self.scene.ledger.surprised(f"a race for a correction was answered {answer.status}")

    def _correct_again(
        self, number: int, path: str, pair: tuple[int, int], states: list[State], answer: Answer
    ) -> None:
        theirs = states[1 - number][1]
        if f"Retard de {theirs} min" not in _spaced(answer.body):
            self.scene.ledger.surprised(f"the refused correction does not say {theirs} minutes")
        if self._send(number, path, answer.form("minutes_late")[1]).said_yes:
            self.scene.ledger.acknowledged(("entry, in any order", *pair), states[number])

    def _entry_of_the_race(self) -> tuple[int, tuple[int, int]]:
        corrector = next(person for person in self.scene.people if hasattr(person, "entries"))
        return next(iter(corrector.entries.items()))

    def explanation(self) -> None:
        """Two parents at once: one explanation, and the other is told that it has been explained."""
        entry = next(person.entry for person in self.scene.people if person.name == "guardian")
        words = [f"{entry}:{self.number}:{who}" for who in ("mother", "father")]
        path = f"/absences/{entry}/expliquer/"
        sent = [
            self._explanation(browser, path, entry, word)
            for browser, word in zip(self.parents, words, strict=True)
        ]
        answers = together(*[partial(self.parents[number].insist, path, sent[number]) for number in (0, 1)])
        refusals = [self._told_too_late(*each) for each in zip(self.parents, answers, strict=True)]
        if sum(refusals) != 1:
            statuses = [answer.status for answer in answers]
            self.scene.ledger.surprised(f"two parents at once were answered {statuses}, too late: {refusals}")
            return
        winner = refusals.index(False)
        self.scene.ledger.acknowledged(("explanations", entry), words[winner])
        action, fields = self.parents[winner].insist("/absences/").form("/retirer/")
        if self.parents[winner].insist(action, fields).said_yes:
            self.scene.ledger.acknowledged(("decisions", words[winner]), "withdrawn")

    def _explanation(self, browser: Browser, path: str, entry: int, words: str) -> Fields:
        page = browser.insist(path)
        reason = html.fromstring(page.body).xpath("//input[@name='reason']/@value")[0]
        fields = [pair for pair in page.form("comment")[1] if pair[0] not in {"entries", "reason", "comment"}]
        return [*fields, ("entries", str(entry)), ("reason", str(reason)), ("comment", words)]

    def _told_too_late(self, browser: Browser, answer: Answer) -> bool:
        """Between two looks of the page, its absence may be gone from the choices: then it says so beside them."""
        return answer.status == 422 or "n’est plus à expliquer" in browser.insist("/absences/").body
