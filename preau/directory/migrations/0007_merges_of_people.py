"""Two rows of one human being merged, and two people told apart; a second key. Additive: the site before it reads and writes as it did."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0006_departures"),
    ]

    operations = [
        migrations.AddField(
            model_name="externalid",
            name="is_second",
            field=models.BooleanField(db_default=False, default=False, verbose_name="seconde clé"),
        ),
        migrations.CreateModel(
            name="Distinction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="dit le")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="distinctions_made",
                        to="directory.person",
                        verbose_name="dit par",
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.person",
                        verbose_name="une personne",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.person",
                        verbose_name="l’autre",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="distinctions",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "personnes distinctes",
                "verbose_name_plural": "personnes distinctes",
                "constraints": [
                    models.UniqueConstraint(fields=("school", "one", "other"), name="two_people_said_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="two_people_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="réunies le")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="séparées le")),
                ("before", models.JSONField(blank=True, default=list, verbose_name="ce qui était écrit")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merges_made",
                        to="directory.person",
                        verbose_name="réunies par",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges_kept",
                        to="directory.person",
                        verbose_name="fiche gardée",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges_left",
                        to="directory.person",
                        verbose_name="fiche réunie",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merges_undone",
                        to="directory.person",
                        verbose_name="séparées par",
                    ),
                ),
            ],
            options={
                "verbose_name": "fusion de deux fiches",
                "verbose_name_plural": "fusions de fiches",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("other",),
                        name="one_standing_merge_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("other")), _negated=True),
                        name="merge_of_two_people",
                    ),
                ],
            },
        ),
    ]
