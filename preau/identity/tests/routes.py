"""The routes of identity, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from conftest import NOW, TWIN
from preau.directory.models import Person, School
from preau.directory.tests.props import cast_pupil, many_classes, many_pupils, many_staff, own_class
from preau.directory.tests.routes.forms import a_picture, in_an_ecole
from preau.foundation.sealed import seal
from preau.identity import keys, totp
from preau.identity.codes import digest_of, new_code
from preau.identity.models import (
    AccessKey,
    Account,
    AccountSession,
    Activation,
    Passkey,
    PictureCard,
    ProofDemand,
    SecondProof,
)
from preau.identity.seeds import CAST as LOGINS
from preau.identity.seeds import PASSWORD
from preau.identity.tests.props import many_browsers, own_passkey
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    ALL_SCOPES_OF_OFFICE,
    EVERYONE,
    NEIGHBOURING,
    NOBODY,
    OFFICE,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    OWNERS,
    SETTLERS,
    SIGNED_IN,
    STAFF,
    WITH_PUPILS,
    Near,
    Stage,
    near,
    place_of,
    runs_the_platform,
    school_key,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("identity:accounts", pages.STAFF),
    Page("identity:class_accounts", pages.STAFF, model=own_class),
    # Of an école alone: test_cards.py.
    Page("identity:class_cards", set(), model=own_class),
    Page("identity:staff_accounts", pages.OFFICE),
    Page("identity:everyone_out", {"head"}),
    Page("identity:proof_demand", {"head"}),
    Page("identity:platform_proof", {"operator"}),
    Page("identity:proof_readiness", pages.OFFICE),
    Page("identity:delay_proof", pages.OFFICE, model=cast_pupil, by="public_id"),
    Page("identity:family_letters", pages.OFFICE, model=cast_pupil, by="public_id"),
    Page("identity:person", pages.STAFF, model=cast_pupil, by="public_id"),
    Page("identity:profile", pages.EVERYONE),
    Page("identity:reading", pages.EVERYONE),
    Page("identity:change_password", pages.EVERYONE),
    Page("identity:sessions", pages.EVERYONE),
    Page("identity:second_proof", (pages.EVERYONE | pages.ABROAD) - {"pupil"}),
    Page("identity:install_second_proof", (pages.EVERYONE | pages.ABROAD) - {"pupil"}),
    Page("identity:add_passkey", (pages.EVERYONE | pages.ABROAD) - {"pupil"}),
    Page("identity:passkey", {"teacher"}, model=own_passkey, by="public_id"),
    Page("identity:keys", pages.EVERYONE | pages.ABROAD),
    Page("identity:make_key", pages.EVERYONE),
    Page("identity:activation", pages.EVERYONE),
    Page("identity:forgotten", pages.EVERYONE),
]
PUBLIC = {"identity:activation", "identity:forgotten"}
ELSEWHERE = {
    "identity:sign_in",
    "identity:sign_out",
    "identity:switch",
    "identity:picture",
    "identity:take_picture",
    "identity:remove_picture",
    "identity:resume",
    "identity:new_password",
    "identity:second_step",
    "identity:passkey_challenge",
    "identity:passkey_options",
    "identity:remove_passkey",
    "identity:revoke_key",
    "identity:revoke_keys",
    "identity:lift_second_proof",
    "identity:confirm",
    "identity:confirm_otherwise",
    "identity:remind_later",
    "identity:end_session",
    "identity:prepare_class",
    "identity:prepare_staff",
    "identity:prepare_person",
    "identity:give_code",
    "identity:sign_out_person",
    "identity:letters_pdf",
    "identity:give_cards",
    "identity:withdraw_card",
    "identity:pictures",
}
LISTS = [
    ("secretary", "identity:accounts", many_classes),
    ("secretary", "identity:class_accounts", many_pupils),
    ("secretary", "identity:class_accounts?qui=responsables", many_pupils),
    ("secretary", "identity:staff_accounts", many_staff),
    ("secretary", "identity:proof_readiness", many_staff),
    ("head", "identity:proof_demand", many_staff),
    ("guardian", "identity:sessions", many_browsers),
]
LISTS_APART = {"identity:class_cards"}
ONE_THING = {
    "identity:pictures",
    "identity:sign_in",
    "identity:resume",
    "identity:activation",
    "identity:forgotten",
    "identity:new_password",
    "identity:platform_proof",
    "identity:delay_proof",
    "identity:change_password",
    "identity:confirm",
    "identity:everyone_out",
    "identity:person",
    # A pupil and those who answer for them.
    "identity:family_letters",
    "identity:profile",
    "identity:reading",
    "identity:picture",
    # Twenty keys that open something at most, and those of the last month.
    "identity:keys",
    "identity:make_key",
    # Ten keys at most.
    "identity:second_step",
    "identity:second_proof",
    "identity:install_second_proof",
    "identity:add_passkey",
    "identity:passkey",
}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    AccountSession: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    # Those of the stage are of people who do not sign in with their password there: it would suffice no more.
    AccessKey: near(own={"cpe"}, other_class={"teacher_parent"}, other_school={"neighbour_head"}),
    Passkey: near(own={"cpe"}, other_class={"teacher_parent"}, other_school={"neighbour_head"}),
    # A code that somebody was given is theirs to see.
    Activation: near(own=OFFICE | {"pupil"}, other_class=OFFICE, other_school={"neighbour_head"}),
}
CODE_GIVERS = near(
    own={"head", "cpe", "teacher", "secretary"},
    other_class={"head", "cpe", "teacher_parent", "secretary"},
    other_school={"neighbour_head"},
)
OPENS: dict[str, Near | set[str]] = {
    "identity:sign_in": EVERYONE,
    "identity:activation": EVERYONE,
    "identity:forgotten": EVERYONE,
    "identity:second_step": EVERYONE,
    "identity:second_proof": SIGNED_IN - {"pupil"},
    "identity:install_second_proof": SIGNED_IN - {"pupil"},
    "identity:passkey_challenge": EVERYONE,
    "identity:passkey_options": SIGNED_IN - {"pupil"},
    "identity:add_passkey": SIGNED_IN - {"pupil"},
    "identity:passkey": SEES[Passkey],
    "identity:remove_passkey": SEES[Passkey],
    "identity:keys": SIGNED_IN,
    "identity:revoke_keys": SIGNED_IN,
    "identity:revoke_key": SEES[AccessKey],
    "identity:make_key": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "identity:new_password": EVERYONE,
    "identity:sign_out": SIGNED_IN,
    "identity:switch": SIGNED_IN,
    "identity:resume": SIGNED_IN,
    "identity:confirm": SIGNED_IN,
    "identity:confirm_otherwise": SIGNED_IN,
    "identity:change_password": SIGNED_IN,
    "identity:sessions": SIGNED_IN,
    "identity:end_session": SEES[AccountSession],
    "identity:accounts": (STAFF - {"cook"}) | NEIGHBOURING,
    "identity:class_accounts": near(
        own={"head", "cpe", "secretary", "teacher"},
        other_class={"head", "cpe", "secretary", "teacher_parent"},
        departed={"head", "cpe", "secretary"},
        other_school=NEIGHBOURING,
    ),
    "identity:prepare_class": ALL_SCOPES_OF_OFFICE,
    "identity:staff_accounts": OFFICE | NEIGHBOURING,
    "identity:prepare_staff": OFFICE | NEIGHBOURING,
    "identity:letters_pdf": OFFICE | NEIGHBOURING,
    "identity:everyone_out": {"head"} | NEIGHBOURING,
    # The schools of the matrix are collèges: nobody gives cards with pictures there (test_cards.py says who does in an école).
    "identity:class_cards": near(),
    "identity:give_cards": near(),
    "identity:withdraw_card": CODE_GIVERS,
    "identity:pictures": EVERYONE,
    "identity:person": CODE_GIVERS,
    "identity:give_code": CODE_GIVERS,
    "identity:sign_out_person": CODE_GIVERS,
    "identity:lift_second_proof": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "identity:delay_proof": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "identity:proof_demand": SETTLERS,
    "identity:proof_readiness": OFFICE | NEIGHBOURING,
    # The operator of the matrix runs one territory, and this touches every school.
    "identity:platform_proof": set(),
    "identity:remind_later": SIGNED_IN,
    "identity:family_letters": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "identity:prepare_person": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "identity:profile": SIGNED_IN,
    "identity:reading": SIGNED_IN,
    # A pupil of the cast is twelve: a picture is for fifteen and more.
    "identity:take_picture": SIGNED_IN - {"pupil"},
    "identity:remove_picture": SIGNED_IN,
    "identity:picture": near(
        own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY, other_school=NEIGHBOURING
    ),
}


def _letter(stage: Stage, activation: Activation) -> str:
    return f"{activation.pk}:{stage.codes.get(activation.pk, 'XXXX-XXXX-XXXX')}"


def _seat(stage: Stage, school: School) -> str:
    return school_key(stage, OTHER_SCHOOL if school == stage.twin.school else OWN)


NAMES = {
    "ecole": Named(School, "public_id"),
    "seat": Named(School, says=_seat),
    "lettre": Named(Activation, says=_letter),
}
PLAIN = dict.fromkeys(
    [
        "retour",
        "refaire",
        "vu",
        "login",
        "password",
        "code",
        "recovery",
        "sealed",
        "trusted",
        "credential",
        "moi",
        "identifiant",
        "former",
        "new_password",
        "again",
        "text",
        "spacing",
        "font",
        "color-scheme",
        "contrast",
        "motion",
        "simple",
        "changer",
        "image",
        "carte",
        "nature",
        "since",
        "what",
        "who",
        "days",
        "scopes",
        "keys",
    ],
    (),
)

# Forms and files

NEW_PASSWORD = "quatre vélos sous la pluie"


def _sign_in(stage: Stage) -> Data:
    return {"login": LOGINS["guardian"], "password": PASSWORD}


def _with_code(stage: Stage) -> Data:
    activation = stage.own(Activation)
    return {
        "login": activation.account.login,
        "code": stage.codes[activation.pk],
        "new_password": NEW_PASSWORD,
        "again": NEW_PASSWORD,
    }


def _change_password(stage: Stage) -> Data:
    return {"former": PASSWORD, "new_password": NEW_PASSWORD, "again": NEW_PASSWORD}


def _has_a_card(stage: Stage) -> None:
    PictureCard.objects.create(
        account=stage.own(Person).account, digest="x", pictures="x", issued_at=timezone.now()
    )


def _has_a_session(stage: Stage) -> None:
    store = SessionStore()
    store.create()
    AccountSession.objects.create(
        session_id=store.session_key,
        account=stage.own(Person).account,
        device="Firefox",
        opened_at=NOW,
        seen_at=NOW,
    )


def _proves_twice(person: Person) -> None:
    now = timezone.now()
    SecondProof.objects.create(account=person.account, secret="x", last_step=0, installed_at=now, used_at=now)


def _guardian_proves_twice(stage: Stage) -> None:
    _proves_twice(stage.people["guardian"])


def _is_asked_to_prove(stage: Stage) -> None:
    day = NOW.date() + timedelta(days=14)
    ProofDemand.objects.create(school=stage.college.school, who="staff", since=day, said_at=timezone.now())
    Account.objects.filter(person=stage.own(Person)).update(proves_from=day)


def _person_proves_twice(stage: Stage) -> None:
    _proves_twice(stage.own(Person))


def _first_digits(stage: Stage) -> Data:
    secret, account = b"12345678901234567890", stage.people["guardian"].account
    return {
        "sealed": seal(f"install.{account.pk}", secret),
        "code": totp.code_at(secret, totp.step_of(timezone.now())),
    }


def _everyone_out(stage: Stage) -> Data:
    return {"who": ["eleves", "responsables", "personnels"], "what": "mots-de-passe"}


def _letters(stage: Stage) -> Data:
    activation = stage.own(Activation)
    return {"lettre": [f"{activation.pk}:{stage.codes[activation.pk]}"]}


def _seen(stage: Stage) -> Data:
    """The last code that the page knew."""
    return {"vu": str(stage.own(Activation).pk)}


def _not_open_yet(stage: Stage) -> None:
    account = stage.own(Person).account
    account.set_unusable_password()
    account.save()


def _has_picture(stage: Stage) -> None:
    stage.people["guardian"].account.picture.save("x.png", ContentFile(b"..."))


DEMAND = {"who": "staff", "since": "2026-12-15"}
READING = {
    "text": "115",
    "spacing": "normal",
    "font": "hyperlegible",
    "color-scheme": "auto",
    "contrast": "auto",
    "motion": "auto",
    "simple": "off",
}
TWO_VISITS = {
    "identity_account": "when it was last opened",
    "identity_accountsession": "each browser is on the list",
    "journal_line": "each entry leaves its trace",
}
ASKED_AGAIN = {
    "django_tasks_database_dbtaskresult": "whoever asks, for whomever, the page does the same work"
}
NEW_FILE = {"identity_account": "each file has an address of its own", "journal_line": "and its trace"}
BODIES = {
    "identity:sign_in": Body("visitor", _sign_in, wrong=lambda stage: {"password": ""}, again=TWO_VISITS),
    "identity:sign_out": Body("guardian"),
    "identity:switch": Body("teacher_parent", lambda stage: {"seat": "guardian"}),
    "identity:activation": Body("visitor", _with_code, wrong=lambda stage: {"new_password": "", "again": ""}),
    "identity:new_password": Body(
        "visitor", _with_code, wrong=lambda stage: {"new_password": "", "again": ""}
    ),
    "identity:forgotten": Body(
        "visitor",
        lambda stage: {"login": LOGINS["guardian"]},
        wrong=lambda stage: {"login": ""},
        again=ASKED_AGAIN,
    ),
    "identity:confirm": Body(
        "guardian",
        lambda stage: {"former": PASSWORD},
        wrong=lambda stage: {"former": "autre"},
        again={"journal_line": "each proof leaves its line"},
    ),
    "identity:confirm_otherwise": Body("guardian"),
    "identity:change_password": Body("guardian", _change_password, wrong=lambda stage: {"again": "autre"}),
    "identity:second_step": Body("visitor", lambda stage: {"code": "000000"}, writes=False),
    "identity:second_proof": Body("guardian", lambda stage: {"geste": "retirer"}, _guardian_proves_twice),
    "identity:install_second_proof": Body("guardian", _first_digits, wrong=lambda stage: {"code": "12"}),
    "identity:passkey_challenge": Body("visitor", writes=False),
    "identity:passkey_options": Body("guardian", writes=False),
    "identity:add_passkey": Body(
        "guardian",
        lambda stage: {"name": "Téléphone", "credential": ""},
        wrong=lambda stage: {"name": ""},
        writes=False,
    ),
    "identity:passkey": Body(
        "cpe", lambda stage: {"name": "Mon téléphone"}, wrong=lambda stage: {"name": ""}
    ),
    "identity:remove_passkey": Body("cpe"),
    "identity:make_key": Body(
        "guardian",
        lambda stage: {"nature": "token", "name": "Programme", "scopes": ["api"], "days": "90", "vu": "0"},
        wrong=lambda stage: {"name": ""},
    ),
    "identity:revoke_key": Body("cpe"),
    "identity:revoke_keys": Body("cpe"),
    "identity:lift_second_proof": Body("secretary", before=_person_proves_twice),
    "identity:proof_demand": Body("head", lambda stage: dict(DEMAND), wrong=lambda stage: {"since": ""}),
    "identity:platform_proof": Body(
        "operator", lambda stage: dict(DEMAND), runs_the_platform, wrong=lambda stage: {"since": ""}
    ),
    "identity:delay_proof": Body(
        "secretary",
        lambda stage: {"until": "2026-12-20"},
        _is_asked_to_prove,
        wrong=lambda stage: {"until": "2026-11-01"},
    ),
    "identity:remind_later": Body("guardian", writes=False),
    "identity:end_session": Body("guardian"),
    "identity:class_accounts": Body(
        "teacher", lambda stage: {"nom": "Nina", "etat": "", "qui": ""}, writes=False
    ),
    "identity:staff_accounts": Body(
        "head", lambda stage: {"nom": "Moreau", "etat": "", "qui": ""}, writes=False
    ),
    "identity:prepare_class": Body("secretary", lambda stage: {"qui": "eleves", **_seen(stage)}),
    "identity:prepare_staff": Body("secretary", lambda stage: {"vu": "0"}),
    "identity:family_letters": Body("secretary", _seen, _not_open_yet),
    "identity:prepare_person": Body("secretary", _seen, _not_open_yet),
    "identity:give_code": Body("teacher", _seen),
    "identity:sign_out_person": Body("teacher", before=_has_a_session),
    "identity:pictures": Body(
        "visitor", lambda stage: {"code": "KQ7M-3XWD-9RTA"}, wrong=lambda stage: {"code": ""}, writes=False
    ),
    "identity:give_cards": Body("teacher", lambda stage: {"vu": "0"}, in_an_ecole),
    "identity:withdraw_card": Body("teacher", before=_has_a_card),
    "identity:everyone_out": Body("head", _everyone_out, wrong=lambda stage: {"who": []}),
    "identity:letters_pdf": Body("secretary", _letters, writes=False),
    "identity:reading": Body("guardian", lambda stage: dict(READING), wrong=lambda stage: {"text": "999"}),
    "identity:take_picture": Body("guardian", a_picture, again=NEW_FILE),
    "identity:remove_picture": Body("guardian", before=_has_picture),
}
# What somebody calls what opens their own account; a file's name is not kept; a login is looked for.
READ_BY: dict[str, set[str]] = {
    "identity:forgotten": set(),
    "identity:take_picture": set(),
    "identity:passkey": {"cpe"},
    "identity:make_key": {"guardian"},
}
NOT_WORDS = {"identity:sign_in", "identity:activation"}
# test_passkeys.py sends it wrong, late and twice.
BY_A_DEVICE = {"identity:add_passkey"}
# Signing out and taking a seat are never asked again after the session.
NOTHING_TYPED = {
    "identity:sign_out",
    "identity:switch",
    "identity:end_session",
    "identity:confirm_otherwise",
    "identity:passkey_options",
}
WITH_SECRETS = {
    "identity:change_password",
    "identity:install_second_proof",
    "identity:confirm",
    "identity:letters_pdf",
}
FILES_ALONE = {"identity:take_picture"}
ONE_BUTTON = {"identity:second_proof", "identity:family_letters"}
OTHER_FILES = {"identity:letters_pdf", "identity:picture"}
CONFIRMED = {
    "identity:prepare_class",
    "identity:prepare_staff",
    "identity:give_cards",
    "identity:make_key",
    "identity:add_passkey",
    "identity:remove_passkey",
    "identity:second_proof",
    "identity:install_second_proof",
    "identity:lift_second_proof",
    "identity:everyone_out",
    "identity:proof_demand",
    "identity:platform_proof",
    "identity:delay_proof",
}
NOT_CONFIRMED = {
    "identity:letters_pdf": "the codes of the page that was confirmed, printed",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A browser open elsewhere, a passkey, a key of access and a code that could be sent back, of people near and far; pictures."""
    faces = {OWN: stage.token_of("own pupil"), OTHER_CLASS: stage.token_of("other pupil"), OTHER_SCHOOL: TWIN}
    for scope, key in OWNERS.items():
        store = SessionStore()
        store.create()
        row = Session.objects.get(pk=store.session_key)
        keeper = {OWN: "cpe", OTHER_CLASS: "teacher_parent"}.get(scope, key)
        stage.put(
            scope,
            AccountSession.objects.create(
                session=row, account=stage.people[key].account, device="Firefox", opened_at=NOW, seen_at=NOW
            ),
            Passkey.objects.create(
                account=stage.people[keeper].account,
                name="Téléphone",
                credential_id=bytes_to_base64url(f"stage-{key}".encode()),
                handle="c3RhZ2U",
                public_key="x",
                made_at=NOW,
            ),
            AccessKey.objects.create(
                account=stage.people[keeper].account,
                kind="token",
                name="Programme",
                seat="staff",
                scopes=["api"],
                prefix=keys.prefix_of(keys.new_key()),
                digest="x",
                made_at=NOW,
                expires_at=NOW + timedelta(days=30),
            ),
        )
        person = place_of(stage, Person, scope)
        # Read anew: the one at hand does not know its login any more.
        account, _ = Account.objects.get_or_create(
            person=person, defaults={"login": f"code.{person.pk}", "password": "!"}
        )
        if scope in faces:
            account.picture.save("x.png", ContentFile(faces[scope].encode()))
        code = new_code()
        activation = Activation.objects.create(
            account=account,
            kind=Activation.Kind.FIRST_LETTER,
            digest=digest_of(code),
            issued_at=timezone.now(),
            expires_at=NOW + timedelta(days=60),
        )
        stage.codes[activation.pk] = code
        stage.put(scope, activation)
    stage.put(NOBODY, AccountSession(pk="nobody"))
