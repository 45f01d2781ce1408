"""Django's password backend, reading the person with the account; the account came with the session (see `store`)."""

from contextvars import ContextVar
from typing import Any

from django.contrib.auth.backends import ModelBackend

from preau.foundation.prepared import Prepared
from preau.identity.models import Account

ACCOUNT = Prepared(lambda pk: Account.objects.select_related("person").filter(pk=pk))
# The account that was read with the session of the request, while Django asks whose session it is.
AT_HAND: ContextVar[Account | None] = ContextVar("account_at_hand", default=None)


class AccountBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Account | None:
        known = AT_HAND.get()
        account = known if known and known.pk == int(user_id) else ACCOUNT.first(int(user_id))
        return account if account and self.user_can_authenticate(account) else None
