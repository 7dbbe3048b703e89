"""What a person made, ended or signed, in the order in which it was done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0015_lists_in_order"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="approvaldecision",
            index=models.Index(fields=["group_id", "checker", "-id"], name="decision_by_checker"),
        ),
        migrations.AddIndex(
            model_name="approvalrequest",
            index=models.Index(
                condition=models.Q(("state", "open"), _negated=True),
                fields=["group_id", "maker", "-state_at", "-id"],
                name="request_done_of_maker",
            ),
        ),
        migrations.AddIndex(
            model_name="approvalrequest",
            index=models.Index(
                condition=models.Q(("state", "open"), _negated=True),
                fields=["group_id", "state_by", "-state_at", "-id"],
                name="request_done_by",
            ),
        ),
    ]
