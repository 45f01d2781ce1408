"""A campaign leaves once, whatever is clicked and whatever is killed; what is stopped, tried again, posted, paid."""

import smtplib
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import NOW
from preau.commons.delivery.queries import texts_left
from preau.commons.journal.models import Line as JournalLine
from preau.commons.notifications.tests.test_killed import Killed, Mortal
from preau.commons.outbox.models import Letter
from preau.commons.works.models import Work
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry, Status
from preau.domains.campaigns import tasks
from preau.domains.campaigns.actions import drafts, families, leaving, sending
from preau.domains.campaigns.models import Campaign, Channel, Sending, Wording
from preau.domains.campaigns.queries import history, plan, sheets
from preau.foundation import sms, works
from preau.foundation.sms import Fate, GatewayAnswer, Message, Unreachable

pytestmark = pytest.mark.django_db
State = Sending.State


def confirm(draft: Campaign, seat_of: Any) -> int:
    found = plan.lines_of(seat_of("cpe"), Campaign.objects.get(pk=draft.pk))
    return leaving.confirm(seat_of("cpe"), draft, plan.mark_of(found))


def send(draft: Campaign) -> int:
    return tasks.send_campaign.call(draft.pk)


def states(draft: Campaign, channel: str = "") -> Counter[str]:
    found = Sending.objects.filter(target__campaign=draft)
    return Counter((found.filter(channel=channel) if channel else found).values_list("state", flat=True))


def texts() -> list[Letter]:
    return list(Letter.objects.filter(subject="SMS"))


class Fake:
    """A gateway whose answers a test chooses; it knows a message by its `ref`."""

    received: list[Message] = []
    refuses: set[str] = set()
    silent = False
    fates: dict[str, Fate] = {}

    def send(self, messages: Sequence[Message]) -> list[GatewayAnswer]:
        if self.silent:
            raise Unreachable("nobody")
        Fake.received += messages
        return [
            GatewayAnswer(message.ref, "", "refused")
            if message.to in self.refuses
            else GatewayAnswer(message.ref, f"n-{message.ref}")
            for message in messages
        ]

    def reports(self, numbers: Sequence[str]) -> dict[str, Fate]:
        return {number: fate for number, fate in self.fates.items() if number in numbers}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[Fake]:
    monkeypatch.setattr(sms, "gateway", Fake)
    Fake.received, Fake.refuses, Fake.silent, Fake.fates = [], set(), False, {}
    return Fake


def test_nothing_leaves_before_it_is_confirmed_and_then_once(draft: Campaign, seat_of: Any) -> None:
    send(draft)
    tasks.send_due.call()
    assert (len(mail.outbox), len(texts()), Sending.objects.count()) == (0, 0, 0)
    assert confirm(draft, seat_of) == 6
    with pytest.raises(drafts.NotADraft):
        confirm(draft, seat_of)
    assert DBTaskResult.objects.filter(task_path__endswith="send_campaign").count() == 1
    send(draft)
    send(draft)
    assert (len(mail.outbox), len(texts())) == (2, 2)
    assert states(draft) == {State.SENT: 4, State.WAITING: 2}
    subjects = {one.subject for one in mail.outbox}
    assert subjects == {"Un message de la vie scolaire"}
    assert Work.objects.get(key=sending.work_of(draft.pk)).state == "done"


def test_what_changed_since_it_was_looked_at_is_not_sent(draft: Campaign, parents: Any, seat_of: Any) -> None:
    seen = plan.mark_of(plan.lines_of(seat_of("cpe"), draft))
    Person.objects.filter(pk=parents[0].pk).update(email="autre@famille.example")
    with pytest.raises(leaving.SeenOtherwise):
        leaving.confirm(seat_of("cpe"), draft, seen)
    assert not Sending.objects.exists()
    assert Campaign.objects.get(pk=draft.pk).is_draft


