"""Who was asked and what they answered, for a spreadsheet."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from preau.domains.events.models import Event
from preau.domains.events.queries import answers_of
from preau.foundation import dates
from preau.foundation.csvtext import lines


def answers_csv(event: Event) -> Iterator[str]:
    """One line for each person who was named or has answered."""
    header = [_("Nom"), _("Prénom"), _("Réponse"), _("Répondu le")]
    return lines(
        header,
        (
            [
                one.person.family_name.upper(), one.person.given_name, one.get_answer_display(),
                dates.day(one.answered_at, year=True) if one.answered_at else "",
            ]
            for one in answers_of(event).iterator(chunk_size=500)
        ),
    )  # fmt: skip
