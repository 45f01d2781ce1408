"""Lines of the journal as files: a table to read, or a bundle that says by itself how to check it.

The bundle is a ZIP: the table, the very facts that seals cover, the seals, a notice in French, a manifest of digests as
`sha256sum -c` reads it, and its signature (Ed25519), that OpenSSL checks with the public key beside it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.journal import queries
from preau.commons.journal.actions import ExtractFile
from preau.commons.journal.models import Extract, Line, Seal
from preau.commons.journal.queries import LineQuery
from preau.directory.models import School
from preau.foundation import boards, csvtext, signed

PURPOSE = "journal"
TABLE, FACTS, SEALS, NOTICE, KEY = (
    "journal.csv",
    "lignes.jsonl",
    "sceaux.csv",
    "LISEZMOI.txt",
    "cle-publique.pem",
)
MANIFEST, SIGNATURE = "MANIFESTE.sha256", "MANIFESTE.sig"
SIGNED = (TABLE, FACTS, SEALS, NOTICE, KEY)
CHUNK = 2_000
MOST_OF_A_LINE = 100_000
Tell = Callable[[int], None]


def silent(done: int) -> None:
    """Nobody waits for news of it."""


def made(school: School, asked: LineQuery, shape: str, tell: Tell = silent) -> ExtractFile:
    """The file that was asked for. `tell` hears how many lines are read; what it raises stops the work."""
    name = f"journal-{school.uai}-{asked.first:%Y-%m-%d}-{asked.last:%Y-%m-%d}.{shape}"
    if shape == Extract.Shape.CSV:
        lines = _Lines(school, asked, tell)
        table = "".join(csvtext.lines(_header(), map(partial(_row, _words()), lines)))
        return ExtractFile(name, table.encode(), lines.count)
    return _bundle(school, asked, name, tell)


class _Lines:
    """The lines asked for, each once, a few at a time; and how many they were, and their seals."""

    def __init__(self, school: School, asked: LineQuery, tell: Tell) -> None:
        self.rows, self.tell, self.count = queries.asked_of(school, asked), tell, 0
        self.sealed: dict[int, int] = {}

    def __iter__(self) -> Iterator[Line]:
        for line in self.rows.iterator(chunk_size=CHUNK):
            if not self.count % CHUNK:
                self.tell(self.count)
            self.count += 1
            if line.seal:
                self.sealed[line.seal.number] = self.sealed.get(line.seal.number, 0) + 1
            yield line


def _words() -> dict[str, tuple[str, str]]:
    """The label of each verb, and the code that stands for it today: a former one may tell what its label does not."""
    return {verb: (str(word.label), word.verb) for verb, word in boards.journal_words_by_verb().items()}


def _header() -> list[str]:
    return [
        _("N°"),
        _("Date et heure"),
        _("Action"),
        _("Code de l’action"),
        _("Lecture ou changement"),
        _("Par"),
        _("En tant que"),
        _("Au sujet de"),
        _("Objet"),
        _("N° de l’objet"),
        _("Détails"),
        _("Sceau"),
    ]


def _row(words: dict[str, tuple[str, str]], line: Line) -> list[object]:
    label, code = words.get(line.verb, (line.verb, line.verb))
    return [
        line.pk,
        timezone.localtime(line.at).isoformat(timespec="seconds"),
        label,
        code,
        _("lecture") if line.is_read else _("changement"),
        line.actor.full_name if line.actor else "",
        line.acting_as,
        line.subject.full_name if line.subject else "",
        line.target,
        line.target_id or "",
        json.dumps(line.details, ensure_ascii=False, sort_keys=True) if line.details else "",
        line.seal.number if line.seal else "",
    ]


# The bundle


def _bundle(school: School, asked: LineQuery, name: str, tell: Tell) -> ExtractFile:
    lines = _Lines(school, asked, tell)
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive, TemporaryFile() as facts:
            digests = {TABLE: _kept(archive, TABLE, _table_and_facts(lines, facts))}
            facts.seek(0)
            digests[FACTS] = _kept(archive, FACTS, iter(lambda: facts.read(65_536), b""))
            digests[SEALS] = _kept(archive, SEALS, [_seals(school, lines).encode()])
            digests[NOTICE] = _kept(archive, NOTICE, [_notice(school, asked, lines.count).encode()])
            digests[KEY] = _kept(archive, KEY, [signed.public_key(PURPOSE)])
            manifest = "".join(f"{digests[one]}  {one}\n" for one in SIGNED).encode()
            archive.writestr(MANIFEST, manifest)
            archive.writestr(SIGNATURE, signed.sign(PURPOSE, manifest))
        file.seek(0)
        return ExtractFile(name, file.read(), lines.count)


def _kept(archive: ZipFile, name: str, pieces: Any) -> str:
    """Write one file of the archive as it comes; its digest."""
    sha = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            sha.update(piece)
    return sha.hexdigest()


def _table_and_facts(lines: _Lines, facts: IO[bytes]) -> Iterator[bytes]:
    """The table, while what its seals cover is put aside: each line is read once."""

    words = _words()

    def rows() -> Iterator[list[object]]:
        for line in lines:
            record = {"facts": queries.facts_of(line), "seal": line.seal.number if line.seal else None}
            facts.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            yield _row(words, line)

    for text in csvtext.lines(_header(), rows()):
        yield text.encode()


def _seals(school: School, lines: _Lines) -> str:
    """Each seal of these lines, with that before it, and how many of its lines are here."""
    wanted = sorted(lines.sealed)
    around = sorted({*wanted, *(number - 1 for number in wanted)})
    known = {seal.number: seal for seal in queries.seals_of(school.pk, around)}
    header = [
        _("Sceau"),
        _("Scellé le"),
        _("Lignes du sceau"),
        _("Lignes dans ce dossier"),
        _("Empreinte"),
        _("Empreinte du sceau d’avant"),
    ]
    rows = [
        [
            seal.number,
            timezone.localtime(seal.at).isoformat(timespec="seconds"),
            seal.count,
            lines.sealed[seal.number],
            seal.digest,
            known[seal.number - 1].digest if seal.number - 1 in known else "",
        ]
        for seal in (known[number] for number in wanted)
    ]
    return "".join(csvtext.lines(header, rows))


def _notice(school: School, asked: LineQuery, count: int) -> str:
    who = asked.person.full_name if asked.person else _("tout le monde")
    side = str(Extract.Side(asked.side).label) if asked.person else ""
    values = {
        "school": school.name,
        "uai": school.uai,
        "first": f"{asked.first:%d/%m/%Y}",
        "last": f"{asked.last:%d/%m/%Y}",
        "who": f"{who} ({side})" if side else who,
        "verb": asked.verb or _("toutes les actions"),
        "kind": Extract.Kind(asked.kind).label,
        "count": count,
        "now": timezone.localtime().isoformat(timespec="seconds"),
        "print": signed.fingerprint(PURPOSE),
    }
    return (
        _(
            """Extrait du journal de Préau

