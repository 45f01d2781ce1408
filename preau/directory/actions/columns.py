"""What the headings of a school's own tables mean, said once."""

from collections import Counter
from collections.abc import Sequence

from preau.directory.models import ColumnWord, School
from preau.foundation.text import fold


def remember_columns(school: School | None, table: str, columns: Sequence[tuple[str, str]]) -> None:
    """Keep what somebody said of each heading (a field, or ""), proposed the next time."""
    seen: Counter[str] = Counter()
    words = []
    for title, key in columns:
        heading = fold(title)[:120]
        words.append(ColumnWord(school=school, table=table, heading=heading, rank=seen[heading], field=key))
        seen[heading] += 1
    ColumnWord.objects.bulk_create(
        words,
        update_conflicts=True,
        unique_fields=["school", "table", "heading", "rank"],
        update_fields=["field"],
    )
