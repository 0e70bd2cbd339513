import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("analytics", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Annotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("text", models.CharField(max_length=200, verbose_name="what happened")),
                (
                    "kind",
                    models.CharField(
                        choices=[("release", "release"), ("campaign", "campaign"), ("other", "other")],
                        default="other",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={"ordering": ["on", "pk"]},
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(fields=["workspace", "on"], name="analytics_a_workspa_256da6_idx"),
        ),
    ]
