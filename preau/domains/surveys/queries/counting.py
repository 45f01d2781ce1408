"""The count of a round: who has how many votes, who is elected, and the digest that the minutes bear. Pure, but for the urn."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from hashlib import sha256

from preau.domains.surveys.models import Candidate, Round, Urn

BLANK = ""


@dataclass(frozen=True)
class Count:
    """What an urn holds. `tally`: the votes of each candidate, by their key as text."""

    voted: int
    blank: int
    tally: Mapping[str, int]

    @property
    def expressed(self) -> int:
        return self.voted - self.blank


def count(ballots: Sequence[str], candidates: Iterable[int]) -> Count:
    """One reading of the ballots: a paper that names no candidate is blank."""
    known = {str(key) for key in candidates}
    counts = Counter(ballot if ballot in known else BLANK for ballot in ballots)
    return Count(len(ballots), counts[BLANK], {key: counts[key] for key in sorted(known, key=int)})


def count_again(ballots: Sequence[str], candidates: Iterable[int]) -> Count:
    """The other reading, candidate by candidate, from the last ballot: what one hand counted, another counts otherwise."""
    tally = {
        str(key): sum(1 for ballot in reversed(ballots) if ballot == str(key)) for key in sorted(candidates)
    }
    return Count(len(ballots), len(ballots) - sum(tally.values()), tally)


def ballots_of(round_: Round) -> list[str]:
    return list(Urn.objects.filter(round=round_).values_list("ballots", flat=True).first() or [])


def is_same(round_: Round) -> bool:
    """Does the urn, read again today, give what was written when it was closed?"""
    again = count_again(ballots_of(round_), [int(key) for key in round_.tally])
    return (again.voted, again.blank, dict(again.tally)) == (round_.voted, round_.blank, dict(round_.tally))


def said_of(round_: Round, names: Mapping[str, str]) -> str:
    """A closed round in one line, as the minutes print it: class, round, roll, votes, who has how many, when. Nobody's key."""
    tally = [(names.get(key, "?"), number) for key, number in round_.tally.items()]
    parts = [
        round_.election.group.name,
        round_.number,
        round_.on_roll,
        round_.voted,
        round_.blank,
        *(f"{name}={number}" for name, number in sorted(tally)),
        round_.closed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if round_.closed_at else "",
    ]
    return "|".join(str(part) for part in parts)


def digest_of(round_: Round, names: Mapping[str, str]) -> str:
    """SHA-256 of that line: anybody computes it again from the minutes."""
    return sha256(said_of(round_, names).encode()).hexdigest()


def elected(number: int, counted: Count, candidates: Sequence[Candidate], seats: int) -> list[Candidate]:
    """Who is elected in a round: at the first an absolute majority of the votes expressed; at the second the most votes, and the youngest
    of those who have as many (Code de l’éducation, art. R. 421-28)."""
    votes = {candidate.pk: counted.tally.get(str(candidate.pk), 0) for candidate in candidates}
    if number == 1:
        found = [one for one in candidates if 2 * votes[one.pk] > counted.expressed]
    else:
        found = [one for one in candidates if votes[one.pk] > 0]
    # The youngest has the latest day of birth.
    found.sort(key=lambda one: one.pupil.birth_date or date.min, reverse=True)
    found.sort(key=lambda one: votes[one.pk], reverse=True)
    return found[:seats]
