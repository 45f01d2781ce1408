"""Sessions, read with the account that is signed in: every page needs both, and one query gives them."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from preau.foundation import sessions
from preau.foundation.prepared import Prepared
from preau.identity.models import Account

KEPT = Prepared(
    lambda key, now: Session.objects.select_related("accountsession__account__person").filter(
        session_key=key, expire_date__gt=now
    )
)


class SessionStore(sessions.SessionStore):
    """`account` is whose session it was when it was read; a visitor's is nobody's. It proves nothing: `backends` asks Django."""

    account: Account | None = None

    def _get_session_from_db(self) -> Session | None:
        session: Session | None = KEPT.first(self.session_key, timezone.now())
        if session is None:
            self._session_key = None
            return None
        opened = getattr(session, "accountsession", None)
        self.account = opened.account if opened else None
        return session

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session
