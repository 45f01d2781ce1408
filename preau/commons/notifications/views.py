"""The centre, one item, the preferences, and the page that a mail's link opens."""

from datetime import time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.delivery.queries import words_for
from preau.commons.notifications import queries
from preau.commons.notifications.actions import choosing, keeping, pushing
from preau.commons.notifications.forms import DeviceForm, FilterForm, PreferencesForm, RenewedForm
from preau.commons.notifications.models import Device, Envelope, Item, Rhythm, StopLink
from preau.commons.notifications.tasks import send_trial
from preau.foundation import dates, throttle, webpush
from preau.foundation.access import anyone, opens, signed_in
from preau.foundation.gone import removes
from preau.foundation.http import safe_next
from preau.foundation.pages import NOTHING_CHANGED, TYPED_WRONG, tell_outcome
from preau.identity import sessions

PAGE = 20
MOST_TRIALS = 10


@opens(to=signed_in)
@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """What this person was told, unread first."""
    received = queries.received_by(request.viewer)
    form = FilterForm(request.GET, received.kinds)
    pages = Paginator(queries.news_of(request.viewer, form.kind, unread=form.unread), PAGE)
    # Counted with the kinds already: the paginator would ask again.
    pages.count = received.count(form.kind, unread=form.unread)
    page = pages.get_page(request.GET.get("page"))
    asked = {name: value for name, value in (form.cleaned_data.items()) if value} if form.is_valid() else {}
    context = {
        "form": form,
        "news": queries.texts_of(page),
        "page_obj": page,
        "filtered": bool(asked),
        "query": urlencode(asked),
        "last": max((one.pk for one in page), default=0),
        "here": request.get_full_path(),
    }
    return render(request, "notifications/centre.html", context)


@opens(to=signed_in, stamped=False)
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, as the frame of every page draws it: an open page asks for it again; whoever comes here by hand reads the news."""
    if not request.htmx:
        return redirect("notifications:centre")
    return render(request, "ui/bell.html")


@opens(Item, to=signed_in, by="public_id")
@require_safe
def item(request: HttpRequest, item: Item) -> HttpResponse:
    """One item, and why it came."""
    (one,) = queries.texts_of([item]) or (None,)
    if one is None:
        return redirect("notifications:centre")
    kind, leavings = queries.kinds()[item.kind], queries.leavings_of(item)
    context = {"one": one, "can_be_muted": kind.can_be_muted, "leavings": leavings}
    return render(request, "notifications/item.html", context)


@opens(Item, to=signed_in, by="public_id", stamped=False)
@require_POST
def open_item(request: HttpRequest, item: Item) -> HttpResponse:
    """Note that it is read, and go where it leads."""
    keeping.mark(item, read=True)
    return redirect(item.url)


@opens(Item, to=signed_in, by="public_id", stamped=False)
@require_POST
def mark(request: HttpRequest, item: Item) -> HttpResponse:
    keeping.mark(item, read=request.POST.get("lue") == "oui")
    return redirect(safe_next(request, "/notifications/"))


@opens(to=signed_in, stamped=False)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    until = request.POST.get("jusqu-a", "")
    count = keeping.mark_all(request.viewer, until=int(until)) if until.isdecimal() else 0
    sentence = ngettext("%(num)s notification lue.", "%(num)s notifications lues.", count) % {"num": count}
    messages.success(request, sentence)
    return redirect("notifications:centre")


@opens(to=signed_in, stamped=False)
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How one wants to be told: the same whatever the profile."""
    viewer = request.viewer
    form = _preferences_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        choosing.choose(
            viewer, form.wishes(), hour=values["hour"], weekday=values["weekday"], hours=form.hours()
        )
        messages.success(request, _("Vos préférences sont enregistrées."))
        return redirect(reverse("notifications:preferences") + form.query)
    return _preferences_page(request, form, status=TYPED_WRONG if request.method == "POST" else 200)


@opens(to=signed_in, stamped=False)
@require_POST
def take_preset(request: HttpRequest) -> HttpResponse:
    """Be told of everything in one of three ways; each kind may be changed afterwards."""
    preset = next((one for one in queries.Preset if one == request.POST.get("preset")), None)
    if preset is None:
        raise Http404
    choosing.take_preset(request.viewer, preset)
    name, how = queries.PRESETS[preset]
    sentence = _("« %(preset)s » : %(how)s Vous pouvez affiner ci-dessous.")
    messages.success(request, sentence % {"preset": name, "how": str(how)[:1].lower() + str(how)[1:]})
    return redirect("notifications:preferences")


