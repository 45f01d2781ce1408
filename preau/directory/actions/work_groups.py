"""Keeping and taking away one's own groups of work."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Person, WorkGroup
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock


class NameTaken(Exception):
    """Another of one's groups of work has this name in this class."""


@transaction.atomic
def keep(
    viewer: Viewer, group: Group, name: str, pupils: Collection[Person], changed: WorkGroup | None = None
) -> bool:
    """Keep these pupils under this name; False when that is how they are kept. Raises NameTaken."""
    lock(Group, group.pk)
    own = WorkGroup.objects.visible_to(viewer).filter(group=group)
    chosen = {pupil.pk for pupil in pupils}
    same = own.filter(name=name).first()
    if same is not None and (changed is None or same.pk != changed.pk):
        if changed is None and set(same.pupils.values_list("pk", flat=True)) == chosen:
            return False
        raise NameTaken
    kept = own.filter(pk=changed.pk).first() if changed else None
    if kept and kept.name == name and set(kept.pupils.values_list("pk", flat=True)) == chosen:
        return False
    kept = kept or WorkGroup(school_id=group.school_id, group=group, owner=viewer.person)
    kept.name, kept.kept_at = name, timezone.now()
    kept.save()
    kept.pupils.set(chosen)
    journal.record(viewer, "directory.work_group_kept", kept, pupils=len(chosen))
    return True


@transaction.atomic
def split(viewer: Viewer, group: Group, names: Sequence[str], pupils: Sequence[Person]) -> bool:
    """Share the pupils of a class out among these names, in the order of the list; False when they are so. Raises NameTaken."""
    size, more = divmod(len(pupils), len(names))
    parts, first = [], 0
    for number, _name in enumerate(names):
        last = first + size + (number < more)
        parts.append(pupils[first:last])
        first = last
    done = [keep(viewer, group, name, part) for name, part in zip(names, parts, strict=True) if part]
    return any(done)


@transaction.atomic
def remove(viewer: Viewer, work_group: WorkGroup) -> None:
    """Take it away: the pupils and what they were given stay as they are."""
    journal.record(viewer, "directory.work_group_removed", work_group)
    work_group.delete()


def forget_work_groups(person: int) -> int:
    """Those of somebody who has left, and the place of a pupil in those of others."""
    made = WorkGroup.objects.filter(owner=person)
    places = WorkGroup.pupils.through.objects.filter(person_id=person)
    number = made.count() + places.count()
    places.delete()
    made.delete()
    return number
