"""Works as their page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.works.models import Work
from preau.directory.viewer import Viewer
from preau.foundation import dates

State = Work.State
TONES = {State.DONE: "done", State.FAILED: "changed"}
ICONS = {
    State.WAITING: "clock",
    State.RUNNING: "clock",
    State.FAILED: "alert-circle",
    State.CANCELLED: "x",
}
GESTURES = {
    State.WAITING: gettext_lazy("Suivre"),
    State.RUNNING: gettext_lazy("Suivre"),
    State.DONE: gettext_lazy("Voir le résultat"),
    State.FAILED: gettext_lazy("Savoir pourquoi"),
    State.CANCELLED: gettext_lazy("Voir"),
}


@dataclass(frozen=True)
class Row:
    """One work. `gesture` is the verb of its link; `when` says when it was asked for, `lasted` how long it took, or ""."""

    pk: int
    label: str
    school: str
    state: str
    tone: str
    icon: str
    url: str
    gesture: str
    when: str
    lasted: str
    step: str
    done: int
    total: int
    is_going_on: bool
    is_stopping: bool
    may_be_stopped: bool


def works_of(viewer: Viewer) -> QuerySet[Work]:
    """All that the viewer asked for, what goes on first; to be cut into pages."""
    return Work.objects.visible_to(viewer).going_on_first().select_related("school")


def rows_of(page: Iterable[Work]) -> list[Row]:
    return [_row(work) for work in page]


def _row(work: Work) -> Row:
    state = State(work.state)
    going_on = work.ended_at is None
    return Row(
        pk=work.pk,
        label=work.label,
        school=work.school.name if work.school else "",
        state=str(state.label),
        tone=TONES.get(state, "neutral"),
        icon=ICONS.get(state, ""),
        url=work.url,
        gesture=str(GESTURES[state]),
        when=f"{dates.day(work.asked_at)}, {dates.hour(work.asked_at)}",
        lasted=_lasted(work.begun_at, work.ended_at),
        step=work.step or _("En attente de son tour"),
        done=work.done,
        total=work.total,
        is_going_on=going_on,
        is_stopping=going_on and work.stop_asked_at is not None,
        may_be_stopped=work.may_be_stopped,
    )


def _lasted(begun_at: datetime | None, ended_at: datetime | None) -> str:
    """« 12 s », « 3 min », « 1 h 05 »."""
    if begun_at is None or ended_at is None:
        return ""
    seconds = int((ended_at - begun_at).total_seconds())
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": max(seconds, 1)}
    if seconds < 3600:
        return _("%(minutes)s min") % {"minutes": round(seconds / 60)}
    return _("%(hours)s h %(minutes)s") % {
        "hours": seconds // 3600,
        "minutes": f"{seconds % 3600 // 60:02d}",
    }
