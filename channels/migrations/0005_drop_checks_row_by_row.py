from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_carry_checks_over")]

    operations = [
        migrations.RemoveField(
            model_name='notplaced',
            name='sentence',
        ),
        migrations.DeleteModel(
            name='PreflightCheck',
        ),
    ]
