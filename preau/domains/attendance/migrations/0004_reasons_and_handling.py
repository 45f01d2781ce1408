import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0003_notices_need_no_hold"),
        ("directory", "0010_photos_of_pupils"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settled", models.BooleanField(verbose_name="réglée")),
                ("comment", models.TextField(blank=True, max_length=500, verbose_name="note")),
                ("handled_at", models.DateTimeField(verbose_name="traitée à")),
            ],
            options={
                "verbose_name": "traitement d’une absence",
                "verbose_name_plural": "traitements d’absences",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="reason",
            name="confidential",
            field=models.BooleanField(db_default=False, default=False, verbose_name="confidentiel"),
        ),
        migrations.AddField(
            model_name="reason",
            name="in_alerts",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="compte dans les alertes"
            ),
        ),
        migrations.AddField(
            model_name="reason",
            name="in_report",
            field=models.BooleanField(db_default=True, default=True, verbose_name="compte dans le bulletin"),
        ),
        migrations.AddField(
            model_name="reason",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="attendance.reason",
                verbose_name="remplace",
            ),
        ),
        migrations.AddField(
            model_name="reason",
            name="retired_on",
            field=models.DateField(blank=True, null=True, verbose_name="retiré le"),
        ),
        migrations.AddField(
            model_name="reason",
            name="settles",
            field=models.BooleanField(db_default=True, default=True, verbose_name="règle l’absence"),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.UniqueConstraint(
                fields=("school", "replaces"), name="one_reason_in_place_of_a_common_one"
            ),
        ),
        migrations.AddField(
            model_name="handling",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handlings",
                to="attendance.entry",
                verbose_name="absence ou retard",
            ),
        ),
        migrations.AddField(
            model_name="handling",
            name="handled_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absences_handled",
                to="directory.person",
                verbose_name="traitée par",
            ),
        ),
        migrations.AddField(
            model_name="handling",
            name="reason",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handlings",
                to="attendance.reason",
                verbose_name="motif",
            ),
        ),
        migrations.AddField(
            model_name="handling",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="absence_handlings",
                to="directory.school",
                verbose_name="établissement",
            ),
        ),
        migrations.AddField(
            model_name="handling",
            name="told_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absences_told",
                to="directory.person",
                verbose_name="dit par",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="handling",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="attendance.handling",
                verbose_name="traitement",
            ),
        ),
    ]
