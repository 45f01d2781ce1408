"""Every write: what arrives, what is made of it, its words, and what goes."""

from collections.abc import Sequence

__all__: Sequence[str] = [
    "Conflict",
    "TooMuch",
    "abandon",
    "begin",
    "describe",
    "forget_media",
    "go_on",
    "held",
    "keep_made",
    "keep_sent",
    "let_go",
    "received",
    "remove",
    "stop",
    "sweep",
    "take",
    "words_changed",
]
