"""Alerts with their facts, follow-ups with what was done, and the letters to write, with what to look at before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Guardianship, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Alert, FollowUp, FollowUpAction
from preau.domains.attendance.queries.absences import classes_of
from preau.domains.attendance.queries.half_days import missed_by, share_said
from preau.domains.attendance.rules import MAJORITY
from preau.domains.attendance.rules.half_days import MissedHalfDay, calculated, gross, unexcused
from preau.foundation import dates
from preau.foundation.prepared import Prepared

MOST_FACTS = 40


@dataclass(frozen=True)
class AlertRow:
    """An alert with the class of the pupil and the half-days that it counts, in words."""

    alert: Alert
    group: str
    facts: list[str]
    is_followed: bool = False

    @property
    def month(self) -> str:
        return dates.month(self.alert.month)


def alerts_waiting(viewer: Viewer, level: str = "") -> "QuerySet[Alert]":
    """Those to look at, of one threshold or of all: what is to report first, then the most half-days, then the newest month."""
    waiting = Alert.objects.visible_to(viewer).waiting().select_related("pupil")
    waiting = waiting.filter(level=level) if level else waiting
    worst = Case(When(level=Alert.Level.REPORT, then=0), default=1)
    return waiting.order_by(worst, "-half_days", "-month", "pupil__search_name", "pk")


def numbers_of_alerts(viewer: Viewer) -> dict[str, int]:
    """How many wait at each threshold (one query)."""
    waiting = Alert.objects.visible_to(viewer).waiting().order_by().values("level")
    return {one["level"]: one["number"] for one in waiting.annotate(number=Count("pk"))}


def followed_among(viewer: Viewer, pupils: Sequence[int]) -> set[int]:
    """Those of these pupils who are followed already (one query)."""
    going_on = FollowUp.objects.visible_to(viewer).filter(closed_at=None, pupil__in=pupils)
    return set(going_on.values_list("pupil_id", flat=True))


def rows_of_alerts(viewer: Viewer, alerts: Sequence[Alert]) -> list[AlertRow]:
    """These alerts with their facts (six queries, however many they are)."""
    classes = classes_of([alert.pupil_id for alert in alerts], viewer.today)
    facts = _facts(viewer, alerts)
    followed = followed_among(viewer, [alert.pupil_id for alert in alerts])
    return [
        AlertRow(
            alert,
            classes.get(alert.pupil_id, ""),
            facts.get((alert.pupil_id, alert.month), []),
            alert.pupil_id in followed,
        )
        for alert in alerts
    ]


def _facts(viewer: Viewer, alerts: Sequence[Alert]) -> dict[tuple[int, date], list[str]]:
    if not alerts or viewer.school is None:
        return {}
    months = [alert.month for alert in alerts]
    missed = missed_by(
        viewer.school,
        min(months),
        dates.month_after(max(months)),
        sorted({alert.pupil_id for alert in alerts}),
    )
    found: dict[tuple[int, date], list[str]] = defaultdict(list)
    for one in unexcused(missed):
        found[one.half.pupil_id, one.half.day.replace(day=1)].append(half_said(one))
    return found


def half_said(missed: MissedHalfDay) -> str:
    """« lundi 3 novembre, matin : 2 cours »."""
    half = _("après-midi") if missed.half.afternoon else _("matin")
    if not missed.lessons:
        # As another program said it, of a day whose lessons nobody knows here.
        return f"{dates.day(missed.half.day)}, {half}"
    lessons = ngettext("%(num)s cours", "%(num)s cours", missed.lessons) % {"num": missed.lessons}
    return _("%(day)s, %(half)s : %(lessons)s") % {
        "day": dates.day(missed.half.day),
        "half": half,
        "lessons": lessons,
    }


@dataclass(frozen=True)
class Facts:
    """The half-days of one pupil since a day: all of them, each for its share, and those that nothing excuses."""

    since: date
    gross: int
    calculated: str
    unexcused: int
    lines: list[str]

    @property
    def more(self) -> int:
        return max(0, self.unexcused - len(self.lines))


def facts_of(follow_up: FollowUp, today: date) -> Facts:
    """From the month before the follow-up was opened to today, or to its end (four queries)."""
    since = dates.month_after(follow_up.opened_at.date(), -1)
    until = follow_up.closed_at.date() if follow_up.closed_at else today
    missed = missed_by(follow_up.school, since, until, [follow_up.pupil_id])
    counted = unexcused(missed)
    share = share_said(calculated(missed))
    lines = [half_said(one) for one in reversed(counted)][:MOST_FACTS]
    return Facts(since, gross(missed), share, len(counted), lines)


@dataclass(frozen=True)
class ActionRow:
    """What was done, for the timeline: words only where they are for the viewer."""

    when: str
    title: str
    text: str


def actions_of(viewer: Viewer, follow_up: FollowUp) -> list[ActionRow]:
    """What was done in a follow-up, oldest first, as far as the viewer may read it (one query)."""
    made = FollowUpAction.objects.visible_to(viewer).filter(follow_up=follow_up).select_related("made_by")
    return [_action_row(viewer, follow_up_action) for follow_up_action in made]


def _action_row(viewer: Viewer, follow_up_action: FollowUpAction) -> ActionRow:
    reads = viewer.is_staff or follow_up_action.for_family or follow_up_action.made_by_id == viewer.person.pk
    who = _("par %(name)s") % {"name": follow_up_action.made_by.full_name}
    words = follow_up_action.words if reads else ""
    return ActionRow(
        dates.capital(dates.day(follow_up_action.day, year=True)),
        follow_up_action.get_kind_display()
        + (_(" (lu par la famille)") if viewer.is_staff and follow_up_action.for_family else ""),
        f"{who}\u202f: {words}" if words else who,
    )


def follow_ups_of(viewer: Viewer, *, closed: bool = False) -> "QuerySet[FollowUp]":
    """Those that go on, or those that are over, the newest first."""
    seen = FollowUp.objects.visible_to(viewer).filter(closed_at__isnull=not closed)
    return seen.select_related("pupil", "opened_by").order_by("-opened_at", "-pk")


GOING_ON = Prepared(follow_ups_of)


def follow_ups_told(viewer: Viewer) -> "list[FollowUp]":
    """Those that a family is told of, while they go on."""
    return GOING_ON(viewer)


@dataclass
class LetterRow:
    """The letters of one alert: to whom, about what, and what to look at before they leave."""

    alert: Alert
    group: str
    facts: list[str]
    recipients: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def letters_of(viewer: Viewer, alerts: Sequence[Alert]) -> list[LetterRow]:
    """A letter for each person to be told, none of whom is told of another (one query more than the alerts)."""
    links: dict[int, list[Guardianship]] = defaultdict(list)
    pupils = [alert.pupil_id for alert in alerts]
    active = Guardianship.objects.active(viewer.today).filter(pupil__in=pupils).select_related("guardian")
    informed = set(
        Guardianship.objects.informed(viewer.today).filter(pupil__in=pupils).values_list("pk", flat=True)
    )
    for link in active.order_by("contact_priority", "pk"):
        links[link.pupil_id].append(link)
    rows = [LetterRow(row.alert, row.group, row.facts) for row in rows_of_alerts(viewer, alerts)]
    for row in rows:
        _address(viewer, row, links[row.alert.pupil_id], informed)
    return rows


def _address(viewer: Viewer, row: LetterRow, links: Iterable[Guardianship], informed: set[int]) -> None:
    pupil = row.alert.pupil
    if row.alert.level == Alert.Level.REPORT:
        row.recipients.append(authority())
        return
    guardianships = [link for link in links if link.pk in informed and link.guardian_id != pupil.pk]
    row.recipients += [_named(link.guardian) for link in guardianships]
    if any(link.may_not_be_informed for link in links):
        row.doubts.append(_("Une personne ne doit pas être informée : aucun courrier n’est à son nom."))
    if (pupil.age_on(viewer.today) or 0) >= MAJORITY:
        row.recipients.insert(0, _named(pupil))
        row.doubts.append(_("Élève majeur : un courrier est à son nom."))
    if not row.recipients:
        row.doubts.append(_("Personne à informer : aucun courrier ne sera fait."))
    if any(link.guardian.is_institution for link in links):
        row.doubts.append(_("Une institution répond de l’élève : vérifiez à qui écrire."))


def _named(person: Person) -> str:
    return person.formal_name


def authority() -> str:
    """Whom a report is written to."""
    return _(
        "Madame, Monsieur l’inspecteur d’académie, directeur académique des services de l’éducation nationale"
    )
