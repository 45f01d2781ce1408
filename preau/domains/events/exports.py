"""Who was asked and what they answered, for a spreadsheet."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from preau.domains.events.models import Event
from preau.domains.events.queries.one import answers_of
from preau.foundation.csvtext import lines


def answers_csv(event: Event) -> Iterator[str]:
    """One line for each person who was named or has answered."""
    header = [_("Nom"), _("Prénom"), _("Réponse"), _("Répondu le")]
    return lines(
        header,
        (
            [
                answer.person.family_name.upper(),
                answer.person.given_name,
                answer.get_answer_display(),
                answer.answered_at or "",
            ]
            for answer in answers_of(event).iterator(chunk_size=500)
        ),
    )
