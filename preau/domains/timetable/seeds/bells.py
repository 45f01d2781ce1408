"""When the bells ring in the three kinds of school."""

from datetime import time

from preau.directory.models import School
from preau.domains.timetable.seeds.puzzle import Bells

COLLEGE = Bells(
    hours=[
        (time(8, 5), time(9, 0)),
        (time(9, 0), time(9, 55)),
        (time(10, 15), time(11, 10)),
        (time(11, 10), time(12, 5)),
        (time(13, 10), time(14, 5)),
        (time(14, 5), time(15, 0)),
        (time(15, 0), time(15, 55)),
        (time(16, 10), time(17, 5)),
    ],
    pairs=[(0, 1), (2, 3), (4, 5), (5, 6)],
    on_wednesday=4,
    dislike={4: 6, 7: 8},
)
LYCEE = Bells(
    hours=[
        (time(8, 5), time(9, 0)),
        (time(9, 0), time(9, 55)),
        (time(10, 10), time(11, 5)),
        (time(11, 5), time(12, 0)),
        (time(12, 0), time(12, 55)),
        (time(13, 0), time(13, 55)),
        (time(13, 55), time(14, 50)),
        (time(15, 5), time(16, 0)),
        (time(16, 0), time(16, 55)),
        (time(16, 55), time(17, 50)),
    ],
    pairs=[(0, 1), (2, 3), (5, 6), (7, 8), (8, 9)],
    on_wednesday=5,
    lunch=(4, 5),
    dislike={4: 6, 5: 4, 8: 4, 9: 10},
)
BELLS = {School.Kind.LYCEE: LYCEE}
# Half-days of the first degree, on four days.
ECOLE = [
    (time(8, 30), time(10, 0)),
    (time(10, 15), time(11, 30)),
    (time(13, 30), time(15, 0)),
    (time(15, 15), time(16, 30)),
]
ECOLE_DAYS = (0, 1, 3, 4)
