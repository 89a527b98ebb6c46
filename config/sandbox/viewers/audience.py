"""How many people watch, like and stay to the end: curves of age, the same for the same video and seed."""

from __future__ import annotations

import math
import random
from datetime import datetime

from django.conf import settings

from config.sandbox.models import Video

LIKES_PER_VIEW = 0.035
_REACH = 0.3  # of an audience an average clip meets in its life
_FAST_HOURS, _SLOW_HOURS = 3.0, 72.0


def key(video: Video) -> str:
    """What makes a video itself to its audience: seed, stage, bytes. Not the id, which is drawn anew."""
    return f"{settings.SANDBOX_SEED}:{video.account.external_id}:{video.sha256}"


def appeal(video: Video) -> float:
    """How much better than average: 0.6 to 1.8."""
    luck = random.Random(f"{key(video)}:appeal").random()
    return 0.6 + 1.2 * luck * luck


def views(video: Video, moment: datetime) -> int:
    """Views from publication to the moment; fast at first, then slower and slower."""
    if video.visible_at is None:
        return 0
    end = min(moment, video.deleted_at) if video.deleted_at else moment
    hours = (end - video.visible_at).total_seconds() / 3600
    if hours <= 0:
        return 0
    grown = 0.5 * (1 - math.exp(-hours / _FAST_HOURS)) + 0.5 * (1 - math.exp(-hours / _SLOW_HOURS))
    return int(video.account.audience * _REACH * appeal(video) * grown)


def completion(video: Video) -> float:
    """The share of a clip an average viewer sees; a hole in the sound drives people away."""
    share = 0.38 + 0.3 * random.Random(f"{key(video)}:completion").random()
    return share * (0.8 if video.silences else 1.0)
