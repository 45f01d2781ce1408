"""How many messages a text costs: 3GPP TS 23.038, the alphabet of GSM; whatever holds another letter is sent in UCS-2, at half the room."""

from dataclasses import dataclass

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    + " "
    + "!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes two places.
EXTENDED = "\f^{}\\[~]|€"
ALONE, JOINED = {True: 160, False: 70}, {True: 153, False: 67}
# What a keyboard or `text.french` writes more finely than GSM can: the plain sign says the same, at half the price.
FINE = str.maketrans(
    {
        "\u202f": " ",
        "\xa0": " ",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "…": "...",
        "–": "-",
        "—": "-",
        "œ": "oe",
        "Œ": "OE",
        "\t": " ",
    }
)


def plain(text: str) -> str:
    """The same text in signs that a telephone has; letters with an accent stay as they are."""
    return text.translate(FINE).strip()


@dataclass(frozen=True)
class Length:
    """`units`: places taken; `parts`: messages to pay; `odd`: the letters that are not of GSM, each once, in their order."""

    units: int
    parts: int
    odd: str

    @property
    def is_gsm(self) -> bool:
        return not self.odd


def length_of(text: str) -> Length:
    """What a text costs. An empty one costs nothing."""
    odd = "".join(dict.fromkeys(char for char in text if char not in BASIC and char not in EXTENDED))
    widths = [_width(char, gsm=not odd) for char in text]
    units = sum(widths)
    if units <= ALONE[not odd]:
        return Length(units, min(units, 1), odd)
    return Length(units, _joined(widths, JOINED[not odd]), odd)


def _width(char: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if char in EXTENDED else 1
    return 2 if ord(char) > 0xFFFF else 1


def _joined(widths: list[int], room: int) -> int:
    """A letter of two places is not cut between two messages."""
    parts, left = 1, room
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return parts
