from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="is_answered",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="response",
            name="contact",
            field=models.CharField(blank=True, max_length=254),
        ),
    ]
