"""The few rows that belong to no domain: the worker's lease on a task, schedules, and counts of attempts."""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TaskLease(models.Model):
    """A running task is held by a live worker until `until`; after that it is taken up again.

    django-tasks-db has no lease: a task whose worker was killed would stay « running » for ever.
    """

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", on_delete=models.CASCADE, primary_key=True
    )
    until = models.DateTimeField(_("jusqu’à"), db_index=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)

    class Meta:
        verbose_name = _("bail de tâche")
        verbose_name_plural = _("baux de tâches")


class ScheduleRun(models.Model):
    """When a task of the schedule board is due again."""

    key = models.CharField(_("clé"), max_length=80, primary_key=True)
    due = models.DateTimeField(_("prochaine fois"))

    class Meta:
        verbose_name = _("travail planifié")
        verbose_name_plural = _("travaux planifiés")


class WorkerBeat(models.Model):
    """The last sign of life of each worker, for the health page."""

    worker = models.CharField(_("travailleur"), max_length=64, primary_key=True)
    at = models.DateTimeField("à")

    class Meta:
        verbose_name = _("signe de vie")
        verbose_name_plural = _("signes de vie")


class RateWindow(models.Model):
    """How many times something was tried since a window opened. `key` is a digest: it names nobody."""

    key = models.CharField(_("clé"), max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("compte"), default=0)
    ends = models.DateTimeField(_("fin"), db_index=True)

    class Meta:
        verbose_name = _("fenêtre de débit")
        verbose_name_plural = _("fenêtres de débit")

    @classmethod
    def hit(cls, key: str, window: timedelta) -> int:
        """Count one more try in the current window, opening a new one when it has ended; returns the count."""
        now = timezone.now()
        adapt = connection.ops.adapt_datetimefield_value
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ONE, [key, adapt(now + window), adapt(now), adapt(now)])
            return int(cursor.fetchone()[0])


# One statement, hence one lock and one journey, on both engines: each search of each person counts a try.
COUNT_ONE = """
    INSERT INTO foundation_ratewindow AS known (key, count, ends) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN known.ends > %s THEN known.count + 1 ELSE 1 END,
        ends = CASE WHEN known.ends > %s THEN known.ends ELSE excluded.ends END
    RETURNING count
"""
