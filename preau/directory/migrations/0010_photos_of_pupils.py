"""Photos of pupils, and who agrees to them. Two new tables: the site before it knows nothing of them."""

import django.db.models.deletion
from django.db import migrations, models

import preau.directory.models.photos


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0009_guests_and_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhotoConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("", "Pas encore répondu"), ("yes", "D’accord"), ("no", "Pas d’accord")],
                        max_length=3,
                        verbose_name="réponse",
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True, verbose_name="demandée le")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="donnée le")),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo_answers",
                        to="directory.person",
                        verbose_name="qui répond",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo_consents",
                        to="directory.person",
                        verbose_name="élève",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo_consents",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photo_consents",
                        to="directory.schoolyear",
                        verbose_name="année",
                    ),
                ),
            ],
            options={
                "verbose_name": "accord pour une photo",
                "verbose_name_plural": "accords pour une photo",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "pupil", "giver"), name="one_photo_answer_per_year_and_giver"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PupilPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "picture",
                    models.FileField(
                        upload_to=preau.directory.models.photos.photo_path, verbose_name="photo"
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="mise le")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="school_photos",
                        to="directory.person",
                        verbose_name="élève",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pupil_photos",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="photos_taken",
                        to="directory.person",
                        verbose_name="mise par",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo d’élève",
                "verbose_name_plural": "photos d’élèves",
                "constraints": [
                    models.UniqueConstraint(fields=("school", "pupil"), name="one_photo_per_pupil_and_school")
                ],
            },
        ),
    ]
