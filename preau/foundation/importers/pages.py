"""The pages of an import: each function gives a view of a house, opened to those that its rule accepts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.foundation import dates, journal, uploads
from preau.foundation.access import Request, View, opens
from preau.foundation.downloads import csv_file, json_file
from preau.foundation.http import page_or_block
from preau.foundation.importers import stages
from preau.foundation.importers.forms import ColumnsForm, Table
from preau.foundation.importers.importer import Importer
from preau.foundation.importers.reports import ImportLine, Part, tag_of
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

Rule = Callable[..., bool]
ONE = "importers/one.html"
A_PAGE, BROUGHT_A_PAGE = 50, 20


def sent_form(request: HttpRequest, form: Callable[..., Any]) -> Any:
    """The form of files: with what was sent, if it was; it knows when that was too heavy to arrive."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return form(*sent, cut=uploads.was_cut(request))


def bring(
    request: Request,
    importer: Importer,
    form: Any,
    take: Callable[[], Any],
    *,
    field: str = "files",
    then: str = "one",
) -> HttpResponseRedirect | None:
    """Take what a form brings, by `take`, and lead to it; None when it is refused: its sentence stands beside the `field`."""
    try:
        row = take()
    except stages.AlreadyOne as already:
        messages.info(request, str(importer.words.already))
        return redirect(importer.url_of(already.known))
    except uploads.UploadRefused as refusal:
        form.add_error(field, str(refusal))
        return None
    if then == "one":
        messages.success(request, str(importer.words.received))
    return redirect(importer.route(then), pk=row.pk)


class Heading(NamedTuple):
    """What the page that brings files says of them; `back`: the name of the page that leads to it."""

    title: Any
    text: Any
    promise: Any
    back: str
    back_label: Any


def home(
    importer: Importer,
    to: Rule,
    form: Callable[..., Any],
    take: Callable[[Any, Any], Any],
    lines: Callable[[Any], Iterable[ImportLine]],
    heading: Heading,
) -> View:
    """Bring files by a `form`, which `take(viewer, form)` keeps (`stages.bring`), and see what became of the others, in `lines`."""

    @opens(to=to)
    @require_http_methods(["GET", "POST"])
    def page(request: Request) -> HttpResponse:
        viewer, sent = request.viewer, sent_form(request, form)
        if sent.is_valid() and (answer := bring(request, importer, sent, lambda: take(viewer, sent))):
            return answer
        rows = importer.model.objects.visible_to(viewer).select_related("brought_by")
        listed = page_for(request, rows, BROUGHT_A_PAGE)
        context = in_words(importer) | {"form": sent, "page_obj": listed, "rows": lines(listed.object_list)}
        context |= {"open_one": stages.open_one(importer, viewer), "heading": _spoken(heading)}
        return render_form(request, "importers/home.html", context)

    return page


def _spoken(heading: Heading) -> dict[str, str]:
    return {name: str(text) for name, text in heading._asdict().items()}


def titles(importer: Importer, row: Any) -> dict[str, Any]:
    """What every page of one import says of it."""
    day = {"day": dates.day(row.brought_at)}
    context = in_words(importer)
    return context | {
        "brought": row,
        "title": context["words"]["title"] % day,
        "title_within": context["words"]["title_within"] % day,
    }


def in_words(importer: Importer) -> dict[str, Any]:
    """What every template of `importers/` asks of the page that it is in."""
    return {"importer": importer, "words": importer.sentences()}


def detail(importer: Importer, to: Rule, template: str, context: Callable[..., Mapping[str, Any]]) -> View:
    """One import: how far it is, what it would change, what it changed. `context(viewer, row)`: `by` at least, `changes`, `notes`…"""

    @opens(importer.model, to=to)
    @require_safe
    def page(request: Request, row: Any) -> HttpResponse:
        if request.htmx and not row.is_working:
            # What was waited for is here: the whole page changes.
            return HttpResponse(headers={"HX-Refresh": "true"})
        label, tone, icon = tag_of(importer, row)
        files = ngettext("%(num)s fichier", "%(num)s fichiers", len(row.files)) % {"num": len(row.files)}
        shown: dict[str, Any] = titles(importer, row)
        day = dates.day(row.brought_at, year=True)
        shown |= {"label": label, "tone": tone, "icon": icon, "files": files, "source": "", "own": True}
        shown |= {"dated": str(importer.words.title) % {"day": day}}
        shown |= {"may_drop": importer.may_drop(request.viewer, row), "decisions": ()}
        shown |= context(request.viewer, row)
        words = {"hour": dates.hour(row.brought_at), "name": shown["by"]}
        shown |= {"subtitle": str(importer.words.subtitle) % words}
        part = ONE if request.htmx.target == "progress" else template
        return page_or_block(request, part, block="progress", context=shown)

    return page


