"""The end of a session: there when it ends here, here when it ends there."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from preau.commons.federation.actions import oidc
from preau.commons.federation.actions.arriving import HINT
from preau.commons.federation.models import Coming, Link, Provider
from preau.commons.federation.words import Protocol
from preau.foundation.sealed import unseal
from preau.identity.actions import signing
from preau.identity.models import AccountSession

# In the session that follows: where one may sign out of the provider too.
GOODBYE = "federation_goodbye"


def _oidc_logout(provider: Provider, coming: Coming) -> str:
    hint = unseal(HINT, coming.hint) if coming.hint else None
    return oidc.logout_address(provider, (hint or b"").decode())


# The page of a provider where a session there is closed, by protocol; empty when it has none.
LOGOUT_ADDRESSES: dict[str, Callable[[Provider, Coming], str]] = {Protocol.OIDC: _oidc_logout}


def prepare_goodbye(request: HttpRequest) -> Callable[[], str] | None:
    """Before a session that a provider opened is closed: what to do afterwards, to offer closing the other one."""
    coming = Coming.objects.select_related("provider").filter(session=request.session.session_key).first()
    address = LOGOUT_ADDRESSES[coming.provider.protocol](coming.provider, coming) if coming else ""
    if coming is None or not address:
        return None
    name = coming.provider.name

    def goodbye() -> str:
        request.session[GOODBYE] = {"name": name, "address": address}
        return reverse("federation:goodbye")

    return goodbye


@transaction.atomic
def end_sessions_of(provider: Provider, *, subject: str = "", sessions: Sequence[str] = ()) -> int:
    """The provider says that these sessions of theirs are over, or all those of this person: ours end at once. How many."""
    found = Coming.objects.filter(provider=provider)
    if sessions:
        found = found.filter(sid__in=list(sessions))
    if subject:
        found = found.filter(subject=subject)
    if not sessions and not subject:
        return 0
    keys = list(found.values_list("session_id", flat=True))
    return signing.end_these(AccountSession.objects.filter(pk__in=keys))


def forget_links(person_id: int) -> int:
    """Erasure: no provider recognises the person here any more."""
    comings = Coming.objects.filter(account__person=person_id).delete()[0]
    return comings + Link.objects.filter(person=person_id).delete()[0]


def forget_comings(person_id: int) -> int:
    return Coming.objects.filter(account__person=person_id).delete()[0]
