"""What this app refuses, each with its own code."""

from __future__ import annotations

from config.kernel.errors import Invalid, ProductError


class DeliveryIncomplete(Invalid):
    """A fix was handed in without the episode that is complained about, or without any file."""

    code = "delivery_incomplete"


class ReasonMissing(Invalid):
    """A ticket is rejected with a reason or not at all."""

    code = "reason_missing"


class NothingToUndo(ProductError):
    """This person has not labelled this comment, or somebody labelled it since."""

    code = "nothing_to_undo"
