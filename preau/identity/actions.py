"""Verbs of identity: sign in, sign out, take another seat. Each leaves a line in the journal."""

from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from preau.directory.viewer import Seat, Viewer
from preau.foundation import journal
from preau.identity.middleware import SEAT, viewer_of
from preau.identity.models import Account


@transaction.atomic
def sign_in(request: HttpRequest, account: Account) -> Viewer | None:
    """Open a session; returns None, and opens nothing, for an account whose person has no role any more."""
    open_session(request, account)
    request.user = account
    viewer = viewer_of(request)
    if viewer is None:
        close_session(request)
        return None
    request.session[SEAT] = viewer.key
    journal.record(viewer, "identity.signed_in", account, subject_id=account.person_id)
    return viewer


@transaction.atomic
def sign_out(request: HttpRequest, viewer: Viewer) -> None:
    journal.record(viewer, "identity.signed_out", request.user, subject_id=viewer.person.pk)
    close_session(request)


@transaction.atomic
def take_seat(request: HttpRequest, viewer: Viewer, seat: Seat) -> None:
    """Change the default seat of this session."""
    request.session[SEAT] = seat.key
    journal.record(viewer.seated(seat), "identity.changed_seat", request.user, subject_id=viewer.person.pk)


@transaction.atomic
def close_account(person_id: int) -> int:
    """Erase a person's account: its name, its password, its way in. Sessions end at their next request."""
    account = Account.objects.select_for_update().filter(person_id=person_id).first()
    if account is None:
        return 0
    account.login = f"efface-{get_random_string(20).lower()}"
    account.is_active = False
    account.last_login = None
    account.set_unusable_password()
    account.save()
    return 1
