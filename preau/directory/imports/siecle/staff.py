"""Those who work in the school, and what they teach: STSWEB."""

import re
from collections import defaultdict

from django.utils.translation import gettext as _

from preau.directory.imports.records import Raw
from preau.directory.imports.siecle import files
from preau.directory.imports.siecle.structures import TAGS, Structures, code_of, filled
from preau.directory.imports.siecle.told import FoundElement, SiecleFiles
from preau.directory.imports.staging.staged import STAFF, Staged
from preau.foundation.xmlrecords import Node

CIVILITIES = {"1": "M.", "2": "Mme", "3": "Mlle"}
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TAUGHT = {
    "class": ("ENTAuxEnsClasses", "ENTAuxEnsClassesMatieres"),
    "group": ("ENTAuxEnsGroupes", "ENTAuxEnsGroupesMatieres"),
}


class Staff:
    """People, each with a function a discipline, and the services that name them."""

    def __init__(self, siecle_files: SiecleFiles, staged: Staged, structures: Structures) -> None:
        self.told, self.staged, self.structures, self.place = (
            siecle_files,
            staged,
            structures,
            siecle_files.uai,
        )
        # key → attribute of the AAF → values
        self.services: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def stage(self) -> None:
        known = {key_of(one.node) for one in self.told.of("INDIVIDU")}
        self._join_services(known)
        for one in self.told.of("INDIVIDU"):
            key = key_of(one.node)
            self.staged.take(Raw(STAFF, key, one.line, self._person(key, one.node)), one.file)
        if substitutes := self.told.of("SUPPLEANT"):
            self.structures.warn(_("Les suppléants de STSWEB ne sont pas repris."), substitutes[0])

    def _join_services(self, known: set[str]) -> None:
        for kind, tag in TAGS.items():
            for one in self.told.of(tag, files.STS):
                if self.structures.knows(kind, code_of(one)):
                    self._join_services_of(kind, one, known)

    def _join_services_of(self, kind: str, found: FoundElement, known: set[str]) -> None:
        for service in found.node.each("SERVICES", "SERVICE"):
            for teacher in service.each("ENSEIGNANTS", "ENSEIGNANT"):
                key = key_of(teacher)
                if key in known:
                    self._teach(key, kind, code_of(found), service.attributes.get("CODE_MATIERE", ""))
                else:
                    sentence = _("Service d’un enseignant inconnu : il n’est pas repris.")
                    self.structures.warn(sentence, found, key)

    def _teach(self, key: str, kind: str, label: str, subject: str) -> None:
        plain, with_subject = TAUGHT[kind]
        value = "$".join(filter(None, (self.place, label, subject.strip())))
        values = self.services[key][with_subject if subject.strip() else plain]
        if label and value not in values:
            values.append(value)

    def _person(self, key: str, node: Node) -> dict[str, list[str]]:
        birth = node.said("NOM_PATRONYMIQUE")
        attributes = filled(
            sn=node.said("NOM_USAGE") or birth,
            ENTPersonNomPatro=birth or node.said("NOM_USAGE"),
            givenName=node.said("PRENOM"),
            personalTitle=CIVILITIES.get(node.said("CIVILITE"), "") or CIVILITIES.get(node.said("SEXE"), ""),
            ENTPersonDateNaissance=french_day(node.said("DATE_NAISSANCE")),
            ENTPersonStructRattach=self.place,
        )
        if functions := self._functions(key, node):
            attributes["ENTPersonFonctions"] = functions
        if headed := self._headed(node):
            attributes["ENTAuxEnsClassesPrincipal"] = headed
        return attributes | {name: list(values) for name, values in self.services.get(key, {}).items()}

    def _functions(self, key: str, node: Node) -> list[str]:
        """`school$ENS$$discipline code$label`, one a discipline. Whoever has services teaches, even when it is not said."""
        code = node.said("FONCTION") or ("ENS" if key in self.services else "")
        if not code:
            return []
        disciplines = [
            f"{self.place}${code}$${part.attributes.get('CODE', '').strip() or '-'}${part.said('LIBELLE_COURT')}"
            for part in node.each("DISCIPLINES", "DISCIPLINE")
        ]
        return disciplines or [f"{self.place}${code}"]

    def _headed(self, node: Node) -> list[str]:
        """The classes of a head teacher, without those that are over."""
        day = self.staged.day
        return [
            f"{self.place}${part.said('CODE_STRUCTURE')}"
            for part in node.each("PROFS_PRINC", "PROF_PRINC")
            if part.said("CODE_STRUCTURE")
            and not (
                day and (ends := part.said("DATE_FIN")) and DAY.fullmatch(ends) and ends < f"{day:%Y-%m-%d}"
            )
        ]


def key_of(node: Node) -> str:
    """`epp:3446`: the number alone is not one person's, the two lists of STSWEB (epp, local) overlap."""
    number, kind = (node.attributes.get(name, "").strip() for name in ("ID", "TYPE"))
    return f"{kind or 'individu'}:{number}" if number else ""


def french_day(text: str) -> str:
    """2009-09-01 as the AAF writes it: 01/09/2009. Anything else is left, and will be told unreadable."""
    found = DAY.fullmatch(text)
    return "/".join(reversed(found.groups())) if found else text
