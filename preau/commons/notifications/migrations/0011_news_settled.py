from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0010_texts_found_by_index")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="settled_at",
            field=models.DateTimeField(null=True, verbose_name="réglée le"),
        ),
    ]
