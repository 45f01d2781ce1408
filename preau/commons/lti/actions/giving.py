"""Giving activities to a class, and what becomes of them. The journal says which class, never a title."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.lti.models import Activity, Column, Context, Proposal, groups_taught
from preau.commons.signon.models import Opening
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock


@dataclass(frozen=True)
class Direct:
    """An activity of a service in which nothing is chosen: its own first page, under a title."""

    opening: Opening
    group: Group
    title: str
    due_on: date | None = None


@transaction.atomic
def give(viewer: Viewer, proposal: Proposal, chosen: Collection[int]) -> list[Activity]:
    """Give to the class what the teacher kept of their choice (ranks in `items`); nothing at the second click."""
    held = lock(Proposal, proposal.pk)
    context = Context.objects.select_related("opening__school", "group").get(pk=held.context_id)
    if held.taken_at or held.ends_at <= timezone.now() or not _is_in_charge(viewer, context):
        return []
    held.taken_at = timezone.now()
    held.save(update_fields=["taken_at"])
    given = []
    for rank, item in enumerate(held.items):
        if rank in chosen:
            given.append(_give(viewer, context, item))
    return given


def _is_in_charge(viewer: Viewer, context: Context) -> bool:
    return groups_taught(viewer).filter(group=context.group_id).exists()


def _give(viewer: Viewer, context: Context, item: dict[str, Any]) -> Activity:
    made = Activity.objects.create(
        school=context.opening.school,
        context=context,
        title=item["title"] or context.opening.service.name,
        text=item["text"],
        target=item["target"],
        custom=item["custom"],
        due_on=date.fromisoformat(item["due_on"]) if item["due_on"] else None,
        given_by_id=viewer.person.pk,
        given_at=timezone.now(),
    )
    line = item["line"]
    if line:
        Column.objects.create(context=context, activity=made, **line | {"label": line["label"] or made.title})
    journal.record(viewer, "lti.given", made, group=context.group_id)
    return made


@transaction.atomic
def give_one(viewer: Viewer, said: Direct) -> Activity:
    """Give the first page of a service, under a title; the same, given twice, is there once."""
    context = Context.objects.get_or_create(opening=said.opening, group=said.group)[0]
    lock(Context, context.pk)
    known = Activity.objects.going().filter(
        context=context, title=said.title, target="", due_on=said.due_on, given_by=viewer.person.pk
    )
    found = known.first()
    if found:
        return found
    due_on = said.due_on.isoformat() if said.due_on else ""
    item: dict[str, Any] = {
        "title": said.title,
        "text": "",
        "target": "",
        "custom": {},
        "due_on": due_on,
        "line": None,
    }
    return _give(viewer, context, item)


@transaction.atomic
def rename(viewer: Viewer, activity: Activity, *, title: str, text: str, due_on: date | None) -> bool:
    """Another title, another sentence, another day; returns whether anything changed."""
    held = lock(Activity, activity.pk)
    values = {"title": title, "text": text, "due_on": due_on}
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(held, name, values[name])
    held.save(update_fields=changed)
    journal.record(viewer, "lti.changed", held, changed=",".join(changed))
    return True


@transaction.atomic
def end(viewer: Viewer, activity: Activity) -> bool:
    """Take an activity back: nobody opens it any more; what was got of it stays."""
    if not Activity.objects.going().filter(pk=activity.pk).update(ended_at=timezone.now()):
        return False
    journal.record(viewer, "lti.ended", activity)
    return True


@transaction.atomic
def restore(viewer: Viewer, activity: Activity) -> bool:
    """Give it again."""
    if not Activity.objects.filter(pk=activity.pk, ended_at__isnull=False).update(ended_at=None):
        return False
    journal.record(viewer, "lti.restored", activity)
    return True
