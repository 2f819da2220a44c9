"""Units of a pass-through: refused where they cannot be right, and said where they are assumed."""

from __future__ import annotations

from ..errors import SpecificationError
from ..facts import markets as registry
from .joint_prices import JointPrices, step_of

RATE_UNIT = "share of the carbon cost"
LEAST = 5.0
"""Median |price| of electricity a MWh below which a unit taken from a name is not believed."""


def check_units(joint: JointPrices, cause: str, effect: str, rated: bool) -> None:
    """Refuse units in which θ is not tCO2/MWh, where they are known."""
    cause_unit, effect_unit = joint.units[cause], joint.units[effect]
    _check_assumed(joint)
    if cause_unit and effect_unit:
        money = {unit.split("/")[0] for unit in (cause_unit, effect_unit)}
        if len(money) > 1:
            raise SpecificationError(
                f"{effect} is in {effect_unit} and {cause} in {cause_unit}: two currencies.",
                "Convert one of them at the day's exchange rate first.",
            )
    if not rated:
        return
    for name, unit, wanted in (
        (effect, effect_unit, ("/MWh",)),
        (cause, cause_unit, ("/t", "/tCO2", "/tCO2e")),
    ):
        if unit and not unit.endswith(wanted):
            raise SpecificationError(
                f"{name} is in {unit}; intensity and benchmark need a price {wanted[0]}.",
                "1 yuan/kWh is 1000 yuan/MWh." if "kWh" in unit else "Choose another series.",
            )


def _check_assumed(joint: JointPrices) -> None:
    """Refuse electricity whose unit is known from its name alone and whose level is not of it."""
    for name in joint.assumed:
        middle = float(joint.frame[name].abs().median())
        if registry.get(name).market_class == "electricity" and middle < LEAST:
            money = joint.units[name].split("/")[0]
            raise SpecificationError(
                f"{name} has a median of {middle:.3g} and no stated unit: it looks like "
                f"{money}/kWh, not {joint.units[name]}.",
                f'Multiply by 1000, or state it: frame.attrs["units"] = {{"{name}": '
                f'"{money}/kWh"}}.',
            )


def units_of(joint: JointPrices, cause: str, effect: str) -> dict[str, str]:
    """Return the units of the result's numbers."""
    cause_unit, effect_unit = joint.units[cause] or cause, joint.units[effect] or effect
    return {
        "long_run": f"{effect_unit} per {cause_unit}",
        "gross": RATE_UNIT,
        "net": RATE_UNIT,
        "effect": effect_unit,
        "step": step_of(joint.frame.dropna().index),
    }


def unit_notes(joint: JointPrices, cause: str, effect: str, rated: bool) -> list[str]:
    """Say which units are assumed and which are not known."""
    notes = []
    assumed = [f"{name} {joint.units[name]}" for name in (cause, effect) if name in joint.assumed]
    if assumed:
        notes.append(
            f"Unit taken from the name, not stated with the data: {', '.join(assumed)} assumed. "
            'frame.attrs["units"], a mapping by column, states it.'
        )
    unknown = [name for name in (cause, effect) if not joint.units[name]]
    if unknown and rated:
        notes.append(
            f"No unit is known of {', '.join(unknown)}: rates hold for yuan/t and yuan/MWh, or one "
            "other currency in both."
        )
    return notes
