"""Mutants that change nothing, looked at one by one: the key that `make mutate` prints, and why no test can tell."""

YOUNG = "An unknown age counts as too young: any number under the limit says so."
ATTENDANCE = "preau/domains/attendance/rules.py: return (viewer.person.age_on(viewer.today) or 0) >= MAJORITY"
PICTURE = "preau/identity/rules.py: return (viewer.person.age_on(viewer.today) or 0) >= PICTURE_AGE"
RANKED = "Unknown roles have the same rank: the line says to a reader that this one was thought of."
BELOW = "The office stands above every pupil: the last line of the rule says the same of it."

EQUIVALENT: dict[str, str] = {
    f"{ATTENDANCE}: 0 → 1": YOUNG,
    f"{ATTENDANCE}: 0 → -1": YOUNG,
    f"{PICTURE}: 0 → 1": YOUNG,
    f"{PICTURE}: 0 → -1": YOUNG,
    "preau/identity/rules.py: Role.TEACHER: 2,: without Role.TEACHER": RANKED,
    "preau/identity/rules.py: Role.LIBRARIAN: 2,: without Role.LIBRARIAN": RANKED,
    "preau/identity/rules.py: Role.ASSISTANT: 2,: without Role.ASSISTANT": RANKED,
    "preau/identity/rules.py: if standing.is_only_pupil and viewer.holds(Role.SCHOOL_LIFE, *OFFICE):: without *OFFICE": BELOW,
}
