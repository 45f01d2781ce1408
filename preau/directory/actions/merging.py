"""Making one of two rows of one human being, and making two of them again (docs/decisions/0076)."""

import hashlib
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.actions import ledger
from preau.directory.models import (
    Distinction,
    ExternalId,
    Guardianship,
    Merge,
    Person,
    PhotoConsent,
    School,
)
from preau.directory.models.duplicates import MergeQuerySet
from preau.directory.queries import duplicates as queries
from preau.directory.rules import duplicates as rules
from preau.directory.viewer import Viewer
from preau.foundation import journal, notices
from preau.foundation.locks import lock

# Sent inside the transaction. ledger, kept, other: before anything is moved, so that whoever holds rows of their own sort
# settles them; kept, other: once they are two again; person_id: a merged row that is never to be its own again.
people_merging = Signal()
people_parted = Signal()
merged_for_good = Signal()

FILLED = (
    "given_name",
    "birth_name",
    "civil_given_names",
    "civility",
    "birth_date",
    "email",
    "phone",
)
BLANK = dict.fromkeys(("given_name", "birth_name", "civil_given_names", "civility", "email", "phone"), "")
MERGED = "Fiche réunie"


class MovedOn(Exception):
    """Somebody else has changed, merged or parted these people since the page was shown."""


class MergeRefused(Exception):
    """What forbids it, as a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Merging(ledger.Ledger):
    """Rows of the directory that say the same of one person without any constraint: the kept row's one stays."""

    def __init__(self, today: date) -> None:
        goes_on = Q(ends=None) | Q(ends__gt=today)
        super().__init__(
            {
                "directory.holding": [(("person", "role", "school", "territory", "title"), goes_on)],
                "directory.enrolment": [(("group", "pupil"), goes_on)],
                "directory.assignment": [(("group", "teacher", "kind", "subject"), goes_on)],
                # What a judge ended must not be open again through the other row.
                "directory.guardianship": [(("pupil", "guardian"), goes_on | Q(ruled_on__isnull=False))],
            }
        )

    def settle(self, row: Model, twin: Model) -> None:
        """The strictest of what was decided of a guardianship holds; of two answers about a photo, the refusal."""
        if isinstance(row, PhotoConsent) and isinstance(twin, PhotoConsent):
            if row.answer == PhotoConsent.Answer.NO or not twin.answer:
                self.change(twin, answer=row.answer, answered_at=row.answered_at)
            return
        if not isinstance(row, Guardianship) or not isinstance(twin, Guardianship):
            return
        changes: dict[str, Any] = {}
        if row.may_not_be_informed and not twin.may_not_be_informed:
            changes["may_not_be_informed"] = True
        if row.ruled_on:
            changes["ruled_on"] = max(filter(None, (row.ruled_on, twin.ruled_on)))
            changes["ends"] = row.ends
            if twin.ruled_on:
                changes["ends"] = min(filter(None, (row.ends, twin.ends)), default=None)
        if changes:
            self.change(twin, **changes)


def mark_of(one: Person, other: Person) -> str:
    """Who these two are, as a form keeps it: a name or a birth date that changes makes another mark."""
    rows = sorted([one, other], key=lambda person: person.pk)
    values = [[getattr(row, name) for name in ("pk", "family_name", *FILLED)] for row in rows]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


@transaction.atomic
def merge(viewer: Viewer, kept: Person, other: Person, seen: str) -> Merge:
    """Give what `other` holds to `kept`, in every room, and blank `other`. Raises MovedOn, MergeRefused."""
    school, (kept, other) = _locked(viewer, kept, other)
    # A second click finds a row that is nobody's any more.
    if Person.objects.visible_to(viewer).filter(pk__in=[kept.pk, other.pk], erased_at=None).count() < 2:
        raise MovedOn
    if mark_of(kept, other) != seen:
        raise MovedOn
    dossiers, own = queries.dossiers_of(viewer, kept, other)
    reason = rules.why_not_merge(viewer, dossiers[kept.pk], dossiers[other.pk], own)
    if reason:
        raise MergeRefused(reason)
    book = Merging(viewer.today)
    people_merging.send(sender=Merge, ledger=book, kept=kept, other=other)
    _write(book, kept, other)
    for row in _distinctions(viewer, kept, other):
        book.remove(row)
    done = Merge.objects.create(
        school=school, kept=kept, other=other, by=viewer.person, at=timezone.now(), before=book.steps
    )
    journal.record(viewer, "directory.people_merged", done, subject_id=kept.pk)
    _tell(done, "directory.people_merged", kept)
    return done


