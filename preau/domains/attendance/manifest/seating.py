"""What seating plans show: a link from the page of a class, and what is kept of whom."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Role
from preau.domains.attendance import tasks
from preau.domains.attendance.actions.seating import forget_seats, forget_steps
from preau.domains.attendance.manifest.school_life import BASIS, CHILD, NONE, PERSONAL
from preau.domains.attendance.rules import seating
from preau.foundation import boards
from preau.foundation.boards import PersonalData, Retention
from preau.foundation.readers import on_themselves, with_guardians


def plans_of(group: int) -> str:
    """The seating plans of a class or a group."""
    return reverse("attendance:plans", kwargs={"pk": group})


boards.group_links.add(
    boards.GroupLink(
        _("Plans de classe"), plans_of, "armchair", seating.keeps_plans_of, order=30, service="attendance"
    )
)
boards.schedule.add(
    boards.Scheduled("attendance.forget_old_plans", tasks.forget_old_plans, every_minutes=24 * 60)
)

for verb, label in [
    ("attendance.plan_made", _("Plan de classe fait")),
    ("attendance.plan_changed", _("Plan de classe changé")),
    ("attendance.plan_undone", _("Changement d’un plan de classe annulé")),
    ("attendance.plan_removed", _("Plan de classe supprimé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

READ_BY = (Role.SCHOOL_LIFE, Role.HEAD, _("enseignants de la classe"))
SHARED: dict[str, Any] = dict(
    purpose=_("Placer les élèves dans la salle et reconnaître chacun en faisant l’appel."),
    legal_basis=BASIS["legal_basis"],
    readers=with_guardians(*READ_BY),
    keep=Retention.YEAR,
)
for label, model, person, fields, forget in [
    (
        _("Plans de classe"),
        "SeatingPlan",
        "made_by",
        dict.fromkeys(
            ["school", "group", "room", "name", "rows", "columns", "gaps", "aisles", "revision"], NONE
        )
        | {"made_by": PERSONAL, "made_at": PERSONAL},
        None,
    ),
    (
        _("Places dans un plan de classe"),
        "Seat",
        "pupil",
        {"school": NONE, "plan": CHILD, "pupil": CHILD, "row": CHILD, "column": CHILD, "in_front": CHILD},
        forget_seats,
    ),
    (
        _("Étapes des plans de classe"),
        "SeatingStep",
        "made_by",
        {"school": NONE, "plan": NONE, "before": CHILD, "made_by": PERSONAL, "made_at": PERSONAL},
        forget_steps,
    ),
]:
    # A step is numbers of pupils: whoever changed the plan does not read them in their own data.
    withheld = frozenset({"before"}) if model == "SeatingStep" else frozenset()
    boards.personal_data.add(
        PersonalData(
            label,
            f"attendance.{model}",
            person,
            fields=fields,
            forget=forget,
            withheld=withheld,
            **SHARED if model == "Seat" else SHARED | {"readers": on_themselves(*READ_BY)},
        )
    )
