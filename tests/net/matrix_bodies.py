"""A valid body for every route that takes a POST: what a person who may would send from its page.

The isolation matrix sends it as everybody, with the ids of others put in; the behaviour nets send it twice, and without
a session. A route without a body here fails both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from preau.commons.agenda.models import Feed
from preau.commons.notifications.models import Item
from preau.directory.actions import deliveries, departures, merging
from preau.directory.actions.families import mark_of
from preau.directory.models import (
    Delivery,
    Group,
    Guardianship,
    Hold,
    Holding,
    Leaver,
    Period,
    Person,
    Room,
    Subject,
)
from preau.directory.tests.aaf import document, eleve, etab
from preau.domains.attendance.models import Entry, Explanation, Reason
from preau.domains.timetable.models import Lesson
from preau.foundation import boards, uploads
from preau.identity.models import Activation
from preau.identity.seeds import CAST as LOGINS
from preau.identity.seeds import PASSWORD
from tests.net.matrix_stage import DOUBLES, PUSH_ENDPOINT, PUSH_POINT, PUSH_SECRET, STEM, Stage

NEW_PASSWORD = "quatre vélos sous la pluie"
Data = dict[str, Any]


@dataclass(frozen=True)
class Body:
    """`by` sends `data(stage)`. `before` puts the object in the state in which its page shows the form.

    `wrong`: one mistake, with which the page must come back with all the rest. `writes`: False for what only shows.
    `again`: the tables to which the same form, sent twice, adds a second time, and why it must.
    """

    by: str
    data: Callable[[Stage], Data] = lambda stage: {}
    before: Callable[[Stage], None] = lambda stage: None
    wrong: Callable[[Stage], Data] = lambda stage: {}
    writes: bool = True
    again: Mapping[str, str] = field(default_factory=dict)


def _sign_in(stage: Stage) -> Data:
    return {"login": LOGINS["guardian"], "password": PASSWORD}


def _with_code(stage: Stage) -> Data:
    activation = stage.own(Activation)
    return {
        "login": activation.account.login, "code": stage.codes[activation.pk], "new_password": NEW_PASSWORD,
        "again": NEW_PASSWORD,
    }  # fmt: skip


def _change_password(stage: Stage) -> Data:
    return {"former": PASSWORD, "new_password": NEW_PASSWORD, "again": NEW_PASSWORD}


def _letter(stage: Stage) -> Data:
    activation = stage.own(Activation)
    return {"lettre": [f"{activation.pk}:{stage.codes[activation.pk]}"]}


def _seen(stage: Stage) -> Data:
    """The last code that the page knew."""
    return {"vu": str(stage.own(Activation).pk)}


def _ruling(stage: Stage) -> Data:
    link = stage.own(Guardianship)
    link.refresh_from_db()
    return {"ruled_on": "2026-11-02", "last_day": "2027-06-30", "barred": "on", "avant": mark_of(link)}


def _ruled(stage: Stage) -> None:
    Guardianship.objects.filter(pk=stage.own(Guardianship).pk).update(
        ruled_on="2026-11-02", may_not_be_informed=True
    )


def _lift(stage: Stage) -> Data:
    return {"avant": _ruling(stage)["avant"]}


def _kept(stage: Stage) -> Data:
    hold = Hold.objects.filter(person=stage.own(Leaver).pk).first()
    return {"last_day": "2027-06-01", "reason": "Recours en cours", "avant": departures.mark_of(hold)}


def _merge(stage: Stage) -> Data:
    kept, other = (Person.objects.get(public_id=public_id) for public_id in DOUBLES)
    return {"garder": kept.public_id, "avant": merging.mark_of(kept, other)}


def _not_open_yet(stage: Stage) -> None:
    account = stage.own(Person).account
    account.set_unusable_password()
    account.save()


def _files(stage: Stage) -> Data:
    held = document(
        etab(uai=stage.college.uai, name=stage.college.school.name), eleve("100", "Durand", "Ada", label="3A")
    )
    return {"files": [SimpleUploadedFile("ENT_Complet_20261120_Tout_0000.xml", held)]}


def _table(stage: Stage) -> Data:
    return {"reach": "adds", "eleves": SimpleUploadedFile("liste.csv", b"Nom;Prenom\nDurand;Ada\n")}


def _columns_to_say(stage: Stage) -> None:
    folder, names = uploads.keep_tables(
        {"eleves": _table(stage)["eleves"]}, deliveries.room(), deliveries.TABLES
    )
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(
        state=Delivery.State.MATCHING, source="tableau", folder=folder, files=names, report={}, preview={}
    )


def _no_open_delivery(stage: Stage) -> None:
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(
        state=Delivery.State.DONE, settled_at=timezone.now()
    )


def _preview(stage: Stage) -> None:
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(state=Delivery.State.PREVIEW)


def _open_feed(stage: Stage) -> None:
    account = stage.people["guardian"].account
    Feed.objects.create(account=account, digest="x" * 64, opened_at=timezone.now())


def _weekly(stage: Stage) -> Data:
    return {
        "subject": stage.own(Subject).pk, "groups": [stage.own(Group).pk], "teachers": [stage.people["teacher"].pk],
        "room": stage.own(Room).pk, "weekday": "5", "starts_at": "16:00", "ends_at": "17:00",
        "first_day": "2026-11-24",
    }  # fmt: skip


def _roll(stage: Stage) -> Data:
    pupils = stage.own(Lesson).pupils().values_list("pk", flat=True)
    data: Data = {}
    for number, pk in enumerate(pupils):
        # The cast's pupil has been noted absent at this lesson.
        here = Entry.objects.filter(lesson=stage.own(Lesson), pupil_id=pk).exists()
        data |= {
            f"seen-{pk}": "absent" if here else "present",
            f"status-{pk}": "absent" if here or number == 1 else "present",
            f"minutes-{pk}": "",
        }
    return data


def _explanation(stage: Stage) -> Data:
    return {
        "entries": [stage.own(Entry).pk],
        "reason": stage.own(Reason).pk,
        "comment": "Un rendez-vous chez le dentiste",
    }


def _decision(stage: Stage) -> Data:
    entry = stage.own(Explanation).entries.get()
    return {"state": "refused", "comment": "Merci d’apporter le certificat", "entry": entry.pk}


def _minutes_wrong(stage: Stage) -> Data:
    pupil = stage.own(Lesson).pupils().order_by("pk").last()
    return {f"status-{pupil.pk}": "late", f"minutes-{pupil.pk}": "dix"}


def _wishes(stage: Stage) -> Data:
    kinds = [kind.key for kind in boards.notification_kinds if kind.can_be_muted]
    return {"hour": "8", "weekday": "2", **{f"{key}-pace": "daily" for key in kinds}}


def _subscription(stage: Stage) -> Data:
    return {"endpoint": f"{PUSH_ENDPOINT}/phone", "p256dh": PUSH_POINT, "auth": PUSH_SECRET}


def _picture(stage: Stage) -> Data:
    drawn = BytesIO()
    Image.new("RGB", (40, 40), "green").save(drawn, "PNG")
    return {"picture": SimpleUploadedFile("moi.png", drawn.getvalue(), "image/png")}


def _has_picture(stage: Stage) -> None:
    stage.people["guardian"].account.picture.save("x.png", ContentFile(b"..."))


def _no_period(stage: Stage) -> None:
    Period.objects.filter(school=stage.college.school).delete()


def _period(stage: Stage) -> Data:
    known = stage.own(Period)
    return {"name": "Trimestre d’automne", "starts": known.starts.isoformat(), "ends": known.ends.isoformat()}


def _delegation(stage: Stage) -> Data:
    held = Holding.objects.get(person=stage.people["cpe"], school=stage.college.school)
    return {"holding": held.pk, "until": "2027-06-30"}


IDENTITY = {
    "name": "Collège des Grands Tilleuls", "address": "3 rue du Préau", "phone": "02 99 00 00 00",
    "email": "college@ecole.example", "website": "https://college.example", "privacy_contact": "La déléguée du département",
}  # fmt: skip
READING = {
    "text": "115", "spacing": "normal", "font": "hyperlegible", "color-scheme": "auto", "contrast": "auto",
    "motion": "auto", "simple": "off",
}  # fmt: skip
CLOSED = {"name": "Pont de mai", "starts": "2027-05-14", "ends": "2027-05-14"}
NEW_FILE = {
    "directory_school": "each file has an address of its own",
    "identity_account": "the same",
    "journal_line": "and its trace",
}
TWO_VISITS = {
    "identity_account": "when it was last opened",
    "identity_accountsession": "each browser is on the list",
    "journal_line": "each entry leaves its trace",
}
ASKED_AGAIN = {
    "django_tasks_database_dbtaskresult": "whoever asks, for whomever, the page does the same work"
}

BODIES: dict[str, Body] = {
    "foundation:styleguide": Body("visitor", writes=False),
    "foundation:styleguide_section": Body("visitor", writes=False),
    "identity:sign_in": Body("visitor", _sign_in, wrong=lambda stage: {"password": ""}, again=TWO_VISITS),
    "identity:sign_out": Body("guardian"),
    "identity:switch": Body("teacher_parent", lambda stage: {"seat": "guardian"}),
    "identity:activation": Body("visitor", _with_code, wrong=lambda stage: {"new_password": "", "again": ""}),
    "identity:new_password": Body("visitor", _with_code, wrong=lambda stage: {"new_password": "", "again": ""}),
    "identity:forgotten": Body("visitor", lambda stage: {"login": LOGINS["guardian"]}, wrong=lambda stage: {"login": ""}, again=ASKED_AGAIN),
    "identity:change_password": Body("guardian", _change_password, wrong=lambda stage: {"again": "autre"}),
    "identity:end_session": Body("guardian"),
    "identity:class_accounts": Body("teacher", lambda stage: {"nom": "Nina", "etat": "", "qui": ""}, writes=False),
    "identity:staff_accounts": Body("head", lambda stage: {"nom": "Moreau", "etat": "", "qui": ""}, writes=False),
    "identity:prepare_class": Body("secretary", lambda stage: {"qui": "eleves", **_seen(stage)}),
    "identity:prepare_staff": Body("secretary", lambda stage: {"vu": "0"}),
    "identity:prepare_person": Body("secretary", _seen, _not_open_yet),
    "identity:give_code": Body("teacher", _seen),
    "identity:letters_pdf": Body("secretary", _letter, writes=False),
    "notifications:open": Body("guardian"),
    "notifications:mark": Body("guardian", lambda stage: {"lue": "oui"}),
    "notifications:read_all": Body("guardian", lambda stage: {"jusqu-a": str(stage.own(Item).pk)}),
    "notifications:preferences": Body("guardian", _wishes, wrong=lambda stage: {"hour": "3"}),
    "notifications:revoke": Body("guardian"),
    "notifications:add_device": Body("guardian", _subscription, wrong=lambda stage: {"endpoint": "https://127.0.0.1/"}),
    "notifications:renew_device": Body(
        "guardian", lambda stage: {"old": f"{PUSH_ENDPOINT}/guardian", **_subscription(stage)},
        wrong=lambda stage: {"endpoint": "https://127.0.0.1/"},
    ),
    "notifications:remove_device": Body("guardian"),
    "notifications:try_device": Body(
        "guardian", again={"django_tasks_database_dbtaskresult": "each click tries the device again"}
    ),
    "notifications:stop": Body("visitor"),
    "directory:bring": Body("secretary", _files, _no_open_delivery, lambda stage: {"files": []}),
    "directory:bring_tables": Body(
        "secretary", _table, _no_open_delivery, lambda stage: {"eleves": [], "certified": "on"}
    ),
    "directory:columns": Body(
        "secretary", lambda stage: {"eleves-0": "family", "eleves-1": "given"}, _columns_to_say,
        wrong=lambda stage: {"eleves-1": "family"},
    ),
    "directory:apply": Body("secretary", before=_preview),
    "directory:approve": Body("head"),
    "directory:drop": Body("secretary"),
    "directory:export": Body("secretary", again={"journal_line": "each export leaves its trace"}),
    "directory:departures": Body("secretary", lambda stage: {"nom": STEM, "qui": "eleves"}, writes=False),
    "directory:export_departures": Body("secretary", lambda stage: {"qui": "eleves"}, again={"journal_line": "each export leaves its trace"}),
    "directory:leaver": Body("secretary", _kept, wrong=lambda stage: {"reason": ""}),
    "directory:let_go": Body("secretary", lambda stage: {"avant": _kept(stage)["avant"]}),
    "works:stop": Body("guardian"),
    "search:search": Body("teacher", lambda stage: {"texte": "Nina"}, writes=False),
    "agenda:subscribe": Body("guardian", lambda stage: {"vu": "0"}),
    "agenda:unsubscribe": Body("guardian", before=_open_feed),
    "timetable:create": Body("secretary", _weekly, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:stop": Body("secretary"),
    "attendance:roll": Body("teacher", _roll, wrong=_minutes_wrong),
    "attendance:explain": Body("guardian", _explanation, wrong=lambda stage: {"reason": ""}),
    "attendance:withdraw": Body("guardian"),
    "attendance:entry": Body("cpe", lambda stage: {"status": "late", "minutes_late": "12"}, wrong=lambda stage: {"status": "?"}),
    "portal:settle_guide": Body("guardian"),
    "identity:reading": Body("guardian", lambda stage: dict(READING), wrong=lambda stage: {"text": "999"}),
    "privacy:export": Body("guardian", lambda stage: {"pour": ""}, again={"journal_line": "each export leaves its trace"}),
    "identity:take_picture": Body("guardian", _picture, again=NEW_FILE),
    "identity:remove_picture": Body("guardian", before=_has_picture),
    "directory:identity": Body("head", lambda stage: dict(IDENTITY), wrong=lambda stage: {"phone": "abc"}),
    "directory:look": Body("head", lambda stage: {"palette": "ocean"}, wrong=lambda stage: {"palette": "?"}),
    "directory:take_logo": Body("head", _picture, again=NEW_FILE),
    "directory:remove_logo": Body("head"),
    "directory:hours": Body(
        "head", lambda stage: {"opens_at": "08:05", "closes_at": "17:10"}, wrong=lambda stage: {"closes_at": "07:00"}
    ),
    "directory:create_period": Body("head", _period, _no_period, lambda stage: {"name": ""}),
    "directory:guardianship": Body("secretary", _ruling, wrong=lambda stage: {"ruled_on": ""}),
    "directory:merge": Body("secretary", _merge, wrong=lambda stage: {"garder": ""}),
    "directory:tell_apart": Body("secretary"),
    "directory:undo_merge": Body("secretary"),
    "directory:lift_ruling": Body("secretary", _lift, _ruled),
    "directory:change_period": Body("head", _period, wrong=lambda stage: {"name": ""}),
    "directory:remove_period": Body("head"),
    "directory:closures": Body("head", lambda stage: dict(CLOSED), wrong=lambda stage: {"ends": "2027-05-01"}),
    "directory:zone": Body("head", lambda stage: {"zone": "A"}, wrong=lambda stage: {"zone": "?"}),
    "directory:remove_closure": Body("head"),
    "directory:service": Body(
        "head", lambda stage: {"open": "on", "name_0": "Mes absences"}, wrong=lambda stage: {"name_0": "x" * 40}
    ),
    "directory:administrators": Body("head", _delegation, wrong=lambda stage: {"until": "2035-01-01"}),
    "directory:end_delegation": Body("head"),
    "attendance:decide": Body("cpe", _decision, wrong=lambda stage: {"comment": ""}),
}  # fmt: skip
