"""A valid body for every form, and what is said of files."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone
from PIL import Image

from conftest import NOW
from preau.directory.actions import corrections, departures, merging
from preau.directory.actions.families import mark_of
from preau.directory.actions.years import Choice
from preau.directory.imports.importer import DELIVERIES, TABLES
from preau.directory.models import (
    Address,
    ConsentRequest,
    Delivery,
    Group,
    Guardianship,
    Hold,
    Holding,
    Leaver,
    Period,
    Person,
    Placement,
    PlannedClass,
    School,
    SchoolYear,
    YearPlan,
)
from preau.directory.tests.aaf import document, eleve, etab
from preau.directory.tests.routes.stage import DOUBLES
from preau.directory.words import Role
from preau.foundation import uploads
from tests.declared import Body, Data, Fragment
from tests.net.matrix_cast import (
    ANYBODY,
    OFFICE,
    OWN_CLASS,
    SOMEBODY_ELSE,
    STEM,
    WHOLE_SCHOOL,
    WHOLE_STAFF,
    Stage,
)


def in_an_ecole(stage: Stage) -> None:
    School.objects.filter(pk=stage.college.school.pk).update(kind=School.Kind.ECOLE)


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


NEXT_YEAR = {"name": "2027-2028", "starts": "2027-09-02", "ends": "2028-07-01"}


def _nothing_prepared(stage: Stage) -> None:
    YearPlan.objects.filter(school=stage.college.school).delete()


def _day_chosen(stage: Stage) -> None:
    YearPlan.objects.filter(school=stage.college.school).update(switch_on="2027-08-25")


def _switched(stage: Stage) -> None:
    """As the switch leaves a school where nobody moved."""
    school = stage.college.school
    year = SchoolYear.objects.create(school=school, name="2027-2028", starts="2027-09-01", ends="2028-07-04")
    before = {"made": {"year": year.pk}, "ended": {}, "keys": [], "current_year": school.current_year_id}
    YearPlan.objects.filter(school=school).update(
        to_year=year, switched_at=timezone.now(), switched_on=timezone.localdate(), before=before
    )
    School.objects.filter(pk=school.pk).update(current_year=year)


def _consent(stage: Stage, answer: str) -> Data:
    return {"demande": stage.own(ConsentRequest).pk, "reponse": answer}


def _is_of_age(stage: Stage) -> None:
    Person.objects.filter(pk=stage.people["pupil"].pk).update(birth_date="2008-01-01")


def _asked_long_ago(stage: Stage) -> None:
    ConsentRequest.objects.update(asked_at=NOW - timedelta(days=8))


def _paper(stage: Stage) -> Data:
    """The father signed."""
    pupil, father = stage.people["pupil"], stage.people["other_guardian"]
    return {"eleve": pupil.public_id, "signe": father.public_id, "reponse": "yes"}


def _reached_by_paper(stage: Stage) -> None:
    Person.objects.filter(pk=stage.people["guardian"].pk).update(email="", phone="")


def _without_class(stage: Stage) -> None:
    pupil = Person.objects.create(family_name="Sans classe", given_name="Ada")
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=stage.college.school)


def _planned(stage: Stage) -> Data:
    return {"name": "6 bleue", "level": "6e", "team": stage.own(Group).pk}


def _placed(stage: Stage) -> Data:
    """The cast's pupil leaves, and goes up after all."""
    pupil, target = stage.people["pupil"].pk, stage.own(PlannedClass).pk
    return {f"eleve-{pupil}": f"repeats-{target}", "avant": f"{pupil}={_mark_of(stage)}"}


def _mark_of(stage: Stage) -> str:
    found = Placement.objects.filter(person=stage.people["pupil"]).first()
    return Choice.of(found).mark


def _merge(stage: Stage) -> Data:
    kept, other = (Person.objects.get(public_id=public_id) for public_id in DOUBLES)
    return {"garder": kept.public_id, "avant": merging.mark_of(kept, other)}


def _files(stage: Stage) -> Data:
    held = document(
        etab(uai=stage.college.uai, name=stage.college.school.name), eleve("100", "Durand", "Ada", label="3A")
    )
    return {"files": [SimpleUploadedFile("ENT_Complet_20261120_Tout_0000.xml", held)]}


def _table(stage: Stage) -> Data:
    return {"reach": "adds", "eleves": SimpleUploadedFile("liste.csv", b"Nom;Prenom\nDurand;Ada\n")}


