"""Documents for the tests: one of somebody's own, one of a staff, versions, comments, many more."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from conftest import NOW
from preau.commons.documents import rules
from preau.commons.documents.actions import pictures
from preau.commons.documents.models import (
    OWN,
    Authorship,
    Comment,
    Document,
    Presence,
    State,
    Turn,
    Update,
    Version,
)
from preau.commons.files.actions import keep as keep_files
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import picture, sent
from preau.directory.models import Person, School
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.foundation.richtext import shared, showing
from preau.foundation.text import fold

TEXT = "<p>Le premier paragraphe.</p><p>Le second paragraphe.</p>"


def a_document(school: School, title: str, by: Person, html: str = TEXT, **facts: Any) -> Document:
    """A document with one version; where nothing is said, of who began it."""
    where = {"kind": OWN, "owner": by} if "kind" not in facts else {}
    document: Document = Document.objects.create(
        school=school,
        title=title,
        search_title=fold(title),
        html=html,
        words=fold(showing.plain(html)),
        shown=1,
        last=1,
        kept=1,
        versions=1,
        begun_by=by,
        begun_at=NOW,
        changed_at=NOW,
        **where,
        **facts,
    )
    State.objects.create(document=document, number=1, content=shared.begun(html))
    version = Version.objects.create(document=document, number=1, html=html, upto=1, made_by=by, made_at=NOW)
    Authorship.objects.create(version=version, person=by)
    return document


def of_staff(school: School, title: str, by: Person, **facts: Any) -> Document:
    return a_document(school, title, by, kind="staff", place=school.pk, **facts)


def a_file(school: School, by: Person) -> StoredFile:
    """The row of a picture, without its bytes."""
    return StoredFile.objects.create(
        school=school,
        name="Plan.jpg",
        kind="image/jpeg",
        size=900,
        width=80,
        height=60,
        kept_by=by,
        kept_at=NOW,
    )


def put_picture(
    document: Document, viewer: Viewer, alt: str = "Le plan de la rivière", kind: str = "JPEG"
) -> StoredFile:
    """A picture at the end of its text."""
    content = sent(f"Plan.{kind.lower()}", picture(kind))
    (file,) = keep_files(viewer, document.school_id, [content], rules.PICTURES)
    assert pictures.put(viewer, document.pk, file, alt)
    return file


def known(college: World, title: str) -> Document | None:
    return Document.objects.present().filter(school=college.school, title=title).first()


def staff_document(college: World) -> Document:
    """One that the teacher began for the staff."""
    title = "Compte rendu"
    return known(college, title) or of_staff(college.school, title, college.people["teacher"])


def own_document(college: World) -> Document:
    title = "Brouillon"
    return known(college, title) or a_document(college.school, title, college.people["teacher"])


def own_thrown(college: World) -> Document:
    document = own_document(college)
    Document.objects.filter(pk=document.pk).update(trashed_at=NOW, trashed_by=college.people["teacher"])
    document.refresh_from_db()
    return document


def a_comment(document: Document, by: Person, **facts: Any) -> Comment:
    facts = {"passage": "Le second", "text": "À préciser."} | facts
    return Comment.objects.create(document=document, author=by, made_at=NOW, **facts)


def a_suggestion(document: Document, by: Person, **facts: Any) -> Comment:
    defaults = {"kind": Comment.Kind.SUGGESTION, "replacement": "Le deuxième", "text": ""}
    return a_comment(document, by, **defaults | facts)


def staff_comment(college: World) -> Comment:
    document = staff_document(college)
    return document.comments.first() or a_comment(document, college.people["teacher"])


def staff_version(college: World) -> Version:
    version = staff_document(college).all_versions.first()
    assert version is not None
    return version


def written(document: Document, by: Person, text: str) -> Update:
    """One more update: a paragraph at the end."""
    before = [bytes(document.state.content)] + [bytes(one.content) for one in document.updates.all()]
    doc = shared.opened(b"", before)
    html = shared.html_of(doc)
    content, _clashes = shared.replace(doc, html, f"{html}<p>{text}</p>")
    document.last += 1
    document.save(update_fields=["last"])
    return Update.objects.create(
        document=document, number=document.last, batch=uuid4(), content=content, author=by, made_at=NOW
    )


def present(document: Document, person: Person, **facts: Any) -> Presence:
    return Presence.objects.create(document=document, person=person, page=uuid4(), seen_at=NOW, **facts)


def turn_of(document: Document, person: Person, **facts: Any) -> Turn:
    fields = {"html": document.html, "ends_at": NOW + timedelta(minutes=10)} | facts
    return Turn.objects.create(document=document, person=person, **fields)


# Many


def many_own(college: World, count: int) -> None:
    for rank in range(count):
        a_document(college.school, f"Brouillon {rank}", college.people["teacher"])


def many_of_pupil(college: World, count: int) -> None:
    for rank in range(count):
        a_document(college.school, f"Exposé {rank}", college.people["pupil"])


def many_thrown(college: World, count: int) -> None:
    for rank in range(count):
        person = college.people["teacher"]
        a_document(college.school, f"Vieux {rank}", person, trashed_at=NOW, trashed_by=person)


def many_versions(college: World, count: int) -> None:
    document = staff_document(college)
    known = document.all_versions.count()
    for rank in range(count):
        version = Version.objects.create(
            document=document, number=10 + known + rank, html=TEXT, upto=1, made_at=NOW, made_by=None
        )
        Authorship.objects.create(version=version, person=college.people["teacher"])


def many_comments(college: World, count: int) -> None:
    document = staff_document(college)
    for rank in range(count):
        comment = a_comment(document, college.people["teacher"], text=f"À préciser {rank}.")
        a_comment(document, college.people["head"], parent=comment, text="Fait.", outcome="done")


def many_present(college: World, count: int) -> None:
    document = staff_document(college)
    for _rank in range(count):
        present(document, college.people["teacher"], writes=True)
