"""Files that a page hands over to be kept: a table for a spreadsheet, a paper, facts for another program."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from preau.foundation import csvtext, pdf

Answer = TypeVar("Answer", bound=HttpResponseBase)
UNAVAILABLE = 503


def as_file(response: Answer, name: str) -> Answer:
    """This answer, kept by a browser under `name`: plain letters of ours, never what somebody typed."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A table, line by line; `name` is without its ending."""
    return csv_lines(name, csvtext.lines(header, rows))


def csv_lines(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    """The same, of lines that `csvtext` has written; `name` is without its ending."""
    return as_file(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), f"{name}.csv")


def pdf_file(name: str, content: bytes) -> HttpResponse:
    """A paper; `name` is without its ending."""
    return as_file(HttpResponse(content, content_type="application/pdf"), f"{name}.pdf")


def printed(page: str, name: str) -> HttpResponse:
    """A page of `pdf.page_of` as a PDF, or as it is, to be printed, where the machine makes none; `name` is without its ending."""
    return pdf_file(name, pdf.made(page, pdf.PAPERS)) if pdf.is_possible() else HttpResponse(page)


def no_pdf() -> HttpResponse:
    """What is said where the machine makes no PDF (`pdf.is_possible`)."""
    return HttpResponse(
        _("Ce serveur ne sait pas faire de PDF."),
        status=UNAVAILABLE,
        content_type="text/plain; charset=utf-8",
    )


def json_file(name: str, facts: Mapping[str, Any]) -> JsonResponse:
    """Facts as they are; `name` is without its ending."""
    response = JsonResponse(facts, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return as_file(response, f"{name}.json")
