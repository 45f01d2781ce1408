"""What the answers to a word amount to, pupil by pupil, by the file of today: the one place where it is computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import Person
from preau.directory.queries.authority import ties_of
from preau.directory.rules.authority import DecisionRule, Tie, Verdict, asked_of, verdict
from preau.directory.words import Kinship
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.foundation.boards import Nature
from preau.foundation.text import initials

Part, Channel = Recipient.Part, Recipient.Channel


class State(StrEnum):
    """Of a pupil. DISAGREEMENT: one yes and one no, which nobody decides here."""

    AGREED = "agreed"
    REFUSED = "refused"
    DISAGREEMENT = "disagreement"
    WAITING = "waiting"
    UNSETTLED = "unsettled"


OF_VERDICT = {
    Verdict.AGREED: State.AGREED,
    Verdict.REFUSED: State.REFUSED,
    Verdict.DISAGREEMENT: State.DISAGREEMENT,
    Verdict.WAITING: State.WAITING,
    Verdict.UNSETTLED: State.UNSETTLED,
}
TO_SETTLE = {State.DISAGREEMENT, State.WAITING, State.UNSETTLED}
CHANNEL_ICONS = {
    Channel.HERE: "apps",
    Channel.TEXT: "phone",
    Channel.MAIL: "mail",
    Channel.PAPER: "file-text",
}
# A label, a tone and an icon of what one person did.
SIGNED = (gettext_lazy("Signé"), "done", "check")
CONFIRMED = (gettext_lazy("Lu"), "done", "check")
REFUSED = (gettext_lazy("Refusé"), "changed", "x")
READ = (gettext_lazy("Lu"), "neutral", "eye")
UNOPENED = (gettext_lazy("Pas ouvert"), "todo", "clock")
PRINTED = (gettext_lazy("Coupon remis"), "neutral", "file-text")
ON_PAPER = (gettext_lazy("Papier"), "neutral", "file-text")
TEXTED = (gettext_lazy("SMS, puis papier"), "neutral", "phone")
ENDED = (gettext_lazy("N’est plus responsable"), "neutral", "info-circle")
NOT_ASKED = (gettext_lazy("Informé"), "neutral", "info-circle")


@dataclass(frozen=True)
class Copy:
    """One person who received a word, with what they did. `counts`: does their answer count today?"""

    pk: int
    person: Person
    kinship: str
    channel: str
    read_at: datetime | None
    printed_at: datetime | None
    answer: Answer | None
    counts: bool
    ended: bool
    word: Word

    @property
    def name(self) -> str:
        """« Julie, mère »."""
        return ", ".join(filter(None, [self.person.given_name or self.person.family_name, self.kinship]))

    @property
    def tag(self) -> tuple[str, str, str]:
        label, tone, icon = self._said()
        return str(label), tone, icon

    def _said(self) -> tuple[Any, str, str]:
        if self.ended:
            return ENDED
        if self.answer is not None:
            if self.word.is_information:
                return CONFIRMED
            return SIGNED if self.answer.is_yes else REFUSED
        if not self.counts or self.read_at:
            return READ if self.counts else NOT_ASKED
        return self._unread()

    def _unread(self) -> tuple[Any, str, str]:
        if self.printed_at:
            return PRINTED
        return {Channel.PAPER: ON_PAPER, Channel.TEXT: TEXTED}.get(Channel(self.channel), UNOPENED)

    @property
    def answer_tag(self) -> tuple[str, str, str]:
        """What another person who is asked reads of it: the answer alone."""
        if self.answer is None:
            return _("Pas encore répondu"), "neutral", "clock"
        if self.answer.is_yes:
            return _("A signé"), "done", "check"
        return _("A refusé"), "changed", "x"

    @property
    def is_typed(self) -> bool:
        """Without an account, or with a coupon in hand: the answer comes back on paper."""
        return self.channel != Channel.HERE or self.printed_at is not None

    @property
    def channel_said(self) -> tuple[str, str]:
        paper = self.answer is not None and self.answer.way == Answer.Way.PAPER
        channel = Channel.PAPER if paper else Channel(self.channel)
        return str(channel.label), CHANNEL_ICONS[channel]

    @property
    def is_awaited(self) -> bool:
        return self.counts and not self.ended and self.answer is None


@dataclass(frozen=True)
class PupilRow:
    """A pupil in the following of a word."""

    pupil: Person
    state: State
    copies: tuple[Copy, ...]
    asked: DecisionRule | None
    group: str = ""

    @property
    def initials(self) -> str:
        return initials(self.pupil.given_name, self.pupil.family_name)

    @property
    def to_settle(self) -> bool:
        return self.state in TO_SETTLE

    @property
    def awaited(self) -> list[Copy]:
        """Of whom an answer is still needed."""
        return [copy for copy in self.copies if copy.is_awaited] if self.state == State.WAITING else []

    @property
    def on_paper(self) -> list[Copy]:
        """Of whom nothing is awaited but a coupon."""
        return [copy for copy in self.awaited if copy.channel in {Channel.PAPER, Channel.TEXT}]

    @property
    def by_coupon(self) -> list[Copy]:
        """Who has no account: by mail or on paper, they answer on a coupon alone."""
        return [copy for copy in self.awaited if copy.channel != Channel.HERE]

    @property
    def to_remind(self) -> list[Copy]:
        return [copy for copy in self.awaited if copy.channel != Channel.PAPER]

    @property
    def was_read(self) -> bool:
        return any(copy.read_at for copy in self.awaited)

    @property
    def bar(self) -> str:
        """Under which part of the bar it stands."""
        if self.state != State.WAITING:
            return self.state.value
        if self.was_read:
            return "read"
        return "paper" if self.on_paper and len(self.on_paper) == len(self.awaited) else "unopened"


def asked_for(word: Word, ties: Sequence[Tie], pupil: Person, today: date) -> DecisionRule:
    """Who decides, or is told, for a pupil on this day. The readings of an information are asked of those who are told."""
    return asked_of(Nature(word.nature), ties, pupil=pupil.pk, age=pupil.age_on(today))


def state_of(word: Word, asked: DecisionRule, answers: dict[int, bool]) -> State:
    """What was answered, person by person, amounts to."""
    if not word.is_information:
        return OF_VERDICT[verdict(asked, answers)]
    read = [person for person in asked.told if person in answers]
    if not asked.told:
        return State.UNSETTLED
    enough = len(asked.told) if word.each_reads else 1
    return State.AGREED if len(read) >= enough else State.WAITING


def who_counts(asked: DecisionRule) -> tuple[int, ...]:
    return asked.told if asked.nature == Nature.INFORMATION else asked.deciders


def rows_of(word: Word, recipients: Iterable[Recipient], today: date) -> list[PupilRow]:
    """The pupils of these recipients of one word, by name: two queries more (answers, authority)."""
    recipients = list(recipients)
    answers = {
        answer.recipient_id: answer
        for answer in Answer.objects.current().filter(recipient__in=[one.pk for one in recipients])
    }
    pupils = {one.pupil_id: one.pupil for one in recipients if one.pupil is not None}
    ties = ties_of([pk for pk in pupils if pk], today)
    by_pupil: dict[int, list[Recipient]] = {}
    for one in recipients:
        if one.pupil_id:
            by_pupil.setdefault(one.pupil_id, []).append(one)
    rows = [
        row_of(word, pupils[pk], copies, answers, ties[pk], today)  # type: ignore[arg-type]
        for pk, copies in by_pupil.items()
    ]
    return sorted(rows, key=lambda row: (row.pupil.search_name, row.pupil.pk))


def row_of(
    word: Word,
    pupil: Person,
    recipients: Sequence[Recipient],
    answers: dict[int, Answer],
    ties: Sequence[Tie],
    today: date,
) -> PupilRow:
    asked = asked_for(word, ties, pupil, today)
    known = {tie.person: tie for tie in ties}
    yes_by_person = {
        one.person_id: answer.is_yes for one in recipients if (answer := answers.get(one.pk)) is not None
    }
    counted = set(who_counts(asked))
    order = {person: rank for rank, person in enumerate(known)}
    copies = [
        Copy(
            one.pk,
            one.person,
            _kinship(one, known),
            one.channel,
            one.read_at,
            one.printed_at,
            answers.get(one.pk),
            one.person_id in counted,
            one.part == Part.GUARDIAN and (one.person_id not in known or known[one.person_id].barred),
            word,
        )
        for one in sorted(recipients, key=lambda one: (order.get(one.person_id, 99), one.pk))
        # A minor reads the word; nothing is asked of them.
        if one.part != Part.OWN or one.person_id in counted
    ]
    return PupilRow(pupil, state_of(word, asked, yes_by_person), tuple(copies), asked)


def _kinship(one: Recipient, known: dict[int, Tie]) -> str:
    if one.part == Part.OWN:
        return _("élève")
    tie = known.get(one.person_id)
    return str(Kinship(tie.kinship).label).lower() if tie else ""
