from django.db import migrations


def carry_over(apps, schema_editor):
    """What one person approved while that was enough has his yes in the list; a tier that needs two waits for one."""
    Publication = apps.get_model("channels", "Publication")
    Approval = apps.get_model("channels", "Approval")
    rows = Publication.objects.filter(approved_by__isnull=False, approved_at__isnull=False, approvals=None)
    Approval.objects.bulk_create(
        (
            Approval(publication_id=key, by_id=by, at=at)
            for key, by, at in rows.values_list("pk", "approved_by", "approved_at").iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("channels", "0007_let_one_pack_succeed_another")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
