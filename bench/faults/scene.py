"""The school in which people write, beside its twin; and who of them does what. Imported once Django is ready."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from bench.faults.browser import TWIN, Browser, Watch
from bench.faults.checks import steps_of
from bench.faults.ledger import Ledger
from bench.faults.people import CodeGiver, Corrector, Family, Person, RollCaller
from preau.directory.models import Person as Someone
from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry
from preau.domains.timetable.models import Lesson
from preau.foundation import boards
from preau.identity.models import Account
from preau.identity.seeds import CAST, PASSWORD
from preau.portal import demo

CLASSES = [("6e A", "6e"), ("5e B", "5e")]
LESSONS_EACH = 3


def plant() -> None:
    """Two small schools in an empty database."""
    call_command("migrate", verbosity=0)
    today = timezone.localdate()
    for fields in ({}, {"uai": "0359999Z", "school_name": "Collège", "mark": TWIN}):
        world = World(today=today, pupils_a_class=10, classes=list(CLASSES), **fields)
        with transaction.atomic():
            for seed in boards.seeds:
                seed.plant(world)
    demo.refresh()


class Scene:
    """Everyone's browsers and the rows that each keeps to."""

    def __init__(self, address: str) -> None:
        self.address, self.chance = address, random.Random()
        self.watch, self.ledger = Watch(), Ledger()
        self.school = School.objects.exclude(name__contains=TWIN).get()
        self.free = self._lessons_without_roll()
        self.people = list(self._people())

    def browser(self, key: str) -> Browser:
        browser = Browser(self.address, key, self.watch)
        browser.sign_in(CAST[key], PASSWORD)
        return browser

    def _lessons_without_roll(self) -> Iterator[int]:
        """Past lessons of the school whose roll nobody has called, the latest first."""
        past = Lesson.objects.filter(school=self.school, ends__lt=timezone.now(), roll_call=None)
        return iter(list(past.order_by("-starts").values_list("pk", flat=True)))

    def lessons(self) -> list[int]:
        return [next(self.free) for _ in range(LESSONS_EACH)]

    def _who(self, key: str) -> tuple[Browser, Ledger, random.Random]:
        return self.browser(key), self.ledger, random.Random(self.chance.random())

    def _people(self) -> Iterator[Person]:
        now = timezone.now()
        teacher = Account.objects.get(login=CAST["teacher"]).person
        own = (
            Lesson.objects.taught_by(teacher)
            .filter(starts__lte=now, ends__gt=now)
            .values_list("pk", flat=True)
        )
        yield RollCaller(*self._who("teacher"), lessons=list(own))
        yield RollCaller(*self._who("cpe"), lessons=self.lessons())
        yield RollCaller(*self._who("head"), lessons=self.lessons())
        seeded = Entry.objects.filter(school=self.school).select_related("lesson")
        pupil = Account.objects.get(login=CAST["pupil"]).person
        entries = {entry.pk: (entry.lesson_id, entry.pupil_id) for entry in seeded.exclude(pupil=pupil)[:8]}
        for pair in entries.values():
            self.ledger.begin(("entry", *pair), steps_of(*pair))
        yield Corrector(*self._who("cpe"), entries=entries)
        missed = seeded.filter(pupil=pupil).absences().order_by("pk")
        for key, entry in zip(("guardian", "other_guardian"), missed, strict=False):
            yield Family(*self._who(key), entry=entry.pk, cpe=self.browser("cpe"))
        other = Someone.objects.filter(enrolments__group__school=self.school, account=None).order_by("pk")[0]
        yield CodeGiver(*self._who("secretary"), pupil=other.public_id, key=other.pk)

    def rest(self) -> timedelta:
        return timedelta(seconds=self.chance.uniform(0.5, 1.3))
