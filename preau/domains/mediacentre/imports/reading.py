"""A file of the GAR → facts in our words, with the lines of what is left out. Nothing is written here.

Two answers are read, each as JSON or XML: « ListeRessources » (what a school has), and its subscriptions.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from preau.domains.mediacentre.imports import lined, nodes
from preau.domains.mediacentre.imports.lined import Lined
from preau.domains.mediacentre.models import BroughtList, Public
from preau.foundation.reading import Unreadable

LARGEST, MOST = 5_000_000, 3_000
UAI = re.compile(r"\d{7}[A-Z]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
ADDRESS = re.compile(r"https://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
PUBLICS = {
    "ELEVE": Public.PUPIL,
    "ENSEIGNANT": Public.TEACHER,
    "DOCUMENTALISTE": Public.LIBRARIAN,
    "AUTRE PERSONNEL": Public.OTHER,
}
NUMBERS = {
    "nbLicenceEleve": Public.PUPIL,
    "nbLicenceEnseignant": Public.TEACHER,
    "nbLicenceProfDoc": Public.LIBRARIAN,
    "nbLicenceAutrePersonnel": Public.OTHER,
}
UNLIMITED = "ILLIMITE"
Told = dict[str, Any]


class Aside(Exception):
    """One record is left out; the message says why."""


def read(content: bytes, name: str, uai: str) -> tuple[BroughtList.Kind, Told]:
    """The kind of a file, and its facts: `records`, `aside` (line, what, reason), `kept` (codes that were there, read or not).

    Raises Unreadable for a file that cannot be trusted, or that is another school's.
    """
    if len(content) > LARGEST:
        raise Unreadable(name, None, _("Le fichier dépasse 5 Mo."))
    if not content.strip():
        raise Unreadable(name, None, _("Le fichier est vide."))
    kind, records = _records(content, name)
    if len(records) > MOST:
        raise Unreadable(name, None, _("Le fichier compte plus de 3 000 lignes."))
    make = _resource if kind == BroughtList.Kind.RESOURCES else _subscription
    facts: Told = {"records": [], "aside": [], "kept": []}
    known: set[str] = set()
    for record in records:
        _take(record, make, uai, name, facts, known)
    if records and not facts["records"] and kind == BroughtList.Kind.RESOURCES:
        first = facts["aside"][0]
        raise Unreadable(
            name, first["line"], _("Aucune ressource ne se lit : %(why)s") % {"why": first["reason"]}
        )
    return kind, facts


def _take(
    record: Any,
    make: Callable[[Lined, str, str], list[Told]],
    uai: str,
    name: str,
    facts: Told,
    known: set[str],
) -> None:
    line = getattr(record, "line", 1)
    if not isinstance(record, Lined):
        facts["aside"].append({"line": line, "what": "", "reason": _("Ce n’est pas un enregistrement.")})
        return
    code = _text(record, "idRessource", 500) if make is _resource else _text(record, "idAbonnement", 100)
    what = _text(record, "nomRessource", 80) or _text(record, "libelleRessource", 80) or code[:80]
    try:
        _note_code(code, known)
        facts["records"] += make(record, uai, name)
    except Aside as aside:
        facts["aside"].append({"line": line, "what": what, "reason": str(aside)})
        facts["kept"].append(code)


def _note_code(code: str, known: set[str]) -> None:
    if not code:
        raise Aside(_("L’identifiant manque."))
    if code in known:
        raise Aside(_("Cet identifiant est déjà plus haut dans le fichier."))
    known.add(code)


def _records(content: bytes, name: str) -> tuple[BroughtList.Kind, list[Any]]:
    if content.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0").startswith(b"<"):
        root, found = nodes.parsed(content, name)
        return _kind_of(root), list(found)
    payload = lined.loads(content, name)
    if isinstance(payload, dict) and isinstance(error := payload.get("Erreur"), dict):
        reason = _text(error, "Message", 200) or _text(error, "Code", 200)
        raise Unreadable(name, 1, _("Le GAR n’a pas donné la liste : %(why)s") % {"why": reason})
    if isinstance(payload, list):
        return BroughtList.Kind.SUBSCRIPTIONS, payload
    for root, record in (("listeRessources", "ressource"), ("abonnements", "abonnement")):
        if isinstance(payload, dict) and root in payload:
            inside = payload[root]
            rows = inside.get(record, []) if isinstance(inside, dict) else inside
            return _kind_of(root), rows if isinstance(rows, list) else [rows]
    raise Unreadable(name, 1, _("Ce fichier n’est ni une liste de ressources du GAR ni des abonnements."))


def _kind_of(root: str) -> BroughtList.Kind:
    return BroughtList.Kind.RESOURCES if root == "listeRessources" else BroughtList.Kind.SUBSCRIPTIONS


def _resource(record: Lined, uai: str, file: str) -> list[Told]:
    """One resource of the list. Raises Aside, or Unreadable when it is another school's."""
    name, url = _text(record, "nomRessource", 250), _whole(record, "urlAccesRessource")
    if not name:
        raise Aside(_("Le nom de la ressource manque."))
    _check_address(url)
    theirs = uai_in(url)
    if theirs and theirs != uai:
        reason = _("Cette liste est celle de l’établissement %(uai)s.") % {"uai": theirs}
        raise Unreadable(file, record.line, reason)
    kind = record.get("typePresentation")
    return [
        {
            "code": _text(record, "idRessource", 500),
            "code_type": _text(record, "idType", 20),
            "name": name,
            "publisher": _text(record, "nomEditeur", 200),
            "url": url,
            "text": _text(record, "description", 2000),
            "kind": _text(kind, "nom", 120) if isinstance(kind, dict) else "",
            "subjects": _names(record.get("domaineEnseignement")),
            "levels": _names(record.get("niveauEducatif")),
        }
    ]


