"""Time drawn to scale: hours that hold the day, blocks at their steps, side by side where they meet, and what is free."""

from datetime import UTC, datetime
from types import SimpleNamespace

from django.template import engines

from preau.foundation.scales import LONGEST, MOST_LANES, Block, DayPlan, gaps, plan_of, share_of


def block(starts: int, ends: int, title: str = "Maths") -> Block:
    return Block(title, starts, ends, hours="8 h", begins="8 h")


def placed(*blocks: Block) -> list[tuple[int, int, int, int]]:
    plan = plan_of([DayPlan("Lundi", "Lun.", blocks)])
    return [(block.at, block.steps, block.lane, block.lanes) for block in plan.days[0].blocks]


def drawn(template: str, **names: object) -> str:
    return engines["pages"].from_string(template).render(names)


def test_a_plan_holds_the_first_hour_and_the_last() -> None:
    plan = plan_of(
        [DayPlan("Lundi", "Lun.", (block(485, 540),)), DayPlan("Mardi", "Mar.", (block(600, 1010),))]
    )
    assert (plan.scale.first, plan.scale.last, plan.steps) == (8, 17, 108)
    assert plan.marks[:2] == [("8\u00a0h", 0), ("9\u00a0h", 12)]


def test_a_day_of_nothing_has_the_hours_of_a_school() -> None:
    plan = plan_of([DayPlan("Lundi", "Lun.")])
    assert (plan.scale.first, plan.scale.last) == (8, 17) and plan.days[0].blocks == ()


def test_height_is_time() -> None:
    assert placed(block(485, 540), block(615, 725)) == [(1, 11, 0, 1), (27, 22, 0, 1)]


def test_a_block_of_a_minute_is_seen_and_a_very_long_day_is_cut_at_its_end() -> None:
    assert placed(block(480, 481))[0][1] == 1
    plan = plan_of([DayPlan("Lundi", "Lun.", (block(0, 1440),))])
    assert plan.steps == LONGEST and plan.days[0].blocks[0].steps == LONGEST


def test_what_meets_stands_side_by_side_and_what_follows_has_the_whole_width() -> None:
    assert placed(block(480, 540), block(500, 560), block(560, 600)) == [
        (0, 12, 0, 2),
        (4, 12, 1, 2),
        (16, 8, 0, 1),
    ]


def test_a_lane_that_is_free_again_is_used_again() -> None:
    lanes = [
        (lane, lanes)
        for _at, _steps, lane, lanes in placed(block(480, 600), block(480, 520), block(530, 590))
    ]
    assert lanes == [(0, 2), (1, 2), (1, 2)]


def test_thirty_lessons_at_once_take_four_lanes_and_all_are_there() -> None:
    found = placed(*(block(480, 540, f"Groupe {number}") for number in range(30)))
    assert len(found) == 30
    assert max(lanes for _at, _steps, _lane, lanes in found) == MOST_LANES
    assert all(at + steps <= 12 for at, steps, _lane, _lanes in found)


def test_what_is_free_is_between_two_blocks_and_longer_than_a_break() -> None:
    assert gaps([block(480, 540), block(555, 610), block(670, 700)]) == [(610, 670)]
    assert gaps([block(480, 700), block(500, 540), block(690, 710)]) == []
    assert gaps([]) == []


def test_now_is_marked_only_within_the_hours_that_are_shown() -> None:
    day = DayPlan("Lundi", "Lun.", (block(485, 540),))
    assert plan_of([day], 500, "8 h 20").now == 4
    assert (plan_of([day], 1200, "20 h").now, plan_of([day], 1200, "20 h").now_said) == (None, "")


def test_a_long_time_of_nothing_is_as_tall_as_an_hour() -> None:
    """A lesson until 16 h and an evening at 20 h: 17 h, 18 h and 19 h are one; what is free then is drawn as tall as it stands."""
    morning, free, evening = block(900, 960), Block("Libre", 960, 1210, kind="free"), block(1210, 1260)
    plan = plan_of([DayPlan("Lundi", "Lun.", (morning, free, evening))], 1110, "18 h 30")
    assert plan.scale.folded == ((16, 20),) and plan.steps == 36
    assert [label for label, _step in plan.marks] == ["15\u00a0h", "16\u00a0h", "20\u00a0h"]
    assert [(b.at, b.steps) for b in plan.days[0].blocks] == [(0, 12), (12, 14), (26, 10)]
    assert plan.now == 19
    # Two hours stay as they are; so does all of it where lessons are moved, and where another day has something then.
    assert plan_of([DayPlan("L", "L", (block(900, 960), block(1080, 1140)))]).scale.folded == ()
    moved = Block("", 900, 960, moves=60)
    assert plan_of([DayPlan("L", "L", (moved, evening))]).scale.folded == ()
    other = DayPlan("M", "M", (block(1080, 1140),))
    assert plan_of([DayPlan("L", "L", (morning, evening)), other]).scale.folded == ()


def test_how_much_has_gone_by() -> None:
    starts, ends = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
    at = [
        datetime(2026, 11, 24, 8, 59, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 15, tzinfo=UTC),
        datetime(2026, 11, 24, 11, tzinfo=UTC),
    ]
    assert [share_of(starts, ends, now) for now in at] == [0, 25, 100]
    assert share_of(starts, starts, ends) == 0


def test_a_day_is_a_list_in_the_order_of_its_hours_with_its_subjects_and_what_is_not_held() -> None:
    look = SimpleNamespace(key="maths", icon="calculator")
    blocks = (
        Block(
            "Musique",
            600,
            655,
            hours="10 h",
            look=look,
            is_off=True,
            tags=(("Cours non assuré", "changed", ""),),
        ),
        Block("5e B", 485, 540, hours="8 h 05", href="/seances/1/", look=look, is_now=True),
    )
    page = drawn("{{ ui.day(plan) }}", plan=plan_of([DayPlan("Lundi", "Lun.", blocks)]))
    assert page.index("5<sup>e</sup>") < page.index("<s>Musique</s>")
    assert page.count('data-subject="maths"') == 2 and "en ce moment" in page
    assert "Cours non assuré" in page and "style=" not in page


def test_a_week_has_a_heading_a_day_and_says_when_there_is_nothing() -> None:
    days = [
        DayPlan("Lundi 23", "Lun. 23", (block(485, 540),), href="?jour=a"),
        DayPlan("Samedi 28", "Sam. 28", is_today=True),
    ]
    page = drawn("{{ ui.week(plan) }}", plan=plan_of(days))
    assert page.count("<h2>") == 2 and "Pas de cours." in page and "aujourd’hui" in page


def test_a_name_of_forty_letters_is_written_whole() -> None:
    name = "Enseignement de spécialité numérique etc."
    assert name in drawn(
        "{{ ui.ribbon(plan, 'La journée') }}", plan=plan_of([DayPlan("L", "L", (block(485, 540, name),))])
    )


def test_each_side_keeps_its_own_all_day() -> None:
    blocks = [
        Block("Nina", 480, 540, side=0),
        Block("Hugo", 510, 570, side=1),
        Block("Hugo seul", 600, 660, side=1),
        Block("Nina puis", 700, 760, side=0),
        Block("Nina aussi", 700, 760, side=0),
    ]
    (day,) = plan_of([DayPlan("", "", tuple(blocks))]).days
    assert [(one.title, one.lane, one.lanes) for one in day.blocks] == [
        ("Nina", 0, 2),
        ("Hugo", 1, 2),
        ("Hugo seul", 1, 2),
        ("Nina puis", 0, 4),
        ("Nina aussi", 1, 4),
    ]
