"""What attendance counts that may announce a drop-out. The thresholds are a start, ours: no text sets them."""

from django.utils.translation import gettext_lazy as _

from preau.directory.boards import EarlyFact, early_facts
from preau.domains.attendance.queries import early

for fact in [
    EarlyFact(
        "attendance.half_days",
        _("Demi-journées sans motif valable"),
        _(
            "Une demi-journée compte dès qu’un cours y est manqué. Ce qu’une famille a expliqué ne compte pas."
        ),
        early.half_days,
        early.half_days_said,
        threshold=4,
        order=10,
    ),
    EarlyFact(
        "attendance.lates",
        _("Retards"),
        _("Chaque retard noté à un appel."),
        early.lates,
        early.lates_said,
        threshold=6,
        order=20,
    ),
    EarlyFact(
        "attendance.subject",
        _("Cours manqués dans une même matière"),
        _("Sans motif valable, quand ils font plus de la moitié des cours manqués."),
        early.lessons_of_a_subject,
        early.lessons_of_a_subject_said,
        threshold=3,
        alike=True,
        order=30,
    ),
    EarlyFact(
        "attendance.weekday",
        _("Cours manqués le même jour de la semaine"),
        _(
            "Sans motif valable, quand ce jour fait plus de la moitié des jours touchés. Il y en a quatre en quatre semaines."
        ),
        early.days_of_the_week,
        early.days_of_the_week_said,
        threshold=3,
        alike=True,
        order=40,
    ),
]:
    early_facts.add(fact)
