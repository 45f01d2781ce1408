"""Files that a page hands over to be kept: a table for a spreadsheet, facts for another program."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import JsonResponse, StreamingHttpResponse

from preau.foundation import csvtext


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A table, line by line; `name` is without its ending."""
    response = StreamingHttpResponse(csvtext.lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def json_file(name: str, told: Mapping[str, Any]) -> JsonResponse:
    """Facts as they are; `name` is without its ending."""
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
