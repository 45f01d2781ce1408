"""Notifications take their post as keeper, and say what they hold about people."""

from django.utils.translation import gettext_lazy as _

from preau.commons.notifications import actions, tasks
from preau.foundation import boards, notices
from preau.foundation.access import signed_in
from preau.foundation.boards import FieldClass, PersonalData, Retention

notices.kept_by(actions.publish, actions.settle)
actions.news_due.connect(tasks.enqueue_packing, dispatch_uid="notifications.pack")
actions.envelopes_ready.connect(tasks.enqueue_sending, dispatch_uid="notifications.send")
boards.schedule.add(boards.Scheduled("notifications.pack_due", tasks.pack_due, every_minutes=5))
boards.schedule.add(boards.Scheduled("notifications.purge", tasks.purge, every_minutes=24 * 60))
# Opened from a mail, by people who are not signed in: it can only stop that mail.
boards.public_routes.add(boards.PublicRoute("notifications:stop"))

BASIS = dict(
    purpose=_("Prévenir chaque personne de ce qui la regarde, une fois, par les moyens qu’elle choisit."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    recipients=_("La personne elle-même."),
)
NONE, PERSONAL, SENSITIVE = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.SENSITIVE

for label, model, person, keep, forget, fields in [
    (
        _("Notifications reçues"),
        "Item",
        "person",
        Retention.NEWS,
        actions.forget_news,
        {"public_id": NONE, "school": PERSONAL, "facts": SENSITIVE, "about": FieldClass.CHILD}
        | dict.fromkeys(
            ["person", "kind", "key", "seat", "url", "in_app", "published_at", "read_at"], PERSONAL
        ),
    ),
    (
        _("Acheminement des notifications"),
        "Dispatch",
        "item__person",
        Retention.NEWS,
        None,
        dict.fromkeys(["item", "channel", "due_at", "envelope", "dropped_at"], PERSONAL),
    ),
    (
        _("Envois de notifications"),
        "Envelope",
        "person",
        Retention.NEWS,
        None,
        dict.fromkeys(["person", "channel", "made_at", "sent_at", "dropped_at"], PERSONAL)
        | {"ref": NONE, "held_until": NONE},
    ),
    (
        _("Préférences de notification"),
        "Preference",
        "person",
        Retention.ACCOUNT,
        actions.forget_choices,
        dict.fromkeys(["person", "kind", "in_app", "pace"], PERSONAL),
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
]:
    boards.personal_data.add(
        PersonalData(
            label, f"notifications.{model}", person, keep=keep, forget=forget, fields=fields, **BASIS
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
