"""Who was let in and why, functions to correct, reviews of who may do what; for whom a delivery was brought. No row changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0008_years_prepared"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="brought_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deliveries_brought_for",
                to="directory.person",
                verbose_name="déposée pour",
            ),
        ),
        migrations.CreateModel(
            name="AccessDoubt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("noted_at", models.DateTimeField(verbose_name="signalé le")),
                (
                    "holding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="doubt",
                        to="directory.holding",
                        verbose_name="fonction",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="doubts_noted",
                        to="directory.person",
                        verbose_name="signalé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "fonction à corriger",
                "verbose_name_plural": "fonctions à corriger",
            },
        ),
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_at", models.DateTimeField(verbose_name="faite le")),
                ("people", models.PositiveIntegerField(verbose_name="personnes")),
                ("given", models.PositiveIntegerField(verbose_name="droits confiés")),
                ("guests", models.PositiveIntegerField(verbose_name="personnes invitées")),
                ("doubts", models.PositiveIntegerField(verbose_name="fonctions à corriger")),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reviews_done",
                        to="directory.person",
                        verbose_name="faite par",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_reviews",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "revue des accès",
                "verbose_name_plural": "revues des accès",
                "ordering": ["-done_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Guest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="raison")),
                ("invited_at", models.DateTimeField(verbose_name="invitée le")),
                (
                    "holding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guest",
                        to="directory.holding",
                        verbose_name="fonction",
                    ),
                ),
            ],
            options={
                "verbose_name": "personne invitée",
                "verbose_name_plural": "personnes invitées",
            },
        ),
    ]
