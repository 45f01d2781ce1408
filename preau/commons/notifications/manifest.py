"""Notifications take their post as keeper, and say what they hold about people."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from preau.commons.delivery.boards import TextSender, text_senders
from preau.commons.notifications import api, queries, tasks
from preau.commons.notifications.actions import choosing, keeping, pushing, sending
from preau.directory.words import said_of_seat
from preau.foundation import boards, notices, sms, webpush
from preau.foundation.access import signed_in
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import Readers, on_themselves, own
from preau.identity.actions import signing

boards.topics.add(boards.Topic("bell", lambda viewer, number: None if number else f"bell:{viewer.person.pk}"))
boards.carriers.add(
    boards.Carrier("mail", _("Courriels des notifications"), queries.mail_load, sending.resend, order=10)
)
boards.carriers.add(
    boards.Carrier(
        "push",
        _("Appareils prévenus"),
        queries.push_load,
        pushing.push_again,
        webpush.is_offered,
        _("Aucune clé n’est posée : rien n’est envoyé aux appareils, ni proposé (VAPID_PRIVATE_KEY)."),
        order=20,
    )
)
boards.carriers.add(
    boards.Carrier(
        "news_sms",
        _("SMS des notifications"),
        queries.text_load,
        sending.resend,
        sms.is_offered,
        _("Aucune passerelle n’est réglée : aucun SMS ne part, ni n’est proposé (SMS_GATEWAY)."),
        order=15,
    )
)
text_senders.add(
    TextSender("notifications", queries.texts_lost, queries.texts_paid, missed=queries.texts_missed)
)
notices.kept_by(
    keeping.publish, keeping.settle, keeping.taken_back, keeping.seen, keeping.told, keeping.heard
)
keeping.news_due.connect(tasks.enqueue_packing, dispatch_uid="notifications.pack")
sending.envelopes_ready.connect(tasks.enqueue_sending, dispatch_uid="notifications.send")
pushing.pushes_ready.connect(tasks.enqueue_pushes, dispatch_uid="notifications.push")


def leave_with_sessions(account_id: int, only: str, but: str, **_: Any) -> None:
    pushing.leave_with_sessions(account_id, only, but)


def follow_session(request: HttpRequest, account_id: int, **_: Any) -> None:
    pushing.follow_session(request, account_id)


signing.sessions_ended.connect(leave_with_sessions, dispatch_uid="notifications.leave")
signing.session_kept.connect(follow_session, dispatch_uid="notifications.follow")
boards.schedule.add(boards.Scheduled("notifications.pack_due", tasks.pack_due, every_minutes=1))
boards.schedule.add(boards.Scheduled("notifications.fates", tasks.ask_fates, every_minutes=15))
boards.schedule.add(boards.Scheduled("notifications.purge", tasks.purge, every_minutes=24 * 60))
boards.doors.add(
    boards.Door(
        "api.notifications",
        _("Notifications"),
        _("ce qui vous est annoncé avec ce profil, et à quelle date."),
        signed_in,
        by=("token",),
        most=1000,
        order=40,
    )
)
boards.api.add(boards.ApiPart("notifications", api.router, "api.notifications", order=40))
# Opened from a mail, by people who are not signed in: it can only stop that mail.
boards.public_routes.add(boards.PublicRoute("notifications:stop"))

BASIS = dict(
    purpose=_("Prévenir chaque personne de ce qui la regarde, une fois, par les moyens qu’elle choisit."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=on_themselves(),
)
CARRIED: dict[str, Any] = dict(
    readers=on_themselves(
        others=(
            _(
                "le service d’envoi du navigateur (Google, Mozilla, Apple ou Microsoft), qui connaît l’adresse de l’appareil et transmet des messages chiffrés, sans pouvoir les lire"
            ),
        )
    )
)


READERS: Mapping[str, Mapping[str, Any]] = {
    "Item": dict(
        readers=Readers(
            own("person"), own("person"), (), (_("qui suit une punition, si un responsable l’a ouverte"),)
        )
    ),
    "Device": CARRIED,
    "Push": CARRIED,
    "TextSubscription": dict(readers=on_themselves(others=(_("pour un SMS, l’opérateur"),))),
    "Envelope": dict(readers=on_themselves(others=(_("pour un SMS, l’opérateur"),))),
}


def said_of_kind(key: str) -> str:
    """What a kind is called; one that no service tells any more keeps its key."""
    return next((str(kind.label) for kind in boards.notification_kinds if kind.key == key), key)


def said_of_facts(facts: Mapping[str, Any]) -> str:
    """What was put in the sentence, without the names that our code gives to each word.

    In the order of these names: PostgreSQL does not keep the order in which they were written.
    """
    return ", ".join(str(facts[name]) for name in sorted(facts) if facts[name] not in ("", None)) or "—"


SAYS: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
    "Item": {"kind": said_of_kind, "facts": said_of_facts, "seat": said_of_seat},
    "Preference": {"kind": said_of_kind},
    "StopLink": {"kind": said_of_kind},
}


# What is not here bears on others too: the news of a pupil are what their guardians were told.
ERASES = {
    "Device": _(
        "Les appareils sont oubliés : plus rien ne leur est envoyé, jusqu’à ce que la personne les ajoute de nouveau."
    )
}
CHOSEN = ("Preference", "Rhythm", "StopLink", "TextSubscription", "Device")
NONE, PERSONAL, SENSITIVE = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.SENSITIVE

for label, model, person, keep, forget, fields in [
    (
        _("Notifications reçues"),
        "Item",
        "person",
        Retention.NEWS,
        keeping.forget_news,
        {
            "public_id": NONE,
            "key": NONE,
            "until": NONE,
            "school": PERSONAL,
            "facts": SENSITIVE,
            "about": FieldClass.CHILD,
        }
        | dict.fromkeys(
            ["person", "kind", "seat", "url", "in_app", "published_at", "read_at", "settled_at"], PERSONAL
        ),
    ),
    (
        _("Acheminement des notifications"),
        "Dispatch",
        "item__person",
        Retention.NEWS,
        None,
        dict.fromkeys(["item", "channel", "due_at", "envelope", "dropped_at", "is_missed"], PERSONAL),
    ),
    (
        _("Envois de notifications"),
        "Envelope",
        "person",
        Retention.NEWS,
        None,
        dict.fromkeys(["person", "channel", "made_at", "due_at", "sent_at", "dropped_at", "fate"], PERSONAL)
        | {"ref": NONE, "held_until": NONE, "tries": NONE, "to": NONE, "parts": NONE, "number": NONE},
    ),
    (
        _("Préférences de notification"),
        "Preference",
        "person",
        Retention.ACCOUNT,
        choosing.forget_choices,
        dict.fromkeys(["person", "kind", "in_app", "pace", "push"], PERSONAL),
    ),
    (
        _("Heure des résumés"),
        "Rhythm",
        "person",
        Retention.ACCOUNT,
        None,
        dict.fromkeys(["person", "hour", "weekday"], PERSONAL),
    ),
    (
        _("Liens d’arrêt des courriels"),
        "StopLink",
        "person",
        Retention.ACCOUNT,
        None,
        dict.fromkeys(["person", "kind", "made_at"], PERSONAL) | {"token": NONE},
    ),
    (
        _("Nouvelles par SMS"),
        "TextSubscription",
        "person",
        Retention.ACCOUNT,
        None,
        dict.fromkeys(["person", "chosen_at"], PERSONAL) | {"number": NONE},
    ),
    (
        _("Appareils prévenus"),
        "Device",
        "person",
        Retention.ACCOUNT,
        pushing.forget_devices,
        dict.fromkeys(["person", "endpoint", "label", "added_at", "told_at", "set_aside_at"], PERSONAL)
        | dict.fromkeys(["public_id", "p256dh", "auth", "opened_in", "failures"], NONE),
    ),
    (
        _("Envois aux appareils"),
        "Push",
        "device__person",
        Retention.NEWS,
        None,
        dict.fromkeys(["item", "device", "due_at", "queued_at", "sent_at", "dropped_at"], PERSONAL)
        | {"held_until": NONE},
    ),
]:
    boards.personal_data.add(
        PersonalData(
            label,
            f"notifications.{model}",
            person,
            keep=keep,
            forget=forget,
            fields=fields,
            says=SAYS.get(model, {}),
            erases=ERASES.get(model, ""),
            changed_at="notifications:preferences" if model in CHOSEN else "",
            # News of a pupil are whose they were told to: one parent does not read what the other was told, nor when they read it.
            about=("about",) if model == "Item" else (),
            **BASIS | READERS.get(model, {}),
        )
    )
boards.first_steps.add(
    boards.FirstStep(
        _("Choisir comment on vous prévient"),
        _("Ici, par courriel ou sur votre appareil, et à quelles heures."),
        "notifications:preferences",
        signed_in,
        where=_("La cloche, puis « Choisir comment être prévenu »"),
        order=60,
    )
)
for verb, label in [
    ("notifications.chosen", _("Préférences de notification changées")),
    ("notifications.stopped", _("Courriels arrêtés par le lien d’un courriel")),
    ("notifications.texts", _("Nouvelles par SMS demandées ou arrêtées")),
    ("notifications.links_revoked", _("Liens d’arrêt des courriels annulés")),
    ("notifications.device_added", _("Appareil à prévenir ajouté")),
    ("notifications.device_renewed", _("Adresse d’un appareil à prévenir changée")),
    ("notifications.device_removed", _("Appareil à prévenir retiré")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

boards.endings.add(
    boards.Ending(
        ("notifications.Item", "notifications.Dispatch", "notifications.Envelope", "notifications.Push"),
        _("Une nouvelle est une copie de ce que disent d’autres pages."),
        by="notifications.purge",
    )
)
boards.endings.add(
    boards.Ending(
        (
            "notifications.Rhythm",
            "notifications.StopLink",
            "notifications.TextSubscription",
            "delivery.PersonPolicy",
        ),
        _("Les choix d’une personne partent ensemble."),
        within="notifications.Preference",
    )
)

# How people read it.
for words in [
    boards.InWords(
        "notifications.Item",
        when="published_at",
        sentence=("%(kind)s", "(%(facts)s)", _("lue le %(read_at)s")),
        quiet=frozenset({"url", "in_app", "person", "settled_at"}),
    ),
    boards.InWords(
        "notifications.Device",
        boards.Section.SIGN_INS,
        when="added_at",
        sentence=("%(label)s",),
        quiet=frozenset({"endpoint"}),
    ),
    boards.InWords("notifications.Push", boards.Section.SIGN_INS),
    boards.InWords("notifications.TextSubscription", when="chosen_at", sentence=(_("demandées"),)),
]:
    boards.data_in_words.add(words)
for label, url_name, words in [
    (_("Notifications"), "notifications:centre", _("nouvelles cloche")),
    (_("Ce que je reçois"), "notifications:preferences", _("mail courriel notifications alertes réglages")),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, "bell", signed_in, words))
