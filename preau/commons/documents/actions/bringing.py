"""A document begun from a file: its text, and the pictures that it brought."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.documents import rules
from preau.commons.documents.actions import keeping
from preau.commons.documents.models import Document, Picture
from preau.commons.documents.queries.places import Place
from preau.commons.files.actions import keep as keep_files
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation import filekinds
from preau.foundation.richtext import cleaning
from preau.foundation.uploads import MEGABYTE, NoRoom, UploadRefused

KEPT = re.compile(r'<img data-file="([^"]*)" alt="([^"]*)">')


@dataclass(frozen=True)
class Found:
    """A picture that a file holds: the key by which its text names it, the name under which its report does, and its bytes."""

    key: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Brought:
    """What a file holds: canonical HTML, which names its pictures by their keys. `lost`: those that it names and does not hold; `damaged`: those
    that cannot be read; `beyond`: those that were not looked at, past what a document may have."""

    html: str
    pictures: Sequence[Found] = ()
    lost: int = 0
    damaged: int = 0
    beyond: int = 0


@dataclass
class Taken:
    """What became of the pictures: how many are in the document, why each of the others is not, how many of them say not what they show."""

    files: dict[str, StoredFile] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    silent: int = 0


def bring(
    viewer: Viewer, place: Place, title: str, brought: Brought, sent_as: str = ""
) -> tuple[Document, Taken]:
    """A new document with the text and the pictures of a file; a picture that is not taken leaves the text, and is told. Raises TooMany:
    nothing is begun then, and what was kept of the pictures is let go of, as of any form that was not finished."""
    taken = _keep(viewer, place.school_id, brought)
    html = _named(brought.html, taken)
    return _begin(viewer, place, title, html, sent_as, taken), taken


@transaction.atomic
def _begin(viewer: Viewer, place: Place, title: str, html: str, sent_as: str, taken: Taken) -> Document:
    document = keeping.begin(viewer, place, title, html, sent_as)
    now = timezone.now()
    for file in taken.files.values():
        facts = {"put_by": viewer.person, "put_at": now}
        Picture.objects.get_or_create(document=document, file=file, defaults=facts)
    return document


def _keep(viewer: Viewer, school_id: int, brought: Brought) -> Taken:
    """Each as one that is put by hand: its kind, its weight, drawn anew; as many as one request may draw, and while there is room."""
    taken, weight, drawn, full = Taken(refused=_not_read(brought)), 0, 0, ""
    named = {found[1] for found in KEPT.finditer(brought.html)}
    for one in brought.pictures:
        if why := _unfit(one, named):
            taken.refused.append(why)
            continue
        if drawn >= rules.MOST_BROUGHT or weight >= rules.HEAVIEST_PICTURES:
            full = _too_many()
        if full:
            taken.refused.append(full)
            continue
        drawn += 1
        try:
            (file,) = keep_files(viewer, school_id, [ContentFile(one.content, name=one.name)], rules.PICTURES)
        except UploadRefused as refused:
            taken.refused.append(str(refused))
            full = str(refused) if isinstance(refused, NoRoom) else ""
            continue
        taken.files[one.key] = file
        weight += file.size
    return taken


def _not_read(brought: Brought) -> list[str]:
    """Why, for each picture of which the file gave no bytes."""
    elsewhere = _("Ce qui est ailleurs que dans le fichier n’est pas cherché : ajoutez-le à la main.")
    damaged = _("Une image abîmée dans le fichier ne se reprend pas : ajoutez-la à la main.")
    return [elsewhere] * brought.lost + [damaged] * brought.damaged + [_too_many()] * brought.beyond


def _unfit(one: Found, named: set[str]) -> str:
    """Why a picture is not even tried, or ""."""
    if one.key not in named:
        return _("Dans un tableau ou hors du texte, une image ne se reprend pas.")
    try:
        is_picture = filekinds.kind_of(BytesIO(one.content), one.name) in rules.PICTURES.kinds
    except UploadRefused:
        is_picture = False
    return (
        ""
        if is_picture
        else _("Une image d’un autre format ne se reprend pas : gardez-la en PNG ou en JPEG.")
    )


def _too_many() -> str:
    said = _(
        "Un fichier apporte %(number)s images au plus, et %(weight)s Mo en tout : ajoutez les autres à la main."
    )
    return said % {"number": rules.MOST_BROUGHT, "weight": rules.HEAVIEST_PICTURES // MEGABYTE}


def _named(html: str, taken: Taken) -> str:
    """The text, which names its pictures as their files are; any other key, whoever wrote it in the file, goes."""

    def named(found: re.Match[str]) -> str:
        file = taken.files.get(found[1])
        taken.silent += 1 if file and not found[2] else 0
        return f'<img data-file="{file.public_id}" alt="{found[2]}">' if file else ""

    return cleaning.clean(KEPT.sub(named, html), pictures=True)
