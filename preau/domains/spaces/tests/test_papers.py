"""Documents of a space: who enters the space reads them, nobody else; and they go with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.documents import rules as of_documents
from preau.commons.documents.actions import comments as saying
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
from tests.declared import FORM
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


def comments(viewer: Any, document: Document) -> bool:
    """May they speak of it? By the rule and by the act alike."""
    document = Document.objects.get(pk=document.pk)
    remark = saying.Said("Le second", "", f"De {viewer.key}", "Le deuxième")
    may = of_documents.comments(viewer, document)
    if may:
        assert saying.comment(viewer, document.pk, remark)[1]
    else:
        with pytest.raises(writing.NotOpen):
            saying.comment(viewer, document.pk, remark)
    return may


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


def test_staff_who_read_what_a_pupil_writes_comment_it_and_change_nothing(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    space, colleague = own_teaching(college), college.people["teacher_1"]
    Assignment.objects.filter(teacher=colleague).delete()
    document = of_space(space, college.people["pupil"])
    address = reverse("documents:comments", kwargs={"pk": document.pk})
    send = reverse("documents:send", kwargs={"pk": document.pk})
    form = {"genre": "suggestion", "passage": "Le second", "avant": "", "place": "Le deuxième", "texte": ""}
    # Another class's teacher reads nothing of it, and says nothing of it.
    for key, world in (("teacher_1", college), ("teacher", twin), ("secretary", college)):
        assert not comments(seat_of(key, world=world), document), key
        client.sit(world.people[key])
        assert client.post(address, form).status_code == 404, key
    Assignment.objects.create(
        school=college.school, group=space.group, teacher=colleague, kind=Assignment.Kind.HEAD_TEACHER
    )
    client.sit(colleague)
    page = client.get(address).content.decode()
    assert "Commenter un passage" in page and "Vous lisez seulement" not in page
    # The page of the text has one gesture for whoever reads it, and nothing of theirs to save.
    sheet = client.get(reverse("documents:document", kwargs={"pk": document.pk})).content.decode()
    assert "Commenter le passage choisi" in sheet and "Vous lisez ce texte" in sheet
    assert 'data-do="bold"' not in sheet and "Enregistré" not in sheet
    client.sit(college.people["pupil"])
    sheet = client.get(reverse("documents:document", kwargs={"pk": document.pk})).content.decode()
    assert 'data-do="bold"' in sheet and "Enregistré" in sheet
    client.sit(colleague)
    assert client.post(address, form).status_code == 302
    assert client.post(send, {}).status_code == 403
    assert powers(seat_of("teacher_1"), document) == (False, False)
    suggestion = document.comments.get()
    assert (suggestion.author, suggestion.kind) == (colleague, "suggestion")
    # The pupil's own text, and theirs to change.
    with pytest.raises(writing.NotOpen):
        saying.accept(seat_of("teacher_1"), suggestion)
    assert saying.accept(seat_of("pupil"), suggestion)
    answered = a_comment(document, college.people["pupil"])
    # Asked for, the form is open, whether or not a passage was chosen.
    assert "fact-fold" in client.get(address).content.decode()
    assert "fact-fold" not in client.get(address, {"passage": ""}).content.decode()
    assert saying.answer(seat_of("teacher_1"), answered, "Bien vu.")
    # Closed, it is read, and nobody speaks of it any more.
    Space.objects.filter(pk=space.pk).update(closes=TODAY - timedelta(days=1))
    assert not comments(seat_of("teacher_1"), document)


def test_pupils_who_only_read_comment_where_the_space_lets_them(college: World, seat_of: Any) -> None:
    space = own_teaching(college)
    document = of_space(space, college.people["teacher"])
    comment = a_comment(document, college.people["pupil"])
    Space.objects.filter(pk=space.pk).update(pupils_may=Power.READ)
    assert not comments(seat_of("pupil"), document)
    for rule in (of_documents.answers, of_documents.settles, of_documents.withdraws):
        assert not rule(seat_of("pupil"), comment), rule.__name__
    Space.objects.filter(pk=space.pk).update(pupils_may=Power.COMMENT)
    assert comments(seat_of("pupil"), document)
    assert powers(seat_of("pupil"), document) == (False, False)
    for rule in (of_documents.answers, of_documents.settles, of_documents.withdraws):
        assert rule(seat_of("pupil"), comment), rule.__name__


def test_a_class_or_a_colleague_is_let_comment_in_a_project_or_a_team(college: World, seat_of: Any) -> None:
    project, group = own_project(college), own_class(college)
    document = of_space(project, college.people["teacher"])
    for power, may in ((Power.READ, False), (Power.COMMENT, True)):
        project.parties.filter(group=group).update(power=power)
        assert comments(seat_of("pupil"), document) is may, power
        assert powers(seat_of("pupil"), document) == (False, False), power
    # Between adults, who only reads was meant to.
    team = making.make(seat_of("teacher"), making.SpaceFacts("team", "Équipe relais", "", None, None), "")
    colleague = college.people["teacher_1"]
    text = of_space(team, college.people["teacher"])
    for power, may in ((Power.READ, False), (Power.COMMENT, True)):
        making.add_party(seat_of("teacher"), team, power, person=colleague)
        assert comments(seat_of("teacher_1"), text) is may, power


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


def test_questions_stand_beside_a_document_and_one_comes_back_to_it(
    college: World, client: SchoolClient
) -> None:
    space = own_teaching(college)
    document = of_space(space, college.people["pupil"])
    page = reverse("documents:document", kwargs={"pk": document.pk})
    client.sit(college.people["pupil"])
    ask = reverse("spaces:ask", kwargs={"pk": space.pk})
    assert f'action="{ask}"' in client.get(page).content.decode()
    asked = {"text": "Et pour 28 personnes\u202f?", "sent_as": FORM, "suite": page}
    answer = client.post(ask, asked, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Et pour 28 personnes" in answer.content.decode()
    # Elsewhere than here: one goes to the questions.
    away = client.post(ask, asked | {"sent_as": FORM[::-1], "suite": "https://exemple.fr/"})
    assert away["Location"] == reverse("spaces:questions", kwargs={"pk": space.pk})
    client.sit(college.people["teacher"])
    Space.objects.filter(pk=space.pk).update(asks=False)
    assert ask not in client.get(page).content.decode()
