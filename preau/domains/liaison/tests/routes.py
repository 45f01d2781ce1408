"""The routes of liaison, as it tells the tests of them (tests/declared.py)."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from conftest import NOW, TWIN
from preau.commons.questions.models import Question, Questionnaire, Response
from preau.directory.models import Group, Person
from preau.directory.seeds.world import World
from preau.domains.liaison.models import (
    Answer,
    Precision,
    ReadingLanguage,
    Recipient,
    Remark,
    Reminder,
    TranslationPermit,
    Word,
    WordTranslation,
)
from preau.domains.liaison.queries.reading import digest_shown
from preau.domains.liaison.queries.words import copies_meant
from preau.domains.liaison.tests.props import (
    many_received,
    many_remarks,
    many_words,
    own_copy,
    own_draft,
    own_followed,
    own_of_classmate,
)
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    DEPARTED,
    FAMILY,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    OWNERS,
    PHOTOGRAPHERS,
    STAFF,
    STEM,
    TODAY,
    WHOLE_STAFF,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

FOLLOWERS = {"teacher", "head"}
PAGES = [
    *(
        Page(f"liaison:{name}", pages.STAFF)
        for name in ("words", "received", "remarks", "write", "coupon", "remark", "phrases")
    ),
    Page("liaison:book", pages.FAMILY),
    Page("liaison:language", {"guardian", "other_guardian"}),
    Page("liaison:permit", {"head"}),
    Page("liaison:word", FOLLOWERS, otherwise=404, model=own_followed),
    Page("liaison:results", FOLLOWERS, otherwise=404, model=own_followed),
    Page("liaison:change", {"teacher"}, otherwise=404, model=own_draft),
    Page("liaison:read", FOLLOWERS | {"guardian"}, otherwise=404, model=own_copy),
    Page("liaison:enter", FOLLOWERS, otherwise=404, model=own_of_classmate),
]
ELSEWHERE = {
    "portal:api_carnet",
    "liaison:sign",
    "liaison:translate",
    "liaison:proof",
    "liaison:send",
    "liaison:remove",
    "liaison:add_question",
    "liaison:remove_question",
    "liaison:precise",
    "liaison:remind",
    "liaison:send_to_newcomers",
    "liaison:prolong",
    "liaison:close",
    "liaison:coupons",
    "liaison:export",
    "liaison:results_file",
    "liaison:remove_remark",
}
LISTS = [
    ("teacher", "liaison:words", many_words),
    ("guardian", "liaison:book", many_words),
    ("guardian", "portal:to_answer", many_words),
    ("guardian", "portal:home", many_words),
    ("teacher", "liaison:received", many_received),
    ("teacher", "liaison:remarks", many_remarks),
]
# As many lines as a word has copies (tests/test_words.py).
LISTS_APART = {"liaison:export", "liaison:results_file"}
ONE_THING = {
    # Lists by pages, behind a token: tests/test_programs.py.
    "portal:api_carnet",
    "liaison:write",
    "liaison:change",
    "liaison:coupon",
    "liaison:language",
    "liaison:permit",
    # As many rows as the file of the bank has phrases.
    "liaison:phrases",
    "liaison:remark",
    "liaison:read",
    "liaison:enter",
    "liaison:proof",
    "liaison:results",
    # As many rows as a class has pupils, twenty-five at most on a page.
    "liaison:word",
}

# The isolation matrix

FOLLOWED: Near = near(
    own={"head"}, other_class={"head", "teacher_parent"}, departed={"head"}, other_school=NEIGHBOURING
)
READ: Near = near(
    own={"head"} | OWN_FAMILY,
    other_class={"head", "teacher_parent"} | OTHER_FAMILY,
    departed={"head"} | OWN_FAMILY,
    other_school=NEIGHBOURING,
)
COPY: Near = near(
    own={"head", "guardian"},
    other_class={"head", "teacher_parent", "former_guardian"},
    departed={"head", "guardian"},
    other_school=NEIGHBOURING,
)
RECEIVED: Near = near(own={"guardian"}, other_class={"former_guardian"}, departed={"guardian"})
SEES: dict[type[Model], Near] = {
    Word: READ,
    Precision: READ,
    Recipient: COPY,
    Answer: COPY,
    Reminder: FOLLOWED,
    WordTranslation: READ,
    ReadingLanguage: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    TranslationPermit: near(own={"head"}, other_school=NEIGHBOURING),
    Remark: near(
        own=PHOTOGRAPHERS | OWN_FAMILY,
        other_class=PHOTOGRAPHERS | {"teacher_parent"} | OTHER_FAMILY,
        departed=PHOTOGRAPHERS | OWN_FAMILY,
        other_school=NEIGHBOURING,
    ),
    Questionnaire: READ,
    Question: READ,
    Response: COPY,
}
WRITING = PHOTOGRAPHERS | {"teacher", "teacher_parent"} | NEIGHBOURING
OPENS: dict[str, Near | set[str]] = {
    # By a token alone, whoever is signed in: tests/test_programs.py.
    "portal:api_carnet": set(),
    **dict.fromkeys(
        [f"liaison:{name}" for name in ("words", "received", "remarks", "phrases")], STAFF | NEIGHBOURING
    ),
    **dict.fromkeys([f"liaison:{name}" for name in ("write", "coupon", "remark")], WRITING),
    "liaison:book": FAMILY | OTHER_FAMILY,
    "liaison:language": OWN_FAMILY - {"pupil", "teacher_parent"} | OTHER_FAMILY,
    "liaison:permit": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        [
            f"liaison:{name}"
            for name in (
                "word",
                "precise",
                "remind",
                "send_to_newcomers",
                "prolong",
                "close",
                "coupons",
                "export",
                "results",
                "results_file",
            )
        ],
        FOLLOWED,
    ),
    # Of the stage, every word has left.
    **dict.fromkeys(
        [f"liaison:{name}" for name in ("change", "remove", "add_question", "remove_question")],
        near(),
    ),
    "liaison:send": near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    "liaison:read": COPY,
    "liaison:proof": COPY,
    "liaison:sign": RECEIVED,
    "liaison:translate": RECEIVED,
    "liaison:enter": FOLLOWED,
    "liaison:remove_remark": near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
}
NAMES = {
    "classe": Named(Group),
    "groupe": Named(Group),
    "colleagues": Named(Person),
    "pupils": Named(Person),
}
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "sent_as",
        "geste",
        "audience",
        "kind",
        "title",
        "text",
        "easy",
        "sign",
        "phrases",
        "language",
        "is_permitted",
        "roles",
        "nature",
        "each_reads",
        "last_day",
        "said",
        "plus-tard",
        "lu",
        "coupon",
        "question",
        "q1",
        "pour",
        "reponses",
        "label",
        "hint",
        "choices",
        "lowest",
        "highest",
        "is_required",
        "only_if",
    ],
    (),
)

# Forms and files


def _word_typed(stage: Stage) -> Data:
    return {
        "audience": "families",
        "kind": "authorisation",
        "title": "Sortie au musée",
        "text": "Le musée, jeudi matin.",
        "easy": "La classe va au musée.",
        "sign": "bike",
        "phrases": ["outing", "free"],
        "groups": [stage.own(Group).pk],
        "nature": "usuel",
        "last_day": "2026-12-04",
        "sent_as": FORM,
    }


def _changed(stage: Stage) -> Data:
    return _word_typed(stage) | {"sent_as": ""}


def _dated(stage: Stage) -> None:
    Word.objects.filter(pk=stage.own(Word).pk).update(closes_at=NOW)


def _draft(stage: Stage) -> None:
    Response.objects.all().delete()
    Word.objects.filter(pk=stage.own(Word).pk).update(state="draft")


def _unsent(stage: Stage) -> None:
    _draft(stage)
    Recipient.objects.filter(word=stage.own(Word)).delete()


def _nobody_answered(stage: Stage) -> None:
    Answer.objects.all().delete()
    Reminder.objects.all().delete()
    Response.objects.all().delete()
    Recipient.objects.update(channel="here")


def _not_permitted(stage: Stage) -> None:
    TranslationPermit.objects.all().delete()


def _on_paper(stage: Stage) -> None:
    _nobody_answered(stage)
    Recipient.objects.update(channel="paper")


def _without_questions(then: Callable[[Stage], None]) -> Callable[[Stage], None]:
    def put(stage: Stage) -> None:
        then(stage)
        Word.objects.filter(pk=stage.own(Word).pk).update(questionnaire=None)

    return put


BODIES = {
    "liaison:write": Body("head", _word_typed, wrong=lambda stage: {"title": ""}),
    "liaison:change": Body("head", _changed, before=_draft, wrong=lambda stage: {"title": ""}),
    "liaison:send": Body("head", before=_unsent),
    "liaison:remove": Body("head", before=_draft),
    "liaison:add_question": Body(
        "head",
        lambda stage: {"kind": "short", "label": "Une allergie\u202f?", "is_required": "on"},
        before=_draft,
        wrong=lambda stage: {"label": ""},
    ),
    "liaison:remove_question": Body(
        "head", lambda stage: {"question": str(stage.own(Question).pk)}, before=_draft
    ),
    "liaison:precise": Body(
        "head", lambda stage: {"text": "Un goûter dans le sac."}, wrong=lambda stage: {"text": ""}
    ),
    "liaison:remind": Body("head", before=_nobody_answered),
    "liaison:send_to_newcomers": Body("head", writes=False),
    "liaison:prolong": Body(
        "head",
        lambda stage: {"last_day": "2026-12-18"},
        before=_dated,
        wrong=lambda stage: {"last_day": ""},
    ),
    "liaison:close": Body("head"),
    "liaison:coupons": Body("head", before=_on_paper),
    "liaison:sign": Body(
        "guardian",
        lambda stage: {"said": "oui", "lu": digest_shown(Word.objects.get(pk=stage.own(Word).pk))},
        before=_without_questions(_nobody_answered),
    ),
    # Nothing is translated where no machine is set: tests/test_languages.py.
    "liaison:translate": Body("guardian", writes=False),
    "liaison:language": Body(
        "guardian", lambda stage: {"language": "ar"}, wrong=lambda stage: {"language": "xx"}
    ),
    "liaison:permit": Body("head", lambda stage: {"is_permitted": "on"}, before=_not_permitted),
    "liaison:coupon": Body(
        "head",
        lambda stage: {"coupon": stage.own(Recipient).code},
        wrong=lambda stage: {"coupon": "ZZZZ"},
        writes=False,
    ),
    "liaison:enter": Body("head", lambda stage: {"said": "oui"}, before=_without_questions(_nobody_answered)),
    "liaison:remark": Body(
        "head",
        lambda stage: {
            "kind": "encouragement",
            "text": "De bonnes questions.",
            "pupils": [stage.people["pupil"].pk],
            "classe": stage.own(Group).pk,
            "sent_as": FORM,
        },
        wrong=lambda stage: {"text": ""},
    ),
    "liaison:remove_remark": Body("head"),
}
ONE_BUTTON = {"liaison:sign", "liaison:enter", "liaison:permit"}
READ_BY = dict.fromkeys(
    ["liaison:write", "liaison:change", "liaison:precise", "liaison:add_question"], {"head"} | OWN_CLASS
) | {"liaison:remark": WHOLE_STAFF | ALL_FAMILIES}
NOT_WORDS = {"liaison:coupon"}
# Whoever wrote to the class reads who was asked.
SHOWS = {"liaison:export": {"other guardian": {"teacher_parent"}}}
SHEETS = {"liaison:export": "head", "liaison:results_file": "head"}
OTHER_FILES = {"liaison:proof", "liaison:coupons"}
NOT_CONFIRMED = {
    "liaison:proof": "one sheet for one signature",
    "liaison:coupons": "sheets that are handed to families, of the words that one follows",
}


def lay(college: World) -> None:
    """A word that waits for the cast's family, a draft, a copy on paper, a line in the notebook."""
    own_draft(college)
    copy = own_copy(college)
    Recipient.objects.filter(word=copy.word_id, person=college.people["other_guardian"]).update(
        channel="paper"
    )


