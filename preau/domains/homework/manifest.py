"""What the cahier de textes shows to the rest of the platform."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import EarlyFact, Power, early_facts, powers
from preau.directory.models import Person
from preau.directory.queries.record import schooling_of
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.homework import api, rules, seeds, tasks
from preau.domains.homework.actions import progressions, records, visas
from preau.domains.homework.actions.hand_ins import forget_hand_ins
from preau.domains.homework.models import RECORDS, Archive
from preau.domains.homework.models.records import published
from preau.domains.homework.queries import archives, drive, early, family, finding, load, record, sessions
from preau.domains.homework.queries.copies import copies_to_correct
from preau.domains.homework.queries.hand_ins import handed_files, lesson_files, paper_of
from preau.domains.timetable.boards import (
    DayMarks,
    LessonMarks,
    LessonPart,
    day_marks,
    lesson_marks,
    lesson_parts,
)
from preau.foundation import boards, filework, journal
from preau.foundation.boards import (
    Concerned,
    Ending,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import EVERY_ROW, Readers, Rows, on_themselves, once, with_guardians

KEY = "homework"
lesson_marks.add(LessonMarks(KEY, sessions.marks_of, order=20, service=KEY))
day_marks.add(DayMarks(KEY, family.due_marks, order=20, service=KEY))
lesson_parts.add(
    LessonPart("homework/_lesson.html", family.lesson_part, rules.follows_homework, order=10, service=KEY)
)
lesson_parts.add(
    LessonPart("homework/_due.html", sessions.due_part, rules.keeps_records, order=10, service=KEY)
)
boards.services.add(
    boards.Service(
        KEY,
        _("Cahier de textes"),
        text=_("Ce qui est fait en classe, le travail à faire et ce que les élèves rendent."),
        namespaces=("homework",),
        order=25,
    )
)


def work_page(viewer: Viewer, pupil: Person) -> str:
    """All that is to be done: by this pupil for a family, by their class for whoever works here."""
    if not viewer.is_staff:
        return f"{reverse('homework:to_do')}?{urlencode({'enfant': pupil.public_id})}"
    schooling = schooling_of(viewer, pupil)
    classes = schooling.classes if schooling else ()
    return reverse("homework:class_book", kwargs={"pk": classes[0][0]}) if classes else ""


def follows_work(viewer: Viewer, *_: object) -> bool:
    """Who reads what a pupil has to do: they and their family, and whoever reads cahiers de textes."""
    return rules.follows_homework(viewer) or rules.reads_records(viewer)


boards.pupil_facts.add(
    boards.PupilFact(
        "homework.work",
        _("Travail"),
        "homework/facts/_work.html",
        record.work_shown,
        follows_work,
        boards.Column.SCHOOL,
        icon="notebook",
        summary=record.work_said,
        more_label=_("Tout le travail"),
        more=work_page,
        order=30,
        service=KEY,
    )
)
for entry in [
    boards.MenuEntry(
        _("Cahier de textes"),
        "homework:sessions",
        "notebook",
        rules.keeps_records,
        order=20,
        service=KEY,
        main=True,
        in_primary=_("Cahier journal"),
    ),
    boards.MenuEntry(
        _("Cahiers de textes"),
        "homework:classes",
        "notebook",
        rules.reads_every_class,
        "lessons",
        order=45,
        service=KEY,
    ),
    boards.MenuEntry(
        _("Travail"), "homework:to_do", "notebook", rules.follows_homework, order=20, service=KEY, main=True
    ),
]:
    boards.menu.add(entry)
boards.uses.add(
    boards.Use(
        _("Ajouter à une séance"), "homework:put", "notebook", rules.keeps_records, order=10, service=KEY
    )
)
boards.schedule.add(boards.Scheduled("homework.tell_published", tasks.tell_published, every_minutes=10))
boards.schedule.add(boards.Scheduled("homework.tell_handed_in", tasks.tell_handed_in, every_minutes=30))
boards.schedule.add(
    boards.Scheduled("homework.remind_of_tomorrow", tasks.remind_of_tomorrow, every_minutes=30)
)
filework.file_asked.connect(tasks.enqueue_archive, sender=Archive, dispatch_uid="homework.archive")
boards.seeds.add(boards.Seed("cahier de textes", seeds.plant, seeds.refresh, order=40))
early_facts.add(
    EarlyFact(
        "homework.not_handed_in",
        _("Travaux non rendus"),
        _("Ceux à rendre en ligne, une fois leur jour passé."),
        early.not_handed_in,
        early.not_handed_in_said,
        threshold=4,
        order=50,
        service=KEY,
    )
)

MOST_MISSING = 4


def book_of(group: int) -> str:
    """The cahier de textes of a class or a group."""
    return reverse("homework:class_book", kwargs={"pk": group})


def next_card(viewer: Viewer) -> Mapping[str, Any]:
    """What is due on the next days."""
    return {
        "days": family.next_days(viewer),
        "today": viewer.today,
        "may_tick": rules.does_homework(viewer),
        "whose": viewer.follows_several,
    }


def missing_card(viewer: Viewer) -> Mapping[str, Any] | None:
    """The copies to correct, and the lessons of the week that are to be filled."""
    copies, rows = copies_to_correct(viewer), sessions.missing_rows(viewer)
    if not copies and not rows:
        return None
    return {
        "copies": copies[:MOST_MISSING],
        "number_of_copies": sum(copy.waiting for copy in copies),
        "more_copies": len(copies) > MOST_MISSING,
        "rows": rows[:MOST_MISSING],
        "total": len(rows),
        "today": viewer.today,
    }


boards.cards.add(boards.Card("homework/_next.html", next_card, rules.follows_homework, order=15, service=KEY))
boards.cards.add(
    boards.Card("homework/_missing.html", missing_card, rules.keeps_records, "main", 25, service=KEY)
)
boards.group_facts.add(
    boards.GroupFact(
        "homework.load",
        _("Travail à venir"),
        "homework/facts/_load.html",
        load.week_shown,
        rules.reads_archives,
        more_label=_("Charge de travail"),
        more=lambda _viewer, group: reverse("homework:class_load", kwargs={"pk": group.pk}),
        order=30,
        service=KEY,
    )
)
boards.group_links.add(
    boards.GroupLink(_("Cahier de textes"), book_of, "notebook", rules.reads_records, order=20, service=KEY)
)
boards.doors.add(
    boards.Door(
        "api.devoirs",
        _("Travail à faire"),
        _("ce qui est à faire, pour quel jour, et ce qui est fait."),
        rules.follows_homework,
        by=("token",),
        most=1000,
        service=KEY,
        order=30,
    )
)
boards.api.add(boards.ApiPart("devoirs", api.router, "api.devoirs", order=30))
boards.agenda.add(boards.AgendaSource(KEY, family.agenda_of, rules.follows_homework, order=25, service=KEY))


def writes_or_follows(viewer: Viewer) -> bool:
    return rules.keeps_records(viewer) or rules.follows_homework(viewer)


for source in [
    boards.SearchSource(
        _("Travail à faire"),
        "notebook",
        finding.found_works,
        rules.follows_homework,
        letters=3,
        order=60,
        service=KEY,
    ),
    boards.SearchSource(
        _("Contenu des séances"),
        "chalkboard",
        finding.found_records,
        writes_or_follows,
        letters=3,
        order=61,
        service=KEY,
    ),
]:
    boards.search.add(source)

boards.settings_pages.add(
    boards.SettingsPage(
        _("Travail à la maison"),
        _("Le temps de travail conseillé par jour, pour chaque niveau."),
        "homework:limits",
        "notebook",
        rules.sets_limits,
        order=60,
        heading=boards.SettingsHeading.DAILY,
        words=_("devoirs"),
    )
)
powers.add(
    Power(
        RECORDS,
        _("Lire les cahiers de textes"),
        _(
            "Le contenu des séances et le travail donné, pour toutes les classes. Ni les élèves, ni ce qu’ils rendent."
        ),
        "homework:classes",
        frozenset({Role.HEAD, Role.SCHOOL_LIFE, Role.LIBRARIAN, Role.ASSISTANT}),
        to=frozenset({Profile.STAFF, Profile.AGENT}),
        about_pupils=False,
        verbs=frozenset(
            {
                "homework.class_read",
                "homework.archive_asked",
                "homework.archive_opened",
                "homework.year_printed",
            }
        ),
        order=35,
    )
)

for verb, label in [
    ("homework.record_written", _("Séance du cahier de textes écrite")),
    ("homework.given", _("Travail donné")),
    ("homework.changed", _("Travail modifié")),
    ("homework.removed", _("Travail retiré")),
    ("homework.restored", _("Travail remis")),
    ("homework.handed_in", _("Travail rendu")),
    ("homework.corrected", _("Travail corrigé")),
    ("homework.hand_in_read", _("Le travail rendu par un élève")),
    ("homework.exported", _("Liste des travaux rendus exportée")),
    ("homework.progression_made", _("Progression créée")),
    ("homework.progression_given", _("Progression donnée à une classe")),
    ("homework.shifted", _("Séances préparées décalées")),
    ("homework.class_read", _("Le cahier de textes d’une classe")),
    ("homework.archive_asked", _("Archive d’un cahier de textes demandée")),
    ("homework.archived", _("Cahier de textes archivé")),
    ("homework.archive_opened", _("Archive d’un cahier de textes ouverte")),
    ("homework.year_printed", _("Année d’un cahier de textes ouverte pour l’imprimer")),
    ("homework.visa_given", _("Cahier de textes visé")),
    ("homework.limits_set", _("Charge de travail conseillée")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.journal_words.add(
    boards.JournalWord("homework.correction_drafted", _("Correction préparée, pas remise"), private=True)
)
boards.reasons_to_read.add(boards.ReasonToRead("homework.hand_in_read", _("Corriger le travail rendu.")))

HOMEWORK, FOLLOWS = _("Travail à faire"), _("Vous suivez le travail de cet élève.")
for kind in [
    NotificationKind(
        "homework.given",
        _("Du travail à faire"),
        HOMEWORK,
        _("Du travail à faire"),
        _("Du travail a été donné à %(about)s %(day)s (%(school)s)."),
        _("Voir le travail à faire"),
        FOLLOWS,
        rules.follows_homework,
        pace=Pace.NEVER,
        order=20,
    ),
    NotificationKind(
        "homework.changed",
        _("Un travail modifié"),
        HOMEWORK,
        _("Un travail à faire a changé"),
        _("Le travail à faire pour le %(day)s a changé (%(about)s, %(school)s)."),
        _("Voir le travail"),
        FOLLOWS,
        rules.follows_homework,
        pace=Pace.DAILY,
        order=21,
    ),
    NotificationKind(
        "homework.tomorrow",
        _("Du travail pour demain"),
        HOMEWORK,
        _("Du travail pour demain"),
        _("Pour %(day)s, il reste du travail à faire : %(count)s."),
        _("Voir le travail à faire"),
        _("Du travail est à faire pour demain et n’est pas coché."),
        rules.does_homework,
        push=True,
        order=22,
    ),
]:
    boards.notification_kinds.add(kind)

boards.notification_kinds.add(
    NotificationKind(
        "homework.to_correct",
        _("Des copies à corriger"),
        HOMEWORK,
        _("Des copies à corriger"),
        _("À corriger en %(subject)s, « %(work)s » : %(count)s."),
        _("Voir les copies"),
        _("Des élèves ont rendu en ligne un travail que vous avez donné."),
        rules.keeps_records,
        pace=Pace.DAILY,
        order=24,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "homework.returned",
        _("Un travail corrigé"),
        HOMEWORK,
        _("Un travail est corrigé"),
        _("Le travail que %(about)s a rendu en %(subject)s est corrigé (%(school)s)."),
        _("Lire la correction"),
        FOLLOWS,
        rules.follows_homework,
        pace=Pace.DAILY,
        push=True,
        order=23,
    )
)


def record_reading(viewer: Viewer, file: Any) -> None:
    """A file that a pupil handed in is read: it leaves its line, as the page does."""
    paper = paper_of(viewer, file.pk)
    if paper and viewer.is_staff:
        journal.record_read(viewer, "homework.hand_in_read", paper.hand_in, subject_id=paper.hand_in.pupil_id)


def archive_opening(viewer: Viewer, file: Any) -> None:
    """Who opens an archive leaves a line too: it is the school's evidence."""
    archive = archives.archive_of_file(viewer, file.pk)
    if archive:
        journal.record(viewer, "homework.archive_opened", archive)


