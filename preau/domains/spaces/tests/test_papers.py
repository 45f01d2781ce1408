"""Documents of a space: who enters the space reads them, nobody else; and they go with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.documents import rules as of_documents
from preau.commons.documents.actions import keeping, writing
from preau.commons.documents.models import Document, Version
from preau.commons.documents.queries import places
from preau.commons.documents.tests.props import a_comment, a_document, present
from preau.directory.models import Assignment, Enrolment, Person, School
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.spaces.actions import keeping as erasing
from preau.domains.spaces.actions import making
from preau.domains.spaces.models import Space
from preau.domains.spaces.models.spaces import Power
from preau.domains.spaces.queries import papers
from preau.domains.spaces.tests.props import CODE, a_call, many_spaces, own_project, own_teaching
from preau.foundation import boards, live
from tests.pages import counted

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def of_space(space: Space, by: Person, title: str = "Notre texte", **facts: Any) -> Document:
    return a_document(space.school, title, by, kind=papers.KIND, place=space.pk, **facts)


def sees(viewer: Any, document: Document) -> bool:
    """By its row, its stream and its versions alike."""
    topic = boards.topics.named("document")
    assert topic is not None
    found = {
        Document.objects.visible_to(viewer).filter(pk=document.pk).exists(),
        topic.resolve(viewer, document.pk) is not None,
        Version.objects.visible_to(viewer).filter(document=document.pk).exists(),
    }
    assert len(found) == 1
    return found.pop()


def powers(viewer: Any, document: Document) -> tuple[bool, bool]:
    """May they write in it, and run it?"""
    document = Document.objects.get(pk=document.pk)
    return of_documents.writes(viewer, document), of_documents.runs(viewer, document)


def test_who_enters_a_space_reads_its_documents_and_nobody_else(
    college: World, twin: World, seat_of: Any
) -> None:
    document = of_space(own_teaching(college), college.people["pupil"])
    for key in ("teacher", "pupil", "head", "cpe"):
        assert sees(seat_of(key), document), key
    for key in ("guardian", "secretary"):
        assert not sees(seat_of(key), document), key
    for key in ("teacher", "pupil", "head", "cpe", "guardian"):
        assert not sees(seat_of(key, world=twin), document), key
    assert powers(seat_of("teacher"), document) == (True, True)
    # Whoever began it runs it, as long as they write there.
    assert powers(seat_of("pupil"), document) == (True, True)


def test_a_colleague_who_reads_the_space_reads_its_documents_only(college: World, seat_of: Any) -> None:
    space, colleague = own_teaching(college), college.people["teacher_1"]
    Assignment.objects.filter(teacher=colleague, group=space.group).delete()
    document = of_space(space, college.people["pupil"])
    assert not sees(seat_of("teacher_1"), document)
    Assignment.objects.create(
        school=college.school, group=space.group, teacher=colleague, kind=Assignment.Kind.HEAD_TEACHER
    )
    assert sees(seat_of("teacher_1"), document)
    assert powers(seat_of("teacher_1"), document) == (False, False)
    assert places.named(seat_of("teacher_1"), f"space-{space.pk}") is None


def test_who_left_the_group_reads_writes_and_counts_nothing_of_it(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    space, pupil = own_teaching(college), college.people["pupil"]
    document = of_space(space, pupil, "Le texte du groupe")
    assert sees(seat_of("pupil"), document)
    Enrolment.objects.filter(pupil=pupil, group=space.group).update(ends=TODAY)
    viewer = seat_of("pupil")
    assert not sees(viewer, document)
    with pytest.raises(writing.NotOpen):
        keeping.rename(viewer, document.pk, "Pris")
    client.sit(pupil)
    for name, pk in [
        ("documents:document", document.pk),
        ("documents:follow", document.pk),
        ("spaces:documents", space.pk),
    ]:
        assert client.get(reverse(name, kwargs={"pk": pk})).status_code == 404, name
    for page in (reverse("documents:home"), f"{reverse('documents:home')}?lieu=space-{space.pk}"):
        assert "Le texte du groupe" not in client.get(page).content.decode()
    assert space.title not in client.get(reverse("documents:new")).content.decode()


def test_who_left_a_project_reads_nothing_of_it_and_their_stream_is_looked_at(
    college: World, seat_of: Any
) -> None:
    space, colleague = own_project(college), college.people["teacher_1"]
    Assignment.objects.filter(teacher=colleague).delete()
    making.add_party(seat_of("teacher"), space, Power.WRITE, person=colleague)
    document = of_space(space, college.people["teacher"])
    assert sees(seat_of("teacher_1"), document) and powers(seat_of("teacher_1"), document)[0]
    touched: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "touch", lambda *topics: touched.extend(topics))
        making.end_party(seat_of("teacher"), space.parties.get(person=colleague))
    assert live.person(colleague.pk) in touched
    assert not sees(seat_of("teacher_1"), document)


def test_a_school_that_left_a_project_reads_nothing_of_it(college: World, twin: World, seat_of: Any) -> None:
    call = a_call(college)
    making.answer_call(seat_of("teacher", world=twin), CODE, own_class(twin))
    document = of_space(call.space, college.people["pupil"])
    assert sees(seat_of("pupil", world=twin), document)
    touched: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "touch", lambda *topics: touched.extend(topics))
        for party in call.space.parties.filter(school=twin.school):
            making.end_party(seat_of("teacher"), party)
    assert live.school(twin.school.pk) in touched
    for key in ("pupil", "teacher", "head"):
        assert not sees(seat_of(key, world=twin), document), key


def test_between_schools_nobody_reads_a_whole_name(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    call = a_call(college)
    pupil = college.people["pupil"]
    document = of_space(call.space, pupil)
    present(document, pupil, writes=True)
    a_comment(document, pupil)
    client.sit(college.people["teacher"])
    addresses = [
        reverse(f"documents:{name}", kwargs={"pk": document.pk})
        for name in ("document", "follow", "history", "comments")
    ]
    addresses.append(reverse("spaces:documents", kwargs={"pk": call.space.pk}))
    for address in addresses:
        assert pupil.full_name in client.get(address).content.decode(), address
    making.answer_call(seat_of("teacher", world=twin), CODE, own_class(twin))
    short = f"{pupil.given_name} {pupil.family_name[0]}."
    for address in addresses:
        page = client.get(address).content.decode()
        assert pupil.full_name not in page and short in page, address


def test_a_closed_or_archived_space_is_read_and_not_written(college: World, seat_of: Any) -> None:
    space = own_project(college)
    document = of_space(space, college.people["teacher"])
    for facts in (
        {"closes": TODAY - timedelta(days=1)},
        {"archived_at": NOW},
        {"last_day": TODAY - timedelta(days=1)},
    ):
        Space.objects.filter(pk=space.pk).update(**facts)
        for key in ("teacher", "pupil", "head"):
            assert sees(seat_of(key), document), (key, facts)
            assert powers(seat_of(key), document) == (False, False), (key, facts)
            assert places.named(seat_of(key), f"space-{space.pk}") is None
        Space.objects.filter(pk=space.pk).update(closes=None, archived_at=None, last_day=college.year.ends)


def test_before_its_first_day_a_space_has_no_document_to_write(college: World, seat_of: Any) -> None:
    space = own_project(college)
    document = of_space(space, college.people["teacher"])
    Space.objects.filter(pk=space.pk).update(opens=TODAY + timedelta(days=1))
    assert not sees(seat_of("pupil"), document)
    assert sees(seat_of("teacher"), document) and powers(seat_of("teacher"), document) == (False, False)


def test_pupils_who_only_read_a_space_do_not_write_its_documents(college: World, seat_of: Any) -> None:
    space = own_teaching(college)
    document = of_space(space, college.people["teacher"])
    assert powers(seat_of("pupil"), document) == (True, False)
    Space.objects.filter(pk=space.pk).update(pupils_may=Power.READ)
    assert sees(seat_of("pupil"), document) and powers(seat_of("pupil"), document) == (False, False)


def test_a_team_is_nobody_elses_documents_too(college: World, seat_of: Any) -> None:
    space = making.make(seat_of("teacher"), making.SpaceFacts("team", "Équipe relais", "", None, None), "")
    document = of_space(space, college.people["teacher"])
    for key in ("head", "cpe", "teacher_1", "pupil"):
        assert not sees(seat_of(key), document), key


def test_ones_own_space_holds_none(college: World, seat_of: Any, client: SchoolClient) -> None:
    pupil = seat_of("pupil")
    space = making.make_own(pupil)
    assert places.named(pupil, f"space-{space.pk}") is None
    client.sit(college.people["pupil"])
    assert client.get(reverse("spaces:documents", kwargs={"pk": space.pk})).status_code == 403
    home = client.get(reverse("spaces:space", kwargs={"pk": space.pk})).content.decode()
    assert f"{reverse('documents:home')}?lieu=moi" in home


def test_a_document_is_begun_from_the_space(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    client.sit(college.people["pupil"])
    page = client.get(reverse("spaces:documents", kwargs={"pk": space.pk})).content.decode()
    address = f"{reverse('documents:new')}?lieu=space-{space.pk}"
    assert address in page
    client.post(address, {"titre": "Notre affiche", "lieu": f"space-{space.pk}", "sent_as": "b" * 32})
    document = Document.objects.get(title="Notre affiche")
    assert (document.kind, document.place, document.school_id) == ("space", space.pk, college.school.pk)
    for name in ("space", "documents"):
        found = client.get(reverse(f"spaces:{name}", kwargs={"pk": space.pk})).content.decode()
        assert "Notre affiche" in found, name


def test_a_space_takes_its_documents_with_it(college: World) -> None:
    space, other = own_teaching(college), own_project(college)
    gone, kept = of_space(space, college.people["pupil"]), of_space(other, college.people["pupil"])
    staff = a_document(college.school, "Autre", college.people["teacher"], kind="staff", place=space.pk)
    assert erasing.erase([space.pk]) == 1
    assert not Document.objects.filter(pk=gone.pk).exists() and not Space.objects.filter(pk=space.pk).exists()
    assert Document.objects.filter(pk__in=[kept.pk, staff.pk]).count() == 2


def test_pages_cost_the_same_with_many_spaces_and_documents(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    document = of_space(space, college.people["pupil"])
    addresses = [
        reverse("spaces:space", kwargs={"pk": space.pk}),
        reverse("spaces:documents", kwargs={"pk": space.pk}),
        reverse("documents:document", kwargs={"pk": document.pk}),
        reverse("documents:follow", kwargs={"pk": document.pk}),
        reverse("documents:home"),
        f"{reverse('documents:home')}?lieu=space-{space.pk}",
        f"{reverse('documents:new')}?lieu=space-{space.pk}",
    ]
    costs: list[dict[tuple[str, str], int]] = []
    for spaces, documents in ((1, 1), (300, 60)):
        many_spaces(college, spaces)
        for rank in range(documents):
            of_space(space, college.people["pupil"], f"Texte {rank}")
        found = {}
        for key in ("teacher", "pupil", "head"):
            client.sit(college.people[key])
            for address in addresses:
                counted(client, address)
                answer, found[key, address] = counted(client, address)
                assert answer.status_code == 200, address
        costs.append(found)
    assert max(costs[1].values()) <= 14, sorted(costs[1].items(), key=lambda one: -one[1])[:4]
    assert costs[0] == costs[1]


def test_the_place_says_its_school(college: World, twin: World) -> None:
    assert papers.school_of(own_teaching(twin).pk) == twin.school.pk
    assert School.objects.filter(pk=papers.school_of(own_teaching(college).pk)).get() == college.school
