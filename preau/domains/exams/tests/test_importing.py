"""Bringing papers in: faults with their lines, nothing half applied, hostile files, and the two indexes."""

import csv
import os
import shutil
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from preau.directory.seeds.world import World
from preau.domains.exams.imports import bodies, folder, indexes, pdfs
from preau.domains.exams.imports.places import zones_of
from preau.domains.exams.models import Correction, CorrectionPart, Exercise, Paper, code_of
from preau.domains.exams.queries import files, index
from preau.domains.exams.queries.search import Search, results
from tests.pages import MOST_BYTES

# The two real indexes are never in the repository: EXAM_INDEXES says in which folder they are.
DATA = Path(os.environ.get("EXAM_INDEXES", "nowhere"))
MATHS, PHILOSOPHY = (
    DATA / "annales_maths_index_mathalea.csv.gz",
    DATA / "philosophie_sujets_dissertation_1996-2024.tsv.gz",
)
GOOD = {
    "clé": "essai-2020",
    "examen": "brevet",
    "titre": "Sujet d’essai",
    "matière": "Sciences",
    "année": "2020",
    "licence": "cc-by",
    "auteurs": "Préau",
    "publié le": "2026-01-05",
    "pdf": "essai.pdf",
}
EXERCISE = {
    "sujet": "essai-2020",
    "numéro": "1",
    "titre": "Exercice 1",
    "pages": "2",
    "notions": "Volcans|Séismes",
}


