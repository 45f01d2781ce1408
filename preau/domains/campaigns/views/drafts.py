"""The steps before sending: choose, write, check, confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.commons.delivery.queries import opening_after
from preau.domains.campaigns import rules
from preau.domains.campaigns.actions import drafts, leaving
from preau.domains.campaigns.forms.campaigns import ChosenForm, ConfirmForm, GestureForm, StartForm, WordsForm
from preau.domains.campaigns.models import Campaign
from preau.domains.campaigns.queries import doubts, finding, history, plan
from preau.foundation import pdf, sms
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import CONFLICT, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 25


def _steps() -> list[str]:
    return [_("Choisir"), _("Écrire"), _("Vérifier"), _("Confirmer"), _("Suivre l’envoi")]


def _elsewhere(campaign: Campaign) -> HttpResponse | None:
    """A campaign that is no draft any more is followed on its page."""
    if campaign.is_draft:
        return None
    return (
        redirect("campaigns:campaigns")
        if campaign.dropped_at
        else redirect("campaigns:campaign", pk=campaign.pk)
    )


@opens(to=rules.prepares_campaigns)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What the message is about, since when, for which class."""
    form = StartForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.asked()
        found = finding.asked_for(request.viewer, asked)
        if found:
            return redirect("campaigns:text", pk=drafts.make_draft(request.viewer, found, asked).pk)
        form.add_error(None, _("Aucun élève ne correspond : changez les jours, le nombre ou la classe."))
    context = {"form": form, "steps": _steps()}
    return render_form(request, "campaigns/start.html", context)


@opens(to=rules.prepares_campaigns)
@require_POST
def from_list(request: HttpRequest) -> HttpResponse:
    """Lines chosen in a list of absences, alerts or follow-ups become a draft."""
    form = ChosenForm(request.viewer, request.POST)
    found = finding.followed_among(request.viewer, **form.chosen()) if form.is_valid() else {}
    if not found:
        messages.info(request, _("Choisissez au moins une ligne, ou dites ici de quoi parle le message."))
        return redirect("campaigns:start")
    return redirect("campaigns:text", pk=drafts.make_draft(request.viewer, found).pk)


@opens(Campaign, to=rules.changes_campaign)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The channels and the words, with one real message as it would leave."""
    if gone := _elsewhere(campaign):
        return gone
    fields = WordsForm.base_fields
    form = WordsForm(request.POST or None, initial={n: getattr(campaign, n) for n in fields if n != "keep"})
    if request.method == "POST" and form.is_valid():
        try:
            drafts.say_words(request.viewer, campaign, form.said(), keep=form.cleaned_data["keep"])
        except drafts.NotADraft:
            return redirect("campaigns:campaign", pk=campaign.pk)
        shows = request.POST.get("geste") == "apercu"
        return redirect("campaigns:text" if shows else "campaigns:check", pk=campaign.pk)
    lines = plan.lines_of(request.viewer, campaign)
    context = {
        "campaign": campaign,
        "form": form,
        "fields": rules.FIELDS,
        "steps": _steps(),
        "pupils": len({line.pupil.pk for line in lines}),
        "shown": next((line for line in lines if line.channel != "sms" and line.text), None),
        "shown_sms": next((line for line in lines if line.channel == "sms"), None),
        "has_letter": pdf.is_possible() and any(line.channel == "letter" and line.to for line in lines),
        "sms_offered": sms.is_offered(),
    }
    return render_form(request, "campaigns/text.html", context)


@opens(Campaign, to=rules.changes_campaign)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Each line, the doubtful ones first, and what to do about it."""
    if gone := _elsewhere(campaign):
        return gone
    if request.method == "POST":
        return _chosen(request, campaign)
    lines = plan.lines_of(request.viewer, campaign)
    page = page_for(request, lines, A_PAGE)
    context = {
        "campaign": campaign,
        "steps": _steps(),
        "counts": plan.counts_of(lines),
        "page_obj": page,
        "rows": doubts.line_rows(page.object_list),
        "summary": doubts.summary_of(lines),
    }
    return render(request, "campaigns/check.html", context)


