"""ODS workbooks that execute nothing: every cell is a text or a number, whatever it begins with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from odfdo import Cell, Column, Document, Paragraph, Row, Style, Table

# What XML cannot hold.
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
HEAD, TEXT = "titre", "texte"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its headings, its rows, and how wide each column is, in centimetres."""

    name: str
    header: Sequence[object]
    rows: Iterable[Sequence[object]]
    widths: Sequence[float]


def workbook(title: str, sheets: Iterable[Sheet]) -> bytes:
    """The sheets, headings in bold; each line of a cell is a paragraph of its own."""
    document = Document("spreadsheet")
    document.meta.title = title
    document.meta.language = "fr-FR"
    document.body.clear()
    document.insert_style(_cells(HEAD, bold=True), automatic=True)
    document.insert_style(_cells(TEXT, bold=False), automatic=True)
    for sheet in sheets:
        document.body.append(_table(document, sheet))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _cells(name: str, *, bold: bool) -> Style:
    """Text that wraps at the width of its column, from the top of its row."""
    style = Style("table-cell", name=name)
    style.set_properties({"fo:wrap-option": "wrap", "style:vertical-align": "top"}, area="table-cell")
    if bold:
        style.set_properties({"fo:font-weight": "bold"}, area="text")
    return style


def _table(document: Document, sheet: Sheet) -> Table:
    table = Table(sheet.name[:31])
    for width in sheet.widths:
        name = f"largeur-{round(width * 10)}"
        style = Style("table-column", name=name, width=f"{width}cm")
        document.insert_style(style, automatic=True)
        table.append(Column(style=name))
    head = Row()
    for one in sheet.header:
        head.append_cell(_cell(one, HEAD))
    table.append_row(head)
    for values in sheet.rows:
        row = Row()
        for one in values:
            row.append_cell(_cell(one, TEXT))
        table.append_row(row)
    return table


def _cell(value: object, style: str) -> Cell:
    cell = Cell(style=style)
    if isinstance(value, Decimal):
        # A number is counted with; what is shown is as a French school writes it.
        cell.set_attribute("office:value-type", "float")
        cell.set_attribute("office:value", f"{value:f}")
        cell.append(Paragraph(f"{value:f}".replace(".", ",")))
        return cell
    cell.set_attribute("office:value-type", "string")
    for line in str(value).translate(CONTROL).split("\n"):
        cell.append(Paragraph(line))
    return cell
