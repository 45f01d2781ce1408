"""Files of the livret that somebody made: read whole, without DTD, entity or network, and taken as they are."""

from typing import IO, TypeVar

from django.utils.translation import gettext as _

from preau.domains.report_cards.livret.model import Livret
from preau.domains.report_cards.livret.tree import Element, Misread, thing_of
from preau.domains.report_cards.livret.versions import Version
from preau.foundation.reading import LONGEST_VALUE, Unreadable, UnreadableFile, XmlReader

MOST = 3_000_000
Told = TypeVar("Told")


class Reader(XmlReader):
    """Finds one thing, the root, with everything in it; texts are kept letter by letter."""

    deepest = 12

    def __init__(self, file: IO[bytes], name: str, version: Version) -> None:
        super().__init__(file, name)
        self.root, self.version = version.root, version
        self.foreign = _("Ce n’est pas un fichier du format « %(format)s ».") % {"format": version.format}
        self._open: list[Element] = []
        self._parts: list[list[str]] = []
        self._count = self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST:
            raise UnreadableFile(_("Il y a trop d’éléments dans ce fichier."))
        if not self._open and self.version.namespace not in _spaces(attributes):
            raise UnreadableFile(self.foreign)
        own_attributes = {name: value for name, value in attributes.items() if not _is_space(name)}
        element = Element(tag, own_attributes, line=self.line)
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._parts.append([])
        self._length = 0

    def text(self, data: str) -> None:
        if self._open:
            self._length += len(data)
            if self._length > LONGEST_VALUE:
                raise UnreadableFile(_("Une valeur dépasse 100 000 caractères."))
            self._parts[-1].append(data)

    def end(self, tag: str) -> None:
        element, text = self._open.pop(), "".join(self._parts.pop())
        if not element.children or text.strip():
            element.text = text
        if not self._open:
            self.found.append(element)


def _is_space(name: str) -> bool:
    return name == "xmlns" or name.startswith("xmlns:")


def _spaces(attributes: dict[str, str]) -> set[str]:
    return {value for name, value in attributes.items() if _is_space(name)}


def elements_of(file: IO[bytes], name: str, version: Version) -> Element:
    """The root of a file. Raises Unreadable, with the line and a French sentence."""
    root: Element = next(iter(Reader(file, name, version)))
    if root.attributes.get("schemaVersion", "") not in version.reads:
        sentence = _("La version « %(version)s » de ce format n’est pas connue ici.")
        raise Unreadable(name, root.line, sentence % {"version": root.attributes.get("schemaVersion", "")})
    return root


def livret_of(root: Element, name: str, kind: type[Told] = Livret) -> Told:  # type: ignore[assignment]
    """What these elements tell. Raises Unreadable where a value is not of its sort."""
    try:
        made: Told = thing_of(root, kind)
    except Misread as misread:
        sentence = _("L’attribut « %(name)s » de « %(tag)s » vaut « %(value)s », ce qui ne se lit pas.")
        values = {"name": misread.name, "tag": misread.element.tag, "value": misread.value[:40]}
        raise Unreadable(name, misread.element.line, sentence % values) from None
    return made


def read(file: IO[bytes], name: str, version: Version) -> Livret:
    """The livret of a file. Raises Unreadable."""
    return livret_of(elements_of(file, name, version), name)


def same(one: Element, other: Element, version: Version, parent: str = "") -> bool:
    """Do two elements say the same: attributes in any order, `1` as `true`, and the blanks between elements left aside?"""
    return (
        one.tag == other.tag
        and one.text == other.text
        and _canonical(one, version, parent) == _canonical(other, version, parent)
        and len(one.children) == len(other.children)
        and all(
            same(first, second, version, one.tag)
            for first, second in zip(one.children, other.children, strict=True)
        )
    )


def _canonical(element: Element, version: Version, parent: str) -> dict[str, str]:
    """Attributes by the one way to write each value that a schema calls canonical."""
    shape = version.shape(element.tag, parent)
    kinds = shape.attributes if shape else {}
    flags = {name for name, (kind, _required) in kinds.items() if kind.sort == "flag"}
    refs = {name for name, (kind, _required) in kinds.items() if kind.sort == "refs"}
    attributes = dict(element.attributes)
    for name in attributes.keys() & flags:
        attributes[name] = {"1": "true", "0": "false"}.get(attributes[name].strip(), attributes[name].strip())
    for name in attributes.keys() & refs:
        attributes[name] = " ".join(attributes[name].split())
    return attributes
