"""A portfolio brought from another school: the archive that Préau gave, read without trusting anything in it."""

import json
import re
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from lzma import LZMAError
from typing import Any
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from preau.commons.files.actions import keep as keep_files
from preau.commons.files.rules import HANDED_IN
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.actions import keeping
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.models import Kept
from preau.domains.spaces.models.portfolio import DATA, FORMAT, VERSION
from preau.foundation.uploads import MEGABYTE, UploadRefused

# A full portfolio comes in: as many things, each with all the words that it may hold, in their longest encoding.
MOST_THINGS, MOST_SAID, MOST_ENTRIES, HEAVIEST = rules.MOST_KEPT, 64 * MEGABYTE, 2_000, 30 * MEGABYTE
# Of the files that its things name, unpacked: a small archive cannot fill the disk of a school.
HEAVIEST_IN_ALL = 300 * MEGABYTE
YEAR = re.compile(r"20[0-9]{2}-20[0-9]{2}")


class NotAPortfolio(ValueError):
    """The file is not an archive that Préau made; its words are for whoever brought it."""


@dataclass
class Brought:
    """What came of it: how many were kept, how many were there already, and each that could not be, with why. `files`: by entry, each once."""

    kept: int = 0
    known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, Any] = field(default_factory=dict)


def bring(viewer: Viewer, content: bytes) -> Brought:
    """Keep what an archive holds, thing by thing: one that is wrong is told and does not stop the others; brought twice, it is there once.

    Raises NotAPortfolio.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _bring(viewer, archive)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, LZMAError, zlib.error) as error:
        raise NotAPortfolio(
            _(
                "Ce fichier n’est pas une archive qui se lit : prenez celui que Préau a donné, sans l’ouvrir ni le changer."
            )
        ) from error


def _bring(viewer: Viewer, archive: ZipFile) -> Brought:
    listed = {info.filename: info for info in archive.infolist()}
    data = listed.get(DATA)
    if data is None or len(listed) > MOST_ENTRIES or data.file_size > MOST_SAID:
        raise NotAPortfolio(
            _(
                "Cette archive n’est pas un portfolio de Préau : il y manque « portfolio.json », ou il est trop long."
            )
        )
    things = _things(archive.read(data))
    wanted = {thing["file"] for thing in things if isinstance(thing, dict) and _is_text(thing.get("file"))}
    if sum(listed[name].file_size for name in wanted if name in listed) > HEAVIEST_IN_ALL:
        raise NotAPortfolio(_("Les fichiers de cette archive sont trop lourds : 300 Mo au plus en tout."))
    brought = Brought()
    names = ("title", "year", "said", "path", "text", "address")
    known = set(Kept.objects.filter(pupil=viewer.person).values_list(*names))
    for thing in things:
        facts = _facts(thing)
        if facts is None:
            brought.refused.append(
                (_name_of(thing), _("Il y manque un titre, ou quelque chose n’y est pas comme attendu."))
            )
        elif tuple(facts[name] for name in names) in known:
            brought.known += 1
        else:
            _keep(viewer, archive, listed, thing, facts, brought)
    return brought


def _things(content: bytes) -> list[Any]:
    try:
        payload = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAPortfolio(_("« portfolio.json » ne se lit pas : l’archive a été changée.")) from error
    right = (
        isinstance(payload, dict) and payload.get("format") == FORMAT and payload.get("version") == VERSION
    )
    if not right or not isinstance(payload.get("things"), list):
        raise NotAPortfolio(_("Cette archive n’est pas un portfolio de Préau."))
    if len(payload["things"]) > MOST_THINGS:
        raise NotAPortfolio(_("Cette archive tient plus de choses qu’un portfolio ne peut en garder."))
    return list(payload["things"])


def _is_text(value: Any) -> bool:
    """Text that a database keeps: neither a zero nor half a sign."""
    if not isinstance(value, str) or "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name_of(thing: Any) -> str:
    title = thing.get("title") if isinstance(thing, dict) else None
    return title[:120] if _is_text(title) and title else _("Sans titre")


def _facts(thing: Any) -> dict[str, Any] | None:
    """What is kept of a thing; None when it says something else than words of the right length."""
    if not isinstance(thing, dict):
        return None
    most = {"title": 120, "path": 7, "said": 1_000, "text": 10_000, "address": 500, "year": 9}
    found = {name: thing.get(name, "") for name in most}
    if not all(_is_text(value) and len(value) <= most[name] for name, value in found.items()):
        return None
    if (
        not found["title"].strip()
        or found["path"] not in Kept.Path.values
        or not YEAR.fullmatch(found["year"])
    ):
        return None
    if found["address"] and not _is_web(found["address"]):
        return None
    # Who may read it is chosen anew, in the new school.
    return found | {"to_teachers": False, "to_guardians": False}


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _keep(
    viewer: Viewer,
    archive: ZipFile,
    listed: dict[str, Any],
    thing: dict[str, Any],
    facts: dict[str, Any],
    brought: Brought,
) -> None:
    name = str(thing.get("file") or "")
    try:
        if name and name not in brought.files:
            brought.files[name] = _file(viewer, archive, listed, name)
        file = brought.files[name] if name else None
        keeping.keep(viewer, facts | {"file": file})
    except UploadRefused as refusal:
        brought.refused.append((facts["title"], str(refusal)))
    except TooMany:
        brought.refused.append((facts["title"], _("Votre portfolio est plein.")))
    else:
        brought.kept += 1


def _file(viewer: Viewer, archive: ZipFile, listed: dict[str, Any], name: Any) -> Any:
    """The file of a thing, looked at as any that is sent: its kind, its weight, the antivirus. Raises UploadRefused."""
    info = listed.get(name) if isinstance(name, str) else None
    if info is None or info.is_dir():
        raise UploadRefused(_("Son fichier n’est pas dans l’archive."))
    if info.file_size > HEAVIEST:
        raise UploadRefused(_("Son fichier est trop lourd : 30 Mo au plus."))
    bare = name.rsplit("/", 1)[-1][-120:]
    content = archive.read(info)
    return keep_files(viewer, viewer.school_id or 0, [SimpleUploadedFile(bare, content)], HANDED_IN)[0]
