"""Objects of privacy for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.commons.privacy.models import (
    DataRequest,
    RequestLine,
    RetentionPart,
    RetentionRun,
    SchoolErasure,
    SchoolErasurePart,
    due_after,
)
from preau.commons.privacy.queries import contracts
from preau.directory.seeds.world import World
from preau.foundation import boards


def own_request(college: World) -> DataRequest:
    """What the mother of the cast's pupil asked about him, with one line."""
    request, made = DataRequest.objects.get_or_create(
        school=college.school,
        subject=college.people["pupil"],
        asked_by=college.people["guardian"],
        state="received",
        defaults={"asked_at": NOW, "due": due_after(NOW.date())},
    )
    if made:
        _request_line(request)
    return request


def own_request_line(college: World) -> RequestLine:
    line: RequestLine = own_request(college).lines.all()[0]
    return line


def own_erasure(college: World) -> RequestLine:
    """An erasure that was granted, and told."""
    request = DataRequest.objects.get_or_create(
        school=college.school,
        subject=college.people["pupil"],
        asked_by=college.people["guardian"],
        state="answered",
        defaults={"asked_at": NOW, "due": due_after(NOW.date()), "answered_at": NOW, "told_at": NOW},
    )[0]
    return RequestLine.objects.get_or_create(
        school=college.school,
        request=request,
        right="erase",
        kind="signon-alias",
        defaults={
            "wrong": "Plus utile.",
            "outcome": "granted",
            "answer": "C’est accordé.",
            "answered_at": NOW,
        },
    )[0]


def _request_line(request: DataRequest) -> None:
    RequestLine.objects.create(
        school_id=request.school_id,
        request=request,
        right="rectify",
        kind="attendance-entry",
        wrong="Une erreur",
        better="Présent",
    )


def own_run(college: World) -> RetentionRun:
    """What is past its term in the school, with one rule."""
    run, made = RetentionRun.objects.get_or_create(
        school=college.school, state="prepared", defaults={"day": NOW.date(), "prepared_at": NOW}
    )
    if made:
        many_parts(college, 1)
    return run


def many_parts(college: World, count: int) -> None:
    """`count` rules more that find something."""
    run = own_run(college)
    start = run.parts.count()
    for number in range(start, start + count):
        term = list(boards.terms)[number] if number < len(boards.terms) else None
        RetentionPart.objects.create(
            run=run,
            rule=term.key if term else f"x.{number}",
            since=term.since if term else NOW.date(),
            count=3,
            oldest=NOW.date(),
            newest=NOW.date(),
        )


def many_runs(college: World, count: int) -> None:
    """`count` runs more that are done."""
    for number in range(count):
        RetentionRun.objects.create(
            school=college.school,
            day=NOW.date() - timedelta(days=number),
            prepared_at=NOW,
            state="done",
            done_at=NOW,
            approved_by=college.people["head"],
            confirmed_by=college.people["secretary"],
        )


def many_requests(college: World, count: int) -> None:
    """`count` requests more of the mother of the cast's pupil."""
    for _ in range(count):
        request = DataRequest.objects.create(
            school=college.school,
            subject=college.people["pupil"],
            asked_by=college.people["guardian"],
            asked_at=NOW,
            due=due_after(NOW.date()),
            state="in_hand",
            taken_by=college.people["head"],
        )
        _request_line(request)


def many_lines(college: World, count: int) -> None:
    """`count` lines more in the request of the page, each answered."""
    for _ in range(count):
        _request_line(own_request(college))
    own_request(college).lines.update(
        outcome="granted", answer="C’est fait.", answered_by=college.people["head"], answered_at=NOW
    )


def own_contract_end(college: World) -> SchoolErasure:
    """The school leaves in a month: counted, agreed to, not begun."""
    erasure, made = SchoolErasure.objects.get_or_create(
        school=college.school,
        state="confirmed",
        defaults={
            "prepared_at": NOW,
            "confirmed_at": NOW,
            "due": NOW.date() + timedelta(days=30),
            "people": 12,
        },
    )
    if made:
        many_tables(college, 1)
    return erasure


def many_tables(college: World, count: int) -> None:
    """`count` tables more of which it holds rows."""
    erasure = own_contract_end(college)
    start = erasure.parts.count()
    known = contracts.tables()
    for number in range(start, start + count):
        SchoolErasurePart.objects.create(
            erasure=erasure, table=known[number].label, place=number + 1, count=1_204 - number
        )


def many_erasures(college: World, count: int) -> None:
    """`count` ends of contract more that were called off."""
    for _ in range(count):
        SchoolErasure.objects.create(
            school=college.school, state="called_off", prepared_at=NOW, called_off_at=NOW
        )
