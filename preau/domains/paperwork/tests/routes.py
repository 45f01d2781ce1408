"""The routes of paperwork, as it tells the tests of them (tests/declared.py)."""

from typing import Any

from django.db.models import Model

from conftest import NOW, TWIN
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import picture, sent
from preau.directory.models import Group, Guardianship, Person
from preau.directory.seeds.world import World
from preau.domains.paperwork.models import Bundle, Collection, Dossier, Piece, Reminder, Submission
from preau.domains.paperwork.queries.collections import pupils_meant
from preau.domains.paperwork.tests.props import (
    a_row,
    dossier_of,
    many_collections,
    many_dossiers,
    own_collection,
    own_dossier,
    own_draft,
    own_followed,
    own_of_classmate,
    piece_of,
)
from preau.identity.models import Account
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    PHOTOGRAPHERS,
    STEM,
    TODAY,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

KEEPERS = {"head", "cpe", "secretary"}
PARENTS = {"guardian", "other_guardian"}
PAGES = [
    Page("paperwork:collections", KEEPERS),
    Page("paperwork:write", KEEPERS),
    Page("paperwork:dossiers", pages.FAMILY),
    Page("paperwork:collection", KEEPERS, otherwise=404, model=own_draft),
    Page("paperwork:change", KEEPERS, otherwise=404, model=own_draft),
    Page("paperwork:check", KEEPERS, otherwise=404, model=own_followed),
    Page("paperwork:on_paper", KEEPERS, otherwise=404, model=own_followed),
    Page("paperwork:pupil", KEEPERS, otherwise=404, model=own_of_classmate),
    Page("paperwork:dossier", PARENTS, model=own_dossier),
]
ELSEWHERE = {
    f"paperwork:{name}"
    for name in (
        "add_piece",
        "remove_piece",
        "open",
        "remove",
        "ask_arrived",
        "remind",
        "put_off",
        "close",
        "export",
        "ask_bundle",
        "sheets",
        "note_paper",
        "accept",
        "refuse",
        "look_again",
        "send",
        "send_kept",
        "use_again",
        "drop_kept",
    )
}
LISTS = [
    ("secretary", "paperwork:collections", many_collections),
    ("guardian", "paperwork:dossiers", many_collections),
    ("guardian", "portal:to_answer", many_collections),
    ("guardian", "portal:home", many_collections),
]
# As many lines as a collection has pupils (test_paperwork.py).
LISTS_APART = {"paperwork:export"}
ONE_THING = {
    "paperwork:write",
    "paperwork:change",
    "paperwork:check",
    "paperwork:pupil",
    "paperwork:dossier",
    # As many rows as a school has pupils, twenty-five at most on a page (test_paperwork.py).
    "paperwork:collection",
    # Twenty-five rows at most on a page.
    "paperwork:on_paper",
}

# The isolation matrix

MANAGED: Near = near(
    own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, departed=PHOTOGRAPHERS, other_school=NEIGHBOURING
)
ADULTS = OWN_FAMILY - {"pupil"}
SEEN: Near = near(
    own=PHOTOGRAPHERS | ADULTS,
    other_class=PHOTOGRAPHERS | OTHER_FAMILY,
    departed=PHOTOGRAPHERS | ADULTS,
    other_school=NEIGHBOURING,
)
ASKED: Near = near(own=ADULTS, other_class=OTHER_FAMILY, departed=ADULTS)
SEES: dict[type[Model], Near] = {
    Collection: SEEN,
    Piece: SEEN,
    Dossier: SEEN,
    Submission: near(
        own=PHOTOGRAPHERS | {"guardian"},
        other_class=PHOTOGRAPHERS | {"former_guardian"},
        departed=PHOTOGRAPHERS | {"guardian"},
        other_school=NEIGHBOURING,
    ),
    Reminder: MANAGED,
    Bundle: near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
}
OPENS: dict[str, Near | set[str]] = {
    "paperwork:collections": PHOTOGRAPHERS | NEIGHBOURING,
    "paperwork:write": PHOTOGRAPHERS | NEIGHBOURING,
    "paperwork:dossiers": FAMILY | OTHER_FAMILY,
    **dict.fromkeys(
        [
            f"paperwork:{name}"
            for name in (
                "collection",
                "open",
                "ask_arrived",
                "remind",
                "put_off",
                "close",
                "export",
                "ask_bundle",
                "on_paper",
                "sheets",
                "check",
                "pupil",
                "note_paper",
                "accept",
                "refuse",
                "look_again",
            )
        ],
        MANAGED,
    ),
    # Of the stage, every collection is open.
    **dict.fromkeys(
        [f"paperwork:{name}" for name in ("change", "remove", "add_piece", "remove_piece")], near()
    ),
    "paperwork:dossier": ASKED,
    **dict.fromkeys([f"paperwork:{name}" for name in ("send", "send_kept", "use_again", "drop_kept")], ASKED),
}
NAMES = {
    "classe": Named(Group),
    "piece": Named(Piece),
    "document-garde": Named(StoredFile, "public_id"),
    "pupils": Named(Person),
}
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "sent_as",
        "geste",
        "title",
        "text",
        "last_day",
        "levels",
        "kind",
        "label",
        "hint",
        "is_required",
        "readers",
        "keep",
        "document",
        "why",
        "detail",
        "suite",
        "apres",
    ],
    (),
) | {"dossiers": ("manque", "complet")}


