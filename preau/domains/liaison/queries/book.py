"""The notebook of a child, as a family or the pupil reads it: words, observations, and what other services publish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.questions.models import Questionnaire
from preau.directory.models import Person
from preau.directory.queries.authority import ties_of
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.domains.liaison.models import Answer, Precision, Recipient, Remark, Word
from preau.domains.liaison.queries.states import Copy, PupilRow, State
from preau.domains.liaison.queries.states import row_of as row_of_pupil
from preau.domains.liaison.queries.words import legal_today
from preau.foundation import boards, dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited, Nature

# What is shown at once of a notebook; the days of the other services that stand in it.
SHOWN, REMARKS_SHOWN, DAYS = 40, 30, timedelta(days=30)
SOURCE = "liaison"


def eighteen_years_before(day: date) -> date:
    """Who was born that day or before is of age."""
    try:
        return day.replace(year=day.year - MAJORITY)
    except ValueError:
        return day.replace(year=day.year - MAJORITY, day=28)


def rows_to_sign(viewer: Viewer) -> "QuerySet[Recipient, Any]":
    """The words that this person has still to answer, as far as a database can tell: their page says it exactly."""
    current = Answer.objects.current()
    mine = current.filter(recipient=OuterRef("pk"))
    any_of_pupil = current.filter(recipient__word=OuterRef("word_id"), recipient__pupil=OuterRef("pupil_id"))
    one_is_enough = ~Q(word__nature=Nature.NON_USUAL.value) & Q(word__each_reads=False)
    found = (
        Recipient.objects.received_by(viewer)
        .filter(~Exists(mine), word__state=Word.State.SENT)
        .filter(Q(word__closes_at=None) | Q(word__closes_at__gt=viewer.moment))
        .exclude(one_is_enough & Exists(any_of_pupil))
    )
    of_age = Q(pupil__birth_date__lte=eighteen_years_before(viewer.today))
    information = Q(word__nature=Nature.INFORMATION.value)
    if viewer.is_guardian:
        legal = legal_today(OuterRef("pupil_id"), viewer.person.pk, viewer.today)
        found = found.filter(information | Q(word__nature=Nature.USUAL.value) | legal).exclude(
            of_age & ~information
        )
    else:
        found = found.filter(of_age)
    return row_of(
        found,
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
                day=row.ends.date() if row.ends else None,
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
    precisions: tuple[Precision, ...] = ()

    @property
    def word(self) -> Word:
        return self.recipient.word

    @property
    def to_answer(self) -> bool:
        """Is this reader still asked?"""
        if self.mine is None or self.row is None or not self.word.is_open:
            return False
        return self.mine.is_awaited and self.row.state == State.WAITING

    @property
    def may_answer(self) -> bool:
        """Does their word count, and may it still be said or changed?"""
        return bool(self.mine and self.mine.counts and not self.mine.ended and self.word.is_open)

    @property
    def others(self) -> list[Copy]:
        """Who else is asked about the same child."""
        if self.row is None or self.word.is_information:
            return []
        mine = self.recipient.pk
        return [copy for copy in self.row.copies if copy.pk != mine and copy.counts and not copy.ended]

    @property
    def who_said(self) -> str:
        """How many agreements are needed, in a sentence."""
        if self.word.is_information:
            return ""
        if self.word.nature == Nature.NON_USUAL:
            return _(
                "Il faut l’accord de chaque personne qui a l’autorité parentale. Sans réponse, c’est non."
            )
        return _("Un seul accord suffit.") if self.others else ""


@dataclass(frozen=True)
class Book:
    """A notebook: what is to be answered, the words, observations and encouragements, and the lines of other services."""

    to_answer: tuple[Entry, ...]
    words: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    lines: tuple[boards.AgendaEntry, ...]
    signed: int


def book_of(viewer: Viewer, child: Person | None) -> Book:
    """The notebook of one child, or of all those of a family (five queries, and those of the services that publish there)."""
    found = Recipient.objects.received_by(viewer).out()
    remarks = Remark.objects.visible_to(viewer)
    if child is not None:
        found, remarks = found.filter(pupil=child), remarks.filter(pupil=child)
    rows = found.select_related("word", "word__author", "word__school", "pupil", "person")
    entries = entries_of(list(rows.order_by("-word__sent_at", "-pk")[:SHOWN]), viewer)
    asked = [entry for entry in entries if entry.to_answer]
    asked.sort(key=lambda entry: (entry.word.closes_at is None, entry.word.closes_at or entry.word.sent_at))
    return Book(
        tuple(asked),
        tuple(entry for entry in entries if not entry.to_answer),
        tuple(remarks.select_related("by", "pupil").order_by("-day", "-pk")[:REMARKS_SHOWN]),
        tuple(_lines(viewer, child)),
        sum(entry.mine is not None and entry.mine.answer is not None for entry in entries),
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
        found.append(Entry(one, row, mine, tuple(precisions.get(one.word_id, ()))))
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
        return Entry(whole, None, None, precisions)
    return entries_of([whole], viewer)[0]


def answer_of(recipient: Recipient) -> Answer | None:
    found: Answer | None = recipient.answers.current().select_related("noted_by").first()
    return found


def history_of(recipient: Recipient) -> list[Answer]:
    """Every answer of one copy, the first first."""
    return list(recipient.answers.select_related("noted_by").order_by("pk"))


def questionnaires_shown(viewer: Viewer) -> Any:
    """For the board of questions: those of the words that this viewer sees."""
    seen = Word.objects.visible_to(viewer).values("questionnaire_id")
    return Questionnaire.objects.filter(pk__in=seen).values("pk")


def questionnaires_read(viewer: Viewer) -> Any:
    seen = Word.objects.followed_by(viewer).values("questionnaire_id")
    return Questionnaire.objects.filter(pk__in=seen).values("pk")
