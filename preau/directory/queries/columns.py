"""What somebody said that the headings of a table mean."""

from preau.directory.models import ColumnWord


def column_words(school_id: int, table: str) -> dict[str, str]:
    """By folded heading, what the first column of that name holds in a table of this school (one query)."""
    words = ColumnWord.objects.filter(school=school_id, table=table, rank=0)
    return dict(words.values_list("heading", "field"))
