"""A valid body for every route that takes a POST: what a person who may would send from its page, as its house says it.

The isolation matrix sends it as everybody, with the ids of others put in; the behaviour nets send it twice, and without
a session. A route without a body fails both.
"""

from tests.declared import Body, Data, gathered
from tests.net.matrix_cast import runs_the_platform

__all__ = ["BODIES", "Body", "Data", "runs_the_platform"]

BODIES: dict[str, Body] = gathered().bodies
