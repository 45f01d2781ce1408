"""Next year prepared beside this one. Additive: three new tables, that the site before it does not read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0007_merges_of_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="YearPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=9, verbose_name="nom")),
                ("starts", models.DateField(verbose_name="premier jour")),
                ("ends", models.DateField(verbose_name="dernier jour")),
                ("made_at", models.DateTimeField(verbose_name="commencé le")),
                ("switch_on", models.DateField(blank=True, null=True, verbose_name="jour de la bascule")),
                (
                    "leave_undecided",
                    models.BooleanField(
                        default=False, verbose_name="laisser sans classe les élèves à décider"
                    ),
                ),
                ("switched_at", models.DateTimeField(blank=True, null=True, verbose_name="basculé le")),
                (
                    "switched_on",
                    models.DateField(blank=True, null=True, verbose_name="premier jour de la nouvelle année"),
                ),
                ("before", models.JSONField(blank=True, default=dict, verbose_name="ce qui a été écrit")),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="year_switches_asked",
                        to="directory.person",
                        verbose_name="demandé par",
                    ),
                ),
                (
                    "from_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans_from",
                        to="directory.schoolyear",
                        verbose_name="année en cours",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="year_plans_made",
                        to="directory.person",
                        verbose_name="commencé par",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="year_plans",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "to_year",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plans_to",
                        to="directory.schoolyear",
                        verbose_name="année ouverte",
                    ),
                ),
            ],
            options={
                "verbose_name": "préparation de rentrée",
                "verbose_name_plural": "préparations de rentrée",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("switched_at", None)),
                        fields=("school",),
                        name="one_open_year_plan_per_school",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="planned_year_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                ("level", models.CharField(blank=True, max_length=20, verbose_name="niveau")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="teams_kept",
                        to="directory.group",
                        verbose_name="équipe reconduite",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="classes",
                        to="directory.yearplan",
                        verbose_name="préparation de rentrée",
                    ),
                ),
            ],
            options={
                "verbose_name": "classe de la rentrée",
                "verbose_name_plural": "classes de la rentrée",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "name"), name="one_planned_class_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("moves", "Passe"),
                            ("repeats", "Redouble"),
                            ("leaves", "Part"),
                            ("staff_leaves", "Quitte l’établissement"),
                        ],
                        max_length=12,
                        verbose_name="suite",
                    ),
                ),
                ("elsewhere", models.CharField(blank=True, max_length=120, verbose_name="où")),
                ("decided_at", models.DateTimeField(verbose_name="décidé le")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="placements_made",
                        to="directory.person",
                        verbose_name="décidé par",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="directory.person",
                        verbose_name="personne",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="directory.plannedclass",
                        verbose_name="classe de la rentrée",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="directory.yearplan",
                        verbose_name="préparation de rentrée",
                    ),
                ),
            ],
            options={
                "verbose_name": "suite à la rentrée",
                "verbose_name_plural": "suites à la rentrée",
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "person"), name="one_placement_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["moves", "repeats"]), ("target__isnull", False)),
                            models.Q(("outcome__in", ["leaves", "staff_leaves"]), ("target__isnull", True)),
                            _connector="OR",
                        ),
                        name="placement_names_its_class",
                    ),
                ],
            },
        ),
    ]
