"""Pages of media, the protocol by which a file arrives in parts (tus 1.0.0), and the addresses of what was made."""

import base64
import binascii
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.media import rules
from preau.commons.media.actions import keeping, sending
from preau.commons.media.forms import SendForm, WordsForm
from preau.commons.media.models import Medium, Upload
from preau.commons.media.queries import players, shelves
from preau.foundation import served, uploads
from preau.foundation.access import anyone, opens
from preau.foundation.gone import removes
from preau.foundation.http import page_or_block
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.paging import page_of
from preau.foundation.text import weight
from preau.foundation.uploads import NoRoom, UploadRefused

A_PAGE = 20
TUS = "1.0.0"
EXTENSIONS = "creation,expiration,termination,checksum"
PIECE = "application/offset+octet-stream"
CONFLICT, GONE, PRECONDITION, TOO_LARGE, WRONG_TYPE, UNPROCESSABLE, LOCKED, WRONG_DIGEST = (
    409,
    410,
    412,
    413,
    415,
    422,
    423,
    460,
)
# Its address changes with what it gives.
FOR_EVER, OWN_FOR_EVER = "public, max-age=31536000, immutable", "private, max-age=31536000, immutable"
RUNS_NOTHING = "default-src 'none'; sandbox"


@opens(to=rules.may_add)
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """What one has sent: how far each is, and how much room is left."""
    page = page_of(shelves.media_of(request.viewer), request.GET.get("page"), A_PAGE)
    context = {
        "rows": shelves.rows_of(page.object_list),
        "page_obj": page,
        "unfinished": [(one, weight(one.size)) for one in shelves.unfinished_of(request.viewer)],
        "used": weight(shelves.used_by(request.viewer.person.pk)),
        "allowance": weight(rules.allowance()),
        "goes_on": any(row.medium.is_going_on for row in shelves.rows_of(page.object_list)),
        "here": f"?page={page.number}",
    }
    return page_or_block(request, "media/shelf.html", block="medias", context=context)


