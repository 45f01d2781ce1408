"""The civil registry of an invented academy: keys, families, children, staff; the same for the same seed."""

import re
from datetime import date, timedelta
from itertools import count
from random import Random

from preau.directory.seeds import names
from preau.directory.seeds.nomenclatures import (
    CHILD_WELFARE,
    CONTACT,
    EDUCATOR,
    FATHER,
    FOSTER,
    GRANDPARENT,
    IN_CHARGE,
    MOTHER,
    OTHER,
    OTHER_FAMILY,
    SIBLING,
    TUTOR,
    UNSAID,
    Level,
)
from preau.directory.seeds.plans import Address, FamilyPlan, GuardianPlan, Link
from preau.foundation.text import fold

MADAM, SIR = "Mme", "M."
SHAPES = {"together": 68, "apart": 20, "alone": 8, "kept by kin": 3, "ward": 1}
BETWEEN_SIBLINGS = timedelta(days=300)


def mail_of(given: str, family: str, domain: str) -> str:
    """claire.moreau@…: without what a mail address cannot hold."""
    words = [re.sub(r"[^a-z0-9]", "", fold(word)) for word in (given, family)]
    return f"{'.'.join(word for word in words if word)}@{domain}"


class Registry:
    """Draws people from one chance. Keys follow one another; nothing else is remembered."""

    def __init__(self, seed: int, first_key: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - invented people, not secrets
        self._keys = count(first_key)

    def key(self) -> str:
        return str(next(self._keys))

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def address(self) -> Address:
        postcode_town = self.chance.choice(names.TOWNS)
        line = f"{self.chance.randint(1, 120)} {self.chance.choice(names.STREETS)}"
        return Address(line, postcode_town[1], postcode_town[0])

    def phone(self, prefix: str) -> str:
        """A number of the blocks that the regulator keeps for fiction."""
        digits = f"{self.chance.randint(0, 9999):04d}"
        return f"+33 {prefix} {digits[:2]} {digits[2:]}"

    def guardian(
        self, civility: str, given: str, family: str, home: Address, birth_name: str = ""
    ) -> GuardianPlan:
        key = self.key()
        return GuardianPlan(
            key=key,
            civility=civility,
            given=given,
            family=family,
            birth_name=birth_name,
            home=home,
            mail="" if self.happens(0.08) else mail_of(given, f"{family}{key}", "famille.example"),
            mobile=self.phone("6 39 98") if self.happens(0.92) else "",
            home_phone=self.phone("2 61 91") if self.happens(0.3) else "",
        )

    def institution(self, name: str) -> GuardianPlan:
        """A guardian that is nobody: no given name, no civility."""
        office = Address("1 avenue de la Préfecture", "35000", "RENNES")
        return GuardianPlan(
            key=self.key(), civility="", given="", family=name, home=office, home_phone=self.phone("2 61 91")
        )

    def family(self, shape: str = "", name: str = "") -> FamilyPlan:
        """The guardians of children to come, of a shape met as often as in a real school."""
        origin = names.origin_for(self.chance)
        name = name or self.chance.choice(origin.families)
        shape = shape or self.chance.choices(list(SHAPES), list(SHAPES.values()))[0]
        if shape == "ward":
            return self._ward(origin, name)
        if shape == "kept by kin":
            return self._kept_by_kin(origin, name)
        return self._of_parents(origin, name, shape)

    def _of_parents(self, origin: names.Origin, name: str, shape: str) -> FamilyPlan:
        home = self.address()
        own_name = self.chance.choice(names.origin_for(self.chance).families)
        same_name = shape != "alone" and self.happens(0.7)
        mother = self.guardian(
            MADAM, self.chance.choice(origin.women), name if same_name else own_name, home, own_name
        )
        links = [Link(mother, MOTHER, bills=True, paid=True)]
        if shape == "alone":
            mother.family = name
        else:
            elsewhere = self.address() if shape == "apart" else home
            father = self.guardian(SIR, self.chance.choice(origin.men), name, elsewhere)
            links.append(Link(father, FATHER, bills=shape == "apart"))
        if self.happens(0.12):
            links.append(self._to_call(origin))
        both = f"{name}-{own_name}" if name != own_name and self.happens(0.08) else name
        return FamilyPlan(both, origin, links, birth_name=name)

    def _to_call(self, origin: names.Origin) -> Link:
        """Somebody to call: deliveries say level 3 for most of them and nothing (0) for the others."""
        family, given = self.chance.choice(origin.families), self.chance.choice(origin.women)
        kinship = self.chance.choice([GRANDPARENT, OTHER_FAMILY, OTHER_FAMILY, SIBLING, OTHER])
        level = self.chance.choice([CONTACT, CONTACT, UNSAID])
        return Link(self.guardian(MADAM, given, family, self.address()), kinship, level, contact=True)

    def _kept_by_kin(self, origin: names.Origin, name: str) -> FamilyPlan:
        """A grandmother who takes care of the child of a mother away, or a tutor alone."""
        elder = self.guardian(MADAM, self.chance.choice(origin.women), name, self.address())
        if self.happens(0.4):
            return FamilyPlan(name, origin, [Link(elder, TUTOR, bills=True, paid=True)])
        mother = self.guardian(MADAM, self.chance.choice(origin.women), name, self.address())
        cared_for = [Link(elder, GRANDPARENT, IN_CHARGE, paid=True), Link(mother, MOTHER, bills=True)]
        return FamilyPlan(name, origin, cared_for)

    def _ward(self, origin: names.Origin, name: str) -> FamilyPlan:
        """A child of the State, in the care of a foster family, with an educator to call."""
        foster, educator = (
            self.guardian(
                MADAM, self.chance.choice(there.women), self.chance.choice(there.families), self.address()
            )
            for there in (names.origin_for(self.chance), names.origin_for(self.chance))
        )
        welfare = self.institution("AIDE SOCIALE À L'ENFANCE")
        links = [
            Link(foster, FOSTER, IN_CHARGE),
            Link(welfare, CHILD_WELFARE, bills=True, paid=True),
            Link(educator, EDUCATOR, CONTACT, contact=True),
        ]
        return FamilyPlan(name, origin, links)

    def birth(self, level: Level, year: int) -> date:
        """A day of the civil year in which most pupils of a level are born; a few are a year older or younger."""
        late = self.chance.choices([0, 1, -1], [93, 6, 1])[0]
        return date(year - level.age - late, 1, 1) + timedelta(days=self.chance.randrange(365))

    def child_names(self, origin: names.Origin) -> tuple[str, str, tuple[str, ...]]:
        """Civility, first name and all the given names of a child: of the family's origin, or of everyone's."""
        source = origin if self.happens(0.65) else names.HERE
        civility = self.chance.choice([MADAM, SIR])
        given = source.girls if civility == MADAM else source.boys
        more = self.chance.sample(given, self.chance.choice([1, 1, 2, 3]))
        return civility, more[0], tuple(more)

    def adult_names(self) -> tuple[str, str, str]:
        """Civility, first name and family name of somebody who works in a school."""
        origin = names.origin_for(self.chance)
        civility = self.chance.choice([MADAM, MADAM, SIR])
        given = self.chance.choice(origin.women if civility == MADAM else origin.men)
        return civility, given, self.chance.choice(origin.families)


def may_be_sibling(kin: FamilyPlan, birth: date) -> bool:
    """Three children at most, and none born within the months of another."""
    return len(kin.births) < 3 and all(abs(other - birth) > BETWEEN_SIBLINGS for other in kin.births)
