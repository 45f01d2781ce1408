"""Traces of pages to a collector of OpenTelemetry that the operator names: route, status and time, never who (docs/decisions/0184).

The library writes addresses, agents and messages of exceptions in its spans: each one that leaves is built anew from a list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanContext, Status

from preau.foundation.metrics import role_of, route_of

ROUTE, ROLE = "preau.route", "preau.role"
# In the words of both conventions of the library; a route is a pattern (« eleves/<uuid:public_id>/ »).
KEPT = {
    ROUTE,
    ROLE,
    "http.method",
    "http.request.method",
    "http.route",
    "http.status_code",
    "http.response.status_code",
}
METHODS = {
    "DELETE",
    "GET",
    "HEAD",
    "LOCK",
    "MKCOL",
    "MOVE",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PUT",
    "REPORT",
    "UNLOCK",
}


def begin(endpoint: str) -> TracerProvider:
    """From now on, each page is a span, sent by lots to this collector."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": "preau", "service.version": settings.VERSION})
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(WithoutPeople(exporter)))
    # Probes and the scrape of the figures come each few seconds, and say nothing.
    DjangoInstrumentor().instrument(
        tracer_provider=provider, response_hook=_say_route, excluded_urls="^https?://[^/]*/(sante/|metrics)"
    )
    return provider


def _say_route(span: Span, request: HttpRequest, response: HttpResponse) -> None:
    span.set_attributes({ROUTE: route_of(request), ROLE: role_of(request)})


class WithoutPeople(SpanExporter):
    """The last thing before the network."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.exporter.export([bare(span) for span in spans])

    def shutdown(self) -> None:
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self.exporter.force_flush(timeout_millis)


def bare(span: ReadableSpan) -> ReadableSpan:
    """Its place in the trace, its times, its status without words, and what `KEPT` lets through."""
    kept = _kept(span.attributes or {})
    return ReadableSpan(
        name=" ".join(
            str(kept[name]) for name in ("http.method", "http.request.method", ROUTE) if name in kept
        )
        or "page",
        context=_alone(span.context),
        parent=_alone(span.parent),
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _kept(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """A method that HTTP does not know is something that somebody typed."""
    found = {name: value for name, value in attributes.items() if name in KEPT}
    return {name: value for name, value in found.items() if not name.endswith("method") or value in METHODS}


def _alone(context: SpanContext | None) -> SpanContext | None:
    """Without the state that a visitor may have sent along."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
