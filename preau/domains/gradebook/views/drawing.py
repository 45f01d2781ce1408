"""The rows and the heads of a grid as HTML. Not by the template: a grid has nearly a thousand cells, which would be half of its page."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.queries.grid import Row
from preau.domains.gradebook.rules.marking import plain
from preau.foundation import dates
from preau.foundation.text import ordinals


class Head(NamedTuple):
    """What the head of a column says. `later`: the day on which it is published, "" where it is or is a draft."""

    pk: int
    title: str
    scale: str
    day: SafeString | str
    facts: str
    is_draft: bool
    later: str


def heads_of(columns: Sequence[Assessment], now: datetime) -> list[Head]:
    """The heads of these columns, in their order."""
    return [
        Head(
            one.pk,
            one.title,
            plain(one.scale),
            ordinals(dates.short_day(one.day)[5:]),
            facts_of(one),
            one.published_at is None,
            dates.short_day(dates.local(one.published_at).date())
            if one.published_at and one.published_at > now
            else "",
        )
        for one in columns
    ]


def facts_of(assessment: Assessment) -> str:
    """« /20 · ×2 · bonus »."""
    parts = [f"/{plain(assessment.scale)}"]
    if assessment.coefficient != 1:
        parts.append(f"×{plain(assessment.coefficient)}")
    if assessment.mode != Assessment.Mode.NORMAL:
        parts.append(_("facult.") if assessment.mode == Assessment.Mode.OPTIONAL else _("bonus"))
    return " · ".join(parts)


def drawn_rows(rows: Sequence[Row], query: str, *, writes: bool) -> SafeString:
    """A row a pupil: the name, which leads to this pupil alone, the cells, the average. Cells hold numbers and our own codes, where nothing is to be escaped."""
    drawn, here = [], escape(query)
    for row in rows:
        pupil = row.pupil
        note = f"<small>{escape(pupil.note)}</small>" if pupil.arrived or pupil.left else ""
        drawn.append(
            f'<tr data-p="{pupil.public_id}"><th scope="row"><a href="?{here}&amp;eleve={pupil.public_id}">'
            f"<b>{escape(pupil.family_name.upper())}</b> {escape(pupil.given_name)}</a>{note}</th>"
        )
        for typed, version, low in row.cells:
            seen = f' data-v="{version}"' if writes and version else ""
            drawn.append(f"<td{seen}{LOW if low else ''}>{typed.said}</td>")
        drawn.append(f'<td class="m{row.bar}">{row.average_said}</td></tr>\n')
    return mark_safe("".join(drawn))  # nosec B308 B703  # noqa: S308 - names are escaped, the rest is numbers and codes of ours


LOW = ' class="low"'
