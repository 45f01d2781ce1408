"""The classes of the viewer, one class over a period, and the same as a spreadsheet."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Group, School
from preau.domains.competences.exports.classes import TYPES, content_of
from preau.domains.competences.queries import classes, sheets
from preau.domains.competences.queries.history import changed_after_seal
from preau.domains.competences.rules import access, cycles
from preau.domains.competences.rules.synthesis import LEVELS
from preau.domains.gradebook.queries.periods import (
    YearChoice,
    chosen_period,
    chosen_year,
    is_open,
    periods_of,
    years_of,
)
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import as_file
from preau.foundation.templating import url

MOST_PAGES, EVERY_COLUMN = 99, 2_000
# A team writes fifty sheets in a period: the others are a touch away.
MOST_SHEETS = 6
PAGES = {str(number) for number in range(MOST_PAGES)}


def period_links(periods: list[Any], chosen: Any, rest: str = "") -> list[tuple[str, str, bool]]:
    """The periods as links of the page."""
    return [(period.name, f"?periode={period.pk}{rest}", period == chosen) for period in periods]


def year_links(years: list[YearChoice], chosen: YearChoice | None) -> list[tuple[str, str, bool]]:
    """The years as links of the page, where there are several."""
    if len(years) < 2:
        return []
    return [(year.name, "?" if year.is_now else f"?annee={year.pk}", year == chosen) for year in years]


@opens(to=access.reads_classes)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The viewer's classes, with what is assessed there; for who reads every class, all of them. Of this year, or of one before."""
    viewer = request.viewer
    years = years_of(viewer, sheets.YEARS)
    year = chosen_year(years, request.GET.get("annee"))
    periods = periods_of(viewer, year.pk) if year else []
    period = chosen_period(periods, request.GET.get("periode"), viewer.today)
    context = {
        "year": year,
        "years": year_links(years, year),
        "period": period,
        "periods": period_links(periods, period, f"&annee={year.pk}" if year and not year.is_now else ""),
        "rows": sheets.group_rows(viewer, period, year.pk) if year else [],
        "reads_referentials": access.reads_referentials(viewer),
        "reads_every": access.reads_every_class(viewer),
        "settles": access.settles_rules(viewer),
    }
    return render(request, "competences/index.html", context)


@opens(Group, to=access.reads_class)
@require_safe
def group(request: HttpRequest, group: Group) -> HttpResponse:
    """Pupils by competences over a period, the sheets of which it is made, and who is not there yet."""
    viewer = request.viewer
    periods = periods_of(viewer, group.year_id)
    period = chosen_period(periods, request.GET.get("periode"), viewer.today)
    if period is None:
        return render(request, "competences/nothing.html", {"group": group})
    domain = request.GET.get("domaine", "")
    page = request.GET.get("page", "")
    grid = classes.grid_of(viewer, group, period, domain, int(page) if page in PAGES else 0)
    rest = f"&domaine={domain}" if domain.isascii() and domain.isdigit() else ""
    writes = access.assesses_in(viewer, group)
    is_now = viewer.year is not None and group.year_id == viewer.year.pk
    cycle = cycles.cycle_of(group)
    late = (
        changed_after_seal(viewer, [one.pk for one in grid.learners], period, grid.policy.words)
        if period.is_sealed  # type: ignore[attr-defined]
        else []
    )
    rows = sheets.sheets_of(viewer, group, period)
    context = {
        "group": group,
        "is_now": is_now,
        "late": late,
        "period": period,
        "periods": period_links(periods, period, rest),
        "grid": grid,
        "rows": drawn_rows(grid),
        "domains": domain_links(grid, period, domain),
        "query": f"periode={period.pk}{rest}",
        "sheets": rows if request.GET.get("releves") == "tous" else rows[:MOST_SHEETS],
        "more_sheets": len(rows),
        "writes": writes and is_open(period),
        "now": viewer.moment,
        "assesses": writes,
        "sealed": not is_open(period),
        "cycle": cycle,
        "in_primary": is_now and viewer.school.kind == School.Kind.ECOLE,
        "balances": is_now and cycle in {2, 3, 4} and group.kind == Group.Kind.CLASS,
    }
    return render(request, "competences/group.html", context)


CELLS: dict[int | None, str] = {None: "<td></td>"} | {
    level: f'<td class="l{level}">{level}</td>' for level in LEVELS
}


def drawn_rows(grid: classes.ClassGrid) -> SafeString:
    """A row a pupil: the name, the cells. Not by the template: a grid has nearly a thousand, which would be half of its page. A cell
    holds a level or nothing: there is nothing to escape."""
    drawn = []
    for pupil, levels in grid.rows:
        address = url("competences:pupil", public_id=pupil.public_id)
        note = f"<small>{escape(pupil.note)}</small>" if pupil.arrived or pupil.left else ""
        drawn.append(
            f'<tr><th scope="row"><a class="link" href="{address}?periode={grid.period.pk}">'
            f"<b>{escape(pupil.family_name.upper())}</b> {escape(pupil.given_name)}</a>{note}</th>"
        )
        drawn += [CELLS[level] for level in levels]
        drawn.append("</tr>\n")
    return mark_safe("".join(drawn))  # nosec B308 B703  # noqa: S308 - names are escaped, the rest is numbers of ours


def domain_links(grid: classes.ClassGrid, period: Any, chosen: str) -> list[tuple[str, str, bool]]:
    """The domains of what was assessed, where there are several."""
    if len(grid.domains) < 2:
        return []
    every = [("Tous les domaines", f"?periode={period.pk}", not chosen)]
    return every + [
        (name, f"?periode={period.pk}&domaine={pk}", str(pk) == chosen) for pk, name in grid.domains.items()
    ]


@opens(Group, to=access.reads_class)
@confirmed()
@require_POST
def export(request: HttpRequest, group: Group) -> StreamingHttpResponse:
    """The same as a spreadsheet. The journal says who took it away, and how many rows."""
    viewer = request.viewer
    period = chosen_period(periods_of(viewer, group.year_id), request.GET.get("periode"), viewer.today)
    if period is None:
        raise Http404
    grid = classes.grid_of(viewer, group, period, request.GET.get("domaine", ""), most=EVERY_COLUMN)
    kind = request.POST.get("forme", "")
    kind = kind if kind in TYPES else "csv"
    journal.record(viewer, "competences.exported", group, period=period.pk, rows=len(grid.rows))
    response = StreamingHttpResponse(content_of(grid, kind), content_type=TYPES[kind])
    return as_file(response, f"{slugify(f'competences {group.name} {period.name}')}.{kind}")
