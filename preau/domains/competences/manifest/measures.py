"""What may be counted of the house without naming anyone."""

from preau.domains.competences.queries import measures
from preau.foundation import boards

for name, count in [
    ("competences.levels", measures.levels),
    ("competences.observed_levels", measures.observed_levels),
    ("competences.proved_levels", measures.proved_levels),
    ("competences.groups", measures.groups),
    ("competences.self_levels", measures.self_levels),
    ("competences.balances", measures.balances),
]:
    boards.measures.add(boards.Measure(name, count))
