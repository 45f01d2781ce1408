"""Archives of the cahiers de textes: those that were made, and making one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.domains.homework import exports, rules
from preau.domains.homework.actions.archives import ask_archive
from preau.domains.homework.models import ClassBook
from preau.domains.homework.queries import archives as archives_queries
from preau.foundation import journal, pdf
from preau.foundation.access import opens
from preau.foundation.paging import page_for

PAGE = 30


@opens(to=rules.reads_archives)
@require_safe
def archives(request: HttpRequest) -> HttpResponse:
    """Every archive of the school, newest first, those of the years before too."""
    page = page_for(request, archives_queries.archives(request.viewer), PAGE)
    return render(request, "homework/archives.html", {"page_obj": page, "archives": list(page.object_list)})


@opens(ClassBook, to=rules.archives_books)
@require_POST
def archive(request: HttpRequest, group: ClassBook) -> HttpResponse:
    """Archive the year of a class: a task makes the document, the page says when it is there."""
    if not pdf.is_possible():
        messages.error(
            request, _("Ce serveur ne sait pas faire de PDF : imprimez l’année depuis cette page.")
        )
    elif not archives_queries.has_something(group, timezone.now()):
        messages.info(
            request, _("Rien n’est encore publié dans ce cahier de textes : il n’y a rien à archiver.")
        )
    else:
        ask_archive(request.viewer, group)
        messages.success(
            request, _("L’archive se prépare. Vous la retrouverez ici et dans « Imports et exports ».")
        )
    return redirect("homework:class_book", pk=group.pk)


@opens(ClassBook, to=rules.reads_archives)
@require_safe
def book_of_year(request: HttpRequest, group: ClassBook) -> HttpResponse:
    """The same document as a page to print, where the machine makes no PDF, or for a copy of today."""
    viewer = request.viewer
    # A book is opened in one's own school (`visible_to`): it was read with the viewer.
    group.school = viewer.school
    book = archives_queries.book_of_year(group, group.year, viewer.moment, viewer.today)
    journal.record(viewer, "homework.year_printed", group, records=book.number)
    return HttpResponse(exports.book_page(book))
