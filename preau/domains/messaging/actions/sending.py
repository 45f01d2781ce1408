"""A message leaves: it is counted, held where an adult must read it first, sent at its hour; and recalled within an hour."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.messaging import rules
from preau.domains.messaging.actions.drafts import NotADraft
from preau.domains.messaging.models import MODERATORS, Delivery, Message, Thread
from preau.domains.messaging.queries import conversation, reach
from preau.domains.messaging.queries.reach import Reach
from preau.foundation import journal, live, notices, works
from preau.foundation.locks import lock

State = Message.State
RECEIVED, HELD = "messaging.received", "messaging.held"
HOUR = timedelta(hours=1)
# Sent inside the transaction in which a message is ready to leave: a task exists if and only if it is.
ready_to_leave = Signal()  # message_id


GONE = gettext_lazy(
    "Un groupe de travail choisi n’existe plus, ou n’a plus personne à qui vous puissiez écrire. "
    "Il est retiré des destinataires : vérifiez-les, puis envoyez de nouveau. Votre brouillon est gardé."
)


class Refusal(Exception):
    """It does not leave, and why, in a sentence for its author. The draft is kept."""


def work_of(message_id: int) -> str:
    return f"messaging-{message_id}"


def circle(viewer: Viewer, message: Message) -> list[tuple[reach.Reached, str, bool]]:
    """Everybody whom this message is for today."""
    given = conversation.given_to_answer(viewer, message.answers)
    return list(reach.gathered(Reach(viewer, message.school_id), message.addressed, given))


@transaction.atomic
def send(viewer: Viewer, message: Message) -> Message:
    """Let a draft leave, once. Raises NotADraft for a second click, Refusal with the reason.

    A pupil's that is for many, or for several classes, waits for an adult. Only one row is written here, whatever the number of
    people: a task writes theirs.
    """
    lock(Person, viewer.person.pk)
    message = lock(Message, message.pk)
    if not message.is_draft or not rules.is_own(viewer, message):
        raise NotADraft
    now = timezone.now()
    _refuse_stopped(viewer, message.school_id)
    if reach.lacks_a_list(Reach(viewer, message.school_id), message.addressed):
        raise Refusal(GONE)
    people = circle(viewer, message)
    if not people:
        raise Refusal(
            _(
                "Personne ne recevrait ce message : choisissez au moins un destinataire que vous pouvez joindre."
            )
        )
    _refuse_too_much(viewer, len(people), now)
    message.people, message.sent_at = len(people), now
    message.shown = _shown(viewer, message)
    message.thread = _thread_of(message, now)
    message.held = _held(viewer, message, people)
    message.state = State.HELD if message.held else State.LEAVING
    if not message.held and message.asked_for and message.asked_for > now:
        message.state = State.SCHEDULED
    _own_row(viewer, message, now)
    message.save()
    journal.record(
        viewer, "messaging.held" if message.held else "messaging.sent", message, people=len(people)
    )
    if message.state == State.LEAVING:
        start(message)
    elif message.held:
        tell_moderators(message)
    return message


def _refuse_stopped(viewer: Viewer, school_id: int) -> None:
    if conversation.is_frozen(viewer):
        raise Refusal(_("Votre messagerie est arrêtée par l’établissement. Parlez-en à un adulte."))
    if conversation.is_braked(viewer, school_id):
        raise Refusal(
            _("L’établissement a suspendu l’envoi de messages pour votre profil. Votre brouillon est gardé.")
        )


def _refuse_too_much(viewer: Viewer, people: int, now: datetime) -> None:
    """So much in an hour, whatever the number of tabs: the person's row is held."""
    sent = Message.objects.written_by(viewer).filter(sent_at__gt=now - HOUR, is_automatic=False)
    total = sent.aggregate(people=Sum("people"))["people"] or 0
    most, reached = rules.MOST_MESSAGES[viewer.profile], rules.MOST_PEOPLE[viewer.profile]
    if sent.count() >= most:
        sentence = ngettext(
            "Pas plus d’un message par heure.", "Pas plus de %(num)s messages par heure.", most
        )
        raise Refusal(f"{sentence % {'num': most}} {_('Votre brouillon est gardé.')}")
    # The first message of the hour may be for more: it is held for an adult, or its author confirms who they are.
    if total and total + people > reached:
        sentence = _("Pas plus de %(num)s destinataires par heure. Votre brouillon est gardé.")
        raise Refusal(sentence % {"num": reached})


def _held(viewer: Viewer, message: Message, people: list[tuple[reach.Reached, str, bool]]) -> str:
    if viewer.profile != Profile.PUPIL:
        return ""
    pupils = [one.person for one, _kind, _listed in people if one.seat.startswith("pupil")]
    classes = reach.classes_of([*pupils, viewer.person.pk], message.school_id, viewer.today) if pupils else 0
    return rules.needs_adult(viewer.profile, len(people), classes)


def _shown(viewer: Viewer, message: Message) -> dict[str, list[str]]:
    """The words for those whom readers may see named; those in blind copy are named to nobody."""
    keys = [key for kind in ("to", "cc") for key in message.addressed.get(kind, ())]
    given = conversation.given_to_answer(viewer, message.answers)
    words = Reach(viewer, message.school_id).words_of(keys, given, for_readers=True)
    # Two groups of work of one class are called the same.
    return {
        kind: list(dict.fromkeys(words[key] for key in message.addressed.get(kind, ()) if key in words))
        for kind in ("to", "cc")
    }


