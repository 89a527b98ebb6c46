"""Refusals of the catalog."""

from __future__ import annotations

from config.kernel.errors import Invalid


class ImportRefused(Invalid):
    """The file as a whole cannot be read: not a table, unknown columns, too large."""

    code = "import_refused"


class CutRefused(Invalid):
    """The cut list asks for seconds that the masters do not have."""

    code = "cut_refused"


class DeliveryRefused(Invalid):
    """A delivered file is not what was asked for; nothing of the delivery was kept."""

    code = "delivery_refused"
