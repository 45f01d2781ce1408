"""Alerts, follow-ups and what is done in them. A count raises an alert by itself; everything else is somebody's decision."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Alert, FollowUp, FollowUpAction
from preau.domains.attendance.queries.half_days import missed_by, settings_of
from preau.domains.attendance.rules.thresholds import Reached, reached_by
from preau.foundation import dates, journal
from preau.foundation.locks import lock

Level = Alert.Level
Kind = FollowUpAction.Kind
# What the night looks at: a month that is over may still be excused, or not.
MONTHS = 2


class ClosedAlready(Exception):
    """The follow-up was closed since the page was shown; nothing was written."""


@transaction.atomic
def watch(school: School, today: date, pupils: Sequence[int] | None = None) -> int:
    """Raise and lift the alerts of a school for this month and the one before; of these pupils alone after a decision.

    Returns how many were raised. An alert that somebody has dealt with stays dealt with.
    """
    first = dates.month_after(today, 1 - MONTHS)
    known = settings_of(school.pk)
    missed = missed_by(school, first, today, pupils)
    reached = reached_by(missed, known.dialogue_at, known.report_at)
    wanted = {(one.pupil_id, one.month, level): one for one in reached for level in _levels(one)}
    rows = Alert.objects.select_for_update().filter(school=school, month__gte=first).order_by("pk")
    alerts = list(rows if pupils is None else rows.filter(pupil__in=pupils))
    now = timezone.now()
    known_keys = {(alert.pupil_id, alert.month, alert.level) for alert in alerts}
    _follow(alerts, wanted, now)
    raised = [
        Alert(school=school, pupil_id=pupil, month=month, level=level, half_days=one.half_days, raised_at=now)
        for (pupil, month, level), one in wanted.items()
        if (pupil, month, level) not in known_keys
    ]
    Alert.objects.bulk_create(raised, ignore_conflicts=True)
    return len(raised)


def _levels(reached: Reached) -> list[str]:
    """The highest alone: whoever is to be reported is talked with already."""
    return [Level.REPORT.value] if reached.report else [Level.DIALOGUE.value] if reached.dialogue else []


def _follow(alerts: Sequence[Alert], wanted: dict[tuple[int, date, str], Reached], now: datetime) -> None:
    """Those known already: their count, lifted when it is not reached any more, and back when it is again."""
    for alert in alerts:
        one = wanted.get((alert.pupil_id, alert.month, alert.level))
        half_days, lifted_at = (one.half_days, None) if one else (alert.half_days, alert.lifted_at or now)
        if (alert.half_days, alert.lifted_at) != (half_days, lifted_at):
            alert.half_days, alert.lifted_at = half_days, lifted_at
            alert.save(update_fields=["half_days", "lifted_at"])


def look_again(school_id: int, pupils: Sequence[int]) -> None:
    """Something was decided of absences of these pupils: their alerts follow at once."""
    if pupils:
        school = School.objects.get(pk=school_id)
        watch(school, timezone.localdate(), sorted(set(pupils)))


@transaction.atomic
def open_follow_up(viewer: Viewer, pupil: Person, alert: Alert | None = None) -> FollowUp:
    """Follow a pupil, by somebody's decision; the one that is open already goes on. The alert is dealt with."""
    # Two who open it at once: one after the other.
    lock(School, viewer.school_id)
    follow_up = FollowUp.objects.going_on().filter(school_id=viewer.school_id, pupil=pupil).first()
    if follow_up is None:
        follow_up = FollowUp.objects.create(
            school_id=viewer.school_id or 0, pupil=pupil, opened_by=viewer.person, opened_at=timezone.now()
        )
        journal.record(viewer, "attendance.follow_up_opened", follow_up, subject_id=pupil.pk)
    if alert is not None:
        _deal_with(viewer, alert, follow_up)
    return follow_up


@transaction.atomic
def close_alert(viewer: Viewer, alert: Alert) -> bool:
    """Leave an alert there, having looked at it. False when somebody had dealt with it already."""
    done = _deal_with(viewer, alert, None)
    if done:
        journal.record(viewer, "attendance.alert_closed", alert, subject_id=alert.pupil_id)
    return done


def _deal_with(viewer: Viewer, alert: Alert, follow_up: FollowUp | None) -> bool:
    waiting = Alert.objects.filter(pk=alert.pk, closed_at=None)
    return bool(waiting.update(closed_by=viewer.person, closed_at=timezone.now(), follow_up=follow_up))


@transaction.atomic
def note_action(
    viewer: Viewer, follow_up: FollowUp, kind: str, day: date, words: str = "", *, for_family: bool = False
) -> FollowUpAction | None:
    """Note what was done. None for the same thing twice; raises ClosedAlready."""
    open_one = FollowUp.objects.select_for_update().going_on().filter(pk=follow_up.pk).first()
    if open_one is None:
        raise ClosedAlready
    fields = {"kind": kind, "day": day, "words": words, "for_family": for_family and kind != Kind.NOTE}
    if open_one.actions.filter(made_by=viewer.person, **fields).exists():
        return None
    action = FollowUpAction.objects.create(
        school_id=open_one.school_id,
        follow_up=open_one,
        made_by=viewer.person,
        made_at=timezone.now(),
        **fields,
    )
    # Of the action, not of the follow-up: a family does not read that there is a note of the school's own.
    journal.record(viewer, "attendance.follow_up_noted", action, subject_id=open_one.pupil_id, kind=kind)
    return action


@transaction.atomic
def end_follow_up(viewer: Viewer, follow_up: FollowUp, *, closed: bool) -> bool:
    """Close a follow-up, or open it again; False when it is so already, or when another is open for this pupil."""
    lock(School, follow_up.school_id)
    follow_up = lock(FollowUp, follow_up.pk)
    others = FollowUp.objects.going_on().filter(school_id=follow_up.school_id, pupil_id=follow_up.pupil_id)
    if follow_up.is_open != closed or (not closed and others.exists()):
        return False
    follow_up.closed_at = timezone.now() if closed else None
    follow_up.closed_by = viewer.person if closed else None
    follow_up.save(update_fields=["closed_at", "closed_by"])
    verb = "attendance.follow_up_closed" if closed else "attendance.follow_up_reopened"
    journal.record(viewer, verb, follow_up, subject_id=follow_up.pupil_id)
    return True


def letter_sent(viewer: Viewer, alert: Alert) -> FollowUp:
    """A letter was made of this alert: it is followed, and the follow-up says so once a day."""
    follow_up = open_follow_up(viewer, alert.pupil, alert)
    kind = Kind.REPORT if alert.level == Level.REPORT else Kind.LETTER
    if not follow_up.actions.filter(kind=kind, day=viewer.today).exists():
        note_action(viewer, follow_up, kind, viewer.today)
    return follow_up


@transaction.atomic
def settle_counting(viewer: Viewer, **said: object) -> bool:
    """When the afternoon begins, and the thresholds of the school; False when nothing changes."""
    school = lock(School, viewer.school_id)
    known = settings_of(school.pk)
    changed = [name for name, value in said.items() if getattr(known, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(known, name, said[name])
    known.save()
    journal.record(viewer, "attendance.counting_settled", known, fields=" ".join(changed))
    watch(school, viewer.today)
    return True


def forget_follow_ups(person_id: int) -> int:
    """Erase what was written of a person, or by them, in follow-ups."""
    about = Q(follow_up__pupil_id=person_id) | Q(made_by_id=person_id, kind=Kind.WORD)
    return FollowUpAction.objects.filter(about).exclude(words="").update(words="")
