"""Django's password backend, reading the person with the account in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from preau.foundation.prepared import Prepared
from preau.identity.models import Account

ACCOUNT = Prepared(lambda pk: Account.objects.select_related("person").filter(pk=pk))


class AccountBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Account | None:
        account = ACCOUNT.first(int(user_id))
        return account if account and self.user_can_authenticate(account) else None
