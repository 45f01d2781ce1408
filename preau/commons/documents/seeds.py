"""The demonstration's share: what a staff writes together, and one document of somebody's own."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from preau.commons.documents import rules
from preau.commons.documents.actions import comments, keeping, pictures, versions, writing
from preau.commons.documents.actions.comments import Said
from preau.commons.documents.models import Document
from preau.commons.documents.queries import places, staff, texts
from preau.commons.files import actions as files
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation.richtext import cleaning, shared

TRIP = """
<h3>Avant de partir</h3>
<p>Nous sommes <strong>28 élèves</strong> et quatre accompagnateurs. Départ de la cour à 8 h 30, retour à 16 h 45.</p>
<ul><li>Le car\u202f: réservé, confirmer le nombre la veille.</li><li>Le pique-nique\u202f: commandé à la cantine.</li><li>Les autorisations\u202f: il en manque trois.</li></ul>
<h3>Les ateliers</h3>
<table><thead><tr><th>Atelier</th><th>Qui l’anime</th><th>Matériel</th></tr></thead>
<tbody><tr><td>Mesurer le débit</td><td>Mathématiques</td><td>Mètre ruban, chronomètre</td></tr>
<tr><td>Ce qui vit dans l’eau</td><td>SVT</td><td>Épuisettes, loupes</td></tr>
<tr><td>Croquis du paysage</td><td>Arts plastiques</td><td>Carnets, crayons</td></tr></tbody></table>
<p>Chaque groupe tourne toutes les quarante minutes.</p>
"""
MORE = "<p>En cas de pluie, le croquis se fait sous le préau de la base nautique.</p>"
NOTES = """
<h3>Conseil d’enseignement de mathématiques</h3>
<p>Une évaluation commune en janvier, sur la proportionnalité et les fractions.</p>
<ol><li>Sujet proposé avant le 12.</li><li>Relecture croisée.</li><li>Correction partagée.</li></ol>
"""
PLAN = "La rivière et les trois ateliers\u202f: le débit au pont, les épuisettes sur la berge, le croquis en haut du pré."
OWN = """
<p>Ce que je voudrais proposer au <strong>journal des deux classes</strong>.</p>
<ul><li>Une interview de l’infirmière\u202f: que faire quand on a mal au ventre avant un contrôle\u202f?</li>
<li>Le marché solidaire, vu de la cour.</li><li>Un jeu\u202f: reconnaître les arbres de la cour à leurs feuilles.</li></ul>
<p>À demander\u202f: combien de lignes pour chaque article\u202f?</p>
"""


def plant(world: Any) -> None:
    """Documents of a staff and of a pupil; nothing where nobody would look at them."""
    if not settings.DEMO or {"teacher", "pupil", "head"} - set(world.people):
        return
    if Document.objects.filter(school=world.school).exists():
        return
    now = timezone.now()
    teacher, pupil, head = (viewer_for(world.people[key], 0, now) for key in ("teacher", "pupil", "head"))
    if None in {teacher, pupil, head} or teacher.school_id != world.school.pk:
        return
    _of_staff(teacher, head)
    mine = keeping.begin(pupil, places.own_place(pupil), "Idées pour le journal", cleaning.clean(OWN))
    _begun(mine, timedelta(days=2))


def _of_staff(teacher: Viewer, head: Viewer) -> None:
    place = places.named(teacher, f"{staff.KIND}-{teacher.school_id}")
    if place is None:
        return
    trip = keeping.begin(teacher, place, "Sortie à la rivière\u202f: déroulé", cleaning.clean(TRIP))
    _illustrate(teacher, trip)
    _begun(trip, timedelta(days=3))
    _continue(head, trip, MORE, timedelta(days=1))
    comments.comment(
        head,
        trip.pk,
        Said("il en manque trois", "Les autorisations\u202f: ", "Je relance les familles demain matin."),
    )
    comments.comment(
        head,
        trip.pk,
        Said(
            "toutes les quarante minutes",
            "Chaque groupe tourne ",
            "Sinon, on rate le car.",
            "toutes les trente minutes",
        ),
    )
    notes = keeping.begin(head, place, "Évaluation commune de mathématiques", cleaning.clean(NOTES))
    _begun(notes, timedelta(days=6))


def _illustrate(viewer: Viewer, document: Document) -> None:
    """A plan after the table of its workshops."""
    plan = SimpleUploadedFile("Plan de la rivière.png", _plan())
    (file,) = files.keep(viewer, document.school_id, [plan], rules.PICTURES)
    table = next(block for block in shared.blocks_of(texts.html_now(document)) if block.startswith("<table"))
    pictures.put(viewer, document.pk, file, PLAN, table)
    document.refresh_from_db()
    versions.keep(document, viewer)


def _plan() -> bytes:
    image = Image.new("RGB", (900, 420), "#e4efe0")
    draw = ImageDraw.Draw(image)
    draw.line([(0, 300), (220, 250), (450, 290), (700, 230), (900, 260)], fill="#3a7ca5", width=46)
    draw.rectangle((430, 230, 470, 350), fill="#7b5620")
    for number, (left, top) in enumerate([(400, 150), (180, 320), (700, 90)], 1):
        draw.ellipse((left, top, left + 64, top + 64), fill="#14605c")
        draw.text((left + 26, top + 18), str(number), fill="white", font_size=26)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _continue(viewer: Viewer, document: Document, html: str, ago: timedelta) -> None:
    document.refresh_from_db()
    before = texts.html_now(document)
    writing.write(viewer, document, before, cleaning.clean(before + html))
    version = versions.keep(document, viewer)
    if version:
        type(version).objects.filter(pk=version.pk).update(made_at=timezone.now() - ago)


def _begun(document: Document, ago: timedelta) -> None:
    when = timezone.now() - ago
    Document.objects.filter(pk=document.pk).update(begun_at=when, changed_at=when)
    document.all_versions.update(made_at=when)