# The stage of the matrix


def plant(stage: Stage) -> None:
    """A word, its question, a precision, a reminder, a copy that is signed and a line, for each class and the school beside."""
    people = stage.people
    for scope, by, family, readers, must in [
        (OWN, people["head"], people["guardian"], {"head"} | OWN_FAMILY, {"head", "guardian"}),
        (
            OTHER_CLASS,
            people["teacher_parent"],
            people["former_guardian"],
            {"head", "teacher_parent"} | OTHER_FAMILY,
            {"head", "former_guardian"},
        ),
        (DEPARTED, people["former_teacher"], people["guardian"], {"head"} | OWN_FAMILY, {"head"}),
        (OTHER_SCHOOL, stage.twin.people["head"], stage.twin.people["guardian"], None, None),
    ]:
        title = stage.mark(f"a word ({scope})", readers | OWN_CLASS, must) if readers else f"{STEM} {TWIN}"
        group: Any = stage.own(Group) if scope == DEPARTED else place_of(stage, Group, scope)
        _scene(stage, scope, group, by, family, title)
    for scope, key in OWNERS.items():
        stage.put(scope, ReadingLanguage.objects.create(person=stage.people[key], code="tr"))
    for scope, by in ((OWN, people["head"]), (OTHER_SCHOOL, stage.twin.people["head"])):
        school = stage.world_of(scope).school
        stage.put(scope, TranslationPermit.objects.create(school=school, by=by, at=NOW))


