"""A folder of papers: `sujets.csv`, `exercices.csv`, and beside them PDFs, accessible versions and corrections in HTML.

Everything is read and checked first; one fault, and nothing is written. The columns are documented in `docs/annales.md`.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from preau.domains.catalogue.models import Licence, Resource
from preau.domains.exams.actions import (
    CorrectionDraft,
    ExamDraft,
    ExerciseDraft,
    PaperDraft,
    Report,
    publish,
)
from preau.domains.exams.imports import bodies, pdfs
from preau.domains.exams.models import Paper, Session, Track, Zone
from preau.foundation.csvfiles import Row, Sheet
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold, french

HOUSE = Path(__file__).parent.parent
STARTER, EXAMS = HOUSE / "starter", HOUSE / "data" / "exams.toml"
PAPERS_FILE, EXERCISES_FILE = "sujets.csv", "exercices.csv"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.(?:pdf|html)")
DURATION = re.compile(r"(?:(\d{1,2})\s?h\s?)?(\d{1,3})?(?:\s?min)?")
PAGES = re.compile(r"(\d{1,3})(?:\s?-\s?(\d{1,3}))?")
MOST_HTML = 2_000_000
# Words of our own addresses, which no exam may take.
TAKEN = {"recherche", "panier", "entrainement", "exercice"}
# Changes when what is made of a row does, so that every paper is written again.
READING = 1
NEEDED = ("cle", "examen", "titre", "matiere", "annee", "licence", "auteurs", "publie le")
OPTIONAL = (
    "voie",
    "serie",
    "session",
    "zones",
    "lieu",
    "partie",
    "duree",
    "coefficient",
    "definition",
    "ressources",
    "pdf",
    "page",
    "corrige",
    "corrige pdf",
    "auteurs du corrige",
    "corrige le",
    "etat",
)
OF_EXERCISES = ("sujet", "numero", "titre", "pages", "points", "duree", "notions", "competences")
OLDEST, LATEST = 1900, 2100


class InvalidFolder(ValueError):
    """Nothing was written: each fault with its file and its line."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


class Fault(ValueError):
    """What is wrong in one cell or one file, in a sentence."""


@dataclass
class Reading:
    """A folder read: papers ready to be written, what is to be known of them, and the faults that forbid it."""

    drafts: list[PaperDraft] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def plant(folder: Path = STARTER, source: str = "starter") -> Report:
    """Bring the papers of a folder in. A second time writes nothing. Raises InvalidFolder."""
    read = read_folder(folder)
    if read.faults:
        raise InvalidFolder(read.faults)
    return publish(source, exams(), read.drafts)


def exams() -> list[ExamDraft]:
    """The exams that papers may be of, in order."""
    entries = tomllib.loads(EXAMS.read_text(encoding="utf-8"))["exams"]
    return [
        ExamDraft(one["slug"], one["name"], one["short"], french(one["definition"]), order)
        for order, one in enumerate(entries)
    ]


def read_folder(folder: Path) -> Reading:
    """Everything in it, with each fault at its line; nothing is written."""
    reading = Reading()
    try:
        exercises = _rows(folder, EXERCISES_FILE, OF_EXERCISES[:3], OF_EXERCISES, is_needed=False)
        papers = _rows(folder, PAPERS_FILE, NEEDED, (*NEEDED, *OPTIONAL), is_needed=True)
    except (Unreadable, Fault) as error:
        reading.faults.append(str(error))
        return reading
    of_paper: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for line, cells in exercises:
        of_paper.setdefault(cells["sujet"], []).append((line, cells))
    one = _Folder(folder, of_paper, reading)
    for line, cells in papers:
        one.take(line, cells)
    for key in of_paper.keys() - one.seen.keys():
        reading.faults.append(
            _at(EXERCISES_FILE, of_paper[key][0][0], _("aucun sujet « %s » dans sujets.csv") % key)
        )
    one.look_for_doubles()
    return reading


def _at(name: str, line: int, message: object) -> str:
    return _("%(file)s, ligne %(line)s : %(said)s") % {"file": name, "line": line, "said": message}


def _rows(
    folder: Path, name: str, needed: Sequence[str], known: Sequence[str], *, is_needed: bool
) -> list[tuple[int, dict[str, str]]]:
    """The rows of one of the two files, by the names of their columns. Raises Fault, Unreadable."""
    path = folder / name
    if path.is_symlink() or not path.is_file():
        if is_needed:
            raise Fault(_("%s n’est pas dans ce dossier") % name)
        return []
    sheet = Sheet(lambda: path.open("rb"), name)
    if missing := [one for one in needed if one not in sheet.headings]:
        raise Fault(
            _("%(file)s : il manque les colonnes %(names)s") % {"file": name, "names": ", ".join(missing)}
        )
    if unknown := [heading for heading in sheet.headings if heading and heading not in known]:
        raise Fault(
            _("%(file)s : colonnes inconnues %(names)s") % {"file": name, "names": ", ".join(unknown)}
        )

    def cells(row: Row) -> dict[str, str]:
        return dict.fromkeys(known, "") | dict(zip(sheet.headings, row.cells, strict=False))

    return [(row.line, cells(row)) for row in sheet.rows()]


