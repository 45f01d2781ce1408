"""Mutants that change nothing, looked at one by one: the key that `make mutate` prints, and why no test can tell."""

EQUIVALENT: dict[str, str] = {}
