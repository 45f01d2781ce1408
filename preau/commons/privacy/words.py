"""The words of privacy: the shapes in which a register is given."""

from enum import StrEnum


class Shape(StrEnum):
    """What a register is given as; the value ends the name of the file."""

    ODS = "ods"
    HTML = "html"

    @classmethod
    def of(cls, typed: str) -> "Shape":
        """The one that is asked for; the workbook when what is typed is neither."""
        return cls(typed) if typed in list(cls) else cls.ODS

    @property
    def content_type(self) -> str:
        return {
            Shape.ODS: "application/vnd.oasis.opendocument.spreadsheet",
            Shape.HTML: "text/html; charset=utf-8",
        }[self]
