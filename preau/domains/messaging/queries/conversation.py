"""One conversation as a person reads it, and what they may do with each of its messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.files.queries import FileRow, rows_of
from preau.directory.models import Holding
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.messaging import rules
from preau.domains.messaging.models import (
    Attachment,
    Brake,
    Delivery,
    Freeze,
    Message,
    Policy,
    Preference,
    Thread,
)
from preau.domains.messaging.queries.boxes import said_to
from preau.domains.messaging.queries.hours import departure, hours_of
from preau.domains.messaging.queries.reach import Reached, policy_of
from preau.foundation import dates

# Of a conversation, the last ones; the page says that there are others.
MOST_SHOWN = 50


@dataclass(frozen=True)
class Shown:
    """One message of a conversation."""

    pk: int
    who: str
    initials: str
    own: bool
    when: str
    to: str
    body: str
    urgent: str
    recalled: bool
    automatic: bool
    state: str
    # What the adult who read a held message answered its author.
    decision: str
    read: str
    may_recall: bool
    may_call_back: bool
    may_report: bool
    files: list[FileRow] = field(default_factory=list)


def messages_of(viewer: Viewer, thread: Thread) -> list[Message]:
    """Of this conversation, the messages that the viewer sees, oldest first (one query)."""
    seen = Message.objects.visible_to(viewer).filter(thread=thread).exclude(state=Message.State.DRAFT)
    found = seen.select_related("author", "school__delivery_policy").order_by("-sent_at", "-pk")[:MOST_SHOWN]
    return list(found)[::-1]


def quoted(viewer: Viewer, message: Message | None) -> Message | None:
    """What the first message of a conversation answers, where it stands in another that the viewer sees too."""
    if message is None or message.answers_id is None:
        return None
    return Message.objects.visible_to(viewer).filter(pk=message.answers_id).select_related("author").first()


def shown(viewer: Viewer, messages: Iterable[Message], moment: datetime) -> list[Shown]:
    """These messages in words, with their files and who has read one's own (three queries)."""
    rows = list(messages)
    files = files_of(viewer, [row.pk for row in rows])
    read = read_of(viewer, [row for row in rows if rules.is_own(viewer, row)])
    return [_shown(viewer, row, files.get(row.pk, []), read.get(row.pk, ""), moment) for row in rows]


def _shown(viewer: Viewer, row: Message, files: list[FileRow], read: str, moment: datetime) -> Shown:
    own = rules.is_own(viewer, row)
    hidden = row.is_recalled and not own
    author = row.author
    return Shown(
        pk=row.pk,
        who=_("Vous") if own else author.full_name if author else _("Personne effacée"),
        initials=author.initials if author else "?",
        own=own,
        when=f"{dates.near_day(dates.local(row.sent_at).date(), viewer.today)}, {dates.hour(row.sent_at)}"
        if row.sent_at
        else "",
        to=said_to(row.shown),
        body="" if hidden else row.body,
        urgent="" if hidden else row.urgent,
        recalled=row.is_recalled,
        automatic=row.is_automatic,
        state=_state(row, viewer, moment) if own and row.state != Message.State.SENT else "",
        decision=row.decision_note if own else "",
        read=read,
        may_recall=own and rules.may_be_recalled(row, moment),
        may_call_back=own and row.waits,
        may_report=not own and not row.is_automatic,
        files=[] if hidden else files,
    )


def _state(row: Message, viewer: Viewer, moment: datetime) -> str:
    """« Partira demain à 7 h 00 » of what has not left; else the word of its state."""
    if row.state not in {Message.State.SCHEDULED, Message.State.LEAVING}:
        return str(row.get_state_display())
    ready = row.asked_for if row.state == Message.State.SCHEDULED and row.asked_for else moment
    leaves = row.departs_at or departure(hours_of(row.school), ready, urgent=bool(row.urgent))
    if leaves <= moment:
        # Its author has read « Votre message est envoyé »: the moment that it takes is nobody's business.
        return str(Message.State.SENT.label)
    day, hour = dates.local(leaves).date(), dates.hour(leaves)
    if day == viewer.today:
        return _("Partira à %(hour)s") % {"hour": hour}
    return _("Partira %(day)s à %(hour)s") % {"day": dates.near_day(day, viewer.today), "hour": hour}


def files_of(viewer: Viewer, messages: list[int]) -> dict[int, list[FileRow]]:
    """By message, its files (one query)."""
    found: dict[int, list[Any]] = {}
    for attachment in Attachment.objects.filter(message__in=messages).select_related("file"):
        found.setdefault(attachment.message_id, []).append(attachment.file)
    return {pk: rows_of(files) for pk, files in found.items()}


def read_of(viewer: Viewer, own: list[Message]) -> dict[int, str]:
    """By message of one's own, who has read it, as far as the school and each reader say it (two queries at most)."""
    if not own:
        return {}
    state = policy_of(own[0].school_id).read_state
    if state == Policy.ReadState.HIDDEN:
        return {}
    silent = Preference.objects.filter(tells_read=False)
    counted = (
        Delivery.objects.received()
        .filter(message__in=[row.pk for row in own], arrived_at__isnull=False)
        .exclude(person__in=silent.values("person_id"))
        .values("message_id")
        .annotate(all=Count("pk"), read=Count("pk", filter=Q(read_at__isnull=False)), last=Max("read_at"))
        .order_by()
    )
    with_hour = state == Policy.ReadState.HOUR
    return {line["message_id"]: _read(line, with_hour=with_hour) for line in counted if line["read"]}


def _read(line: dict[str, Any], *, with_hour: bool) -> str:
    if line["all"] == 1:
        return _("lu %(when)s") % {"when": dates.day_and_hour(line["last"])} if with_hour else _("lu")
    words = ngettext(
        "lu par %(num)s personne sur %(all)s", "lu par %(num)s personnes sur %(all)s", line["read"]
    )
    return words % {"num": line["read"], "all": line["all"]}


def given_to_answer(viewer: Viewer, message: Message | None) -> list[Reached]:
    """Whom one may answer though the table says no: whoever wrote to one. Pupils among themselves, as the table says."""
    if message is None or message.author_id is None or message.is_automatic:
        return []
    if viewer.profile == "pupil" and message.seat.startswith("pupil"):
        return []
    got = Delivery.objects.visible_to(viewer).received().filter(message=message).select_related(None).first()
    if got is None:
        return []
    child = got_child(message) if message.seat == "guardian" else None
    return [Reached(message.author_id, message.seat, child)]


def got_child(message: Message) -> int | None:
    """For which pupil a guardian wrote."""
    return message.about_id


def is_frozen(viewer: Viewer) -> bool:
    """Is this account stopped somewhere? Asked at each page: a stolen account is stopped at once (one query)."""
    return Freeze.objects.filter(person=viewer.person.pk, lifted_at=None).exists()


def is_braked(viewer: Viewer, school_id: int) -> bool:
    """Has the head stopped this profile? The head is never stopped."""
    if rules.settles_policy(viewer):
        return False
    return Brake.objects.filter(school=school_id, profile=viewer.profile.value, lifted_at=None).exists()


def not_braked(rows: Any) -> Any:
    """Deliveries without those of a profile that a head has stopped, which wait until they write again (one query)."""
    for brake in Brake.objects.filter(lifted_at=None):
        heads = Holding.objects.filter(school=brake.school_id, role=Role.HEAD).values("person_id")
        stopped = Q(school=brake.school_id, message__seat__startswith=brake.profile) & ~Q(
            message__author__in=heads
        )
        rows = rows.exclude(stopped)
    return rows
