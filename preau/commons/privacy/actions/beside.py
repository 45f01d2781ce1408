"""The ledger of what was erased, as it lies beside the backups (`foundation.backups`) and is replayed by a restore."""

from collections.abc import Callable, Sequence

from preau.commons.privacy.actions import replay


def read(contents: Sequence[bytes]) -> Callable[[], str]:
    """What erases again all that these ledgers name. Raises ValueError with a sentence when one is not ours to read."""
    try:
        known = replay.read(contents)
    except replay.NotOurs as error:
        raise ValueError("this site did not sign a ledger of erasures, or it was changed") from error
    except replay.OtherVersion as error:
        raise ValueError("another version of Préau wrote a ledger of erasures") from error

    def again() -> str:
        done = replay.replay(known)
        return f"Erased again: {replay.counts_in_words(done)}"

    return again
