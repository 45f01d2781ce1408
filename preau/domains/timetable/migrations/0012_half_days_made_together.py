from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("timetable", "0011_what_was_told_before")]

    operations = [
        migrations.AddField(
            model_name="weeklypattern",
            name="made_with",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="créée avec"
            ),
        ),
    ]
