"""Referentials: written from files, retired competences, what a school adds of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from preau.directory.models import Person, School, Subject
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Referential
from preau.domains.gradebook.actions.sealing import AlreadyDone
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.text import fold, french

OWN = "etablissement"


@dataclass(frozen=True)
class Row:
    """A line of a referential: `parent` is the code of the line above it, "" for a root."""

    code: str
    name: str
    parent: str = ""
    cycle: str = ""
    subject: str = ""
    component: str = ""
    node: str = ""


@dataclass(frozen=True)
class Told:
    """What is said of a referential."""

    name: str
    edition: str
    source: str = ""
    is_own: bool = False

    @property
    def key(self) -> str:
        return slugify(self.name)[:40] or OWN


class SameEdition(Exception):
    """The school has this very edition."""


class RetiredAlready(AlreadyDone):
    """Somebody has retired it."""


@transaction.atomic
def write_referential(
    school: School, told: Told, rows: Sequence[Row], by: Person | None = None
) -> Referential:
    """Write one edition; those before it are replaced from today, and what was assessed with them stays. Raises SameEdition.

    `rows` are a tree whose parents come before their children.
    """
    lock(School, school.pk)
    before = Referential.objects.filter(school=school, key=told.key)
    if before.filter(edition=told.edition).exists():
        raise SameEdition
    now = timezone.now()
    before.current().update(replaced_on=timezone.localdate(now))
    made: Referential = Referential.objects.create(
        school=school,
        key=told.key,
        name=told.name,
        edition=told.edition,
        source=told.source,
        is_own=told.is_own,
        added_at=now,
    )
    _write_rows(made, rows)
    line = journal.Line(
        verb="competences.referential_written",
        actor_id=by.pk if by else None,
        school_id=school.pk,
        target="competences.referential",
        target_id=made.pk,
        details={"rows": len(rows)},
    )
    journal.write(line)
    return made


def _write_rows(referential: Referential, rows: Sequence[Row]) -> None:
    """Depth by depth: a line points at one that is there."""
    subjects = {
        fold(subject.name): subject for subject in Subject.objects.filter(school=referential.school_id)
    }
    parents = {row.parent for row in rows}
    depths: dict[str, int] = {}
    for row in rows:
        depths[row.code] = depths[row.parent] + 1 if row.parent else 0
    known: dict[str, Competence] = {}
    for depth in sorted(set(depths.values())):
        made = [
            Competence(
                referential=referential,
                parent=known.get(row.parent),
                code=row.code,
                name=french(row.name),
                rank=rank,
                depth=depth,
                has_children=row.code in parents,
                cycle=row.cycle,
                subject=subjects.get(fold(row.subject)) if row.subject else None,
                component=row.component,
                node=row.node,
            )
            for rank, row in enumerate(rows)
            if depths[row.code] == depth
        ]
        known |= {
            competence.code: competence for competence in Competence.objects.bulk_create(made, batch_size=500)
        }


@transaction.atomic
def retire(viewer: Viewer, competence: Competence) -> None:
    """Offer it no more from today, with what is below it: its levels stay and count. Raises AlreadyDone."""
    known = lock(Competence, competence.pk)
    if known.retired_on is not None:
        raise RetiredAlready
    below = [known.pk]
    retired = []
    while below:
        retired += below
        below = list(
            Competence.objects.filter(parent__in=below, retired_on=None).values_list("pk", flat=True)
        )
    Competence.objects.filter(pk__in=retired).update(retired_on=viewer.today)
    journal.record(viewer, "competences.retired", known, count=len(retired))


@transaction.atomic
def restore(viewer: Viewer, competence: Competence) -> None:
    """Offer it again. Raises AlreadyDone."""
    known = lock(Competence, competence.pk)
    if known.retired_on is None:
        raise AlreadyDone
    known.retired_on = None
    known.save(update_fields=["retired_on"])
    journal.record(viewer, "competences.restored", known)


@transaction.atomic
def add_competence(
    viewer: Viewer, referential: Referential, name: str, parent: Competence | None, subject: Subject | None
) -> Competence:
    """One more in a referential of the school; the same name, sent twice, is one."""
    known = lock(Referential, referential.pk)
    same = Competence.objects.filter(referential=known, parent=parent, name=name).first()
    if same:
        found: Competence = same
        return found
    count = Competence.objects.filter(referential=known).count()
    code = f"P{count + 1}"
    while Competence.objects.filter(referential=known, code=code).exists():
        count += 1
        code = f"P{count + 1}"
    made: Competence = Competence.objects.create(
        referential=known,
        parent=parent,
        code=code,
        name=name,
        rank=count,
        subject=subject,
        depth=parent.depth + 1 if parent else 0,
        cycle=parent.cycle if parent else "",
        component=parent.component if parent else "",
    )
    if parent and not parent.has_children:
        Competence.objects.filter(pk=parent.pk).update(has_children=True)
    journal.record(viewer, "competences.added", made)
    return made
