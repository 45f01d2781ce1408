"""An import that is killed leaves whole schools or nothing of them, and running it again ends where a clean run ends."""

from bench.imports import killed


def test_a_killed_import_run_again_ends_like_one_that_nobody_killed() -> None:
    """One kill of a real process; `make bench-imports` kills twenty times."""
    assert killed(kills=1, schools=3, people=900, seed=7) == 0
