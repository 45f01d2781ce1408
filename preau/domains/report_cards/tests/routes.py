"""The routes of report_cards, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from PIL import Image

from conftest import NOW, TWIN
from preau.directory.models import Assignment, Group, Period, Person, Subject
from preau.directory.tests.props import many_classes, many_subjects
from preau.domains.gradebook.tests.props import many_learners
from preau.domains.report_cards.models import (
    Appreciation,
    CardBatch,
    CardPolicy,
    Council,
    CouncilClass,
    Decision,
    Phrase,
    ReportCard,
    Suggestion,
    TextReminder,
)
from preau.domains.report_cards.tests.props import (
    content_named,
    many_cards,
    many_councils,
    many_phrases,
    many_suggestions,
    open_class,
    own_card,
    own_suggestion,
    own_text,
)
from tests import pages
from tests.declared import Body, Data, Fragment, Named
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    LIFE,
    MEMBERS,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    SETTLERS,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

READERS = pages.TEACHERS | pages.SCHOOL_LIFE
COUNCIL = {"teacher"} | pages.SCHOOL_LIFE
PAGES = [
    Page("report_cards:index", READERS),
    Page("report_cards:write", COUNCIL, model=open_class),
    Page("report_cards:phrases", READERS),
    *(
        Page(f"report_cards:{name}", COUNCIL, model=open_class)
        for name in ("council", "pupil", "absences", "screen", "minutes", "statement")
    ),
    Page("report_cards:settings", {"head"}),
    Page("report_cards:model", {"head"}),
    Page("report_cards:livret", {"head"}),
    Page("report_cards:campaign", {"head"}),
    Page("report_cards:figures", {"head"}),
    Page("report_cards:proofreading", READERS),
    Page("report_cards:suggest", {"head"}, model=own_text),
    Page("report_cards:suggestion", {"head", "teacher"}, 404, model=own_suggestion),
    Page("report_cards:cards", COUNCIL, model=open_class),
    Page("report_cards:own", pages.FAMILY),
    Page("report_cards:card", pages.FAMILY | COUNCIL, model=own_card),
]
ELSEWHERE = {
    f"report_cards:{name}"
    for name in (
        "save",
        "drop_phrase",
        "describe",
        "decide",
        "close",
        "minutes_pdf",
        "prepare",
        "publish",
        "prepare_livret",
        "remind",
        "figures_csv",
        "answer",
        "withdraw",
        "model_pdf",
        "take_signature",
        "drop_signature",
        "signature",
        "statement_pdf",
    )
}
LISTS = [
    ("head", "report_cards:index", many_classes),
    ("head", "report_cards:campaign", many_classes),
    ("head", "report_cards:figures", many_councils),
    ("head", "report_cards:proofreading", many_suggestions),
    ("head", "report_cards:model", many_subjects),
    ("teacher", "report_cards:write", many_learners),
    ("teacher", "report_cards:phrases", many_phrases),
    *(
        ("head", f"report_cards:{name}", many_learners)
        for name in ("council", "pupil", "minutes", "cards", "statement")
    ),
    ("guardian", "report_cards:own", many_cards),
]
ONE_THING = {
    f"report_cards:{name}"
    for name in ("livret", "card", "absences", "screen", "settings", "suggest", "suggestion", "signature")
}
# A paper, or a table, of what a page beside it lists.
LISTS_APART = {
    f"report_cards:{name}" for name in ("minutes_pdf", "statement_pdf", "model_pdf", "figures_csv")
}

# The isolation matrix

OF_CLASS: Near = near(
    own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, other_school=NEIGHBOURING
)
OF_COUNCIL: Near = near(own=LIFE | {"teacher"}, other_class=LIFE, other_school=NEIGHBOURING)
READ: Near = near(own=LIFE | {"teacher"}, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING)
SEES: dict[type[Model], Near] = {
    Appreciation: near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    Phrase: near(own={"teacher"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    **dict.fromkeys([Council, Decision], READ),
    CardPolicy: MEMBERS,
    ReportCard: near(
        own=LIFE | {"teacher"} | OWN_FAMILY,
        other_class=LIFE | OTHER_FAMILY,
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    CardBatch: near(own={"head"}, other_class={"head"}, other_school=NEIGHBOURING),
    Suggestion: near(
        own={"head", "teacher"},
        other_class={"head", "teacher_parent"},
        departed={"head"},
        other_school=NEIGHBOURING,
    ),
    TextReminder: near(
        own={"head", "teacher"}, other_class={"head", "teacher_parent"}, other_school=NEIGHBOURING
    ),
    CouncilClass: near(own=LIFE | {"teacher"}, other_class=LIFE, other_school=NEIGHBOURING),
}
TEAM = LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(["report_cards:index", "report_cards:phrases", "report_cards:proofreading"], TEAM),
    "report_cards:suggest": near(own={"head"}, other_class={"head"}, other_school=NEIGHBOURING),
    "report_cards:suggestion": SEES[Suggestion],
    "report_cards:answer": near(own={"teacher"}, other_class={"teacher_parent"}),
    "report_cards:withdraw": near(
        own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING
    ),
    **dict.fromkeys(["report_cards:write", "report_cards:save"], OF_CLASS),
    "report_cards:drop_phrase": SEES[Phrase],
    **dict.fromkeys(
        [
            f"report_cards:{name}"
            for name in (
                "council",
                "pupil",
                "absences",
                "screen",
                "minutes",
                "minutes_pdf",
                "statement",
                "statement_pdf",
            )
        ],
        OF_COUNCIL,
    ),
    **dict.fromkeys(
        [f"report_cards:{name}" for name in ("describe", "decide", "close")],
        near(own={"head", "teacher"}, other_class={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(
        [
            f"report_cards:{name}"
            for name in ("settings", "model", "model_pdf", "take_signature", "drop_signature", "signature")
        ],
        SETTLERS,
    ),
    **dict.fromkeys(
        [
            f"report_cards:{name}"
            for name in ("livret", "prepare_livret", "campaign", "remind", "figures", "figures_csv")
        ],
        {"head"} | NEIGHBOURING,
    ),
    "report_cards:cards": OF_COUNCIL,
    "report_cards:prepare": near(own={"head", "teacher"}, other_class={"head"}, other_school=NEIGHBOURING),
    "report_cards:publish": near(own={"head"}, other_class={"head"}, other_school=NEIGHBOURING),
    "report_cards:own": FAMILY | OTHER_FAMILY,
    "report_cards:card": SEES[ReportCard],
}
NAMES = {
    "matiere": Named(Subject),
    "periode": Named(Period),
    "eleve": Named(Person, "public_id"),
    "aller": Named(Person, "public_id"),
    "professeur": Named(Person),
    "classe": Named(Group),
}
NUMBERED = {"texte": Named(Person), "version": Named(Person), "rang": Named(Subject)}
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "texte",
        "text",
        "day",
        "hour",
        "present",
        "comment",
        "decided",
        "mention",
        "valider",
        "sens",
        "distinctions",
        "subject_limit",
        "general_limit",
        "enseignant",
        "corrections",
        "columns",
        "shows_logo",
        "signatory",
        "geste",
        "papiers",
        "picture",
    ],
    (),
) | {"version": ("1", "99"), "sur": ("generale", "vie-scolaire")}

# Forms

NEW_FILE = {"report_cards_cardpolicy": "each file has an address of its own", "journal_line": "and its trace"}
WORDS = "Un trimestre solide, de la curiosité."


def _pupil(stage: Stage) -> Person:
    found: Person = stage.own(Person)
    return found


def _one(stage: Stage, **filters: Any) -> Appreciation | None:
    return Appreciation.objects.filter(pupil=_pupil(stage), **filters).first()


def _known(stage: Stage) -> Appreciation:
    """As the forms before this one have left it: each asks for the version that it saw."""
    found: Appreciation = Appreciation.objects.get(pk=stage.own(Appreciation).pk)
    return found


def _typed(stage: Stage) -> Data:
    """The text of one pupil, and for each the version that the page shows: a test may type in every field of the form."""
    known = _known(stage)
    rows = Appreciation.objects.filter(group=known.group_id, period=known.period_id, subject=known.subject_id)
    versions = {f"version-{pupil}": str(seen) for pupil, seen in rows.values_list("pupil_id", "version")}
    return versions | {f"texte-{_pupil(stage).pk}": WORDS}


def _saved(stage: Stage) -> Data:
    known = _known(stage)
    return {"eleve": _pupil(stage).public_id, "texte": WORDS, "version": str(known.version)}


def _empty_council(stage: Stage) -> None:
    """Nothing is decided yet, and nothing general is written."""
    Decision.objects.filter(council=stage.own(Council)).delete()
    Appreciation.objects.filter(pupil=_pupil(stage), kind="general").delete()


def _decided(stage: Stage) -> Data:
    return {
        "eleve": _pupil(stage).public_id,
        "texte": WORDS,
        "version": "0",
        "decided": "0",
        "mention": "Compliments",
        "valider": "1",
    }


def _open(stage: Stage) -> None:
    """The council is not over, whatever another form has done."""
    Council.objects.filter(pk=stage.own(Council).pk).update(held_at=None, held_by=None)


def _held(stage: Stage) -> None:
    """The council is over, and its bulletins wait."""
    council = stage.own(Council)
    Council.objects.filter(pk=council.pk).update(held_at=NOW, held_by=stage.people["head"])
    ReportCard.objects.filter(group=council.group_id).update(published_at=None)
    CardBatch.objects.all().delete()


def drawn() -> bytes:
    """A picture of a few points."""
    made = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(made, "PNG")
    return made.getvalue()


def a_picture(stage: Stage) -> Data:
    return {"picture": SimpleUploadedFile("signature.png", drawn(), "image/png")}


def _signed(stage: Stage) -> None:
    """The bulletins of the school bear a signature."""
    CardPolicy.objects.filter(school=stage.college.school).update(signature="signatures/planted.png")


def _unread(stage: Stage) -> None:
    """The text of the pupil says something, and nobody has suggested another."""
    _open(stage)
    Suggestion.objects.filter(appreciation=stage.own(Appreciation).pk).delete()


def _waiting(stage: Stage) -> None:
    """The suggestion waits for its answer, of the text as it is."""
    _open(stage)
    row = stage.own(Suggestion)
    Suggestion.objects.filter(pk=row.pk).update(
        state=Suggestion.State.WAITING, answered_by=None, answered_at=None
    )


def _nobody_reminded(stage: Stage) -> None:
    """Nobody was reminded today, and the teacher has something left to write of the other pupils of the class."""
    Appreciation.objects.exclude(pk=stage.own(Appreciation).pk).delete()
    TextReminder.objects.all().delete()
    _open(stage)


def _said(stage: Stage) -> Data:
    return {"day": "2026-12-01", "hour": "17:00", "present": "Toute l’équipe", "comment": WORDS}


BODIES = {
    "report_cards:write": Body(
        "teacher", _typed, _open, lambda stage: {f"texte-{_pupil(stage).pk}": "a" * 601}
    ),
    "report_cards:save": Body("teacher", _saved, wrong=lambda stage: {"texte": "a" * 601}),
    "report_cards:phrases": Body(
        "teacher", lambda stage: {"text": "{prénom} progresse."}, wrong=lambda stage: {"text": ""}
    ),
    "report_cards:drop_phrase": Body("teacher"),
    "report_cards:describe": Body("head", _said, wrong=lambda stage: {"hour": ""}),
    "report_cards:decide": Body("head", _decided, _empty_council, lambda stage: {"mention": "Jamais"}),
    "report_cards:close": Body("head"),
    "report_cards:prepare_livret": Body("head"),
    "report_cards:suggest": Body(
        "head",
        lambda stage: {"texte": WORDS, "version": str(_known(stage).version)},
        _unread,
        lambda stage: {"texte": "a" * 601},
    ),
    "report_cards:withdraw": Body("head", before=_waiting),
    "report_cards:answer": Body(
        "teacher",
        lambda stage: {"sens": "ecrire", "texte": WORDS, "version": str(_known(stage).version)},
        _waiting,
        lambda stage: {"texte": "a" * 601},
    ),
    "report_cards:remind": Body(
        "head", lambda stage: {"professeur": str(stage.people["teacher"].pk)}, _nobody_reminded
    ),
    "report_cards:prepare": Body("head", lambda stage: {"papiers": "cards"}, _held),
    "report_cards:publish": Body(
        "head", lambda stage: {"day": "2026-12-05"}, _held, lambda stage: {"day": "2026-01-01"}
    ),
    "report_cards:model": Body(
        "head",
        lambda stage: {"columns": ["mean", "range"], "signatory": "Mme Exemple, principale"},
        wrong=lambda stage: {"signatory": "a" * 121},
    ),
    "report_cards:take_signature": Body("head", a_picture, again=NEW_FILE),
    "report_cards:drop_signature": Body("head", before=_signed),
    "report_cards:settings": Body(
        "head",
        lambda stage: {"distinctions": "Bravo\nCourage", "subject_limit": "400", "general_limit": "500"},
        wrong=lambda stage: {"subject_limit": "9"},
    ),
}
FILES_ALONE = {"report_cards:take_signature"}
CONFIRMED = {"report_cards:prepare_livret"}
OTHER_FILES = {
    "report_cards:minutes_pdf",
    "report_cards:model_pdf",
    "report_cards:statement_pdf",
    "report_cards:signature",
}
SHEETS = {"report_cards:figures_csv": "head"}
# It names a pupil, and what a council gives; the text of a council is kept as that of a subject is.
NOT_WORDS = {"report_cards:save", "report_cards:decide"}
READ_BY = {
    "report_cards:write": LIFE | {"teacher"},
    "report_cards:phrases": {"teacher"},
    "report_cards:describe": LIFE | {"teacher"},
    "report_cards:settings": LIFE | {"teacher", "cook"},
    "report_cards:take_signature": set(),
    "report_cards:suggest": {"head", "teacher"},
    "report_cards:answer": LIFE | {"teacher"},
    "report_cards:model": {"head", "cook"},
}


def _being_made(stage: Stage) -> None:
    CardBatch.objects.filter(pk=stage.own(CardBatch).pk).update(state=CardBatch.State.MAKING)


FRAGMENTS = {
    "report_cards:cards": Fragment("head", "progress", before=_being_made),
    "report_cards:absences": Fragment("head", "absences"),
    "report_cards:screen": Fragment("head", "projection"),
}


CARDS: dict[str, set[str]] = {
    OWN: {"teacher"} | OWN_FAMILY,
    OTHER_CLASS: OTHER_FAMILY,
    DEPARTED: set(),
}


def plant(stage: Stage) -> None:
    """Of each class, of last year and of the twin: a text of its subject, a council with a decision; a phrase of each teacher."""
    people, theirs = stage.people, f"{STEM} {TWIN}"
    for scope, world, teacher, readers in [
        (OWN, stage.college, people["teacher"], LIFE | {"teacher"}),
        (OTHER_CLASS, stage.college, people["teacher_parent"], LIFE | {"teacher_parent"}),
        (DEPARTED, stage.college, people["former_teacher"], LIFE),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"], None),
    ]:
        words = theirs if readers is None else stage.mark(f"appreciation ({scope})", readers, set())
        comment = theirs if readers is None else stage.mark(f"council ({scope})", LIFE | {"teacher"}, set())
        group: Any = stage.objects[Group][scope][0]
        pupil: Any = stage.objects[Person][scope][0]
        period = Period.objects.filter(year=group.year).order_by("starts")[0]
        charge = Assignment.objects.filter(group=group, teacher=teacher, kind=Assignment.Kind.TEACHES).first()
        subject = charge.subject if charge else Subject.objects.filter(school=world.school)[0]
        text, _made = Appreciation.objects.update_or_create(
            period=period,
            pupil=pupil,
            kind="subject",
            subject=subject,
            defaults={"school": world.school, "group": group, "text": words, "changed_by": teacher},
        )
        council, _made = Council.objects.update_or_create(
            group=group,
            period=period,
            defaults={
                "school": world.school,
                "comment": comment,
                "held_at": None,
                "held_by": None,
                "shown": pupil,
            },
        )
        decision, _made = Decision.objects.update_or_create(
            council=council, pupil=pupil, defaults={"distinction": "Compliments", "by": world.people["head"]}
        )
        ReportCard.objects.filter(period=period, pupil=pupil).delete()
        given = None if readers is None else stage.mark(f"bulletin ({scope})", LIFE | CARDS[scope], set())
        card = ReportCard.objects.create(
            school=world.school,
            group=group,
            period=period,
            pupil=pupil,
            number=1,
            content=content_named(pupil, given or theirs),
            digest="0" * 64,
            made_at=NOW,
            made_by=world.people["head"],
            published_at=NOW - timedelta(days=1),
            told_at=NOW,
        )
        proof = Suggestion.objects.create(
            school=world.school,
            appreciation=text,
            pupil=pupil,
            former=words,
            based_on=text.version,
            text=f"{words}, relu",
            by=world.people["head"],
            at=NOW - timedelta(days=1),
        )
        stage.put(scope, proof, text, council, decision, CouncilClass.objects.get(pk=group.pk), card)
        if scope != DEPARTED:
            batch = CardBatch.objects.create(
                school=world.school,
                group=group,
                period=period,
                asked_by=world.people["head"],
                seat=f"staff-{world.school.pk}",
                asked_at=NOW,
                state=CardBatch.State.READY,
                expires_on=NOW.date() + timedelta(days=30),
            )
            reminder = TextReminder.objects.create(
                school=world.school,
                period=period,
                teacher=teacher,
                day=NOW.date() - timedelta(days=3),
                left=3,
                at=NOW - timedelta(days=3),
                by=world.people["head"],
            )
            stage.put(scope, batch, reminder)
    for scope, owner, school in [
        (OWN, people["teacher"], stage.college.school),
        (OTHER_CLASS, people["teacher_parent"], stage.college.school),
        (OTHER_SCHOOL, people["neighbour_head"], stage.twin.school),
    ]:
        stage.put(
            scope, Phrase.objects.create(school=school, owner=owner, text=f"Phrase {scope}", kept_at=NOW)
        )
    for scope, world in [(OWN, stage.college), (OTHER_SCHOOL, stage.twin)]:
        policy = CardPolicy.objects.get_or_create(school=world.school)[0]
        policy.signature.save("signature.png", ContentFile(drawn()))
        stage.put(scope, policy)


def plant_formulas(evil: str) -> None:
    Appreciation.objects.update(text=evil[:600])
