"""The history of campaigns, one that was confirmed, its papers and its table."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.domains.campaigns import exports, rules
from preau.domains.campaigns.actions import leaving
from preau.domains.campaigns.models import Campaign
from preau.domains.campaigns.queries import history
from preau.domains.campaigns.queries.sheets import lots_of, sheets_of
from preau.domains.campaigns.views.drafts import A_PAGE
from preau.foundation import journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines, no_pdf, pdf_file
from preau.foundation.paging import page_for


@opens(to=rules.prepares_campaigns)
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """What was sent to families, newest first, and what is being prepared."""
    page = page_for(request, history.campaigns_of(request.viewer), 20)
    context = {"page_obj": page, "rows": history.rows_of(page.object_list)}
    return render(request, "campaigns/campaigns.html", context)


@opens(Campaign, to=rules.changes_campaign)
@require_safe
def campaign(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Where a campaign stands: what left, what arrived, what did not and why."""
    if campaign.confirmed_at is None:
        gone = campaign.dropped_at is not None
        return redirect("campaigns:campaigns") if gone else redirect("campaigns:text", pk=campaign.pk)
    page = page_for(request, history.sendings_of(campaign), A_PAGE)
    context = {
        "campaign": campaign,
        "progress": history.progress_of(campaign),
        "page_obj": page,
        "rows": history.sending_rows(page.object_list),
        "lots": lots_of(campaign),
        "has_pdf": pdf.is_possible(),
        "period": history.period_of(campaign),
        "by": campaign.confirmed_by,
    }
    return render(request, "campaigns/campaign.html", context)


@opens(Campaign, to=rules.changes_campaign)
@require_POST
def stop(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """What has not left does not leave."""
    count = leaving.stop(request.viewer, campaign)
    if count:
        sentence = ngettext("%(num)s message ne partira pas.", "%(num)s messages ne partiront pas.", count)
        messages.success(request, sentence % {"num": count})
    else:
        messages.info(request, _("Tout était déjà parti."))
    return redirect("campaigns:campaign", pk=campaign.pk)


@opens(Campaign, to=rules.changes_campaign)
@require_POST
def retry(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Try again what did not arrive."""
    count = leaving.retry(request.viewer, campaign)
    if count:
        sentence = ngettext("%(num)s message repart.", "%(num)s messages repartent.", count)
        messages.success(request, sentence % {"num": count})
    else:
        messages.info(
            request, _("Rien ne peut repartir : corrigez d’abord l’adresse ou le numéro dans le dossier.")
        )
    return redirect("campaigns:campaign", pk=campaign.pk)


@opens(Campaign, to=rules.changes_campaign)
@require_POST
def posted(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The letters are in the post."""
    count = leaving.note_posted(request.viewer, campaign)
    if count:
        sentence = ngettext(
            "%(num)s pli est noté comme posté.", "%(num)s plis sont notés comme postés.", count
        )
        messages.success(request, sentence % {"num": count})
    else:
        messages.info(request, _("C’était déjà fait."))
    return redirect("campaigns:campaign", pk=campaign.pk)


@opens(Campaign, to=rules.changes_campaign)
@require_safe
def letters(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """A lot of letters; of a draft, one real letter, to be looked at."""
    sheets = sheets_of(request.viewer, campaign, request.GET.get("lot"))
    if not sheets:
        messages.info(request, _("Aucun courrier à imprimer ici."))
        return redirect("campaigns:campaign", pk=campaign.pk)
    if not pdf.is_possible():
        return no_pdf()
    journal.record(request.viewer, "campaigns.printed", campaign, letters=len(sheets))
    return pdf_file(f"courriers-{campaign.pk}", exports.letters_pdf(request.viewer, sheets))


@opens(Campaign, to=rules.changes_campaign)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The sendings of a campaign, for a spreadsheet."""
    found = history.sendings_of(campaign)
    journal.record(request.viewer, "campaigns.exported", campaign)
    return csv_lines(f"campagne-{campaign.pk}", exports.sendings_csv(found))
