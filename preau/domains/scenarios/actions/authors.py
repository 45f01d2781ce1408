"""Who writes a scenario: inviting a colleague, accepting, signing, leaving, and what stays of somebody who has left."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.scenarios.models import Author, Scenario, Version
from preau.domains.scenarios.rules import MOST_AUTHORS
from preau.foundation import journal, notices
from preau.foundation.locks import lock
from preau.foundation.notices import News

INVITED = "scenarios.invited"


class TooManyAuthors(Exception):
    """A scenario has as many authors and invitations as it may."""


def _key(author: Author) -> str:
    return f"{INVITED}-{author.pk}"


@transaction.atomic
def invite(viewer: Viewer, scenario: Scenario, person: Person) -> Author:
    """Ask a colleague of the school to write with them; nobody is told twice of the same. Raises TooManyAuthors."""
    scenario = lock(Scenario, scenario.pk)
    known: Author | None = scenario.authors.filter(person=person).first()
    if known:
        return known
    if scenario.authors.count() >= MOST_AUTHORS:
        raise TooManyAuthors
    author: Author = Author.objects.create(scenario=scenario, person=person, invited_at=timezone.now())
    url = reverse("scenarios:invitation", kwargs={"pk": author.pk})
    notices.publish(
        News(
            INVITED,
            person.pk,
            _key(author),
            url,
            school_id=scenario.school_id,
            seat=f"staff-{scenario.school_id}",
        )
    )
    journal.record(viewer, INVITED, scenario, subject_id=person.pk)
    return author


@transaction.atomic
def accept(viewer: Viewer, author: Author, signature: str, pseudonym: str) -> bool:
    """An invited colleague becomes an author, signed as they choose. False when they were one already."""
    lock(Scenario, author.scenario.pk)
    author = lock(Author, author.pk)
    if author.accepted_at:
        return False
    author.signature, author.pseudonym, author.accepted_at = signature, pseudonym, timezone.now()
    author.save(update_fields=["signature", "pseudonym", "accepted_at"])
    notices.settle(INVITED, _key(author))
    journal.record(viewer, "scenarios.accepted", author.scenario)
    return True


@transaction.atomic
def sign(viewer: Viewer, author: Author, signature: str, pseudonym: str) -> None:
    """Choose how the next version names one."""
    Author.objects.filter(pk=author.pk).update(signature=signature, pseudonym=pseudonym)


@transaction.atomic
def leave(viewer: Viewer, author: Author) -> bool:
    """Decline an invitation, or write it no more. False for the last author: a scenario belongs to somebody."""
    scenario = lock(Scenario, author.scenario.pk)
    writing = list(scenario.authors.writing().order_by("-is_first", "pk"))
    if [author.pk for author in writing] == [author.pk]:
        return False
    _drop(author, scenario)
    journal.record(viewer, "scenarios.left", scenario)
    return True


@transaction.atomic
def take_out(viewer: Viewer, author: Author) -> bool:
    """Withdraw an invitation, or take an author out. False when they were out already."""
    scenario = lock(Scenario, author.scenario.pk)
    known = Author.objects.filter(pk=author.pk).first()
    if known is None:
        return False
    _drop(known, scenario)
    journal.record(viewer, "scenarios.taken_out", scenario, subject_id=known.person_id)
    return True


def _drop(author: Author, scenario: Scenario) -> None:
    """Without its first author, a scenario is its oldest co-author's."""
    notices.settle(INVITED, _key(author))
    Author.objects.filter(pk=author.pk).delete()
    if author.is_first:
        following = scenario.authors.writing().order_by("accepted_at", "pk").first()
        if following:
            Author.objects.filter(pk=following.pk).update(is_first=True)


@transaction.atomic
def forget(person_id: int) -> int:
    """Somebody is erased: what they alone wrote and never published goes with them. What is published stays, signed as they chose
    (code de la propriété intellectuelle, article L. 121-1), without the draft behind it; what others write too is theirs."""
    done = 0
    for author in Author.objects.filter(person_id=person_id).select_related("scenario"):
        scenario = lock(Scenario, author.scenario.pk)
        _drop(author, scenario)
        done += 1
        if scenario.authors.writing().exists():
            continue
        scenario.authors.all().delete()
        if scenario.is_public and scenario.shown:
            scenario.versions.exclude(pk=scenario.shown.pk).delete()
            scenario.body = scenario.shown.body
            scenario.title = scenario.shown.content.facts.title
            scenario.save(update_fields=["body", "title"])
        else:
            scenario.delete()
    Version.objects.filter(made_by_id=person_id).update(made_by=None)
    return done
