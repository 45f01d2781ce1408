"""What a session knows of its own age, and in which browser it lives.

The stamps stand in the session's data: no query is added to a page. Once a minute at most, they are written again.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from preau.identity.rules import Limits

OPENED, SEEN, OVER = "opened", "seen", "over"
# Opened with a second proof given then and there: services that ask are told so.
PROVED = "proved_twice"
# Opened by a provider that knows its person in some profiles only: the others are not sat in (docs/decisions/0115).
PROFILES = "profiles"
# Both proofs were given elsewhere, to the provider that opened this session.
PROVED_THERE = "proved_there"
MINUTE = timedelta(minutes=1)
# Between two machines, clocks differ; a stamp further ahead would hold a session open for ever.
AHEAD = timedelta(minutes=5)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrom|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def start(session: Any, now: datetime) -> None:
    """Stamp a session that has just been opened."""
    session[OPENED] = session[SEEN] = int(now.timestamp())
    session.pop(OVER, None)


def ended_by(session: Any, limits: Limits, now: datetime) -> timedelta | None:
    """The limit that this session has passed: its absolute one, else its idle one; None while it is open.

    A session without stamps was not opened here: it is over; so is one stamped in a future that no clock explains.
    """
    opened, seen = session.get(OPENED, 0), session.get(SEEN, 0)
    age, idle = (timedelta(seconds=now.timestamp() - then) for then in (opened, seen))
    if idle >= limits.idle or min(age, idle) < -AHEAD:
        return limits.idle
    return limits.absolute if age >= limits.absolute else None


def ends_at(session: Any, limits: Limits, now: datetime) -> datetime:
    """When this session ends if nobody does anything more in it."""
    age, idle = (now.timestamp() - session.get(name, 0) for name in (OPENED, SEEN))
    return now + min(limits.idle - timedelta(seconds=idle), limits.absolute - timedelta(seconds=age))


def touch(session: Any, now: datetime) -> bool:
    """Note that the person is there; returns whether a minute has turned since the last note."""
    if now.timestamp() - session.get(SEEN, 0) < MINUTE.total_seconds():
        return False
    session[SEEN] = int(now.timestamp())
    return True


def device_of(user_agent: str) -> str:
    """« Firefox sur Windows », from what a browser says of itself."""
    browser = next((name for mark, name in BROWSERS if re.search(mark, user_agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    return f"{browser or 'Navigateur'} sur {system}" if system else browser or "Appareil inconnu"


PROGRAMS = (
    ("DAVx", "DAVx⁵"),
    ("Thunderbird", "Thunderbird"),
    ("dataaccessd|CalendarAgent|remindd", "Calendrier d’Apple"),
    ("Evolution", "Evolution"),
    ("Nextcloud|mirall", "Nextcloud"),
    ("gvfs", "Fichiers (GNOME)"),
    ("KIO|kioworker", "Fichiers (KDE)"),
    ("WebDAVFS|WebDAVLib", "Finder"),
    ("MiniRedir|DavClnt", "Explorateur de Windows"),
    ("rclone", "rclone"),
    ("davfs2", "davfs2"),
    ("Cyberduck", "Cyberduck"),
    ("curl", "curl"),
    ("python-requests|python-httpx|Python-urllib|aiohttp", "un programme Python"),
)


def program_of(user_agent: str) -> str:
    """« Thunderbird », from what a program says of itself; never what it says word for word."""
    found = next((name for mark, name in PROGRAMS if re.search(mark, user_agent)), "")
    if found:
        return found
    known = any(re.search(mark, user_agent) for mark, _name in BROWSERS + SYSTEMS)
    return device_of(user_agent) if known else "Programme inconnu"
