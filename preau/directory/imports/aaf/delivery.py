"""AAF files, complete or deltas, of both degrees: what is read of them, and what their names and headers say."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from preau.directory.imports.aaf.files import Reader
from preau.directory.imports.staging.codes import generation_of
from preau.directory.imports.staging.staged import Staged, Tell
from preau.foundation.reading import Unreadable

# What is read of a record; the rest (addresses, transport, options…) is nobody's business here.
KEPT = frozenset(
    """
    sn givenName personalTitle mail mobile homePhone telephoneNumber ENTPersonNom ENTPersonPrenom ENTPersonCivilite
    ENTPersonMail ENTPersonMobileSMS ENTPersonNomPatro ENTPersonAutresPrenoms ENTPersonDateNaissance ENTPersonJointure
    ENTPersonStructRattach ENTPersonFonctions ENTPersonClasses ENTPersonGroupes ENTEleveINE ENTEleveMEF ENTEleveNiveau
    ENTElevePersRelEleve ENTEleveAutoriteParentale ENTEleveAdresseRel ENTEleveClasses ENTEleveGroupes
    ENTEleveDateEntreeClasses ENTEleveDateSortieClasses ENTEleveDateSortieStructRattach ENTAuxEnsClasses
    ENTAuxEnsGroupes ENTAuxEnsClassesMatieres ENTAuxEnsGroupesMatieres ENTAuxEnsClassesPrincipal ENTStructureJointure
    ENTStructureUAI ENTEtablissementUAI ENTStructureNomCourant ENTStructureTypeStruct ENTStructureTelephone
    ENTStructureClasses ENTStructureGroupes ENTServAcAcademie ENTServAcCodeAcademie ENTMefJointure ENTLibelleMef
    ENTMEFRattach ENTMEFSTAT11 ENTMatJointure ENTLibelleMatiere ENTMatiereRattach
    """.split()
)
# In the name of a file: does it tell everything, or what has changed?
MARKS = {"_complet_": True, "_delta_": False}


def read_aaf(paths: Iterable[Path], staged: Staged, tell: Tell) -> None:
    """Complete deliveries and deltas of both degrees."""
    whole, actions = set[bool](), set[str]()
    for path in paths:
        tell(path.name)
        staged.open(path.name)
        first, here = len(staged.spool.outcomes), set[str]()
        try:
            with path.open("rb") as file:
                reader = Reader(file, path.name, KEPT)
                for raw in reader:
                    here.add(raw.action)
                    staged.take(raw)
                _head(reader.header, path.name, staged)
            actions |= here
        except Unreadable as refusal:
            staged.leave(refusal, first)
        whole |= {is_whole for mark, is_whole in MARKS.items() if mark in path.name.lower()}
    if staged.refused and not actions:
        raise staged.refused[0]
    staged.new = generation_of(staged.versions)
    staged.is_delta = False in whole or bool(actions - {"add"})
    if staged.is_delta and True in whole:
        raise Unreadable(
            staged.spool.files[0],
            None,
            _("Une livraison complète et un delta ensemble : livrez-les l’un après l’autre."),
        )


def _head(header: dict[str, str], name: str, staged: Staged) -> None:
    if version := header.get("versionAF"):
        staged.versions.add(version)
    if academy := header.get("codeAcademieExport"):
        staged.academies.add(academy.lstrip("0")[:40])
    day = _day_in(header.get("dateGenerationExport", ""), "%d/%m/%Y")
    named = (_day_in(part, "%Y%m%d") for part in name.split("_") if len(part) == 8)
    for found in (day, *named):
        if found and (staged.day is None or found > staged.day):
            staged.day = found


def _day_in(text: str, shape: str) -> date | None:
    try:
        return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a date without hour
    except ValueError:
        return None
