"""Work for later: reading again what SAML providers publish, keeping our keys, forgetting what has passed."""

import structlog
from django.utils import timezone

from preau.commons.federation.actions import saml
from preau.commons.federation.actions.settling import note_failure
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Provider
from preau.commons.federation.words import Protocol, Trouble
from preau.foundation.tasks import job

logger = structlog.get_logger(__name__)


@job()
def refresh_saml() -> int:
    """Every description that has an address, once a night; returns how many said something new. One that does not answer keeps
    what it had said, and whoever settles it sees that it did not."""
    new = 0
    for provider in Provider.objects.filter(protocol=Protocol.SAML):
        if not provider.saml.get("address"):
            continue
        try:
            new += saml.refresh(provider)
        except Failed as failure:
            note_failure(provider, failure.trouble)
        except Exception:
            # What one provider writes must not keep the others from being read.
            logger.exception("saml_refresh_failed", provider=provider.pk)
            note_failure(provider, Trouble.GARBLED)
    return new


@job()
def keep_saml() -> int:
    """Our keys, and answers that say nothing more."""
    now = timezone.now()
    saml.purge_answers(now)
    return saml.keep_saml_keys(now)