Établissement : %(school)s (%(uai)s)
Du %(first)s au %(last)s, jours compris
Personne : %(who)s
Action : %(verb)s
Lectures ou changements : %(kind)s
Lignes : %(count)s
Fait le %(now)s

Ce que contient ce dossier

journal.csv        les lignes, à lire dans un tableur
lignes.jsonl       les mêmes lignes, telles que les sceaux les couvrent
sceaux.csv         les sceaux de ces lignes, et l’empreinte de celui d’avant
MANIFESTE.sha256   l’empreinte de chaque fichier
MANIFESTE.sig      la signature du manifeste
cle-publique.pem   la clé qui vérifie cette signature

Vérifier que rien n’a changé depuis que ce dossier est fait

1. sha256sum -c MANIFESTE.sha256
2. openssl pkeyutl -verify -pubin -inkey cle-publique.pem -rawin -in MANIFESTE.sha256 -sigfile MANIFESTE.sig
3. sha256sum cle-publique.pem
   L’empreinte doit être celle que montre la page « Extraits du journal » du site, demandée à part :
   %(print)s

Vérifier que le journal lui-même n’a pas changé

L’empreinte d’un sceau est le SHA-256 de l’empreinte du sceau d’avant, en texte, suivie du champ « facts » de chacune de
ses lignes, dans l’ordre de leurs numéros, sans rien entre elles. Elle se recalcule quand toutes les lignes du sceau sont dans ce dossier
(même nombre dans les deux colonnes de sceaux.csv). Pour les autres, l’exploitant compare avec sa base et avec
les empreintes écrites dans ses journaux techniques (journal_sealed) : manage.py journal_verify <ce fichier>.

