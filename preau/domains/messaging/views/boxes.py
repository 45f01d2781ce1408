"""The boxes of a person, one conversation, and what is put away."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.messaging import rules
from preau.domains.messaging.actions import reading
from preau.domains.messaging.forms import BoxForm, FolderForm, GestureForm, PolicyForm, PreferenceForm
from preau.domains.messaging.models import Folder, Thread
from preau.domains.messaging.queries import addressing, boxes, conversation, reach
from preau.domains.messaging.views.stopped import stopped, unfrozen
from preau.domains.messaging.views.writing import answering_context, last_to_answer
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.http import page_or_block, safe_next
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE, BESIDE = 20, 12
# The part of a conversation that an open page asks for again.
CONVERSATION = "conversation"
BOXES = (boxes.RECEIVED, boxes.WRITTEN, boxes.LEAVING, boxes.DRAFTS, boxes.BIN)


@opens(to=rules.reads_messages)
@unfrozen
@require_safe
def box(request: HttpRequest) -> HttpResponse:
    """What one has received, written, will leave, or has thrown away."""
    viewer = request.viewer
    name = request.GET.get("boite", "")
    name = name if name in BOXES else boxes.RECEIVED
    form = BoxForm(viewer, request.GET)
    chosen = form.chosen()
    context: dict[str, Any] = {
        "form": form,
        "name": name,
        "chosen": chosen,
        "folders": list(boxes.folders_of(viewer)),
        "folder_form": FolderForm(),
        "leaving": boxes.leaving_count(viewer),
        "query": query_of(request),
        "here": request.get_full_path(),
        "unread": boxes.unread_count(viewer),
        "watches": rules.watches(viewer),
        "filtered": bool(chosen),
    }
    if name in {boxes.LEAVING, boxes.DRAFTS}:
        rows = boxes.leaving_of(viewer) if name == boxes.LEAVING else boxes.drafts_of(viewer)
        context["page_obj"] = page_for(request, rows, A_PAGE)
        if name == boxes.LEAVING:
            context["leaves"] = boxes.departures(list(context["page_obj"]))
    else:
        context["page_obj"] = page_for(
            request, boxes.page_lines(viewer, boxes.box(viewer, name, chosen)), A_PAGE
        )
    return render(request, "messaging/box.html", context)


@opens(Thread, to=rules.reads_messages)
@require_safe
def thread(request: HttpRequest, thread: Thread) -> HttpResponse:
    """One conversation, with the others beside it; opened, it is read."""
    viewer = request.viewer
    if thread.is_frozen:  # type: ignore[attr-defined]
        return stopped(request)
    rows = conversation.messages_of(viewer, thread)
    context = {
        "thread": thread,
        "shown": conversation.shown(viewer, rows, viewer.moment),
        "places": reading.note_read(viewer, thread)[-1:],
    }
    if request.htmx.target == CONVERSATION:
        return page_or_block(request, "messaging/thread.html", block=CONVERSATION, context=context)
    found = boxes.box(viewer, boxes.RECEIVED, {})
    context |= {
        "quoted": conversation.quoted(viewer, rows[0] if rows else None),
        "beside": boxes.rows_of(viewer, found, 0, BESIDE),
        "about": thread.about,
    }
    last = last_to_answer(viewer, rows)
    if last is not None:
        context |= answering_context(request, thread, last)
    return render(request, "messaging/thread.html", context)


@opens(to=rules.reads_messages)
@unfrozen
@require_POST
def gesture(request: HttpRequest) -> HttpResponseRedirect:
    """Read, follow, throw away, put in a folder: several conversations at once."""
    form = GestureForm(request.viewer, request.POST)
    rows = [
        int(one) for one in request.POST.getlist("choix") if one.isascii() and one.isdigit() and len(one) < 18
    ]
    if not form.is_valid() or not rows:
        messages.info(request, _("Choisissez au moins un message."))
    else:
        changed = reading.mark(request.viewer, rows, form.cleaned_data["geste"], form.cleaned_data["dossier"])
        tell_outcome(request, changed, _said(form.cleaned_data["geste"], len(rows)))
    return HttpResponseRedirect(safe_next(request, "/messages/"))


def _said(gesture: str, count: int) -> str:
    if gesture == "corbeille":
        return ngettext(
            "%(num)s conversation mise à la corbeille : elle y reste trente jours.",
            "%(num)s conversations mises à la corbeille : elles y restent trente jours.",
            count,
        ) % {"num": count}
    return _("C’est fait.")


@opens(to=rules.reads_messages)
@unfrozen
@require_POST
def add_folder(request: HttpRequest) -> HttpResponseRedirect:
    form = FolderForm(request.POST)
    if form.is_valid():
        folder = reading.add_folder(request.viewer, form.cleaned_data["name"])
        messages.success(request, _("Le dossier est là."))
        return HttpResponseRedirect(f"/messages/?{urlencode({'dossier': folder.pk})}")
    messages.error(request, " ".join(form.errors["name"]))
    return redirect("messaging:box")


@removes
@opens(Folder, to=rules.reads_messages)
@unfrozen
@require_POST
def remove_folder(request: HttpRequest, folder: Folder) -> HttpResponseRedirect:
    """What it held stays among the others."""
    reading.remove_folder(request.viewer, folder)
    messages.success(request, _("Le dossier est supprimé. Ses messages sont avec les autres."))
    return redirect("messaging:box")


@opens(to=rules.reads_messages)
@unfrozen
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """One's signature, what others know, what is answered while one is away."""
    known = reading.preference_of(request.viewer)
    names = ("signature", "tells_read", "away_text", "away_from", "away_until")
    form = PreferenceForm(request.POST or None, initial={name: getattr(known, name) for name in names})
    if request.method == "POST" and form.is_valid():
        reading.settle_preference(request.viewer, **{name: form.cleaned_data[name] for name in names})
        messages.success(request, _("C’est gardé."))
        return redirect("messaging:preferences")
    return render_form(request, "messaging/preferences.html", {"form": form})


@opens(to=rules.reads_messages)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Who may write to whom in one's schools, as each has settled it."""
    viewer = request.viewer
    shown = [(name, PolicyForm(viewer, reach.policy_of(pk))) for pk, name in addressing.schools_of(viewer)]
    return render(request, "messaging/table.html", {"schools": shown, "own": rules.writer_of(viewer)})