# Forms and files


def _typed(stage: Stage) -> Data:
    return {
        "title": "Dossier de rentrée",
        "text": "Une photo suffit.",
        "last_day": "2026-12-04",
        "groups": [stage.own(Group).pk],
        "sent_as": FORM,
    }


def _draft(stage: Stage) -> None:
    made = Collection.objects.filter(pk=stage.own(Collection).pk)
    made.update(state="draft", last_day="2026-12-04")


def _unopened(stage: Stage) -> None:
    _draft(stage)
    Submission.objects.filter(dossier__collection=stage.own(Collection)).delete()
    Dossier.objects.filter(collection=stage.own(Collection)).delete()


def _missing(stage: Stage) -> None:
    Reminder.objects.all().delete()
    Submission.objects.all().delete()


def _without_accounts(stage: Stage) -> None:
    _missing(stage)
    asked = Guardianship.objects.filter(pupil__in=stage.own(Collection).dossiers.values("pupil_id"))
    families = Account.objects.filter(person__in=asked.values("guardian_id"))
    families.filter(person__holdings__isnull=True).update(password="")


def _with_a_document(stage: Stage) -> None:
    """The document of the own scope, as if its guardian had sent a picture."""
    row = stage.own(Submission)
    file = StoredFile.objects.create(
        school=stage.college.school,
        name="assurance.jpg",
        kind="image/jpeg",
        size=10,
        digest="0" * 64,
        kept_at=NOW,
    )
    Submission.objects.filter(pk=row.pk).update(file=file, state="received", reason="", note="")


def _refused(stage: Stage) -> None:
    Submission.objects.filter(pk=stage.own(Submission).pk).update(state="refused", reason="unreadable")


def _kept(stage: Stage) -> None:
    _with_a_document(stage)
    Submission.objects.filter(pk=stage.own(Submission).pk).update(state="draft")


def _checked_before(stage: Stage) -> None:
    """Another collection of the year has the same piece, checked."""
    _with_a_document(stage)
    row = stage.own(Submission)
    Submission.objects.filter(pk=row.pk).update(state="checked")
    known = stage.own(Collection)
    other = Collection.objects.create(
        school=known.school,
        year=known.year,
        title="Séjour",
        search_title="sejour",
        last_day=known.last_day,
        author=known.author,
        written_at=NOW,
        opened_at=NOW,
        state="open",
    )
    dossier = Dossier.objects.create(collection=other, pupil=row.dossier.pupil, asked_at=NOW)
    piece = Piece.objects.create(
        collection=other, place=1, kind="insurance", label="Assurance", readers="office", keep="year"
    )
    # The piece of the stage is wanted again; the other collection is where it was checked.
    Submission.objects.filter(pk=row.pk).update(dossier=dossier, piece=piece)


def _the_piece(stage: Stage) -> Data:
    return {"piece": stage.own(Piece).pk}


