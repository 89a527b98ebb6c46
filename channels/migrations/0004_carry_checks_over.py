from django.db import migrations


def carry_over(apps, schema_editor):
    """The checks of one moment become one examination, and a written sentence the only fact of its rule."""
    PreflightCheck = apps.get_model("channels", "PreflightCheck")
    Preflight = apps.get_model("channels", "Preflight")
    found = {}
    for row in PreflightCheck.objects.order_by("at", "pk").iterator():
        key = (row.publication_id, row.stage, row.at)
        found.setdefault(key, []).append({"rule": row.rule, "passed": row.passed, "evidence": row.evidence})
    Preflight.objects.bulk_create(
        [
            Preflight(
                publication_id=publication, stage=stage, at=at, outcomes=outcomes,
                passed=all(one["passed"] for one in outcomes),
            )
            for (publication, stage, at), outcomes in found.items()
        ],
        batch_size=1000,
    )
    for row in apps.get_model("channels", "NotPlaced").objects.iterator():
        row.facts = {"text": row.sentence}
        row.save(update_fields=["facts"])


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_plan_by_rules_and_approve_by_tier")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
