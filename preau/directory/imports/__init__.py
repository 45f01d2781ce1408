"""Official files in: read → stage → compare → preview → apply, one pipeline whatever the format (docs/imports.md).

A folder a format (`aaf/`) turns files into the facts of `rules.facts`, staged in a `Spool`; `run` does the rest.
"""
