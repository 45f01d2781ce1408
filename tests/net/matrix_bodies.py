"""A valid body for every route that takes a POST: what a person who may would send from its page, as its house says it.

The isolation matrix sends it as everybody, with the ids of others put in; the behaviour nets send it twice, and without
a session. A route without a body fails both.
"""

from tests.declared import Body, Data, gathered
from tests.net.matrix_cast import runs_the_platform

__all__ = ["BODIES", "Body", "Data", "runs_the_platform"]

<<<<<<< HEAD
BODIES: dict[str, Body] = gathered().bodies
=======
from conftest import NOW
from preau.commons.agenda.models import Feed
from preau.commons.federation.models import Link, Provider
from preau.commons.lti import models as lti
from preau.commons.lti.tests.tool import KEY, LOGIN, OPENED, public
from preau.commons.media.models import Medium
from preau.commons.media.tests.samples import epub
from preau.commons.notifications.models import Item
from preau.commons.privacy.actions.terms import mark_of as mark_of_run
from preau.commons.privacy.models import DataRequest, RequestLine, RetentionRun
from preau.commons.signon.models import Client, Opening, Service
from preau.commons.signon.words import Protocol
from preau.directory.actions import deliveries, departures, merging
from preau.directory.actions.families import mark_of
from preau.directory.actions.years import Choice
from preau.directory.models import (
    Assignment,
    ConsentRequest,
    Delivery,
    Enrolment,
    Group,
    Guardianship,
    Hold,
    Holding,
    Leaver,
    Period,
    Person,
    Placement,
    PlannedClass,
    Room,
    School,
    SchoolYear,
    Subject,
    YearPlan,
)
from preau.directory.tests.aaf import document, eleve, etab
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.attendance import actions as attendance
from preau.domains.attendance.models import Alert, Entry, Explanation, FollowUp, Reason, SeatingPlan, Visit
from preau.domains.attention.actions import deciding as attention
from preau.domains.attention.models import Finding
from preau.domains.campaigns import queries as campaigns
from preau.domains.campaigns.models import Campaign
from preau.domains.catalogue.models import Miss, Node
from preau.domains.catalogue.models.edited import EditedResource
from preau.domains.conduct.models import Detention, Incident, Responsibility, Sanction, Slot
from preau.domains.events.models import Event
from preau.domains.homework.models import HandIn, Homework, LessonRecord, ProgressionStep
from preau.domains.mediacentre.models import Resource as DigitalResource
from preau.domains.mediacentre.models import Rule as ResourceRule
from preau.domains.records.models import Agreement, Record
from preau.domains.scenarios.models import Author, Case, Review, Scenario
from preau.domains.timetable.models import Alternation, Lesson, LessonChange, TeacherAbsence, TimetableImport
from preau.foundation import boards, uploads
from preau.foundation.sealed import seal
from preau.foundation.tests.saml_provider import described
from preau.identity import totp
from preau.identity.models import Account, Activation, PictureCard, ProofDemand, SecondProof
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


DATA_ASKED = {"right": "rectify", "which": "Lundi", "wrong": "J’étais là.", "better": "Présent"}


def _line_answered(stage: Stage) -> None:
    facts = {"outcome": "granted", "answer": "C’est corrigé.", "answered_at": timezone.now()}
    RequestLine.objects.filter(pk=stage.own(RequestLine).pk).update(**facts)


def _request_answered(stage: Stage) -> None:
    _line_answered(stage)
    DataRequest.objects.filter(pk=stage.own(DataRequest).pk).update(
        state="answered", answered_at=timezone.now()
    )


PAGE_OF_RESOURCE = "/ressources/maths-au-college/le-theoreme-de-thales/"
SCENARIO = {
    "title": "Mesurer un arbre", "abstract": "Avec son ombre.", "levels": ["4e"], "subject": "mathematiques", "minutes": "50",
    "objectives": "Calculer.", "material": "Une corde", "resources": PAGE_OF_RESOURCE,
}  # fmt: skip
SCENARIO_STEP_TYPED = {
    "title": "Mesurer", "minutes": "10", "setting": "sous-groupe", "teacher": "Distribue.", "pupils": "Mesurent.",
    "material": "Une corde", "differentiation": "Un schéma.",
}  # fmt: skip


OPINION = {
    "adresse": PAGE_OF_RESOURCE, "clarity": "5", "interest": "4", "access": "3", "ease": "4", "level": "4e",
    "context": "En demi-groupe", "text": "Très clair.", "signature": "role",
}  # fmt: skip


def _shown_again(stage: Stage) -> None:
    Review.objects.filter(pk=stage.own(Review).pk).update(hidden_at=None)


def _waits(stage: Stage) -> None:
    runs_the_platform(stage)
    Case.objects.filter(pk=stage.own(Case).pk).update(state="open", hidden=False)


def _lesson_to_come(stage: Stage) -> None:
    """A lesson of the cast's teacher, tomorrow, of which nothing is written."""
    own = stage.own(Lesson)
    made = Lesson.objects.create(
        school=own.school, year=own.year, subject=own.subject, room=own.room, starts=NOW + timedelta(days=1),
        ends=NOW + timedelta(days=1, hours=1), day=NOW.date() + timedelta(days=1),
    )  # fmt: skip
    made.teachers.set([stage.people["teacher"]])
    made.groups.set(own.groups.all())


def _put_somewhere(stage: Stage) -> Data:
    coming = Lesson.objects.filter(teachers=stage.people["teacher"], starts=NOW + timedelta(days=1)).first()
    return {
        "adresse": PAGE_OF_RESOURCE,
        "titre": "Thalès",
        "place": "contenu",
        "seance": str(coming.pk if coming else ""),
    }


def _scenario_removed(stage: Stage) -> None:
    Scenario.objects.filter(pk=stage.own(Scenario).pk).update(removed_at=NOW)


def _with_another_author(stage: Stage) -> None:
    colleague = stage.people["teacher_parent"]
    Author.objects.create(scenario=stage.own(Scenario), person=colleague, invited_at=NOW, accepted_at=NOW)


def _by_another_author(stage: Stage) -> None:
    """The line of the stage becomes a colleague's, and the cast's teacher the one who began it."""
    author = stage.own(Author)
    colleague = stage.people["teacher_parent"]
    Author.objects.filter(pk=author.pk).update(person=colleague, is_first=False)
    Author.objects.create(
        scenario=author.scenario,
        person=stage.people["teacher"],
        is_first=True,
        invited_at=NOW,
        accepted_at=NOW,
    )


def _ended(stage: Stage) -> None:
    lti.Activity.objects.filter(pk=stage.own(lti.Activity).pk).update(ended_at=NOW)


def _tool(stage: Stage) -> Data:
    return {
        "login_url": LOGIN,
        "target": OPENED,
        "redirects": OPENED,
        "keys_url": f"{OPENED}/cles",
        "ask_scores": "Voir.",
    }


def _speaks_lti(stage: Stage) -> None:
    Service.objects.filter(pk=stage.own(Service).pk).update(protocol=Protocol.LTI)


def _has_a_tool(stage: Stage) -> None:
    _speaks_lti(stage)
    asks = {"scores": {"why": "Voir.", "since": "2026-09-01"}}
    said = {"login_url": LOGIN, "target": OPENED, "redirects": [OPENED], "keys": public(KEY), "asks": asks}
    lti.Tool.objects.get_or_create(service_id=stage.own(Service).pk, defaults=said)


def _to_choose(stage: Stage) -> Data:
    opening = Opening.objects.get(service__tool__isnull=False, school=stage.college.school)
    return {"group": stage.own(Group).pk, "tool": opening.service.public_id}


def _erasure_granted(stage: Stage) -> None:
    RequestLine.objects.filter(pk=stage.own(RequestLine).pk).update(right="erase", kind="signon-alias")
    _request_answered(stage)


def _run_seen(stage: Stage) -> Data:
    return {"seen": mark_of_run(stage.own(RetentionRun))}


def _run_approved(stage: Stage) -> None:
    """By somebody else than who confirms; nothing is in it any more, so that nothing of the stage goes."""
    run = stage.own(RetentionRun)
    facts = {"state": "approved", "approved_by": stage.college.people["cpe"], "approved_at": timezone.now()}
    RetentionRun.objects.filter(pk=run.pk).update(
        **facts, postponed_by=None, postponed_until=None, postponed_why=""
    )
    run.parts.all().delete()
    run.refresh_from_db()


