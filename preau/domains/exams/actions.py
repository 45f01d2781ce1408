"""What changes the exam papers: each loading is one transaction and one edition, all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from os import fsync
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import Resource
from preau.domains.exams.models import Correction, CorrectionPart, Exam, Exercise, Paper, code_of
from preau.domains.exams.queries import files

A_BATCH = 500


@dataclass(frozen=True)
class ExamDraft:
    """An exam, as the file of exams says it."""

    slug: str
    name: str
    short: str
    definition: str
    order: int


@dataclass(frozen=True)
class ExerciseDraft:
    """An exercise ready to be written. `facts`: its fields but paper, code and number."""

    number: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class CorrectionDraft:
    """Elements of correction ready to be written. `parts`: for each number of an exercise, its correction."""

    authors: Sequence[str]
    published: date
    intro: str
    parts: Mapping[str, str]
    pdf: bytes = field(default=b"", repr=False)
    pdf_digest: str = ""


@dataclass(frozen=True)
class PaperDraft:
    """A paper read, checked and cleaned. `facts`: its fields but key, exam, files and edition. `pdf`: the bytes of its file."""

    key: str
    digest: str
    facts: Mapping[str, Any]
    exercises: Sequence[ExerciseDraft]
    correction: CorrectionDraft | None = None
    resources: Sequence[str] = ()
    pdf: bytes = field(default=b"", repr=False)
    pdf_digest: str = ""


@dataclass
class Report:
    """What a loading did, or would do."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0
    exams: int = 0
    exercises: int = 0

    @property
    def written(self) -> int:
        return len(self.created) + len(self.changed) + self.exams


def publish(source: str, exams: Sequence[ExamDraft], drafts: Sequence[PaperDraft]) -> Report:
    """Bring the papers to what a source says. What it does not name stays. Run again with the same, it writes nothing.

    Files are on the disk before the transaction, under the digest of their bytes; those of a loading that fails are taken away.
    """
    new: list[str] = []
    try:
        with transaction.atomic():
            return _published(source, exams, drafts, new)
    except BaseException:
        for digest in new:
            files.path_of(digest).unlink(missing_ok=True)
        raise


def _published(
    source: str, exams: Sequence[ExamDraft], drafts: Sequence[PaperDraft], new: list[str]
) -> Report:
    report = Report(exams=_put_up(exams))
    known = _known(draft.key for draft in drafts)
    todo = [draft for draft in drafts if draft.key not in known or known[draft.key].digest != draft.digest]
    report.same = len(drafts) - len(todo)
    if not todo and not report.exams:
        return report
    edition = next_edition()
    work = _Work(source, edition, {exam.slug: exam for exam in Exam.objects.all()}, new)
    for draft in todo:
        (report.changed if draft.key in known else report.created).append(draft.key)
        report.exercises += len(draft.exercises)
        work.write(draft, known.get(draft.key))
    _tie(todo)
    if report.exams:
        # Their names are in the index beside each paper's own words.
        Paper.objects.update(edition=edition)
    return report


def _known(keys: Iterable[str]) -> dict[str, Paper]:
    """The rows of these keys, asked for by few at a time: a database holds only so many parameters."""
    every = list(keys)
    found: dict[str, Paper] = {}
    for start in range(0, len(every), A_BATCH):
        rows = Paper.objects.filter(key__in=every[start : start + A_BATCH]).defer("text", "intro")
        found |= {row.key: row for row in rows}
    return found


def _put_up(exams: Sequence[ExamDraft]) -> int:
    """Exams that are new or that changed; the number of those written."""
    known, written = {exam.slug: exam for exam in Exam.objects.all()}, 0
    for draft in exams:
        row = known.get(draft.slug) or Exam(slug=draft.slug)
        facts = {
            "name": draft.name,
            "short": draft.short,
            "definition": draft.definition,
            "order": draft.order,
        }
        if row.pk and all(getattr(row, name) == value for name, value in facts.items()):
            continue
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
        written += 1
    return written


