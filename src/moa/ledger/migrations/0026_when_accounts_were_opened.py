"""An account says when it was opened, so that a question as known at an earlier moment is answered without it, as it was then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0025_batches_sooner")]

    operations = [migrations.AddField("ledgeraccount", "recorded_at", models.DateTimeField(null=True))]
