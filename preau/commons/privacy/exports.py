"""One's data as an archive, the register of processing as a file, what certifies an erasure: nothing that the pages do not say."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

import vobject
from django.conf import settings
from django.template import engines
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.privacy.models import SchoolErasure
from preau.commons.privacy.queries import taken
from preau.commons.privacy.queries.breach import Contact
from preau.commons.privacy.queries.contracts import words_of
from preau.commons.privacy.queries.held import EntryCount, Fact, Subject, facts_of, held_about, rows_of
from preau.commons.privacy.queries.register import Activity, Register
from preau.commons.privacy.words import Shape
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import csvtext, dates, opendocument, signed, vault
from preau.foundation.calendars import calendar_of
from preau.foundation.text import french

# Of each table, more lies on the disk while the archive is made.
IN_MEMORY = 256_000


def archive_of(subject: Subject, now: datetime, viewer: Viewer | None = None) -> bytes:
    """Everything, zipped: a page to read, the same as JSON, as a CSV a table, a card, a calendar, and the files themselves.

    Rows are read once and never all in memory: each file takes them as they come.
    """
    pages: Any = engines["pages"]
    template = pages.env.get_template("privacy/archive.html")
    zipped = BytesIO()
    with TemporaryFile() as data, ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        tables: dict[str, IO[bytes]] = {}
        with archive.open("donnees.html", "w") as page:
            for text in _pieces(template.stream(told=_told(subject, now, data, tables))):
                page.write(text.encode())
        data.seek(0)
        _copied(archive, "donnees.json", data)
        for name, table in tables.items():
            table.seek(0)
            _copied(archive, name, table)
            table.close()
        archive.writestr("contact.vcf", card_of(subject.person))
        if viewer:
            hours = taken.hours_of(subject, viewer)
            archive.writestr("agenda.ics", calendar_of(hours, opened_at=now, now=now))
            for number, file in enumerate(taken.files_for(subject, viewer), 1):
                _put(archive, f"fichiers/{number:03}-{file.name}", file.public_id)
    return zipped.getvalue()


def _copied(archive: ZipFile, name: str, source: IO[bytes]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        copyfileobj(source, file)


def _put(archive: ZipFile, name: str, public_id: str) -> None:
    """One file as it was sent. Its bytes may be gone with a lost disk: its row is in the tables all the same."""
    with suppress(FileNotFoundError), vault.path_of(public_id).open("rb") as source:
        _copied(archive, name, source)


def card_of(person: Person) -> str:
    """How to reach a person, as vCard (RFC 2426), which every address book reads."""
    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family=person.family_name, given=person.given_name)
    card.add("fn").value = person.full_name
    for name, value in (("email", person.email), ("tel", person.phone)):
        if value:
            card.add(name).value = value
    if person.birth_date:
        card.add("bday").value = person.birth_date.isoformat()
    text: str = card.serialize()
    return text


def _pieces(stream: Any) -> Iterator[str]:
    stream.enable_buffering(500)
    return iter(stream)


def _told(subject: Subject, now: datetime, data: IO[bytes], csvs: dict[str, IO[bytes]]) -> dict[str, Any]:
    """Everything that is held about a person, for the page; what the page has read is written to `data` as JSON, and to a
    file of `csvs` a table."""
    held = held_about(subject)
    header = {
        "person": subject.person.full_name,
        "made_at": now.isoformat(),
        "nothing_in": [str(one.entry.label) for one in held if not one.count],
    }
    tables = _tables([one for one in held if one.count], subject, header, _Out(data, csvs))
    return header | {"tables": tables}


@dataclass(frozen=True)
class _Out:
    """Where rows are written beside the page."""

    data: IO[bytes]
    csvs: dict[str, IO[bytes]]


def _tables(
    held: list[EntryCount], subject: Subject, header: dict[str, Any], out: _Out
) -> Iterator[dict[str, Any]]:
    """Each table with its rows, to be read in this order."""
    data = out.data
    data.write(_json(header)[:-1] + b', "tables": [')
    for number, one in enumerate(held):
        table = {
            "table": one.entry.model,
            "label": str(one.entry.label),
            "purpose": str(one.entry.purpose),
            "legal_basis": str(one.entry.legal_basis),
            "recipients": one.entry.readers.in_words,
            "retention": str(one.entry.keep.said),
        }
        data.write((b",\n" if number else b"\n") + _json(table)[:-1] + b', "rows": [')
        yield table | {"rows": _rows(one, subject, out)}
        data.write(b"]}")
    data.write(b"]}\n")


def _rows(held: EntryCount, subject: Subject, out: _Out) -> Iterator[list[Fact]]:
    rows = facts_of(held.entry, subject, rows_of(held.entry, subject))
    table = out.csvs[f"tableaux/{held.key}.csv"] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed once copied
    for number, facts in enumerate(rows):
        cells = [{"field": fact.name, "label": fact.label, "value": fact.value} for fact in facts]
        out.data.write((b",\n" if number else b"\n") + _json(cells))
        written = csvtext.lines([fact.label for fact in facts], [[fact.value for fact in facts]])
        lines = list(written)
        table.write("".join(lines if not number else lines[1:]).encode())
        yield facts


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# The register


def register_file(register: Register, shape: Shape, today: date) -> bytes:
    """The whole register, down to the name of each field: a workbook, or a page that stands alone and prints."""
    if shape == Shape.ODS:
        return opendocument.workbook(_("Registre des activités de traitement"), _sheets(register))
    pages: Any = engines["pages"]
    text: str = pages.env.get_template("privacy/register_file.html").render(register=register, today=today)
    return text.encode()


def _sheets(register: Register) -> Iterator[opendocument.Sheet]:
    columns = [
        _("N°"),
        _("Activité"),
        _("Partie de Préau"),
        _("Base légale"),
        _("Personnes"),
        _("Données"),
        _("Destinataires"),
        _("Durée de conservation"),
    ]
    activities = map(_line_of, register.activities)
    yield opendocument.Sheet(_("Activités"), columns, activities, (1.2, 6, 3.5, 5, 4, 12, 6, 6))
    yield opendocument.Sheet(_("Qui répond"), [_("Rôle"), _("Qui")], register.facts, (7, 12))
    rules = [
        (label, term.since.isoformat(), str(term.keep.said), str(term.text))
        for label, versions in register.terms
        for term in versions
    ]
    headings = [_("Quoi"), _("Depuis le"), _("Durée"), _("Ce qui est fait")]
    yield opendocument.Sheet(_("Durées"), headings, rules, (6, 3, 6, 9))
    measures = ([measure] for measure in register.measures)
    yield opendocument.Sheet(_("Sécurité"), [_("Mesure")], measures, (24,))
    leaving = ([one.to, one.what, one.where, _("oui") if one.is_on else _("non")] for one in register.leaving)
    headings = [_("À qui"), _("Quoi"), _("Serveurs"), _("En service ici")]
    yield opendocument.Sheet(_("Ce qui sort"), headings, leaving, (7, 10, 9, 3))


def _line_of(activity: Activity) -> list[object]:
    data = [
        f"{table.label} – {words}\u202f: {', '.join(names)}"
        for table in activity.tables
        for words, names in table.fields
    ]
    several = [activity.bases, activity.people, data, activity.recipients, activity.retentions]
    return [activity.number, activity.purpose, activity.house, *("\n".join(lines) for lines in several)]


# Whom to warn of a breach


def contact_header() -> list[str]:
    return [
        _("Nom de la personne touchée"),
        _("Son prénom"),
        _("Nom de qui prévenir"),
        _("Prénom de qui prévenir"),
        _("À quel titre"),
        _("Courriel"),
        _("Téléphone"),
        _("Ce qui a été ouvert ou changé"),
    ]


def contact_line(contact: Contact) -> list[object]:
    about, who = contact.about, contact.who
    return [
        about.family_name,
        about.given_name,
        who.family_name,
        who.given_name,
        _("responsable") if contact.is_guardian else _("la personne elle-même"),
        who.email,
        who.phone,
        ", ".join(contact.kinds),
    ]


# The end of a school's contract

CERTIFICATE = "privacy.contract_end"


def certificate_of(erasure: SchoolErasure) -> bytes:
    """What was erased at the end of a contract, in numbers, signed by this site (`is_certified`): nobody's name."""
    parts = list(erasure.parts.all())
    lines = [
        _("Attestation d’effacement d’un établissement à la fin de son contrat"),
        "",
        _("Établissement : %(name)s (%(uai)s)") % {"name": erasure.school.name, "uai": erasure.school.uai},
        _("Préparé le %(day)s") % {"day": _moment(erasure.prepared_at)},
        _("Confirmé par une autre personne le %(day)s") % {"day": _moment(erasure.confirmed_at)},
        _("Fini le %(day)s") % {"day": _moment(erasure.done_at)},
        _("Les sauvegardes de Préau faites avant ce jour sont détruites %(days)s jours après lui.")
        % {"days": settings.BACKUP_KEEP_DAYS},
        "",
        _("Personnes de cet établissement seul, effacées : %(count)s") % {"count": erasure.erased_people},
        _("Personnes d’un autre établissement aussi, qui restent à lui : %(count)s")
        % {"count": erasure.staying},
        _("Lignes effacées : %(count)s") % {"count": sum(part.erased for part in parts)},
        _("Lignes laissées, dont un autre établissement a besoin : %(count)s")
        % {"count": sum(part.left for part in parts)},
        _(
            "Restent jusqu’à leur terme légal de trois ans : le journal de l’établissement et les preuves de ses "
            "effacements, sans nom de personne ; restent aussi son nom et son numéro."
        ),
        "",
        _("Table : lignes effacées, lignes laissées"),
        *(f"{words_of(part.table)} ({part.table})\u202f: {part.erased}, {part.left}" for part in parts),
        "",
        _("Clé publique (SHA-256) : %(print)s") % {"print": signed.fingerprint(CERTIFICATE)},
    ]
    content = ("\n".join(french(line) for line in lines) + "\n").encode()
    return content + b"Signature (Ed25519): " + signed.sign(CERTIFICATE, content).hex().encode() + b"\n"


def _moment(moment: datetime | None) -> str:
    return dates.plain_day(timezone.localtime(moment)) if moment else "—"


def is_certified(certificate: bytes) -> bool:
    """Did this site sign these words, and are they still the same?"""
    content, _word, signature = certificate.rpartition(b"Signature (Ed25519): ")
    try:
        return signed.is_signed(CERTIFICATE, content, bytes.fromhex(signature.decode().strip()))
    except ValueError:
        return False
