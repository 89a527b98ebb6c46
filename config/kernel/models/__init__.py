from config.kernel.models.answer import KeptAnswer
from config.kernel.models.bell import Bell
from config.kernel.models.history import StatusChange
from config.kernel.models.news import News
from config.kernel.models.process import ProcessLife
from config.kernel.models.routine import Routine

__all__ = ["Bell", "KeptAnswer", "News", "ProcessLife", "Routine", "StatusChange"]
