"""What the directory shows of consents: purposes, pages, news, what is held about people."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory import tasks
from preau.directory.actions import consents as actions
from preau.directory.boards import Purpose, purposes
from preau.directory.queries import consents as queries
from preau.directory.rules import consents as rules
from preau.directory.seeds.consents import plant_consents
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.access import signed_in
from preau.foundation.boards import (
    FieldClass,
    FirstStep,
    JournalWord,
    Nature,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
)
from preau.foundation.readers import Readers, on_themselves, own

NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
actions.telling.connect(tasks.enqueue_telling, dispatch_uid="directory.tell_consents")

for purpose in [
    Purpose(
        "image",
        _("Photo ou voix publiée hors de l’établissement"),
        _(
            "L’établissement veut montrer au public une photo, un film ou un enregistrement où l’on reconnaît l’élève. Une fois "
            "publiée, une image peut être copiée par n’importe qui."
        ),
        _(
            "Une photo, un film ou une voix part hors de l’école. Tout le monde peut la voir et l’entendre. Quelqu’un peut aussi "
            "la garder, même si on l’enlève après."
        ),
        _(
            "L’élève participe comme les autres. On ne le voit pas et on ne l’entend pas dans ce qui est publié."
        ),
        "photo",
        Nature.NON_USUAL,
        until_majority=True,
        asks_words=True,
        order=20,
    ),
    Purpose(
        "work",
        _("Travail de l’élève publié hors de l’établissement"),
        _("L’établissement veut montrer au public un texte, un dessin ou une autre création de l’élève."),
        _("Un dessin, un texte ou un autre travail part hors de l’école. Tout le monde peut le voir."),
        _("Le travail reste dans l’établissement. La note et la place dans la classe n’en dépendent pas."),
        "palette",
        Nature.NON_USUAL,
        until_majority=True,
        asks_words=True,
        order=30,
    ),
]:
    purposes.add(purpose)
    boards.acts.add(
        boards.Act(f"directory.{purpose.key}", purpose.label, purpose.nature, order=20 + purpose.order)
    )

boards.menu.add(
    boards.MenuEntry(
        _("Autorisations"),
        "directory:consents",
        "clipboard-check",
        rules.has_consents,
        "school-life",
        order=65,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Autorisations"),
        "directory:consent_requests",
        "clipboard-check",
        rules.asks_consents,
        "administration",
        order=58,
    )
)
for open_to, url_name in [
    (rules.asks_consents, "directory:consent_requests"),
    (rules.has_consents, "directory:consents"),
]:
    boards.site_pages.add(
        boards.SitePage(
            _("Autorisations de photo"),
            url_name,
            "clipboard-check",
            open_to,
            _("droit à l’image sortie accord"),
        )
    )
boards.awaited.add(
    boards.AwaitedSource(
        queries.SOURCE, queries.rows_to_give, queries.consents_to_give, rules.has_consents, order=30
    )
)
boards.group_links.add(
    boards.GroupLink(
        _("Photos autorisées"),
        lambda pk: reverse("directory:group_consents", kwargs={"pk": pk}),
        "photo",
        rules.reads_group_consents,
        order=25,
    )
)
boards.schedule.add(boards.Scheduled("directory.follow_ages", tasks.follow_ages, every_minutes=60))
boards.seeds.add(boards.Seed("autorisations", plant_consents, order=16))
boards.first_steps.add(
    FirstStep(
        _("Donner ou refuser une autorisation"),
        _("Ce qui ne se fait pas sans accord : chaque réponse se change à tout moment."),
        "directory:consents",
        rules.has_consents,
        order=45,
    )
)
boards.first_steps.add(
    FirstStep(
        _("Demander une autorisation aux familles"),
        _(
            "Photo publiée, travail publié, service facultatif : rien n’est permis tant que rien n’est demandé."
        ),
        "directory:consent_requests",
        rules.asks_consents,
        order=45,
    )
)

for verb, label in [
    ("directory.consents_asked", _("Autorisation demandée aux familles")),
    ("directory.consents_reminded", _("Autorisation rappelée aux familles")),
    ("directory.consents_closed", _("Autorisation plus demandée")),
    ("directory.consents_exported", _("Liste d’autorisations exportée")),
    ("directory.consents_printed", _("Papiers d’autorisation imprimés")),
    ("directory.consent_said", _("Réponse à une autorisation")),
    ("directory.family_closed", _("Accès des parents fermé par l’élève majeur")),
    ("directory.family_reopened", _("Accès des parents rouvert par l’élève majeur")),
]:
    boards.journal_words.add(JournalWord(verb, label))

CONCERNED = _("L’établissement demande votre accord, et votre réponse compte.")
for key, label, body, action, why, for_whom, pace in [
    (
        actions.ASKED,
        _("Une autorisation vous est demandée"),
        _(
            "%(school)s demande votre accord (%(about)s).\nLa page dit pour quoi. Ne pas répondre, c’est non ; vous pourrez changer d’avis."
        ),
        _("Lire et répondre"),
        CONCERNED,
        rules.has_consents,
        Pace.DAILY,
    ),
    (
        actions.NOTED,
        _("Votre réponse sur papier est notée"),
        _(
            "%(school)s a noté ce que vous avez répondu sur papier (%(about)s).\nSi ce n’est pas ce que vous avez signé, changez-le ici."
        ),
        _("Vérifier"),
        CONCERNED,
        rules.has_consents,
        Pace.AT_ONCE,
    ),
    (
        actions.REVOKED,
        _("Une autorisation est retirée"),
        _(
            "Une autorisation donnée est retirée (%(school)s, %(about)s). Enlevez ce qui est publié et n’est plus autorisé."
        ),
        _("Voir la demande"),
        _("Vous suivez les autorisations de l’établissement."),
        rules.asks_consents,
        Pace.AT_ONCE,
    ),
    (
        actions.CLOSED_HERE,
        _("Un élève majeur ferme l’accès de ses parents"),
        _(
            "Un élève majeur ne veut plus que ses parents suivent sa scolarité ici (%(school)s, %(about)s). Rencontrez-le s’il le faut."
        ),
        _("Voir qui prévenir"),
        _("Vous suivez les autorisations de l’établissement."),
        rules.asks_consents,
        Pace.AT_ONCE,
    ),
    (
        actions.OF_AGE,
        _("Vous êtes majeur : vous décidez"),
        _(
            "Depuis vos dix-huit ans, vos autorisations ne dépendent que de vous, et celles de vos parents ne comptent plus.\n"
            "Vos parents continuent de suivre votre scolarité ici tant que vous ne dites rien."
        ),
        _("Choisir"),
        _("Vous avez dix-huit ans."),
        signed_in,
        Pace.AT_ONCE,
    ),
    (
        actions.CHILD_OF_AGE,
        _("Votre enfant est majeur"),
        _(
            "%(pupil)s a dix-huit ans : ses autorisations ne dépendent plus de vous. Vous continuez de suivre sa scolarité ici, "
            "sauf si %(pupil)s s’y oppose ; vous en seriez prévenu."
        ),
        _("Ouvrir Préau"),
        _("Vous suivez un élève qui vient d’avoir dix-huit ans."),
        signed_in,
        Pace.AT_ONCE,
    ),
    (
        actions.CLOSED,
        _("Votre enfant majeur ferme votre accès"),
        _(
            "%(pupil)s a dix-huit ans ou plus et ne souhaite plus que sa scolarité soit suivie ici. L’établissement en est prévenu : "
            "adressez-vous à lui."
        ),
        _("Ouvrir Préau"),
        _("Vous suiviez un élève majeur."),
        signed_in,
        Pace.AT_ONCE,
    ),
    (
        actions.REOPENED,
        _("Votre enfant majeur rouvre votre accès"),
        _("%(pupil)s veut bien que vous suiviez de nouveau sa scolarité ici."),
        _("Ouvrir Préau"),
        _("Vous suivez un élève majeur."),
        signed_in,
        Pace.AT_ONCE,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            key,
            label,
            _("Autorisations"),
            label,
            body,
            action,
            why,
            for_whom,
            pace=pace,
            order=58,
            can_be_muted=key == actions.ASKED,
        )
    )


BASIS: dict[str, Any] = dict(
    legal_basis=_(
        "Consentement (RGPD, article 6.1.a) de l’élève et, avant quinze ans, des titulaires de l’autorité parentale (loi Informatique "
        "et Libertés, article 45) ; la preuve en est gardée (RGPD, article 7.1)."
    ),
    keep=Retention.ACCOUNT,
)
boards.personal_data.add(
    PersonalData(
        label=_("Autorisations"),
        model="directory.Consent",
        person="person",
        purpose=_("Savoir ce qui est permis, par qui et depuis quand, et pouvoir le montrer."),
        readers=Readers(
            own("giver"),
            own("giver"),
            (
                Role.HEAD,
                Role.SCHOOL_LIFE,
                Role.SECRETARY,
                _("enseignants de la classe, seulement si l’élève peut paraître"),
            ),
        ),
        fields={"request": CHILD, "person": CHILD}
        | dict.fromkeys(["giver", "part", "answer", "given_at", "way", "noted_by"], PERSONAL),
        forget=actions.forget_consents,
        changed_at="directory:consents",
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Autorisations demandées"),
        model="directory.ConsentRequest",
        person="asked_by",
        purpose=_("Savoir ce que l’établissement demande aux familles, dans quels mots, et qui l’a demandé."),
        readers=on_themselves(
            _("tous les personnels"), others=(_("les élèves et les familles de l’établissement"),)
        ),
        fields=dict.fromkeys(["asked_by"], PERSONAL)
        | dict.fromkeys(
            [
                "school",
                "year",
                "purpose",
                "about",
                "words",
                "version",
                "asked_at",
                "reminded_at",
                "closed_at",
            ],
            NONE,
        ),
        legal_basis=_("Obligation de pouvoir montrer un consentement (RGPD, articles 6.1.c et 7.1)."),
        keep=Retention.SCHOOL,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Accès des parents d’un élève majeur"),
        model="directory.FamilyClosure",
        person="pupil",
        purpose=_(
            "Suivre le choix d’un élève majeur de ne plus laisser ses parents suivre sa scolarité ici."
        ),
        readers=on_themselves(Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY),
        fields={"pupil": PERSONAL, "closed_at": PERSONAL, "reopened_at": PERSONAL},
        forget=actions.forget_closures,
        changed_at="directory:family_access",
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e) ; majorité (Code civil, article 414)."),
        keep=Retention.ACCOUNT,
    )
)
boards.endings.add(
    boards.Ending(
        ("directory.ConsentRequest",),
        _(
            "La question posée reste avec le nom de qui l’a posée : les réponses ne se comprennent pas sans elle."
        ),
    )
)