def _in_an_ecole(stage: Stage) -> None:
    School.objects.filter(pk=stage.college.school.pk).update(kind=School.Kind.ECOLE)


def _has_a_card(stage: Stage) -> None:
    PictureCard.objects.create(
        account=stage.own(Person).account, digest="x", pictures="x", issued_at=timezone.now()
    )


def _proves_twice(person: Person) -> None:
    now = timezone.now()
    SecondProof.objects.create(account=person.account, secret="x", last_step=0, installed_at=now, used_at=now)


def _guardian_proves_twice(stage: Stage) -> None:
    _proves_twice(stage.people["guardian"])


def runs_the_platform(stage: Stage) -> None:
    Holding.objects.filter(person=stage.people["operator"], role=Role.OPERATOR).update(
        territory=None, school=None
    )


A_SOURCE = {
    "name": "Manuels libres", "institution": "Maison d’essai", "kind": "flux", "address": "https://manuels.example/flux.xml", "prefix": "",
    "part": "", "every_days": "7", "audiences": ["eleve"], "type": "document", "licence": "reserve", "access": "libre",
}  # fmt: skip


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
    }  # fmt: skip


def _everyone_out(stage: Stage) -> Data:
    return {"who": ["eleves", "responsables", "personnels"], "what": "mots-de-passe"}


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


# The number that a form of conduct carries, so that a second click does its gesture once.
FORM = "0123456789abcdef" * 2
MOODLE = "https://moodle.academie.example/"


def _service(stage: Stage) -> Data:
    return {
        "name": "Atelier de cartes", "text": "Dessiner des cartes.", "icon": "palette", "address": "https://cartes.exemple.fr/ent",
        "places": "https://cartes.exemple.fr/", "profiles": ["pupil", "staff"], "protocol": "cas", "shape": "plain", "is_on": "on",
        "why_first_name": "Signer une carte.",
    }  # fmt: skip


def _provider(stage: Stage) -> Data:
    return {
        "name": "Guichet du bassin", "audience": "staff", "icon": "briefcase", "order": "40", "protocol": "oidc",
        "issuer": "https://guichet-du-bassin.exemple.fr", "client_id": "preau-du-bassin", "scopes": "openid profile",
        "email": "ctemail", "domains": "ac-exemple.fr",
    }  # fmt: skip


def _served_families(stage: Stage) -> None:
    Provider.objects.filter(school=stage.college.school).update(is_on=True, audience="families")


def _speaks_saml(stage: Stage) -> None:
    Link.objects.all().delete()
    Provider.objects.filter(school=stage.college.school).update(protocol="saml")


def _speaks_oidc(stage: Stage) -> None:
    service = stage.own(Service)
    Service.objects.filter(pk=service.pk).update(protocol=Protocol.OIDC)
    Client.objects.create(service=service, redirects=[service.address])


def _reported(stage: Stage) -> Data:
    group, pupil = stage.own(Group), stage.own(Person)
    return {
        "classe": group.pk, "concerned": [pupil.pk], "kind": "talk", "place": "yard", "day": "2026-11-23", "hour": "10:05",
        "facts": "Un ballon est passé par la fenêtre.", "sent_as": FORM,
    }  # fmt: skip


def _confidential(stage: Stage) -> Data:
    return {
        "nature": "pap", "classe": stage.own(Group).pk, "pupil": stage.own(Person).pk, "needs": "Lecture lente.",
        "plan": "Consignes relues.", "emergency": "Appeler le 15.", "shows_emergency": "on", "plain": "Tu as plus de temps.",
        "review_on": "2027-11-24", "sent_as": FORM,
    }  # fmt: skip


def _record_again(stage: Stage) -> Data:
    said = _confidential(stage)
    return {
        name: said[name] for name in ("needs", "plan", "emergency", "shows_emergency", "plain", "review_on")
    } | {"seen": "1"}


def _goes_on(stage: Stage) -> None:
    """The pupil goes on in the other school, and everyone who decides has agreed."""
    record = stage.own(Record)
    Holding.objects.create(person=record.pupil, role=Role.PUPIL, school=stage.twin.school)
    for guardian in Guardianship.objects.filter(pupil=record.pupil).values_list("guardian_id", flat=True):
        Agreement.objects.create(school=record.school, record=record, by_id=guardian, at=timezone.now())


def _corrected(stage: Stage) -> Data:
    parts = stage.own(Incident).involvements.values_list("person_id", "part")
    people = {f"{part}": [person] for person, part in parts}
    return _reported(stage) | people | {"revision": "1"}


def _incident_settled(stage: Stage) -> None:
    Incident.objects.filter(pk=stage.own(Incident).pk).update(state="settled")


def _punished(stage: Stage) -> Data:
    return {
        "classe": stage.own(Group).pk, "pupils": [stage.own(Person).pk], "kind": "work", "why": "Matériel oublié.",
        "work": "Préparer la liste du matériel.", "due": "2026-12-01", "sent_as": FORM,
    }  # fmt: skip


def _moved(stage: Stage) -> Data:
    return {"slot": stage.objects[Slot]["own"][1].pk}


def _came(stage: Stage) -> Data:
    pk = stage.own(Detention).pk
    return {f"presence-{pk}": "done", f"connu-{pk}": "expected"}


def _charged(stage: Stage) -> Data:
    return {
        "classe": stage.own(Group).pk, "pupil": stage.own(Person).pk, "facts": "Refus répété de suivre les consignes.",
        "authority": "head", "defend_until": "2026-12-04", "sent_as": FORM,
    }  # fmt: skip


def _pronounced(stage: Stage) -> None:
    Sanction.objects.filter(pk=stage.own(Sanction).pk).update(
        state="pronounced", kind="warning", pronounced_on="2026-11-20", kept_until="2027-07-04"
    )


def _is_responsibility(stage: Stage) -> None:
    _pronounced(stage)
    Sanction.objects.filter(pk=stage.own(Sanction).pk).update(kind="responsibility")


def _agreed(stage: Stage) -> None:
    Responsibility.objects.filter(pk=stage.own(Responsibility).pk).update(
        pupil_agreed_on="2026-11-20", guardian_agreed_on="2026-11-20"
    )


def _study(stage: Stage) -> Data:
    return {
        "kind": "study", "name": "Étude du soir", "weekdays": ["3", "4"], "starts_at": "17:15", "ends_at": "18:15", "room": "",
        "places": "20", "watchers": [stage.people["cpe"].pk],
    }  # fmt: skip


def _outing(stage: Stage) -> Data:
    return {
        "kind": "outing", "title": "Sortie au musée", "first_day": "2026-12-03", "last_day": "2026-12-04", "starts_at": "14:00",
        "ends_at": "16:00", "room": "", "place": "Musée", "audience": "groups", "groups": [stage.own(Group).pk],
        "with_families": "on", "description": "Départ à 14 h.", "sent_as": FORM, "publier": "oui",
    }  # fmt: skip


def _outing_again(stage: Stage) -> Data:
    return _outing(stage) | {"sent_as": "", "revision": "1", "publier": ""}


GAR_LIST = b"""{"listeRessources": {"ressource": [{"idRessource": "ark:/1/1", "nomRessource": "Atlas", "urlAccesRessource": "https://a.gar.example/x"}]}}"""


def _assigned(stage: Stage) -> Data:
    pupils = Enrolment.objects.active(NOW.date()).filter(group=stage.own(Group))
    return {
        "ressource": [stage.own(DigitalResource).pk], "whom": "pupil-groups", "groups": [stage.own(Group).pk], "sent_as": FORM,
        "geste": "attribuer", "vu": str(pupils.values("pupil_id").distinct().count()),
    }  # fmt: skip


def _rule_is_ended(stage: Stage) -> None:
    ResourceRule.objects.filter(pk=stage.own(ResourceRule).pk).update(
        ended_at=timezone.now(), ended_by=stage.people["head"]
    )


