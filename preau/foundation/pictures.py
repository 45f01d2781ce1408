"""Pictures that people send: what they are by their content, redrawn, so that nothing hidden in the file remains.

A drawing (SVG) is a program: it is refused. The name that somebody typed is never kept.
"""

from functools import partial
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from preau.foundation.uploads import MEGABYTE, Refused

FORMATS = ("PNG", "JPEG", "WEBP")
HEAVIEST = 5 * MEGABYTE
# A bomb of a few kilobytes may unfold into gigabytes: dimensions are read before anything is drawn.
MOST_PIXELS = 40_000_000
SANDBOX = "default-src 'none'; sandbox"


def redrawn(sent: Any, side: int) -> ContentFile[bytes]:
    """A picture of at most `side` pixels, as PNG, without what the camera wrote (place, hour, device).

    Raises Refused, with the sentence to show.
    """
    if sent.size > HEAVIEST:
        raise Refused(_("Cette image est trop lourde : 5 Mo au plus."))
    start = sent.read(1024)
    sent.seek(0)
    if b"<svg" in start.lower() or start.lstrip()[:5].lower() == b"<?xml":
        raise Refused(_("Un dessin SVG n’est pas accepté : enregistrez-le en PNG."))
    try:
        with Image.open(sent, formats=FORMATS) as image:
            return _drawn(image, side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        said = _("Ce fichier n’est pas une image lisible : envoyez un PNG, un JPEG ou un WebP.")
        raise Refused(said) from error


def _drawn(image: Image.Image, side: int) -> ContentFile[bytes]:
    if image.width * image.height > MOST_PIXELS:
        raise Refused(_("Cette image est trop grande : 40 millions de points au plus."))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((side, side))
    # Onto an empty sheet: neither metadata nor colour profile comes along.
    sheet = Image.new("RGBA", upright.size)
    sheet.paste(upright)
    kept = BytesIO()
    sheet.save(kept, "PNG", optimize=True)
    return ContentFile(kept.getvalue())


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
