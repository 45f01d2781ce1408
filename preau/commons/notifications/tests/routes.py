"""The routes of notifications, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from conftest import NOW
from preau.commons.notifications.models import Device, Item, StopLink
from preau.commons.notifications.tests.props import more_news, own_news, stop_link
from preau.directory.seeds.world import World
from preau.foundation import boards, webpush
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import EVERYONE, OWNERS, SIGNED_IN, Near, Stage, near
from tests.pages import Page

# The link of a mail of the cast's mother: whoever has it may stop that mail, and do nothing else.
STOP_TOKEN = "arret-du-courriel"
# What a browser gives when it asks to be told by push.
PUSH_ENDPOINT = "https://fcm.googleapis.com/fcm/send"
PUSH_POINT = webpush.encode(webpush.point_of(webpush.private_key(webpush.new_private_key())))
PUSH_SECRET = webpush.encode(b"sixteen secrets!")

# Pages

PAGES = [
    Page("notifications:centre", pages.EVERYONE),
    Page("notifications:item", {"guardian"}, model=own_news, by="public_id"),
    Page("notifications:preferences", pages.EVERYONE),
    Page("notifications:stop", pages.EVERYONE, model=stop_link, by="token"),
]
PUBLIC = {"notifications:stop"}
ELSEWHERE = {
    "notifications:open",
    "notifications:mark",
    "notifications:read_all",
    "notifications:revoke",
    "notifications:add_device",
    "notifications:remove_device",
    "notifications:try_device",
    "notifications:renew_device",
    "portal:api_notifications",
    "notifications:bell",
    "notifications:take_preset",
    "notifications:ask_texts",
}
LISTS = [
    ("guardian", "notifications:centre", more_news),
]
ONE_THING = {
    "notifications:item",
    "notifications:preferences",
    "notifications:stop",
    "notifications:bell",
    # Lists by pages, behind a token: tests/test_api.py.
    "portal:api_notifications",
}


def lay(college: World) -> None:
    """A device of the head's own, to be told on, tried and taken away."""
    Device.objects.create(
        person=college.people["head"],
        endpoint="https://push.example/head",
        p256dh=webpush.public_key(),
        auth=webpush.encode(b"s" * 16),
        label="Firefox sur Linux",
        opened_in="",
        added_at=NOW,
    )


# The isolation matrix

SEES: dict[type[Model], Near] = {
    Item: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Device: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "notifications:centre": SIGNED_IN,
    "notifications:bell": SIGNED_IN,
    "notifications:take_preset": SIGNED_IN,
    "notifications:ask_texts": SIGNED_IN,
    "notifications:read_all": SIGNED_IN,
    "notifications:preferences": SIGNED_IN,
    "notifications:revoke": SIGNED_IN,
    "notifications:add_device": SIGNED_IN,
    "notifications:renew_device": SIGNED_IN,
    "notifications:remove_device": SEES[Device],
    "notifications:try_device": SEES[Device],
    "notifications:stop": EVERYONE,
    "notifications:item": SEES[Item],
    "notifications:open": SEES[Item],
    "notifications:mark": SEES[Item],
    # By a token alone, whoever is signed in: tests/test_api.py.
    "portal:api_notifications": set(),
}
REST_OF_ADDRESS = {
    "notifications:stop": {"token": STOP_TOKEN},
}
NAMES = {
    "old": Named(Device, "endpoint"),
}
PLAIN = dict.fromkeys(
    [
        "weekday",
        "partie",
        "quiet_from",
        "quiet_to",
        "off",
        "preset",
        "sms",
        "lue",
        "jusqu-a",
        "hour",
        "sujet",
        "endpoint",
        "p256dh",
        "auth",
        *(f"{kind.key}-{what}" for kind in boards.notification_kinds for what in ("in_app", "pace", "push")),
    ],
    (),
)

# Forms and files


def _wishes(stage: Stage) -> Data:
    kinds = [kind.key for kind in boards.notification_kinds if kind.can_be_muted]
    return {"hour": "8", "weekday": "2", **{f"{key}-pace": "daily" for key in kinds}}


def _subscription(stage: Stage) -> Data:
    return {"endpoint": f"{PUSH_ENDPOINT}/phone", "p256dh": PUSH_POINT, "auth": PUSH_SECRET}


BODIES = {
    "notifications:open": Body("guardian"),
    "notifications:mark": Body("guardian", lambda stage: {"lue": "oui"}),
    "notifications:read_all": Body("guardian", lambda stage: {"jusqu-a": str(stage.own(Item).pk)}),
    "notifications:preferences": Body("guardian", _wishes, wrong=lambda stage: {"hour": "3"}),
    "notifications:revoke": Body("guardian"),
    # No gateway in the nets: nothing is asked, hence nothing stopped (test_texts.py).
    "notifications:ask_texts": Body("guardian", lambda stage: {"sms": "non"}, writes=False),
    "notifications:take_preset": Body("guardian", lambda stage: {"preset": "soir"}),
    "notifications:add_device": Body(
        "guardian", _subscription, wrong=lambda stage: {"endpoint": "https://127.0.0.1/"}
    ),
    "notifications:renew_device": Body(
        "guardian",
        lambda stage: {"old": f"{PUSH_ENDPOINT}/guardian", **_subscription(stage)},
        wrong=lambda stage: {"endpoint": "https://127.0.0.1/"},
    ),
    "notifications:remove_device": Body("guardian"),
    "notifications:try_device": Body(
        "guardian", again={"django_tasks_database_dbtaskresult": "each click tries the device again"}
    ),
    "notifications:stop": Body("visitor"),
}
NOT_WORDS = {"notifications:add_device", "notifications:renew_device"}
# A service worker types nothing.
NOTHING_TYPED = {"notifications:renew_device"}
ONE_BUTTON = {"notifications:stop"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A news and a device of people near and far; a link to stop a mail of the cast's mother."""
    for scope, key in OWNERS.items():
        stage.put(
            scope,
            Item.objects.create(
                person=stage.people[key],
                kind="attendance.absence",
                key=f"stage-{key}",
                url="/",
                published_at=NOW,
            ),
            Device.objects.create(
                person=stage.people[key],
                endpoint=f"{PUSH_ENDPOINT}/{key}",
                p256dh=PUSH_POINT,
                auth=PUSH_SECRET,
                label="Firefox",
                opened_in="x",
                added_at=NOW,
            ),
        )
    mother = stage.people["guardian"]
    StopLink.objects.create(person=mother, kind="attendance.refused", token=STOP_TOKEN, made_at=NOW)
