from django.db import migrations, models

import config.kernel.zones


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_clip_by_content")]

    operations = [
        migrations.AlterField(
            model_name="partner",
            name="time_zone",
            field=models.CharField(
                default="UTC",
                max_length=60,
                validators=[config.kernel.zones.validate_zone],
                verbose_name="time zone",
            ),
        ),
    ]