BODIES = {
    "paperwork:write": Body("head", _typed, wrong=lambda stage: {"title": ""}),
    "paperwork:change": Body(
        "head",
        lambda stage: _typed(stage) | {"sent_as": ""},
        before=_draft,
        wrong=lambda stage: {"title": ""},
    ),
    "paperwork:add_piece": Body(
        "head",
        lambda stage: {
            "label": "Photo d’identité",
            "kind": "photo",
            "hint": "De face.",
            "is_required": "on",
            "readers": "office",
            "keep": "year",
        },
        before=_draft,
        wrong=lambda stage: {"label": ""},
    ),
    "paperwork:remove_piece": Body("head", _the_piece, before=_draft),
    "paperwork:open": Body("head", before=_unopened),
    "paperwork:remove": Body("head", before=_draft),
    "paperwork:ask_arrived": Body("head", writes=False),
    "paperwork:remind": Body("head", before=_missing),
    "paperwork:put_off": Body(
        "head", lambda stage: {"last_day": "2026-12-18"}, wrong=lambda stage: {"last_day": ""}
    ),
    "paperwork:close": Body("head"),
    "paperwork:sheets": Body(
        "head", before=_without_accounts, again={"journal_line": "each printing is noted"}
    ),
    "paperwork:ask_bundle": Body("head", before=_with_a_document),
    "paperwork:note_paper": Body("head", _the_piece, before=_missing),
    "paperwork:accept": Body("head"),
    "paperwork:refuse": Body(
        "head",
        lambda stage: {"why": "unreadable", "detail": "Le bas est coupé."},
        wrong=lambda stage: {"why": ""},
    ),
    "paperwork:look_again": Body("head", before=_refused),
    "paperwork:send": Body(
        "guardian",
        lambda stage: _the_piece(stage) | {"geste": "envoyer", "document": sent("assurance.jpg", picture())},
        before=_missing,
        wrong=lambda stage: {"document": ""},
    ),
    "paperwork:send_kept": Body("guardian", before=_kept),
    "paperwork:use_again": Body("guardian", _the_piece, before=_checked_before),
    "paperwork:drop_kept": Body("guardian", _the_piece, before=_kept),
}
ONE_BUTTON = {"paperwork:ask_bundle"}
READ_BY = dict.fromkeys(
    ["paperwork:write", "paperwork:change", "paperwork:add_piece"],
    PHOTOGRAPHERS | {"nurse"} | OWN_CLASS,
) | dict.fromkeys(["paperwork:refuse", "paperwork:send"], PHOTOGRAPHERS | {"guardian"})
SHEETS = {"paperwork:export": "head"}
OTHER_FILES = {"paperwork:sheets"}
NOT_CONFIRMED = {
    "paperwork:sheets": "sheets that are handed to families, of what is still awaited of them",
}
CONFIRMED = {"paperwork:ask_bundle"}
FILES_ALONE = {"paperwork:send"}


def lay(college: World) -> None:
    """An open collection, a draft; for the cast's pupil, something kept for later, refused, and to check."""
    own_draft(college)
    made = own_collection(college)
    dossier = dossier_of(made, college.people["pupil"])
    many_dossiers(college, 2)
    a_row(college, dossier, piece_of(made, "health"))


# The stage of the matrix


def plant(stage: Stage) -> None:
    """A collection, its piece, a dossier with what was sent for it, a reminder and an archive, for each class and the school beside."""
    people = stage.people
    for scope, by, family, readers, must in [
        (
            OWN,
            people["head"],
            people["guardian"],
            PHOTOGRAPHERS | {"nurse"} | ADULTS | OWN_CLASS - {"classmate"},
            {"head", "guardian"},
        ),
        (
            OTHER_CLASS,
            people["head"],
            people["former_guardian"],
            PHOTOGRAPHERS | {"nurse"} | OTHER_FAMILY | {"other_pupil"},
            {"head", "former_guardian"},
        ),
        (
            DEPARTED,
            people["head"],
            people["guardian"],
            PHOTOGRAPHERS | {"nurse"} | ADULTS | {"pupil"},
            {"head"},
        ),
        (OTHER_SCHOOL, stage.twin.people["head"], stage.twin.people["guardian"], None, None),
    ]:
        title = stage.mark(f"a collection ({scope})", readers, must) if readers else f"{STEM} {TWIN}"
        group: Any = stage.own(Group) if scope == DEPARTED else place_of(stage, Group, scope)
        _scene(stage, scope, group, by, family, title)


def _scene(stage: Stage, scope: str, group: Group, by: Person, family: Person, title: str) -> None:
    made = Collection.objects.create(
        school=group.school,
        year=group.year,
        title=title,
        search_title=title.lower(),
        text=title,
        last_day="2026-12-04",
        author=by,
        written_at=NOW,
        opened_at=NOW,
        state="open",
    )
    made.groups.set([group])
    piece = Piece.objects.create(
        collection=made, place=1, kind="insurance", label=title, readers="office", keep="year"
    )
    pupils = list(pupils_meant(made, TODAY))
    Dossier.objects.bulk_create([Dossier(collection=made, pupil=one, asked_at=NOW) for one in pupils])
    followed = family.wards.values("pupil_id")
    dossier = (
        made.dossiers.filter(pupil__in=followed).order_by("pk").first() or made.dossiers.order_by("pk")[0]
    )
    row = Submission.objects.create(dossier=dossier, piece=piece, by=family, state="received", at=NOW)
    reminder = Reminder.objects.create(collection=made, day="2026-11-20", by=by, at=NOW, number=1)
    bundle = Bundle.objects.create(
        school=group.school, collection=made, made_by=by, asked_at=NOW, state="failed"
    )
    stage.put(scope, made, piece, dossier, row, reminder, bundle)
