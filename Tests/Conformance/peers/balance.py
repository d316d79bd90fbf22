"""What became of what was acknowledged: the figures that every test of durability prints and judges by."""

import dataclasses

from .collector import Collector
from .simulator import difference


@dataclasses.dataclass(frozen=True)
class Balance:
    """Webhooks of a run, once the journal is folded."""

    acknowledged: int
    # Counted as events of an agent, duplicates aside.
    folded: int
    # Those that came again and were not counted again.
    duplicates: int
    # Acknowledged and in no figure.
    lost: int
    # Counted more often than acknowledged.
    excess: int

    def __str__(self) -> str:
        return (
            f"acknowledged {self.acknowledged}, folded {self.folded}, duplicates {self.duplicates}, "
            f"lost {self.lost}, counted too often {self.excess}"
        )

    def assert_even(self, what: str = "") -> None:
        """Prints the figures; nothing may be lost, and nothing counted twice."""
        line = f"{what}: {self}" if what else str(self)
        print(line)
        assert self.lost == 0 and self.excess == 0, line


def outcomes(collector: Collector) -> dict:
    """Webhooks by what the fold made of them."""
    found: dict = {}
    for pairs, value in collector.figures("email_webhook_events_total").items():
        outcome = dict(pairs)["email_outcome"]
        found[outcome] = found.get(outcome, 0) + int(value)
    return found


def balance(collector: Collector, expected: dict, acknowledged: int) -> Balance:
    """Holds the figures of a collector, agent by agent and event by event, against what was acknowledged."""
    collector.wait_folded()
    found = outcomes(collector)
    differences = difference(collector.events(), expected).values()
    return Balance(
        acknowledged=acknowledged,
        folded=found.get("counted", 0),
        duplicates=found.get("duplicate", 0),
        lost=sum(max(0, wanted - seen) for seen, wanted in differences),
        excess=sum(max(0, seen - wanted) for seen, wanted in differences),
    )
