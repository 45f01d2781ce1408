"""What this house adds to the pages of identity: buttons, passwords that open nothing, another proof, a goodbye."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.federation.actions import arriving
from preau.commons.federation.queries import providers
from preau.commons.federation.views.arriving import chosen_before
from preau.identity import waiting
from preau.identity.boards import Way
from preau.identity.standing import standings_of

NEAR = "federation_near"


def ways(request: HttpRequest, suite: str) -> list[Way]:
    """The buttons of the sign-in page: the last one used first; those of `?ecole=` too."""
    gates, _others = _near(request)
    more = f"?{urlencode({'suite': suite})}" if suite else ""
    return [
        Way(
            gate.label,
            f"{reverse('federation:start', args=[gate.provider.public_id])}{more}",
            gate.provider.icon,
            _("Ne répond pas bien en ce moment.") if gate.is_troubled else "",
        )
        for gate in gates
    ]


def more(request: HttpRequest, suite: str) -> str:
    """The page with the others, when there are."""
    if not _near(request)[1]:
        return ""
    return reverse("federation:others") + (f"?{urlencode({'suite': suite})}" if suite else "")


def _near(request: Any) -> tuple[list[providers.Gate], bool]:
    """Read once a request."""
    if not hasattr(request, NEAR):
        school = providers.school_named(request.GET.get("ecole", ""))
        setattr(request, NEAR, providers.gates_for(school, chosen_before(request), timezone.now()))
    found: tuple[list[providers.Gate], bool] = getattr(request, NEAR)
    return found


def refuses(request: HttpRequest, account: Any) -> str:
    """Their schools want them to come by a provider. Whoever is linking theirs to a provider that may let them in proves it here all the same."""
    now = timezone.now()
    if not providers.bound_here(account, now):
        return ""
    waits = arriving.pending_of(request.session)
    standing = standings_of([account.person_id], timezone.localdate(now))[account.person_id]
    if waits and providers.can_let_in(waits.provider, standing, now):
        return ""
    return _(
        "Votre établissement demande de vous connecter par un autre service : utilisez son bouton, en haut de la page. "
        "S’il ne répond pas, appelez l’établissement : il peut rouvrir les mots de passe."
    )


def again(request: Any, after: str) -> Way | None:
    """Whoever came by a provider proves again there that it is they; not where the account asks for two proofs and one is given there."""
    coming = providers.coming_of(request.session.session_key)
    if coming is None or not coming.provider.is_open(timezone.localdate()):
        return None
    if waiting.is_asked_of(request.user) and not coming.provider.strong:
        return None
    asked = urlencode({"suite": after, "encore": "1"})
    address = f"{reverse('federation:start', args=[coming.provider.public_id])}?{asked}"
    return Way(_("Confirmer avec %(name)s") % {"name": coming.provider.name}, address, coming.provider.icon)


def own_links() -> str:
    return reverse("federation:links")


def links_of(public_id: str) -> str:
    return reverse("federation:person_links", args=[public_id])
