"""The notebook of a child, as a family or the pupil reads it: words, observations, and what other services publish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.questions.models import Questionnaire
from preau.directory.models import Guardianship, Person
from preau.directory.queries.authority import ties_of
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.directory.words import Authority
from preau.domains.liaison.models import Answer, Precision, Recipient, Remark, Word
from preau.domains.liaison.queries.states import Copy, PupilRow, State
from preau.domains.liaison.queries.states import row_of as row_of_pupil
from preau.domains.liaison.queries.words import legal_today
from preau.foundation import boards, dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited, Nature

# What is shown at once of the remarks; the days of the other services that stand in it.
REMARKS_SHOWN, DAYS = 30, timedelta(days=30)
# Those that close first, of what waits for an answer: « À répondre » has them all.
WAITING_SHOWN = 15
SOURCE = "liaison"
# Somebody has answered, and nothing more is awaited.
SAID = {State.AGREED, State.REFUSED, State.DISAGREEMENT}


def copies_to_sign(viewer: Viewer) -> "QuerySet[Recipient]":
    """The copies that this person has still to answer: what `states` computes of each pupil, as conditions of a database."""
    current = Answer.objects.current()
    mine = current.filter(recipient=OuterRef("pk"))
    any_of_pupil = _counting(current, viewer).filter(
        recipient__word=OuterRef("word_id"), recipient__pupil=OuterRef("pupil_id")
    )
    one_is_enough = ~Q(word__nature=Nature.NON_USUAL.value) & Q(word__each_reads=False)
    # One refusal decides of what each must agree to.
    refused = Exists(any_of_pupil.filter(is_yes=False))
    found = (
        Recipient.objects.received_by(viewer)
        .filter(~Exists(mine), word__state=Word.State.SENT)
        .filter(Q(word__closes_at=None) | Q(word__closes_at__gt=viewer.moment))
        .exclude(one_is_enough & Exists(any_of_pupil))
        .exclude(Q(word__nature=Nature.NON_USUAL.value) & refused)
    )
    of_age = Q(pupil__birth_date__lte=viewer.years_ago(MAJORITY))
    information = Q(word__nature=Nature.INFORMATION.value)
    if viewer.is_guardian:
        legal = legal_today(OuterRef("pupil_id"), viewer.person.pk, viewer.today)
        found = found.filter(information | Q(word__nature=Nature.USUAL.value) | legal).exclude(
            ~information & of_age | _unsettled(viewer.today)
        )
    else:
        found = found.filter(of_age)
    return found


def _counting(answers: "QuerySet[Answer]", viewer: Viewer) -> "QuerySet[Answer]":
    """Those that weigh something today: authority ends, pupils turn eighteen, and what was said before then stays in the history alone."""
    follows = Guardianship.objects.informed(viewer.today).filter(
        pupil=OuterRef("recipient__pupil"), guardian=OuterRef("recipient__person")
    )
    legal = follows.filter(authority=Authority.LEGAL)
    nature = "recipient__word__nature"
    of_minor = ~Q(recipient__pupil__birth_date__lte=viewer.years_ago(MAJORITY))
    of_guardian = (
        Q(**{nature: Nature.INFORMATION.value}) & Exists(follows)
        | Q(**{nature: Nature.USUAL.value}) & of_minor & Exists(follows)
        | Q(**{nature: Nature.NON_USUAL.value}) & of_minor & Exists(legal)
    )
    part = Recipient.Part
    return answers.filter(Q(recipient__part=part.OWN) | Q(recipient__part=part.GUARDIAN) & of_guardian)


DISAGREED = "liaison.disagreed"


def rows_disagreed(viewer: Viewer) -> "QuerySet[Word, Any]":
    """For « À répondre » of the head: the open words of which one who answers for a pupil says yes, and another no."""
    still = Guardianship.objects.informed(viewer.today).filter(
        pupil=OuterRef("recipient__pupil"), guardian=OuterRef("recipient__person")
    )
    answers = Answer.objects.current().filter(
        Exists(still), recipient__part=Recipient.Part.GUARDIAN, recipient__pupil__isnull=False
    )
    answers = answers.exclude(recipient__pupil__birth_date__lte=viewer.years_ago(MAJORITY))
    yes = answers.filter(
        is_yes=True,
        recipient__word=OuterRef("recipient__word"),
        recipient__pupil=OuterRef("recipient__pupil"),
    )
    no = answers.filter(Exists(yes), is_yes=False, recipient__word=OuterRef("pk"))
    found = Word.objects.in_school(viewer).filter(Exists(no), state=Word.State.SENT)
    return row_of(found.exclude(nature=Nature.INFORMATION.value), DISAGREED, text="title", ends="closes_at")


def words_disagreed(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Each with the page that says about whom: here no family is named."""
    return [
        Awaited(
            title=row.text,
            url=reverse("liaison:word", kwargs={"pk": row.key}),
            gesture=_("Voir le suivi"),
            text=_("Un oui et un non pour le même élève"),
            icon="alert-triangle",
        )
        for row in sorted(rows, key=lambda row: row.key)
    ]


