"""Until when the directory keeps what no departure erases, and what becomes of it (docs/decisions/0113)."""

from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_months, by_year
from preau.foundation import boards
from preau.foundation.boards import Ending, Retention, Term

JOURNAL_MONTHS = 36

boards.terms.add(
    Term(
        "directory.deliveries",
        _("Fichiers d’annuaire reçus"),
        keep=Retention.YEAR_PLUS_ONE,
        model="directory.Delivery",
        when="brought_at",
        since=SINCE,
        people=(),
        order=90,
        text=_("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
        due=by_year("directory.Delivery", "brought_at"),
    )
)
boards.terms.add(
    Term(
        "directory.merges",
        _("Fiches réunies"),
        keep=Retention.JOURNAL,
        model="directory.Merge",
        when="at",
        since=SINCE,
        people=("kept", "other"),
        order=91,
        text=_("Effacé trois ans après : il n’en reste que le nombre."),
        due=by_months("directory.Merge", "at", JOURNAL_MONTHS),
    )
)
boards.endings.add(
    Ending(
        ("directory.Enrolment", "directory.Assignment", "directory.ExternalId"),
        _("Les identifiants partent avec le nom. Une classe et des dates restent, d’une personne sans nom."),
        within="directory.Person",
    )
)
boards.endings.add(
    Ending(
        ("directory.AccessReview",),
        _("Un jour et des nombres : la preuve que les accès ont été revus."),
    )
)
boards.endings.add(
    Ending(
        ("directory.YearPlan",),
        _("Les jours d’une rentrée. Ce qui permettait de la défaire s’efface quand elle ne se défait plus."),
        by="directory.follow_years",
    )
)