for owner in [
    boards.FileOwner(
        "homework.Archive", "file", archives.archive_files, outlives=True, read=archive_opening, service=KEY
    ),
    boards.FileOwner("homework.HandInFile", "file", handed_files, read=record_reading, service=KEY),
    boards.FileOwner("homework.LessonFile", "file", lesson_files, outlives=True, service=KEY),
]:
    boards.file_owners.add(owner)

for folder in [
    boards.FolderSource(
        _("Cahier de textes"), drive.books_of_teacher, rules.keeps_records, order=10, service=KEY
    ),
    boards.FolderSource(
        _("Devoirs rendus"), drive.handed_to_teacher, rules.keeps_records, order=20, service=KEY
    ),
    boards.FolderSource(
        _("Cahier de textes"), drive.books_of_family, rules.follows_homework, order=10, service=KEY
    ),
]:
    boards.folders.add(folder)

READ_BY = (Role.HEAD, _("ses enseignants"))
GIVEN_BACK, PAPER_BACK = Q(returned_at__isnull=False), Q(hand_in__returned_at__isnull=False)
WHEN_BACK = _("une fois le travail remis")
PUBLISHED = Rows(
    lambda reader_id: Q(given_by=reader_id) | published(timezone.now(), "record__"), _("une fois publié")
)
BASIS: dict[str, Any] = dict(
    purpose=_("Garder la trace de ce qui est fait en classe, donner le travail et en suivre le rendu."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=with_guardians(*READ_BY),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
for data in [
    PersonalData(
        _("Séances du cahier de textes"),
        "homework.LessonRecord",
        "written_by",
        fields=dict.fromkeys(
            ["school", "lesson", "subject", "day", "state", "shown", "shown_at", "version", "words"], NONE
        )
        | dict.fromkeys(["content", "written_by", "written_at"], PERSONAL),
        withheld=frozenset({"words"}),
        **BASIS | {"readers": on_themselves(*READ_BY)},
    ),
    PersonalData(
        _("Notes personnelles d’un enseignant"),
        "homework.LessonNote",
        "author",
        fields={"record": NONE, "author": PERSONAL, "text": PERSONAL},
        forget=records.forget_notes,
        erases=_(
            "Les notes que la personne a écrites pour elle-même sont effacées ; le cahier de textes reste."
        ),
        **BASIS | {"readers": on_themselves()},
    ),
    PersonalData(
        _("Corrections du cahier de textes"),
        "homework.Correction",
        "corrected_by",
        fields={"record": NONE, "content": PERSONAL, "works": PERSONAL, "papers": PERSONAL}
        | dict.fromkeys(["corrected_by", "corrected_at"], PERSONAL),
        **BASIS | {"readers": on_themselves(*READ_BY)},
    ),
    PersonalData(
        _("Progressions d’un enseignant"),
        "homework.Progression",
        "author",
        fields={"school": NONE, "author": PERSONAL, "title": PERSONAL, "changed_at": NONE},
        forget=progressions.forget_progressions,
        **BASIS | {"readers": on_themselves()},
    ),
    PersonalData(
        _("Étapes de ces progressions"),
        "homework.ProgressionStep",
        "progression__author",
        fields={
            "progression": PERSONAL,
            "order": NONE,
            "content": PERSONAL,
            "work": PERSONAL,
            "minutes": PERSONAL,
        },
        **BASIS | {"readers": on_themselves()},
    ),
    PersonalData(
        _("Visas de cahiers de textes"),
        "homework.Visa",
        "given_by",
        fields=dict.fromkeys(["school", "group", "subject", "until"], NONE)
        | dict.fromkeys(["comment", "given_by", "given_at"], PERSONAL),
        forget=visas.forget_visas,
        **BASIS | {"readers": on_themselves(*READ_BY)},
        people={"given_by": (Concerned.STAFF,)},
    ),
    PersonalData(
        _("Archives de cahiers de textes"),
        "homework.Archive",
        "made_by",
        fields=dict.fromkeys(["school", "group", "year", "state", "records", "file", "sha256"], NONE)
        | dict.fromkeys(["made_by", "asked_at", "made_at"], PERSONAL),
        **BASIS | {"readers": on_themselves(*READ_BY), "keep": Retention.SCHOOL},
    ),
    PersonalData(
        _("Travail donné à quelques élèves"),
        "homework.Homework",
        "pupils",
        fields=dict.fromkeys(
            "school record title body words due_day due_lesson due_next minutes hand_in version told_at removed_at sent_as".split(),
            NONE,
        )
        | {"for_some": CHILD, "pupils": CHILD}
        | dict.fromkeys(["given_by", "given_at"], PERSONAL),
        withheld=frozenset({"words", "pupils"}),
        **BASIS | {"readers": Readers(PUBLISHED, PUBLISHED, READ_BY)},
        people={"given_by": (Concerned.STAFF,)},
    ),
    PersonalData(
        _("Travaux rendus"),
        "homework.HandIn",
        "pupil",
        fields={"school": NONE, "homework": CHILD, "pupil": CHILD, "version": NONE, "corrected_by": PERSONAL}
        | dict.fromkeys(
            [
                "text",
                "handed_at",
                "first_at",
                "is_late",
                "times",
                "comment",
                "mark",
                "corrected_at",
                "returned_at",
            ],
            CHILD,
        )
        | {"told_at": NONE},
        forget=forget_hand_ins,
        # Until it is given back, a correction is the teacher's draft.
        field_readers=dict.fromkeys(
            ["comment", "mark", "corrected_by", "corrected_at", "returned_at"],
            once(GIVEN_BACK, WHEN_BACK, or_own=["corrected_by"]),
        )
        # What a pupil wrote is no part of the data of whoever corrected it.
        | {"text": Rows(lambda reader: ~Q(corrected_by=reader) | Q(pupil=reader))},
        withheld=frozenset({"version", "told_at"}),
        **BASIS | {"readers": Readers(EVERY_ROW, once(GIVEN_BACK, WHEN_BACK), READ_BY)},
    ),
    PersonalData(
        _("Remarques dans la marge des travaux rendus"),
        "homework.Annotation",
        "hand_in__pupil",
        fields={"hand_in": CHILD, "rank": NONE, "author": PERSONAL}
        | dict.fromkeys(["sheet", "place", "text", "written_at"], CHILD),
        about=("author",),
        **BASIS | {"readers": Readers(once(PAPER_BACK, WHEN_BACK), once(PAPER_BACK, WHEN_BACK), READ_BY)},
        people={"author": (Concerned.STAFF,)},
    ),
    PersonalData(
        _("Fichiers des travaux rendus"),
        "homework.HandInFile",
        "hand_in__pupil",
        fields={"hand_in": CHILD, "file": CHILD, "of_teacher": NONE},
        **BASIS
        | {
            "readers": Readers(
                once(Q(of_teacher=False) | PAPER_BACK, _("celui du professeur, une fois le travail remis")),
                once(PAPER_BACK, WHEN_BACK),
                READ_BY,
            )
        },
    ),
    PersonalData(
        _("Travail coché"),
        "homework.Done",
        "pupil",
        fields={"homework": CHILD, "pupil": CHILD, "done_at": CHILD},
        **BASIS,
    ),
]:
    boards.personal_data.add(data)

for step in [
    boards.FirstStep(
        _("Écrire ce qui est fait en classe"),
        _("Vos séances sont déjà là : écrivez le contenu et le travail, puis publiez."),
        "homework:sessions",
        rules.keeps_records,
        order=20,
        service=KEY,
    ),
    boards.FirstStep(
        _("Voir le travail à faire"),
        _("Ce qui est pour demain, pour la semaine, et ce qui a été fait en classe."),
        "homework:to_do",
        rules.follows_homework,
        order=20,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)

# Until when it is kept, and what becomes of it (docs/decisions/0113).
TERM: dict[str, Any] = dict(
    keep=Retention.YEAR_PLUS_ONE,
    since=SINCE,
    text=_("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
    offers=("homework:archives", _("Archiver les cahiers de textes")),
)
boards.terms.add(
    Term(
        "homework.records",
        _("Séances du cahier de textes, travail donné et rendu"),
        model="homework.LessonRecord",
        when="day",
        due=by_year("homework.LessonRecord", "day"),
        people=("written_by", "works__pupils", "works__hand_ins__pupil", "works__done__pupil"),
        with_it=(
            "homework.LessonNote",
            "homework.Correction",
            "homework.Homework",
            "homework.HandIn",
            "homework.HandInFile",
            "homework.Annotation",
            "homework.Done",
        ),
        order=20,
        **TERM,
    )
)
boards.terms.add(
    Term(
        "homework.progressions",
        _("Progressions"),
        model="homework.Progression",
        when="changed_at",
        people=("author",),
        due=by_year("homework.Progression", "changed_at"),
        order=21,
        with_it=("homework.ProgressionStep",),
        **TERM | {"offers": None},
    )
)
boards.terms.add(
    Term(
        "homework.visas",
        _("Visas des cahiers de textes"),
        model="homework.Visa",
        when="until",
        people=("given_by",),
        due=by_year("homework.Visa", "until"),
        order=22,
        **TERM,
    )
)
boards.endings.add(
    Ending(
        ("homework.Archive",),
        _(
            "Un cahier de textes archivé est un document de l’établissement : il en garde ou en retire les fichiers lui-même."
        ),
    )
)

# How people read it.
for words in [
    boards.InWords("homework", boards.Section.WORK),
    boards.InWords(
        "homework.Homework",
        when="given_at",
        sentence=(_("Travail donné : « %(self)s »"),),
        names=lambda row: row.title,
    ),
    boards.InWords(
        "homework.HandIn",
        when="handed_at",
        sentence=(
            _("Rendu : « %(homework)s »"),
            "%(mark)s",
            _("« %(text)s »"),
            _("Commentaire : « %(comment)s »"),
            _("remis le %(returned_at)s"),
        ),
        names=lambda row: row.homework.title,
        names_with=("homework",),
        quiet=frozenset({"times", "first_at"}),
    ),
    boards.InWords(
        "homework.Annotation",
        when="written_at",
        sentence=(
            _("Remarque de votre enseignant : « %(text)s »"),
            _("page %(sheet)s"),
            _("à l’endroit « %(place)s »"),
            "%(hand_in)s",
        ),
        quiet=frozenset({"rank"}),
    ),
    boards.InWords("homework.HandInFile", sentence=("%(file)s", "%(hand_in)s")),
    boards.InWords("homework.Done", when="done_at", sentence=(_("Coché comme fait : « %(homework)s »"),)),
    boards.InWords("homework.LessonRecord", when="written_at", sentence=(_("« %(content)s »"),)),
]:
    boards.data_in_words.add(words)
