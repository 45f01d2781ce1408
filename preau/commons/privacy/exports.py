"""One's data as an archive: a page to read and a file for another program, with the same content."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string

from preau.commons.privacy import queries
from preau.commons.privacy.queries import Subject


def archive_of(subject: Subject, now: datetime) -> bytes:
    """donnees.html and donnees.json, zipped."""
    told = told_of(subject, now)
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        archive.writestr("donnees.json", json.dumps(told, ensure_ascii=False, indent=1))
        archive.writestr("donnees.html", render_to_string("privacy/archive.html", {"told": told}))
    return kept.getvalue()


def told_of(subject: Subject, now: datetime) -> dict[str, Any]:
    """Everything that is held about a person, as plain values."""
    return {
        "person": subject.person.full_name,
        "made_at": now.isoformat(),
        "tables": [_table(held, subject) for held in queries.held_about(subject) if held.count],
    }


def _table(held: queries.Held, subject: Subject) -> dict[str, Any]:
    entry = held.entry
    rows = queries.facts_of(entry, subject, queries.rows_of(entry, subject))
    return {
        "table": entry.model,
        "label": str(entry.label),
        "purpose": str(entry.purpose),
        "legal_basis": str(entry.legal_basis),
        "recipients": str(entry.recipients),
        "rows": [[{"field": f.name, "label": f.label, "value": f.value} for f in facts] for facts in rows],
    }
