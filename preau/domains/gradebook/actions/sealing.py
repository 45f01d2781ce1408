"""Sealing a period, and opening it again to one teacher; whether somebody may still write in it."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Period, Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, PeriodSeal, Reopening
from preau.foundation import journal


class PeriodSealed(Exception):
    """The head has sealed this period, and it is not open to whoever writes."""

    def __init__(self, period: Period) -> None:
        super().__init__(period.pk)
        self.period = period


class AlreadyDone(Exception):
    """Somebody has done it since the page was shown, or it is not to be done any more."""


def refuse_sealed(viewer: Viewer, period: Period) -> None:
    """Raises PeriodSealed. Asked once the assessment, or the period where none is made yet, is locked: a seal waits for it."""
    if not PeriodSeal.objects.filter(period=period).exists():
        return
    again = Reopening.objects.filter(period=period, teacher=viewer.person).open_on(viewer.today)
    if not again.exists():
        raise PeriodSealed(period)


def locked_period(period_id: int) -> Period:
    """A period that nobody seals until this transaction ends."""
    period: Period = Period.objects.select_for_update().get(pk=period_id)
    return period


@transaction.atomic
def seal_period(viewer: Viewer, period: Period) -> PeriodSeal:
    """Nothing of this period changes any more. Raises AlreadyDone when it was sealed."""
    period = locked_period(period.pk)
    # Whoever is writing a mark holds its assessment: they end first, or find the seal.
    list(Assessment.objects.select_for_update().filter(period=period).order_by("pk").values_list("pk"))
    if PeriodSeal.objects.filter(period=period).exists():
        raise AlreadyDone
    seal = PeriodSeal.objects.create(
        school_id=period.school_id, period=period, by=viewer.person, at=timezone.now()
    )
    journal.record(viewer, "gradebook.period_sealed", seal, period=period.pk)
    return seal


@transaction.atomic
def lift_seal(viewer: Viewer, seal: PeriodSeal) -> None:
    """Everybody writes in the period again. Raises AlreadyDone when the seal is gone."""
    period = locked_period(seal.period_id)
    known = PeriodSeal.objects.select_for_update().filter(pk=seal.pk).first()
    if known is None:
        raise AlreadyDone
    journal.record(viewer, "gradebook.seal_lifted", known, period=period.pk)
    Reopening.objects.filter(period=period).delete()
    known.delete()


@transaction.atomic
def reopen_period(viewer: Viewer, seal: PeriodSeal, teacher: Person, reason: str, until: date) -> Reopening:
    """Open a sealed period again to one teacher, until a day included. Raises AlreadyDone when it is sealed no more."""
    period = locked_period(seal.period_id)
    if not PeriodSeal.objects.filter(pk=seal.pk).exists():
        raise AlreadyDone
    known = Reopening.objects.filter(period=period, teacher=teacher).first()
    if known and (known.reason, known.until) == (reason, until):
        return known
    given = {"reason": reason, "until": until, "by": viewer.person, "at": timezone.now()}
    opened, _new = Reopening.objects.update_or_create(
        period=period,
        teacher=teacher,
        defaults=given,
        create_defaults={**given, "school_id": period.school_id},
    )
    journal.record(
        viewer,
        "gradebook.period_reopened",
        opened,
        subject_id=teacher.pk,
        period=period.pk,
        until=until.isoformat(),
    )
    return opened


@transaction.atomic
def close_reopening(viewer: Viewer, reopening: Reopening) -> None:
    """The period is closed to that teacher again. Raises AlreadyDone."""
    locked_period(reopening.period_id)
    known = Reopening.objects.filter(pk=reopening.pk).first()
    if known is None:
        raise AlreadyDone
    journal.record(
        viewer, "gradebook.reopening_closed", known, subject_id=known.teacher_id, period=known.period_id
    )
    known.delete()
