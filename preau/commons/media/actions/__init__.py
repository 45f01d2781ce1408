"""Every write: what arrives, what is made of it, its words, and what goes."""

from collections.abc import Sequence

from preau.commons.media.actions.keeping import (
    describe,
    forget_media,
    let_go,
    remove,
    stop,
    sweep,
    words_changed,
)
from preau.commons.media.actions.making import go_on, held
from preau.commons.media.actions.sending import (
    Conflict,
    TooMuch,
    abandon,
    begin,
    keep_made,
    keep_sent,
    received,
    take,
)

__all__: Sequence[str] = [
    "Conflict", "TooMuch", "abandon", "begin", "describe", "forget_media", "go_on", "held", "keep_made", "keep_sent", "let_go", "received", "remove",
    "stop", "sweep", "take", "words_changed",
]  # fmt: skip
