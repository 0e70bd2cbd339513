from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("capture", "0003_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="deleted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