def _sheet() -> Data:
    """The record of a resource."""
    kinds = {"niveaux": "level", "matieres": "subject"}
    nodes = {name: [str(Node.objects.in_force().filter(kind=kind)[0].pk)] for name, kind in kinds.items()}
    return nodes | {
        "titre": "Une leçon", "resume": "Ce que l’on y apprend.", "type": "video", "publics": ["eleve"], "auteurs": "Préau", "institution": "Préau",
        "licence": "cc-by-sa", "mots": "vélo, rivière",
    }  # fmt: skip


def _withdrawn(stage: Stage) -> None:
    runs_the_platform(stage)
    EditedResource.objects.filter(pk=stage.own(EditedResource).pk).update(status="withdrawn")


def _event_is(state: str) -> Callable[[Stage], None]:
    def put(stage: Stage) -> None:
        out = None if state == "draft" else timezone.now()
        Event.objects.filter(pk=stage.own(Event).pk).update(state=state, published_at=out)

    return put


def _goals(stage: Stage) -> Data:
    return {
        "classe": stage.own(Group).pk, "pupil": stage.own(Person).pk, "goals": "Arriver à l’heure.",
        "help": "Un point chaque lundi.", "starts": "2026-11-24", "ends": "2026-12-18", "sent_as": FORM,
    }  # fmt: skip


ASKED = {"kind": "absences", "since": "2026-11-01", "until": "2026-11-24", "at_least": "1", "group": ""}
WRITTEN = {"by_mail": "on", "body": "Bonjour, au sujet de {prenom}.", "keep": "on"}
LIVES = {"street": "4 rue du Moulin", "postcode": "35000", "city": "Rennes", "no_sms": "on"}


def _seen_by_the_cpe(stage: Stage) -> list[campaigns.Line]:
    cpe = viewer_for(stage.people["cpe"], 0, timezone.now(), f"staff-{stage.college.school.pk}")
    return campaigns.lines_of(cpe, Campaign.objects.get(pk=stage.own(Campaign).pk))


def _left_out(stage: Stage) -> Data:
    line = next(one for one in _seen_by_the_cpe(stage) if one.leaves)
    return {"geste": f"ecarter-{line.key}"}


def _looked_at(stage: Stage) -> Data:
    return {"seen": campaigns.mark_of(_seen_by_the_cpe(stage)), "sure": "on"}


MEASURE = {"host": "CDI", "task": "Ranger les revues.", "hours": "8", "signed_on": ""}
SLOT = {"day": "2026-12-08", "starts_at": "17:00", "ends_at": "18:00", "places": "10"}
WARNED = {"kind": "warning", "grounds": "Après l’entretien.", "register": "Consignes non suivies en atelier."}
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


def _timetable(stage: Stage) -> Data:
    held = "Jour;Début;Fin;Matière;Classe\nsamedi;8h;9h;Théâtre;6e A\n".encode()
    return {"scope": "some", "files": [SimpleUploadedFile("edt.csv", held)]}


def _held(stage: Stage) -> Data:
    held = ("day", "hours", "subject", "class", "teacher")
    return {f"colonne-{place}": key for place, key in enumerate(held)}


def _no_open_timetable(stage: Stage) -> None:
    TimetableImport.objects.filter(pk=stage.own(TimetableImport).pk).update(
        state=TimetableImport.State.DONE, settled_at=timezone.now()
    )


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


def _weekly_later(stage: Stage) -> Data:
    return _weekly(stage) | {"first_day": "2026-12-01", "starts_at": "19:00", "ends_at": "19:30"}


def _elsewhere(stage: Stage) -> Data:
    """A Saturday evening, when nobody has lessons."""
    return {
        "day": "2026-11-28", "starts_at": "20:00", "ends_at": "20:55", "room": stage.own(Room).pk, "reason": "exam",
        "note": "Le gymnase est pris",
    }  # fmt: skip


def _someone_free(stage: Stage) -> None:
    person = Person.objects.create(family_name="Libre", given_name="Ada")
    Holding.objects.create(person=person, role=Role.TEACHER, school=stage.college.school)


def _replaced(stage: Stage) -> Data:
    free = Person.objects.filter(family_name="Libre").first() or stage.people["teacher_parent"]
    return {"gone": stage.people["teacher"].pk, "comes": free.pk, "reason": "away", "note": "En formation"}


def _one_off(stage: Stage) -> Data:
    whom = {name: _weekly(stage)[name] for name in ("subject", "groups", "teachers")}
    return whom | _elsewhere(stage)


def _away(stage: Stage) -> Data:
    days = {"first_day": "2026-12-01", "last_day": "2026-12-02", "starts_at": "09:00", "ends_at": "17:00"}
    return days | {"teacher": stage.people["teacher_parent"].pk, "cause": "duty"}


def _unconfirmed(stage: Stage) -> None:
    TeacherAbsence.objects.filter(pk=stage.own(TeacherAbsence).pk).update(confirmed_at=None)


def _free_for_it(stage: Stage) -> None:
    """A colleague who teaches the class too, and has no lesson now."""
    _someone_free(stage)
    person, lesson = Person.objects.get(family_name="Libre"), stage.own(Lesson)
    Assignment.objects.create(
        school=stage.college.school, group=stage.own(Group), teacher=person, subject=lesson.subject
    )


def _asked(stage: Stage) -> Data:
    free = Person.objects.filter(family_name="Libre").first() or stage.people["teacher_parent"]
    return {"teachers": [free.pk]}


def _in_turn(stage: Stage) -> None:
    for letter, monday in (("A", "2026-11-23"), ("B", "2026-11-30")):
        Alternation.objects.create(
            school=stage.college.school, year=stage.college.year, name=f"Semaine {letter}", code=letter,
            mondays=[monday], names_weeks=True,
        )  # fmt: skip


def _cancelled_tomorrow(stage: Stage) -> None:
    """A lesson that its pattern gives next week too."""
    lesson = Lesson.objects.filter(school=stage.college.school, day="2026-11-25").exclude(pattern=None)[0]
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.CANCELLED, revision=1)
    LessonChange.objects.create(
        school=lesson.school, lesson=lesson, kind="cancelled", made_by=stage.people["head"], made_at=timezone.now()
    )  # fmt: skip


def _weeks(stage: Stage) -> Data:
    return {"name": "Semaines de projet", "weeks": ["2026-11-30", "2026-12-07"]}


def _work(stage: Stage) -> Data:
    return {
        "title": "Exercice 12", "due": "other", "due_day": "2026-12-01", "minutes": "20", "hand_in": "nothing",
        "body": "Sur une feuille.",
    }  # fmt: skip


def _day(stage: Stage) -> Data:
    """The lessons of today of the cast's teacher, one of them told, and a homework for her next day."""
    own = Lesson.objects.held().taught_by(stage.college.people["teacher"]).filter(school=stage.college.school)
    today = list(own.filter(day=stage.college.today).order_by("starts"))
    following = own.filter(day__gt=stage.college.today).order_by("day")[:1]
    texts = {f"fait-{one.pk}": "Nous avons lu." for one in today[:1]}
    known = dict(LessonRecord.objects.filter(lesson__in=today).values_list("lesson_id", "version"))
    seen = {f"vu-{one.pk}": str(known.get(one.pk, 0)) for one in today}
    work = {"travail-0": "Relire", "matiere-0": str(today[0].pk), "pour-0": following[0].day.isoformat()}
    return texts | seen | work | {"geste": "publier"}


def _record(stage: Stage) -> Data:
    return _work(stage) | {
        "content": "Thalès",
        "note": "Revoir",
        "shown": "start",
        "shown_at": "",
        "seen": "1",
    }


def _drafted(stage: Stage) -> None:
    LessonRecord.objects.filter(lesson=stage.own(Lesson)).update(state="draft")


STEP = {"content": "Thalès", "work": "Exercice 12", "minutes": "20"}


def _given_to(stage: Stage) -> Data:
    lesson = stage.own(Lesson)
    return {"cours": f"{stage.own(Group).pk}-{lesson.subject_id}", "from_day": "2026-11-25"}


