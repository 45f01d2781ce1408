"""What the night does with the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone

from preau.commons.media import captions, films
from preau.commons.media.actions import making, sending
from preau.commons.media.models import Medium
from preau.domains.catalogue.actions import editing, following, using
from preau.domains.catalogue.actions.harvesting import NotNow, begin
from preau.domains.catalogue.imports import drawn
from preau.domains.catalogue.imports.harvest import links
from preau.domains.catalogue.imports.harvest.running import go_on
from preau.domains.catalogue.models import Harvest, Miss, Node, Resource, Source
from preau.domains.catalogue.models.edited import PLATFORM
from preau.domains.catalogue.queries import index
from preau.foundation.tasks import job

KEPT = timedelta(days=365)


@job()
def drop_old_misses() -> int:
    """Words that nobody has told for a year say nothing any more."""
    return Miss.objects.filter(last__lt=timezone.localdate() - KEPT).delete()[0]


@job()
def settle_uses() -> int:
    """What is used most in class comes first for whoever asks for it."""
    return using.settle_uses()


@job()
def tell_followers() -> int:
    """Those who follow a search learn what it finds since yesterday; where this machine has no index yet, tomorrow."""
    try:
        return following.tell_followers()
    except index.BeingBuilt:
        return 0


@job()
def harvest(pk: int) -> bool:
    """Read on, a slice at a time: other work passes in between. What waits for its source is taken up by `harvest_due`."""
    found = Harvest.objects.going_on().filter(pk=pk).first()
    more = bool(found and go_on(found))
    if more and Harvest.objects.going_on().filter(pk=pk, held_until=None).exists():
        harvest.enqueue(pk)
    return more


@job()
def harvest_due() -> int:
    """Begin the readings that are due, and take up those that nobody holds any more."""
    now = timezone.now()
    for source in Source.objects.filter(is_paused=False, due_at__lte=now):
        try:
            begin(source)
        except NotNow:
            continue
    waiting = Harvest.objects.going_on().exclude(held_until__gt=now).values_list("pk", flat=True)
    for pk in waiting:
        harvest.enqueue(pk)
    return len(waiting)


@job()
def check_links(left: int = links.MOST) -> int:
    """Does each address still lead somewhere? A share of them each night, a slice at a time: other work passes in between."""
    looked = links.check(most=left)
    if 0 < looked < left:
        check_links.enqueue(left - looked)
    return looked


@job()
def drop_old_harvests() -> int:
    """Reports of a year ago say nothing any more; the last one of each source stays."""
    last = [source.harvests.values_list("pk", flat=True).first() for source in Source.objects.all()]
    old = Harvest.objects.filter(ended_at__lt=timezone.now() - KEPT).exclude(pk__in=[pk for pk in last if pk])
    return old.delete()[0]


# The demonstration


@dataclass(frozen=True)
class _StarterMedium:
    """A medium that Préau makes itself, and its record."""

    name: str
    make: Callable[[Path], Path]
    words: tuple[str, ...]
    chapters: tuple[tuple[float, str], ...]
    title: str
    abstract: str
    kind: str
    level: str
    subject: str


DRAWN = (
    _StarterMedium(
        "compter-jusqu-a-cinq.mp4",
        drawn.film,
        drawn.WORDS,
        ((0, "Un et deux"), (8, "Trois, quatre et cinq")),
        "Compter jusqu’à cinq, en images et en sons",
        "Des disques apparaissent, autant de notes les accompagnent. On compte avec les yeux et les oreilles.",
        "video",
        "ms",
        "mathematiques",
    ),
    _StarterMedium(
        "grave-ou-aigu.wav",
        drawn.sound,
        tuple(words for _pitch, words in drawn.SOUNDS),
        (),
        "Grave ou aigu",
        "Quatre sons à écouter. On dit lesquels sont graves, lesquels sont aigus.",
        "son",
        "cp",
        "education-musicale",
    ),
)


@job()
def draw_media() -> int:
    """A film and a sound of our own in the catalogue of the demonstration, where ffmpeg is. A second time does nothing."""
    if not films.is_there():
        return 0
    return sum(
        _draw(one) for one in DRAWN if not Resource.objects.filter(source=PLATFORM, title=one.title).exists()
    )


def enqueue_drawing(**_: Any) -> None:
    draw_media.enqueue()


def _draw(one: _StarterMedium) -> bool:
    with TemporaryDirectory() as folder:
        medium = sending.keep_made(one.name, one.make(Path(folder)))
    Medium.objects.filter(pk=medium.pk).update(
        captions=captions.written(captions.read(drawn.captions(one.words))),
        chapters=[list(chapter) for chapter in one.chapters],
    )
    while making.go_on(medium.pk):
        pass
    medium.refresh_from_db()
    if medium.is_ready:
        editing.publish_made(medium, None, _sheet_of(one))
    return medium.is_ready


def _sheet_of(drawn: _StarterMedium) -> editing.Sheet:
    fields: dict[str, Any] = {"title": drawn.title, "abstract": drawn.abstract, "type": drawn.kind}
    nodes = Node.objects.in_force()
    places = [
        *nodes.filter(kind=Node.Kind.LEVEL, key=drawn.level),
        *nodes.filter(kind=Node.Kind.SUBJECT, key=drawn.subject),
    ]
    return editing.Sheet(
        **fields,
        authors=["Préau"],
        institution="Préau",
        nodes=places,
        keywords=[],
        audiences=["eleve", "avec-un-adulte"],
        duration=1,
        language="fr",
        licence="cc-by",
    )
