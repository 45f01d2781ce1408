"""Pupils and those who answer for them, in both generations of the guardians' export."""

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from preau.directory.imports.records import Raw
from preau.directory.imports.siecle import files
from preau.directory.imports.siecle.structures import Structures, filled, places_in
from preau.directory.imports.siecle.told import FoundElement, SiecleFiles
from preau.directory.imports.staging import codes
from preau.directory.imports.staging.staged import GUARDIAN, PUPIL, Staged
from preau.directory.imports.staging.values import day_of
from preau.foundation.text import fold
from preau.foundation.xmlrecords import Node

# The numbers of pupils and of guardians are two lists that overlap.
GUARDIAN_KEY = "personne:"
CIVILITY_OF_SEX = {"1": "M.", "2": "Mme"}
SELF = {"7", "70"}
YES = {"1", "true"}
# A level of the new table with a kinship of the old one: exports of the years between the two have some.
NEW_KINSHIP_OF = {"1": "20", "2": "10", "3": "50", "4": "39", "5": "51", "6": "90", "7": "70"}


class Families:
    """Pupils with their classes and their links; then guardians."""

    def __init__(self, siecle_files: SiecleFiles, staged: Staged, structures: Structures) -> None:
        self.told, self.staged, self.structures, self.place = (
            siecle_files,
            staged,
            structures,
            siecle_files.uai,
        )
        self.pupils = {key_of(one): one for one in siecle_files.of("ELEVE")}
        self.people = {key_of(one): one for one in siecle_files.of("PERSONNE")}
        self.places: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"class": [], "group": []})
        self.links: dict[str, list[Node]] = defaultdict(list)
        self.oneself: dict[str, str] = {}

    def stage(self) -> None:
        self._join_places()
        self._join_links()
        for one in self.told.of("ELEVE"):
            key = key_of(one)
            self.staged.take(Raw(PUPIL, key, one.line, self._pupil(key, one.node)), one.file)
        for one in self.told.of("PERSONNE"):
            key = self._guardian_key(key_of(one))
            self.staged.take(Raw(GUARDIAN, key, one.line, self._guardian(one.node)), one.file)

    # Joining

    def _join_places(self) -> None:
        for one in self.told.of("STRUCTURES_ELEVE"):
            key = key_of(one)
            if key not in self.pupils:
                self.structures.warn(_("Classe d’un élève inconnu : elle n’est pas reprise."), one, key)
            for kind, code in places_in(one):
                if code not in self.places[key][kind]:
                    self.places[key][kind].append(code)
        if self.pupils and not any(places["class"] for places in self.places.values()):
            self.structures.warn(_("Aucun élève n’est dans une classe."), self.told.of("ELEVE")[0])

    def _join_links(self) -> None:
        """The links of each pupil, each told once: « sans » and « avec adresses » may come together."""
        found = self.told.of("RESPONSABLE_ELEVE")
        if found and files.PUPILS not in self.told.roots:
            self.structures.warn(
                _("Les responsables sont livrés sans les élèves : leurs liens ne sont pas repris."), found[0]
            )
            return
        for one in found:
            pupil = one.node.said("ELEVE_ID")
            if pupil not in self.pupils:
                self.structures.warn(_("Lien vers un élève inconnu : il n’est pas repris."), one, pupil)
            elif all(_facts(one.node) != _facts(other) for other in self.links[pupil]):
                self.links[pupil].append(one.node)
        self._find_oneself()

    def _find_oneself(self) -> None:
        """Pupils of age who answer for themselves have two numbers, and are one person."""
        linked = defaultdict[str, list[tuple[str, str]]](list)
        for pupil, links in self.links.items():
            for node in links:
                kinship = node.said("CODE_PARENTE").lstrip("0")
                linked[node.said("PERSONNE_ID")].append((pupil, kinship))
        for person, (first, *more) in linked.items():
            pupil, kinship = first
            same = person in self.people and self._are_same(pupil, person)
            if not more and kinship in SELF and same:
                self.oneself[person] = pupil

    def _are_same(self, pupil: str, person: str) -> bool:
        one, other = self.pupils[pupil].node, self.people[person].node
        return [fold(name) for name in names_of(one)] == [fold(name) for name in names_of(other)]

    # Records

    def _pupil(self, key: str, node: Node) -> dict[str, list[str]]:
        attributes = filled(
            **_person(node),
            ENTPersonDateNaissance=node.said("DATE_NAISS"),
            personalTitle=CIVILITY_OF_SEX.get(node.said("CODE_SEXE"), ""),
            ENTEleveINE=node.said("ID_NATIONAL", "INE_RNIE", "INE_BEA"),
            ENTEleveMEF=node.said("CODE_MEF"),
            ENTPersonStructRattach=self.place,
            ENTEleveDateSortieStructRattach=node.said("DATE_SORTIE", "DATE_SORTIE_ETAB"),
        )
        if others := [name for name in (node.said("PRENOM2"), node.said("PRENOM3")) if name]:
            attributes["ENTPersonAutresPrenoms"] = others
        return attributes | self._places_of(key, node) | self._links_of(key)

    def _places_of(self, key: str, node: Node) -> dict[str, list[str]]:
        places = self.places.get(key, {"class": [], "group": []})
        attributes = {
            "ENTEleveClasses": [f"{self.place}${code}" for code in places["class"]],
            "ENTEleveGroupes": [f"{self.place}${code}" for code in places["group"]],
        }
        if entered := self._entered(node):
            attributes["ENTEleveDateEntreeClasses"] = [
                f"{self.place}${entered}${code}" for here in places.values() for code in here
            ]
        return attributes

    def _links_of(self, key: str) -> dict[str, list[str]]:
        """Silent without the guardians' export: no link ends for want of it."""
        if files.GUARDIANS not in self.told.roots:
            return {}
        links = self.links.get(key, [])
        homes = [link.said("PERSONNE_ID") for link in links if link.said("HEBERGE_ELEVE").lower() in YES]
        return {
            "ENTElevePersRelEleve": [self._link(link) for link in links],
            "ENTEleveAdresseRel": [self._guardian_key(number) for number in homes],
        }

    def _entered(self, node: Node) -> str:
        """The day on which a pupil came, when it is in the year: the others are in their class from its first day."""
        text = node.said("DATE_ENTREE", "DATE_ENTREE_ELE")
        day = day_of(text, lambda _reason: None)
        year = min(self.told.years, default=None)
        return text if day and year and date(year, 9, 1) < day < date(year + 1, 8, 1) else ""

    def _link(self, node: Node) -> str:
        """`guardian$kinship$pays$level$to contact$is paid`."""
        kinship, level = self._meaning(node)
        pays, contact, paid = (
            "1" if node.said(*tags).lower() in YES else "0"
            for tags in (
                ("PAIE_FRAIS_SCOLAIRES", "RESP_FINANCIER"),
                ("A_CONTACTER_EN_PRIORITE", "PERS_CONTACT"),
                ("PERCOIT_LES_AIDES", "PERS_PAIEMENT"),
            )
        )
        guardian = self._guardian_key(node.said("PERSONNE_ID"))
        return f"{guardian}${kinship}${pays}${level}${contact}${paid}"

    def _meaning(self, node: Node) -> tuple[str, str]:
        """Kinship and level, of one generation: the tag of the level tells which it is, whatever the version declares."""
        kinship = node.said("CODE_PARENTE").lstrip("0")
        if level := node.said("NIVEAU_RESPONSABILITE"):
            if kinship not in codes.NEW_KINSHIP and self.staged.new is not True:
                kinship = NEW_KINSHIP_OF.get(kinship, "90")
            return NEW_KINSHIP_OF.get(kinship, kinship), level
        level = node.said("RESP_LEGAL")
        if self.staged.new is True:
            # The old level beside the old kinship: both of one table, whatever the version declares.
            kinship = NEW_KINSHIP_OF.get(kinship, kinship)
        legal_twice = level == "2" and kinship in codes.NEW_KINSHIP
        return kinship, "1" if legal_twice else level

    def _guardian_key(self, number: str) -> str:
        if not number:
            return ""
        return self.oneself.get(number) or f"{GUARDIAN_KEY}{number}"

    def _guardian(self, node: Node) -> dict[str, list[str]]:
        return filled(**_person(node), personalTitle=node.said("LC_CIVILITE", "LL_CIVILITE"))


def key_of(found: FoundElement) -> str:
    """The number of an element: an attribute, or in some versions a child."""
    for name in ("ELEVE_ID", "PERSONNE_ID"):
        if key := found.node.attributes.get(name, "").strip() or found.node.said(name):
            return key
    return ""


def names_of(node: Node) -> tuple[str, str, str]:
    """Usage name, birth name, given name."""
    birth = node.said("NOM_DE_FAMILLE", "NOM")
    return node.said("NOM_USAGE") or birth, birth, node.said("PRENOM", "PRENOM_USAGE")


def _facts(node: Node) -> list[tuple[str, str]]:
    return [(child.tag, child.text) for child in node.children]


def _person(node: Node) -> dict[str, str]:
    family, birth, given = names_of(node)
    return {
        "sn": family,
        "ENTPersonNomPatro": birth,
        "givenName": given,
        "mail": node.said("MEL"),
        "mobile": node.said("TEL_PORTABLE"),
        "homePhone": node.said("TEL_PERSONNEL"),
        "telephoneNumber": node.said("TEL_PROFESSIONNEL"),
    }
