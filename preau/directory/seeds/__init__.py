"""Invented schools and people: the world of the demonstration and of the tests, and academies that deliver AAF files."""

from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.guests import let_in
from preau.directory.seeds.names import FAMILY, FATHERS, GIVEN, MOTHERS
from preau.directory.seeds.plans import Academy, Degree, SchoolPlan
from preau.directory.seeds.scale import scale_academy
from preau.directory.seeds.siecle import write_siecle
from preau.directory.seeds.world import (
    CLASSES,
    SUBJECTS,
    World,
    add_sibling_elsewhere,
    hold,
    make_parent_of,
    plant,
    plant_families,
    plant_school,
    plant_staff,
    school_year_around,
)

__all__ = [
    "CLASSES",
    "FAMILY",
    "FATHERS",
    "GIVEN",
    "MOTHERS",
    "SUBJECTS",
    "Academy",
    "Degree",
    "SchoolPlan",
    "World",
    "add_sibling_elsewhere",
    "demo_academy",
    "hold",
    "let_in",
    "make_parent_of",
    "plant",
    "plant_families",
    "plant_school",
    "plant_staff",
    "scale_academy",
    "school_year_around",
    "write_delivery",
    "write_siecle",
]
