"""Words for the tests: one to the family of the cast's pupil, its copies, many of them."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.commons.questions import actions as questions
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.liaison.models import Recipient, Remark, Word
from preau.domains.liaison.queries.reading import digest_shown
from preau.domains.liaison.queries.words import copies_meant
from preau.foundation import text


def a_draft(world: World, title: str = "Sortie au zoo", by: str = "teacher", **fields: Any) -> Word:
    """A word to the class of the cast's pupil that has not left."""
    given: dict[str, Any] = {"kind": "authorisation", "nature": "usuel", "text": "Le musée, jeudi."} | fields
    word: Word = Word.objects.create(
        school=world.school,
        title=title,
        search_title=text.fold(title),
        author=world.people[by],
        written_at=NOW,
        **given,
    )
    word.groups.set([own_class(world)])
    return word


def a_word(world: World, title: str = "Sortie au zoo", by: str = "teacher", **fields: Any) -> Word:
    """The same, sent this morning; nobody is told."""
    word = a_draft(world, title, by, **fields)
    copies = copies_meant(word, NOW.date())
    word.state, word.sent_at, word.digest = Word.State.SENT, NOW - timedelta(hours=1), digest_shown(word)
    word.save()
    Recipient.objects.bulk_create(copies)
    return word


def copy_of(word: Word, person: Person) -> Recipient:
    """The copy of somebody about the cast's pupil."""
    found: Recipient = word.recipients.filter(person=person).order_by("pk")[0]
    return found


def own_word(college: World) -> Word:
    known = Word.objects.filter(school=college.school, title="Piscine").first()
    return known or a_word(college, "Piscine")


def own_followed(college: World) -> Word:
    """A word to the family of a classmate, with questions: the cast's family has no copy of it."""
    known = Word.objects.filter(school=college.school, title="Pour un seul").first()
    if known is None:
        known = asked_word(college)
        known.title = "Pour un seul"
        known.save()
        known.recipients.filter(pupil=college.people["pupil"]).delete()
    return known


def own_of_classmate(college: World) -> Recipient:
    found: Recipient = own_followed(college).recipients.filter(part="guardian").order_by("pk")[0]
    return found


def own_draft(college: World) -> Word:
    known = Word.objects.filter(school=college.school, title="Brouillon").first()
    return known or a_draft(college, "Brouillon")


def own_copy(college: World) -> Recipient:
    return copy_of(own_word(college), college.people["guardian"])


def asked_word(college: World) -> Word:
    """A request with two questions."""
    word = a_draft(college, "Pique-nique", kind="request")
    word.questionnaire = questions.make("liaison", college.school, college.people["teacher"], "Pique-nique")
    questions.add(word.questionnaire, QuestionFacts("yes_no", "Une allergie\u202f?"))
    questions.add(word.questionnaire, QuestionFacts("short", "Laquelle\u202f?", is_required=False))
    word.save()
    copies = copies_meant(word, NOW.date())
    word.state, word.sent_at, word.digest = Word.State.SENT, NOW, digest_shown(word)
    word.save()
    Recipient.objects.bulk_create(copies)
    return word


def many_words(college: World, count: int) -> None:
    """`count` words more, with the copies of the cast's family."""
    people = college.people
    for _ in range(count):
        word = a_draft(college, f"Mot {Word.objects.count()}", state="sent", sent_at=NOW, digest="0" * 64)
        for key, part in (("guardian", "guardian"), ("other_guardian", "guardian"), ("pupil", "own")):
            Recipient.objects.create(
                word=word, pupil=people["pupil"], person=people[key], part=part, channel="here"
            )


def many_received(college: World, count: int) -> None:
    """`count` words more to the staff, by the head."""
    for _ in range(count):
        word = a_draft(
            college,
            f"Note {Word.objects.count()}",
            "head",
            audience="staff",
            kind="information",
            nature="information",
            state="sent",
            sent_at=NOW,
            digest="0" * 64,
        )
        Recipient.objects.create(word=word, person=college.people["teacher"], part="staff", channel="here")


def a_remark(world: World, text_: str = "Bon travail.", by: str = "teacher") -> Remark:
    made: Remark = Remark.objects.create(
        school=world.school,
        pupil=world.people["pupil"],
        kind="encouragement",
        text=text_,
        day=NOW.date(),
        by=world.people[by],
        at=NOW,
    )
    return made


def many_remarks(college: World, count: int) -> None:
    for _ in range(count):
        a_remark(college, f"Ligne {Remark.objects.count()}")
