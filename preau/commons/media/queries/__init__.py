"""What is kept of media, for whom, and how a page plays one."""

from preau.commons.media.queries.players import (
    Player,
    file_named,
    part_of,
    passages_of,
    player_of,
    text_of,
    written_named,
)
from preau.commons.media.queries.shelves import (
    Row,
    media_of,
    row_of,
    rows_of,
    seen,
    unfinished_of,
    used_by,
    used_in_all,
)

__all__ = [
    "Player", "Row", "file_named", "media_of", "part_of", "passages_of", "player_of", "row_of", "rows_of", "seen", "text_of",
    "unfinished_of", "used_by", "used_in_all", "written_named",
]  # fmt: skip
