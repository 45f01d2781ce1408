"""What two lists of blocks have in common, in a number of steps that their length bounds, however alike or unlike they are."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

# Up to so many pairs of blocks, all of them are looked at.
MOST_PAIRS = 10_000
Change = tuple[str, int, int, int, int]


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """As `SequenceMatcher.get_opcodes`: « equal » or « replace », from where to where in the one and in the other, in order, all told."""
    found: list[Change] = []
    at, there = 0, 0
    for first, second, size in [*_runs(old, new), (len(old), len(new), 0)]:
        if (at, there) != (first, second):
            found.append(("replace", at, first, there, second))
        if size:
            found.append(("equal", first, first + size, second, second + size))
        at, there = first + size, second + size
    return found


def _runs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Blocks that stay: from where in the one, from where in the other, how many."""
    pairs = _pairs(old, new)
    found: list[tuple[int, int, int]] = []
    for one, other in pairs:
        if found and (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]) == (one, other):
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + 1)
        else:
            found.append((one, other, 1))
    return found


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """What stays, block by block: the same beginning, the same end; between them, all pairs where they are few, else from one block that
    each text says once to the next."""
    head = _alike(old, new, 0, 0, len(old), len(new))
    foot = _alike(old[::-1], new[::-1], 0, 0, len(old) - head, len(new) - head)
    last, end = len(old) - foot, len(new) - foot
    pairs = [(rank, rank) for rank in range(head)]
    at, there = head, head
    anchors = _once(old, new, head, last, end) if _many(last - head, end - head) else []
    for one, other in [*anchors, (last, end)]:
        pairs += _between(old, new, at, one, there, other)
        if one < last:
            pairs.append((one, other))
        at, there = one + 1, other + 1
    return pairs + [(last + step, end + step) for step in range(foot)]


def _many(one: int, other: int) -> bool:
    return one * other > MOST_PAIRS


def _alike(old: Sequence[str], new: Sequence[str], at: int, there: int, last: int, end: int) -> int:
    """How many blocks are the same from here on."""
    size = 0
    while at + size < last and there + size < end and old[at + size] == new[there + size]:
        size += 1
    return size


def _between(
    old: Sequence[str], new: Sequence[str], at: int, last: int, there: int, end: int
) -> list[tuple[int, int]]:
    head = _alike(old, new, at, there, last, end)
    pairs = [(at + step, there + step) for step in range(head)]
    at, there = at + head, there + head
    if at == last or there == end or _many(last - at, end - there):
        return pairs
    matches = SequenceMatcher(None, old[at:last], new[there:end], autojunk=False).get_matching_blocks()
    return pairs + [
        (at + match.a + step, there + match.b + step) for match in matches for step in range(match.size)
    ]


def _once(old: Sequence[str], new: Sequence[str], head: int, last: int, end: int) -> list[tuple[int, int]]:
    """Blocks that each of both says once, as many as stand in the same order in both (the longest rising run)."""
    counts, others = Counter(old[head:last]), Counter(new[head:end])
    where = {block: rank for rank, block in enumerate(new[head:end], head) if others[block] == 1}
    tops: list[int] = []
    rows: list[tuple[int, int, int]] = []
    ends: list[int] = []
    for rank in range(head, last):
        block = old[rank]
        if counts[block] != 1 or block not in where:
            continue
        place = bisect_left(tops, where[block])
        rows.append((rank, where[block], ends[place - 1] if place else -1))
        tops[place : place + 1] = [where[block]]
        ends[place : place + 1] = [len(rows) - 1]
    found: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        one, other, at = rows[at]
        found.append((one, other))
    return found[::-1]
