"""A look at a site that runs, from its own machine: clock, certificate, mail server, disk, backups. Each fault is a sentence."""

import shutil
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.utils import timezone

from preau.foundation.backups import place
from preau.foundation.backups.faults import BackupRefused

CLOCK = timedelta(seconds=60)
CERTIFICATE = timedelta(days=14)
BACKUP = timedelta(hours=30)
FULL = 0.90
PATIENCE = 10


def clock() -> Iterator[str]:
    """The server of the database has its own, when it is another machine: codes, tickets and seals want both right."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    if (gap := abs(theirs - timezone.now())) > CLOCK:
        yield f"the clock of this machine and that of the database differ by {gap.total_seconds():.0f} seconds: set NTP on both."


def certificate_end() -> datetime | None:
    """When the one that visitors meet at PUBLIC_URL ends; None where the site has none. Raises OSError."""
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme != "https" or not address.hostname:
        return None
    with (
        socket.create_connection((address.hostname, address.port or 443), timeout=PATIENCE) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) as sealed,
    ):
        peer_certificate: Any = sealed.getpeercert()
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(peer_certificate["notAfter"]), UTC)


def certificate(now: datetime | None = None) -> Iterator[str]:
    host = urlsplit(settings.PUBLIC_URL).hostname
    try:
        ends = certificate_end()
    except ssl.SSLCertVerificationError as error:
        yield f"the certificate of {host} is refused: {error.verify_message}."
    except OSError as error:
        yield f"{host} does not answer in HTTPS from here: {error.strerror or error}."
    else:
        if ends and ends - (now or datetime.now(UTC)) < CERTIFICATE:
            yield f"the certificate of {host} ends on {ends:%d %B %Y}."


def mail() -> Iterator[str]:
    try:
        opened = get_connection()
        if opened.open():
            opened.close()
    except (OSError, smtplib.SMTPException) as error:
        yield f"the mail server does not let us in: {str(error)[:200]}."


def disk() -> Iterator[str]:
    for name in ("VAR_DIR", "BACKUP_DIR"):
        folder = getattr(settings, name)
        if folder is None or not folder.is_dir():
            continue
        used = shutil.disk_usage(folder)
        if used.used / used.total > FULL:
            yield f"the disk of {name} is {used.used / used.total:.0%} full."


def backups(now: datetime | None = None) -> Iterator[str]:
    if settings.BACKUP_DIR is None:
        return
    newest = None
    for folder in place.Place(settings.BACKUP_DIR).folders():
        try:
            newest = place.read_manifest(folder).moment
        except BackupRefused as error:
            yield f"{error}"
    if newest is None or (now or datetime.now(UTC)) - newest > BACKUP:
        yield f"there is no backup of the last {BACKUP.total_seconds() / 3600:.0f} hours."


LOOKS = {"clock": clock, "certificate": certificate, "mail": mail, "disk": disk, "backups": backups}
