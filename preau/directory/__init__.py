"""Floor 1: territories, schools, years, people, families, classes and groups, roles; and the Viewer built on them."""