def _columns_to_say(stage: Stage) -> None:
    folder, names = uploads.keep_tables({"eleves": _table(stage)["eleves"]}, DELIVERIES.folder(), TABLES)
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(
        state=Delivery.State.MATCHING, source="tableau", folder=folder, files=names, report={}, preview={}
    )


def _no_open_delivery(stage: Stage) -> None:
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(
        state=Delivery.State.DONE, settled_at=timezone.now()
    )


def _preview(stage: Stage) -> None:
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(state=Delivery.State.PREVIEW)


def a_picture(stage: Stage) -> Data:
    drawn = BytesIO()
    Image.new("RGB", (40, 40), "green").save(drawn, "PNG")
    return {"picture": SimpleUploadedFile("moi.png", drawn.getvalue(), "image/png")}


def _short_period(stage: Stage) -> None:
    """A day of it is left, and room after that day."""
    Period.objects.filter(pk=stage.own(Period).pk).update(ends=F("starts"))


def _without_marks(stage: Stage) -> None:
    """A period that holds marks or levels is not removed. Houses above come first: they hold on to those below."""
    period = stage.own(Period)
    for relation in reversed(period._meta.related_objects):
        relation.related_model._base_manager.filter(**{relation.field.name: period}).delete()


def _period_after(stage: Stage) -> Data:
    known = stage.own(Period)
    starts = known.starts + timedelta(days=1)
    return {"name": "Trimestre d’automne", "starts": starts.isoformat(), "ends": known.ends.isoformat()}


def _period(stage: Stage) -> Data:
    known = stage.own(Period)
    return {"name": "Trimestre d’automne", "starts": known.starts.isoformat(), "ends": known.ends.isoformat()}


def _pupil(stage: Stage) -> Data:
    """A pupil and their mother, whom nobody knows."""
    return {
        "family_name": "Kergoat",
        "given_name": "Enora",
        "birth_date": "2014-05-06",
        "group": stage.own(Group).pk,
        "first_day": "2026-11-24",
        "r1_given_name": "Katell",
        "r1_family_name": "Kergoat",
        "r1_kinship": "mother",
        "r1_phone": "06 11 22 33 44",
        "r1_email": "katell.kergoat@famille.example",
        "r1_lives_with": "on",
        "r1_lines": "3 rue du Puits",
        "r2_kinship": "father",
    }


def _guardian(stage: Stage) -> Data:
    """An aunt whom nobody knows."""
    return {
        "r1_given_name": "Rozenn",
        "r1_family_name": "Kergoat",
        "r1_kinship": "other",
        "r1_phone": "06 11 22 33 48",
        "r1_email": "rozenn.kergoat@famille.example",
        "r1_lines": "7 rue du Puits",
    }


def _substitute(stage: Stage) -> Data:
    return {
        "role": "teacher",
        "civility": "mme",
        "given_name": "Nadège",
        "family_name": "Prigent",
        "birth_date": "1990-02-03",
        "email": "nadege.prigent@ecole.example",
        "phone": "06 11 22 33 45",
        "title": "mathématiques",
        "reason": "Arrêt de maladie",
        "last_day": "2026-12-18",
    }


def _works_by_hand(stage: Stage) -> None:
    """The school gave this person a function that no file keeps."""
    Holding.objects.create(person=stage.own(Person), role=Role.OTHER, school=stage.college.school)


def _corrected(stage: Stage) -> Data:
    person = stage.own(Person)
    person.refresh_from_db()
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "birth_name": "Kerbrat",
        "birth_date": "2013-05-06",
        "phone": "06 11 22 33 46",
        "email": "eleve.corrige@famille.example",
        "lines": "4 rue du Puits",
        "is_protected": "on",
        "avant": corrections.mark_of(person, Address.objects.filter(person=person).first()),
    }


def _moved(stage: Stage) -> Data:
    own = stage.own(Group)
    other = Group.objects.filter(year=stage.college.year, kind=Group.Kind.CLASS).exclude(pk=own.pk)
    return {"group": other[0].pk, "first_day": "2026-11-24"}


def _delegation(stage: Stage) -> Data:
    held = Holding.objects.get(person=stage.people["cpe"], school=stage.college.school)
    return {"power": "directory", "holding": held.pk, "until": "2027-06-30"}


