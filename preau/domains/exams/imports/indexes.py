"""Indexes of papers that are elsewhere: each row becomes an exercise of a paper « référencé », without file or licence.

Two are known, by their headings: an index of exercises of mathematics (identifier, session, place, notions), and one of subjects of
philosophy (year, series, place, session, subject). The files stay outside of Préau; what they say is not kept but in the rows.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from gzip import GzipFile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from preau.domains.exams.actions import ExerciseDraft, PaperDraft, Report, publish
from preau.domains.exams.imports.folder import InvalidFolder, exams
from preau.domains.exams.imports.places import zones_of
from preau.domains.exams.models import Session, Track
from preau.foundation.csvfiles import Row, Sheet
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold, french

MOST_BYTES = 50_000_000
MATHS, PHILOSOPHY = "annales-maths", "sujets-philosophie"
HEADINGS = {
    MATHS: ("examen", "id", "annee", "mois", "lieu", "jour", "numero", "type", "tags"),
    PHILOSOPHY: ("annee", "serie", "lieu", "session", "sujet"),
}
READING = 1
# For each word of the index: exam, track, series, subject.
G, T, P = Track.GENERAL, Track.TECHNOLOGICAL, Track.PROFESSIONAL
MATHS_EXAMS: Mapping[str, tuple[str, str, str, str]] = {
    "DNB": ("brevet", "", "Série générale", "Mathématiques"),
    "DNBPRO": ("brevet", P, "Série professionnelle", "Mathématiques"),
    "BAC": ("bac-general", G, "Spécialité mathématiques", "Mathématiques"),
    "E3C": ("bac-general", G, "Épreuves communes (E3C)", "Mathématiques"),
    "EAM": ("bac-general", G, "Épreuve anticipée de mathématiques", "Mathématiques"),
    "STI2D": ("bac-technologique", T, "STI2D", "Physique-chimie et mathématiques"),
    "STL": ("bac-technologique", T, "STL", "Physique-chimie et mathématiques"),
    "CRPE": ("crpe", "", "", "Mathématiques"),
    "EVACOM": ("evacom", "", "", "Mathématiques"),
}
PHILOSOPHY_SERIES: Mapping[str, tuple[str, str, str]] = {
    "GÉN.": ("bac-general", G, ""),
    "L": ("bac-general", G, "Série L"),
    "ES": ("bac-general", G, "Série ES"),
    "S": ("bac-general", G, "Série S"),
    "TECHN.": ("bac-technologique", T, "Séries technologiques"),
    "TMD": ("bac-technologique", T, "Série TMD"),
    "STI AA": ("bac-technologique", T, "Série STI arts appliqués"),
    "STHR": ("bac-technologique", T, "Série STHR"),
}
PHILOSOPHY_SESSIONS = {
    "NORMALE": Session.NORMAL,
    "REMPLACEMENT": Session.REPLACEMENT,
    "SECOURS": Session.SPARE,
}
# The same notion, written in several ways.
NOTIONS = {
    "Equations": "Équations",
    "Équation": "Équations",
    "Équation différentielle": "Équations différentielles",
    "Équation de droite": "Équations de droites",
    "Integration": "Intégration",
    "Primitive": "Primitives",
    "Inéquation": "Inéquations",
    "Aire": "Aires",
    "Calculs numériques": "Calcul numérique",
    "Programmes de calculs": "Programme de calculs",
    "Puisssances": "Puissances",
    "Réduction-agrandissement": "Agrandissement-réduction",
    "Algorithmie": "Algorithmique",
    "Algorithmique-programmation": "Algorithmique et programmation",
    "TVI": "Théorème des valeurs intermédiaires",
    "Logarithme népérien": "Logarithme",
}
MONTHS = {"03": "mars", "05": "mai", "06": "juin", "09": "septembre", "10": "octobre"}
NUMBERED = re.compile(r"(?:J(?P<day>\d) - )?(?P<said>.+)")
SPECIMEN = re.compile(r"(?:L3 )?sujet ?0|specimen", re.IGNORECASE)


@dataclass
class Loaded:
    """What an index holds and what was made of it: how many rows, exercises and papers, and each row that was left."""

    source: str
    rows: int = 0
    exercises: int = 0
    papers: int = 0
    left: list[str] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    report: Report = field(default_factory=Report)


@dataclass(frozen=True)
class _Entry:
    """One row, read: the paper that it is of, and the exercise."""

    paper: str
    facts: Mapping[str, Any]
    number: str
    title: str
    notions: Sequence[str]


class _RowSkipped(Exception):
    """Why this row is left."""


def load_index(path: Path, *, dry_run: bool = False) -> Loaded:
    """Load one of the two indexes, in one transaction. A second time writes nothing. Raises InvalidFolder."""
    source, rows = _opened(path)
    loaded = Loaded(source)
    drafts = _drafts(loaded, source, rows)
    loaded.papers = len(drafts)
    loaded.exercises = sum(len(draft.exercises) for draft in drafts)
    if not dry_run:
        loaded.report = publish(source, exams(), drafts)
    return loaded


def _opened(path: Path) -> tuple[str, Iterator[Row]]:
    """Which index it is, and its rows. Raises InvalidFolder."""
    try:
        content = _content(path)
        sheet = Sheet(lambda: BytesIO(content), path.name)
    except (OSError, EOFError, Unreadable) as error:
        raise InvalidFolder([str(error)]) from error
    for source, headings in HEADINGS.items():
        if tuple(sheet.headings) == headings:
            return source, sheet.rows()
    raise InvalidFolder([_("%s : ces colonnes ne sont celles d’aucun index connu") % path.name])


def _content(path: Path) -> bytes:
    with path.open("rb") as raw:
        opened: IO[bytes] = GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidFolder([_("%s : plus de 50 Mo une fois déplié") % path.name])
    return content


def _drafts(loaded: Loaded, source: str, rows: Iterator[Row]) -> list[PaperDraft]:
    read = {MATHS: _maths, PHILOSOPHY: _philosophy}[source]
    papers: dict[str, list[_Entry]] = {}
    seen: dict[tuple[str, str], int] = {}
    try:
        for line, cells, odd in rows:
            loaded.rows += 1
            try:
                entry = read(_cells(source, cells, odd))
                _once(seen, entry, line)
            except _RowSkipped as why:
                loaded.left.append(_("ligne %(line)s : %(why)s") % {"line": line, "why": why})
                continue
            papers.setdefault(entry.paper, []).append(entry)
            if not entry.facts["zones"]:
                loaded.places[entry.facts["place"]] += 1
    except Unreadable as error:
        raise InvalidFolder([str(error)]) from error
    return [_paper(key, entries) for key, entries in papers.items()]


def _cells(source: str, cells: Sequence[str], odd: str) -> dict[str, str]:
    """Raises _RowSkipped for a row that is not of the form of its headings."""
    if odd:
        raise _RowSkipped(_("elle n’a pas le nombre de cellules attendu"))
    return dict(zip(HEADINGS[source], cells, strict=True))


def _once(seen: dict[tuple[str, str], int], entry: _Entry, line: int) -> None:
    """Raises _RowSkipped for an exercise that the paper already has."""
    former = seen.setdefault((entry.paper, entry.number), line)
    if former != line:
        raise _RowSkipped(_("doublon de la ligne %s") % former)


def _paper(key: str, entries: Sequence[_Entry]) -> PaperDraft:
    facts = dict(entries[0].facts)
    drafts = [
        ExerciseDraft(
            entry.number, {"title": entry.title, "text": "", "html": "", "notions": list(entry.notions)}
        )
        for entry in entries
    ]
    digest = sha256(repr((READING, key, sorted(facts.items(), key=str), drafts)).encode()).hexdigest()
    return PaperDraft(key, digest, facts | {"published": _today()}, drafts)


def _today() -> date:
    return timezone.localdate()


def _facts(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "session": Session.NORMAL,
        "sitting": "",
        "authors": [],
        "licence": "",
        "intro": "",
        "text": "",
        "zones": zones_of(fields["place"]),
        **fields,
    }


# Exercises of mathematics


def _maths(cells: Mapping[str, str]) -> _Entry:
    """One exercise. Its identifier without its end is that of its paper."""
    if cells["examen"] not in MATHS_EXAMS:
        raise _RowSkipped(_("examen inconnu : %s") % cells["examen"])
    if not cells["annee"].isdigit() or not cells["id"]:
        raise _RowSkipped(_("ni année ni identifiant"))
    exam, track, series, subject = MATHS_EXAMS[cells["examen"]]
    stem, _mark, end = cells["id"].replace("-", "_").rpartition("_")
    if cells["examen"] == "EAM" and "technologique" in stem:
        exam, track = "bac-technologique", T
    place = (
        french(cells["lieu"])
        if not re.fullmatch(r"(?:L3 )?sujet.*|specimen\d*", cells["lieu"], re.IGNORECASE)
        else ""
    )
    part = " ".join(filter(None, [_part_of_eam(stem), cells["jour"], "" if place else cells["lieu"]]))
    facts = _facts(
        {
            "title": _title_of(series or cells["examen"], subject, cells, part),
            "track": track,
            "series": series,
            "subject": subject,
            "year": int(cells["annee"]),
            "place": place,
            "sitting": part[:40],
            "session": _session_of(cells),
        }
    )
    notions = [NOTIONS.get(" ".join(tag.split()), " ".join(tag.split())) for tag in cells["tags"].split("|")]
    notions = [french(notion) for notion in dict.fromkeys(notions) if notion and notion != "Hors programme"]
    label = _exercise_said(cells["numero"], end)
    title = f"{label}\u202f: {', '.join(notions[:4])}" if notions else label
    return _Entry(f"{exam}/{slugify(stem.replace('_', '-'))}", facts, end, title, notions)


def _part_of_eam(stem: str) -> str:
    """The early paper of mathematics has one for each kind of pupil, which its identifier alone says."""
    known = {"specialite": _("spécialité"), "specifique": _("enseignement spécifique")}
    return next((label for word, label in known.items() if f"eam_{word}" in stem), "")


def _title_of(name: str, subject: str, cells: Mapping[str, str], part: str) -> str:
    month = MONTHS.get(cells["mois"], cells["mois"].lower() if len(cells["mois"]) > 2 else "")
    place = cells["lieu"] if cells["lieu"] not in part else ""
    parts = [
        name if subject in name else f"{name}, {subject.lower()}",
        place,
        part,
        f"{month} {cells['annee']}".strip(),
    ]
    return french(", ".join(one for one in parts if one))[:200]


def _session_of(cells: Mapping[str, str]) -> str:
    if "secours" in fold(cells["lieu"]) or cells["numero"] == "secours":
        return Session.SPARE
    if SPECIMEN.match(cells["lieu"]):
        return Session.SPECIMEN
    september = cells["mois"] in {"Septembre", "09"} and cells["examen"] in {
        "DNB",
        "DNBPRO",
        "BAC",
        "STI2D",
        "STL",
    }
    return Session.SEPTEMBER if september else Session.NORMAL


def _exercise_said(number: str, end: str) -> str:
    """« Exercice 3 », « Mathématiques, question 2 »: the last word of the identifier where the number says something else."""
    found = NUMBERED.fullmatch(number)
    code = found["said"] if found else number
    if code in {"devoile", "secours"}:
        code = end
    if code.isdigit():
        return _("Exercice %s") % code
    if code.startswith("mq") and code[2:].isdigit():
        return _("Mathématiques, question %s") % code[2:]
    known = {
        "maths": _("Exercice de mathématiques"),
        "pcm": _("Exercice de physique-chimie et mathématiques"),
    }
    return known.get(code, french(code))


# Subjects of philosophy


def _philosophy(cells: Mapping[str, str]) -> _Entry:
    """One subject of an essay: the exercise is its question."""
    if cells["serie"] not in PHILOSOPHY_SERIES or cells["session"] not in PHILOSOPHY_SESSIONS:
        raise _RowSkipped(_("série ou session inconnue : %s") % f"{cells['serie']}, {cells['session']}")
    if not cells["annee"].isdigit() or not cells["sujet"]:
        raise _RowSkipped(_("ni année ni sujet"))
    exam, track, series = PHILOSOPHY_SERIES[cells["serie"]]
    place = _place_said(cells["lieu"])
    session = PHILOSOPHY_SESSIONS[cells["session"]]
    named = [
        _("Philosophie"),
        series,
        place,
        "" if session == Session.NORMAL else str(session.label),
        cells["annee"],
    ]
    facts = _facts(
        {
            "title": french(", ".join(filter(None, named)))[:200],
            "track": track,
            "series": series,
            "subject": _("Philosophie"),
            "year": int(cells["annee"]),
            "place": place,
            "session": session,
        }
    )
    key = slugify(f"philosophie {cells['annee']} {cells['serie']} {place} {session}")
    question = french(" ".join(cells["sujet"].split()))
    return _Entry(f"{exam}/{key}", facts, _number_of(question), question[:300], [])


def _number_of(question: str) -> str:
    """A question is told by its words: the index numbers none, and may be put in another order."""
    return slugify(fold(question))[:24].strip("-") + "-" + sha256(fold(question).encode()).hexdigest()[:8]


def _place_said(place: str) -> str:
    """« MÉTROPOLE + LA RÉUNION » as people write it; the index has some HTML in it."""
    plain = re.sub(r"<[^>]*>", " + ", place)
    words = [word if word in {"I", "I-IV", "II-III", "1"} else word.capitalize() for word in plain.split()]
    small = {"Du": "du", "De": "de", "Haut": "haut", "Niveau": "niveau"}
    return re.sub(
        r"-(\w)", lambda found: "-" + found[1].upper(), " ".join(small.get(word, word) for word in words)
    )
