"""The sides of a flow, in plain words. Nothing that comes by a network is ever called local: nobody knows
where it is made.
"""

from dataclasses import dataclass
from typing import Literal

from metabolism.report.language import marked

Way = Literal["in", "out"]
WAYS: tuple[Way, Way] = ("in", "out")

# internal stands first on both ways, so that in the figures it passes straight through the territory
PARTS: dict[Way, tuple[str, ...]] = {
    "in": ("internal", "import", "undetermined_in", "from_nature"),
    "out": ("internal", "export", "undetermined_out", "to_nature"),
}
UNDETERMINED: dict[Way, str] = {"in": "undetermined_in", "out": "undetermined_out"}

NETWORK = "network"  # not a side of the contract: what is undetermined because it comes or goes by a network
NETWORK_RESOURCES = frozenset(
    {"energy.electricity", "energy.gas", "energy.heat", "energy.cold", "water.drinking", "water.wastewater"}
)


TITLES: dict[Way, str] = {"in": marked("In"), "out": marked("Out")}


@dataclass(frozen=True)
class Words:
    """How a side is called, in messages to be translated: at the head of a group of bands or a column, and behind
    '61 % '.
    """

    heading: str
    phrase: str


WORDS: dict[tuple[Way, str], Words] = {
    ("in", "internal"): Words(marked("Inside"), marked("from inside")),
    ("in", "import"): Words(marked("From outside"), marked("from outside")),
    ("in", "network"): Words(marked("By the network"), marked("by the network")),
    ("in", "undetermined_in"): Words(
        marked("Origin not known precisely"), marked("from an origin not known precisely")
    ),
    ("in", "from_nature"): Words(marked("From nature"), marked("from nature")),
    ("out", "internal"): Words(marked("Inside"), marked("stayed inside")),
    ("out", "export"): Words(marked("To outside"), marked("went outside")),
    ("out", "network"): Words(marked("By the network"), marked("left by the network")),
    ("out", "undetermined_out"): Words(
        marked("Destination not known precisely"), marked("went to a destination not known precisely")
    ),
    ("out", "to_nature"): Words(marked("To nature"), marked("went to nature")),
}
NETWORK_OR_UNKNOWN = marked("By the network, or not known precisely")