def _invitation(stage: Stage) -> Data:
    return {
        "kind": "agent",
        "civility": "mme",
        "given_name": "Nadège",
        "family_name": "Prigent",
        "powers": ["lists"],
        "email": "nadege.prigent@mairie.example",
        "title": "service périscolaire",
        "reason": "Cantine",
        "until": "2027-06-30",
    }


IDENTITY = {
    "name": "Collège des Grands Tilleuls",
    "address": "3 rue du Préau",
    "phone": "02 99 00 00 00",
    "email": "college@ecole.example",
    "website": "https://college.example",
    "privacy_contact": "La déléguée du département",
}
CLOSED = {"name": "Pont de mai", "starts": "2027-05-14", "ends": "2027-05-14"}
NEW_PHOTO = {"directory_pupilphoto": "each file has an address of its own", "journal_line": "and its trace"}
NEW_FILE = {"directory_school": "each file has an address of its own", "journal_line": "and its trace"}
BODIES = {
    "directory:people": Body("secretary", lambda stage: {"mots": STEM}, writes=False),
    "directory:enrol": Body("secretary", _pupil, wrong=lambda stage: {"birth_date": "2062-01-01"}),
    "directory:add_guardian": Body("secretary", _guardian, wrong=lambda stage: {"r1_phone": "06"}),
    "directory:engage": Body("secretary", _substitute, wrong=lambda stage: {"last_day": "2035-01-01"}),
    "directory:correct": Body("secretary", _corrected, wrong=lambda stage: {"phone": "06"}),
    "directory:depart": Body(
        "secretary", lambda stage: {"last_day": "2026-12-04"}, wrong=lambda stage: {"last_day": "2035-01-01"}
    ),
    "directory:move": Body("secretary", _moved, wrong=lambda stage: {"first_day": "2020-01-01"}),
    "directory:certificates": Body(
        "secretary",
        lambda stage: {"papier": "scolarite"},
        again={"journal_line": "each print leaves its trace"},
    ),
    "directory:own_contact": Body(
        "guardian",
        lambda stage: {
            "phone": "06 11 22 33 47",
            "email": "autre@famille.example",
            "lines": "5 rue du Puits",
        },
        wrong=lambda stage: {"phone": "06"},
    ),
    "directory:withdraw_request": Body("guardian"),
    "directory:dismiss": Body("secretary", before=_works_by_hand),
    "directory:answer_request": Body(
        "secretary", lambda stage: {"choix": "accepter", "word": "Merci."}, wrong=lambda stage: {"choix": ""}
    ),
    "directory:export_corrections": Body("secretary", again={"journal_line": "each export leaves its trace"}),
    "directory:withdraw_correction": Body("secretary"),
    "directory:bring": Body("secretary", _files, _no_open_delivery, lambda stage: {"files": []}),
    "directory:bring_tables": Body(
        "secretary", _table, _no_open_delivery, lambda stage: {"eleves": [], "certified": "on"}
    ),
    "directory:columns": Body(
        "secretary",
        lambda stage: {"eleves-0": "family", "eleves-1": "given"},
        _columns_to_say,
        wrong=lambda stage: {"eleves-1": "family"},
    ),
    "directory:apply": Body("secretary", before=_preview),
    "directory:approve": Body("head"),
    "directory:drop": Body("secretary"),
    "directory:export": Body("secretary", again={"journal_line": "each export leaves its trace"}),
    "directory:departures": Body("secretary", lambda stage: {"nom": STEM, "qui": "eleves"}, writes=False),
    "directory:export_departures": Body(
        "secretary", lambda stage: {"qui": "eleves"}, again={"journal_line": "each export leaves its trace"}
    ),
    "directory:leaver": Body("secretary", _kept, wrong=lambda stage: {"reason": ""}),
    "directory:let_go": Body("secretary", lambda stage: {"avant": _kept(stage)["avant"]}),
    "directory:export_list": Body(
        "teacher",
        lambda stage: {"colonnes": ["groupes"], "forme": "csv"},
        again={"journal_line": "each export leaves its trace"},
    ),
    "directory:ask_photos": Body("cpe"),
    "directory:work_groups": Body(
        "teacher",
        lambda stage: {"name": "Demi-classe A", "pupils": [stage.people["pupil"].pk]},
        wrong=lambda stage: {"name": ""},
    ),
    "directory:photo_consent": Body(
        "guardian", lambda stage: {"answer": "no"}, wrong=lambda stage: {"answer": "?"}
    ),
    "directory:pupil_photo": Body(
        "secretary", a_picture, wrong=lambda stage: {"picture": []}, again=NEW_PHOTO
    ),
    "directory:remove_photo": Body("secretary"),
    "directory:consent": Body(
        "guardian", lambda stage: _consent(stage, "yes"), wrong=lambda stage: {"reponse": "?"}
    ),
    "directory:consent_beside": Body(
        "guardian", lambda stage: _consent(stage, "no"), in_an_ecole, lambda stage: {"reponse": "?"}
    ),
    "directory:family_access": Body(
        "pupil", lambda stage: {"choix": "fermer"}, _is_of_age, lambda stage: {"choix": "?"}
    ),
    "directory:consent_requests": Body(
        "cpe", lambda stage: {"quoi": "image:", "mots": "Film du voyage."}, wrong=lambda stage: {"mots": ""}
    ),
    "directory:remind_consents": Body("cpe", before=_asked_long_ago),
    "directory:close_consents": Body("cpe"),
    "directory:paper_consent": Body("secretary", _paper, wrong=lambda stage: {"signe": ""}),
    "directory:export_consents": Body("secretary", again={"journal_line": "each export leaves its trace"}),
    "directory:consent_papers": Body(
        "secretary", before=_reached_by_paper, again={"journal_line": "each print leaves its trace"}
    ),
    "directory:next_year": Body(
        "secretary", lambda stage: dict(NEXT_YEAR), _nothing_prepared, lambda stage: {"ends": ""}
    ),
    "directory:year_dates": Body(
        "secretary", lambda stage: dict(NEXT_YEAR), wrong=lambda stage: {"name": "2027"}
    ),
    "directory:give_up_year": Body("secretary"),
    "directory:add_year_class": Body("secretary", _planned, wrong=lambda stage: {"name": ""}),
    "directory:year_class": Body("secretary", _planned, wrong=lambda stage: {"name": ""}),
    "directory:remove_year_class": Body("secretary"),
    "directory:keep_teams": Body("secretary"),
    "directory:propose_year": Body("secretary"),
    "directory:year_placing": Body(
        "secretary", _placed, wrong=lambda stage: {f"eleve-{stage.people['pupil'].pk}": "moves-0"}
    ),
    "directory:year_unplaced": Body(
        "secretary",
        lambda stage: {"classe_entiere": f"moves-{stage.own(PlannedClass).pk}"},
        _without_class,
        lambda stage: {"classe_entiere": "moves-0"},
    ),
    "directory:year_staff": Body(
        "secretary",
        lambda stage: {"personnes": [stage.people["teacher"].pk], "geste": "part"},
        wrong=lambda stage: {"personnes": []},
    ),
    "directory:switch_year": Body(
        "secretary",
        lambda stage: {"day": "2027-08-25", "leave_undecided": "on"},
        wrong=lambda stage: {"day": "2026-11-25"},
    ),
    "directory:export_year_pupils": Body(
        "secretary", lambda stage: {"qui": "partent"}, again={"journal_line": "each export leaves its trace"}
    ),
    "directory:forget_switch": Body("secretary", before=_day_chosen),
    "directory:undo_switch": Body("secretary", before=_switched),
    "directory:identity": Body("head", lambda stage: dict(IDENTITY), wrong=lambda stage: {"phone": "abc"}),
    "directory:look": Body("head", lambda stage: {"palette": "ocean"}, wrong=lambda stage: {"palette": "?"}),
    "directory:take_logo": Body("head", a_picture, again=NEW_FILE),
    "directory:remove_logo": Body("head"),
    "directory:hours": Body(
        "head",
        lambda stage: {"opens_at": "08:05", "closes_at": "17:10"},
        wrong=lambda stage: {"closes_at": "07:00"},
    ),
    "directory:create_period": Body("head", _period_after, _short_period, lambda stage: {"name": ""}),
    "directory:guardianship": Body("secretary", _ruling, wrong=lambda stage: {"ruled_on": ""}),
    "directory:merge": Body("secretary", _merge, wrong=lambda stage: {"garder": ""}),
    "directory:tell_apart": Body("secretary"),
    "directory:undo_merge": Body("secretary"),
    "directory:lift_ruling": Body("secretary", _lift, _ruled),
    "directory:change_period": Body("head", _period, wrong=lambda stage: {"name": ""}),
    "directory:remove_period": Body("head", before=_without_marks),
    "directory:closures": Body(
        "head", lambda stage: dict(CLOSED), wrong=lambda stage: {"ends": "2027-05-01"}
    ),
    "directory:zone": Body("head", lambda stage: {"zone": "A"}, wrong=lambda stage: {"zone": "?"}),
    "directory:remove_closure": Body("head"),
    "directory:service": Body(
        "head",
        lambda stage: {"open": "on", "name_0": "Mes absences"},
        wrong=lambda stage: {"name_0": "x" * 40},
    ),
    "directory:administrators": Body("head", _delegation, wrong=lambda stage: {"until": "2035-01-01"}),
    "directory:end_delegation": Body("head", lambda stage: {"power": "settings"}),
    "directory:invite": Body("head", _invitation, wrong=lambda stage: {"email": "nadege"}),
    "directory:guest": Body(
        "head", lambda stage: {"until": "2027-05-01"}, wrong=lambda stage: {"until": "2035-01-01"}
    ),
    "directory:end_guest": Body("head"),
    "directory:finish_review": Body("head", lambda stage: {"avant": ""}),
    "directory:doubt": Body("head", lambda stage: {"state": "fausse"}),
}
# What is said of a school is everybody's there; who comes, and why, of the head; a name of a file is not kept.
READ_BY = {
    # Its name is for whoever made it; a pupil reads in « Mes données » what is held about them.
    "directory:work_groups": {"pupil"},
    "own group of work": {"pupil"},
    "directory:consent_requests": WHOLE_STAFF | OWN_CLASS,
    **dict.fromkeys(["directory:leaver", "directory:bring", "directory:bring_tables"], OFFICE),
    **dict.fromkeys(["directory:add_year_class", "directory:year_class"], OFFICE),
    # Names are read by whoever meets the person; how they are reached, and why somebody came, by fewer.
    "directory:enrol": WHOLE_STAFF | OWN_CLASS,
    "directory:add_guardian": WHOLE_STAFF | OWN_CLASS,
    "directory:engage": WHOLE_SCHOOL,
    "directory:correct": WHOLE_STAFF | OWN_CLASS,
    # Their family hears of them at addresses that no one of the cast has: this form gives one to the pupil, another an aunt.
    "directory:correct.given_name": WHOLE_STAFF | OWN_CLASS | {SOMEBODY_ELSE},
    "directory:engage.reason": {"head"},
    "directory:own_contact": OFFICE,
    "directory:answer_request": {"guardian", *OFFICE},
    "directory:identity": ANYBODY,
    **dict.fromkeys(
        [f"directory:{name}" for name in ("create_period", "change_period", "closures", "service")],
        WHOLE_SCHOOL,
    ),
    "directory:invite": WHOLE_STAFF,
    "directory:invite.reason": {"head"},
    **{
        f"directory:{name}": set()
        for name in ("pupil_photo", "take_logo", "export_departures", "bring_tables.eleves")
    },
}
NOT_WORDS = {"directory:paper_consent", "directory:year_placing"}
ONE_BUTTON = {"directory:certificates"}
FILES_ALONE = {"directory:pupil_photo", "directory:bring", "directory:bring_tables", "directory:take_logo"}


def _being_read(stage: Stage) -> None:
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(state=Delivery.State.READING, done=3, total=9)


FRAGMENTS = {"directory:delivery": Fragment("secretary", "progress", before=_being_read)}
SHEETS = {
    "directory:export_list": "teacher",
    "directory:report_csv": "secretary",
    "directory:export": "secretary",
    "directory:export_departures": "secretary",
    "directory:export_corrections": "secretary",
    "directory:export_consents": "secretary",
    "directory:export_year_pupils": "secretary",
}
OTHER_FILES = {
    "directory:report_json",
    "directory:consent_papers",
    "directory:logo",
    "directory:photo",
    "directory:certificates",
}
CONFIRMED = {
    "directory:engage",
    "directory:dismiss",
    "directory:administrators",
    "directory:end_delegation",
    "directory:invite",
    "directory:guest",
    "directory:end_guest",
}
NOT_CONFIRMED = {
    "directory:report_csv": "what a delivery that they brought themselves did",
    "directory:report_json": "the same",
    "directory:certificates": "a paper about one pupil, of which the same page says all",
}
