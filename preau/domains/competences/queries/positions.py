"""What bulletins and the livret scolaire read of this house, over the board `positions` of the gradebook."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from preau.directory.models import Period
from preau.domains.competences.models import COMPONENTS, Balance, Competence, Level, policy_of, readable
from preau.domains.competences.queries.levels import COLUMNS, Line, dated, syntheses
from preau.domains.competences.rules.synthesis import Rule
from preau.domains.gradebook.boards import Position


def of_period(period_id: int, pupils: Sequence[int]) -> Mapping[int, Sequence[Position]]:
    """The level of each competence that was assessed in a period, by the school's rule: four queries."""
    school = Period.objects.values_list("school_id", flat=True).get(pk=period_id)
    read = readable("published_at", timezone.now(), "column__sheet__")
    rows = dated(Level.objects.filter(read, pupil__in=pupils, column__sheet__school=school))
    records = rows.filter(period_shown=period_id).order_by("day_shown", "pk").values_list(*COLUMNS)
    made = syntheses([Line(*row) for row in records], Rule(policy_of(school).rule))
    names = {
        one.pk: one for one in Competence.objects.filter(pk__in={competence for _pupil, competence in made})
    }
    found: dict[int, list[Position]] = {}
    ranked = sorted(made.items(), key=lambda item: (names[item[0][1]].referential_id, names[item[0][1]].rank))
    for (pupil, competence), level in ranked:
        one = names[competence]
        if level is not None:
            found.setdefault(pupil, []).append(Position(one.code, one.name, level, one.subject_id))
    return found


def of_cycle(year_id: int, cycle: int, pupils: Sequence[int]) -> Mapping[int, Sequence[Position]]:
    """What councils have settled at the end of a cycle, in the order of the components: one query."""
    rows = Balance.objects.filter(year=year_id, cycle=cycle, pupil__in=pupils)
    held = {(row.pupil_id, row.component): row.level for row in rows}
    return {
        pupil: [
            Position(code, str(name), held[pupil, code])
            for code, name in COMPONENTS.items()
            if (pupil, code) in held
        ]
        for pupil in {pupil for pupil, _component in held}
    }