def _lessons_to_fill(stage: Stage) -> None:
    """Two lessons to come; once one of them has the only step, nothing is left to give."""
    model, step = stage.own(Lesson), stage.own(ProgressionStep)
    ProgressionStep.objects.filter(progression=step.progression_id).exclude(pk=step.pk).delete()
    for days in (200, 201):
        starts = model.starts + timedelta(days=days)
        lesson = Lesson.objects.create(
            school=model.school, year=model.year, subject=model.subject, starts=starts, ends=starts + timedelta(minutes=55),
            day=starts.date(),
        )  # fmt: skip
        lesson.groups.set(model.groups.all())
        lesson.teachers.set(model.teachers.all())


def _lost(stage: Stage) -> None:
    """What is prepared for the lesson has somewhere to go."""
    _drafted(stage)
    _lessons_to_fill(stage)


def _nothing_handed_in(stage: Stage) -> None:
    HandIn.objects.filter(pk=stage.own(HandIn).pk).delete()


def _taken_away(stage: Stage) -> None:
    Homework.objects.filter(pk=stage.own(Homework).pk).update(removed_at=timezone.now())


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


def _sent_roll(stage: Stage) -> Data:
    """A roll that waited on a device: the same, with its number and its moment."""
    return _roll(stage) | {"sending": "6f0d2c0e-4c55-4b1f-9d53-0f1c5b3f8a11", "made_at": "1795512000"}


def _remark(stage: Stage) -> Data:
    """Of a pupil of whom nothing is said yet."""
    listed = stage.own(Lesson).pupils().filter(list_remarks=None).order_by("pk")
    return {"pupil": listed.values_list("public_id", flat=True)[0], "remark": "not_here"}


PLAN = {"name": "Îlots", "rows": "4", "columns": "6"}


def _reachable(stage: Stage) -> None:
    """A number that was lost is tried again where the directory has one."""
    Person.objects.filter(pk=stage.people["guardian"].pk).update(phone="06 12 34 56 78")


def _seated(stage: Stage) -> Data:
    """A pupil of the class, at a place of the plan."""
    return {"eleve": stage.own(Person).public_id, "place": "2-3"}


def _arrangement(stage: Stage) -> Data:
    return {
        "kind": "exemption", "subjects": [stage.own(Subject).pk], "words": "Sur avis du médecin",
        "first_day": "2026-11-24", "last_day": "2026-12-08",
    }  # fmt: skip


def _explanation(stage: Stage) -> Data:
    return {
        "entries": [stage.own(Entry).pk],
        "reason": stage.own(Reason).pk,
        "comment": "Un rendez-vous chez le dentiste",
    }


def _announcement(stage: Stage) -> Data:
    child, reason = stage.own(Person).public_id, stage.own(Reason).pk
    return {"enfant": child, "first_day": "2026-11-25", "reason": reason, "comment": "Un examen à l’hôpital"}


def _departure(stage: Stage) -> Data:
    return {"leaves_at": "15:00", "leaves_with": "sa grand-mère", "reason": stage.own(Reason).pk}


DECIDED = {
    "kind": "follow", "why": "Un point chaque semaine.", "until": "2026-12-20", "first_step": "Premier point",
    "first_step_on": "2026-12-01",
}  # fmt: skip


def _looked(stage: Stage) -> Data:
    waiting = Finding.objects.filter(pupil=stage.own(Person)).waiting().order_by("pk")
    return {**DECIDED, "shown": attention.mark_of(list(waiting))}


CALLED = {
    "kind": "call",
    "done_on": "2026-11-23",
    "words": "Sa mère viendra jeudi à 17 h.",
    "for_family": "on",
}
REASON = {
    "label": "Rendez-vous à la mission locale", "for_families": "on", "settles": "on", "in_report": "on", "order": "55",
}  # fmt: skip


def _followed_no_more(stage: Stage) -> None:
    FollowUp.objects.filter(pk=stage.own(FollowUp).pk).update(closed_at=timezone.now())


def _settled(stage: Stage) -> None:
    """The absence to explain of the stage was settled."""
    cpe = viewer_for(stage.people["cpe"], 0, timezone.now(), f"staff-{stage.college.school.pk}")
    attendance.settle(cpe, [stage.own(Entry)], stage.own(Reason))


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
    return {"power": "directory", "holding": held.pk, "until": "2027-06-30"}


def _invitation(stage: Stage) -> Data:
    return {
        "kind": "agent", "civility": "mme", "given_name": "Nadège", "family_name": "Prigent", "powers": ["lists"],
        "email": "nadege.prigent@mairie.example", "title": "service périscolaire", "reason": "Cantine", "until": "2027-06-30",
    }  # fmt: skip


