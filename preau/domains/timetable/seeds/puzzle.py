"""The puzzle of a school's week: where each lesson goes so that nobody is in two places. Knows no database.

Lessons are placed one after the other, the most constrained first, each where it disturbs least; one that fits nowhere
takes the place of others, which are placed again. The same lessons and the same seed give the same week.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from random import Random

Span = tuple[int, ...]
MOST_TURNS = 60_000
DISTURBED, AGAIN_TODAY, CLASS_OPENED, HOURS_TODAY, ALONE = 1000, 40, 4, 3, 8


@dataclass(frozen=True)
class Bells:
    """The hours of a school day: what rings, what two hours may follow, what is lunch, what nobody likes."""

    hours: Sequence[tuple[time, time]]
    pairs: Sequence[tuple[int, int]]
    on_wednesday: int
    lunch: tuple[int, ...] = ()  # of these hours each one keeps all but one free
    dislike: Mapping[int, int] = field(default_factory=dict)

    def slots(self) -> list[tuple[int, int]]:
        """Day and hour of every slot of the week."""
        return [
            (day, hour)
            for day in range(5)
            for hour in range(self.on_wednesday if day == 2 else len(self.hours))
        ]


@dataclass(frozen=True)
class Piece:
    """One lesson to place. `pupils` has one bit for each pupil, class and group that it takes."""

    subject: object
    teachers: frozenset[object]
    pupils: int
    classes: tuple[object, ...]
    length: int = 1


class Board:
    """The week being filled."""

    def __init__(self, bells: Bells, pieces: Sequence[Piece], taken: Mapping[object, set[int]]) -> None:
        self.pieces = pieces
        self.slots = bells.slots()
        self.taken = taken
        self.spans = {1: [(number,) for number in range(len(self.slots))], 2: self._pairs(bells)}
        self.rivals = [self._rivals(bells, number) for number in range(len(self.slots))]
        self.dislike = [bells.dislike.get(hour, 0) for _day, hour in self.slots]
        self.at: list[list[int]] = [[] for _ in self.slots]
        self.where: dict[int, Span] = {}
        self.held: dict[object, list[int]] = defaultdict(lambda: [0] * len(self.slots))
        self.days = [[n for n, (day, _) in enumerate(self.slots) if day == today] for today in range(5)]
        self.subjects: dict[tuple[object, int], int] = defaultdict(int)

    def _pairs(self, bells: Bells) -> list[Span]:
        number_of = {slot: number for number, slot in enumerate(self.slots)}
        pairs = [((day, one), (day, two)) for day in range(5) for one, two in bells.pairs]
        return [(number_of[one], number_of[two]) for one, two in pairs if two in number_of]

    def _rivals(self, bells: Bells, number: int) -> Span:
        day, hour = self.slots[number]
        if hour not in bells.lunch:
            return (number,)
        return tuple(
            n for n, (today, other) in enumerate(self.slots) if today == day and other in bells.lunch
        )

    def disturbed(self, piece: Piece, span: Span) -> set[int]:
        """The lessons that would have to leave."""
        found: set[int] = set()
        for slot in {rival for wanted in span for rival in self.rivals[wanted]}:
            for other in self.at[slot]:
                known = self.pieces[other]
                if known.pupils & piece.pupils or known.teachers & piece.teachers:
                    found.add(other)
        return found

    def is_open(self, piece: Piece, span: Span) -> bool:
        return not any(slot in self.taken.get(teacher, ()) for teacher in piece.teachers for slot in span)

    def cost(self, piece: Piece, span: Span) -> int:
        """What nobody likes: late hours, a subject twice a day, long days, classes split at more hours than needed."""
        day = self.slots[span[0]][0]
        held = [self.held[label] for label in piece.classes]
        opened = sum(not hours[slot] for hours in held for slot in span)
        today = sum(bool(hours[slot]) for hours in held for slot in self.days[day])
        alone = sum(not self._next_to_another(hours, span) for hours in held)
        return (
            CLASS_OPENED * opened
            + ALONE * alone // len(held)
            + HOURS_TODAY * today // len(held)
            + AGAIN_TODAY * self.subjects[piece.subject, day]
            + sum(self.dislike[slot] for slot in span)
        )

    def _next_to_another(self, hours: list[int], span: Span) -> bool:
        """Does the class already have the hour before or after?"""
        day = self.slots[span[0]][0]
        around = (span[0] - 1, span[-1] + 1)
        return any(0 <= n < len(self.slots) and self.slots[n][0] == day and bool(hours[n]) for n in around)

    def put(self, number: int, span: Span) -> None:
        self._count(number, span, 1)
        self.where[number] = span
        for slot in span:
            self.at[slot].append(number)

    def take(self, number: int) -> None:
        span = self.where.pop(number)
        self._count(number, span, -1)
        for slot in span:
            self.at[slot].remove(number)

    def _count(self, number: int, span: Span, step: int) -> None:
        piece = self.pieces[number]
        self.subjects[piece.subject, self.slots[span[0]][0]] += step
        for label in piece.classes:
            for slot in span:
                self.held[label][slot] += step


def solve(
    bells: Bells, pieces: Sequence[Piece], taken: Mapping[object, set[int]], seed: int
) -> dict[int, Span]:
    """Where each piece goes, by its number; one that could not be placed is not there.

    `taken` are the slots at which a teacher works elsewhere.
    """
    board = Board(bells, pieces, taken)
    chance = Random(seed)  # noqa: S311 - a puzzle, not a secret
    waiting = deque(sorted(range(len(pieces)), key=lambda n: (-len(pieces[n].classes), -pieces[n].length, n)))
    pushed = [0] * len(pieces)  # how often each piece had to leave: those that often do are spared
    for _turn in range(MOST_TURNS):
        if not waiting:
            break
        number = waiting.popleft()
        best = _best(board, pieces[number], pushed, chance)
        if best is None:
            continue
        span, leaving = best
        for other in sorted(leaving):
            board.take(other)
            pushed[other] += 1
            waiting.append(other)
        board.put(number, span)
    return board.where


def _best(board: Board, piece: Piece, pushed: list[int], chance: Random) -> tuple[Span, set[int]] | None:
    """The place that disturbs least, and what has to leave it."""
    found: list[tuple[float, Span, set[int]]] = []
    for span in board.spans[piece.length]:
        if board.is_open(piece, span):
            leaving = board.disturbed(piece, span)
            harm = sum(DISTURBED * (1 + pushed[other]) for other in leaving)
            found.append((harm + board.cost(piece, span) + chance.random(), span, leaving))
    return min(found, key=lambda choice: choice[0])[1:] if found else None
