"""What the directory shows of what the office does to one person at a time (docs/decisions/0153)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preau.directory.actions import contacts, corrections, merging
from preau.directory.models import Correction
from preau.directory.queries import office
from preau.directory.queries.settings import said_of_day
from preau.directory.rules.office import asks_contact, keeps_office
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.access import signed_in
from preau.foundation.boards import Concerned, FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
BASIS = _("Mission d’intérêt public (RGPD, article 6.1.e).")


def said_of_corrected(details: Mapping[str, Any]) -> str:
    """Which data, never its words: « téléphone, adresse »."""
    labels = {kind.value: str(kind.label) for kind in Correction.Kind} | {"address": _now("Adresse")}
    names = str(details.get("fields", "")).split()
    return ", ".join(labels.get(name, name) for name in names)


for verb, label, says in [
    ("directory.person_corrected", _("Fiche corrigée par l’établissement"), said_of_corrected),
    ("directory.correction_withdrawn", _("Correction de l’établissement retirée"), said_of_corrected),
    ("directory.correction_agreed", _("Correction confirmée par le fichier officiel"), said_of_corrected),
    ("directory.pupil_enrolled", _("Élève inscrit par l’établissement"), None),
    ("directory.enrolment_withdrawn", _("Inscription retirée par l’établissement"), None),
    ("directory.guardian_added", _("Responsable ajouté par l’établissement"), None),
    ("directory.staff_engaged", _("Personnel ajouté par l’établissement"), said_of_day),
    ("directory.staff_dismissed", _("Fonction arrêtée par l’établissement"), None),
    ("directory.departure_noted", _("Départ noté"), said_of_day),
    ("directory.class_changed", _("Changement de classe noté"), said_of_day),
    ("directory.contact_accepted", _("Changement de coordonnées accepté"), None),
    ("directory.contact_refused", _("Changement de coordonnées refusé"), None),
    ("directory.certificate_printed", _("Certificat imprimé"), None),
    ("directory.corrections_exported", _("Corrections à reporter exportées"), None),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, says=says))

boards.notification_kinds.add(
    NotificationKind(
        corrections.CORRECTED,
        _("Vos coordonnées ont été corrigées"),
        _("Annuaire"),
        _("Vos coordonnées ont été corrigées"),
        _(
            "%(school)s a corrigé vos coordonnées dans son annuaire. Si ce n’est pas vous qui l’avez demandé, "
            "dites-le à l’établissement."
        ),
        _("Ouvrir Préau"),
        _("Votre fiche dans l’annuaire de l’établissement a changé."),
        signed_in,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=58,
    )
)

boards.personal_data.add(
    PersonalData(
        label=_("Corrections de l’établissement"),
        model="directory.Correction",
        person="person",
        purpose=_(
            "Tenir une fiche juste avant que le fichier officiel ne le soit. La ligne disparaît quand le fichier dit la même chose."
        ),
        legal_basis=BASIS,
        readers=on_themselves(Role.HEAD, Role.SECRETARY),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(["person", "value", "told"], CHILD)
        | dict.fromkeys(["field", "by", "at"], PERSONAL)
        | dict.fromkeys(["school", "contradicted", "contradicted_on", "before"], NONE),
        forget=corrections.forget_corrections,
        people={"person": (Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF)},
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        office.UNANSWERED, office.rows_unanswered, office.said_unanswered, keeps_office, order=18
    )
)
for label, url_name, icon, words in [
    (_("Inscrire un élève"), "directory:enrol", "plus", _("inscription nouvel élève arrivée")),
    (
        _("Certificat de scolarité, exeat : par la fiche de l’élève"),
        "directory:people",
        "printer",
        _("radiation attestation"),
    ),
    (_("Départs d’élèves"), "directory:departures", "logout", _("radiation exeat quitter partir")),
    (_("Corrections à reporter"), "directory:corrections", "pencil", _("annuaire retirer inscription")),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, icon, keeps_office, words))
boards.menu.add(
    boards.MenuEntry(
        _("Mes coordonnées"), "directory:own_contact", "address-book", asks_contact, "school-life", order=66
    )
)
for key, subject, body, action, why, reads in [
    (
        contacts.ASKED,
        _("Une famille demande un changement de coordonnées"),
        _("Une famille demande un changement de coordonnées (%(school)s). La page dit lequel."),
        _("Répondre"),
        _("Vous tenez l’annuaire de cet établissement."),
        keeps_office,
    ),
    (
        contacts.ANSWERED,
        _("L’établissement a répondu à votre demande"),
        _("%(school)s a répondu à votre demande de changement de coordonnées."),
        _("Lire la réponse"),
        _("Vous avez demandé un changement de coordonnées."),
        asks_contact,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            key, subject, _("Annuaire"), subject, body, action, why, reads, pace=Pace.DAILY, order=59
        )
    )
boards.personal_data.add(
    PersonalData(
        label=_("Changements de coordonnées demandés"),
        model="directory.ContactRequest",
        person="person",
        purpose=_("Demander à l’établissement un autre téléphone, courriel ou adresse, et lire sa réponse."),
        legal_basis=BASIS,
        readers=on_themselves(Role.HEAD, Role.SECRETARY),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(
            ["person", "field", "value", "asked_at", "state", "word", "answered_by", "answered_at"], PERSONAL
        )
        | {"school": NONE},
        forget=contacts.forget_requests,
        people={"person": (Concerned.GUARDIANS,)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Adresses"),
        model="directory.Address",
        person="person",
        purpose=_(
            "Écrire aux familles, et savoir où vit l’élève. Une adresse protégée n’est lue que de la direction et du secrétariat."
        ),
        legal_basis=BASIS,
        readers=on_themselves(
            Role.HEAD, Role.SECRETARY, _("la vie scolaire, si l’adresse n’est pas protégée")
        ),
        keep=Retention.ACCOUNT,
        fields={
            "person": CHILD,
            "lines": SENSITIVE,
            "is_protected": SENSITIVE,
            "by": PERSONAL,
            "at": PERSONAL,
        },
        forget=corrections.forget_address,
        people={"person": (Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF)},
    )
)
merging.people_merging.connect(corrections.settle_addresses, dispatch_uid="directory.settle_addresses")

for words in [
    boards.InWords(
        "directory.Correction",
        boards.Section.IDENTITY,
        when="at",
        sentence=("%(field)s\u202f: %(value)s", _("(le fichier : %(told)s)")),
        quiet=frozenset({"before", "contradicted", "contradicted_on"}),
    ),
    boards.InWords(
        "directory.ContactRequest",
        boards.Section.IDENTITY,
        when="asked_at",
        sentence=("%(field)s, %(value)s", "%(state)s", "%(word)s"),
    ),
    boards.InWords(
        "directory.Address", boards.Section.IDENTITY, when="at", sentence=(_("Adresse : %(lines)s"),)
    ),
]:
    boards.data_in_words.add(words)
