"""Tables in ODS, as others wrote them: rows and cells that come back, dates, and what is refused."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from preau.foundation.grids import open_grid
from preau.foundation.reading import Unreadable

ROOT = (
    '<o:document-content xmlns:o="o" xmlns:t="t" xmlns:table="x" xmlns:office="y"><o:body><o:spreadsheet>'
    "<t:table>{}</t:table><t:table><t:table-row><t:table-cell><t:p>Autre</t:p></t:table-cell></t:table-row></t:table>"
    "</o:spreadsheet></o:body></o:document-content>"
)


def ods(tmp_path: Path, inside: str, start: str = "") -> Path:
    path = tmp_path / "tableau.ods"
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", start + ROOT.format(inside))
    return path


def row(*cells: str, more: str = "") -> str:
    return f"<t:table-row{more}>{''.join(cells)}</t:table-row>"


def text(content: str, more: str = "") -> str:
    return f"<t:table-cell{more}><t:p>{content}</t:p></t:table-cell>"


def number(value: str, kind: str = "float", name: str = "value") -> str:
    return (
        f'<t:table-cell office:value-type="{kind}" office:{name}="{value}"><t:p>montré</t:p></t:table-cell>'
    )


def test_cells_are_read_as_one_types_them(tmp_path: Path) -> None:
    path = ods(
        tmp_path,
        row(text("Élève"), text("Note"), text("Jour"))
        + row(
            text("Du<t:s/>Bois <t:span>Lé<t:span>a</t:span></t:span>"),
            number("12.50"),
            number("2026-11-24T00:00:00", "date", "date-value"),
        )
        + row(text("Zoé"), number("12.0"), text("hier")),
    )
    grid = open_grid(path, path.name)
    assert grid.titles == ["Élève", "Note", "Jour"]
    assert [(row.line, row.cells) for row in grid.rows()] == [
        (2, ["Du Bois Léa", "12.50", "24/11/2026"]),
        (3, ["Zoé", "12", "hier"]),
    ]


def test_a_date_keeps_its_hour_and_midnight_is_none(tmp_path: Path) -> None:
    values = ["2026-11-24T08:30:00", "2026-11-24", "2026-11-24T00:00:00", "hier"]
    days = [number(one, "date", "date-value") for one in values]
    grid = open_grid(ods(tmp_path, row(*(text(f"Jour {place}") for place in range(4))) + row(*days)), "t.ods")
    assert next(grid.rows()).cells == ["24/11/2026 08:30", "24/11/2026", "24/11/2026", "montré"]


def test_rows_and_cells_that_come_back_keep_their_lines(tmp_path: Path) -> None:
    empty = row(
        '<t:table-cell table:number-columns-repeated="16384"/>', more=' table:number-rows-repeated="3"'
    )
    end = row(
        '<t:table-cell table:number-columns-repeated="16384"/>', more=' table:number-rows-repeated="1048000"'
    )
    twice = row(text("b", ' table:number-columns-repeated="2"'), more=' table:number-rows-repeated="2"')
    path = ods(tmp_path, row(text("A"), text("B")) + empty + twice + end)
    assert [(row.line, row.cells) for row in open_grid(path, path.name).rows()] == [
        (5, ["b", "b"]),
        (6, ["b", "b"]),
    ]


def test_a_note_on_a_cell_is_not_what_it_holds(tmp_path: Path) -> None:
    noted = "<t:table-cell><o:annotation><t:p>Secret</t:p></o:annotation><t:p>12</t:p></t:table-cell>"
    path = ods(tmp_path, row(text("A"), text("B")) + row(text("x"), noted))
    assert [row.cells for row in open_grid(path, path.name).rows()] == [["x", "12"]]


@pytest.mark.parametrize(
    ("inside", "start"),
    [("&bombe;", '<!DOCTYPE x [<!ENTITY bombe "boum">]>'), ("", ""), ("<t:table-row>", "")],
)
def test_what_is_no_table_is_refused(tmp_path: Path, inside: str, start: str) -> None:
    path = ods(tmp_path, inside, start)
    with pytest.raises(Unreadable):
        list(open_grid(path, path.name).rows())


def test_an_archive_without_its_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with ZipFile(path, "w") as book:
        book.writestr("mimetype", "x")
    with pytest.raises(Unreadable):
        open_grid(path, path.name)
