"""A power between reading and writing: to comment what others write."""

from django.db import migrations, models

POWERS = [
    ("read", "Lit"),
    ("note", "Lit et commente"),
    ("write", "Lit et écrit"),
    ("run", "Anime : écrit, règle et modère"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("spaces", "0001_spaces_and_portfolios"),
    ]

    operations = [
        migrations.AlterField(
            model_name="space",
            name="pupils_may",
            field=models.CharField(
                choices=POWERS, default="write", max_length=5, verbose_name="ce que font les élèves"
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="power",
            field=models.CharField(choices=POWERS, default="write", max_length=5, verbose_name="pouvoir"),
        ),
    ]
