"""Questions to a teacher: asked at any hour, shown at theirs, read first where the space wants it, answered, closed, taken away."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.actions.walls import Known
from preau.domains.spaces.models import Announcement, Card, Definition, Question, Report, SameQuestion, Space
from preau.domains.spaces.queries.hours import hours_of, shown_from
from preau.domains.spaces.queries.people import runners, whom_to_tell, whom_to_warn
from preau.foundation import journal, notices
from preau.foundation.locks import lock

ASKED, ANSWERED, REMOVED, REPORTED = "spaces.asked", "spaces.answered", "spaces.removed", "spaces.reported"
A_DAY = timedelta(days=1)


class NotTaken(Exception):
    """The space takes no question any more of this person: closed, or left since the form was shown."""


class AnsweredMeanwhile(Exception):
    """Somebody else has answered, or changed the answer, since the form was shown."""


class TooManyWait(Exception):
    """This person has as many questions without an answer as they may."""


@transaction.atomic
def ask(viewer: Viewer, space: Space, text: str, sent_as: str = "") -> Question:
    """Ask: at the hours of the space it reaches the teacher, else it is kept until they open. Sent twice, it is asked once.

    Raises NotTaken, TooManyWait.
    """
    lock(Person, viewer.person.pk)
    mine = Question.objects.filter(by=viewer.person.pk, space=space.pk)
    known = mine.filter(sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    # Looked at again: the form may have stood open while its pupil was taken out of the group.
    here = Space.objects.opened_by(viewer, space.pk)
    if here is None or not rules.asks(viewer, here):
        raise NotTaken
    if mine.kept().filter(answered_at=None, closed_at=None).count() >= rules.MOST_WAITING:
        raise TooManyWait
    now = timezone.now()
    made: Question = Question.objects.create(
        space=here,
        by=viewer.person,
        text=text,
        at=now,
        shown_at=shown_from(hours_of(here, now), now),
        is_out=not here.moderates,
        sent_as=sent_as,
    )
    journal.record(viewer, "spaces.asked", made, subject_id=viewer.person.pk)
    return made


@transaction.atomic
def say_same(viewer: Viewer, question: Question, *, same: bool) -> bool:
    """« J’ai la même question », or no more; False when it was so already."""
    question = lock(Question, question.pk)
    known = SameQuestion.objects.filter(question=question, person=viewer.person)
    if known.exists() == same:
        return False
    if not same:
        known.delete()
        return True
    SameQuestion.objects.create(question=question, person=viewer.person, at=timezone.now())
    return True


@transaction.atomic
def answer(viewer: Viewer, question: Question, text: str, *, seen: str | None = None) -> bool:
    """The answer, for the whole space; what waited to be read goes out with it. False when it says the same already.

    `seen`: the answer that its author had before them, as `answer_seen` names it. Raises AnsweredMeanwhile when it is another by now.
    """
    question = lock(Question, question.pk, "space")
    if not rules.answers(viewer, question) or (question.answered_at and question.answer == text):
        return False
    if seen is not None and seen != answer_seen(question):
        raise AnsweredMeanwhile
    first = question.answered_at is None
    question.answer, question.answered_by, question.answered_at = text, viewer.person, timezone.now()
    question.is_out = True
    question.save(update_fields=["answer", "answered_by", "answered_at", "is_out"])
    notices.settle(ASKED, f"question-{question.pk}")
    journal.record(viewer, "spaces.answered", question, subject_id=question.by_id)
    if first:
        _tell_answer(question)
    return True


def answer_seen(question: Question) -> str:
    """Names the answer of a question as it is now; "" while there is none."""
    return question.answered_at.isoformat() if question.answered_at else ""


def _tell_answer(question: Question) -> None:
    """Who asked, and who had the same question, as long as they still enter the space."""
    same = (
        SameQuestion.objects.filter(question=question.pk).order_by("pk").values_list("person_id", flat=True)
    )
    here = dict(whom_to_tell(question.space, timezone.localdate()))
    people = [person for person in dict.fromkeys([question.by_id, *same]) if person in here]
    notices.publish(*(_news(ANSWERED, person, question, again=True) for person in people))


def _news(kind: str, person: int, question: Question, *, seat: str = "", again: bool = False) -> notices.News:
    return notices.News(
        kind,
        person,
        f"question-{question.pk}",
        reverse("spaces:question", kwargs={"pk": question.pk}),
        facts={"space": question.space.title},
        school_id=question.space.school_id,
        seat=seat,
        again=again,
    )


@transaction.atomic
def take_back_answer(viewer: Viewer, question: Question) -> bool:
    """The answer is no more, and the question waits again; who has not been told yet will not be."""
    question = lock(Question, question.pk, "space")
    if question.answered_at is None:
        return False
    question.answer, question.answered_by, question.answered_at = "", None, None
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    notices.settle(ANSWERED, f"question-{question.pk}")
    journal.record(viewer, "spaces.answer_taken_back", question, subject_id=question.by_id)
    return True


@transaction.atomic
def let_out(viewer: Viewer, question: Question) -> bool:
    """The class reads it; False when it did."""
    question = lock(Question, question.pk, "space")
    if question.is_out or not rules.answers(viewer, question):
        return False
    question.is_out = True
    question.save(update_fields=["is_out"])
    journal.record(viewer, "spaces.let_out", question, subject_id=question.by_id)
    return True


@transaction.atomic
def close(viewer: Viewer, question: Question, *, closed: bool) -> bool:
    """Nobody answers it any more, or somebody may again."""
    question = lock(Question, question.pk, "space")
    if (question.closed_at is not None) == closed or not rules.answers(viewer, question):
        return False
    question.closed_at = timezone.now() if closed else None
    question.save(update_fields=["closed_at"])
    if closed:
        notices.settle(ASKED, f"question-{question.pk}")
    journal.record(viewer, "spaces.closed_question", question, subject_id=question.by_id)
    return True


Thing = Question | Card | Definition | Announcement


@transaction.atomic
def remove(viewer: Viewer, thing: Thing, why: str = "") -> bool:
    """Take a thing away from its space, with a reason that its author reads; False when it was gone."""
    thing = lock(type(thing), thing.pk, "space")
    decides = thing.by_id != viewer.person.pk and rules.runs(viewer, thing.space)
    # Its author took it away while others reported it: whoever runs the space may still decide, and then it does not come back.
    taken_over = decides and thing.removed_by_id == thing.by_id and rules.is_reported(thing)
    if thing.removed_at is not None and not taken_over:
        return False
    thing.removed_at, thing.removed_by, thing.why = timezone.now(), viewer.person, why
    thing.save(update_fields=["removed_at", "removed_by", "why"])
    if isinstance(thing, Question):
        notices.settle(ASKED, f"question-{thing.pk}")
    if decides:
        _settle_reports(viewer, thing)
    if thing.by_id and thing.by_id != viewer.person.pk:
        news = notices.News(
            REMOVED,
            thing.by_id,
            f"{type(thing).__name__.lower()}-{thing.pk}",
            reverse("spaces:space", kwargs={"pk": thing.space_id}),
            facts={"space": thing.space.title, "why": why},
            school_id=thing.space.school_id,
            again=True,
        )
        notices.publish(news)
    journal.record(viewer, "spaces.removed", thing, subject_id=thing.by_id)
    return True


def _settle_reports(viewer: Viewer, thing: Thing) -> None:
    """What was reported of it is decided, and nobody is waited for any more."""
    waiting = rules.open_reports_of(thing)
    keys = [f"report-{pk}" for pk in waiting.order_by("pk").values_list("pk", flat=True)]
    waiting.update(settled_at=timezone.now(), settled_by=viewer.person)
    notices.settle(REPORTED, *keys)


@transaction.atomic
def restore(viewer: Viewer, thing: Thing) -> bool:
    """Put it back; False when it was there, or may not come back any more. Raises Known where the glossary has its word meanwhile."""
    lock(Space, thing.space_id)
    thing = lock(type(thing), thing.pk, "space")
    # Looked at again: it may have been reported, or taken away by somebody else, since the page was shown.
    if not rules.restores(viewer, thing):
        return False
    if isinstance(thing, Definition) and thing.accepted_at and _is_accepted(thing):
        raise Known
    thing.removed_at, thing.removed_by, thing.why = None, None, ""
    thing.save(update_fields=["removed_at", "removed_by", "why"])
    notices.settle(REMOVED, f"{type(thing).__name__.lower()}-{thing.pk}")
    journal.record(viewer, "spaces.restored", thing, subject_id=thing.by_id)
    return True


def _is_accepted(word: Definition) -> bool:
    """Does the glossary say the same word otherwise by now?"""
    rows = Definition.objects.kept().filter(space=word.space_id, search_word=word.search_word)
    return rows.filter(accepted_at__isnull=False).exclude(pk=word.pk).exists()


@transaction.atomic
def report(viewer: Viewer, thing: Question | Card, words: str) -> bool:
    """Say that it should not be there: whoever runs the space is told at once. False when this person has said so already."""
    space = lock(Space, thing.space_id)
    thing = lock(type(thing), thing.pk)
    if thing.removed_at is not None:
        return False
    about: dict[str, Any] = {"question": thing} if isinstance(thing, Question) else {"card": thing}
    if Report.objects.filter(by=viewer.person, settled_at=None, **about).exists():
        return False
    made = Report.objects.create(space=space, by=viewer.person, words=words, at=timezone.now(), **about)
    journal.record(viewer, "spaces.reported", made, subject_id=thing.by_id)
    notices.publish(
        *(
            notices.News(
                REPORTED,
                person,
                f"report-{made.pk}",
                reverse("spaces:reports", kwargs={"pk": space.pk}),
                facts={"space": space.title},
                school_id=school,
                seat=f"staff-{school}",
            )
            for person, school in whom_to_warn(space, viewer.today)
            if person != viewer.person.pk
        )
    )
    return True


@transaction.atomic
def dismiss(viewer: Viewer, report: Report) -> bool:
    """What was reported may stay; False when somebody has decided."""
    report = lock(Report, report.pk)
    if report.settled_at is not None:
        return False
    report.settled_at, report.settled_by = timezone.now(), viewer.person
    report.save(update_fields=["settled_at", "settled_by"])
    notices.settle(REPORTED, f"report-{report.pk}")
    journal.record(viewer, "spaces.report_settled", report)
    return True


@transaction.atomic
def tell_questions(most: int = 500) -> int:
    """Those whose hour has come are told to whoever answers there, once; returns how many questions."""
    now = timezone.now()
    rows = Question.objects.select_for_update(of=("self",)).filter(told_at=None, shown_at__lte=now)
    questions = list(rows.select_related("space").order_by("shown_at", "pk")[:most])
    known: dict[int, list[tuple[int, int]]] = {}
    news = []
    for question in questions:
        question.told_at = now
        if (
            question.removed_at
            or question.answered_at
            or question.closed_at
            or now - question.shown_at > A_DAY
        ):
            continue
        if question.space_id not in known:
            known[question.space_id] = runners(question.space, timezone.localdate(now))
        news += [
            _news(ASKED, who, question, seat=f"staff-{school}") for who, school in known[question.space_id]
        ]
    notices.publish(*news)
    Question.objects.bulk_update(questions, ["told_at"], batch_size=500)
    return len(questions)
