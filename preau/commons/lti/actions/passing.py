"""Going to a service and coming back: a click here, a message there, and what was chosen there."""

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from preau.commons.lti.actions.reading import digest_of, is_for, is_timely, read_word, show_once
from preau.commons.lti.models import Activity, Context, Passage, Proposal, Tool
from preau.commons.lti.queries import messages, people, tools
from preau.commons.lti.queries.items import is_clean, items_of
from preau.commons.lti.queries.keys import signer_in
from preau.commons.lti.rules import CHOICE_LIFE, CLOCKS_DIFFER, PASSAGE_LIFE, SIGNED_LIFE
from preau.commons.lti.words import CHOSEN, CLAIM, DEEP, INSTRUCTOR, VERSION
from preau.commons.signon.actions import tickets
from preau.commons.signon.actions.keys import sign
from preau.commons.signon.models import Alias, Opening
from preau.commons.signon.queries import access
from preau.directory.models import Group
from preau.directory.viewer import Viewer, viewer_for

LONGEST = 200


class Stale(Exception):
    """The passage, or the answer, is worth nothing: never begun, used, too old, somebody else's, or closed since."""


@transaction.atomic
def begin(
    viewer: Viewer,
    tool: Tool,
    session: str,
    *,
    activity: Activity | None = None,
    at: tuple[Opening, Group] | None = None,
) -> str:
    """The address at which the service begins, for one person, one class and one activity; or, `at` a class, to choose one."""
    context = activity.context if activity else _context(*at) if at else None
    if context is None:
        raise Stale
    hint, message = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    Passage.objects.create(
        account_id=viewer.account_id,
        seat=viewer.key,
        session=digest_of(session),
        context=context,
        activity=activity,
        hint=digest_of(hint),
        message=digest_of(message),
        ends_at=timezone.now() + PASSAGE_LIFE,
    )
    return messages.login_address(tool, context, activity, hint, message)


def _context(opening: Opening, group: Group) -> Context:
    return Context.objects.get_or_create(opening=opening, group=group)[0]


@transaction.atomic
def enter(account_id: int, session: str, tool: Tool, hint: str, message: str, nonce: str) -> str:
    """The signed message, for whoever began this passage from this session. Raises Stale, and the passage is as it was."""
    now = timezone.now()
    rows = Passage.objects.select_for_update(of=("self",)).select_related(
        "context__opening__service",
        "context__opening__school",
        "context__group",
        "activity",
        "account__person",
    )
    found = rows.filter(
        hint=digest_of(hint[:LONGEST]), account=account_id, used_at=None, ends_at__gt=now
    ).first()
    if found is None or found.context.opening.service_id != tool.service_id:
        raise Stale
    same = constant_time_compare(found.session, digest_of(session))
    if not same or not constant_time_compare(found.message, digest_of(message[:LONGEST])):
        raise Stale
    viewer, role = _standing(found)
    tickets.come(viewer, [found.context.opening])
    user = Alias.objects.get(service=tool.service_id, person=viewer.person.pk).value
    word = "" if found.activity else secrets.token_urlsafe(32)
    found.used_at, found.answer = now, digest_of(word) if word else ""
    found.ends_at = now + (CHOICE_LIFE if word else PASSAGE_LIFE)
    found.save(update_fields=["used_at", "answer", "ends_at"])
    claims = {
        "iss": settings.PUBLIC_URL,
        "aud": tool.client_id,
        "sub": user,
        "iat": int(now.timestamp()),
        "exp": int((now + SIGNED_LIFE).timestamp()),
        "nonce": nonce,
    }
    return sign(messages.claims_of(tool, found, viewer.person, role, word) | claims)


def _standing(passage: Passage) -> tuple[Viewer, str]:
    """Its person as they stand now, and what they are in the class: rights end at the next step. Raises Stale."""
    account, context = passage.account, passage.context
    viewer = (
        viewer_for(account.person, account.pk, timezone.now(), passage.seat) if account.is_active else None
    )
    if viewer is None or viewer.key != passage.seat:
        raise Stale
    role = people.role_in(viewer, context)
    openings = access.openings_of(viewer, context.opening.service_id)
    if not role or context.opening_id not in {opening.pk for opening in openings}:
        raise Stale
    if passage.activity and passage.activity.ended_at:
        raise Stale
    if passage.activity is None and role != INSTRUCTOR:
        raise Stale
    return viewer, role


# Back


def answer(word: str) -> Proposal:
    """What a teacher chose at a service, signed by it, once, for the passage that asked. Raises Stale.

    It comes by a form of another site, hence without a session: the word that we gave says whose it is.
    """
    tool = tools.tool_of(signer_in(word))
    claims = read_word(tool, word) if tool else None
    if tool is None or claims is None or not _is_sound(tool, claims):
        raise Stale
    return _take(tool, claims)


@transaction.atomic
def _take(tool: Tool, claims: dict[str, Any]) -> Proposal:
    found = _asked(tool, claims.get(f"{DEEP}data"))
    _standing(found)
    until = timezone.now() + CHOICE_LIFE
    if claims.get(f"{CLAIM}deployment_id") != tools.deployment_of(found.context.opening):
        raise Stale
    # The last word of the service may be read a minute late: its own word is remembered longer than that.
    if not show_once(tool, "nonce", claims.get("nonce"), until + CLOCKS_DIFFER * 2):
        raise Stale
    if not Passage.objects.filter(pk=found.pk).exclude(answer="").update(answer=""):
        raise Stale
    zone = found.context.opening.school.timezone
    items, refused = items_of(tool, claims.get(f"{DEEP}content_items"), zone)
    return Proposal.objects.create(
        account=found.account,
        seat=found.seat,
        context=found.context,
        items=items,
        refused=min(refused, 999),
        ends_at=until,
    )


def _is_sound(tool: Tool, claims: dict[str, Any]) -> bool:
    return (
        claims.get("iss") == tool.client_id
        and is_for(claims, settings.PUBLIC_URL)
        and is_timely(claims, timezone.now(), CHOICE_LIFE)
        and claims.get(f"{CLAIM}message_type") == CHOSEN
        and claims.get(f"{CLAIM}version") == VERSION
    )


def _asked(tool: Tool, word: Any) -> Passage:
    """The passage to which this word answers, held until the end."""
    if not isinstance(word, str) or not word or not is_clean(word):
        raise Stale
    rows = Passage.objects.select_for_update(of=("self",)).select_related(
        "context__opening__service",
        "context__opening__school",
        "context__group",
        "activity",
        "account__person",
    )
    known = rows.filter(answer=digest_of(word[:LONGEST]), ends_at__gt=timezone.now())
    found = known.filter(context__opening__service=tool.service_id).first()
    if found is None:
        raise Stale
    return found
