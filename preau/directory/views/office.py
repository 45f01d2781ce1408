"""Pages of the office: finding somebody, writing them down, correcting, moving, letting go, and what is said beside the files."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.actions import corrections, enrolling, leaving, withdrawing
from preau.directory.exports.certificates import ENROLMENT, EXEAT, certificate
from preau.directory.forms.office import (
    CorrectForm,
    DepartForm,
    EngageForm,
    EnrolForm,
    GuardianForm,
    MoveForm,
    PeopleFilter,
)
from preau.directory.models import Address, Correction, Holding, Person
from preau.directory.queries import office
from preau.directory.rules import office as rules
from preau.directory.viewer import Viewer
from preau.foundation import dates, journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_file, pdf_file
from preau.foundation.gone import removes
from preau.foundation.pages import CONFLICT, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for
from preau.foundation.text import elided

A_PAGE = 40


@opens(to=rules.keeps_office)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Find one person of the school. A name is looked for in a POST: it must stay out of addresses."""
    form = PeopleFilter(request.viewer, request.POST if request.method == "POST" else None)
    words, kind, group = form.chosen()
    asked = bool(words.strip() or kind or group)
    found = office.people_found(request.viewer, words, kind, group) if asked else []
    context = {"form": form, "asked": asked, "found": found, "full": len(found) == office.MOST_FOUND}
    return render(request, "directory/office/people.html", context)


