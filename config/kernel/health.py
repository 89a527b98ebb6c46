"""`/healthz`: this process answers. `/readyz`: it can work: tables are there and the routines run on time."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from config.kernel import clock
from config.kernel.models import Routine

LATE = timedelta(minutes=10)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """503 with the reasons when the database does not answer or a routine is overdue by more than ten minutes."""
    try:
        connection.ensure_connection()
        late = Routine.objects.filter(next_at__lt=clock.now() - LATE * clock.rate())
        reasons = [f"routine {row.name} is overdue since {row.next_at.isoformat()}" for row in late]
    except DatabaseError:
        reasons = ["the database does not answer or lacks its tables"]
    return JsonResponse(
        {"status": "unready" if reasons else "ready", "reasons": reasons}, status=503 if reasons else 200
    )
