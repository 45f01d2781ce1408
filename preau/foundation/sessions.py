"""Sessions in the database, that tell a database that is away from a session that is gone."""

from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from preau.foundation.prepared import Prepared

KEPT = Prepared(
    lambda key, now: SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
)


class SessionStore(DatabaseStore):
    """Django's answers every failed save with « bad request: this session was deleted ». A full disk deserves its own words."""

    def _get_session_from_db(self) -> Any:
        """By a prepared query: every page reads its session."""
        session = KEPT.first(self.session_key, timezone.now())
        if session is None:
            self._session_key = None
        return session

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create=must_create)
        except UpdateError as failure:
            if isinstance(failure.__context__, OperationalError | InterfaceError):
                raise failure.__context__ from None
            raise
