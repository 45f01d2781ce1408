"""The routes of records, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.models import Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_pupils
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.records.actions import access, hanging, writing
from preau.domains.records.models import Agreement, Measure, Orphan, Paper, Protocol, Reader, Record, Words
from preau.domains.records.tests.props import (
    many_measures,
    many_papers,
    many_readers,
    many_records,
    many_versions,
    own_orphan,
    own_protocol,
    own_record,
)
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    STAFF,
    STEM,
    TODAY,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("records:records", pages.STAFF),
    Page("records:open_record", {"head", "teacher", "teacher_1"}),
    Page("records:audit", {"head"}),
    Page("records:entrust", {"head"}, model=own_orphan, by="public_id"),
    *(
        Page(f"records:{name}", {"head", "cpe"}, model=own_record, by="public_id")
        for name in ("record", "readers")
    ),
    *(
        Page(f"records:{name}", {"head"}, model=own_record, by="public_id")
        for name in ("revise", "measures", "papers", "hand_over")
    ),
    Page("records:readings", {"head", "cpe"} | pages.FAMILY, model=own_record, by="public_id"),
    Page("records:around", {"head", "cpe", "teacher", "teacher_1"}),
    Page(
        "records:emergency",
        {"head", "cpe", "teacher", "teacher_1"},
        model=own_protocol,
        by="public_id",
    ),
    Page("records:own_records", pages.FAMILY),
    Page("records:own_record", pages.FAMILY, model=own_record, by="public_id"),
]
ELSEWHERE = {
    "records:close",
    "records:printed",
    "records:paper",
    "records:remove_paper",
    "records:end_reader",
    "records:end_measure",
    "records:agree",
}
LISTS = [
    ("head", "records:records", many_records),
    ("head", "records:open_record", many_pupils),
    ("head", "records:audit", many_records),
    ("head", "records:entrust", many_readers),
    ("head", "records:record", many_versions),
    ("head", "records:revise", many_versions),
    ("head", "records:readers", many_readers),
    ("head", "records:readings", many_versions),
    ("head", "records:measures", many_measures),
    ("head", "records:papers", many_papers),
    ("teacher", "records:around", many_records),
    ("guardian", "records:own_records", many_records),
    ("guardian", "records:own_record", many_versions),
]
ONE_THING = {"records:emergency", "records:paper", "records:hand_over", "records:printed"}


def lay(college: World) -> None:
    many_measures(college, 1)
    many_papers(college, 1)


# The isolation matrix

SEES: dict[type[Model], Near] = {
    # A confidential record: its list (the head opened each, the CPE reads the own one), the legal guardians, the pupil.
    **dict.fromkeys(
        [Record, Measure, Paper],
        near(
            own={"head", "cpe"} | OWN_FAMILY,
            other_class={"head"} | OTHER_FAMILY,
            departed={"head"},
            other_school={"neighbour_head"},
        ),
    ),
    Reader: near(
        own={"head", "cpe"}, other_class={"head"}, departed={"head"}, other_school={"neighbour_head"}
    ),
    # What to do in an emergency: the adults in charge of the pupil.
    Protocol: near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school={"neighbour_head"},
    ),
    Orphan: near(own={"head"}, other_class={"head"}, departed={"head"}, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "records:records": STAFF | NEIGHBOURING,
    "records:open_record": {"head", "teacher", "teacher_parent"} | NEIGHBOURING,
    "records:audit": {"head"} | NEIGHBOURING,
    "records:entrust": SEES[Orphan],
    "records:around": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "records:emergency": SEES[Protocol],
    **dict.fromkeys(["records:record", "records:printed", "records:readers"], SEES[Reader]),
    **dict.fromkeys(
        [
            f"records:{name}"
            for name in (
                "revise",
                "close",
                "measures",
                "papers",
                "hand_over",
                "end_reader",
                "end_measure",
                "remove_paper",
            )
        ],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    "records:readings": SEES[Record],
    # Not the pupil, before eighteen.
    "records:paper": near(
        own={"head", "cpe"} | OWN_FAMILY - {"pupil"},
        other_class={"head"} | OTHER_FAMILY,
        departed={"head"},
        other_school=NEIGHBOURING,
    ),
    "records:own_records": FAMILY | OTHER_FAMILY,
    "records:own_record": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "records:agree": near(own=OWN_FAMILY - {"pupil"}, other_class=OTHER_FAMILY),
}
NAMES = {
    "person": Named(Person),
}
PLAIN = dict.fromkeys(
    ["sent_as", "accord", "emergency", "needs", "plain", "review_on", "shows_emergency"], ()
) | {"version": ("1", "99")}

# Forms and files


def _confidential(stage: Stage) -> Data:
    return {
        "nature": "pap",
        "classe": stage.own(Group).pk,
        "pupil": stage.own(Person).pk,
        "needs": "Lecture lente.",
        "plan": "Consignes relues.",
        "emergency": "Appeler le 15.",
        "shows_emergency": "on",
        "plain": "Tu as plus de temps.",
        "review_on": "2027-11-24",
        "sent_as": FORM,
    }


def _record_again(stage: Stage) -> Data:
    data = _confidential(stage)
    return {
        name: data[name] for name in ("needs", "plan", "emergency", "shows_emergency", "plain", "review_on")
    } | {"seen": "1"}


def _goes_on(stage: Stage) -> None:
    """The pupil goes on in the other school, and everyone who decides has agreed."""
    record = stage.own(Record)
    Holding.objects.create(person=record.pupil, role=Role.PUPIL, school=stage.twin.school)
    for guardian in Guardianship.objects.filter(pupil=record.pupil).values_list("guardian_id", flat=True):
        Agreement.objects.create(school=record.school, record=record, by_id=guardian, at=timezone.now())


BODIES = {
    "records:open_record": Body("head", _confidential, wrong=lambda stage: {"needs": "", "plan": ""}),
    "records:revise": Body("head", _record_again, wrong=lambda stage: {"review_on": "2020-01-01"}),
    "records:close": Body("head", lambda stage: {"etat": "clos"}),
    "records:readers": Body(
        "head",
        lambda stage: {"person": stage.people["secretary"].pk, "reason": "team", "until": "2026-12-24"},
        wrong=lambda stage: {"reason": ""},
    ),
    "records:end_reader": Body("head"),
    "records:measures": Body(
        "head",
        lambda stage: {"words": "Placée devant", "first_day": "2026-11-24", "last_day": "2026-12-24"},
        wrong=lambda stage: {"words": ""},
    ),
    "records:end_measure": Body("head"),
    "records:papers": Body(
        "head",
        lambda stage: {"file": SimpleUploadedFile("bilan.txt", "Bilan de la séance.".encode())},
        wrong=lambda stage: {"file": ""},
    ),
    "records:remove_paper": Body("head"),
    "records:hand_over": Body(
        "head",
        lambda stage: {"school": stage.twin.school.pk},
        before=_goes_on,
        wrong=lambda stage: {"school": ""},
    ),
    "records:entrust": Body(
        "head", lambda stage: {"person": stage.people["teacher"].pk}, wrong=lambda stage: {"person": ""}
    ),
    "records:agree": Body("guardian", lambda stage: {"accord": "donne"}),
}
# The pupil reads what is written for them alone.
READ_BY = {
    **dict.fromkeys(
        ["records:open_record", "records:revise", "records:papers"], {"head", "cpe"} | OWN_FAMILY - {"pupil"}
    ),
    **dict.fromkeys(["records:open_record.plain", "records:revise.plain"], {"head", "cpe"} | OWN_FAMILY),
    **dict.fromkeys(
        ["records:open_record.emergency", "records:revise.emergency"],
        LIFE | {"teacher", "nurse"} | OWN_FAMILY - {"pupil"},
    ),
    "records:measures": LIFE | {"teacher", "nurse"} | OWN_FAMILY,
}
FILES_ALONE = {"records:papers"}
OTHER_FILES = {"records:printed", "records:paper"}
CONFIRMED = {
    "records:open_record",
    "records:record",
    "records:revise",
    "records:readers",
    "records:end_reader",
    "records:papers",
    "records:remove_paper",
    "records:hand_over",
    "records:entrust",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A PAI of each scope, opened by the head, that the CPE reads in the own one; and one that nobody opens any more."""
    Record.objects.all().delete()
    legal = {"guardian", "other_guardian", "teacher_parent"}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.world_of(scope)
        head, pupil = world.people["head"], place_of(stage, Person, scope)
        viewer = viewer_for(head, 0, NOW, f"staff-{world.school.pk}")
        assert viewer is not None
        words = [f"{STEM} {TWIN}"] * 4
        if scope != OTHER_SCHOOL:
            family = {OWN: legal, OTHER_CLASS: {"former_guardian"}}.get(scope, set())
            pupils = {"pupil"} if scope == OWN else set()
            listed = {"head", "cpe"} if scope == OWN else {"head"}
            adults = {"head", "cpe"} | {OWN: {"teacher"}, OTHER_CLASS: {"teacher_parent"}}.get(scope, set())
            words = [
                stage.mark(f"what must be known, {scope}", listed | family, {"head"}),
                stage.mark(f"what is planned for a pupil, {scope}", listed | family, {"head"}),
                stage.mark(f"what a pupil reads, {scope}", listed | family | pupils, {"head"} | pupils),
                stage.mark(f"what to do in an emergency, {scope}", adults | family, adults),
            ]
        written = writing.RecordWords(Words(*words), TODAY + timedelta(days=200), shows_emergency=True)
        record = writing.open_record(viewer, pupil, "pai", written)
        if scope == OWN:
            access.add_reader(viewer, record, stage.people["cpe"], "team", None)
        content = f"Ordonnance {words[0]}".encode()
        paper = hanging.keep_sealed(viewer, record, f"{words[1]}.txt", "text/plain", content, "")
        hanging.add_measure(viewer, record, "Tiers-temps", TODAY, None)
        reader = record.readers.order_by("-pk").first()
        stage.put(scope, record, reader, paper, record.measures.get(), Protocol.objects.get(pk=record.pk))
        lost = Record.objects.create(
            school=world.school,
            pupil=pupil,
            kind="pap",
            review_on=TODAY + timedelta(days=200),
            opened_by=head,
            opened_at=NOW,
        )
        stage.put(scope, Orphan.objects.get(pk=lost.pk))
