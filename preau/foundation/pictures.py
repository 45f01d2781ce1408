"""Pictures that people send: what they are by their content, redrawn, so that nothing hidden in the file remains.

A drawing (SVG) is a program: it is refused. The name that somebody typed is never kept.
"""

from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from preau.foundation.uploads import MEGABYTE, UploadRefused

FORMATS = ("PNG", "JPEG", "WEBP")
HEAVIEST = 5 * MEGABYTE
# A bomb of a few kilobytes may unfold into gigabytes: dimensions are read before anything is drawn.
MOST_PIXELS = 40_000_000
# A JPEG is read at the size wanted, without unfolding all of it: phones make 64 million points.
MOST_JPEG_PIXELS = 80_000_000
SIDE, GLIMPSE_SIDE = 2560, 640
SAVING: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "JPEG": {"quality": 85, "optimize": True},
    "WEBP": {"quality": 85},
}
SANDBOX = "default-src 'none'; sandbox"


def redrawn(sent: Any, side: int) -> ContentFile[bytes]:
    """A picture of at most `side` pixels, as PNG, without what the camera wrote (place, hour, device).

    Raises UploadRefused, with the sentence to show.
    """
    if sent.size > HEAVIEST:
        raise UploadRefused(_("Cette image est trop lourde : 5 Mo au plus."))
    start = sent.read(1024)
    sent.seek(0)
    if b"<svg" in start.lower() or start.lstrip()[:5].lower() == b"<?xml":
        raise UploadRefused(_("Un dessin SVG n’est pas accepté : enregistrez-le en PNG."))
    try:
        with Image.open(sent, formats=FORMATS) as image:
            return _drawn(image, side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        sentence = _("Ce fichier n’est pas une image lisible : envoyez un PNG, un JPEG ou un WebP.")
        raise UploadRefused(sentence) from error


def _drawn(image: Image.Image, side: int) -> ContentFile[bytes]:
    if image.width * image.height > MOST_PIXELS:
        raise UploadRefused(_("Cette image est trop grande : 40 millions de points au plus."))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((side, side))
    # Onto an empty sheet: neither metadata nor colour profile comes along.
    sheet = Image.new("RGBA", upright.size)
    sheet.paste(upright)
    kept = BytesIO()
    sheet.save(kept, "PNG", optimize=True)
    return ContentFile(kept.getvalue())


@dataclass(frozen=True)
class Photo:
    """A picture drawn anew in its own format, and a small one of it (JPEG)."""

    whole: IO[bytes]
    glimpse: IO[bytes]
    width: int
    height: int


def photo_of(sent: IO[bytes], kind: str) -> Photo:
    """What a picture shows, drawn anew: neither what the camera wrote (place, hour, device) nor what was hidden in the file.

    Raises UploadRefused, with the sentence to show.
    """
    sent.seek(0)
    form = kind.removeprefix("image/").upper()
    try:
        with Image.open(sent, formats=[form]) as image:
            return _photo(image, form)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        sentence = _(
            "Cette image ne se lit pas : enregistrez-la de nouveau en JPEG ou en PNG, puis envoyez-la."
        )
        raise UploadRefused(sentence) from error


def _photo(image: Image.Image, form: str) -> Photo:
    most = MOST_JPEG_PIXELS if form == "JPEG" else MOST_PIXELS
    if image.width * image.height > most:
        raise UploadRefused(_("Cette image est trop grande : 40 millions de points au plus."))
    image.draft("RGB", (SIDE, SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGB" if form == "JPEG" else "RGBA")
    upright.thumbnail((SIDE, SIDE))
    sheet = Image.new(upright.mode, upright.size)
    sheet.paste(upright)
    small = Image.new("RGB", sheet.size, "white")
    small.paste(sheet, mask=sheet if sheet.mode == "RGBA" else None)
    small.thumbnail((GLIMPSE_SIDE, GLIMPSE_SIDE))
    return Photo(_saved(sheet, form, **SAVING[form]), _saved(small, "JPEG", quality=80), *sheet.size)


def _saved(image: Image.Image, form: str, **options: Any) -> IO[bytes]:
    kept = BytesIO()
    image.save(kept, form, **options)
    return kept


def forget(name: str | None) -> None:
    """Remove a stored picture once the change that no longer names it is certain."""
    if name:
        transaction.on_commit(partial(default_storage.delete, name))


def served(field: Any, *, cache: str = "private, no-store") -> FileResponse:
    """A stored picture as an answer that runs nothing, whoever opens it alone. Raises Http404 without one."""
    if not field:
        raise Http404
    try:
        opened = field.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Content-Security-Policy": SANDBOX, "Cache-Control": cache}
    return FileResponse(
        opened, content_type="image/png", as_attachment=True, filename="image.png", headers=headers
    )
