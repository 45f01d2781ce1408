"""PDFs that an operator brings: what they are, whether they do anything, and their words page by page."""

import json
import subprocess  # nosec B404
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_BYTES, MOST_PAGES, MOST_SIGNS = 30 * MEGABYTE, 200, 2_000_000
MEMORY, SECONDS = 1024 * MEGABYTE, 30
# Fewer letters than this on a page, and it is a picture of a page.
A_TEXT = 20
READER = Path(__file__).parent / "pdf_reader.py"
STARTS = (b"%PDF-1.", b"%PDF-2.")


class BadPdf(ValueError):
    """The sentence that says why it is not taken."""


@dataclass(frozen=True)
class Pdf:
    """A file that was read: its bytes, their digest, and the words of each page."""

    content: bytes
    digest: str
    pages: list[str]

    @property
    def has_text(self) -> bool:
        return sum(len(page) for page in self.pages) >= A_TEXT

    @property
    def text(self) -> str:
        return "\n\n".join(page for page in self.pages if page)

    def text_of(self, first: int, last: int) -> str:
        """The words of these pages, counted from 1, both included."""
        return "\n\n".join(page for page in self.pages[first - 1 : last] if page)


def read(path: Path) -> Pdf:
    """Raises BadPdf. Nothing of the file is read by this process but its first signs and its digest."""
    if path.is_symlink() or not path.is_file():
        raise BadPdf(_("ce n’est pas un fichier de ce dossier"))
    if path.stat().st_size > MOST_BYTES:
        raise BadPdf(_("il pèse plus de %(most)s Mo") % {"most": MOST_BYTES // MEGABYTE})
    content = path.read_bytes()
    if not content.startswith(STARTS):
        raise BadPdf(_("ce n’est pas un PDF, quoi que dise son nom"))
    return Pdf(content, sha256(content).hexdigest(), _pages(content))


def _pages(content: bytes) -> list[str]:
    limits = [str(one) for one in (MOST_PAGES, MOST_SIGNS, MEMORY, SECONDS)]
    command = [sys.executable, "-I", str(READER), *limits]
    try:
        answer = subprocess.run(  # nosec B603  # noqa: S603 - our own interpreter and script; the file is on its input
            command, input=content, capture_output=True, timeout=SECONDS, check=False, env={}
        )
        payload = json.loads(answer.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        # Killed by its limits, it says nothing.
        payload = {"refused": "heavy"}
    if refused := payload.get("refused"):
        raise BadPdf(_said(refused))
    return [str(page) for page in payload["pages"]]


def _said(refused: str) -> str:
    known = {
        "encrypted": _("il est protégé par un mot de passe"),
        "pages": _("il a plus de %(most)s pages") % {"most": MOST_PAGES},
        "dangerous": _("il contient un programme, un fichier joint ou une action : il est refusé"),
        "heavy": _("il demande trop de temps ou de mémoire pour être lu"),
    }
    return known.get(refused, _("il est abîmé : il ne se lit pas"))
