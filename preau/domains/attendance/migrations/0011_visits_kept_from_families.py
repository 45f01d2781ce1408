from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attendance", "0010_registers_of_a_long_time")]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="told_to_family",
            field=models.BooleanField(db_default=True, default=True, verbose_name="lu par la famille"),
        ),
    ]
