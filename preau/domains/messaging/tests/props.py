"""Objects of messages for the tests: a text that somebody sends, a box of many."""

import secrets
from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.domains.messaging.actions import drafts, leaving, sending
from preau.domains.messaging.actions.drafts import Typed
from preau.domains.messaging.models import Delivery, Freeze, Message, Report, Thread
from preau.domains.messaging.queries.reach import key_of
from preau.foundation import text


def key_to(college: World, name: str) -> str:
    seat = "guardian" if "guardian" in name else "pupil" if "pupil" in name else "staff"
    return key_of(college.people[name].pk, seat)


def written(
    viewer: Viewer, *keys: str, body: str = "<p>Bonjour.</p>", answers: Message | None = None, **fields: Any
) -> Message:
    """A draft."""
    school = viewer.school_id or fields.pop("school_id")
    typed = Typed(subject=fields.pop("subject", "Objet"), body=body, addressed={"to": list(keys)}, **fields)
    return drafts.keep(viewer, school, secrets.token_hex(16), typed, answers=answers)


def sent(viewer: Viewer, *keys: str, **fields: Any) -> Message:
    """The same, sent and brought to its people, as the worker does it."""
    message = sending.send(viewer, written(viewer, *keys, **fields))
    deliver(message)
    message.refresh_from_db()
    return message


def deliver(message: Message, at: Any = NOW) -> int:
    leaving.expand(message.pk)
    return leaving.arrive(at, message.pk)


def got(person: Person) -> list[Message]:
    """What has arrived in the boxes of somebody, but what they wrote."""
    rows = Delivery.objects.received().filter(person=person, arrived_at__isnull=False)
    return [row.message for row in rows.select_related("message").order_by("pk")]


def own_thread(college: World) -> Thread:
    """The conversation in which every member of the cast takes part."""
    known = Thread.objects.filter(school=college.school, subject="Fil de tous").first()
    return known or a_thread(college, "Fil de tous")


def own_received(college: World) -> Message:
    """What the head wrote there: the others may report it."""
    return own_thread(college).messages.order_by("pk")[0]


def a_thread(college: World, subject: str, count: int = 1, by: str = "head") -> Thread:
    thread: Thread = Thread.objects.create(
        school=college.school, subject=subject, started_at=NOW - timedelta(days=1)
    )
    for number in range(count):
        a_message(college, thread, number, by)
    return thread


def a_message(college: World, thread: Thread, number: int = 0, by: str = "head") -> Message:
    at = NOW - timedelta(hours=2, minutes=-number % 60)
    author = college.people[by]
    message: Message = Message.objects.create(
        school=college.school,
        thread=thread,
        author=author,
        seat=f"staff-{college.school.pk}",
        subject=thread.subject,
        body=f"<p>Message {number}</p>",
        excerpt=f"Message {number}",
        search_text=text.fold(f"{thread.subject} message {number}"),
        shown={"to": ["Plusieurs personnes"]},
        state="sent",
        people=9,
        changed_at=at,
        sent_at=at,
        departs_at=at,
    )
    Delivery.objects.filter(thread=thread).update(latest=False)
    for name in ("head", "cpe", "teacher", "teacher_1", "secretary", "pupil", "guardian", "other_guardian"):
        person = college.people[name]
        seat = (
            "guardian"
            if "guardian" in name
            else f"{'pupil' if name == 'pupil' else 'staff'}-{college.school.pk}"
        )
        Delivery.objects.create(
            school=college.school,
            message=message,
            thread=thread,
            person=person,
            seat=seat,
            kind="from" if name == by else "to",
            due_at=at,
            arrived_at=at,
            latest=True,
        )
    return message


def many_threads(college: World, count: int) -> None:
    """`count` conversations more, in everybody's boxes."""
    for _ in range(count):
        a_thread(college, f"Sujet {Thread.objects.count()}")


def much_in_a_thread(college: World, count: int) -> None:
    for number in range(count):
        a_message(college, own_thread(college), number + 1)


def own_draft(college: World) -> Message:
    """A draft of the head."""
    known = Message.objects.drafts().filter(author=college.people["head"], school=college.school).first()
    return known or a_draft(college)


def a_draft(college: World) -> Message:
    return Message.objects.create(
        school=college.school,
        author=college.people["head"],
        seat=f"staff-{college.school.pk}",
        subject="Brouillon",
        changed_at=NOW,
        sent_as=secrets.token_hex(16),
    )


def own_report(college: World) -> Report:
    known = Report.objects.filter(school=college.school).first()
    return known or Report.objects.create(
        school=college.school, by=college.people["pupil"], kind="other", at=NOW
    )


def own_freeze(college: World) -> Freeze:
    known = Freeze.objects.filter(school=college.school).first()
    return known or Freeze.objects.create(
        school=college.school,
        person=college.people["other_guardian"],
        by=college.people["head"],
        why="Compte volé",
        at=NOW,
        lifted_at=NOW,
    )


def own_held(college: World) -> Message:
    """A message of the pupil that waits for an adult."""
    known = Message.objects.filter(school=college.school, state="held").first()
    return known or Message.objects.create(
        school=college.school,
        author=college.people["pupil"],
        seat=f"pupil-{college.school.pk}",
        subject="Retenu",
        state="held",
        held="many",
        people=40,
        changed_at=NOW,
        sent_at=NOW,
        thread=Thread.objects.create(school=college.school, subject="Retenu", started_at=NOW),
    )


def many_reports(college: World, count: int) -> None:
    for _ in range(count):
        Report.objects.create(
            school=college.school, by=college.people["pupil"], kind="other", at=NOW, closed_at=NOW
        )
