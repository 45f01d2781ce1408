"""What lies about on the stage: an object for each gesture that the seeds leave without one, so that the walk comes to it."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from conftest import NOW
from preau.commons.files import actions as files
from preau.commons.files import rules
from preau.commons.notifications.models import Device
from preau.commons.works.models import Work
from preau.directory.models import PhotoConsent
from preau.directory.seeds import World
from preau.directory.viewer import viewer_for
from preau.domains.catalogue.models import FollowedSearch
from preau.domains.conduct.models import Responsibility
from preau.domains.homework.models import LessonFile, LessonRecord
from preau.foundation import webpush
from tests.test_every_page import (
    edited_resource,
    lesson_now,
    many_alerts,
    many_lesson_changes,
    many_links,
    many_measures,
    many_papers,
    many_remarks,
    many_timetable_notes,
    many_works_given,
    own_measure,
    own_upload,
)

# A list longer than this many lines has a page of its own.
MORE_THAN_THE_FIRST = 12


def lay(college: World) -> None:
    _add_a_device(college)
    _follow_a_search(college)
    _ask_for_a_work(college)
    _agree_to_a_photo(college)
    many_remarks(college, 1)
    many_alerts(college, 1)
    many_lesson_changes(college, 1)
    many_timetable_notes(college, MORE_THAN_THE_FIRST)
    _prepare_a_measure(college)
    _join_a_picture(college)
    many_links(college, 1)
    many_measures(college, 1)
    many_papers(college, 1)
    edited_resource(college)
    own_upload(college)


def _follow_a_search(college: World) -> None:
    """By the head: it may be given up."""
    FollowedSearch.objects.create(
        person=college.people["head"], query="q=fractions", since=NOW.date(), seen=0
    )


def _add_a_device(college: World) -> None:
    """Of the head's own, to be told on, tried and taken away."""
    Device.objects.create(
        person=college.people["head"], endpoint="https://push.example/head", p256dh=webpush.public_key(),
        auth=webpush.encode(b"s" * 16), label="Firefox sur Linux", opened_in="", added_at=NOW,
    )  # fmt: skip


def _ask_for_a_work(college: World) -> None:
    """By the head: it goes on, and may be given up."""
    Work.objects.create(
        key="essai", label="Lecture des fichiers de l’annuaire", person=college.people["head"], school=college.school, url="/annuaire/livraisons/",
        can_stop=True, asked_at=NOW, begun_at=NOW, state=Work.State.RUNNING, step="Lecture", done=3, total=9,
    )  # fmt: skip


def _agree_to_a_photo(college: World) -> None:
    """The cast's pupil and her mother agree: the photo is still to be put."""
    for key in ("pupil", "guardian"):
        PhotoConsent.objects.create(
            school=college.school, year=college.year, pupil=college.people["pupil"], giver=college.people[key],
            answer="yes", answered_at=NOW,
        )  # fmt: skip


def _prepare_a_measure(college: World) -> None:
    """Outside of the school: the pupil and her mother are asked to agree, the head may say that it is done."""
    Responsibility.objects.create(
        school=college.school, sanction=own_measure(college), host="Association des Remparts", is_outside=True,
        task="Trier des livres.", hours=6, signed_on=NOW.date() - timedelta(days=1),
    )  # fmt: skip


def _join_a_picture(college: World) -> None:
    """By the teacher, to the lesson of now: whoever reads the lesson sees it small, and saves it."""
    many_works_given(college, 0)
    teacher, drawn = college.people["teacher"], BytesIO()
    Image.new("RGB", (80, 60), "seagreen").save(drawn, "PNG")
    sent = SimpleUploadedFile("figure.png", drawn.getvalue(), "image/png")
    viewer = viewer_for(teacher, teacher.account.pk, NOW)
    record = LessonRecord.objects.get(lesson=lesson_now(college))
    for file in files.keep(viewer, college.school.pk, [sent], rules.DOCUMENTS):
        LessonFile.objects.create(record=record, file=file)
