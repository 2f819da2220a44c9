"""Do the instruments cover the same firms and claim the same tonnes?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ..errors import DataError, SpecificationError, check_day
from ..facts.published import published
from ..results import Recipe, Results, Sample, check_level, tidy_frame

COLUMNS = ("entity", "instrument", "tonnes")
_CLAIM = "certificate"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OverlapResults(Results):
    """Overlap of instruments; made by `overlap`.

    Attributes
    ----------
    table : DataFrame
        A row a pair of instruments. From a ledger: entities of each and of both, `jaccard`,
        tonnes of each, `tonnes_both` and its share of each. From totals: the bounds `lower` and
        `upper` of the tonnes in both.
    double_claims : DataFrame
        Certificates claimed more than once: claims, tonnes claimed, tonnes there are, instruments.
    excluded : DataFrame
        Rows of the ledger that claim a certificate under two instruments that a rule keeps apart
        on that date, with the rule.
    double_claim_ratio : float
        Tonnes claimed beyond the unique ones over the unique ones; NaN without certificates.
    """

    title: ClassVar[str] = "Overlap of instruments"

    table: pd.DataFrame
    double_claims: pd.DataFrame
    excluded: pd.DataFrame
    double_claim_ratio: float

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a pair and quantity; lower and upper are bounds where only totals exist.

        Parameters
        ----------
        level : float
            Has no bearing: nothing here is a sample.
        """
        check_level(level)
        rows: list[dict[str, Any]] = []
        for pair in self.table.to_dict("records"):
            label = f"{pair['first']}, {pair['second']}"
            if "jaccard" not in pair:
                ends = {"lower": pair["lower"], "upper": pair["upper"]}
                rows.append({"term": f"tonnes in both[{label}]", **ends, "unit": "tCO2"})
                continue
            rows.append({"term": f"jaccard[{label}]", "estimate": pair["jaccard"], "unit": "share"})
            for own in ("first", "second"):
                share = {"estimate": pair[f"share_of_{own}"], "unit": f"share of {pair[own]}"}
                rows.append({"term": f"overlap[{label}] of {pair[own]}", **share})
        if np.isfinite(self.double_claim_ratio):
            ratio = {"estimate": self.double_claim_ratio, "unit": "share of unique tonnes"}
            rows.append({"term": "double_claim_ratio", **ratio})
        return tidy_frame(rows)

    def numbers(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def plot(self, ax: Any = None) -> Any:
        """Draw the tonnes that each pair has in common: exact, or between their bounds."""
        from .. import plotting

        table = self.table
        labels = [f"{a} and {b}" for a, b in zip(table["first"], table["second"], strict=True)]
        place = np.arange(len(table))
        ax = plotting.new_axes(ax)
        with plotting.style():
            if "jaccard" in table:
                colour = plotting.PALETTE[0]
                ax.barh(place, table["tonnes_both"] / 1e6, color=colour, height=0.6)
            else:
                width = (table["upper"] - table["lower"]) / 1e6
                left = table["lower"] / 1e6
                ax.barh(place, width, left=left, color=plotting.PALETTE[0], height=0.6)
                ax.plot(left, place, "|", color="black")
                ax.plot(left + width, place, "|", color="black")
            ax.set_yticks(place, labels)
            ax.set_xlabel("tonnes in both, million tCO2")
            ax.invert_yaxis()
        return ax

    def _headline(self) -> dict[str, Any]:
        return {
            "pairs": len(self.table),
            "double_claim_ratio": self.double_claim_ratio,
            "rows that a rule excludes": len(self.excluded),
        }


def overlap(claims: Any, universe: float | None = None) -> OverlapResults:
    """Measure how far instruments cover the same entities and claim the same tonnes.

    Parameters
    ----------
    claims : DataFrame or mapping of str to float
        A ledger, a row a claim: entity, instrument, tonnes (tCO2), and where known certificate
        (its unique number) and date. Or only the tonnes of each instrument.
    universe : float, optional
        Tonnes of everything that could be covered; needed where only totals are given.

    Returns
    -------
    OverlapResults

    Raises
    ------
    DataError
        A column is missing, tonnes are negative or missing, or a claim has no entity.
    SpecificationError
        Totals without a universe, or larger than it.

    Notes
    -----
    For instruments k and l with entities E and tonnes T: J = |E_k ∩ E_l|/|E_k ∪ E_l|;
    overlap Σ_i min(T_ik, T_il) over Σ_i T_il (and over Σ_i T_ik). The double-claim ratio is
    (Σ claims − unique)/unique, a certificate's unique tonnes being its largest claim. From totals
    A and B in a universe U only Fréchet's bounds are known: max(0, A + B − U) ≤ both ≤ min(A, B).
    Rules that keep instruments apart are in `carbonlink.published("exclusion_rules")`.

    References
    ----------
    Fréchet, M. (1951). Sur les tableaux de corrélation dont les marges sont données. Annales de
    l'Université de Lyon, Section A 14, 53–77.

    Examples
    --------
    >>> import carbonlink as cl
    >>> found = cl.overlap({"allowances": 60.0, "energy-use rights": 50.0}, universe=100.0)
    >>> found.table[["lower", "upper"]].iloc[0].tolist()
    [10.0, 50.0]
    """
    arguments = dict(locals())
    if isinstance(claims, pd.DataFrame):
        if universe is not None:
            raise SpecificationError(
                f"universe={universe!r} has no use with a ledger.", "Leave it out."
            )
        return _from_ledger(_checked(claims), arguments)
    if not isinstance(claims, Mapping):
        raise SpecificationError(
            f"claims is a {type(claims).__name__}.", "Give a ledger (DataFrame) or totals (dict)."
        )
    numbers = {**claims, "universe": 0.0 if universe is None else universe}
    wrong = [k for k, v in numbers.items() if isinstance(v, bool) or not isinstance(v, Real)]
    if wrong:
        raise SpecificationError(
            f"{wrong[0]}={numbers[wrong[0]]!r} is no number of tonnes.", "Give tCO2."
        )
    return _from_totals({str(k): float(v) for k, v in claims.items()}, universe, arguments)


def _checked(claims: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in COLUMNS if c not in claims]
    if missing:
        raise DataError(
            f"The ledger has no column {', '.join(missing)}.",
            f"It needs {', '.join(COLUMNS)}; certificate and date are used where given.",
        )
    frame = claims.copy()
    frame["tonnes"] = pd.to_numeric(frame["tonnes"], errors="coerce")
    wrong = frame["tonnes"].isna() | ~np.isfinite(frame["tonnes"]) | (frame["tonnes"] < 0)
    empty = frame[["entity", "instrument"]].isna().any(axis=1)
    for mask, words in ((wrong, "tonnes that are no number of at least 0"), (empty, "no name")):
        if mask.any():
            raise DataError(
                f"Row {frame.index[mask][0]} of the ledger has {words}.", "Correct or drop it."
            )
    if "date" in frame:
        days = [_day(row, cell) for row, cell in frame["date"].items()]
        frame["date"] = pd.Series(days, index=frame.index, dtype="datetime64[ns]")
    if frame["instrument"].nunique() < 2:
        raise DataError("The ledger holds one instrument.", "An overlap needs two or more.")
    return frame


def _day(row: Any, cell: Any) -> Any:
    try:
        return pd.NaT if pd.isna(cell) else check_day("date", cell)
    except SpecificationError as error:
        raise DataError(f"Row {row} of the ledger: {error.message}", error.remedy) from None


def _from_ledger(frame: pd.DataFrame, arguments: dict[str, Any]) -> OverlapResults:
    by_entity = frame.pivot_table(
        index="entity", columns="instrument", values="tonnes", aggfunc="sum"
    )
    names = [str(c) for c in by_entity.columns]
    rows = [_pair(by_entity.set_axis(names, axis=1), a, b) for a, b in combinations(names, 2)]
    double, ratio = _double_claims(frame)
    dates = frame["date"].dropna() if "date" in frame else pd.Series(dtype="datetime64[ns]")
    entities = int(frame["entity"].nunique())
    span = (f"{dates.min():%Y-%m-%d}", f"{dates.max():%Y-%m-%d}") if len(dates) else ("ledger", "")
    return OverlapResults(
        table=pd.DataFrame(rows),
        double_claims=double,
        excluded=_excluded(frame),
        double_claim_ratio=ratio,
        spec={"from": "ledger", "instruments": tuple(names), "entities": entities},
        sample=Sample(*span, len(frame)),
        units={"tonnes": "tCO2"},
        sources=tuple(published("exclusion_rules")["source"]),
        notes=_ledger_notes(frame),
        recipe=Recipe(overlap, arguments),
    )


def _pair(by_entity: pd.DataFrame, first: str, second: str) -> dict[str, Any]:
    one, other = by_entity[first], by_entity[second]
    both = one.notna() & other.notna()
    tonnes = float(np.minimum(one[both], other[both]).sum())
    own = {"first": float(one.sum()), "second": float(other.sum())}
    return {
        "first": first,
        "second": second,
        "entities_first": int(one.notna().sum()),
        "entities_second": int(other.notna().sum()),
        "entities_both": int(both.sum()),
        "jaccard": float(both.sum() / (one.notna() | other.notna()).sum()),
        "tonnes_first": own["first"],
        "tonnes_second": own["second"],
        "tonnes_both": tonnes,
        "share_of_first": tonnes / own["first"] if own["first"] else np.nan,
        "share_of_second": tonnes / own["second"] if own["second"] else np.nan,
    }


def _double_claims(frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    columns = ["certificate", "claims", "claimed", "unique", "instruments"]
    if _CLAIM not in frame or frame[_CLAIM].isna().all():
        return pd.DataFrame(columns=columns), float("nan")
    known = frame.dropna(subset=[_CLAIM])
    groups = known.groupby(_CLAIM)
    table = groups["tonnes"].agg(claims="size", claimed="sum", unique="max").reset_index()
    table["instruments"] = [
        ", ".join(sorted(set(map(str, part["instrument"])))) for _, part in groups
    ]
    unique = float(table["unique"].sum())
    ratio = (float(table["claimed"].sum()) - unique) / unique if unique else float("nan")
    return table[table["claims"] > 1].reset_index(drop=True)[columns], ratio


def _excluded(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows whose certificate is also claimed under an instrument that a rule keeps apart."""
    columns = [*frame.columns, "rule"]
    if _CLAIM not in frame or "date" not in frame:
        return pd.DataFrame(columns=columns)
    known = frame.dropna(subset=[_CLAIM, "date"])
    found = []
    rule: Any
    for rule in published("exclusion_rules").itertuples():
        pair = known[known["instrument"].isin([rule.first, rule.second])]
        twice = pair.groupby(_CLAIM)["instrument"].transform("nunique") == 2
        end = pd.Timestamp(rule.valid_to) if isinstance(rule.valid_to, str) else pd.Timestamp.max
        latest = pair.groupby(_CLAIM)["date"].transform("max")
        held = twice & (latest >= pd.Timestamp(rule.valid_from)) & (latest <= end)
        found.append(pair[held].assign(rule=rule.rule))
    return pd.concat(found).sort_index()[columns] if found else pd.DataFrame(columns=columns)


def _ledger_notes(frame: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if _CLAIM not in frame:
        notes.append("No certificate numbers: double claims cannot be counted.")
    else:
        nameless = int(frame[_CLAIM].isna().sum())
        if nameless:
            notes.append(f"{nameless} claims without a certificate number are left out of them.")
        if "date" not in frame:
            notes.append("No dates: rules that keep instruments apart are not checked.")
    return tuple(notes)


def _from_totals(
    totals: dict[str, float], universe: float | None, arguments: dict[str, Any]
) -> OverlapResults:
    if len(totals) < 2:
        raise DataError("One total is given.", "An overlap needs two instruments or more.")
    if universe is None:
        raise SpecificationError(
            "Totals alone bound an overlap only within a universe.",
            "Give universe=, the tonnes of everything that could be covered.",
        )
    for name, value in totals.items():
        if not 0 <= value <= universe:
            raise SpecificationError(
                f"The total of {name} is {value:g}; it must lie between 0 and the universe, "
                f"{universe:g}.",
                "Check the units.",
            )
    rows = [
        {
            "first": a,
            "second": b,
            "tonnes_first": totals[a],
            "tonnes_second": totals[b],
            "lower": max(0.0, totals[a] + totals[b] - universe),
            "upper": min(totals[a], totals[b]),
        }
        for a, b in combinations(totals, 2)
    ]
    nothing = pd.DataFrame(columns=["certificate", "claims", "claimed", "unique", "instruments"])
    return OverlapResults(
        table=pd.DataFrame(rows),
        double_claims=nothing,
        excluded=pd.DataFrame(columns=[*COLUMNS, "rule"]),
        double_claim_ratio=float("nan"),
        spec={"from": "totals", "instruments": tuple(totals), "universe": float(universe)},
        sample=Sample("totals", "", len(totals)),
        units={"tonnes": "tCO2"},
        notes=("Only totals are known: the overlap lies anywhere between the bounds.",),
        recipe=Recipe(overlap, arguments),
    )