def part(
    importer: Importer,
    to: Rule,
    find: Callable[[Any, Any, str], Part | None],
    template: str = "importers/part.html",
) -> View:
    """One list in full, by `find(viewer, row, part)`: what arrives or leaves, lines set aside."""

    @opens(importer.model, to=to)
    @require_safe
    def page(request: Request, row: Any, part: str) -> HttpResponse:
        listed = find(request.viewer, row, part)
        if listed is None:
            raise Http404
        of_changes = part in {section.slug for section in importer.changes}
        rest = {
            "listed": listed,
            "page_obj": page_for(request, listed.rows, A_PAGE),
            "of_changes": of_changes,
        }
        return render(request, template, titles(importer, row) | rest)

    return page


def columns(
    importer: Importer,
    to: Rule,
    tables: Callable[[Any, Any], Sequence[Table] | None],
    name: Callable[[Any, Any, Any], None],
    template: str = "importers/columns.html",
) -> View:
    """Say what each column of `tables(viewer, row)` holds; `name(viewer, row, columns)` keeps it (`stages.read_again`)."""

    @opens(importer.model, to=to)
    @require_http_methods(["GET", "POST"])
    def page(request: Request, row: Any) -> HttpResponse:
        found = tables(request.viewer, row)
        if not found:
            return redirect(importer.url_of(row))
        form = ColumnsForm(found, request.POST if request.method == "POST" else None)
        if form.is_valid():
            sentence = importer.words.named
            return decided(
                request, importer, row, lambda viewer, one: name(viewer, one, form.columns()), sentence
            )
        context = titles(importer, row) | {"form": form, "tables": list(form.shown())}
        return render_form(request, template, context)

    return page


def gesture(importer: Importer, to: Rule, action: Callable[[Any, Any], None], sentence: Any) -> View:
    """A button of the page: agree, approve, give up."""

    @opens(importer.model, to=to)
    @require_POST
    def page(request: Request, row: Any) -> HttpResponseRedirect:
        return decided(request, importer, row, action, sentence)

    return page


def agree(importer: Importer, to: Rule) -> View:
    """The button « Appliquer »."""
    return gesture(
        importer, to, lambda viewer, row: stages.agree(importer, viewer, row), importer.words.agreed
    )


def drop(importer: Importer, to: Rule) -> View:
    """The button « Abandonner »."""
    return gesture(
        importer, to, lambda viewer, row: stages.drop(importer, viewer, row), importer.words.dropped
    )


def decided(
    request: Request, importer: Importer, row: Any, action: Callable[[Any, Any], None], sentence: Any
) -> HttpResponseRedirect:
    """Do what was asked of this import, and say it; or that it has moved on."""
    try:
        action(request.viewer, row)
    except stages.MovedOn:
        messages.info(request, str(importer.words.moved_on))
    else:
        messages.success(request, str(sentence))
    return redirect(importer.url_of(row))


def csv_report(
    importer: Importer,
    to: Rule,
    export: Callable[[Any, Any], Mapping[str, Any]],
    rows: Callable[[Mapping[str, Any]], Iterable[Sequence[object]]],
    verb: str,
) -> View:
    """The report for a spreadsheet: the `rows` of what `export(viewer, row)` gives. The journal says who took it (`verb`)."""

    @opens(importer.model, to=to)
    @require_safe
    def page(request: Request, row: Any) -> Any:
        journal.record(request.viewer, verb, row)
        report = export(request.viewer, row)
        return csv_file(_file_name(importer, row), [str(one) for one in importer.header], rows(report))

    return page


def json_report(
    importer: Importer, to: Rule, export: Callable[[Any, Any], Mapping[str, Any]], verb: str
) -> View:
    """The report for another program."""

    @opens(importer.model, to=to)
    @require_safe
    def page(request: Request, row: Any) -> Any:
        journal.record(request.viewer, verb, row)
        return json_file(_file_name(importer, row), export(request.viewer, row))

    return page


def _file_name(importer: Importer, row: Any) -> str:
    return f"{importer.file_name}-{dates.local(row.brought_at).date():%Y-%m-%d}-{row.pk}"
