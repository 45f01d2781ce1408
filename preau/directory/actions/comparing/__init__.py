"""From what a file says to what must change: the comparison of one batch with the rows of one school.

Nothing is written here. `Changes` is then shown (preview) or written (`writing.write`).
"""

from preau.directory.actions.changes import Changes
from preau.directory.actions.comparing.families import Families
from preau.directory.actions.comparing.people import People
from preau.directory.actions.comparing.roles import Roles
from preau.directory.actions.comparing.schooling import Schooling


class Comparison(People, Roles, Schooling, Families):
    """One batch against one school. `warn(reason, key)` is told what is applied with a doubt."""

    def run(self) -> Changes:
        self.load()
        self.compare_people()
        if self.setting.school:
            self.compare_roles()
            self.compare_schooling()
        self.compare_families()
        return self.changes
