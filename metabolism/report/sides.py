"""The sides of a flow, in plain words. Nothing that comes by a network is ever called local: nobody knows
where it is made.
"""

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True)
class Words:
    """How a side is called: at the head of a group of bands or a column, and within a sentence."""

    heading: str
    phrase: str


WORDS: dict[tuple[Way, str], Words] = {
    ("in", "internal"): Words("Inside", "from inside"),
    ("in", "import"): Words("From outside", "from outside"),
    ("in", "network"): Words("By the network", "by the network"),
    ("in", "undetermined_in"): Words("Origin not known precisely", "from an origin not known precisely"),
    ("in", "from_nature"): Words("From nature", "from nature"),
    ("out", "internal"): Words("Inside", "stayed inside"),
    ("out", "export"): Words("To outside", "went outside"),
    ("out", "network"): Words("By the network", "left by the network"),
    ("out", "undetermined_out"): Words("Destination not known precisely", "went to a destination not known precisely"),
    ("out", "to_nature"): Words("To nature", "went to nature"),
}
NETWORK_OR_UNKNOWN = "By the network, or not known precisely"
