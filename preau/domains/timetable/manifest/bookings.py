"""What bookings show to the rest: one's agenda, the settings, the search, whose data they are."""

from django.utils.translation import gettext_lazy as _

from preau.domains.timetable import rules
from preau.domains.timetable.actions.bookings import forget_purposes
from preau.domains.timetable.seeds import bookings as seeds
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    InWords,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
)
from preau.foundation.readers import on_themselves, own

for verb, label in [
    ("timetable.booked", _("Salle ou matériel réservé")),
    ("timetable.booking_cancelled", _("Réservation annulée")),
    ("timetable.booking_back", _("Réservation revenue avec son cours")),
    ("timetable.booking_moved", _("Réservation déplacée avec son cours")),
    ("timetable.bookings_exported", _("Réservations exportées")),
    ("timetable.bookable_added", _("Salle ou matériel à réserver ajouté")),
    ("timetable.bookable_changed", _("Salle ou matériel à réserver changé")),
    ("timetable.bookable_removed", _("Matériel à réserver retiré")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

boards.seeds.add(boards.Seed("réservations", seeds.plant, order=26))
boards.settings_pages.add(
    boards.SettingsPage(
        _("Salles et matériel"),
        _("Ce que les personnels réservent pour une heure : salles, CDI, chariots de tablettes."),
        "timetable:bookables",
        "building",
        rules.keeps_bookables,
        order=57,
        heading=boards.SettingsHeading.SCHOOL,
        words=_("réserver chariot ordinateurs capacité"),
    )
)
for label, url_name, words in [
    (
        _("Réserver une salle ou du matériel"),
        "timetable:book",
        _("salle libre chariot tablettes CDI ordinateurs"),
    ),
    (_("Mes réservations"), "timetable:bookings", _("salle matériel réservé")),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, "key", rules.books, words, "timetable"))
boards.first_steps.add(
    boards.FirstStep(
        _("Réserver une salle ou du matériel"),
        _("Une salle libre, un chariot de tablettes, le CDI : pour une heure vide, ou depuis un cours."),
        "timetable:book",
        rules.books,
        where=_("Dans « Emploi du temps »"),
        order=96,
        service="timetable",
    )
)
for key, label, subject, order in [
    ("booking_cancelled", _("Une de vos réservations est annulée"), _("Une réservation est annulée"), 30),
    (
        "booking_back",
        _("Une de vos réservations est rétablie"),
        _("Une réservation est rétablie"),
        31,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"timetable.{key}",
            label,
            _("Emploi du temps"),
            subject,
            _("%(what)s, %(when)s.\n%(school)s"),
            _("Mes réservations"),
            _("Vous aviez réservé cette salle ou ce matériel."),
            rules.books,
            pace=Pace.AT_ONCE,
            push=True,
            order=order,
        )
    )
boards.personal_data.add(
    PersonalData(
        label=_("Réservations de salles et de matériel"),
        model="timetable.Booking",
        person="person",
        purpose=_(
            "Savoir qui a une salle ou un matériel à une heure, pour que deux personnes ne le prennent pas."
        ),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(_("tous les personnels")),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(["school", "year", "lesson"], FieldClass.NONE)
        | dict.fromkeys(
            [
                "person",
                "bookable",
                "starts",
                "ends",
                "day",
                "purpose",
                "made_at",
                "cancelled_by",
                "cancelled_at",
            ],
            FieldClass.PERSONAL,
        ),
        forget=forget_purposes,
        field_readers={"purpose": own("person")},
        people={"person": (Concerned.STAFF,)},
    )
)
for words in [
    InWords(
        "timetable.Booking",
        when="starts",
        sentence=(_("%(bookable)s réservé jusqu’à %(ends)s"), "%(purpose)s"),
        quiet=frozenset({"day"}),
    ),
]:
    boards.data_in_words.add(words)
