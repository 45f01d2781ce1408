"""The words by which a text is found."""

from preau.foundation.richtext import showing
from preau.foundation.text import fold

MOST = 1_000


def words_of(html: str, *plain: str) -> str:
    """Those of formatted text and of plain ones, folded as `foundation.lookup` looks for them."""
    return fold(" ".join([*plain, showing.plain(html)]))[:MOST]
