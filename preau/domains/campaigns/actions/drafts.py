"""A campaign before it is confirmed: whom it is about, its words, what is chosen line by line."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.campaigns.models import Campaign, Choice, Target
from preau.domains.campaigns.queries.finding import FindingFilter
from preau.domains.campaigns.queries.words import wording_of
from preau.domains.campaigns.rules import school_of
from preau.foundation import journal
from preau.foundation.locks import lock

Kind = Campaign.Kind


class NotADraft(Exception):
    """It was confirmed, or given up, meanwhile."""


@transaction.atomic
def make_draft(
    viewer: Viewer, found: Mapping[int, Sequence[int]], asked: FindingFilter | None = None
) -> Campaign:
    """A draft about these pupils, each with its entries; without `asked`, they were chosen in a list.

    Asked for again while it is still a draft, it is the same one, brought up to date.
    """
    school = lock(School, school_of(viewer))
    kind = asked.kind if asked else Kind.CHOSEN
    digest = asked.key if asked else f"{sorted((pupil, *entries) for pupil, entries in found.items())}"
    words = wording_of(school.pk, kind)
    defaults = {"kind": kind, "body": words.body, "sms": words.sms, "made_at": timezone.now()}
    if asked:
        defaults |= {"since": asked.since, "until": asked.until, "at_least": asked.at_least}
    campaign, is_new = Campaign.objects.drafts().get_or_create(
        school=school,
        made_by=viewer.person,
        key=hashlib.sha256(digest.encode()).hexdigest(),
        defaults=defaults,
    )
    _aim(campaign, found)
    if is_new:
        journal.record(viewer, "campaigns.prepared", campaign, pupils=len(found))
    return campaign


def _aim(campaign: Campaign, found: Mapping[int, Sequence[int]]) -> None:
    """The targets of a draft become these; the choices of those that stay are kept."""
    known = {target.pupil_id: target for target in campaign.targets.all()}
    gone = [target.pk for pupil, target in known.items() if pupil not in found]
    if gone:
        Target.objects.filter(pk__in=gone).delete()
    new = [
        Target(school_id=campaign.school_id, campaign=campaign, pupil_id=pupil)
        for pupil in found
        if pupil not in known
    ]
    Target.objects.bulk_create(new)
    targets = dict(campaign.targets.values_list("pupil_id", "pk"))
    through = Target.entries.through
    wanted = {(targets[pupil], entry) for pupil, entries in found.items() for entry in entries}
    there = set(through.objects.filter(target__campaign=campaign).values_list("target_id", "entry_id"))
    over = [entry for target, entry in there - wanted]
    if over:
        through.objects.filter(target__campaign=campaign, entry__in=over).delete()
    through.objects.bulk_create(
        [through(target_id=target, entry_id=entry) for target, entry in sorted(wanted - there)]
    )


def held_draft(campaign: Campaign) -> Campaign:
    """The draft, locked. Raises NotADraft."""
    found = Campaign.objects.select_for_update(of=("self",)).drafts().filter(pk=campaign.pk).first()
    if found is None:
        raise NotADraft
    return found


@transaction.atomic
def say_words(viewer: Viewer, campaign: Campaign, said: Mapping[str, Any], *, keep: bool = False) -> bool:
    """The channels and the words of a draft; kept for the next ones of its kind. False when nothing changes."""
    draft = held_draft(campaign)
    changed = [name for name, value in said.items() if getattr(draft, name) != value]
    for name in changed:
        setattr(draft, name, said[name])
    if changed:
        draft.save(update_fields=changed)
    if keep:
        changed += _keep_wording(viewer, draft)
    return bool(changed)


def _keep_wording(viewer: Viewer, draft: Campaign) -> list[str]:
    known = wording_of(draft.school_id, draft.kind)
    if (known.body, known.sms) == (draft.body, draft.sms):
        return []
    known.body, known.sms = draft.body, draft.sms
    known.save()
    journal.record(viewer, "campaigns.wording_kept", known, kind=draft.kind)
    return ["wording"]


@transaction.atomic
def choose(
    viewer: Viewer, campaign: Campaign, target_id: int, person_id: int, channel: str, *, wanted: bool
) -> bool:
    """Leave a line out, put it back, or write to the person by one more channel. False when it is so already."""
    draft = held_draft(campaign)
    target = draft.targets.get(pk=target_id)
    line = {"target": target, "person_id": person_id, "channel": channel}
    known = Choice.objects.filter(**line).first()
    if known is None:
        if wanted and channel in draft.channels:
            return False
        Choice.objects.create(school_id=draft.school_id, wanted=wanted, **line)
        return True
    if known.wanted == wanted:
        return False
    known.wanted = wanted
    known.save(update_fields=["wanted"])
    return True


@transaction.atomic
def leave_out(viewer: Viewer, campaign: Campaign, lines: Iterable[tuple[int, int, str]]) -> int:
    """Leave out every one of these lines (target, person, channel); returns how many."""
    draft = held_draft(campaign)
    targets = set(draft.targets.values_list("pk", flat=True))
    wanted = {line for line in lines if line[0] in targets}
    known = Choice.objects.filter(target__campaign=draft)
    there = {(choice.target_id, choice.person_id, choice.channel): choice.pk for choice in known}
    known.filter(pk__in=[pk for line, pk in there.items() if line in wanted]).update(wanted=False)
    Choice.objects.bulk_create(
        Choice(school_id=draft.school_id, target_id=target, person_id=person, channel=channel, wanted=False)
        for target, person, channel in sorted(wanted - set(there))
    )
    return len(wanted)


@transaction.atomic
def drop(viewer: Viewer, campaign: Campaign) -> bool:
    """Give a draft up; False when it is none any more."""
    dropped = Campaign.objects.drafts().filter(pk=campaign.pk).update(dropped_at=timezone.now())
    if dropped:
        journal.record(viewer, "campaigns.dropped", campaign)
    return bool(dropped)
