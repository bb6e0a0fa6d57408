"""What every part of the desk stands on."""

from dataclasses import dataclass

from chatserver.conversation.log import Log
from chatserver.desk.estimate import Rates
from chatserver.desk.queue import Queue
from chatserver.desk.roster import Roster


@dataclass(frozen=True, slots=True)
class Ground:
    """The log that decides, the index that finds, the rates that were measured, and who the agents are."""

    log: Log
    queue: Queue
    rates: Rates
    roster: Roster
