"""What every exhibit of one report stands on: the panel, the choices, and the shared results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import plotting
from ..errors import CarbonlinkError
from ..facts import markets as registry

if TYPE_CHECKING:
    from ..panel import Panel

ALLOWANCES = "ets"
_SHORT = {
    "cea": "National",
    "ccer": "CCER",
    "ccer_first": "CCER, first system",
    "gec": "Green certificate",
    "eua": "EU ETS",
    "brent": "Brent",
    "nymex_gas": "NYMEX gas",
    "ara_coal": "ARA coal",
    "usdcny": "Yuan per dollar",
}


@dataclass(frozen=True, eq=False)
class Study:
    """The panel and the choices of one report; results asked for twice are computed once.

    Attributes
    ----------
    panel : Panel
        Every market that the folder holds.
    draws : int
        Draws of every randomisation test and bootstrap.
    rng : int
        The seed of every exhibit.
    """

    panel: Panel
    draws: int = 199
    rng: int = 0
    memory: dict[Any, tuple[bool, Any]] = field(default_factory=dict)

    def once(self, key: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Return `function(*args, **kwargs)`, computed at the first call with this key.

        A refusal is remembered and raised again.
        """
        if key not in self.memory:
            try:
                self.memory[key] = (True, function(*args, **kwargs))
            except CarbonlinkError as refusal:
                self.memory[key] = (False, refusal)
        made, value = self.memory[key]
        if not made:
            raise value
        return value

    def each(
        self,
        items: Iterable[Any],
        function: Callable[[Any], Any],
        words: Callable[[Any], str] | None = None,
    ) -> tuple[dict[Any, Any], list[str]]:
        """Return `function(item)` for each item, and a sentence on each that is refused.

        Parameters
        ----------
        items : iterable
            Markets, or pairs of markets.
        function : callable
            What to compute; a refusal leaves the item out.
        words : callable, optional
            How an item is named in the sentence; by its market name when None.
        """
        made, refused = {}, []
        for item in items:
            try:
                made[item] = function(item)
            except CarbonlinkError as refusal:
                refused.append(f"{(words or name)(item)} is left out: {refusal.message}")
        return made, refused

    def allowances(self) -> list[str]:
        """Return the Chinese carbon markets of the panel: allowances and domestic credits."""
        kinds = {ALLOWANCES, "offset", "offset_venue"}
        return [m for m in self.ordered() if self.kind(m) in kinds and self.chinese(m)]

    def ordered(self) -> list[str]:
        """Return the panel's markets in the registry's order."""
        place = {m: i for i, m in enumerate(registry.order())}
        return sorted(self.panel.markets, key=lambda m: (place.get(m, len(place)), m))

    def kind(self, market: str) -> str:
        """Return the registry's class of a market."""
        return registry.get(market).market_class

    def chinese(self, market: str) -> bool:
        """Return whether a market trades in yuan."""
        return registry.get(market).currency == "CNY"

    def synthetic(self, markets: Iterable[str]) -> tuple[str, ...]:
        """Return those of the markets whose data are made up."""
        return tuple(m for m in markets if m in self.panel.synthetic)

    def sources(self, markets: Iterable[str]) -> tuple[str, ...]:
        """Return the files behind the markets, each with the start of its hash."""
        return tuple(dict.fromkeys(self.panel.sources_of[m] for m in markets))


def name(market: str) -> str:
    """Return a market's short English name."""
    market = registry.resolve(market)
    if market in _SHORT:
        return _SHORT[market]
    text = registry.label(market).replace("energy-use-right market", "energy-use rights")
    for ending in (" pilot ETS", " ETS", " market"):
        text = text.removesuffix(ending)
    return text


def said(market: str) -> str:
    """Return a market's name as a sentence has it."""
    return "the national market" if registry.resolve(market) == "cea" else name(market)


def colours() -> dict[str, str]:
    """Return the colour of every market of the registry, the same in every figure."""
    return plotting.colours(registry.order())
