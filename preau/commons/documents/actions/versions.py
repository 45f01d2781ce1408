"""Versions: kept by themselves when people pause, named when they say so, taken up again without losing what followed."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.documents import rules
from preau.commons.documents.actions import writing
from preau.commons.documents.actions.writing import Saved
from preau.commons.documents.models import Authorship, Document, State, Update, Version
from preau.commons.documents.queries import texts
from preau.directory.viewer import Viewer
from preau.foundation import dates, journal
from preau.foundation.richtext import shared

# A pause, after which what was written is a version; and how long people may write without one.
PAUSE, LONGEST_SESSION = timedelta(minutes=5), timedelta(minutes=30)
AT_ONCE = 200
log = logging.getLogger(__name__)


def keep(document: Document, by: Viewer | None = None, name: str = "") -> Version | None:
    """Keep what a document that is held says as one more version, with who has written since the last; its updates become one state.

    None when nothing was written since, and no name is given.
    """
    last = document.all_versions.order_by("-number").first()
    if last and last.upto == document.last:
        if name and name != last.name:
            last.name = name
            last.save(update_fields=["name"])
            return last
        return None
    html = texts.html_now(document)
    if document.shown != document.last:
        writing.project(document, html)
    now = timezone.now()
    version = Version.objects.create(
        document=document,
        number=document.versions + 1,
        name=name,
        html=html,
        upto=document.last,
        made_by=by.person if by else None,
        made_at=now,
    )
    _keep_authors(version, document.kept)
    document.versions, document.kept = version.number, document.last
    document.save(update_fields=["versions", "kept"])
    _compact(document)
    _drop_old(document)
    return version


def _keep_authors(version: Version, since: int) -> None:
    rows = Update.objects.filter(document=version.document_id, number__gt=since, author__isnull=False)
    authors = list(dict.fromkeys(rows.order_by("number").values_list("author_id", flat=True)))
    Authorship.objects.bulk_create(Authorship(version=version, person_id=pk) for pk in authors)


def _compact(document: Document) -> None:
    """Its updates become one state: a page that comes reads one thing."""
    state = State.objects.filter(document=document).first() or State(document=document)
    rows = Update.objects.filter(document=document, number__gt=state.number).order_by("number")
    found = [(row.number, bytes(row.content)) for row in rows.only("number", "content")]
    if found:
        state.content = shared.compact(bytes(state.content), [content for _number, content in found])
        state.number = found[-1][0]
        state.save()
    Update.objects.filter(document=document, number__lte=state.number).delete()
    document.weight = len(state.content)
    document.save(update_fields=["weight"])


def _drop_old(document: Document) -> None:
    """Versions with a name stay; of the others, the last hundred."""
    rows = document.all_versions.filter(name="").order_by("-number").values_list("pk", flat=True)
    Version.objects.filter(pk__in=list(rows[rules.MOST_VERSIONS :])).delete()


@transaction.atomic
def name_version(viewer: Viewer, document_id: int, name: str) -> Version | None:
    """Give a name to what the document says now; None when it has that name. Raises NotOpen."""
    document = writing.hold(viewer, document_id, to=rules.runs)
    version = keep(document, viewer, name)
    if version:
        journal.record(viewer, "documents.version_named", document, number=version.number)
    return version


@transaction.atomic
def restore(viewer: Viewer, version: Version) -> Saved:
    """The document says again what it said then: one more change, so that nothing of what followed is lost. Raises NotOpen."""
    document = writing.hold(viewer, version.document_id, to=rules.runs)
    keep(document, viewer)
    saved = writing.write(viewer, document, texts.html_now(document), version.html)
    if saved.changed:
        local = dates.local(version.made_at)
        when = _("Reprise de la version %(number)s, %(day)s") % {
            "number": version.number,
            "day": dates.day(local),
        }
        keep(document, viewer, when)
        journal.record(viewer, "documents.version_restored", document, number=version.number)
    return saved


def settle(now: datetime) -> int:
    """Every few minutes: keep a version of what people have paused on, or have written for long. Returns how many."""
    paused = Q(changed_at__lt=now - PAUSE)
    long = ~Q(all_versions__made_at__gt=now - LONGEST_SESSION) & Q(begun_at__lt=now - LONGEST_SESSION)
    rows = Document.objects.exclude(last=F("kept")).filter(paused | long)
    found = 0
    for pk in rows.order_by("changed_at", "pk").values_list("pk", flat=True):
        found += _settled(pk)
        if found == AT_ONCE:
            break
    return found


def _settled(pk: int) -> bool:
    """One that fails is told to who runs the site, and keeps nobody else's from being kept."""
    try:
        return _settle(pk)
    except Exception:
        log.exception("document %s cannot be kept as a version", pk)
        return False


@transaction.atomic
def _settle(pk: int) -> bool:
    rows = Document.objects.select_for_update(of=("self",)).filter(pk=pk)
    document = rows.first()
    return document is not None and keep(document) is not None