@opens(to=rules.may_add)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Send one file: whole by this form, or by parts where the page can."""
    form = SendForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if uploads.was_cut(request):
            form.add_error(
                None,
                _(
                    "Ce fichier est trop lourd pour être envoyé d’un coup : activez JavaScript, ou envoyez plus léger."
                ),
            )
        elif form.is_valid():
            try:
                kept = sending.keep_form(request.viewer, form.cleaned_data["fichier"])
            except UploadRefused as error:
                form.add_error("fichier", str(error))
            else:
                return redirect("media:medium", public_id=kept.public_id)
    context = {
        "form": form,
        "unfinished": shelves.unfinished_of(request.viewer),
        "heaviest": rules.heaviest(),
    }
    return render_form(request, "media/send.html", context)


@removes
@opens(Upload, to=rules.sends, by="public_id")
@require_POST
def abandon(request: HttpRequest, upload: Upload) -> HttpResponseRedirect:
    """Let go of what stopped on its way."""
    sending.abandon(upload)
    messages.success(request, _("L’envoi est abandonné. Rien n’en est gardé."))
    return redirect("media:shelf")


# tus: what browsers and programs send in parts


def _told(status: int, words: str = "", **headers: str) -> HttpResponse:
    """An answer of the protocol. What it refuses, it says in words that the page shows."""
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    for name, value in ({"Tus-Resumable": TUS, "Cache-Control": "no-store"} | named).items():
        answer.headers[name] = value
    return answer


def _speaks(request: HttpRequest) -> HttpResponse | None:
    """None where the request speaks our version of the protocol."""
    if request.headers.get("Tus-Resumable") == TUS:
        return None
    return _told(
        PRECONDITION, _("Cette adresse reçoit des fichiers par parties (tus 1.0.0)."), tus_version=TUS
    )


@opens(to=rules.may_send)
@require_http_methods(["OPTIONS", "POST"])
def tus(request: HttpRequest) -> HttpResponse:
    """Begin to send a file; or ask what may be sent."""
    if request.method == "OPTIONS":
        return _told(
            204,
            tus_version=TUS,
            tus_extension=EXTENSIONS,
            tus_max_size=str(rules.heaviest()),
            tus_checksum_algorithm=",".join(sending.DIGESTS),
        )
    if refused := _speaks(request):
        return refused
    length = _whole(request.headers.get("Upload-Length"))
    if length is None:
        return _told(400, _("Le poids du fichier n’est pas dit."))
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    goes_to = metadata.get("goes_to", "")
    if not goes_to and not rules.may_add(request.viewer):
        raise PermissionDenied
    try:
        made = sending.begin(
            request.viewer, metadata.get("filename", ""), length, metadata.get("modified", ""), goes_to
        )
    except UploadRefused as error:
        return _told(TOO_LARGE, str(error))
    where = reverse("media:part", kwargs={"public_id": made.public_id})
    return _told(
        201, location=where, upload_offset=str(sending.received(made)), upload_expires=_expires(made)
    )


@opens(Upload, to=rules.sends, by="public_id")
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def part(request: HttpRequest, upload: Upload) -> HttpResponse:
    """How much of a file is there; its next part; or let go of it."""
    if refused := _speaks(request):
        return refused
    if request.method == "HEAD":
        where = {"x_next_page": upload.page} if upload.page else {}
        return _told(
            200,
            upload_offset=str(sending.received(upload)),
            upload_length=str(upload.size),
            upload_expires=_expires(upload),
            **where,
        )
    if request.method == "DELETE":
        sending.abandon(upload)
        return _told(204)
    offset = _whole(request.headers.get("Upload-Offset"))
    if offset is None or request.content_type != PIECE:
        return _told(WRONG_TYPE if offset is not None else 400, _("Cette partie n’est pas décrite."))
    return _take(request, upload, offset)


# What goes wrong with a part, in words, and the status of the protocol.
WRONG: dict[type[Exception], tuple[int, Any]] = {
    ValueError: (400, gettext_lazy("L’empreinte de cette partie ne se lit pas.")),
    sending.Conflict: (CONFLICT, gettext_lazy("Cette partie n’est pas celle qui vient.")),
    sending.WrongDigest: (WRONG_DIGEST, gettext_lazy("Cette partie est arrivée abîmée.")),
}


def _take(request: HttpRequest, upload: Upload, offset: int) -> HttpResponse:
    try:
        there = upload.size if upload.page else sending.take(upload, request, _part(request, offset))
        if there < upload.size:
            return _told(204, upload_offset=str(there), upload_expires=_expires(upload))
        page = _kept(request, upload)
    except (sending.TooMuch, NoRoom) as error:
        # What came stays: it is not sent again once there is room.
        return _told(507, str(error))
    except UploadRefused as error:
        sending.abandon(upload)
        return _told(UNPROCESSABLE, str(error))
    except tuple(WRONG) as error:
        status, words = next(answer for kind, answer in WRONG.items() if isinstance(error, kind))
        return _told(status, str(words))
    return _told(204, upload_offset=str(there), x_next_page=page)


def _part(request: HttpRequest, offset: int) -> sending.Part:
    return sending.Part(offset, _digest(request))


def _kept(request: HttpRequest, upload: Upload) -> str:
    """The page of what has just arrived whole."""
    if upload.goes_to:
        page = sending.hand_over(request.viewer, upload)
        messages.success(request, _("« %(name)s » est déposé.") % {"name": upload.name})
        return page
    kept = sending.keep_sent(request.viewer, upload)
    return reverse("media:medium", kwargs={"public_id": kept.public_id})


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _metadata(header: str) -> dict[str, str]:
    """« filename ZmlsbS5tcDQ=, modified MTIz »: what cannot be read is left out."""
    found = {}
    for pair in header[:4_000].split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            continue
    return found


def _digest(request: HttpRequest) -> tuple[str, bytes] | None:
    """« sha256 3q2+7w== », or nothing. Raises ValueError."""
    header = request.headers.get("Upload-Checksum", "")
    if not header:
        return None
    algorithm, _space, value = header.partition(" ")
    if (
        algorithm not in sending.DIGESTS
        or int(request.headers.get("Content-Length") or 0) > sending.HEAVIEST_CHECKED
    ):
        raise ValueError(header)
    return algorithm, base64.b64decode(value, validate=True)


def _expires(upload: Upload) -> str:
    return http_date((timezone.now() + keeping.UPLOAD_KEPT - timedelta(hours=1)).timestamp())


# One medium


@opens(Medium, to=rules.may_change, by="public_id")
@require_safe
def medium(request: HttpRequest, medium: Medium) -> HttpResponse:
    """How far it is; once it is ready, how it plays and what is done with it."""
    context: dict[str, Any] = {"medium": medium, "row": shelves.row_of(medium), "player": None, "uses": []}
    if medium.is_ready:
        passages = players.passages_of(medium)
        context |= {
            "player": players.player_of(medium),
            "passages": passages,
            "uses": shelves.uses_for(request.viewer, medium),
            "loose": Medium.objects.loose().filter(pk=medium.pk).exists(),
            "transcript_page": players.part_of(passages, request.GET.get("transcription")),
        }
    return page_or_block(request, "media/medium.html", block="etat", context=context)


@opens(Medium, to=rules.may_change, by="public_id")
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, medium: Medium) -> HttpResponse:
    """Captions, transcript, chapters; what a picture shows."""
    form = WordsForm(medium, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            keeping.describe(request.viewer, medium, form.words()),
            _("C’est enregistré."),
            NOTHING_CHANGED,
        )
        return redirect("media:medium", public_id=medium.public_id)
    return render_form(
        request,
        "media/words.html",
        {"medium": medium, "form": form},
    )


@removes
@opens(Medium, to=rules.may_change, by="public_id")
@require_POST
def remove(request: HttpRequest, medium: Medium) -> HttpResponseRedirect:
    """Erase what nothing shows."""
    try:
        keeping.remove(request.viewer, medium)
    except keeping.InUse:
        messages.error(request, _("Ce média est montré quelque part : retirez-le d’abord de là."))
        return redirect("media:medium", public_id=medium.public_id)
    messages.success(request, _("Le média est supprimé."))
    return redirect("media:shelf")


@opens(to=anyone)
@require_safe
def bytes_of(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """A file that was made, whole or in part; captions, chapters and lists, written on the spot. Nothing of it runs anything."""
    medium = shelves.seen(request.viewer, public_id)
    if medium is None or "\x00" in name:
        raise Http404
    cache = FOR_EVER if request.viewer is None or shelves.is_public(medium) else OWN_FOR_EVER
    if written := players.written_named(medium, name):
        return _written(
            written, name, cache if request.GET.get("v") or name.endswith(".m3u8") else "no-cache", medium
        )
    found = players.file_named(medium, name)
    if found is None:
        raise Http404
    file = players.sendable(medium, found, taken="telecharger" in request.GET)
    return served.at(request, f"medias/{found.stored[:2]}/{found.stored}", file, cache=cache)


def _written(written: tuple[str, str], name: str, cache: str, medium: Medium) -> HttpResponse:
    content, mime = written
    answer = HttpResponse(content, content_type=mime)
    answer.headers["Content-Security-Policy"] = RUNS_NOTHING
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = cache
    if name == players.SPOKEN:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