def _unsettled(today: date) -> Any:
    """Where each must agree, the pupils of whom somebody has authority and may not be informed (`DecisionRule.is_settled`): the school reads
    what a judge decided first."""
    links = Guardianship.objects.active(today).of_another().filter(pupil=OuterRef("pupil_id"))
    barred = links.filter(authority=Authority.LEGAL, may_not_be_informed=True)
    return Q(word__nature=Nature.NON_USUAL.value) & Exists(barred)


def rows_to_sign(viewer: Viewer) -> "QuerySet[Recipient, Any]":
    """The same for « À répondre »."""
    return row_of(
        copies_to_sign(viewer),
        SOURCE,
        about="pupil_id",
        whose="pupil__given_name",
        text="word__title",
        word="word__kind",
        ends="word__closes_at",
        starts="word__sent_at",
        more="word__school__timezone",
    )


def words_to_sign(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Each with the verb of its kind, those that close first before the others."""
    gestures = {
        Word.Kind.INFORMATION: (_("Lire"), "eye"),
        Word.Kind.AUTHORISATION: (_("Lire et signer"), "pencil"),
        Word.Kind.REQUEST: (_("Lire et répondre"), "pencil"),
    }
    found = []
    for row in sorted(rows, key=lambda row: (row.ends is None, row.ends or row.starts, row.key)):
        gesture, icon = gestures[Word.Kind(row.word)]
        found.append(
            Awaited(
                title=row.text,
                url=reverse("liaison:read", kwargs={"pk": row.key}),
                gesture=gesture,
                about=row.about,
                whose=row.whose,
                when=_("avant %(when)s") % {"when": dates.day_and_hour(row.ends)} if row.ends else "",
                day=dates.local(row.ends, row.more).date() if row.ends else None,
                icon=icon,
            )
        )
    return found


@dataclass(frozen=True)
class Entry:
    """A word in the notebook of a child. `mine`: the reader's own copy."""

    recipient: Recipient
    row: PupilRow | None
    mine: Copy | None
    now: datetime
    precisions: tuple[Precision, ...] = ()

    @property
    def word(self) -> Word:
        return self.recipient.word

    @property
    def to_answer(self) -> bool:
        """Is this reader still asked?"""
        if self.mine is None or self.row is None or not self.word.takes_answers(self.now):
            return False
        return self.mine.is_awaited and self.row.state == State.WAITING

    @property
    def may_answer(self) -> bool:
        """Does their word count, and may it still be said or changed? Of a colleague, whoever received it confirms."""
        if self.recipient.pupil_id is None:
            return self.word.takes_answers(self.now)
        return self.counts and self.word.takes_answers(self.now)

    @property
    def may_answer_too(self) -> bool:
        """Somebody has answered, which is enough: this reader may say theirs as well."""
        if self.mine is None or self.row is None or self.word.is_information or self.mine.answer is not None:
            return False
        return self.may_answer and self.row.state in SAID

    @property
    def is_settled_by_others(self) -> bool:
        """Others were asked and one has answered: to a pupil, nothing is left to read before answering."""
        is_own = self.recipient.part == Recipient.Part.OWN
        return bool(self.row and is_own and not self.counts and self.row.state in SAID)

    @property
    def counts(self) -> bool:
        return bool(self.mine and self.mine.counts and not self.mine.ended)

    @property
    def is_late(self) -> bool:
        """This reader was asked, and the moment has passed."""
        return self.counts and self.word.is_open and self.word.is_late(self.now)

    @property
    def _asked_too(self) -> list[Copy]:
        """Who else is asked about the same child; nobody, to whoever is not asked."""
        if self.row is None or self.word.is_information or not self.counts:
            return []
        mine = self.recipient.pk
        return [copy for copy in self.row.copies if copy.pk != mine and copy.counts and not copy.ended]

    @property
    def others(self) -> list[Copy]:
        """Where each must agree, who else is asked: their answer alone is shown, never what they have opened nor how."""
        return self._asked_too if self.word.nature == Nature.NON_USUAL else []

    @property
    def who_said(self) -> str:
        """How many agreements are needed, in a sentence."""
        if self.word.is_information:
            return ""
        if self.word.nature == Nature.NON_USUAL:
            return _(
                "Il faut l’accord de chaque personne qui a l’autorité parentale. Sans réponse, c’est non."
            )
        return (
            _(
                "Un seul accord suffit. Si deux réponses ne s’accordent pas, l’établissement en parle avec vous."
            )
            if self._asked_too
            else ""
        )


@dataclass(frozen=True)
class Book:
    """A notebook: what is to be answered, the words, observations and encouragements, and the lines of other services."""

    to_answer: tuple[Entry, ...]
    words: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    lines: tuple[boards.AgendaEntry, ...]
    more_waits: bool = False


def words_received(viewer: Viewer, child: Person | None) -> "QuerySet[Recipient]":
    """The copies that stand in the notebook of one child, or of all, latest first: what waits for an answer stands above."""
    found = Recipient.objects.received_by(viewer).out()
    found = found.exclude(pk__in=copies_to_sign(viewer).order_by().values("pk"))
    if child is not None:
        found = found.filter(pupil=child)
    return _whole(found).order_by("-word__sent_at", "-pk")


def every_word(viewer: Viewer) -> "QuerySet[Recipient]":
    """All the copies that a family received, latest first, whether they wait for an answer or not."""
    return _whole(Recipient.objects.received_by(viewer).out()).order_by("-word__sent_at", "-pk")


def _whole(found: "QuerySet[Recipient]") -> "QuerySet[Recipient]":
    return found.select_related("word", "word__author", "word__school", "pupil", "person")


def book_of(viewer: Viewer, child: Person | None, received: Iterable[Recipient]) -> Book:
    """The notebook of one child, or of all those of a family, with these words (a page of `words_received`): what waits for an
    answer, whatever its age, those that close first (six queries, and those of the services that publish there)."""
    remarks, waiting = Remark.objects.visible_to(viewer), copies_to_sign(viewer)
    if child is not None:
        waiting, remarks = waiting.filter(pupil=child), remarks.filter(pupil=child)
    first = list(
        _whole(waiting).order_by(F("word__closes_at").asc(nulls_last=True), "-pk")[: WAITING_SHOWN + 1]
    )
    entries = entries_of([*first[:WAITING_SHOWN], *received], viewer)
    asked = [entry for entry in entries if entry.to_answer]
    asked.sort(key=lambda entry: (entry.word.closes_at is None, entry.word.closes_at or entry.word.sent_at))
    return Book(
        tuple(asked),
        tuple(entry for entry in entries if not entry.to_answer),
        tuple(remarks.select_related("by", "pupil").order_by("-day", "-pk")[:REMARKS_SHOWN]),
        tuple(_lines(viewer, child)),
        more_waits=len(first) > WAITING_SHOWN,
    )


def _lines(viewer: Viewer, child: Person | None) -> Iterable[boards.AgendaEntry]:
    """Absences, latenesses, detentions of the last weeks: what services put in the notebook, latest first."""
    seat = viewer.for_child(child.pk) if child is not None and viewer.is_guardian else viewer
    found = [
        line
        for source, seated in boards.offered(boards.agenda, seat)
        if source.in_notebook and source.open_to(seated)
        for line in source.entries(seated, viewer.days_ago(DAYS), viewer.today)
    ]
    return sorted(found, key=lambda line: (line.first_day, line.uid), reverse=True)


def entries_of(recipients: Sequence[Recipient], viewer: Viewer) -> list[Entry]:
    """Copies of one reader with what everybody answered about the same child: three queries and one, whatever their number."""
    pupils = {one.pupil_id for one in recipients}
    words = {one.word_id: one.word for one in recipients}
    everybody = Recipient.objects.filter(word__in=list(words), pupil__in=list(pupils))
    by_word: dict[int, list[Recipient]] = {}
    for one in everybody.select_related("pupil", "person").order_by("pk"):
        by_word.setdefault(one.word_id, []).append(one)
    rows = _rows(words, by_word, viewer.today)
    precisions: dict[int, list[Precision]] = {}
    for precision in Precision.objects.filter(word__in=list(words)).order_by("pk"):
        precisions.setdefault(precision.word_id, []).append(precision)
    found = []
    for one in recipients:
        row = rows.get((one.word_id, one.pupil_id))
        mine = next((copy for copy in row.copies if copy.pk == one.pk), None) if row else None
        found.append(Entry(one, row, mine, viewer.moment, tuple(precisions.get(one.word_id, ()))))
    return found


def _rows(
    words: dict[int, Word], by_word: dict[int, list[Recipient]], today: date
) -> dict[tuple[int, int | None], PupilRow]:
    """All of them with one reading of the answers and of the authority."""
    everyone = [one for copies in by_word.values() for one in copies]
    answers = {
        answer.recipient_id: answer
        for answer in Answer.objects.current().filter(recipient__in=[one.pk for one in everyone])
    }
    ties = ties_of({one.pupil_id for one in everyone if one.pupil_id}, today)
    found: dict[tuple[int, int | None], PupilRow] = {}
    for key, copies in by_word.items():
        for pupil_id in {one.pupil_id for one in copies if one.pupil_id}:
            mine = [one for one in copies if one.pupil_id == pupil_id]
            pupil = mine[0].pupil
            if pupil is not None:
                found[key, pupil_id] = row_of_pupil(words[key], pupil, mine, answers, ties[pupil_id], today)
    return found


def entry_of(recipient: Recipient, viewer: Viewer) -> Entry:
    """One copy, as its reader opens it."""
    whole = Recipient.objects.select_related(
        "word", "word__author", "word__school", "word__questionnaire", "pupil", "person"
    ).get(pk=recipient.pk)
    if whole.pupil_id is None:
        precisions = tuple(Precision.objects.filter(word=whole.word_id).order_by("pk"))
        return Entry(whole, None, None, viewer.moment, precisions)
    return entries_of([whole], viewer)[0]


def answer_of(recipient: Recipient) -> Answer | None:
    found: Answer | None = recipient.answers.current().select_related("noted_by").first()
    return found


def history_of(recipient: Recipient) -> list[Answer]:
    """Every answer of one copy, the first first."""
    return list(recipient.answers.select_related("noted_by", "response").order_by("pk"))


def questionnaires_shown(viewer: Viewer) -> Any:
    """For the board of questions: those of the words that this viewer sees."""
    seen = Word.objects.visible_to(viewer).values("questionnaire_id")
    return Questionnaire.objects.filter(pk__in=seen).values("pk")


def questionnaires_read(viewer: Viewer) -> Any:
    seen = Word.objects.followed_by(viewer).values("questionnaire_id")
    return Questionnaire.objects.filter(pk__in=seen).values("pk")