class _Work:
    """One loading: what every paper of it shares."""

    def __init__(self, source: str, edition: int, exams: Mapping[str, Exam], new: list[str]) -> None:
        self.source, self.edition, self.exams, self.new = source, edition, exams, new
        self.today = timezone.localdate()

    def write(self, draft: PaperDraft, former: Paper | None) -> None:
        row = former or Paper(key=draft.key)
        row.exam = self.exams[draft.key.partition("/")[0]]
        for name, value in draft.facts.items():
            setattr(row, name, value)
        row.pdf = self._kept(draft.pdf, draft.pdf_digest, row.pdf)
        row.pdf_size = len(draft.pdf)
        row.changed = max(self.today, row.published) if former else row.published
        row.source, row.digest, row.edition = self.source, draft.digest, self.edition
        row.save()
        exercises = self._exercises(row, draft.exercises, is_new=former is None)
        if draft.correction or former:
            self._correct(row, draft.correction, exercises)

    def _exercises(self, row: Paper, drafts: Sequence[ExerciseDraft], *, is_new: bool) -> dict[str, Exercise]:
        """Those of the paper by their number. One that it no longer has stays, unseen: permalinks hold its code."""
        known = (
            {} if is_new else {exercise.number: exercise for exercise in Exercise.objects.filter(paper=row)}
        )
        made = []
        for rank, draft in enumerate(drafts, 1):
            one = known.get(draft.number) or Exercise(
                paper=row, number=draft.number, code=code_of(row.key, draft.number)
            )
            one.rank, one.is_gone = rank, False
            for name, value in draft.facts.items():
                setattr(one, name, value)
            if one.pk:
                one.save()
            else:
                made.append(one)
            known[draft.number] = one
        Exercise.objects.bulk_create(made)
        wanted = {draft.number for draft in drafts}
        if gone := [one.pk for number, one in known.items() if number not in wanted]:
            Exercise.objects.filter(pk__in=gone).update(is_gone=True)
        return {number: known[number] for number in wanted}

    def _correct(self, row: Paper, draft: CorrectionDraft | None, exercises: Mapping[str, Exercise]) -> None:
        former = Correction.objects.filter(paper=row).first()
        if draft is None:
            if former:
                self._drop_later(former.pdf)
                former.delete()
            return
        document = former or Correction(paper=row)
        document.authors, document.published, document.intro = (
            list(draft.authors),
            draft.published,
            draft.intro,
        )
        document.pdf = self._kept(draft.pdf, draft.pdf_digest, document.pdf)
        document.pdf_size = len(draft.pdf)
        document.save()
        CorrectionPart.objects.filter(correction=document).delete()
        parts = [
            CorrectionPart(correction=document, exercise=exercises[number], html=html)
            for number, html in draft.parts.items()
        ]
        CorrectionPart.objects.bulk_create(parts)

    def _kept(self, content: bytes, digest: str, former: str) -> str:
        """The digest under which the file lies; the former one goes once all is written."""
        if former and former != digest:
            self._drop_later(former)
        if digest and _write_file(content, digest):
            self.new.append(digest)
        return digest

    def _drop_later(self, digest: str) -> None:
        if digest:
            transaction.on_commit(partial(_drop, digest))


def _tie(drafts: Sequence[PaperDraft]) -> None:
    """The resources of the catalogue that each names."""
    named = [draft for draft in drafts if draft.resources]
    wanted = {key for draft in named for key in draft.resources}
    known = {row.key: row for row in Resource.objects.filter(key__in=wanted).only("key")} if wanted else {}
    papers = _known(draft.key for draft in named)
    for draft in named:
        papers[draft.key].resources.set([known[key] for key in draft.resources if key in known])


def _write_file(content: bytes, digest: str) -> bool:
    """Whether it was not there yet. Written whole under a passing name, then given its own."""
    path = files.path_of(digest)
    if path.is_file():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_name(f"{path.name}.{uuid4().hex}")
    with passing.open("xb") as file:
        file.write(content)
        file.flush()
        fsync(file.fileno())
    passing.replace(path)
    return True


def _drop(digest: str) -> None:
    """Take away a file that no paper and no correction holds any more."""
    held = Paper.objects.filter(pdf=digest).exists() or Correction.objects.filter(pdf=digest).exists()
    if not held:
        files.path_of(digest).unlink(missing_ok=True)
