"""Seating plans: their places, who sits there, and what undoing would put back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0008_announcements_papers_and_visits"),
        ("directory", "0010_photos_of_pupils"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatingPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=40, verbose_name="nom")),
                ("rows", models.PositiveSmallIntegerField(default=5, verbose_name="rangs")),
                ("columns", models.PositiveSmallIntegerField(default=6, verbose_name="places par rang")),
                (
                    "gaps",
                    models.JSONField(blank=True, default=list, verbose_name="places qui n’existent pas"),
                ),
                ("aisles", models.JSONField(blank=True, default=list, verbose_name="allées")),
                ("revision", models.PositiveIntegerField(default=0, verbose_name="nombre de changements")),
                ("made_at", models.DateTimeField(verbose_name="fait à")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seating_plans",
                        to="directory.group",
                        verbose_name="classe ou groupe",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seating_plans",
                        to="directory.person",
                        verbose_name="fait par",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seating_plans",
                        to="directory.room",
                        verbose_name="salle",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seating_plans",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan de classe",
                "verbose_name_plural": "plans de classe",
                "ordering": ["room__name", "name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("room__isnull", False)),
                        fields=("group", "room", "name"),
                        name="one_plan_per_room_and_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("room", None)),
                        fields=("group", "name"),
                        name="one_plan_per_name_without_room",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("columns__range", (1, 12)), ("rows__range", (1, 10))),
                        name="plan_has_places",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rang")),
                (
                    "column",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="place dans le rang"
                    ),
                ),
                ("in_front", models.BooleanField(default=False, verbose_name="devant")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="directory.person",
                        verbose_name="élève",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="attendance.seatingplan",
                        verbose_name="plan de classe",
                    ),
                ),
            ],
            options={
                "verbose_name": "place d’un élève",
                "verbose_name_plural": "places des élèves",
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "pupil"), name="one_seat_per_pupil_and_plan"),
                    models.UniqueConstraint(
                        condition=models.Q(("row__isnull", False)),
                        fields=("plan", "row", "column"),
                        name="one_pupil_per_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("column", None), ("row", None)),
                            models.Q(("column__gte", 1), ("row__gte", 1)),
                            _connector="OR",
                        ),
                        name="seat_is_a_place_or_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatingStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField(verbose_name="plan d’avant")),
                ("made_at", models.DateTimeField(verbose_name="changé à")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seating_steps",
                        to="directory.person",
                        verbose_name="changé par",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="attendance.seatingplan",
                        verbose_name="plan de classe",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seating_steps",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’un plan de classe",
                "verbose_name_plural": "étapes des plans de classe",
                "ordering": ["-pk"],
            },
        ),
    ]
