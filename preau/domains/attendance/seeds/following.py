"""Who has reached a threshold in the demonstration, and what school life has begun to do about it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from preau.directory.viewer import viewer_for
from preau.domains.attendance.actions import follow_ups
from preau.domains.attendance.models import Alert, FollowUpAction

# Of the highest alerts, how many are followed, how many are left there; the last two wait for somebody.
FOLLOWED, LEFT, WAITING = 4, 2, 2
Kind = FollowUpAction.Kind
DONE = [
    (Kind.CALL, 6, "Appel à la famille\u202f: l’élève a été malade, un certificat doit arriver.", True),
    (
        Kind.MEETING,
        3,
        "Rencontre avec l’élève et sa famille\u202f: un point chaque vendredi pendant un mois.",
        True,
    ),
    (Kind.NOTE, 1, "Revoir avec le professeur principal.", False),
]


def plant(world: Any) -> None:
    """Count the alerts; of the highest, some are followed for a while, some left there, and the others wait."""
    follow_ups.watch(world.school, world.today)
    cpe = viewer_for(world.people["cpe"], 0, timezone.now(), f"staff-{world.school.pk}")
    if cpe is None or cpe.school_id != world.school.pk:
        return
    waiting = Alert.objects.filter(school=world.school).waiting().select_related("pupil")
    highest = list(waiting.order_by("-half_days", "pk"))
    chosen = highest[: min(FOLLOWED + LEFT, max(1, len(highest) - WAITING))]
    for number, alert in enumerate(chosen):
        if number >= FOLLOWED:
            follow_ups.close_alert(cpe, alert)
            continue
        follow_up = follow_ups.open_follow_up(cpe, alert.pupil, alert)
        follow_up.opened_at -= timedelta(days=7)
        follow_up.save(update_fields=["opened_at"])
        for kind, ago, words, shown in DONE[: 1 + number % len(DONE)]:
            follow_ups.note_action(
                cpe, follow_up, kind, world.today - timedelta(days=ago), words, for_family=shown
            )
