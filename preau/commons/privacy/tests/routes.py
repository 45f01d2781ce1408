"""The routes of privacy, as it tells the tests of them (tests/declared.py)."""

from datetime import date, timedelta
from types import SimpleNamespace

from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.commons.journal.tests.props import many_readings, many_settings_changed, many_touched
from preau.commons.privacy.actions.contracts import mark_of as mark_of_erasure
from preau.commons.privacy.actions.terms import mark_of as mark_of_run
from preau.commons.privacy.models import (
    DataRequest,
    RequestLine,
    RetentionBatch,
    RetentionPart,
    RetentionRun,
    SchoolErasure,
    SchoolErasurePart,
    due_after,
)
from preau.commons.privacy.tests.props import (
    many_lines,
    many_parts,
    many_requests,
    many_runs,
    many_tables,
    own_contract_end,
    own_erasure,
    own_request,
    own_request_line,
    own_run,
)
from preau.directory.models import Hold, Person, School
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    SETTLERS,
    SIGNED_IN,
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
    Page("privacy:own_data", pages.EVERYONE | pages.ABROAD),
    Page("privacy:readings", pages.EVERYONE | pages.ABROAD),
    Page(
        "privacy:part",
        pages.EVERYONE | pages.ABROAD,
        model=lambda college: SimpleNamespace(key="journal-line"),
        by="key",
    ),
    Page("privacy:requests", pages.EVERYONE | pages.ABROAD),
    Page("privacy:ask", pages.EVERYONE | pages.ABROAD),
    *(Page(f"privacy:{name}", {"guardian"}, model=own_request) for name in ("asked", "add_line")),
    Page("privacy:change_line", {"guardian"}, model=own_request_line),
    Page("privacy:queue", {"head"}),
    Page("privacy:handle", {"head"}, model=own_request),
    Page("privacy:answer_line", {"head"}, model=own_request_line),
    Page("privacy:erase", {"head"}, model=own_erasure),
    Page("privacy:register", {"head", "operator"}),
    Page("privacy:breach", {"head", "operator"}),
    Page("privacy:terms", {"head", "operator"}),
    Page("privacy:run", {"head", "operator"}, model=own_run),
    Page("privacy:breach_papers", {"head"}),
    Page("privacy:contract_ends", {"operator"}),
    Page("privacy:contract_end", {"head", "operator"}, model=own_contract_end),
]
ELSEWHERE = {
    "privacy:count_terms",
    "privacy:approve_run",
    "privacy:confirm_run",
    "privacy:postpone_run",
    "privacy:export",
    "privacy:export_register",
    "privacy:breach_contacts",
    "privacy:withdraw",
    "privacy:take",
    "privacy:prolong",
    "privacy:send_answer",
    "privacy:take_back",
    "privacy:confirm_contract_end",
    "privacy:call_off_contract_end",
    "privacy:contract_certificate",
}
LISTS = [
    ("head", "privacy:breach?debut=2026-11-24T00:00&fin=2026-11-25T00:00", many_touched),
    ("head", "privacy:breach_papers?debut=2026-11-24T00:00&fin=2026-11-25T00:00", many_touched),
    ("head", "privacy:part", many_settings_changed),
    ("pupil", "privacy:readings", many_readings),
    ("guardian", "privacy:requests", many_requests),
    ("head", "privacy:queue", many_requests),
    ("guardian", "privacy:asked", many_lines),
    ("head", "privacy:handle", many_lines),
    ("head", "privacy:terms", many_runs),
    ("head", "privacy:run", many_parts),
    ("head", "privacy:contract_end", many_tables),
]
# Its list is an operator's, whom the cast of the pages has not: tests/test_contracts.py.
LISTS_APART = {"privacy:contract_ends"}
ONE_THING = {
    "privacy:ask",
    "privacy:add_line",
    "privacy:change_line",
    "privacy:answer_line",
    "privacy:erase",
    "privacy:own_data",
    "privacy:register",
}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    **dict.fromkeys(
        [DataRequest, RequestLine],
        near(
            own={"head", "guardian"},
            other_class={"head", "former_guardian"},
            departed={"head"},
            other_school={"neighbour_head"},
        ),
    ),
    # Counts of the school, to whoever answers for its data; the operator runs it.
    **dict.fromkeys(
        [RetentionRun, RetentionPart, RetentionBatch],
        near(own={"head", "operator"}, other_school={"neighbour_head"}),
    ),
    # The operator runs the school of the test; the other one leaves too, and its own head reads that.
    **dict.fromkeys(
        [SchoolErasure, SchoolErasurePart],
        near(own={"head", "operator"}, other_school={"neighbour_head"}),
    ),
}
OPENS: dict[str, Near | set[str]] = {
    "privacy:own_data": SIGNED_IN,
    "privacy:readings": SIGNED_IN,
    "privacy:part": SIGNED_IN,
    "privacy:export": SIGNED_IN,
    "privacy:requests": SIGNED_IN,
    "privacy:ask": SIGNED_IN,
    # Whoever asked; not the other parent, nor the pupil.
    **dict.fromkeys(
        [f"privacy:{name}" for name in ("asked", "add_line", "withdraw", "change_line")],
        near(own={"guardian"}, other_class={"former_guardian"}),
    ),
    "privacy:queue": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        [
            f"privacy:{name}"
            for name in ("handle", "take", "prolong", "send_answer", "take_back", "answer_line", "erase")
        ],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(["privacy:register", "privacy:export_register"], SETTLERS | {"operator"}),
    "privacy:breach": {"head", "operator"} | NEIGHBOURING,
    "privacy:terms": {"head", "operator"} | NEIGHBOURING,
    "privacy:count_terms": {"head"} | NEIGHBOURING,
    "privacy:run": near(own={"head", "operator"}, other_school=NEIGHBOURING),
    # An operator gives the second agreement; the school, the first.
    **dict.fromkeys(
        ["privacy:approve_run", "privacy:confirm_run", "privacy:postpone_run"],
        near(own={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(["privacy:breach_contacts", "privacy:breach_papers"], {"head"} | NEIGHBOURING),
    "privacy:contract_ends": {"operator"},
    "privacy:contract_end": near(own={"head", "operator"}, other_school=NEIGHBOURING),
    **dict.fromkeys(
        ["privacy:confirm_contract_end", "privacy:call_off_contract_end"], near(own={"operator"})
    ),
    # Nothing of the stage is erased.
    "privacy:contract_certificate": near(),
}
ASKS_THE_JOURNAL = {"privacy:breach_contacts"}
REST_OF_ADDRESS = {
    "privacy:part": {"key": "attendance-entry"},
}
NAMES = {
    "pour": Named(Person, "public_id"),
    "school": Named(School),
}
PLAIN = dict.fromkeys(
    ["seen", "uai", "debut", "fin", "why", "outcome", "right", "which", "wrong", "better"], ()
)

# Forms and files

DATA_ASKED = {"right": "rectify", "which": "Lundi", "wrong": "J’étais là.", "better": "Présent"}


def _line_answered(stage: Stage) -> None:
    facts = {"outcome": "granted", "answer": "C’est corrigé.", "answered_at": timezone.now()}
    RequestLine.objects.filter(pk=stage.own(RequestLine).pk).update(**facts)


def _request_answered(stage: Stage) -> None:
    _line_answered(stage)
    DataRequest.objects.filter(pk=stage.own(DataRequest).pk).update(
        state="answered", answered_at=timezone.now()
    )


def _erasure_granted(stage: Stage) -> None:
    RequestLine.objects.filter(pk=stage.own(RequestLine).pk).update(right="erase", kind="signon-alias")
    _request_answered(stage)


def _run_seen(stage: Stage) -> Data:
    return {"seen": mark_of_run(stage.own(RetentionRun))}


def _run_approved(stage: Stage) -> None:
    """By somebody else than who confirms; nothing is in it any more, so that nothing of the stage goes."""
    run = stage.own(RetentionRun)
    facts = {"state": "approved", "approved_by": stage.college.people["cpe"], "approved_at": timezone.now()}
    RetentionRun.objects.filter(pk=run.pk).update(
        **facts, postponed_by=None, postponed_until=None, postponed_why=""
    )
    run.parts.all().delete()
    run.refresh_from_db()


def _nothing_decided(stage: Stage) -> None:
    """The school stays, so far."""
    SchoolErasure.objects.filter(school=stage.college.school).update(state="called_off")


def _erasure_prepared(stage: Stage) -> None:
    """By somebody else than who confirms; nothing must be answered first."""
    erasure = stage.own(SchoolErasure)
    SchoolErasure.objects.filter(pk=erasure.pk).update(
        state="prepared",
        prepared_by=stage.college.people["cpe"],
        due=None,
        confirmed_by=None,
        confirmed_at=None,
    )
    erasure.refresh_from_db()
    DataRequest.objects.filter(school=erasure.school).update(state="answered", answered_at=NOW)
    Hold.objects.filter(school=erasure.school).delete()


def _erasure_seen(stage: Stage) -> Data:
    return {"seen": mark_of_erasure(stage.own(SchoolErasure))}


def _erasure_done(stage: Stage) -> None:
    SchoolErasure.objects.filter(pk=stage.own(SchoolErasure).pk).update(state="done", done_at=NOW)


BODIES = {
    "privacy:contract_ends": Body(
        "operator",
        lambda stage: {"uai": stage.college.uai},
        before=_nothing_decided,
        wrong=lambda stage: {"uai": ""},
        again={
            "journal_line": "each count leaves its trace",
            "privacy_schoolerasurepart": "the rows are counted again",
        },
    ),
    "privacy:confirm_contract_end": Body("operator", _erasure_seen, before=_erasure_prepared),
    "privacy:call_off_contract_end": Body("operator", _erasure_seen, before=_erasure_prepared),
    "privacy:contract_certificate": Body(
        "operator", before=_erasure_done, again={"journal_line": "each export leaves its trace"}
    ),
    "privacy:export": Body(
        "guardian", lambda stage: {"pour": ""}, again={"journal_line": "each export leaves its trace"}
    ),
    "privacy:ask": Body(
        "guardian",
        lambda stage: {
            "pour": "",
            "quoi": "attendance-entry",
            "school": str(stage.college.school.pk),
            **DATA_ASKED,
        },
        wrong=lambda stage: {"better": ""},
    ),
    "privacy:add_line": Body(
        "guardian", lambda stage: {"quoi": "autre", **DATA_ASKED}, wrong=lambda stage: {"better": ""}
    ),
    "privacy:change_line": Body(
        "guardian", lambda stage: dict(DATA_ASKED), wrong=lambda stage: {"better": ""}
    ),
    "privacy:withdraw": Body("guardian"),
    "privacy:take": Body("head"),
    "privacy:prolong": Body(
        "head", lambda stage: {"why": "Des registres à relire."}, wrong=lambda stage: {"why": ""}
    ),
    "privacy:answer_line": Body(
        "head",
        lambda stage: {"outcome": "granted", "answer": "C’est corrigé."},
        wrong=lambda stage: {"answer": ""},
    ),
    "privacy:send_answer": Body("head", before=_line_answered),
    "privacy:take_back": Body("head", before=_request_answered),
    "privacy:erase": Body("head", before=_erasure_granted),
    "privacy:breach": Body(
        "head",
        lambda stage: {"nom": "", "debut": "2026-11-24T08:00", "fin": "2026-11-24T18:00"},
        wrong=lambda stage: {"debut": ""},
        writes=False,
    ),
    "privacy:breach_contacts": Body(
        "head",
        lambda stage: {"personne": "", "debut": "2026-11-24T08:00", "fin": "2026-11-24T18:00"},
        again={"journal_line": "each export leaves its trace"},
    ),
    # What the stage planted is found empty when it is counted.
    "privacy:count_terms": Body("head"),
    "privacy:approve_run": Body("head", _run_seen),
    "privacy:confirm_run": Body("head", _run_seen, before=_run_approved),
    "privacy:postpone_run": Body(
        "head",
        lambda stage: {**_run_seen(stage), "until": "2027-01-15", "why": "Un contrôle en cours."},
        wrong=lambda stage: {"until": ""},
    ),
    "privacy:export_register": Body(
        "head", lambda stage: {"forme": "ods"}, again={"journal_line": "each export leaves its trace"}
    ),
}
READ_BY = {
    **{
        f"privacy:{name}": {"head", "guardian"}
        for name in ("ask", "add_line", "change_line", "answer_line", "prolong")
    },
    "privacy:postpone_run": {"head", "operator"},
    # What is looked for.
    "privacy:breach_contacts": set(),
    "privacy:contract_ends": set(),
}
ONE_BUTTON = {"privacy:erase"}
SHEETS = {
    "privacy:breach_contacts": "head",
}
OTHER_FILES = {"privacy:export", "privacy:export_register", "privacy:contract_certificate"}
TYPED_SHEETS = {"privacy:export_register"}
CONFIRMED = {
    "privacy:approve_run",
    "privacy:confirm_run",
    "privacy:contract_ends",
    "privacy:confirm_contract_end",
    "privacy:call_off_contract_end",
}
NOT_CONFIRMED = {
    "privacy:contract_certificate": "counts of a school, nobody's data",
    "privacy:export_register": "why data are kept, nobody's data",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    _requests(stage)
    _terms(stage)
    _contract_ends(stage)


def _requests(stage: Stage) -> None:
    """What a guardian asked about the data of the pupil of each scope, in words of their own."""
    askers = {OWN: "guardian", OTHER_CLASS: "former_guardian"}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.world_of(scope)
        asker = (
            stage.people[askers[scope]]
            if scope in askers
            else Person.objects.create(family_name="Mère", given_name="Ada")
        )
        words = f"{STEM} {TWIN}"
        if scope != OTHER_SCHOOL:
            readers = {"head"} | ({askers[scope]} if scope in askers else set())
            words = stage.mark(f"what was asked about data, {scope}", readers, readers)
        request = DataRequest.objects.create(
            school=world.school,
            subject=place_of(stage, Person, scope),
            asked_by=asker,
            asked_at=NOW,
            due=due_after(TODAY),
        )
        line = RequestLine.objects.create(
            school=world.school,
            request=request,
            right="rectify",
            kind="attendance-entry",
            wrong=words,
            better="Présent",
        )
        stage.put(scope, request, line)


def _terms(stage: Stage) -> None:
    """What is past its term in each school: counts, and why it was postponed."""
    for scope in (OWN, OTHER_SCHOOL):
        world = stage.world_of(scope)
        why = f"{STEM} {TWIN}"
        if scope == OWN:
            why = stage.mark("why what is past its term waits", {"head", "operator"}, {"head", "operator"})
        run = RetentionRun.objects.create(
            school=world.school,
            day=TODAY,
            prepared_at=NOW,
            postponed_by=world.people["head"],
            postponed_until=TODAY + timedelta(days=30),
            postponed_why=why,
        )
        part = RetentionPart.objects.create(
            run=run, rule="attendance.visits", since=date(2026, 9, 1), count=12, oldest=TODAY, newest=TODAY
        )
        stage.put(scope, run, part, RetentionBatch.objects.create(part=part, erased=0, left=0, at=NOW))


def _contract_ends(stage: Stage) -> None:
    """Each school leaves, in a month: counts."""
    for scope in (OWN, OTHER_SCHOOL):
        erasure = SchoolErasure.objects.create(
            school=stage.world_of(scope).school,
            state="confirmed",
            prepared_at=NOW,
            confirmed_at=NOW,
            due=TODAY + timedelta(days=30),
            people=12,
        )
        part = SchoolErasurePart.objects.create(erasure=erasure, table="attendance.Entry", place=1, count=12)
        stage.put(scope, erasure, part)