class _Folder:
    """One folder being read."""

    def __init__(
        self, folder: Path, exercises: Mapping[str, list[tuple[int, Mapping[str, str]]]], reading: Reading
    ) -> None:
        self.folder, self.exercises, self.reading = folder, exercises, reading
        self.exams = {exam.slug for exam in exams()}
        self.seen: dict[str, int] = {}
        self.files: dict[str, int] = {}
        self.sittings: dict[tuple[Any, ...], int] = {}
        self.resources = set(Resource.objects.published().values_list("key", flat=True))

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        """One paper, or its faults."""
        paper = _OnePaper(self, line, cells)
        draft = paper.draft()
        if draft:
            self.reading.drafts.append(draft)

    def look_for_doubles(self) -> None:
        """A file, or a sitting, that another paper already has in the database."""
        keys = {draft.key for draft in self.reading.drafts}
        digests = [digest for digest in self.files if digest]
        for key, digest in (
            Paper.objects.filter(pdf__in=digests).exclude(key__in=keys).values_list("key", "pdf")
        ):
            message = _("doublon : ce PDF est déjà celui du sujet %s") % key
            self.reading.faults.append(_at(PAPERS_FILE, self.files[digest], message))


class _OnePaper:
    """One row of `sujets.csv`, with its exercises and its files."""

    def __init__(self, home: _Folder, line: int, cells: Mapping[str, str]) -> None:
        self.home, self.line, self.cells, self.is_sound = home, line, cells, True

    def draft(self) -> PaperDraft | None:
        """The paper, or None once its faults are told."""
        key = self._ask("cle", self._key)
        facts = {
            "title": self._ask("titre", _text(200)),
            "track": self._ask("voie", _one(Track)),
            "series": self._ask("serie", _text(100, needed=False)),
            "subject": self._ask("matiere", _text(100)),
            "year": self._ask("annee", _year),
            "session": self._ask("session", _one(Session)) or Session.NORMAL,
            "zones": self._ask("zones", _many(Zone)),
            "place": self._ask("lieu", _text(120, needed=False)),
            "sitting": self._ask("partie", _text(40, needed=False)),
            "duration": self._ask("duree", _minutes),
            "coefficient": self._ask("coefficient", _number(Decimal(1), Decimal(100))),
            "licence": self._ask("licence", _licence),
            "authors": self._ask("auteurs", _list),
            "definition_url": self._ask("definition", _address),
            "published": self._ask("publie le", _day),
            "status": self._ask("etat", _state),
        }
        pdf, page = self._ask("pdf", self._pdf), self._ask("page", self._page)
        resources = self._ask("ressources", self._resources)
        if not self.is_sound:
            return None
        exercises = self._exercises(page, pdf)
        correction = self._correction({draft.number for draft in exercises})
        if not pdf and not page:
            self._fault("pdf", _("ni PDF ni page : il n’y a rien à lire"))
        self._same_sitting(facts)
        if not self.is_sound:
            return None
        facts |= {
            "intro": page.intro if page else "",
            "text": pdf.text if pdf else "",
            "pdf_pages": len(pdf.pages) if pdf else 0,
        }
        self._notices(pdf, correction, exercises, facts)
        content, own = (pdf.content, pdf.digest) if pdf else (b"", "")
        digest = _digest(key, facts, exercises, correction, resources, own)
        return PaperDraft(key, digest, facts, exercises, correction, resources, content, own)

    # Faults and notices

    def _ask(self, name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(self.cells[name])
        except (Fault, pdfs.BadPdf, bodies.BadBody) as error:
            self._fault(name, error)
            return None

    def _fault(self, name: str, reason: object, line: int = 0, file: str = PAPERS_FILE) -> None:
        self.is_sound = False
        message = _("colonne « %(name)s », %(said)s") % {"name": name, "said": reason}
        self.home.reading.faults.append(_at(file, line or self.line, message))

    def _notices(
        self, pdf: Any, correction: Any, exercises: Sequence[ExerciseDraft], facts: Mapping[str, Any]
    ) -> None:
        notices = []
        if facts["status"] == Paper.Status.WITHDRAWN:
            notices.append(_("retiré : il n’est plus montré"))
        if correction is None:
            notices.append(_("pas de correction"))
        elif not correction.pdf and (
            lost := [exercise.number for exercise in exercises if exercise.number not in correction.parts]
        ):
            notices.append(_("pas de correction pour %s") % ", ".join(lost))
        if pdf and not pdf.has_text:
            notices.append(
                _("le PDF n’a pas de texte : une reconnaissance de caractères (OCR) est nécessaire")
            )
        if not exercises:
            notices.append(_("pas d’exercice : le sujet ne se trouve qu’en entier"))
        self.home.reading.notices += [_at(PAPERS_FILE, self.line, one) for one in notices]

    def _same_sitting(self, facts: Mapping[str, Any]) -> None:
        """Two papers of one exam, subject, session, zone and part are one, told twice."""
        names = ("track", "series", "subject", "year", "session", "place", "sitting", "title")
        sitting = (self.cells["examen"], *(fold(str(facts[name])) for name in names), *facts["zones"])
        former = self.home.sittings.setdefault(sitting, self.line)
        if former != self.line:
            self._fault("titre", _("doublon : c’est le sujet de la ligne %s") % former)

    # Cells that look elsewhere

    def _key(self, typed: str) -> str:
        exam = self.cells["examen"]
        if exam not in self.home.exams or exam in TAKEN:
            raise Fault(
                _("l’examen « %(name)s » n’est pas un de ceux-ci : %(known)s")
                % {"name": exam, "known": ", ".join(sorted(self.home.exams))}
            )
        if not SLUG.fullmatch(typed) or len(typed) > 70:
            raise Fault(_("« %s » : des minuscules, des chiffres et des tirets, sans accent") % typed)
        former = self.home.seen.setdefault(typed, self.line)
        if former != self.line:
            raise Fault(_("doublon : c’est la clé de la ligne %s") % former)
        return f"{exam}/{typed}"

    def _resources(self, typed: str) -> list[str]:
        keys = _list(typed, needed=False)
        if unknown := [key for key in keys if key not in self.home.resources]:
            raise Fault(_("ressources inconnues : %s") % ", ".join(unknown))
        return keys

    def _path(self, typed: str, ending: str) -> Path:
        if not FILE.fullmatch(typed) or not typed.endswith(ending):
            raise Fault(
                _("« %(name)s » n’est pas le nom d’un fichier %(ending)s de ce dossier")
                % {"name": typed, "ending": ending}
            )
        path = self.home.folder / typed
        if path.is_symlink() or not path.is_file():
            raise Fault(_("« %s » n’est pas dans ce dossier") % typed)
        return path

    def _pdf(self, typed: str) -> pdfs.Pdf | None:
        if not typed:
            return None
        found = pdfs.read(self._path(typed, ".pdf"))
        former = self.home.files.setdefault(found.digest, self.line)
        if former != self.line:
            raise Fault(_("doublon : c’est le PDF de la ligne %s") % former)
        return found

    def _page(self, typed: str) -> bodies.Body | None:
        if not typed:
            return None
        path = self._path(typed, ".html")
        if path.stat().st_size > MOST_HTML:
            raise Fault(_("la page pèse plus de 2 Mo"))
        try:
            return bodies.read(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise Fault(_("la page n’est pas en UTF-8")) from None

    # What is in the paper

    def _exercises(self, page: bodies.Body | None, pdf: pdfs.Pdf | None) -> list[ExerciseDraft]:
        drafts: list[ExerciseDraft] = []
        for line, cells in self.home.exercises.get(self.cells["cle"], ()):
            try:
                draft = _exercise(cells, page, pdf)
            except Fault as error:
                self._fault("exercice", error, line, EXERCISES_FILE)
                continue
            if any(one.number == draft.number for one in drafts):
                reason = _("doublon : l’exercice %s est déjà dans ce sujet") % draft.number
                self._fault("numero", reason, line, EXERCISES_FILE)
            drafts.append(draft)
        named = {draft.number for draft in drafts}
        if self.is_sound and page and (lost := [part for part in page.parts if part not in named]):
            self._fault("page", _("exercices qui ne sont pas dans exercices.csv : %s") % ", ".join(lost))
        return drafts

    def _correction(self, numbers: set[str]) -> CorrectionDraft | None:
        cells = self.cells
        if not cells["corrige"] and not cells["corrige pdf"]:
            return None
        page = self._ask("corrige", self._page)
        pdf = self._ask("corrige pdf", lambda typed: pdfs.read(self._path(typed, ".pdf")) if typed else None)
        authors, day = self._ask("auteurs du corrige", _list), self._ask("corrige le", _day)
        if page and (lost := [part for part in page.parts if part not in numbers]):
            self._fault("corrige", _("corrections d’exercices qui n’existent pas : %s") % ", ".join(lost))
        if not self.is_sound:
            return None
        content, digest = (pdf.content, pdf.digest) if pdf else (b"", "")
        parts = dict(page.parts) if page else {}
        return CorrectionDraft(authors, day, page.intro if page else "", parts, content, digest)


def _exercise(cells: Mapping[str, str], page: bodies.Body | None, pdf: pdfs.Pdf | None) -> ExerciseDraft:
    """One row of `exercices.csv`. Its words are those of the page, else those of its pages of the PDF. Raises Fault."""
    number = _text(40)(cells["numero"])
    first, last = _pages(cells["pages"], len(pdf.pages) if pdf else 0)
    html = page.parts.get(number, "") if page else ""
    if page and not html and not pdf:
        raise Fault(_("l’exercice %s n’est pas dans la page du sujet") % number)
    text = bodies.words(html) if html else (pdf.text_of(first, last) if pdf and first and last else "")
    facts = {
        "title": _text(300)(cells["titre"]),
        "html": html,
        "text": text,
        "first_page": first,
        "last_page": last,
        "points": _number(Decimal(0), Decimal(999))(cells["points"]),
        "duration": _minutes(cells["duree"]),
        "notions": _list(cells["notions"], needed=False),
        "competences": _list(cells["competences"], needed=False),
    }
    return ExerciseDraft(number, facts)


def _digest(*values: Any) -> str:
    return sha256(repr((READING, *values)).encode()).hexdigest()


# Cells


def _text(longest: int, *, needed: bool = True) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if (needed and not typed) or len(typed) > longest:
            raise Fault(_("un texte de 1 à %s signes est attendu") % longest)
        return french(typed)

    return read


def _list(typed: str, *, needed: bool = True) -> list[str]:
    found = [french(one.strip()) for one in typed.split("|") if one.strip()]
    if needed and not found:
        raise Fault(_("au moins un nom est attendu, séparé des autres par « | »"))
    if any(len(one) > 120 for one in found):
        raise Fault(_("un nom dépasse 120 signes"))
    return list(dict.fromkeys(found))


def _one(choices: Any) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if typed and typed not in choices.values:
            raise Fault(
                _("« %(word)s » n’est pas un de ces mots : %(known)s")
                % {"word": typed, "known": ", ".join(choices.values)}
            )
        return typed

    return read


def _many(choices: Any) -> Callable[[str], list[str]]:
    return lambda typed: [_one(choices)(one) for one in _list(typed, needed=False)]


def _licence(typed: str) -> str:
    """Needed: without it nobody knows what may be done with the paper."""
    if not typed:
        raise Fault(_("une licence est attendue : %s") % ", ".join(Licence.values))
    return _one(Licence)(typed)


def _state(typed: str) -> str:
    known = {"": Paper.Status.PUBLISHED, "publie": Paper.Status.PUBLISHED, "retire": Paper.Status.WITHDRAWN}
    if fold(typed) not in known:
        raise Fault(_("« publié » ou « retiré »"))
    return known[fold(typed)]


def _year(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and OLDEST <= int(typed) <= LATEST):
        raise Fault(_("une année est attendue, comme 2026"))
    return int(typed)


def _minutes(typed: str) -> int | None:
    """« 240 », « 4 h », « 3 h 30 », « 45 min »."""
    if not typed:
        return None
    found = DURATION.fullmatch(typed)
    if not found or not any(found.groups()):
        raise Fault(_("une durée est attendue, comme « 240 » (minutes) ou « 3 h 30 »"))
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    if not 0 < minutes <= 1_000:
        raise Fault(_("une durée de 1 à 1 000 minutes est attendue"))
    return minutes


def _number(least: Decimal, most: Decimal) -> Callable[[str], Decimal | None]:
    def read(typed: str) -> Decimal | None:
        if not typed:
            return None
        try:
            found = Decimal(typed.replace(",", "."))
        except InvalidOperation:
            found = most + 1
        if not found.is_finite() or not least <= found <= most or found != round(found, 2):
            raise Fault(_("un nombre de %(least)s à %(most)s est attendu") % {"least": least, "most": most})
        return found.normalize()

    return read


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Fault(_("une date est attendue, comme 2026-11-28")) from None


def _address(typed: str) -> str:
    if typed and (urlsplit(typed).scheme != "https" or not urlsplit(typed).hostname or len(typed) > 300):
        raise Fault(_("une adresse en https:// est attendue"))
    return typed


def _pages(typed: str, count: int) -> tuple[int | None, int | None]:
    if not typed:
        return None, None
    found = PAGES.fullmatch(typed)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 0 < first <= last or (count and last > count):
        raise Fault(_("des pages du PDF sont attendues, comme « 2 » ou « 2-4 »"))
    return first, last
