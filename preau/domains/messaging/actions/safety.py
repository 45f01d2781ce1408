"""Asking for help, deciding what is held, braking a profile, freezing an account and recalling all that it sent."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.messaging import rules
from preau.domains.messaging.actions.sending import HELD, moderators_of, start, take_away
from preau.domains.messaging.models import Brake, Delivery, Freeze, Message, Policy, Report
from preau.domains.messaging.queries import watching
from preau.foundation import journal, live, notices, throttle
from preau.foundation.locks import lock
from preau.identity.actions.signing import end_these
from preau.identity.models import AccountSession

State = Message.State
REPORTED, DECIDED = "messaging.reported", "messaging.decided"


class TooOften(Exception):
    """So many calls for help in an hour: adults have been told already."""


@transaction.atomic
def report(
    viewer: Viewer, school_id: int, kind: str, words: str, message: Message | None = None, number: str = ""
) -> Report:
    """Ask the chosen adults for help; the same report for a second click. Raises TooOften."""
    lock(Person, viewer.person.pk)
    known = Report.objects.filter(by=viewer.person.pk)
    same = known.filter(message=message, closed_at=None).first() if message else None
    same = same or (known.filter(sent_as=number).first() if number else None)
    if same:
        return same
    if (
        throttle.hit("messaging.report", str(viewer.person.pk), window=timedelta(hours=1))
        > rules.MOST_REPORTS
    ):
        raise TooOften
    made: Report = Report.objects.create(
        school_id=school_id,
        message=message,
        by=viewer.person,
        kind=kind,
        words=words,
        at=timezone.now(),
        sent_as=number,
    )
    journal.record(viewer, "messaging.reported", made)
    notices.publish(
        *(
            notices.News(
                kind=REPORTED,
                person_id=pk,
                key=f"report-{made.pk}",
                url=reverse("messaging:report_page", kwargs={"pk": made.pk}),
                school_id=school_id,
                seat=f"staff-{school_id}",
            )
            for pk in moderators_of(school_id, message.author_id if message else None)
        )
    )
    return made


@transaction.atomic
def close_report(viewer: Viewer, report: Report, outcome: str) -> bool:
    """Say what was done; False when somebody has."""
    report = lock(Report, report.pk)
    if report.closed_at:
        return False
    report.closed_at, report.closed_by, report.outcome = timezone.now(), viewer.person, outcome
    report.save(update_fields=["closed_at", "closed_by", "outcome"])
    notices.settle(REPORTED, f"report-{report.pk}")
    journal.record(viewer, "messaging.report_closed", report)
    return True


@transaction.atomic
def decide(viewer: Viewer, message: Message, *, lets: bool, note: str = "") -> bool:
    """Let a held message leave, or keep it from leaving; False when somebody has decided."""
    message = lock(Message, message.pk)
    if message.state != State.HELD:
        return False
    message.decided_by, message.decision_note = viewer.person, note
    message.state = State.LEAVING if lets else State.REFUSED
    message.save(update_fields=["state", "decided_by", "decision_note"])
    journal.record(viewer, "messaging.released" if lets else "messaging.refused", message)
    notices.settle(HELD, f"held-{message.pk}")
    if lets:
        start(message)
    if message.author_id:
        notices.publish(
            notices.News(
                kind=DECIDED,
                person_id=message.author_id,
                key=f"decided-{message.pk}",
                school_id=message.school_id,
                url=reverse("messaging:thread", kwargs={"pk": message.thread_id}),
                seat=message.seat,
                facts={"what": str(_("Il a été transmis.") if lets else _("Il n’a pas été transmis."))},
            )
        )
    return True


@transaction.atomic
def brake(viewer: Viewer, profile: str) -> bool:
    """Nobody of this profile writes any more; False when it was so. It holds at their next request, and open pages say so."""
    lock(School, viewer.school_id)
    if Brake.objects.filter(school=viewer.school_id, profile=profile, lifted_at=None).exists():
        return False
    made = Brake.objects.create(
        school_id=rules.school_of(viewer), profile=profile, by=viewer.person, at=timezone.now()
    )
    journal.record(viewer, "messaging.braked", made, profile=profile)
    live.touch(rules.writing_of(made.school_id, profile))
    return True


@transaction.atomic
def lift(viewer: Viewer, brake: Brake) -> bool:
    """They write again; False when it was lifted."""
    brake = lock(Brake, brake.pk)
    if brake.lifted_at:
        return False
    brake.lifted_at, brake.lifted_by = timezone.now(), viewer.person
    brake.save(update_fields=["lifted_at", "lifted_by"])
    journal.record(viewer, "messaging.brake_lifted", brake, profile=brake.profile)
    live.touch(rules.writing_of(brake.school_id, brake.profile))
    return True


def freeze(viewer: Viewer, person: Person, why: str, since: datetime | None = None) -> tuple[Freeze, int]:
    """Stop an account, end its sessions and recall all that it sent since a moment, a day ago if none is named.

    Two transactions: an account is stopped even while what it sends to many is still being written, for which the recall waits.
    Of an account that is frozen, the same freeze, which recalls what was not yet. Gives how many messages are recalled now.
    The journal keeps who did it and each message, and is sealed with the rest: the page of the inquiry reads it.
    """
    known = _stop(viewer, person, why)
    return _recall_all(viewer, known, since or timezone.now() - timedelta(days=1))


@transaction.atomic
def _stop(viewer: Viewer, person: Person, why: str) -> Freeze:
    """From here on nothing leaves this account, and nobody is in it."""
    lock(Person, person.pk)
    school_id = rules.school_of(viewer)
    known = Freeze.objects.filter(school=school_id, person=person, lifted_at=None)
    made: Freeze | None = known.select_for_update(of=("self",)).first()
    if made is None:
        made = Freeze.objects.create(
            school_id=school_id, person=person, by=viewer.person, why=why, at=timezone.now()
        )
        journal.record(viewer, "messaging.frozen", made, subject_id=person.pk)
    end_these(AccountSession.objects.filter(account__person=person).select_related("account"))
    return made


@transaction.atomic
def _recall_all(viewer: Viewer, freeze: Freeze, since: datetime) -> tuple[Freeze, int]:
    """In as many statements for two thousand messages as for two."""
    lock(Person, freeze.person_id)
    made = lock(Freeze, freeze.pk, "person")
    sent = watching.recallable(made.person, made.school_id, since).only("pk", "school", "people")
    messages = list(sent.select_for_update(of=("self",)))
    if messages:
        take_away(*messages)
        notices.settle(HELD, *(f"held-{message.pk}" for message in messages))
        facts = [(message, {"freeze": made.pk}) for message in messages]
        journal.record_each(viewer, "messaging.recalled_by_freeze", facts, subject_id=made.person_id)
    reached = Delivery.objects.received().filter(
        message__author=made.person_id, message__school=made.school_id, message__recalled_at__gte=made.at
    )
    made.recalled += len(messages)
    made.reached = reached.values("person_id").distinct().count()
    made.save(update_fields=["recalled", "reached"])
    return made, len(messages)


@transaction.atomic
def thaw(viewer: Viewer, freeze: Freeze) -> bool:
    """Give the account back; what was recalled stays so. False when it was given back."""
    freeze = lock(Freeze, freeze.pk)
    if freeze.lifted_at:
        return False
    freeze.lifted_at, freeze.lifted_by = timezone.now(), viewer.person
    freeze.save(update_fields=["lifted_at", "lifted_by"])
    journal.record(viewer, "messaging.thawed", freeze, subject_id=freeze.person_id)
    return True


@transaction.atomic
def settle_policy(
    viewer: Viewer, scopes: dict[str, str], roles: list[str], read_state: str, referents: list[Person]
) -> Policy:
    """Change the table of the school."""
    lock(School, viewer.school_id)
    policy, _made = Policy.objects.get_or_create(school_id=rules.school_of(viewer))
    changed = sum(policy.scopes.get(cell) != scope for cell, scope in scopes.items())
    same = (policy.scopes, policy.adult_roles, policy.read_state) == (scopes, roles, read_state)
    if same and set(policy.referents.all()) == set(referents):
        return policy
    policy.scopes, policy.adult_roles, policy.read_state, policy.changed_at = (
        scopes,
        roles,
        read_state,
        timezone.now(),
    )
    policy.save()
    policy.referents.set(referents)
    journal.record(viewer, "messaging.policy_changed", policy, cells=changed)
    return policy