def test_a_draft_that_was_dropped_is_not_confirmed(draft: Campaign, seat_of: Any) -> None:
    assert drafts.drop(seat_of("cpe"), draft)
    assert not drafts.drop(seat_of("cpe"), draft)
    with pytest.raises(drafts.NotADraft):
        confirm(draft, seat_of)


lives = st.lists(st.integers(0, 40), min_size=12, max_size=12)


@settings(max_examples=12, deadline=None)
@given(lives=lives)
def test_each_is_written_to_once_whenever_the_worker_dies(
    draft: Campaign, seat_of: Any, clock: Any, fake: type[Fake], monkeypatch: Any, lives: list[int]
) -> None:
    worker = Mortal(lives)
    real = mail.EmailMultiAlternatives.send
    with transaction.atomic(), monkeypatch.context() as patch:
        clock.move_to(NOW)
        mail.outbox.clear()
        fake.received = []
        confirm(draft, seat_of)
        patch.setattr(mail.EmailMultiAlternatives, "send", lambda one: dying(worker, real, one))
        patch.setattr(Fake, "send", dying_gateway(worker))
        while True:
            try:
                with connection.execute_wrapper(worker):
                    send(draft)
            except Killed:
                worker.start()
                clock.shift(timedelta(minutes=4))
            else:
                if not Sending.objects.due(NOW + timedelta(days=1)).exists():
                    break
                clock.shift(timedelta(minutes=4))
        refs = {one.extra_headers["Message-ID"] for one in mail.outbox}
        assert len(refs) == 2
        assert len(mail.outbox) - 2 <= worker.deaths
        assert len({one.ref for one in fake.received}) == 2
        assert {one.to for one in fake.received} == {"+33612345670", "+33612345671"}
        assert states(draft, Channel.MAIL) == states(draft, Channel.SMS) == {State.SENT: 2}
        transaction.set_rollback(True)


def dying(worker: Mortal, real: Any, message: Any) -> Any:
    worker.step()
    given = real(message)
    worker.step()
    return given


def dying_gateway(worker: Mortal) -> Any:
    def send(self: Fake, messages: Sequence[Message]) -> list[GatewayAnswer]:
        worker.step()
        Fake.received += messages
        worker.step()
        return [GatewayAnswer(message.ref, f"n-{message.ref}") for message in messages]

    return send


def test_what_a_worker_holds_another_leaves_alone(draft: Campaign, seat_of: Any, clock: Any) -> None:
    confirm(draft, seat_of)
    assert len(sending.hold(draft.pk, Channel.SMS, 50)) == 2
    assert sending.hold(draft.pk, Channel.SMS, 50) == []
    clock.shift(timedelta(minutes=4))
    assert len(sending.hold(draft.pk, Channel.SMS, 50)) == 2


def test_what_has_not_left_is_stopped(draft: Campaign, seat_of: Any) -> None:
    confirm(draft, seat_of)
    assert len(sending.hold(draft.pk, Channel.SMS, 1)) == 1
    assert leaving.stop(seat_of("cpe"), draft) == 5
    assert leaving.stop(seat_of("cpe"), draft) == 0
    send(draft)
    assert (len(mail.outbox), len(texts())) == (0, 0)
    assert states(draft) == {State.CANCELLED: 5, State.WAITING: 1}


def test_the_page_of_works_stops_it_too(draft: Campaign, seat_of: Any) -> None:
    confirm(draft, seat_of)
    leaving.stop_work(seat_of("cpe"), sending.work_of(draft.pk))
    assert states(draft) == {State.CANCELLED: 6}
    with pytest.raises(works.CannotStop):
        leaving.stop_work(seat_of("cpe"), sending.work_of(draft.pk))
    leaving.stop_work(seat_of("cpe"), "delivery-1")


