"""What a pupil keeps of theirs: put, changed, thrown away; and what is left of somebody who is erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.documents.actions import leaving
from preau.commons.documents.boards import file_forms
from preau.commons.documents.models import Document
from preau.commons.files.actions import keep_made
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.models import Bundle, Card, Definition, Kept, Question, Report, SameQuestion, Space
from preau.domains.spaces.queries.papers import KIND
from preau.foundation import journal
from preau.foundation.locks import lock


def year_said(viewer: Viewer) -> str:
    """« 2026-2027 »."""
    if viewer.year:
        return f"{viewer.year.starts:%Y}-{viewer.year.ends:%Y}"
    first = viewer.today.year if viewer.today.month >= 8 else viewer.today.year - 1
    return f"{first}-{first + 1}"


@transaction.atomic
def keep(viewer: Viewer, facts: Mapping[str, Any], sent_as: str = "", work: Document | None = None) -> Kept:
    """Keep one thing more; the same form sent twice keeps one. `work`: a document that they wrote, of which a copy is kept as it is today.

    Raises TooMany, UploadRefused.
    """
    lock(Person, viewer.person.pk)
    mine = Kept.objects.filter(pupil=viewer.person)
    known = mine.filter(sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    if mine.count() >= rules.MOST_KEPT:
        raise TooMany
    if work:
        facts = {**facts, "file": _copy_of(work, viewer.school_id or 0)}
    made: Kept = Kept.objects.create(
        pupil=viewer.person,
        school_id=viewer.school_id or 0,
        at=timezone.now(),
        sent_as=sent_as,
        **{"year": year_said(viewer)} | dict(facts),
    )
    journal.record(viewer, "spaces.kept", made, subject_id=viewer.person.pk)
    return made


def _copy_of(work: Document, school_id: int) -> Any:
    """In an open form, which anything opens: what others change in it later is no part of the portfolio."""
    form: Any = file_forms.named("odt")
    return keep_made(school_id, work.title, form.make(work), form.content_type)


@transaction.atomic
def change(viewer: Viewer, kept: Kept, facts: Mapping[str, Any]) -> bool:
    """Say it otherwise, show it to others or no more; False when it is the same."""
    kept = lock(Kept, kept.pk)
    if all(getattr(kept, name) == value for name, value in facts.items()):
        return False
    for name, value in facts.items():
        setattr(kept, name, value)
    kept.save()
    journal.record(viewer, "spaces.kept_changed", kept, subject_id=viewer.person.pk)
    return True


@transaction.atomic
def throw(viewer: Viewer, kept: Kept) -> None:
    journal.record(viewer, "spaces.thrown", kept, subject_id=viewer.person.pk)
    kept.delete()


@transaction.atomic
def forget_words(person_id: int) -> int:
    """Erase the questions of somebody, and who answered those of others."""
    gone = int(Question.objects.filter(by=person_id).delete()[0])
    return gone + int(Question.objects.filter(answered_by=person_id).update(answered_by=None))


@transaction.atomic
def forget_same(person_id: int) -> int:
    return int(SameQuestion.objects.filter(person=person_id).delete()[0])


@transaction.atomic
def forget_reports(person_id: int) -> int:
    return int(Report.objects.filter(by=person_id).delete()[0])


@transaction.atomic
def forget_cards(person_id: int) -> int:
    return int(Card.objects.filter(by=person_id).delete()[0])


@transaction.atomic
def forget_definitions(person_id: int) -> int:
    """What was accepted is the class's: it stays, without a name that anybody reads, since its author's row is emptied."""
    return int(Definition.objects.filter(by=person_id, accepted_at=None).delete()[0])


@transaction.atomic
def forget_portfolio(person_id: int) -> int:
    return int(Kept.objects.filter(pupil=person_id).delete()[0])


@transaction.atomic
def erase(keys: Sequence[int]) -> int:
    """Erase these spaces, with the documents that lie in them."""
    keys = list(keys)
    held = Document.objects.filter(kind=KIND, place__in=keys).order_by("place")
    for number in held.values_list("place", flat=True).distinct():
        leaving.erase_place(KIND, number)
    Space.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_bundles(person_id: int) -> int:
    """Their archives too: nothing owns the files any more, which go at night."""
    return int(Bundle.objects.filter(pupil=person_id).delete()[0])


@transaction.atomic
def forget_spaces(person_id: int) -> int:
    """One's own space, with all that is in it; the others are the school's."""
    return int(Space.objects.filter(owner=person_id).delete()[0])
