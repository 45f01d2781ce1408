"""Until when campaigns are kept, and what becomes of them (docs/decisions/0113)."""

from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.domains.campaigns.actions.terms import erase_campaigns
from preau.foundation import boards
from preau.foundation.boards import Retention, Term

boards.terms.add(
    Term(
        "campaigns.campaigns",
        _("Relances et lettres d’absences"),
        keep=Retention.YEAR_PLUS_ONE,
        model="campaigns.Campaign",
        when="made_at",
        since=SINCE,
        text=_("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
        due=by_year("campaigns.Campaign", "made_at"),
        people=("targets__pupil", "targets__sendings__person"),
        erase=erase_campaigns,
        with_it=("campaigns.Target", "campaigns.Choice", "campaigns.Sending"),
        order=8,
    )
)