def test_a_family_barred_or_that_refuses_meanwhile_gets_nothing(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    confirm(draft, seat_of)
    Guardianship.objects.filter(guardian=parents[0]).update(may_not_be_informed=True)
    families.say_sms(seat_of("cpe"), parents[1], wanted=False)
    send(draft)
    assert [one.to for one in mail.outbox] == [[parents[1].email]]
    assert texts() == []
    reasons = Sending.objects.filter(state=State.CANCELLED).values_list("reason", flat=True)
    assert sorted(reasons) == ["barred", "barred", "no_sms"]


def test_absences_explained_meanwhile_are_not_told(draft: Campaign, absences: Any, seat_of: Any) -> None:
    Campaign.objects.filter(pk=draft.pk).update(kind=Campaign.Kind.ABSENCES)
    confirm(draft, seat_of)
    Entry.objects.filter(pk__in=[absence.pk for absence in absences]).update(status=Status.PRESENT)
    send(draft)
    assert (len(mail.outbox), len(texts())) == (0, 0)
    assert states(draft) == {State.CANCELLED: 4, State.WAITING: 2}


def test_nothing_leaves_at_night_nor_on_a_sunday(draft: Campaign, seat_of: Any, clock: Any) -> None:
    clock.move_to(NOW.replace(hour=21))
    confirm(draft, seat_of)
    send(draft)
    assert (len(mail.outbox), len(texts())) == (0, 0)
    # Confirmed in the day, late in being sent: the night is the same.
    Sending.objects.update(due_at=NOW)
    send(draft)
    assert (len(mail.outbox), len(texts())) == (0, 0)
    # What waited leaves over ten minutes.
    clock.move_to(NOW.replace(day=25, hour=7, minute=10))
    assert tasks.send_due.call() == 1
    send(draft)
    assert (len(mail.outbox), len(texts())) == (2, 2)


def test_a_school_pays_so_many_a_day_and_the_rest_waits(
    draft: Campaign, seat_of: Any, clock: Any, settings: Any
) -> None:
    settings.SMS_PER_DAY = 1
    confirm(draft, seat_of)
    send(draft)
    send(draft)
    assert len(texts()) == 1
    assert history.left_today(draft.school, NOW) == 0
    # The same number, whoever asks.
    assert texts_left({draft.school_id: draft.school.timezone}, NOW) == {draft.school_id: 0}
    assert Work.objects.get(key=sending.work_of(draft.pk)).state == "running"
    clock.move_to(NOW.replace(day=25, hour=8))
    tasks.send_due.call()
    send(draft)
    assert len(texts()) == 2


def test_a_gateway_that_is_away_is_asked_again_and_told_after_six_tries(
    draft: Campaign, seat_of: Any, clock: Any, fake: type[Fake]
) -> None:
    fake.silent = True
    confirm(draft, seat_of)
    for _day in range(8):
        Sending.objects.filter(state=State.WAITING).update(due_at=NOW)
        send(draft)
    assert states(draft, Channel.SMS) == {State.FAILED: 2}
    assert set(Sending.objects.filter(state=State.FAILED).values_list("reason", flat=True)) == {"unreachable"}
    fake.silent = False
    refs = set(Sending.objects.filter(channel=Channel.SMS).values_list("ref", flat=True))
    assert leaving.retry(seat_of("cpe"), draft) == 2
    assert leaving.retry(seat_of("cpe"), draft) == 0
    send(draft)
    # It may have taken them before it fell silent: they keep their name.
    assert {one.ref for one in fake.received} == refs


def test_only_what_failed_is_tried_again_where_the_directory_says(
    draft: Campaign, parents: Any, seat_of: Any, fake: type[Fake]
) -> None:
    fake.refuses = {"+33612345670"}
    confirm(draft, seat_of)
    send(draft)
    assert states(draft, Channel.SMS) == {State.FAILED: 1, State.SENT: 1}
    assert leaving.retry(seat_of("cpe"), draft) == 0
    Person.objects.filter(pk=parents[0].pk).update(phone="07 00 00 00 01")
    assert leaving.retry(seat_of("cpe"), draft) == 1
    send(draft)
    assert Counter(one.to for one in fake.received) == {
        "+33612345670": 1,
        "+33612345671": 1,
        "+33700000001": 1,
    }


def test_reports_say_what_arrived(draft: Campaign, seat_of: Any, fake: type[Fake]) -> None:
    confirm(draft, seat_of)
    send(draft)
    first, second = (
        Sending.objects.filter(channel=Channel.SMS).order_by("pk").values_list("number", flat=True)
    )
    fake.fates = {first: Fate.DELIVERED, second: Fate.FAILED, "stranger": Fate.DELIVERED}
    assert tasks.ask_reports.call() == 2
    assert tasks.ask_reports.call() == 0
    assert states(draft, Channel.SMS) == {State.DELIVERED: 1, State.FAILED: 1}
    lost = Sending.objects.get(number=second)
    assert lost.reason == "lost"
    assert list(history.texts_lost([lost.person_id])) == [(lost.person_id, lost.to)]


def test_a_mail_server_that_refuses_an_address_is_noted(
    draft: Campaign, parents: Any, seat_of: Any, monkeypatch: Any
) -> None:
    def refuse(message: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})

    confirm(draft, seat_of)
    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", refuse)
    send(draft)
    assert states(draft, Channel.MAIL) == {State.FAILED: 2}
    progress = history.progress_of(draft)
    assert (progress.failed, progress.letters, progress.moving) == (2, 2, 0)