def _write(book: Merging, kept: Person, other: Person) -> None:
    empty = {
        name: getattr(other, name) for name in FILLED if getattr(other, name) and not getattr(kept, name)
    }
    keys = ExternalId.objects.filter(kind="person", is_second=False)
    # The kept row's own key tells who this is; with none, the other's key does.
    if keys.filter(person=kept).exists():
        for key in keys.filter(person=other).order_by("pk"):
            book.change(key, is_second=True)
    book.give_place(other, kept)
    if empty:
        named = Person(family_name=kept.family_name, given_name=empty.get("given_name", kept.given_name))
        book.change(kept, **empty, search_name=named.folded_name())
    book.change(
        other,
        **BLANK,
        family_name=MERGED,
        search_name=Person(family_name=MERGED).folded_name(),
        birth_date=None,
        erased_at=timezone.now(),
    )


def _locked(viewer: Viewer, *people: Person) -> tuple[School, list[Person]]:
    """These people, in the order given, locked in that of their keys; an import of the school waits, or is waited for."""
    school = lock(School, viewer.school_id)
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=[person.pk for person in people])
    found = {row.pk: row for row in rows.order_by("pk")}
    return school, [found[person.pk] for person in people]


def _tell(done: Merge, kind: str, *people: Person) -> None:
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=person.pk,
                key=f"{done.pk}",
                school_id=done.school_id,
                url=reverse("directory:person", kwargs={"public_id": person.public_id}),
                facts={"school": done.school.name},
            )
            for person in people
        )
    )


@transaction.atomic
def undo(viewer: Viewer, done: Merge) -> None:
    """Put every row back as it was. Raises MovedOn when it is parted already, Refused when something prevents it."""
    _school, (kept, other) = _locked(viewer, done.kept, done.other)
    done = lock(Merge, done.pk)
    if done.undone_at:
        raise MovedOn
    if not done.before or done.at <= timezone.now() - queries.UNDOABLE:
        raise MergeRefused(_("Plus de trente jours ont passé : les deux fiches ne se séparent plus."))
    _check_undo(viewer, done, kept)
    try:
        with transaction.atomic():
            ledger.undo(done.before, mine=kept)
    except ledger.ChangedSince as changed:
        raise MergeRefused(
            _("Rien n’est changé : %(what)s a changé depuis la fusion.") % {"what": changed.what}
        ) from None
    except IntegrityError:
        raise MergeRefused(
            _("Rien n’est changé : une ligne écrite depuis la fusion a pris la place.")
        ) from None
    done.undone_at, done.undone_by, done.before = timezone.now(), viewer.person, []
    done.save(update_fields=["undone_at", "undone_by", "before"])
    people_parted.send(sender=Merge, kept=kept, other=other)
    notices.settle("directory.people_merged", str(done.pk))
    journal.record(viewer, "directory.merge_undone", done, subject_id=kept.pk)
    _tell(done, "directory.merge_undone", kept, other)


def _check_undo(viewer: Viewer, done: Merge, kept: Person) -> None:
    """Merges are undone from the last one on; and what needed the head to be merged needs them to be parted."""
    pair = [done.kept_id, done.other_id]
    later = Merge.objects.standing().filter(Q(kept__in=pair) | Q(other__in=pair), pk__gt=done.pk)
    if later.exists():
        raise MergeRefused(_("Une fusion plus récente touche la même personne : annulez-la d’abord."))
    dossiers, own = queries.dossiers_of(viewer, kept)
    reason = rules.why_not_part(viewer, dossiers[kept.pk], own)
    if reason:
        raise MergeRefused(reason)


# Two people after all


@transaction.atomic
def tell_apart(viewer: Viewer, one: Person, other: Person) -> None:
    """Say that they are two: the pair is not shown again unless asked for."""
    school, (first, second) = _locked(viewer, *sorted([one, other], key=lambda person: person.pk))
    row, is_new = Distinction.objects.get_or_create(
        school=school,
        one=first,
        other=second,
        defaults={"by": viewer.person, "at": timezone.now()},
    )
    if is_new:
        journal.record(viewer, "directory.people_told_apart", row)


@transaction.atomic
def compare_again(viewer: Viewer, person: Person, other: Person) -> None:
    """Take back that they are two."""
    for row in _distinctions(viewer, person, other):
        journal.record(viewer, "directory.people_compared_again", row)
        row.delete()


def _distinctions(viewer: Viewer, person: Person, other: Person) -> Any:
    first, second = sorted([person.pk, other.pk])
    mine = Distinction.objects.visible_to(viewer).select_for_update(of=("self",))
    return mine.filter(one=first, other=second)


# Time


def forget_old() -> int:
    """Empty what older merges remember: they are for good. Returns how many."""
    old = Merge.objects.standing().filter(at__lte=timezone.now() - queries.UNDOABLE)
    return _forget(old)


def forget_of(person_id: int) -> int:
    """A person is erased: what a merge remembers of them is too."""
    return _forget(Merge.objects.standing().filter(Q(kept=person_id) | Q(other=person_id)))


@transaction.atomic
def _forget(found: MergeQuerySet) -> int:
    emptied = list(found.exclude(before=[]).select_for_update(of=("self",)).order_by("pk"))
    for done in emptied:
        merged_for_good.send(sender=Merge, person_id=done.other_id)
    return Merge.objects.filter(pk__in=[done.pk for done in emptied]).update(before=[])