def _chosen(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    form = GestureForm(request.POST)
    lines = plan.lines_of(request.viewer, campaign)
    try:
        if form.is_valid() and form.doubt:
            _leave_out_all(
                request, campaign, [line for line in lines if line.leaves and form.doubt in line.doubts]
            )
        else:
            _choose_one(request, campaign, form, lines)
    except drafts.NotADraft:
        return redirect("campaigns:campaign", pk=campaign.pk)
    number = request.GET.get("page", "")
    response = redirect("campaigns:check", pk=campaign.pk)
    if number.isascii() and number.isdecimal():
        response["Location"] += f"?page={number[:6]}"
    return response


def _leave_out_all(request: HttpRequest, campaign: Campaign, lines: list[plan.Line]) -> None:
    keys = [(line.target_id, line.reach.person.pk, line.channel) for line in lines if line.reach]
    count = drafts.leave_out(request.viewer, campaign, keys)
    if count:
        sentence = ngettext("%(num)s ligne est écartée.", "%(num)s lignes sont écartées.", count)
        messages.success(request, sentence % {"num": count})
    else:
        messages.info(request, _("C’était déjà fait."))


def _choose_one(request: HttpRequest, campaign: Campaign, form: GestureForm, lines: list[plan.Line]) -> None:
    known = {line.key for line in lines}
    known |= {f"{line.key.rsplit('-', 1)[0]}-{other}" for line in lines for other in line.others}
    if not form.is_valid() or form.cleaned_data["geste"].split("-", 1)[1] not in known:
        messages.info(request, _("Cette ligne n’existe plus : les familles ou les absences ont changé."))
        return
    wanted, target, person, channel = form.line()
    done = drafts.choose(request.viewer, campaign, target, person, channel, wanted=wanted)
    if not done:
        messages.info(request, _("C’était déjà fait."))
    else:
        messages.success(request, _("La ligne est remise.") if wanted else _("La ligne est écartée."))


@opens(Campaign, to=rules.changes_campaign)
@confirmed()
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """How many messages leave, and what they cost; then they leave."""
    if gone := _elsewhere(campaign):
        return gone
    form, status = ConfirmForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            count = leaving.confirm(request.viewer, campaign, form.cleaned_data["seen"])
        except drafts.NotADraft:
            messages.info(request, _("C’était déjà fait."))
            return redirect("campaigns:campaign", pk=campaign.pk)
        except leaving.SeenOtherwise:
            status = CONFLICT
        except leaving.TooMany:
            form.add_error(None, _("C’est trop pour une seule campagne : prenez moins de classes."))
        else:
            sentence = ngettext("%(num)s message est confirmé.", "%(num)s messages sont confirmés.", count)
            messages.success(request, sentence % {"num": count})
            return redirect("campaigns:campaign", pk=campaign.pk)
    return _to_confirm(request, campaign, form, status_of(form, status))


def _to_confirm(request: HttpRequest, campaign: Campaign, form: ConfirmForm, status: int) -> HttpResponse:
    lines = plan.lines_of(request.viewer, campaign)
    counts, school = plan.counts_of(lines), request.viewer.school
    left = history.left_today(school, timezone.now()) if counts.texts and school else 0
    context = {
        "campaign": campaign,
        "form": form,
        "steps": _steps(),
        "counts": counts,
        "seen": plan.mark_of(lines),
        "summary": doubts.summary_of(lines),
        "changed": status == CONFLICT,
        "left": left,
        "tomorrow": max(0, counts.parts - left),
        "leaves_at": opening_after(school, timezone.now()),
    }
    return render(request, "campaigns/confirm.html", context, status=status)


@opens(Campaign, to=rules.changes_campaign)
@require_POST
def drop(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Give a draft up."""
    tell_outcome(
        request, drafts.drop(request.viewer, campaign), _("La campagne est abandonnée. Rien n’est parti.")
    )
    return redirect("campaigns:campaigns")
