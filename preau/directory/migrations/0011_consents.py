"""What is asked of families, what they answered, and whether parents of pupils of age still follow. Three new tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0010_photos_of_pupils"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=40, verbose_name="à quoi cela sert")),
                ("about", models.CharField(blank=True, default="", max_length=24, verbose_name="objet")),
                (
                    "words",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="où et quoi"),
                ),
                (
                    "version",
                    models.CharField(blank=True, default="", max_length=32, verbose_name="version du texte"),
                ),
                ("asked_at", models.DateTimeField(verbose_name="demandé le")),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="rappelé le")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="plus demandé depuis le")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="directory.person",
                        verbose_name="demandé par",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.school",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directory.schoolyear",
                        verbose_name="année",
                    ),
                ),
            ],
            options={
                "verbose_name": "autorisation demandée",
                "verbose_name_plural": "autorisations demandées",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("year", "purpose", "about", "words", "version"),
                        name="one_open_request_of_a_text",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("own", "pour soi"), ("guardian", "comme responsable")],
                        max_length=8,
                        verbose_name="en tant que",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[("yes", "D’accord"), ("no", "Pas d’accord")],
                        max_length=3,
                        verbose_name="réponse",
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="donnée le")),
                (
                    "way",
                    models.CharField(
                        choices=[("here", "ici"), ("paper", "sur papier"), ("beside", "lu avec un adulte")],
                        default="here",
                        max_length=6,
                        verbose_name="comment",
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents_given",
                        to="directory.person",
                        verbose_name="qui répond",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="directory.person",
                        verbose_name="notée par",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="directory.person",
                        verbose_name="de qui il s’agit",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="directory.consentrequest",
                        verbose_name="autorisation demandée",
                    ),
                ),
            ],
            options={
                "verbose_name": "autorisation",
                "verbose_name_plural": "autorisations",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["request", "person"], name="consents_of_a_pupil")],
            },
        ),
        migrations.CreateModel(
            name="FamilyClosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closed_at", models.DateTimeField(verbose_name="fermé le")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="rouvert le")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="family_closures",
                        to="directory.person",
                        verbose_name="élève majeur",
                    ),
                ),
            ],
            options={
                "verbose_name": "accès des parents fermé",
                "verbose_name_plural": "accès des parents fermés",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at", None)),
                        fields=("pupil",),
                        name="one_open_closure_a_pupil",
                    )
                ],
            },
        ),
    ]