IDENTITY = {
    "name": "Collège des Grands Tilleuls", "address": "3 rue du Préau", "phone": "02 99 00 00 00",
    "email": "college@ecole.example", "website": "https://college.example", "privacy_contact": "La déléguée du département",
}  # fmt: skip
DEMAND = {"who": "staff", "since": "2026-12-15"}
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
NEW_PHOTO = {"directory_pupilphoto": "each file has an address of its own", "journal_line": "and its trace"}
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
    "identity:confirm": Body("guardian", lambda stage: {"former": PASSWORD}, wrong=lambda stage: {"former": "autre"}, again={"journal_line": "each proof leaves its line"}),
    "identity:confirm_otherwise": Body("guardian"),
    "identity:change_password": Body("guardian", _change_password, wrong=lambda stage: {"again": "autre"}),
    "identity:second_step": Body("visitor", lambda stage: {"code": "000000"}, writes=False),
    "identity:second_proof": Body(
        "guardian", lambda stage: {"geste": "retirer"}, _guardian_proves_twice
    ),
    "identity:install_second_proof": Body("guardian", _first_digits, wrong=lambda stage: {"code": "12"}),
    "identity:passkey_challenge": Body("visitor", writes=False),
    "identity:passkey_options": Body("guardian", writes=False),
    "identity:add_passkey": Body("guardian", lambda stage: {"name": "Téléphone", "credential": ""}, wrong=lambda stage: {"name": ""}, writes=False),
    "identity:passkey": Body("cpe", lambda stage: {"name": "Mon téléphone"}, wrong=lambda stage: {"name": ""}),
    "identity:remove_passkey": Body("cpe"),
    "identity:make_key": Body("guardian", lambda stage: {"nature": "token", "name": "Programme", "scopes": ["api"], "days": "90", "vu": "0"}, wrong=lambda stage: {"name": ""}),
    "identity:revoke_key": Body("cpe"),
    "identity:revoke_keys": Body("cpe"),
    "identity:lift_second_proof": Body("secretary", before=_person_proves_twice),
    "identity:proof_demand": Body("head", lambda stage: dict(DEMAND), wrong=lambda stage: {"since": ""}),
    "identity:platform_proof": Body(
        "operator", lambda stage: dict(DEMAND), runs_the_platform, wrong=lambda stage: {"since": ""}
    ),
    "identity:delay_proof": Body(
        "secretary", lambda stage: {"until": "2026-12-20"}, _is_asked_to_prove, wrong=lambda stage: {"until": "2026-11-01"}
    ),
    "identity:remind_later": Body("guardian", writes=False),
    "identity:end_session": Body("guardian"),
    "identity:class_accounts": Body("teacher", lambda stage: {"nom": "Nina", "etat": "", "qui": ""}, writes=False),
    "identity:staff_accounts": Body("head", lambda stage: {"nom": "Moreau", "etat": "", "qui": ""}, writes=False),
    "identity:prepare_class": Body("secretary", lambda stage: {"qui": "eleves", **_seen(stage)}),
    "identity:prepare_staff": Body("secretary", lambda stage: {"vu": "0"}),
    "identity:prepare_person": Body("secretary", _seen, _not_open_yet),
    "identity:give_code": Body("teacher", _seen),
    "identity:pictures": Body(
        "visitor", lambda stage: {"code": "KQ7M-3XWD-9RTA"}, wrong=lambda stage: {"code": ""}, writes=False
    ),
    "identity:give_cards": Body("teacher", lambda stage: {"vu": "0"}, _in_an_ecole),
    "identity:withdraw_card": Body("teacher", before=_has_a_card),
    "identity:everyone_out": Body("head", _everyone_out, wrong=lambda stage: {"who": []}),
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
    "media:send": Body("operator", lambda stage: {"fichier": SimpleUploadedFile("livre.epub", epub())}, runs_the_platform, wrong=lambda stage: {"fichier": SimpleUploadedFile("page.html", b"<html>")}),
    "media:tus": Body("operator", before=runs_the_platform, writes=False),
    "media:abandon": Body("operator", before=runs_the_platform),
    "media:words": Body("operator", lambda stage: {"langue": "fr", "transcription": "Bonjour.", "chapitres": "0:02 Le début"}, runs_the_platform, wrong=lambda stage: {"chapitres": "plus tard"}),
    "media:remove": Body("operator", before=runs_the_platform),
    "catalogue:add": Body("operator", lambda stage: _sheet() | {"media": stage.own(Medium).public_id}, runs_the_platform, wrong=lambda stage: {"titre": ""}),
    "catalogue:change": Body("operator", lambda stage: _sheet(), runs_the_platform, wrong=lambda stage: {"titre": ""}),
    "catalogue:withdraw": Body("operator", before=runs_the_platform),
    "catalogue:put_back": Body("operator", before=_withdrawn),
    "platform:export": Body("operator", lambda stage: {"nom": "", "nature": "", "voir": ""}, again={"journal_line": "each export leaves its trace"}),
    "directory:export_departures": Body("secretary", lambda stage: {"qui": "eleves"}, again={"journal_line": "each export leaves its trace"}),
    "directory:leaver": Body("secretary", _kept, wrong=lambda stage: {"reason": ""}),
    "directory:let_go": Body("secretary", lambda stage: {"avant": _kept(stage)["avant"]}),
    "directory:export_list": Body(
        "teacher", lambda stage: {"colonnes": ["groupes"], "forme": "csv"}, again={"journal_line": "each export leaves its trace"}
    ),
    "directory:ask_photos": Body("cpe"),
    "directory:photo_consent": Body("guardian", lambda stage: {"answer": "no"}, wrong=lambda stage: {"answer": "?"}),
    "directory:pupil_photo": Body("secretary", _picture, wrong=lambda stage: {"picture": []}, again=NEW_PHOTO),
    "directory:remove_photo": Body("secretary"),
    "directory:consent": Body(
        "guardian", lambda stage: _consent(stage, "yes"), wrong=lambda stage: {"reponse": "?"}
    ),
    "directory:consent_beside": Body(
        "guardian", lambda stage: _consent(stage, "no"), _in_an_ecole, lambda stage: {"reponse": "?"}
    ),
    "directory:family_access": Body("pupil", lambda stage: {"choix": "fermer"}, _is_of_age, lambda stage: {"choix": "?"}),
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
    "directory:next_year": Body("secretary", lambda stage: dict(NEXT_YEAR), _nothing_prepared, lambda stage: {"ends": ""}),
    "directory:year_dates": Body("secretary", lambda stage: dict(NEXT_YEAR), wrong=lambda stage: {"name": "2027"}),
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
        "secretary", lambda stage: {"classe_entiere": f"moves-{stage.own(PlannedClass).pk}"}, _without_class,
        lambda stage: {"classe_entiere": "moves-0"},
    ),
    "directory:year_staff": Body(
        "secretary", lambda stage: {"personnes": [stage.people["teacher"].pk], "geste": "part"},
        wrong=lambda stage: {"personnes": []},
    ),
    "directory:switch_year": Body(
        "secretary", lambda stage: {"day": "2027-08-25", "leave_undecided": "on"}, wrong=lambda stage: {"day": "2026-11-25"}
    ),
    "directory:export_year_pupils": Body(
        "secretary", lambda stage: {"qui": "partent"}, again={"journal_line": "each export leaves its trace"}
    ),
    "directory:forget_switch": Body("secretary", before=_day_chosen),
    "directory:undo_switch": Body("secretary", before=_switched),
    "works:stop": Body("guardian"),
    "search:search": Body("teacher", lambda stage: {"texte": "Nina"}, writes=False),
    "federation:create": Body("head", _provider, wrong=lambda stage: {"issuer": "http://guichet.exemple.fr"}),
    "federation:change": Body(
        "head", _provider, before=lambda stage: Link.objects.all().delete(), wrong=lambda stage: {"name": ""}
    ),
    "federation:secret": Body("head", lambda stage: {"secret": "un-secret-du-guichet"}, wrong=lambda stage: {"secret": ""}),
    "federation:attempt": Body("head", again={"federation_provider": "each try that fails is counted"}),
    "federation:only_ways": Body("head", lambda stage: {"audiences": ["families"]}, _served_families, wrong=lambda stage: {"audiences": ["autres"]}),
    "federation:local_door": Body("head", lambda stage: {"days": "1"}, wrong=lambda stage: {"days": "9"}),
    "federation:cut": Body("head"),
    "federation:link": Body("pupil", writes=False),
    "federation:ended": Body("pupil", writes=False),
    "federation:saml": Body(
        "head",
        lambda stage: {"text": described().decode(), "subject": "FrEduCtId", "signed": "on"},
        _speaks_saml,
        wrong=lambda stage: {"text": "bonjour"},
    ),
    **dict.fromkeys(["federation:saml_acs", "federation:saml_logout"], Body("pupil", writes=False)),
    "signon:create": Body("head", _service, wrong=lambda stage: {"places": "https://*.exemple.fr/"}),
    "signon:change": Body("head", _service, wrong=lambda stage: {"name": ""}),
    "signon:service": Body(
        "head", lambda stage: {"open": "on", "agreed": ["first_name"], "profiles": ["pupil"]},
        wrong=lambda stage: {"profiles": []},
    ),
    "signon:confirm": Body(
        "pupil", lambda stage: {"service": MOODLE, "password": PASSWORD}, wrong=lambda stage: {"password": "faux"},
        again={"signon_ticket": "each password gives a ticket, used once", "signon_usage": "and is counted"},
    ),
    "signon:secret": Body("head", lambda stage: {"vu": ""}, before=_speaks_oidc),
    # A service's own site sends these two: they are asked again as a GET.
    "signon:oidc_authorize": Body("pupil", lambda stage: {"client_id": "inconnu"}, writes=False),
    "signon:oidc_logout": Body("pupil", writes=False),
    "signon:oidc_confirm": Body("pupil", lambda stage: {"password": PASSWORD}, writes=False),
    **dict.fromkeys(["signon:oidc_token", "signon:oidc_userinfo"], Body("pupil", writes=False)),
    **dict.fromkeys(["signon:saml_sso", "signon:saml_logout"], Body("pupil", writes=False)),
    "signon:saml_confirm": Body("pupil", lambda stage: {"password": PASSWORD}, writes=False),
    "signon:saml_leave": Body("pupil", again={"journal_line": "whoever has left is nobody"}),
    "signon:oidc_leave": Body("pupil", again={"journal_line": "whoever has left is nobody"}),
    "signon:logout": Body("pupil", again={"journal_line": "whoever has left is nobody"}),
    "lti:add": Body(
        "teacher", _to_choose, wrong=lambda stage: {"tool": "autre"}, again={"lti_passage": "each going is a passage, used once"}
    ),
    "lti:choice": Body("teacher", lambda stage: {"items": ["0"]}, wrong=lambda stage: {"items": []}),
    "lti:launch": Body("pupil", again={"lti_passage": "each click is a passage, used once"}),
    "lti:change": Body(
        "teacher", lambda stage: {"title": "Fractions, la suite", "text": "Trois séries.", "due_on": "2026-12-01"},
        wrong=lambda stage: {"title": ""},
    ),
    "lti:end": Body("teacher"),
    "lti:restore": Body("teacher", before=_ended),
    "lti:tool": Body("head", _tool, _speaks_lti, lambda stage: {"login_url": "http://autre.example/"}),
    "lti:agreement": Body("head", lambda stage: {"allowed": ["scores"]}, _has_a_tool, lambda stage: {"allowed": ["autre"]}),
    "lti:authorize": Body("pupil", lambda stage: {"client_id": "inconnu"}, writes=False),
    **dict.fromkeys([f"lti:{name}" for name in ("token", "chosen", "lines", "scores")], Body("pupil", writes=False)),
    "agenda:subscribe": Body("guardian", lambda stage: {"vu": "0"}),
    "agenda:unsubscribe": Body("guardian", before=_open_feed),
    "timetable:create": Body("secretary", _weekly, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:stop": Body("secretary"),
    "timetable:change_pattern": Body("secretary", _weekly_later, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:add": Body("secretary", _one_off, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:cancel": Body(
        "secretary", lambda stage: {"reason": "outing", "note": "Au musée"}, wrong=lambda stage: {"reason": "?"}
    ),
    "timetable:move": Body("secretary", _elsewhere, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:room": Body(
        "secretary", lambda stage: {"room": "", "reason": "room", "note": "En travaux"}, wrong=lambda stage: {"reason": "?"}
    ),
    "timetable:replace": Body("secretary", _replaced, _someone_free, lambda stage: {"comes": ""}),
    "timetable:undo": Body("secretary"),
    "timetable:copy_week": Body(
        "secretary", lambda stage: {"week": "2026-11-23", "to": "2026-11-30"}, _cancelled_tomorrow, wrong=lambda stage: {"to": "2026-11-23"}
    ),
    "timetable:weeks": Body("secretary", lambda stage: {"first": "A"}, wrong=lambda stage: {"first": "?"}),
    "timetable:change_week": Body(
        "secretary", lambda stage: {"week": "2026-11-30", "to": "A"}, _in_turn, lambda stage: {"to": "?"}
    ),
    "timetable:create_alternation": Body("secretary", _weeks, wrong=lambda stage: {"weeks": []}),
    "timetable:alternation": Body("secretary", _weeks, wrong=lambda stage: {"weeks": []}),
    "timetable:remove_alternation": Body("secretary"),
    "timetable:imports": Body("secretary", _timetable, _no_open_timetable, lambda stage: {"files": []}),
    "timetable:apply_import": Body("secretary"),
    "timetable:drop_import": Body("secretary"),
    "timetable:import_columns": Body("secretary", _held, wrong=lambda stage: {"colonne-0": "?"}),
    "timetable:import_choices": Body("secretary", lambda stage: {"shown": "cours:un", "take": "cours:un"}, wrong=lambda stage: {"take": "cours:deux"}),
    "timetable:announce_absence": Body("secretary", _away, wrong=lambda stage: {"last_day": "2026-11-20"}),
    "timetable:confirm_absence": Body("secretary", before=_unconfirmed),
    "timetable:withdraw_absence": Body("secretary"),
    "timetable:cover_lesson": Body("secretary", _asked, _free_for_it, wrong=lambda stage: {"teachers": ["0"]}),
    "timetable:settle_cover": Body("secretary", lambda stage: {"geste": "permanence"}),
    "timetable:accept": Body("teacher_parent"),
    "timetable:decline": Body("teacher_parent", lambda stage: {"words": "En conseil"}, wrong=lambda stage: {"words": "x" * 300}),
    "timetable:cancel_ask": Body("secretary"),
    "attendance:roll": Body("teacher", _roll, wrong=_minutes_wrong),
    "attendance:send": Body("teacher", _sent_roll, wrong=lambda stage: {"sending": "?"}),
    "attendance:lesson_list": Body("teacher", _remark, wrong=lambda stage: {"pupil": ""}),
    "attendance:settle_remark": Body("secretary"),
    "attendance:roll_layout": Body("teacher", lambda stage: {"forme": "plan"}),
    "attendance:plans": Body("teacher", lambda stage: dict(PLAN), wrong=lambda stage: {"rows": "99"}),
    "attendance:plan": Body("teacher", _seated, wrong=lambda stage: {"place": "9-9"}),
    "attendance:plan_gesture": Body(
        "teacher", lambda stage: {"geste": "alphabetique", "revision": stage.own(SeatingPlan).revision}
    ),
    "attendance:plan_settings": Body(
        "teacher", lambda stage: PLAN | {"devant": [stage.own(Person).public_id], "gaps": ["1-1"], "aisles": ["2"]},
        wrong=lambda stage: {"rows": "99"},
    ),
    "attendance:remove_plan": Body("teacher"),
    "attendance:arrange": Body("cpe", _arrangement, wrong=lambda stage: {"subjects": []}),
    "attendance:end_arrangement": Body("cpe"),
    "attendance:explain": Body("guardian", _explanation, wrong=lambda stage: {"reason": ""}),
    "attendance:withdraw": Body("guardian"),
    "attendance:entry": Body("cpe", lambda stage: {"status": "late", "minutes_late": "12"}, wrong=lambda stage: {"status": "?"}),
    "attendance:settle": Body(
        "cpe", lambda stage: {"entries": [stage.own(Entry).pk], "reason": stage.own(Reason).pk},
        wrong=lambda stage: {"reason": ""},
    ),
    "attendance:reopen": Body("cpe", lambda stage: {"entries": [stage.own(Entry).pk]}, _settled),
    "attendance:settle_one": Body(
        "cpe", lambda stage: {"motif": stage.own(Reason).pk, "note": "Sa mère a appelé à 8 h."},
        wrong=lambda stage: {"motif": ""},
    ),
    "attendance:reasons": Body("cpe", lambda stage: dict(REASON), wrong=lambda stage: {"order": "0"}),
    "attendance:reason": Body("cpe", lambda stage: dict(REASON), wrong=lambda stage: {"label": ""}),
    "attendance:retire_reason": Body("cpe", lambda stage: {"geste": "retirer"}),
    "attendance:announce": Body("guardian", _announcement, wrong=lambda stage: {"reason": ""}),
    "attendance:withdraw_announcement": Body("guardian"),
    "attendance:begin_visit": Body("cpe", lambda stage: {"place": "library", "quitte": str(stage.own(Visit).pk)}),
    "attendance:end_visit": Body("cpe"),
    "attendance:depart": Body("cpe", _departure, wrong=lambda stage: {"leaves_with": ""}),
    "attendance:open_follow_up": Body("cpe"),
    "attendance:close_alert": Body("cpe"),
    "attendance:start_follow_up": Body("cpe", before=_followed_no_more),
    "attendance:follow_up": Body("cpe", lambda stage: dict(CALLED), wrong=lambda stage: {"done_on": "2027-06-01"}),
    "attendance:end_follow_up": Body("cpe", lambda stage: {"geste": "fermer"}),
    "attendance:told_follow_up": Body(
        "guardian", lambda stage: {"words": "Elle était à l’hôpital ces deux jours-là."}, wrong=lambda stage: {"words": ""}
    ),
    "attendance:prepare_register": Body(
        "cpe", lambda stage: {"debut": "2026-09-01", "fin": "2026-11-24", "classe": ""}, wrong=lambda stage: {"debut": ""}
    ),
    "attention:look": Body("cpe", _looked, wrong=lambda stage: {"why": ""}),
    "attention:thresholds": Body(
        "cpe", lambda stage: {"attendance_half_days": "5"}, wrong=lambda stage: {"attendance_half_days": "0"}
    ),
    "attention:decide_again": Body("cpe", lambda stage: dict(DECIDED), wrong=lambda stage: {"why": ""}),
    "attention:add_step": Body("cpe", lambda stage: {"what": "Second point", "due": "2026-12-08"}, wrong=lambda stage: {"what": ""}),
    "attention:end": Body("cpe", lambda stage: {"outcome": "De retour en cours."}, wrong=lambda stage: {"outcome": ""}),
    "attention:note_step": Body("cpe", lambda stage: {"geste": "faite"}),
    "attention:answer": Body("cpe", lambda stage: {"answer": "Nous vous appelons demain."}, wrong=lambda stage: {"answer": ""}),
    "attention:told": Body(
        "guardian", lambda stage: {"about": "contest", "text": "Le car était en retard."}, wrong=lambda stage: {"text": ""}
    ),
    "attendance:letters": Body("cpe", lambda stage: {"alertes": [stage.own(Alert).pk]}),
    "attendance:counting": Body(
        "cpe", lambda stage: {"noon": "12:45", "dialogue_at": "4", "report_at": "10"},
        wrong=lambda stage: {"report_at": "2"},
    ),
    "homework:record": Body("teacher", _record, wrong=lambda stage: {"minutes": "beaucoup"}),
    "homework:day": Body("teacher", _day, wrong=lambda stage: {"matiere-0": "?", "travail-0": "Lire"}),
    "homework:publish": Body("teacher", before=_drafted),
    "homework:edit": Body(
        "teacher", lambda stage: _work(stage) | {"seen": "1"}, wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "homework:remove": Body("teacher"),
    "homework:restore": Body("teacher", before=_taken_away),
    "homework:send": Body(
        "pupil", lambda stage: {"text": "Ma rédaction"}, _nothing_handed_in, wrong=lambda stage: {"text": ""}
    ),
    "homework:correct": Body(
        "teacher", lambda stage: {"comment": "Bien", "mark": "14/20", "seen": "1", "geste": "remettre"},
        wrong=lambda stage: {"mark": "x" * 41},
    ),
    "homework:shift": Body("teacher", before=_lost),
    "homework:progressions": Body("teacher", lambda stage: {"title": "Maths 5e", "source": ""}, wrong=lambda stage: {"title": ""}),
    "homework:progression": Body("teacher", lambda stage: dict(STEP), wrong=lambda stage: {"minutes": "beaucoup"}),
    "homework:give_progression": Body("teacher", _given_to, _lessons_to_fill, lambda stage: {"from_day": "?"}),
    "homework:step": Body("teacher", lambda stage: dict(STEP), wrong=lambda stage: {"minutes": "beaucoup"}),
    "homework:remove_step": Body("teacher"),
    "homework:archive": Body("head"),
    "homework:visa": Body("head", lambda stage: {"comment": "Vu"}, wrong=lambda stage: {"comment": "x" * 2001}),
    "homework:limits": Body(
        "head", lambda stage: {"niveau-0": "45", "niveau-1": "61"}, wrong=lambda stage: {"niveau-0": "beaucoup"}
    ),
    "homework:tick": Body("pupil", lambda stage: {"fait": "oui"}),
    "homework:put": Body("teacher", _put_somewhere, _lesson_to_come, lambda stage: {"titre": ""}),
    "scenarios:create": Body("teacher", lambda stage: dict(SCENARIO), wrong=lambda stage: {"minutes": "beaucoup"}),
    "scenarios:take_up": Body(
        "teacher", lambda stage: {"adresse": PAGE_OF_RESOURCE, "geste": "adapter"},
        wrong=lambda stage: {"geste": "lier", "scenario": ""},
    ),
    "scenarios:facts": Body("teacher", lambda stage: SCENARIO | {"seen": "1"}, wrong=lambda stage: {"minutes": "beaucoup"}),
    "scenarios:add_step": Body("teacher", lambda stage: dict(SCENARIO_STEP_TYPED), wrong=lambda stage: {"minutes": "beaucoup"}),
    "scenarios:step": Body(
        "teacher", lambda stage: SCENARIO_STEP_TYPED | {"seen": "1"}, wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "scenarios:arrange": Body("teacher", lambda stage: {"geste": "retirer"}),
    "scenarios:publish": Body(
        "teacher", lambda stage: {"signature": "pseudonym", "pseudonym": "Plume", "licence": "cc-by", "sure": "on"},
        wrong=lambda stage: {"sure": ""},
    ),
    "scenarios:withdraw": Body("teacher"),
    "scenarios:remove": Body("teacher"),
    "scenarios:restore": Body("teacher", before=_scenario_removed),
    "scenarios:go_back": Body("teacher"),
    "scenarios:authors": Body(
        "teacher", lambda stage: {"person": stage.people["teacher_parent"].pk}, wrong=lambda stage: {"person": ""}
    ),
    "scenarios:invitation": Body(
        "teacher", lambda stage: {"signature": "pseudonym", "pseudonym": "Plume"}, wrong=lambda stage: {"pseudonym": ""}
    ),
    "scenarios:leave": Body("teacher", before=_with_another_author),
    "scenarios:take_out": Body("teacher", before=_by_another_author),
    "scenarios:review": Body(
        "teacher", lambda stage: dict(OPINION), wrong=lambda stage: {"clarity": "6"}
    ),
    "scenarios:remove_review": Body("teacher"),
    "scenarios:report": Body(
        "guardian", lambda stage: {"avis": stage.own(Review).pk, "reason": "wrong", "words": "Regardez."}, _shown_again,
        lambda stage: {"reason": ""},
    ),
    "scenarios:case": Body(
        "operator", lambda stage: {"decision": "masquer", "why": "Un nom."}, _waits, lambda stage: {"why": ""}
    ),
    "scenarios:qualify": Body("operator", lambda stage: {"adresse": PAGE_OF_RESOURCE}, runs_the_platform),
    "scenarios:qualification": Body(
        "operator", lambda stage: {"geste": "mener", "to": "cleared", "words": "Licence lue.", "seen": "noticed"},
        runs_the_platform, wrong=lambda stage: {"to": "?"},
    ),
    "scenarios:appeal": Body("teacher", lambda stage: {"words": "Personne n’est nommé."}, wrong=lambda stage: {"words": ""}),
    "campaigns:received": Body("guardian", lambda stage: {"geste": "refuser"}),
    "campaigns:start": Body("cpe", lambda stage: dict(ASKED), wrong=lambda stage: {"at_least": "0"}),
    "campaigns:from_list": Body("cpe", lambda stage: {"entries": [stage.own(Entry).pk]}),
    "campaigns:text": Body("cpe", lambda stage: dict(WRITTEN), wrong=lambda stage: {"body": "{secret}"}),
    "campaigns:check": Body("cpe", _left_out),
    "campaigns:confirm": Body("cpe", _looked_at, wrong=lambda stage: {"sure": ""}),
    "campaigns:drop": Body("cpe"),
    "campaigns:stop": Body("cpe"),
    "campaigns:retry": Body("cpe", before=_reachable),
    "campaigns:posted": Body("cpe"),
    "campaigns:reach": Body("cpe", lambda stage: dict(LIVES), wrong=lambda stage: {"city": ""}),
    "records:open_record": Body("head", _confidential, wrong=lambda stage: {"needs": "", "plan": ""}),
    "records:revise": Body("head", _record_again, wrong=lambda stage: {"review_on": "2020-01-01"}),
    "records:close": Body("head", lambda stage: {"etat": "clos"}),
    "records:readers": Body(
        "head", lambda stage: {"person": stage.people["secretary"].pk, "reason": "team", "until": "2026-12-24"},
        wrong=lambda stage: {"reason": ""},
    ),
    "records:end_reader": Body("head"),
    "records:measures": Body(
        "head", lambda stage: {"words": "Placée devant", "first_day": "2026-11-24", "last_day": "2026-12-24"},
        wrong=lambda stage: {"words": ""},
    ),
    "records:end_measure": Body("head"),
    "records:papers": Body(
        "head", lambda stage: {"file": SimpleUploadedFile("bilan.txt", "Bilan de la séance.".encode())},
        wrong=lambda stage: {"file": ""},
    ),
    "records:remove_paper": Body("head"),
    "records:hand_over": Body(
        "head", lambda stage: {"school": stage.twin.school.pk}, before=_goes_on, wrong=lambda stage: {"school": ""}
    ),
    "records:entrust": Body(
        "head", lambda stage: {"person": stage.people["teacher"].pk}, wrong=lambda stage: {"person": ""}
    ),
    "records:agree": Body("guardian", lambda stage: {"accord": "donne"}),
    "conduct:report": Body("teacher", _reported, wrong=lambda stage: {"kind": ""}),
    "conduct:correct": Body("cpe", _corrected, wrong=lambda stage: {"kind": ""}),
    "conduct:settle": Body("cpe", lambda stage: {"note": "Entretien avec chacun."}, wrong=lambda stage: {"note": ""}),
    "conduct:reopen": Body("cpe", before=_incident_settled),
    "conduct:tell": Body("cpe", lambda stage: {"sentence": "Nous en avons parlé ensemble."}, wrong=lambda stage: {"sentence": ""}),
    "conduct:give": Body("teacher", _punished, wrong=lambda stage: {"why": ""}),
    "conduct:finish": Body("teacher"),
    "conduct:cancel": Body("teacher", lambda stage: {"why": "Donnée par erreur."}, wrong=lambda stage: {"why": ""}),
    "conduct:place": Body("teacher", _moved, wrong=lambda stage: {"slot": ""}),
    "conduct:open_slot": Body("cpe", lambda stage: dict(SLOT), wrong=lambda stage: {"ends_at": "16:00"}),
    "conduct:slot": Body("cpe", _came, wrong=lambda stage: {f"presence-{stage.own(Detention).pk}": "?"}),
    "conduct:open_procedure": Body("head", _charged, wrong=lambda stage: {"facts": ""}),
    "conduct:answer": Body("guardian", lambda stage: {"text": "Voici ce qu’il s’est passé."}, wrong=lambda stage: {"text": ""}),
    "conduct:pronounce": Body("head", lambda stage: dict(WARNED), wrong=lambda stage: {"grounds": ""}),
    "conduct:drop": Body("head"),
    "conduct:responsibility": Body(
        "head", lambda stage: dict(MEASURE), _is_responsibility, lambda stage: {"hours": "21"}
    ),
    "conduct:agree": Body("guardian"),
    "conduct:accomplish": Body("head", before=_agreed),
    "conduct:open_contract": Body("cpe", _goals, wrong=lambda stage: {"goals": ""}),
    "conduct:note_week": Body("cpe", lambda stage: {"how": "met", "note": "Bonne semaine."}, wrong=lambda stage: {"how": ""}),
    "conduct:end_contract": Body("cpe", lambda stage: {"outcome": "Objectifs tenus."}, wrong=lambda stage: {"outcome": ""}),
    "conduct:erase": Body("head", before=_pronounced),
    "timetable:create_slot": Body("cpe", _study, wrong=lambda stage: {"name": ""}),
    "timetable:change_slot": Body("cpe", _study, wrong=lambda stage: {"name": ""}),
    "timetable:remove_slot": Body("cpe"),
    "mediacentre:understand": Body("pupil"),
    "mediacentre:assign": Body("head", _assigned, wrong=lambda stage: {"whom": ""}),
    "mediacentre:give": Body("head", lambda stage: {"personne": [stage.people["teacher"].public_id]}),
    "mediacentre:set_apart": Body("head", lambda stage: {"personne": [stage.people["pupil"].public_id]}),
    "mediacentre:licences": Body("head", lambda stage: {"licences": "40", "publics": ["pupil"], "kind": "person", "starts": "", "ends": "2027-07-04"}, wrong=lambda stage: {"licences": "-1"}),
    "mediacentre:families": Body("head", lambda stage: {"montrer": "non"}),
    "mediacentre:end": Body("head"),
    "mediacentre:restore": Body("head", before=_rule_is_ended),
    "mediacentre:lists": Body(
        "head", lambda stage: {"liste": SimpleUploadedFile("liste.json", GAR_LIST)}, wrong=lambda stage: {"liste": []}
    ),
    "mediacentre:apply_list": Body("head"),
    "mediacentre:drop_list": Body("head"),
    "events:create": Body("teacher", _outing, wrong=lambda stage: {"title": ""}),
    "events:change": Body("head", _outing_again, wrong=lambda stage: {"title": ""}),
    "events:publish": Body("head", before=_event_is("draft")),
    "events:cancel": Body("head", lambda stage: {"why": "Grève des transports."}, wrong=lambda stage: {"why": "x" * 301}),
    "events:restore": Body("head", before=_event_is("cancelled")),
    "events:remove": Body("head", before=_event_is("draft")),
    "events:answer": Body("guardian", lambda stage: {"answer": "no"}, wrong=lambda stage: {"answer": "?"}),
    "portal:settle_guide": Body("guardian"),
    "catalogue:follow": Body("guardian", lambda stage: {"recherche": "q=fractions&niveau=cm1"}),
    "catalogue:unfollow": Body("guardian"),
    "catalogue:add_source": Body("operator", lambda stage: A_SOURCE | {"slug": "autre"}, runs_the_platform, wrong=lambda stage: {"address": "ailleurs"}),
    "catalogue:change_source": Body("operator", lambda stage: dict(A_SOURCE), runs_the_platform, wrong=lambda stage: {"address": "ailleurs"}),
    "catalogue:clear_miss": Body("operator", lambda stage: {"mots": stage.own(Miss).words}, runs_the_platform),
    "catalogue:try_source": Body("operator", before=runs_the_platform),
    "catalogue:harvest_source": Body("operator", before=runs_the_platform),
    "catalogue:pause_source": Body("operator", lambda stage: {"state": "pause"}, runs_the_platform),
    "catalogue:settle_harvest": Body("operator", lambda stage: {"geste": "garder"}, runs_the_platform),
    # A catalogue elsewhere asks: by POST too, nothing is written.
    "catalogue:oai": Body("guardian", lambda stage: {"verb": "Identify"}, writes=False),
    "catalogue:tell_miss": Body("guardian", lambda stage: {"recherche": "q=zzyx"}, again={"catalogue_miss": "each time is counted"}),
    "identity:reading": Body("guardian", lambda stage: dict(READING), wrong=lambda stage: {"text": "999"}),
    "privacy:export": Body("guardian", lambda stage: {"pour": ""}, again={"journal_line": "each export leaves its trace"}),
    "privacy:ask": Body("guardian", lambda stage: {"pour": "", "quoi": "attendance-entry", "school": str(stage.college.school.pk), **DATA_ASKED}, wrong=lambda stage: {"better": ""}),
    "privacy:add_line": Body("guardian", lambda stage: {"quoi": "autre", **DATA_ASKED}, wrong=lambda stage: {"better": ""}),
    "privacy:change_line": Body("guardian", lambda stage: dict(DATA_ASKED), wrong=lambda stage: {"better": ""}),
    "privacy:withdraw": Body("guardian"),
    "privacy:take": Body("head"),
    "privacy:prolong": Body("head", lambda stage: {"why": "Des registres à relire."}, wrong=lambda stage: {"why": ""}),
    "privacy:answer_line": Body(
        "head", lambda stage: {"outcome": "granted", "answer": "C’est corrigé."}, wrong=lambda stage: {"answer": ""}
    ),
    "privacy:send_answer": Body("head", before=_line_answered),
    "privacy:take_back": Body("head", before=_request_answered),
    "privacy:erase": Body("head", before=_erasure_granted),
    "journal:lines": Body("head", lambda stage: {"nom": "", "sens": "", "action": "", "genre": "", "du": "2026-11-24", "au": "2026-11-24"}, writes=False),
    "journal:extract": Body("head", lambda stage: {"personne": "", "sens": "", "action": "", "genre": "", "du": "2026-11-24", "au": "2026-11-24", "forme": "csv"}),
    "privacy:breach": Body("head", lambda stage: {"nom": "", "debut": "2026-11-24T08:00", "fin": "2026-11-24T18:00"}, wrong=lambda stage: {"debut": ""}, writes=False),
    "privacy:breach_contacts": Body(
        "head", lambda stage: {"personne": "", "debut": "2026-11-24T08:00", "fin": "2026-11-24T18:00"},
        again={"journal_line": "each export leaves its trace"},
    ),
    # What the stage planted is found empty when it is counted.
    "privacy:count_terms": Body("head"),
    "privacy:approve_run": Body("head", _run_seen),
    "privacy:confirm_run": Body("head", _run_seen, before=_run_approved),
    "privacy:postpone_run": Body(
        "head", lambda stage: {**_run_seen(stage), "until": "2027-01-15", "why": "Un contrôle en cours."},
        wrong=lambda stage: {"until": ""},
    ),
    "privacy:export_register": Body("head", lambda stage: {"forme": "ods"}, again={"journal_line": "each export leaves its trace"}),
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
    "directory:end_delegation": Body("head", lambda stage: {"power": "settings"}),
    "directory:invite": Body("head", _invitation, wrong=lambda stage: {"email": "nadege"}),
    "directory:guest": Body("head", lambda stage: {"until": "2027-05-01"}, wrong=lambda stage: {"until": "2035-01-01"}),
    "directory:end_guest": Body("head"),
    "directory:finish_review": Body("head", lambda stage: {"avant": ""}),
    "directory:doubt": Body("head", lambda stage: {"state": "fausse"}),
    "attendance:decide": Body("cpe", _decision, wrong=lambda stage: {"comment": ""}),
}  # fmt: skip
>>>>>>> discretion
