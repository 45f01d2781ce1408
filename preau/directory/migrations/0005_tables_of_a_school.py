"""Tables of a school's own: what their headings mean, and deliveries that wait for somebody to say it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_rulings")]

    operations = [
        migrations.CreateModel(
            name="ColumnWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=20, verbose_name="tableau")),
                ("heading", models.CharField(max_length=120, verbose_name="titre")),
                ("rank", models.PositiveSmallIntegerField(default=0, verbose_name="rang")),
                ("field", models.CharField(blank=True, max_length=20, verbose_name="contenu")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_words",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "titre de colonne",
                "verbose_name_plural": "titres de colonnes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "table", "heading", "rank"), name="one_meaning_per_heading"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="matching",
            field=models.JSONField(blank=True, null=True, verbose_name="colonnes"),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("matching", "Colonnes à dire"),
                    ("received", "Reçue"),
                    ("reading", "Lecture en cours"),
                    ("preview", "À vérifier"),
                    ("blocked", "À approuver"),
                    ("applying", "Application en cours"),
                    ("done", "Appliquée"),
                    ("refused", "Refusée"),
                    ("dropped", "Abandonnée"),
                ],
                default="received",
                max_length=10,
                verbose_name="état",
            ),
        ),
    ]