@pytest.fixture(autouse=True)
def own_rooms(college: World, settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "media"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    made = tmp_path / "dossier"
    made.mkdir()
    return made


def written(room: Path, name: str, *rows: dict[str, str]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (room / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, delimiter=";", restval="")
        writer.writeheader()
        writer.writerows(rows)


def pdf_of(*texts: str, change: Any = None, password: str = "") -> bytes:
    """A PDF with one page a text; `change` does something to it before it is written."""
    writer = PdfWriter()
    for text in texts:
        page = writer.add_blank_page(600, 800)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(content)
    if change:
        change(writer)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def faults_of(room: Path) -> str:
    return "\n".join(folder.read_folder(room).faults).replace("\u202f", " ")


def notices_of(room: Path) -> str:
    return "\n".join(folder.read_folder(room).notices).replace("\u202f", " ")


def output_of(name: str, *arguments: Any, **options: Any) -> str:
    output = StringIO()
    call_command(name, *arguments, stdout=output, **options)
    return output.getvalue().replace("\u202f", " ")


# A folder


def test_a_pdf_is_kept_read_and_searched_by_exercise(room: Path) -> None:
    (room / "essai.pdf").write_bytes(
        pdf_of("Page de garde du sujet de sciences", "Le volcan entre en eruption au printemps")
    )
    written(room, "sujets.csv", GOOD | {"zones": "asie|metropole", "durée": "1 h 30", "session": "septembre"})
    written(
        room, "exercices.csv", EXERCISE | {"points": "12,5", "durée": "20 min", "compétences": "Raisonner"}
    )
    output = output_of("import_papers", room)
    assert "1 papers new, 0 changed, 0 the same; 1 exercises written." in output
    assert "sujets.csv, ligne 2 : pas de correction" in output
    paper = Paper.objects.get(key="brevet/essai-2020")
    assert (paper.pdf_pages, paper.duration, paper.zones, paper.session) == (
        2,
        90,
        ["asie", "metropole"],
        "septembre",
    )
    assert "Page de garde" in paper.text
    one = paper.exercises.get()
    assert (one.code, one.first_page, one.last_page) == (code_of(paper.key, "1"), 2, 2)
    assert one.text == "Le volcan entre en eruption au printemps"
    assert [row.code for row in results(Search(typed="volcan printemps")).rows] == [one.code]
    answer = Client().get("/annales/brevet/essai-2020/sujet.pdf")
    assert b"".join(answer.streaming_content) == (room / "essai.pdf").read_bytes()  # type: ignore[attr-defined]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    page = Client().get(f"/annales/exercice/{one.code}/").content.decode()
    assert "sans ses figures ni ses formules" in page
    # Again: nothing is written.
    before = list(Paper.objects.values_list("edition", flat=True))
    assert "0 papers new, 0 changed, 1 the same" in output_of("import_papers", room)
    assert list(Paper.objects.values_list("edition", flat=True)) == before


def test_a_long_text_is_shown_by_its_beginning_and_searched_whole(room: Path) -> None:
    (room / "essai.pdf").write_bytes(
        pdf_of(*(f"Page {number} " + "mot " * 400 for number in range(150)), "baleine")
    )
    written(room, "sujets.csv", GOOD)
    output_of("import_papers", room)
    page = Client().get("/annales/brevet/essai-2020/")
    assert "La suite est dans le PDF." in page.content.decode()
    assert len(page.content) <= MOST_BYTES
    assert [row.key for row in results(Search(typed="baleine", kind="sujet")).rows] == ["brevet/essai-2020"]


def test_a_dry_run_writes_nothing(room: Path) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    written(room, "sujets.csv", GOOD)
    assert "1 papers are sound. Nothing was written" in output_of("import_papers", room, dry_run=True)
    assert not Paper.objects.filter(key="brevet/essai-2020").exists()
    assert not files.room().exists()


def test_what_changes_is_changed_in_place_and_the_former_file_goes(
    room: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("La premiere version de ce sujet", "Une seconde page"))
    (room / "corrige.html").write_text('<p>Tout.</p><section data-exercise="1"><p>Réponse une.</p></section>')
    correction = {
        "corrigé": "corrige.html",
        "auteurs du corrigé": "Préau|Une collègue",
        "corrigé le": "2026-02-01",
    }
    written(room, "sujets.csv", GOOD | correction)
    written(room, "exercices.csv", EXERCISE, EXERCISE | {"numéro": "2", "titre": "Exercice 2"})
    assert "pas de correction pour 2" in output_of("import_papers", room)
    former = Paper.objects.get(key="brevet/essai-2020")
    document = Correction.objects.get(paper=former)
    assert (document.authors, document.intro) == (["Préau", "Une collègue"], "<p>Tout.</p>")
    assert [part.html for part in document.parts.all()] == ["<p>Réponse une.</p>"]
    (room / "essai.pdf").write_bytes(pdf_of("La seconde version de ce sujet", "Une seconde page"))
    written(room, "sujets.csv", GOOD | {"titre": "Un autre titre"})
    written(room, "exercices.csv", EXERCISE | {"numéro": "2", "titre": "Exercice 2"})
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 changed" in output_of("import_papers", room)
    paper = Paper.objects.get(key="brevet/essai-2020")
    assert (paper.pk, paper.title) == (former.pk, "Un autre titre")
    assert not files.path_of(former.pdf).exists()
    assert files.path_of(paper.pdf).exists()
    # An exercise that left keeps its code, unseen; a correction that left is no more.
    assert list(paper.exercises.filter(is_gone=True).values_list("number", flat=True)) == ["1"]
    assert not CorrectionPart.objects.filter(exercise__paper=paper).exists()
    # It is the same exercise when it comes back.
    written(room, "exercices.csv", EXERCISE, EXERCISE | {"numéro": "2", "titre": "Exercice 2"})
    output_of("import_papers", room)
    assert Exercise.objects.visible_to(None).filter(code=code_of(paper.key, "1")).exists()


def test_one_fault_and_nothing_is_written(room: Path) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    written(
        room,
        "sujets.csv",
        GOOD,
        GOOD | {"clé": "autre", "année": "20", "pdf": "", "zones": "lune", "durée": "longtemps"},
    )
    with pytest.raises(CommandError) as refused:
        call_command("import_papers", room, stdout=StringIO())
    message = str(refused.value).replace("\u202f", " ")
    assert "Nothing was written. 3 faults" in message
    for part in (
        "sujets.csv, ligne 3",
        "colonne « annee »",
        "« lune » n’est pas un de ces mots",
        "une durée est attendue",
    ):
        assert part in message
    assert not Paper.objects.filter(key="brevet/essai-2020").exists()
    assert not files.room().exists()


def test_a_loading_that_fails_half_way_leaves_no_row_and_no_file(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    written(room, "sujets.csv", GOOD)

    def broken(_drafts: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr("preau.domains.exams.actions._tie", broken)
    with pytest.raises(OSError, match="disk"):
        folder.plant(room, "essai")
    assert not Paper.objects.filter(key="brevet/essai-2020").exists()
    assert list(files.room().rglob("*.pdf")) == []


def test_doubles_are_told(room: Path) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    (room / "copie.pdf").write_bytes((room / "essai.pdf").read_bytes())
    (room / "autre.pdf").write_bytes(pdf_of("Un tout autre texte, assez long lui aussi"))
    (room / "tiers.pdf").write_bytes(pdf_of("Un troisieme texte, assez long lui aussi"))
    written(
        room,
        "sujets.csv",
        GOOD,
        GOOD | {"titre": "Même clé", "pdf": "autre.pdf"},
        GOOD | {"clé": "meme-pdf", "titre": "Même PDF", "pdf": "copie.pdf"},
        GOOD | {"clé": "meme-sujet", "pdf": "tiers.pdf"},
    )
    written(
        room,
        "exercices.csv",
        EXERCISE | {"pages": ""},
        EXERCISE | {"pages": ""},
        EXERCISE | {"sujet": "rien"},
    )
    faults = faults_of(room)
    for part in (
        "ligne 3 : colonne « cle », doublon : c’est la clé de la ligne 2",
        "ligne 4 : colonne « pdf », doublon : c’est le PDF de la ligne 2",
        "exercices.csv, ligne 3 : colonne « numero », doublon",
        "exercices.csv, ligne 4 : aucun sujet « rien »",
    ):
        assert part in faults, faults
    written(room, "exercices.csv", EXERCISE | {"pages": ""})
    assert "ligne 5 : colonne « titre », doublon : c’est le sujet de la ligne 2" in faults_of(room)
    written(room, "sujets.csv", GOOD)
    output_of("import_papers", room)
    written(room, "sujets.csv", GOOD | {"clé": "encore", "titre": "Encore"})
    written(room, "exercices.csv", EXERCISE | {"sujet": "encore", "pages": ""})
    assert "ce PDF est déjà celui du sujet brevet/essai-2020" in faults_of(room)


def test_a_picture_of_a_page_wants_an_ocr(room: Path) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("", ""))
    written(room, "sujets.csv", GOOD)
    assert faults_of(room) == ""
    assert "reconnaissance de caractères (OCR) est nécessaire" in notices_of(room)


def test_a_paper_that_is_withdrawn_is_no_longer_shown(room: Path) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    written(room, "sujets.csv", GOOD)
    output_of("import_papers", room)
    assert Client().get("/annales/brevet/essai-2020/").status_code == 200
    written(room, "sujets.csv", GOOD | {"état": "retiré"})
    assert "retiré : il n’est plus montré" in output_of("import_papers", room)
    for address in ("", "sujet.pdf"):
        assert Client().get(f"/annales/brevet/essai-2020/{address}").status_code == 404


# Files that are not what they say


def with_script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def with_file(writer: PdfWriter) -> None:
    writer.add_attachment("programme.exe", b"MZ")


def with_launch(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def with_script_in_a_link(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    )
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/A"): action,
            NameObject("/Rect"): ArrayObject([NumberObject(one) for one in (0, 0, 9, 9)]),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


@pytest.mark.parametrize("change", [with_script, with_file, with_launch, with_script_in_a_link])
def test_a_pdf_that_does_something_is_refused(room: Path, change: Any) -> None:
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu", change=change))
    written(room, "sujets.csv", GOOD)
    assert "il contient un programme, un fichier joint ou une action" in faults_of(room)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00 un programme", "ce n’est pas un PDF, quoi que dise son nom"),
        (b"<html><script>alert(1)</script></html>", "ce n’est pas un PDF"),
        (b"%PDF-1.7\nrien de plus", "il est abîmé"),
        (b"%PDF-1.7\n" + b"1 0 obj <<" * 5_000, "il"),
        (pdf_of("Un secret", password="x"), "protégé par un mot de passe"),
        (pdf_of(*["Page"] * 201), "plus de 200 pages"),
    ],
)
def test_a_pdf_that_does_not_read_is_refused(room: Path, content: bytes, said: str) -> None:
    (room / "essai.pdf").write_bytes(content)
    written(room, "sujets.csv", GOOD)
    assert said in faults_of(room)


def test_a_pdf_that_unfolds_without_end_is_stopped(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page would be hundreds of millions of signs: the process that reads it has no room for them."""

    def unfolds(writer: PdfWriter) -> None:
        content = DecodedStreamObject()
        content.set_data(b"BT /F1 12 Tf (a) Tj ET " * 4_000_000)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(content.flate_encode())

    monkeypatch.setattr(pdfs, "MEMORY", 256 * pdfs.MEGABYTE)
    monkeypatch.setattr(pdfs, "SECONDS", 5)
    (room / "essai.pdf").write_bytes(pdf_of("a", change=unfolds))
    assert (room / "essai.pdf").stat().st_size < pdfs.MEGABYTE
    written(room, "sujets.csv", GOOD)
    faults = faults_of(room)
    assert "il demande trop de temps ou de mémoire" in faults or "il est abîmé" in faults


def test_a_file_that_is_too_heavy_or_elsewhere_is_refused(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dehors.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    (room / "lien.pdf").symlink_to(tmp_path / "dehors.pdf")
    (room / "essai.pdf").write_bytes(pdf_of("Un texte assez long pour etre lu"))
    for name in ("../dehors.pdf", "/etc/passwd", "lien.pdf", "absent.pdf", "essai.pdf.exe"):
        written(room, "sujets.csv", GOOD | {"pdf": name})
        assert "de ce dossier" in faults_of(room) or "dans ce dossier" in faults_of(room), name
    monkeypatch.setattr(pdfs, "MOST_BYTES", 10)
    written(room, "sujets.csv", GOOD)
    assert "il pèse plus de" in faults_of(room)


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()">a</p>',
        '<a href="javascript:x">a</a>',
        "<iframe></iframe>",
        '<form action="https://x">',
    ],
)
def test_a_page_that_does_something_is_refused(page: str) -> None:
    with pytest.raises(bodies.BadBody, match="un programme"):
        bodies.read(f'<section data-exercise="1">{page}</section>')


def test_a_page_is_cut_into_its_exercises_and_cleaned() -> None:
    found = bodies.read(
        '<p>Avant : onze = 11.</p><section data-exercise="1"><h2>A</h2><p class="x">Un <b>mot</b> <img src="https://x/y.png" alt="x"></p></section><p>Après.</p>'
    )
    assert found.intro.replace("\u202f", " ") == "<p>Avant : onze = 11.</p><p>Après.</p>"
    assert found.parts == {"1": "<h2>A</h2><p>Un mot </p>"}
    with pytest.raises(bodies.BadBody, match="deux fois"):
        bodies.read('<section data-exercise="1"><p>a</p></section>' * 2)


def test_columns_that_are_missing_or_unknown_are_told(room: Path) -> None:
    assert "sujets.csv n’est pas dans ce dossier" in faults_of(room)
    written(room, "sujets.csv", {"clé": "a", "examen": "brevet"})
    assert "il manque les colonnes titre" in faults_of(room)
    written(room, "sujets.csv", GOOD | {"surprise": "x"})
    assert "colonnes inconnues surprise" in faults_of(room)
    (room / "sujets.csv").write_bytes(b"\0\0")
    assert faults_of(room)


def test_the_training_papers_are_sound_and_each_has_all_it_needs(tmp_path: Path) -> None:
    read = folder.read_folder(folder.STARTER)
    assert (read.faults, read.notices) == ([], [])
    assert len(read.drafts) >= 6
    for draft in read.drafts:
        assert 2 <= len(draft.exercises) <= 4
        assert draft.correction is not None
        assert set(draft.correction.parts) == {exercise.number for exercise in draft.exercises}
        assert draft.facts["licence"] == "cc-by"
        assert "n’est pas un sujet officiel" in draft.facts["intro"].replace("\u202f", " ")
        for exercise in draft.exercises:
            assert exercise.facts["notions"] and exercise.facts["duration"] and exercise.facts["html"]
    assert folder.plant().written == 0
    # A fault in one of them would be seen.
    broken = tmp_path / "starter"
    shutil.copytree(folder.STARTER, broken)
    (broken / "bac-maths-1.html").unlink()
    assert "n’est pas dans ce dossier" in faults_of(broken)


# Indexes

INDEX = 'examen,id,annee,mois,lieu,jour,numero,type,tags\n"BAC","bac_2024_06_sujet1_asie_1","2024","Juin","Asie","J1","1","bac","Suites|Equations"\n'
SUBJECTS = "Année\tSérie\tLieu\tSession\tSujet\n1996\tES\tAMÉRIQUE DU NORD + LIBAN\tREMPLACEMENT\tQui est artiste ?\n"


def test_an_index_becomes_papers_that_are_found_by_their_notions(tmp_path: Path) -> None:
    path = tmp_path / "index.csv"
    path.write_text(
        INDEX + INDEX.split("\n")[1].replace("asie_1", "asie_2").replace('"1","bac"', '"2","bac"') + "\n",
        encoding="utf-8",
    )
    assert "2 rows, 2 exercises in 1 papers, 0 left" in output_of("import_exam_index", path)
    paper = Paper.objects.get(source="annales-maths")
    assert (paper.key, paper.year, paper.zones, paper.sitting) == (
        "bac-general/bac-2024-06-sujet1-asie",
        2024,
        ["asie"],
        "J1",
    )
    assert paper.is_only_referenced
    found = results(Search(chosen={"notion": ["Équations"], "zone": ["asie"]}))
    assert [row.number for row in found.rows] == ["1", "2"]
    assert "0 papers new, 0 changed, 1 the same" in output_of("import_exam_index", path)
    path.write_text(INDEX, encoding="utf-8")
    assert "1 changed" in output_of("import_exam_index", path)
    assert results(Search(chosen={"notion": ["Équations"], "zone": ["asie"]})).total == 1


def test_a_subject_of_philosophy_is_found_by_its_words(tmp_path: Path) -> None:
    path = tmp_path / "sujets.tsv"
    again, odd = SUBJECTS.split("\n")[1], "1996\tZZ\tLIBAN\tNORMALE\tQuoi ?"
    path.write_text(f"{SUBJECTS}{again}\n{odd}\n", encoding="utf-8")
    output = output_of("import_exam_index", path)
    assert "3 rows, 1 exercises in 1 papers, 2 left" in output
    assert "left: ligne 3 : doublon de la ligne 2" in output
    assert "left: ligne 4 : série ou session inconnue : ZZ, NORMALE" in output
    row = results(Search(typed="artiste")).rows[0]
    assert row.title.replace("\u202f", " ") == "Qui est artiste ?"
    assert (row.paper.zones, row.paper.session) == (["amerique-du-nord", "proche-orient"], "remplacement")


def test_a_file_that_is_no_index_is_refused_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="aucun index connu"):
        call_command("import_exam_index", path, stdout=StringIO())
    (tmp_path / "x.gz").write_bytes(b"rien")
    with pytest.raises(CommandError):
        call_command("import_exam_index", tmp_path / "x.gz", stdout=StringIO())
    path.write_text(INDEX, encoding="utf-8")
    assert "Nothing was written" in output_of("import_exam_index", path, dry_run=True)
    assert not Paper.objects.filter(source="annales-maths").exists()


@pytest.mark.parametrize(
    ("place", "zones"),
    [
        ("MÉTROPOLE + LA RÉUNION", ["metropole", "reunion-mayotte"]),
        ("Pondichéry", ["inde"]),
        ("amsud", ["amerique-latine"]),
        ("Antilles - Guyane", ["antilles-guyane"]),
        ("Centres étrangers - Maroc", ["afrique", "centres-etrangers"]),
        ("AMÉRIQUE LATINE DU NORD + ANTILLES GUYANE", ["antilles-guyane", "amerique-latine"]),
        ("COPIRELEM Groupement 2", []),
        ("GROUPEMENTS I-IV", ["metropole"]),
        ("ÉTRANGER GROUPE 1", ["centres-etrangers"]),
        ("sujet 4", []),
    ],
)
def test_places_are_brought_to_zones(place: str, zones: list[str]) -> None:
    assert zones_of(place) == zones


@pytest.mark.skipif(not MATHS.exists(), reason="EXAM_INDEXES names no folder with the index of mathematics")
def test_the_real_index_of_mathematics_loads_whole() -> None:
    loaded = indexes.load_index(MATHS)
    index.engine(wait=True)
    assert (loaded.rows, loaded.exercises, loaded.left) == (1_921, 1_921, [])
    assert loaded.papers == len(loaded.report.created) == Paper.objects.filter(source="annales-maths").count()
    assert indexes.load_index(MATHS).report.written == 0
    found = results(Search(chosen={"notion": ["Probabilités conditionnelles"], "zone": ["polynesie"]}))
    assert found.total > 10
    # The heaviest page there is: every facet has all the values that a page draws.
    page = Client().get("/annales/recherche/")
    assert page.status_code == 200
    assert len(page.content) <= MOST_BYTES
    # The tags of the index, brought together: no notion is there in two spellings.
    known = {
        notion for row in Exercise.objects.filter(paper__source="annales-maths") for notion in row.notions
    }
    assert not {"Equations", "Puisssances", "Integration", "Hors programme", ""} & known


@pytest.mark.skipif(
    not PHILOSOPHY.exists(), reason="EXAM_INDEXES names no folder with the index of philosophy"
)
def test_the_real_index_of_philosophy_loads_all_but_its_doubles() -> None:
    loaded = indexes.load_index(PHILOSOPHY)
    index.engine(wait=True)
    assert loaded.rows == 2_487
    assert loaded.exercises + len(loaded.left) == 2_487
    assert len(loaded.left) == 16
    assert all("doublon de la ligne" in why for why in loaded.left)
    assert indexes.load_index(PHILOSOPHY).report.written == 0
    assert results(Search(typed="travail technique liberté")).total > 0
    assert len(Client().get("/annales/recherche/?matiere=Philosophie").content) <= MOST_BYTES