def test_letters_are_posted_once(draft: Campaign, seat_of: Any) -> None:
    confirm(draft, seat_of)
    assert leaving.note_posted(seat_of("cpe"), draft) == 2
    assert leaving.note_posted(seat_of("cpe"), draft) == 0
    assert states(draft, Channel.LETTER) == {State.SENT: 2}
    assert sheets.lots_of(draft) == [(1, 1, 2)]


def test_every_gesture_is_in_the_journal_and_names_nobody(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    confirm(draft, seat_of)
    leaving.note_posted(seat_of("cpe"), draft)
    leaving.stop(seat_of("cpe"), draft)
    verbs = set(JournalLine.objects.filter(verb__startswith="campaigns.").values_list("verb", flat=True))
    assert {"campaigns.prepared", "campaigns.confirmed", "campaigns.posted", "campaigns.stopped"} <= verbs
    text = str(
        list(JournalLine.objects.filter(verb__startswith="campaigns.").values_list("details", flat=True))
    )
    assert parents[0].family_name not in text
    assert "+336" not in text


def test_a_message_is_read_by_its_reader_and_school_life_alone(
    draft: Campaign, parents: Any, twin: World, seat_of: Any
) -> None:
    confirm(draft, seat_of)
    mine = Sending.objects.filter(person=parents[0])[0]
    for key, sees in {
        "cpe": True,
        "head": True,
        "guardian": True,
        "other_guardian": False,
        "teacher": False,
        "secretary": False,
        "pupil": False,
    }.items():
        assert Sending.objects.visible_to(seat_of(key)).filter(pk=mine.pk).exists() is sees, key
    assert not Sending.objects.visible_to(seat_of("cpe", world=twin)).filter(pk=mine.pk).exists()
    assert not Campaign.objects.visible_to(seat_of("secretary")).exists()
    assert not Wording.objects.visible_to(seat_of("teacher")).exists()
    # What has not left is not read yet.
    assert not history.received_by(seat_of("guardian")).exists()
    send(draft)
    assert history.received_by(seat_of("guardian")).count() == 2


def test_erasing_somebody_takes_words_and_address(draft: Campaign, parents: Any, seat_of: Any) -> None:
    confirm(draft, seat_of)
    assert leaving.forget_sendings(parents[0].pk) == 3
    assert families.forget_addresses(parents[0].pk) == 1
    assert set(Sending.objects.filter(person=parents[0]).values_list("to", "text")) == {("", "")}
    assert Sending.objects.filter(person=parents[1]).exclude(to="").count() == 3
    assert sheets.lots_of(draft) == [(1, 1, 1)]
