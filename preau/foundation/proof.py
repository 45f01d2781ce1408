"""When whoever sits at this browser last proved who they are: a session left open must not do everything (docs/decisions/0107).

The moment stands in the session's data: no query is added to a page.
"""

from datetime import datetime, timedelta
from typing import Any

KEY, LIFE = "proved", timedelta(minutes=10)


def note(session: Any, now: datetime) -> None:
    """They have just given all that their account asks for."""
    session[KEY] = int(now.timestamp())


def forget(session: Any) -> None:
    """What they gave is enough to come in, and not for the gestures that ask again."""
    session.pop(KEY, None)


def is_fresh(session: Any, now: datetime, within: timedelta = LIFE) -> bool:
    """Less than ten minutes ago; a moment that no clock explains proves nothing."""
    age = now.timestamp() - session.get(KEY, 0)
    return -60 <= age < within.total_seconds()