def _thread_of(message: Message, now: datetime) -> Thread:
    """The conversation that it goes on; an answer to what came by a list begins one of its own."""
    if message.answers_id and message.answers and not _came_by_list(message):
        return message.answers.thread  # type: ignore[return-value]
    return Thread.objects.create(
        school_id=message.school_id,
        subject=message.subject or _("Sans objet"),
        about=message.about,
        started_at=now,
    )


def _came_by_list(message: Message) -> bool:
    listed = Delivery.objects.filter(message=message.answers_id, person=message.author_id, listed=True)
    return listed.exists()


def _own_row(viewer: Viewer, message: Message, now: datetime) -> None:
    """What one has written, among what one has written."""
    mine = Delivery.objects.filter(thread_id=message.thread_id or 0, person=viewer.person.pk, seat=viewer.key)
    mine.filter(kind=Delivery.Kind.FROM, latest=True).update(latest=False)
    Delivery.objects.create(
        school_id=message.school_id,
        message=message,
        thread_id=message.thread_id or 0,
        person=viewer.person,
        seat=viewer.key,
        kind=Delivery.Kind.FROM,
        due_at=now,
        arrived_at=now,
        read_at=now,
        latest=True,
    )


def start(message: Message) -> None:
    """Have a task write the rows of everybody, and say how far it is where they are many."""
    if message.people > rules.MANY and message.author_id:
        works.start(
            works.WorkRequest(
                key=work_of(message.pk),
                label=_("Envoi d’un message"),
                person_id=message.author_id,
                url=reverse("messaging:thread", kwargs={"pk": message.thread_id}),
                school_id=message.school_id,
                seat=message.seat,
            )
        )
    ready_to_leave.send(sender=Message, message_id=message.pk)


def moderators_of(school_id: int, but: int | None = None) -> list[int]:
    """Whom a school chose to receive what is held and reported; without any, head and school life. Never `but`: a report is about them."""
    today = timezone.localdate()
    held = Holding.objects.active(today).filter(school=school_id)
    held = held.exclude(person=but) if but else held
    chosen = reach.policy_of(school_id)
    named = chosen.referents.values_list("pk", flat=True) if chosen.pk else []
    still = list(
        held.filter(person__in=list(named), role__in=MODERATORS)
        .values_list("person_id", flat=True)
        .distinct()
    )
    return still or list(held.filter(role__in=MODERATORS).values_list("person_id", flat=True).distinct())


def tell_moderators(message: Message) -> None:
    """Adults are told that something waits, never what it says."""
    notices.publish(
        *(
            notices.News(
                kind=HELD,
                person_id=pk,
                key=f"held-{message.pk}",
                url=reverse("messaging:watch"),
                school_id=message.school_id,
                seat=f"staff-{message.school_id}",
            )
            for pk in moderators_of(message.school_id)
        )
    )


@transaction.atomic
def call_back(viewer: Viewer, message: Message) -> bool:
    """Make a draft again of what waits for its hour or for an adult; False when it has left."""
    message = lock(Message, message.pk)
    if not message.waits or not rules.is_own(viewer, message):
        return False
    Delivery.objects.filter(message=message).delete()
    _latest_again(viewer, message.thread)
    notices.settle(HELD, f"held-{message.pk}")
    thread, message.thread = message.thread, None
    message.state, message.held, message.sent_at = State.DRAFT, "", None
    message.thread = message.answers.thread if message.answers else None
    message.save()
    if thread and not thread.messages.exists():
        thread.delete()
    journal.record(viewer, "messaging.called_back", message)
    return True


def _latest_again(viewer: Viewer, thread: Thread | None) -> None:
    """What one wrote before in this conversation is the last again."""
    mine = Delivery.objects.filter(
        thread=thread, person=viewer.person.pk, seat=viewer.key, kind=Delivery.Kind.FROM
    )
    last = mine.order_by("-pk").values_list("pk", flat=True).first()
    mine.filter(pk=last).update(latest=True)


@transaction.atomic
def recall(viewer: Viewer, message: Message) -> bool:
    """Take a message back, while it arrives too: nobody reads it any more. False when it is too late."""
    message = lock(Message, message.pk)
    if not rules.is_own(viewer, message) or not rules.may_be_recalled(message, timezone.now()):
        return False
    take_away(message)
    journal.record(viewer, "messaging.recalled", message)
    return True


def take_away(*messages: Message) -> None:
    """What has arrived says that it was recalled, what has not never does: in as many statements for a thousand messages as for one.
    Their rows are held."""
    keys = [message.pk for message in messages]
    Message.objects.filter(pk__in=keys).update(state=State.RECALLED, recalled_at=timezone.now())
    rows = Delivery.objects.received().filter(message__in=keys)
    rows.filter(arrived_at=None).delete()
    live.touch(*live.all_of("mail", rows.order_by().values_list("person_id", flat=True).distinct()))
    notices.settle(RECEIVED, *map(str, keys))
    many = [work_of(message.pk) for message in messages if message.people > rules.MANY]
    if many:
        works.end(*many, ending=works.Ending.CANCELLED)