def _check_address(url: str) -> None:
    """Only the sites of the GAR: a list is a file, and a file may be forged to send pupils elsewhere. Raises Aside."""
    if not url:
        raise Aside(_("L’adresse d’accès manque."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Aside(_("L’adresse d’accès ne se lit pas.")) from None
    if not ADDRESS.fullmatch(url) or len(url) > 2000 or "@" in parts.netloc or port not in (None, 443):
        raise Aside(_("L’adresse d’accès n’est pas une adresse https ordinaire."))
    if not any(host == gar_host or host.endswith(f".{gar_host}") for gar_host in settings.GAR_HOSTS):
        raise Aside(_("L’adresse d’accès n’est pas un site du GAR : %(host)s") % {"host": host[:80]})


def uai_in(url: str) -> str:
    """The school that an address of the GAR names (`idEtab`, in base 64), "" when it names none."""
    for value in parse_qs(urlsplit(url).query).get("idEtab", []):
        try:
            plain = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        if found := UAI.match(plain):
            return found[0]
    return ""


def _subscription(record: Lined, uai: str, _file: str) -> list[Told]:
    """One subscription: a row, or one for each public that has a number of its own. Raises Aside."""
    theirs = _text(record, "uaiEtab", 45)
    if theirs and theirs != uai:
        raise Aside(_("Cet abonnement est celui de l’établissement %(uai)s.") % {"uai": theirs[:12]})
    resource = _text(record, "idRessource", 500)
    if not resource:
        raise Aside(_("L’identifiant de la ressource manque."))
    publics = [_public(one) for one in _several(record.get("publicCible"))]
    if not publics:
        raise Aside(_("Le public n’est pas dit."))
    starts, ends = _day(record, "debutValidite"), _day(record, "finValidite")
    if starts and ends and starts > ends:
        raise Aside(_("L’abonnement finit avant de commencer."))
    category = _whole(record, "categorieAffectation").lower()
    common = {
        "code": _text(record, "idAbonnement", 100),
        "resource": resource,
        "kind": _kind(record),
        "starts": starts,
        "ends": ends,
        "transferable": {"transferable": True, "non transferable": False}.get(category),
    }
    everybody = _number(record, "nbLicenceGlobale")
    if everybody is not None:
        return [common | {"share": "", "licences": everybody, "publics": sorted(set(publics))}]
    shares = {public: _number(record, field) for field, public in NUMBERS.items()}
    missing = [public for public in publics if shares[public] is None]
    if missing:
        raise Aside(
            _("Le nombre de licences manque pour un public : %(public)s.") % {"public": missing[0].label}
        )
    return [
        common | {"share": public, "licences": shares[public], "publics": [public]}
        for public in dict.fromkeys(publics)
    ]


def _kind(record: Lined) -> str:
    kind = {"INDIV": "person", "ETABL": "school"}.get(_whole(record, "typeAffectation").upper())
    if kind is None:
        raise Aside(_("Le type d’affectation n’est ni INDIV ni ETABL."))
    return kind


def _public(code: str) -> Public:
    if code.upper() not in PUBLICS:
        raise Aside(_("Public inconnu : %(public)s.") % {"public": code[:40]})
    return PUBLICS[code.upper()]


def _number(record: Lined, field: str) -> int | None:
    """A number of licences; -1 without a limit, None when it is not said."""
    text = _whole(record, field)
    if not text:
        return None
    if text.upper() == UNLIMITED:
        return -1
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise Aside(_("Un nombre de licences ne se lit pas : %(number)s.") % {"number": text[:20]})
    return int(text)


def _day(record: Lined, field: str) -> str:
    """« 2026-08-16T00:00:00.000+02:00 » → « 2026-08-16 »: both ends are days of the school."""
    text = _whole(record, field)
    if not text:
        return ""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Aside(_("Une date ne se lit pas : %(day)s.") % {"day": text[:30]}) from None


# Values of a record, whatever their shape


def _whole(record: dict[str, Any], field: str) -> str:
    value = record.get(field)
    if isinstance(value, bool | dict | list) or value is None:
        return ""
    return " ".join(CONTROL.sub(" ", str(value)).split())


def _text(record: dict[str, Any], field: str, longest: int) -> str:
    text = _whole(record, field)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _several(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one).strip() for one in values if isinstance(one, str) and one.strip()]


def _names(value: Any) -> list[str]:
    """The names of a list of concepts, twelve at most."""
    rows: Iterable[Any] = value if isinstance(value, list) else [value]
    names = [_text(row, "nom", 80) for row in rows if isinstance(row, dict)]
    return [name for name in dict.fromkeys(names) if name][:12]
