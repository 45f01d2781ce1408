"""Official files in: read → stage → compare → preview → apply, one pipeline whatever the format (docs/imports.md).

A folder a format (`aaf/`) reads its files into `staging`, in the words of the AAF; that makes of them the facts of `rules.facts`, and `run`
does the rest.
"""
