"""Reading the cahier de textes: a teacher's lessons, what families have to do, what weighs on a class."""