Une ligne sans sceau est trop récente pour en avoir un : les sceaux se posent toutes les heures.
"""
        )
        % values
    )


# Checking one


@dataclass
class Checked:
    """What was found of a bundle: each fault in a sentence, and what could be checked."""

    faults: list[str] = field(default_factory=list)
    lines: int = 0
    seals: int = 0
    whole_seals: int = 0
    compared: int = 0


def check(file: IO[bytes], *, with_database: bool = True) -> Checked:
    """Is a bundle as this site made it, are its seals right, and does the database still say the same?"""
    checked = Checked()
    try:
        with ZipFile(file) as archive:
            _check(archive, checked, with_database=with_database)
    except (BadZipFile, KeyError, ValueError, TypeError, IndexError) as error:
        checked.faults.append(f"This is not a bundle of the journal: {error}")
    return checked


def _check(archive: ZipFile, checked: Checked, *, with_database: bool) -> None:
    manifest = archive.read(MANIFEST)
    if not signed.is_signed(PURPOSE, manifest, archive.read(SIGNATURE)):
        checked.faults.append("The manifest was not signed by this site.")
    digest_by_name = dict(reversed(line.split("  ", 1)) for line in manifest.decode().splitlines())
    if sorted(archive.namelist()) != sorted([*SIGNED, MANIFEST, SIGNATURE]) or set(digest_by_name) != set(
        SIGNED
    ):
        checked.faults.append("It does not hold the files of a bundle, and no other.")
    for name in SIGNED:
        if _digest(archive, name) != digest_by_name.get(name):
            checked.faults.append(f"{name} is not the one that was signed.")
    if checked.faults:
        # What follows would speak of something that anybody may have written.
        return
    seals = _seals_told(archive)
    _check_lines(archive, seals, checked, with_database=with_database)


def _digest(archive: ZipFile, name: str) -> str:
    with archive.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class _SealLine:
    """A seal as a bundle tells it, and its lines that are here, by number."""

    number: int
    count: int
    here: int
    digest: str
    before: str
    facts: dict[int, str] = field(default_factory=dict)


def _seals_told(archive: ZipFile) -> dict[int, _SealLine]:
    rows = archive.read(SEALS).decode("utf-8-sig").splitlines()[1:]
    cut = [row.split(";") for row in rows]
    return {int(one[0]): _SealLine(int(one[0]), int(one[2]), int(one[3]), one[4], one[5]) for one in cut}


def _check_lines(
    archive: ZipFile, seals: dict[int, _SealLine], checked: Checked, *, with_database: bool
) -> None:
    schools = set()
    for some in _facts_told(archive, seals):
        checked.lines += len(some)
        schools |= {json.loads(facts)[5] for _number, facts in some}
        if with_database:
            _compare(some, seals, checked)
    checked.seals = len(seals)
    for seal in seals.values():
        _check_seal(seal, checked)
    if with_database:
        kept = dict(
            Seal.objects.filter(school_id__in=schools, number__in=seals).values_list("number", "digest")
        )
        changed = [seal.number for seal in seals.values() if kept.get(seal.number) != seal.digest]
        checked.faults += [f"Seal {number} is not the one of the database any more." for number in changed]


def _facts_told(archive: ZipFile, seals: dict[int, _SealLine]) -> Iterator[list[tuple[int, str]]]:
    """Number and facts of each line, some at a time; those of a seal are kept with it."""
    some: list[tuple[int, str]] = []
    with archive.open(FACTS) as file:
        while text := file.readline(MOST_OF_A_LINE):
            record = json.loads(text)
            number = json.loads(record["facts"])[0]
            if record["seal"] is not None:
                seals[record["seal"]].facts[number] = record["facts"]
            some.append((number, record["facts"]))
            if len(some) == CHUNK:
                yield some
                some = []
    if some:
        yield some


def _check_seal(seal: _SealLine, checked: Checked) -> None:
    if len(seal.facts) != seal.here:
        checked.faults.append(f"Seal {seal.number}: {len(seal.facts)} lines where {seal.here} are told.")
    if len(seal.facts) != seal.count:
        return
    sha = hashlib.sha256(seal.before.encode())
    for number in sorted(seal.facts):
        sha.update(seal.facts[number].encode())
    if sha.hexdigest() != seal.digest:
        checked.faults.append(f"Seal {seal.number}: its lines are not those that were sealed.")
    checked.whole_seals += 1


def _compare(some: Sequence[tuple[int, str]], seals: dict[int, _SealLine], checked: Checked) -> None:
    """Does the database still say the same of these lines? Those of a seal that was erased at its term say nothing any more."""
    known = Line.objects.in_bulk([number for number, _facts in some])
    lost = [(number, json.loads(facts)[5]) for number, facts in some if number not in known]
    erased = _erased_at_term(lost, seals) if lost else set()
    for number, facts in some:
        if number in erased:
            continue
        if number not in known:
            checked.faults.append(f"Line {number} is not in the database any more.")
        elif queries.facts_of(known[number]) != facts:
            checked.faults.append(f"Line {number} has changed in the database.")
    checked.compared += len(some) - len(erased)


def _erased_at_term(lost: Sequence[tuple[int, int | None]], seals: dict[int, _SealLine]) -> set[int]:
    """Those of these lines (number, school) of which the seal was erased at its term."""
    of_seal = {number: seal.number for seal in seals.values() for number in seal.facts}
    kept = Seal.objects.exclude(erased_at=None).filter(school_id__in={school for _number, school in lost})
    over = {(seal.school_id, seal.number) for seal in kept if queries.is_erased_at_term(seal)}
    return {number for number, school in lost if (school, of_seal.get(number)) in over}