@opens(to=signed_in, stamped=False)
@require_POST
def ask_texts(request: HttpRequest) -> HttpResponse:
    """Be told by text message, or no more."""
    wanted = request.POST.get("sms") == "oui"
    may = not wanted or queries.texts_for(request.viewer).offered
    changed = may and choosing.ask_texts(request.viewer, wanted=wanted)
    done = _("Un SMS vous dira ce qui ne peut pas attendre.") if wanted else _("Plus de SMS.")
    tell_outcome(request, changed, done, NOTHING_CHANGED)
    return redirect("notifications:preferences")


def _preferences_form(request: HttpRequest, data: Any = None) -> PreferencesForm:
    viewer = request.viewer
    return PreferencesForm(
        data,
        queries.kinds_for(viewer),
        queries.wishes_of(viewer.person.pk),
        queries.rhythm_of(viewer.person.pk),
        own=queries.own_hours(viewer),
        devices=bool(queries.devices_of([viewer.person.pk])),
        part=request.GET.get("partie", ""),
    )


def _preferences_page(
    request: HttpRequest, form: PreferencesForm, device_form: DeviceForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    offered = webpush.is_offered()
    context = {
        "form": form,
        "presets": [(one, *queries.PRESETS[one], one == form.preset) for one in queries.Preset],
        "school_hours": list(dict.fromkeys(words_for(hours) for hours in form.schools)),
        "at_evening": dates.hour(time(Rhythm.HOUR)) if form.preset == queries.Preset.EVENING else "",
        "email": viewer.person.email,
        "texts": queries.texts_for(viewer),
        "links": StopLink.objects.visible_to(viewer).count(),
        "push_key": webpush.public_key() if offered else "",
        "devices": Device.objects.visible_to(viewer) if offered else [],
        "device_form": device_form or DeviceForm(),
        "known_here": request.COOKIES.get(pushing.COOKIE, ""),
    }
    return render(request, "notifications/preferences.html", context, status=status)


@opens(to=signed_in, stamped=False)
@require_POST
def add_device(request: HttpRequest) -> HttpResponse:
    """Be told on this browser: what its push service gave (frontend/islands/push.js)."""
    if not webpush.is_offered():
        raise Http404
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _preferences_page(request, _preferences_form(request), form, status=TYPED_WRONG)
    label = sessions.device_of(request.headers.get("User-Agent", ""))
    key = str(request.session.session_key)
    device = pushing.add_device(request.viewer, key, label=label, **form.cleaned_data)
    messages.success(request, _("Cet appareil sera prévenu. Choisissez ci-dessous de quoi."))
    answer = redirect("notifications:preferences")
    answer.set_cookie(
        pushing.COOKIE,
        device.public_id,
        max_age=pushing.COOKIE_AGE,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return answer


# A service worker has no page of ours, hence no CSRF token: the former address, which nobody else knows, stands for it, and
# only a device of the person who is signed in is changed.
@opens(to=signed_in, stamped=False, leaves=True)
@csrf_exempt
@require_POST
def renew_device(request: HttpRequest) -> HttpResponse:
    """The push service of a device has changed its address (frontend/push-worker.js); the answer says nothing."""
    form = RenewedForm(request.POST)
    if not webpush.is_offered() or not form.is_valid():
        return HttpResponse(status=TYPED_WRONG)
    pushing.renew_device(request.viewer, **form.cleaned_data)
    return HttpResponse()


@removes
@opens(Device, to=signed_in, by="public_id", stamped=False)
@require_POST
def remove_device(request: HttpRequest, device: Device) -> HttpResponse:
    pushing.remove_device(request.viewer, device)
    messages.success(request, _("« %(device)s » n’est plus prévenu.") % {"device": device.label})
    return redirect("notifications:preferences")


@opens(Device, to=signed_in, by="public_id", stamped=False)
@require_POST
def try_device(request: HttpRequest, device: Device) -> HttpResponse:
    """Send a notice that says it is one of trial; a few an hour are enough."""
    if throttle.hit("push.trial", str(request.viewer.person.pk), window=timedelta(hours=1)) > MOST_TRIALS:
        messages.error(request, _("Trop d’essais en une heure. Réessayez plus tard."))
    else:
        send_trial.enqueue(device.pk)
        messages.success(request, _("Un essai part vers « %(device)s ».") % {"device": device.label})
    return redirect("notifications:preferences")


@opens(to=signed_in, stamped=False)
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    choosing.revoke_links(request.viewer)
    messages.success(request, _("Les liens des courriels déjà envoyés n’arrêtent plus rien."))
    return redirect("notifications:preferences")


# The mailbox itself may send this POST (RFC 8058), without cookie nor page: the token alone says what may be done.
@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail without signing in."""
    link = get_object_or_404(StopLink, token=token)
    known = queries.kinds().get(link.kind)
    summary = dict(Envelope.Channel.choices).get(link.kind)
    if known is None and summary is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    done = request.method == "POST"
    if done:
        choosing.stop(link)
    return render(
        request, "notifications/stop.html", {"label": known.label if known else summary, "done": done}
    )
