"""Django's password backend, reading the person with the account in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from preau.identity.models import Account


class AccountBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Account | None:
        account = Account.objects.select_related("person").filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None
