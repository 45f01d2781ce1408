"""What somebody typed, as it is kept and counted; the places of a phrase."""

from collections.abc import Mapping

from preau.domains.report_cards.models.settings import LSU_LIMIT

# What a phrase may hold, in the order in which a page says it.
PLACES = ("prénom", "matière", "moyenne")


class TooLong(ValueError):
    """A text of more signs than may be kept: how many."""

    def __init__(self, length: int, most: int) -> None:
        super().__init__(length)
        self.length, self.most = length, most


def kept_text(typed: str, most: int = LSU_LIMIT) -> str:
    """The text as it is kept: a line end is one sign, what stands around is taken off. Raises TooLong."""
    text = "\n".join(
        line.rstrip() for line in typed.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ).strip()
    if len(text) > most:
        raise TooLong(len(text), most)
    return text


def filled(phrase: str, word_by_place: Mapping[str, str]) -> str:
    """The phrase with its places filled; a place without a word stays as it is, to be seen."""
    for place in PLACES:
        if word_by_place.get(place):
            phrase = phrase.replace("{" + place + "}", word_by_place[place])
    return phrase


def places_left(text: str) -> list[str]:
    """The places that were left in a text: a family would read « {moyenne} »."""
    return [place for place in PLACES if "{" + place + "}" in text]
