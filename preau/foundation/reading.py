"""Reading files that others wrote: streamed, without DTD, entity or network; and the sentence for what is not taken."""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

CHUNK = 1 << 16
LONGEST_VALUE = 100_000
# The formats of the ministry nest a few levels; a record holds some thousand characters.
LONGEST_RECORD, LONGEST_TOKEN = 1_000_000, 1_000_000
_CODES = expat.errors.codes


class Unreadable(Exception):
    """A file that cannot be trusted: nothing of its delivery is applied. `line` is where reading stopped."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file}, ligne {line}\u202f: {reason}" if line else f"{file}\u202f: {reason}")
        self.file, self.line, self.reason = file, line, reason


class UnreadableFile(Exception):
    """Raised while reading, with the sentence; `read_xml` adds the file and the line."""


class XmlReader:
    """Feeds a file to expat. A child class has the handlers, and puts what it finds in `found`.

    Refused: a DTD with entities, anything to be fetched, endless tokens, deep nesting, a wrong name for the encoding.
    """

    root = ""
    foreign = ""
    deepest = 8

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.file, self.name = file, name
        self.found: list[Any] = []
        self.path: list[str] = []
        self.encoding = ""
        self.parser = self._make_parser()

    def _make_parser(self) -> Any:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.CommentHandler = self.text, self.comment
        parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = self._refuse_entity
        parser.SkippedEntityHandler = parser.ExternalEntityRefHandler = self._refuse_entity
        parser.XmlDeclHandler = self._declaration
        return parser

    @property
    def line(self) -> int:
        number: int = self.parser.CurrentLineNumber
        return number

    def __iter__(self) -> Iterator[Any]:
        """Raises Unreadable with the line and a French sentence."""
        watch = EncodingWatch()
        try:
            fed = 0
            while chunk := self.file.read(CHUNK):
                watch.see(chunk)
                fed += len(chunk)
                self.parser.Parse(chunk)
                self._refuse_endless(fed - self.parser.CurrentByteIndex)
                found, self.found = self.found, []
                yield from found
            self.parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
        except UnreadableFile as refusal:
            raise self.unreadable(str(refusal)) from None
        except expat.ExpatError as error:
            raise self.unreadable(self._sentence(error, watch)) from None
        except (LookupError, ValueError):
            raise self.unreadable(_("Le codage annoncé n’existe pas ou ne se lit pas.")) from None
        if self.encoding and watch.contradicts(self.encoding):
            sentence = _("Le fichier se dit en %(encoding)s, mais il est écrit en UTF-8.")
            raise Unreadable(self.name, 1, sentence % {"encoding": self.encoding})
        yield from self.found

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag opens; it is the last of `path`."""

    def end(self, tag: str) -> None:
        """A tag has closed; `path` is where it stood."""

    def text(self, data: str) -> None:
        """Characters, in parts."""

    def comment(self, data: str) -> None:
        """A comment."""

    def unreadable(self, reason: str) -> Unreadable:
        return Unreadable(self.name, self.line, reason)

    # expat's callbacks

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self.path.append(tag)
        if len(self.path) == 1 and self.root and tag != self.root:
            raise UnreadableFile(self.foreign)
        if len(self.path) > self.deepest:
            raise UnreadableFile(_("Les balises sont imbriquées trop profondément."))
        self.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self.end(self.path.pop())

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = encoding or ""

    def _refuse_entity(self, *_arguments: Any) -> Any:
        raise UnreadableFile(_("Le fichier contient une déclaration que Préau refuse par sécurité."))

    def _refuse_endless(self, waiting: int) -> None:
        """expat reads a token again with each chunk until it ends: a huge one would take minutes."""
        if waiting > LONGEST_TOKEN:
            raise UnreadableFile(_("Une valeur ou un commentaire n’en finit pas."))

    def _sentence(self, error: expat.ExpatError, watch: "EncodingWatch") -> str:
        if not watch.seen:
            return _("Le fichier est vide.")
        if error.code == _CODES[expat.errors.XML_ERROR_INVALID_TOKEN] and not watch.is_not_utf8:
            return _("Le fichier n’est pas un XML bien formé.")
        truncated = _("Le fichier s’arrête au milieu.")
        unknown = _("Le codage annoncé n’existe pas ou ne se lit pas.")
        sentences = {
            expat.errors.XML_ERROR_NO_ELEMENTS: truncated
            if self.path
            else _("Le fichier ne contient pas de données."),
            expat.errors.XML_ERROR_UNCLOSED_TOKEN: truncated,
            expat.errors.XML_ERROR_PARTIAL_CHAR: truncated,
            expat.errors.XML_ERROR_UNKNOWN_ENCODING: unknown,
            expat.errors.XML_ERROR_INCORRECT_ENCODING: unknown,
            expat.errors.XML_ERROR_UNDEFINED_ENTITY: _(
                "Le fichier contient une déclaration que Préau refuse par sécurité."
            ),
            expat.errors.XML_ERROR_INVALID_TOKEN: _("Un caractère ne se lit pas dans le codage annoncé."),
        }
        by_code = {_CODES[name]: sentence for name, sentence in sentences.items()}
        return by_code.get(error.code, _("Le fichier n’est pas un XML bien formé."))


class EncodingWatch:
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

    @property
    def is_cut(self) -> bool:
        """Does what was seen end in the middle of a letter of UTF-8?"""
        return bool(self._decoder.getstate()[0])

    def contradicts(self, encoding: str) -> bool:
        """Is this single-byte encoding a wrong name for UTF-8?"""
        return not encoding.lower().startswith("utf") and self._beyond_ascii and not self.is_not_utf8
