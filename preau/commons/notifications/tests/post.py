"""What the worker would do with notifications, for the tests of every house."""

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from preau.commons.notifications import tasks


def deliver() -> None:
    """Pack and send what may leave now."""
    ours = DBTaskResult.objects.ready().filter(task_path__startswith="preau.commons.notifications")
    while waiting := ours.order_by("enqueued_at").first():
        import_string(waiting.task_path).call(*waiting.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=waiting.pk).delete()


def come_due() -> None:
    """What waited for its hour leaves, as the worker looks for it each minute."""
    tasks.pack_due.call()
    deliver()


def send(envelope_id: int) -> bool:
    return bool(tasks.send_envelope.call(envelope_id))