def _scene(stage: Stage, scope: str, group: Group, by: Person, family: Person, title: str) -> None:
    school = group.school
    asked = Questionnaire.objects.create(school=school, house="liaison", title=title, made_by=by, made_at=NOW)
    question = Question.objects.create(
        questionnaire=asked, place=1, kind="short", label=title, is_required=False
    )
    word = Word.objects.create(
        school=school,
        kind="authorisation",
        nature="usuel",
        title=title,
        search_title=title.lower(),
        text=title,
        author=by,
        written_at=NOW,
        sent_at=NOW,
        state="sent",
        questionnaire=asked,
    )
    word.groups.set([group])
    word.digest = digest_shown(word)
    word.save()
    Recipient.objects.bulk_create(copies_meant(word, TODAY))
    copy = word.recipients.filter(person=family).order_by("pk")[0]
    answer = Answer.objects.create(recipient=copy, is_yes=True, at=NOW, digest="0" * 64)
    response = Response.objects.create(
        questionnaire=asked,
        subject=copy.pupil or family,
        respondent=family,
        state="sent",
        answers={},
        digest="0" * 64,
        written_at=NOW,
    )
    precision = Precision.objects.create(word=word, text=title, by=by, at=NOW)
    reminder = Reminder.objects.create(word=word, day="2026-11-20", by=by, at=NOW, number=1)
    made = WordTranslation.objects.create(word=word, code="tr", digest="0" * 64, lines=[title], made_at=NOW)
    remark = Remark.objects.create(
        school=school,
        pupil=copy.pupil or family,
        kind="encouragement",
        text="Bon travail.",
        day=TODAY,
        by=by,
        at=NOW,
    )
    stage.put(scope, word, copy, answer, asked, question, response, precision, reminder, remark, made)
