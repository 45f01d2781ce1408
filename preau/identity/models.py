"""The account: what a person signs in with. It says nothing of what they are at school."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer


class AccountManager(BaseUserManager["Account"]):
    def create_account(
        self, login: str, person: Person, password: str | None = None, **fields: Any
    ) -> "Account":
        """Create an account; without a password it cannot sign in until it is activated."""
        account = self.model(login=login.lower(), person=person, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Logins are typed on phones, which like capitals."""
        return self.get(login=(username or "").strip().lower())

    def visible_to(self, viewer: Viewer) -> "models.QuerySet[Account]":
        """One's own account; those of the school's people wait for the pages that manage them."""
        return self.filter(pk=viewer.account_id)


class Account(AbstractBaseUser):
    """One account a person. The e-mail is a contact of the person, not an identity: two parents may share one."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="account", verbose_name=_("personne"))
    login = models.CharField(_("identifiant"), max_length=60, unique=True)
    is_active = models.BooleanField(_("ouvert"), default=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    USERNAME_FIELD = "login"
    objects = AccountManager()

    class Meta:
        verbose_name = _("compte")

    def __str__(self) -> str:
        return self.login

    def natural_key(self) -> tuple[str]:
        return (self.login,)