@opens(to=rules.enrols)
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Write one pupil down, with who answers for them; then give each a code."""
    form = EnrolForm(request.viewer, request.POST or None)
    if form.is_valid():
        try:
            pupil = enrolling.enrol(request.viewer, form.typed())
        except enrolling.LooksLike as meanwhile:
            form.show_same("same", meanwhile.people)
        except enrolling.NotOurs:
            form.add_error(None, _("Cette inscription n’est pas à vous : une autre personne s’en charge."))
        else:
            name = {"name": pupil.full_name}
            messages.success(request, elided(_("L’inscription de %(name)s est enregistrée."), name) % name)
            return redirect("identity:family_letters", public_id=pupil.public_id)
    return render_form(request, "directory/office/enrol.html", {"form": form})


@opens(Person, to=rules.places_pupil, by="public_id")
@require_http_methods(["GET", "POST"])
def add_guardian(request: HttpRequest, person: Person) -> HttpResponse:
    """Write down one more person who answers for a pupil, found in the school or made."""
    form = GuardianForm(request.viewer, person, request.POST or None)
    if form.is_valid():
        try:
            done = enrolling.add_guardian(request.viewer, person, form.typed())
        except enrolling.NotOurs:
            form.add_error(None, _("Cet élève est de votre famille : une autre personne s’en charge."))
        else:
            tell_outcome(
                request,
                done,
                _("C’est noté. « Codes d’accès » donne à cette personne de quoi ouvrir son compte."),
                _(
                    "Cette personne est déjà au dossier de l’élève, ou une décision de justice a mis fin à ce lien : voyez la fiche."
                ),
            )
            return redirect("directory:person", public_id=person.public_id)
    return render_form(request, "directory/office/add_guardian.html", {"form": form, "person": person})


@opens(to=rules.enrols)
@confirmed()
@require_http_methods(["GET", "POST"])
def engage(request: HttpRequest) -> HttpResponse:
    """Write somebody who works here down; then give them a code."""
    form = EngageForm(request.viewer, request.POST or None)
    if form.is_valid():
        try:
            person = enrolling.engage(request.viewer, form.typed())
        except enrolling.LooksLike as meanwhile:
            form.show_same("same", meanwhile.people)
        else:
            messages.success(request, _("C’est noté. Il reste à lui donner de quoi ouvrir son compte."))
            return redirect("identity:person", public_id=person.public_id)
    return render_form(request, "directory/office/engage.html", {"form": form})


@removes
@opens(Person, to=rules.corrects, by="public_id")
@confirmed()
@require_POST
def dismiss(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """Somebody whom the school let in by hand works here no more."""
    done = enrolling.dismiss(request.viewer, person)
    tell_outcome(request, done, _("C’est fait : cette personne n’entre plus, dès la prochaine page."))
    return redirect("directory:people")


@opens(Person, to=rules.corrects, by="public_id")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, person: Person) -> HttpResponse:
    """Correct one person, beside what the files say."""
    viewer, moved = request.viewer, False
    address = Address.objects.filter(person=person).first()
    pupil = Holding.objects.pupils_here(viewer).filter(person=person).exists()
    form = CorrectForm(viewer, person, address, pupil=pupil, data=request.POST or None)
    if form.is_valid():
        try:
            changed = corrections.correct(viewer, person, form.typed(), form.cleaned_data["avant"])
        except corrections.MovedOn:
            moved = True
        else:
            tell_outcome(
                request,
                changed,
                _("C’est corrigé. Le prochain fichier n’y changera rien."),
                _("Rien n’a changé."),
            )
            return redirect("directory:person", public_id=person.public_id)
    journal.record_read(viewer, "directory.person_read", person, subject_id=person.pk)
    context = {"form": form, "person": person, "moved": moved}
    status = status_of(form, CONFLICT if moved else 200)
    return render(request, "directory/office/correct.html", context, status=status)


@opens(Person, to=rules.places_pupil, by="public_id")
@require_http_methods(["GET", "POST"])
def depart(request: HttpRequest, person: Person) -> HttpResponse:
    """Note the last day of a pupil; take it back."""
    viewer = request.viewer
    noted = office.departure_of(viewer, person)
    form = DepartForm(viewer, None, request.POST or None)
    if form.is_valid():
        try:
            done = leaving.depart(viewer, person, form.cleaned_data["last_day"])
        except leaving.MovedOn:
            messages.error(request, _("Cet élève n’est plus inscrit ici."))
            return redirect("directory:people")
        day = {"day": dates.plain_day(form.cleaned_data["last_day"])}
        tell_outcome(request, done, _("C’est noté : dernier jour le %(day)s.") % day)
        return _back_to(viewer, person)
    context = {
        "form": form,
        "person": person,
        "noted": noted,
        "said": office.value_said(noted.field, noted.value) if noted else "",
    }
    return render_form(request, "directory/office/depart.html", context)


@opens(Person, to=rules.places_pupil, by="public_id")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, person: Person) -> HttpResponse:
    """Put a pupil in another class, from a day."""
    viewer = request.viewer
    form = MoveForm(viewer, request.POST or None)
    leaves = office.departure_of(viewer, person)
    if form.is_valid() and leaves:
        form.add_error(None, _("Un départ est noté pour cet élève : annulez-le d’abord."))
    if form.is_valid():
        done = leaving.move(viewer, person, form.cleaned_data["group"], form.cleaned_data["first_day"])
        tell_outcome(request, done, _("C’est noté : le prochain fichier n’y changera rien."))
        return redirect("directory:person", public_id=person.public_id)
    context = {"form": form, "person": person, "school_class": office.first_class_of(viewer, person)}
    return render_form(request, "directory/office/move.html", context)


@opens(Person, to=rules.places_pupil, by="public_id")
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest, person: Person) -> HttpResponse:
    """The papers of one pupil: that they are enrolled; for whoever leaves, that they may be enrolled elsewhere."""
    viewer = request.viewer
    noted = office.departure_of(viewer, person)
    kind = EXEAT if request.POST.get("papier") == EXEAT and noted else ENROLMENT
    if request.method == "POST" and pdf.is_possible():
        journal.record(viewer, "directory.certificate_printed", person, subject_id=person.pk, table=kind)
        content = certificate(
            kind,
            person,
            viewer.school,
            viewer.year,
            school_class=office.first_class_of(viewer, person),
            today=viewer.today,
            last_day=date.fromisoformat(noted.value) if noted else None,
        )
        return pdf_file(kind, content)
    if request.method == "POST":
        messages.error(request, _("Ce serveur ne sait pas faire de PDF."))
        return redirect("directory:certificates", public_id=person.public_id)
    departure = office.value_said(noted.field, noted.value) if noted else ""
    return render(request, "directory/office/certificates.html", {"person": person, "said": departure})


def _back_to(viewer: Viewer, person: Person) -> HttpResponseRedirect:
    """Their page, as long as they have one."""
    if Person.objects.visible_to(viewer).filter(pk=person.pk).exists():
        return redirect("directory:person", public_id=person.public_id)
    return redirect("directory:corrections")


@opens(to=rules.keeps_office)
@require_safe
def corrections_list(request: HttpRequest) -> HttpResponse:
    """What the school says and the official file does not, for whoever keys it."""
    page = page_for(request, office.corrections_of(request.viewer), A_PAGE)
    context = {"page_obj": page, "rows": office.correction_rows(request.viewer, page.object_list)}
    return render(request, "directory/office/corrections.html", context)


@opens(to=rules.keeps_office)
@confirmed()
@require_POST
def export_corrections(request: HttpRequest) -> StreamingHttpResponse:
    """The same for a spreadsheet. The journal says who took it away, and how many rows."""
    viewer = request.viewer
    rows = list(office.correction_lines(viewer))
    journal.record(viewer, "directory.corrections_exported", viewer.school, rows=len(rows))
    header = [
        _("Nom"),
        _("Prénom"),
        _("Date de naissance"),
        _("Donnée"),
        _("Ce que dit l’établissement"),
        _("Ce que dit le fichier"),
        _("Livraisons contraires"),
    ]
    return csv_file(f"corrections-{viewer.today:%Y-%m-%d}", header, rows)


@removes
@opens(Correction, to=rules.withdraws)
@require_POST
def withdraw(request: HttpRequest, correction: Correction) -> HttpResponseRedirect:
    """Take a correction back: the file is right after all, or the pupil stays."""
    if correction.field == Correction.Kind.ENROLMENT:
        return _withdraw_enrolment(request, correction)
    done = corrections.withdraw(request.viewer, correction)
    tell_outcome(request, done, _("C’est retiré : Préau suit de nouveau le fichier."))
    return redirect("directory:corrections")


def _withdraw_enrolment(request: HttpRequest, correction: Correction) -> HttpResponseRedirect:
    """Made by mistake; or, once something is written about the pupil, the way to a departure."""
    try:
        done = withdrawing.withdraw_enrolment(request.viewer, correction)
    except withdrawing.AlreadyWritten as found:
        what = {"what": ", ".join(found.labels)}
        sentence = _("Rien n’est retiré : on a déjà écrit sur cet élève (%(what)s). Notez son départ.")
        messages.error(request, sentence % what)
        return redirect("directory:depart", public_id=correction.person.public_id)
    tell_outcome(request, done, _("L’inscription est retirée : l’élève et son compte sont effacés."))
    return redirect("directory:corrections")
