"""Which source has the last word on a field, when several have brought the same person (docs/decisions/0077)."""

# Who somebody is, before the law: the State's files say it. How they are reached, whoever speaks last.
IDENTITY = frozenset(
    {
        "family_name",
        "given_name",
        "birth_name",
        "civil_given_names",
        "civility",
        "birth_date",
        "is_institution",
    }
)
# From the lowest: what a school types, what another tool holds, what the State delivers.
RANKS = (frozenset({"tableau"}), frozenset({"oneroster"}), frozenset({"aaf", "siecle", "onde"}))


def outranks(source: str) -> frozenset[str]:
    """The sources that have the last word over this one on who somebody is. Among equals, the latest has it."""
    rank = next((number for number, sources in enumerate(RANKS) if source in sources), len(RANKS))
    return frozenset().union(*RANKS[rank + 1 :])


def others_than(source: str) -> frozenset[str]:
    """Every other source there may be."""
    return frozenset().union(*RANKS) - {source}
