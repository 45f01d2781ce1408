"""Verbs of notifications. Reading one's own news leaves no line in the journal; choosing how to be told does."""

from preau.commons.notifications.actions.choosing import choose, forget_choices, revoke_links, stop, stop_link
from preau.commons.notifications.actions.keeping import (
    forget_news,
    mark,
    mark_all,
    news_due,
    publish,
    purge,
    settle,
)
from preau.commons.notifications.actions.sending import (
    BeingSent,
    envelopes_ready,
    hold,
    let_go,
    pack,
    people_waiting,
)

__all__ = [
    "BeingSent",
    "choose",
    "envelopes_ready",
    "forget_choices",
    "forget_news",
    "hold",
    "let_go",
    "mark",
    "mark_all",
    "news_due",
    "pack",
    "people_waiting",
    "publish",
    "purge",
    "revoke_links",
    "settle",
    "stop",
    "stop_link",
]
