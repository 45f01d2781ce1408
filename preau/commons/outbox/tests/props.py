"""Objects of outbox for the tests of pages: one of the cast's own, or many more."""

from preau.commons.outbox.models import Letter
from preau.directory.seeds.world import World


def many_letters(college: World, count: int) -> None:
    for number in range(count):
        Letter.objects.create(to="a@famille.example", subject=f"Lettre {number}", body="…")
