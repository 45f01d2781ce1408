"""Until when absences are kept, and what becomes of them (docs/decisions/0113)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.domains.attendance.actions import terms
from preau.foundation import boards
from preau.foundation.boards import Ending, Retention, Term

TEXT = _("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre.")
REGISTER = ("attendance:register", _("Prendre le registre d’appel"))


def _add(key: str, label: Any, model: str, when: str, **more: Any) -> None:
    facts: dict[str, Any] = {
        "people": ("pupil",),
        "due": by_year(f"attendance.{model}", when),
        "keep": Retention.YEAR_PLUS_ONE,
        "since": SINCE,
        "text": TEXT,
        "offers": REGISTER,
    }
    boards.terms.add(Term(f"attendance.{key}", label, model=f"attendance.{model}", when=when, **facts | more))


_add(
    "entries",
    _("Absences et retards"),
    "Entry",
    "day",
    erase=terms.erase_entries,
    order=10,
    with_it=("attendance.EntryChange", "attendance.Handling", "attendance.Notice"),
)
_add(
    "explanations",
    _("Explications d’absences"),
    "Explanation",
    "day",
    erase=terms.erase_explanations,
    order=11,
    with_it=("attendance.Decision",),
)
_add("announcements", _("Absences annoncées"), "Announcement", "ends", order=12)
_add(
    "follow_ups",
    _("Suivis de l’absentéisme"),
    "FollowUp",
    "opened_at",
    erase=terms.erase_follow_ups,
    due=terms.follow_ups_due,
    order=13,
    with_it=("attendance.FollowUpAction",),
)
_add("alerts", _("Alertes d’absentéisme"), "Alert", "month", order=14)
_add("visits", _("Passages à l’infirmerie ou en vie scolaire"), "Visit", "starts", order=15)
_add(
    "arrangements",
    _("Dispenses et aménagements"),
    "Arrangement",
    "first_day",
    due=terms.arrangements_due,
    order=16,
)
_add("remarks", _("Remarques sur une liste d’appel"), "ListRemark", "lesson__day", order=17)
_add("roll_calls", _("Appels faits"), "RollCall", "lesson__day", people=("called_by",), order=18)

boards.endings.add(
    Ending(
        ("attendance.SeatingPlan", "attendance.Seat", "attendance.SeatingStep"),
        _("Un plan de classe s’efface la nuit qui suit la fin de son année : il ne prouve rien."),
        by="attendance.forget_old_plans",
    )
)
boards.endings.add(
    Ending(
        ("attendance.RegisterFile",),
        _("Une copie, pour qui l’a demandée, sept jours."),
        by="attendance.erase_registers",
    )
)
