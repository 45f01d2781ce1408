"""Following a search, and being told of what comes."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import FollowedSearch
from preau.domains.catalogue.queries import following, index
from preau.domains.catalogue.queries.search import Search
from preau.domains.catalogue.rules import MOST_FOLLOWED
from preau.foundation import notices
from preau.foundation.locks import lock

FOUND = "catalogue.found"


class TooMany(Exception):
    """This person follows as many searches as one may."""


@transaction.atomic
def follow(viewer: Viewer, search: Search) -> bool:
    """Follow a search from now on; whether it was not followed yet. Raises TooMany."""
    # The person is held: two clicks follow once, and the count is true.
    lock(Person, viewer.person.pk)
    own = FollowedSearch.objects.visible_to(viewer)
    query = following.kept_form(search)
    if own.filter(query=query).exists():
        return False
    if own.count() >= MOST_FOLLOWED:
        raise TooMany
    FollowedSearch.objects.create(
        person_id=viewer.person.pk, query=query, since=timezone.localdate(), seen=index.edition().number
    )
    return True


@transaction.atomic
def unfollow(viewer: Viewer, search: FollowedSearch) -> None:
    """Follow it no more; news of it that were not read stay."""
    FollowedSearch.objects.visible_to(viewer).filter(pk=search.pk).delete()


def tell_followers() -> int:
    """Tell each person who follows a search what came since they were last told; how many were told.

    A search that many follow is made once. Raises index.BeingBuilt, and nobody is counted as told.
    """
    now = index.edition().number
    waiting: dict[str, list[FollowedSearch]] = defaultdict(list)
    for row in FollowedSearch.objects.filter(seen__lt=now).order_by("pk").iterator():
        waiting[row.query].append(row)
    count = 0
    fresh = following.published_since(
        min((row.seen for rows in waiting.values() for row in rows), default=now)
    )
    for rows in waiting.values():
        found = following.new_in(following.asked_by(rows[0]), fresh) if fresh else []
        count += _tell(rows, [fresh[pk] for pk in found], now)
    return count


@transaction.atomic
def _tell(rows: Sequence[FollowedSearch], editions: Sequence[int], now: int) -> int:
    """One news a person, however many resources came; it goes with the edition that was seen, so that it is told once."""
    query = following.asked_by(rows[0]).query(sort="recentes")
    counts = {row.pk: sum(edition > row.seen for edition in editions) for row in rows}
    notices.publish(
        *(
            notices.News(
                kind=FOUND,
                person_id=row.person_id,
                key=f"{row.pk}-{now}",
                url=f"{reverse('catalogue:search')}?{query}",
                facts={
                    "found": ngettext("%(num)s nouvelle ressource", "%(num)s nouvelles ressources", count)
                    % {"num": count},
                },
            )
            for row in rows
            if (count := counts[row.pk])
        )
    )
    FollowedSearch.objects.filter(pk__in=counts).update(seen=now)
    return sum(count > 0 for count in counts.values())


def forget_followed(person_id: int) -> int:
    """The searches of a person who is erased."""
    return FollowedSearch.objects.filter(person_id=person_id).delete()[0]
