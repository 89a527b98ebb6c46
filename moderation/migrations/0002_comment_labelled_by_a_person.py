from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_opening")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="is_confirmed",
            field=models.BooleanField(default=False, verbose_name="labelled by a person"),
        )
    ]
