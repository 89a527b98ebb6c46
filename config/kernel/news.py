"""What the board tells: sentences about what happened while nobody looked."""

from __future__ import annotations

import logging

from config.kernel import clock
from config.kernel.models import News

log = logging.getLogger("dramaport.news")


def tell(code: str, sentence: str, *, level: str = "info", url: str = "") -> News:
    """Put one sentence on the board and in the log."""
    log.log(logging.WARNING if level != "info" else logging.INFO, "%s: %s", code, sentence)
    return News.objects.create(at=clock.now(), level=level, code=code, sentence=sentence[:500], url=url)
