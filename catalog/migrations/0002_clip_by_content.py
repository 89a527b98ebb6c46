from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_opening")]

    operations = [
        migrations.AddIndex(
            model_name="clip",
            index=models.Index(fields=["content_key"], name="clip_by_content"),
        ),
    ]
