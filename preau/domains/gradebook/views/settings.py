"""How the averages of the school are made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.models import Group, Subject
from preau.domains.gradebook.actions.settings import (
    NameTaken,
    SubSubjectUsed,
    remove_sub_subject,
    save_policy,
    settle_subject,
)
from preau.domains.gradebook.forms.settings import PolicyForm, SubjectForm
from preau.domains.gradebook.models import SubSubject, policy_of
from preau.domains.gradebook.queries import settled
from preau.domains.gradebook.rules import access, marking
from preau.foundation.access import opens
from preau.foundation.gone import removes

TYPED_WRONG = 422


@opens(to=access.settles_marks)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The rules of averages, and the subjects with their coefficients."""
    form = PolicyForm(policy_of(request.viewer.school_id), request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_policy(request.viewer, form.typed())
        messages.success(request, _("Les règles sont enregistrées."))
        return redirect("gradebook:settings")
    context = {"form": form, "rows": settled.subject_rows(request.viewer), "plain": marking.plain}
    return render(request, "gradebook/settings.html", context, status=TYPED_WRONG if form.errors else 200)


@opens(Subject, to=access.settles_marks)
@require_http_methods(["GET", "POST"])
def subject(request: HttpRequest, subject: Subject) -> HttpResponse:
    """One subject: its coefficient, and its parts."""
    viewer = request.viewer
    classes = Group.objects.visible_to(viewer).filter(
        year=viewer.year, kind=Group.Kind.CLASS, assignments__subject=subject
    )
    parts = list(SubSubject.objects.visible_to(viewer).filter(subject=subject))
    form = SubjectForm(
        subject, list(classes.order_by("rank", "name").distinct()), parts, request.POST or None
    )
    if request.method == "POST" and form.is_valid():
        try:
            settle_subject(
                viewer, subject, form.cleaned_data["coefficient"], form.typed_weights(), form.typed_parts()
            )
        except NameTaken:
            form.add_error(None, _("Deux sous-matières ne peuvent pas porter le même nom."))
        else:
            messages.success(request, _("La matière est enregistrée."))
            return redirect("gradebook:subject", pk=subject.pk)
    context = {"form": form, "subject": subject}
    return render(request, "gradebook/subject.html", context, status=TYPED_WRONG if form.errors else 200)


@removes
@opens(SubSubject, to=access.settles_marks)
@require_POST
def remove_part(request: HttpRequest, part: SubSubject) -> HttpResponseRedirect:
    """Take a part of a subject away, when nothing was assessed in it."""
    subject = part.subject_id
    try:
        remove_sub_subject(request.viewer, part)
    except SubSubjectUsed:
        messages.error(
            request, _("Des évaluations sont dans cette sous-matière : changez-les d’abord, ou renommez-la.")
        )
    else:
        messages.success(request, _("La sous-matière est retirée."))
    return redirect("gradebook:subject", pk=subject)
