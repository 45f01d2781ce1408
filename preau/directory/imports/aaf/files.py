"""Reading the XML of the AAF (ficAlimMENESR): streamed, without DTD, entity or network.

Source of the format: « Annexe 4 bis » of the SDET, and the DTD ficAlimMENESR that every file names and nobody fetches.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext as _

CHUNK = 1 << 16
LONGEST_VALUE = 100_000
# A record of the AAF holds some thousand characters, four levels deep.
LONGEST_RECORD, DEEPEST, LONGEST_TOKEN = 1_000_000, 8, 1_000_000
ROOT = "ficAlimMENESR"
_CODES = expat.errors.codes
CATEGORIES = {"categoriePersonne", "categorieStructure", "categorieMef", "categorieMatiere"}


class Unreadable(Exception):
    """A file that cannot be trusted: nothing of its delivery is applied. `line` is where reading stopped."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file}, ligne {line}\u202f: {reason}" if line else f"{file}\u202f: {reason}")
        self.file, self.line, self.reason = file, line, reason


class Raw(NamedTuple):
    category: str
    id: str
    line: int
    attributes: dict[str, list[str]]


class _Refused(Exception):
    """Raised inside expat's callbacks."""


class Reader:
    """Records of one file. `header` holds what the comments before the first record say (versionAF…)."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.file, self.name = file, name
        self.header: dict[str, str] = {}
        self._found: list[Raw] = []
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._length = self._size = 0
        self._name = self._id = self._category = ""
        self._line = 0
        self._attributes: dict[str, list[str]] = {}
        self._values: list[str] = []
        self._encoding = ""
        self._parser = self._make_parser()

    def _make_parser(self) -> Any:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.CommentHandler = self._characters, self._comment
        parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = self._refuse_entity
        parser.SkippedEntityHandler = parser.ExternalEntityRefHandler = self._refuse_entity
        parser.XmlDeclHandler = self._declaration
        return parser

    def __iter__(self) -> Iterator[Raw]:
        """Raises Unreadable with the line and a French sentence."""
        watch = _EncodingWatch()
        try:
            fed = 0
            while chunk := self.file.read(CHUNK):
                watch.see(chunk)
                fed += len(chunk)
                self._parser.Parse(chunk)
                self._refuse_endless(fed - self._parser.CurrentByteIndex)
                found, self._found = self._found, []
                yield from found
            self._parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
        except _Refused as refusal:
            raise self._unreadable(str(refusal)) from None
        except expat.ExpatError as error:
            raise self._unreadable(self._sentence(error, watch)) from None
        except (LookupError, ValueError):
            raise self._unreadable(_("Le codage annoncé n’existe pas ou ne se lit pas.")) from None
        if self._encoding and watch.contradicts(self._encoding):
            said = _("Le fichier se dit en %(encoding)s, mais il est écrit en UTF-8.")
            raise Unreadable(self.name, 1, said % {"encoding": self._encoding})

    def _refuse_endless(self, waiting: int) -> None:
        """expat reads a token again with each chunk until it ends: a huge one would take minutes."""
        if waiting > LONGEST_TOKEN:
            raise _Refused(_("Une valeur ou un commentaire n’en finit pas."))

    def _unreadable(self, reason: str) -> Unreadable:
        return Unreadable(self.name, self._parser.CurrentLineNumber, reason)

    def _sentence(self, error: expat.ExpatError, watch: "_EncodingWatch") -> str:
        if not watch.seen:
            return _("Le fichier est vide.")
        if error.code == _CODES[expat.errors.XML_ERROR_INVALID_TOKEN] and not watch.is_not_utf8:
            return _("Le fichier n’est pas un XML bien formé.")
        truncated = _("Le fichier s’arrête au milieu.")
        unknown = _("Le codage annoncé n’existe pas ou ne se lit pas.")
        sentences = {
            expat.errors.XML_ERROR_NO_ELEMENTS: truncated
            if self._path
            else _("Le fichier ne contient pas de données."),
            expat.errors.XML_ERROR_UNCLOSED_TOKEN: truncated,
            expat.errors.XML_ERROR_PARTIAL_CHAR: truncated,
            expat.errors.XML_ERROR_UNKNOWN_ENCODING: unknown,
            expat.errors.XML_ERROR_INCORRECT_ENCODING: unknown,
            expat.errors.XML_ERROR_UNDEFINED_ENTITY: _(
                "Le fichier contient une entité : il est refusé par sécurité."
            ),
            expat.errors.XML_ERROR_INVALID_TOKEN: _("Un caractère ne se lit pas dans le codage annoncé."),
        }
        by_code = {_CODES[name]: sentence for name, sentence in sentences.items()}
        return by_code.get(error.code, _("Le fichier n’est pas un XML bien formé."))

    # expat's callbacks

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self._encoding = encoding or ""

    def _refuse_entity(self, *_arguments: Any) -> Any:
        raise _Refused(_("Le fichier contient une entité : il est refusé par sécurité."))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        path = self._path
        path.append(tag)
        if len(path) == 1 and tag != ROOT:
            raise _Refused(_("Ce n’est pas un fichier de l’annuaire fédérateur (AAF)."))
        if len(path) > DEEPEST:
            raise _Refused(_("Les balises sont imbriquées trop profondément."))
        if tag in {"value", "id"}:
            self._text, self._length = [], 0
        elif tag == "attr":
            self._name, self._values = attributes.get("name", ""), []
        elif tag == "addRequest":
            self._line = self._parser.CurrentLineNumber
            self._attributes, self._id, self._category, self._size = {}, "", "", 0
        elif tag in {"modifyRequest", "deleteRequest"}:
            raise _Refused(
                _("C’est une livraison partielle (delta) : seule une livraison complète est acceptée ici.")
            )

    def _end(self, tag: str) -> None:
        path = self._path
        path.pop()
        if tag == "value":
            self._size += self._length + 32
            if self._size > LONGEST_RECORD:
                raise _Refused(_("Un enregistrement dépasse un million de caractères."))
            self._values.append(" ".join("".join(self._text or ()).split()))
            self._text = None
        elif tag == "attr":
            self._end_attribute(path[-1] if path else "")
        elif tag == "id":
            self._id, self._text = " ".join("".join(self._text or ()).split()), None
        elif tag == "addRequest":
            self._found.append(Raw(self._category, self._id, self._line, self._attributes))

    def _end_attribute(self, parent: str) -> None:
        if parent == "operationalAttributes":
            if self._name in CATEGORIES and self._values:
                self._category = self._values[0]
        elif values := [value for value in self._values if value]:
            self._attributes.setdefault(self._name, []).extend(values)
        else:
            self._attributes.setdefault(self._name, [])

    def _characters(self, data: str) -> None:
        if self._text is not None:
            self._length += len(data)
            if self._length > LONGEST_VALUE:
                raise _Refused(_("Une valeur dépasse 100 000 caractères."))
            self._text.append(data)

    def _comment(self, data: str) -> None:
        name, equals, value = data.strip().partition("=")
        if equals and not self._line and len(data) < 200:
            self.header[name.strip()] = value.strip().strip("\"'")


class _EncodingWatch:
    """Tells a file that says ISO-8859-15 and is written in UTF-8: its accents would become « Ã© »."""

    def __init__(self) -> None:
        self.seen = False
        self.is_not_utf8 = False
        self._beyond_ascii = False
        self._decoder = getincrementaldecoder("utf-8")()

    def see(self, chunk: bytes) -> None:
        self.seen = self.seen or bool(chunk.strip())
        if self.is_not_utf8 or (chunk.isascii() and not self._decoder.getstate()[0]):
            return
        self._beyond_ascii = True
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError:
            self.is_not_utf8 = True

    def contradicts(self, encoding: str) -> bool:
        """Is this single-byte encoding a wrong name for UTF-8?"""
        return not encoding.lower().startswith("utf") and self._beyond_ascii and not self.is_not_utf8


def open_delivery(folder: Path) -> list[Path]:
    """The XML files of a delivery, in the order of their names; sub-folders are other deliveries."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".xml" and path.is_file())
