"""Two new tables, empty: who is kept longer after they left, and of whom a school was told that they go. No row changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_tables_of_a_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaver",
            fields=[],
            options={
                "verbose_name": "personne partie",
                "verbose_name_plural": "personnes parties",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("directory.person",),
        ),
        migrations.CreateModel(
            name="ErasureNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_on", models.DateField(verbose_name="dit le")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasure_notice",
                        to="directory.person",
                        verbose_name="personne",
                    ),
                ),
            ],
            options={
                "verbose_name": "annonce d’effacement",
                "verbose_name_plural": "annonces d’effacement",
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_day", models.DateField(verbose_name="dernier jour")),
                ("reason", models.CharField(max_length=300, verbose_name="raison")),
                ("held_at", models.DateTimeField(verbose_name="demandé le")),
                (
                    "held_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="holds_made",
                        to="directory.person",
                        verbose_name="demandé par",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="directory.person",
                        verbose_name="personne",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "conservation prolongée",
                "verbose_name_plural": "conservations prolongées",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "school"), name="one_hold_per_person_and_school"
                    )
                ],
            },
        ),
    ]
