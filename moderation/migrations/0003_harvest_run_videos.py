from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_comment_labelled_by_a_person")]

    operations = [
        migrations.AddField(
            model_name="harvestrun",
            name="videos",
            field=models.JSONField(blank=True, default=list, verbose_name="videos read"),
        )
    ]
