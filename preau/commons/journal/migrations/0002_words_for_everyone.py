"""« Mes données » says « Action » and « Date et heure » of a line of the journal. No row changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_lines_and_seals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="line",
            name="at",
            field=models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="date et heure"),
        ),
        migrations.AlterField(
            model_name="line",
            name="verb",
            field=models.CharField(max_length=60, verbose_name="action"),
        ),
    ]
