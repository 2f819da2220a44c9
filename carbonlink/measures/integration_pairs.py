"""Relative prices of market pairs: unit roots, cointegration, half-lives, bands."""

from __future__ import annotations

import warnings
from dataclasses import asdict
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..inference import parallel, rank_bootstrap
from ..inference.multiplicity import holm
from ..inference.spread_roots import spread_roots
from ..kernels import half_life, johansen, johansen_null, nonlinear_roots, vecm_tests

MOST_LAGS = 8
FEWEST = 40
"""Joint prices below which a pair is left out with its reason."""

SCREEN, DOUBT = 199, 0.2
"""Draws of a trace test's first p-value, and the value above which no more are drawn."""

COLUMNS = (
    "first", "second", "period", "nobs", "gaps", "mean_gap", "share_above", "lags", "dfgls",
    "p_dfgls", "kss", "p_kss", "trace", "p_trace", "beta", "p_unit_beta", "persistence",
    "persistence_lower", "persistence_upper", "half_life", "half_life_lower", "half_life_upper",
    "band", "band_pull", "band_half_life", "band_inside", "p_band", "note",
)  # fmt: skip


def pair_table(
    logs: pd.DataFrame,
    periods: dict[str, np.ndarray],
    pairs: list[tuple[str, str]],
    draws: int,
    rng: Any,
    level: float,
) -> pd.DataFrame:
    """Return a row a pair and period; see `carbonlink.integration`.

    Parameters
    ----------
    logs : DataFrame
        Logarithms of prices.
    periods : dict
        Rows (bool) of each period, by its name.
    pairs : list of (str, str)
    draws : int
        Replications at each grid point of a half-life and behind the p-values of unit roots,
        traces and bands; unit roots and traces get twice the number of pairs over 5 % if that is
        more, so that Holm's adjustment can reject. 0 gives asymptotic p-values of unit roots and
        traces, and nothing else.
    rng : int or SeedSequence
    level : float
    """
    seeds = parallel.seed_sequence(rng).spawn(len(pairs)) if pairs else []
    enough = root_draws(draws, len(pairs))
    jobs = [
        (logs[list(pair)].to_numpy(), pair, periods, (draws, enough), seed, level)
        for pair, seed in zip(pairs, seeds, strict=True)
    ]
    made = parallel.map(_pair_rows, jobs, label="pairs")
    table = pd.DataFrame([row for rows in made for row in rows], columns=list(COLUMNS))
    for column in ("p_dfgls", "p_kss", "p_trace"):
        for _, block in table.groupby("period", sort=False):
            table.loc[block.index, f"{column}_holm"] = holm(block[column].to_numpy(float))
    return table


def root_draws(draws: int, pairs: int) -> int:
    """Return the replications behind the unit-root and trace p-values of that many pairs."""
    most = max(draws, rank_bootstrap.FEWEST, int(np.ceil(2 * pairs / 0.05)) - 1)
    return most if draws else 0


def pair_notes(draws: int, pairs: int) -> list[str]:
    """Say what the p-values of the pairs stand on."""
    if not pairs:
        return []
    if draws:
        most = root_draws(draws, pairs)
        return [f"Unit roots and trace tests of pairs: wild bootstrap, {most} draws."]
    return [
        "Unit roots of relative prices: asymptotic p-values (draws=0), which reject up to 12 % of "
        "true unit roots at 5 % where variances change. Trace tests: Reinsel and Ahn's factor "
        "(true nulls rejected 3.5 to 7 % at 5 % with two series and 200 rows, variances constant "
        "or changing)."
    ]


def all_pairs(names: list[str]) -> list[tuple[str, str]]:
    """Return every pair in the order of the names."""
    return list(combinations(names, 2))


def _pair_rows(
    values: np.ndarray,
    pair: tuple[str, str],
    periods: dict[str, np.ndarray],
    draws: tuple[int, int],
    seed: Any,
    level: float,
) -> list[dict[str, Any]]:
    """A row a period; a period that holds all of the pair's prices repeats the whole sample."""
    complete = np.isfinite(values).all(axis=1)
    rows: list[dict[str, Any]] = []
    for name, inside in periods.items():
        if rows and complete[~inside].sum() == 0:
            rows.append({**rows[0], "period": name})
        else:
            rows.append(pair_row(values[inside], pair, name, draws, seed, level))
    return rows


def pair_row(
    values: np.ndarray,
    pair: tuple[str, str],
    period: str,
    draws: tuple[int, int],
    seed: Any,
    level: float,
) -> dict[str, Any]:
    """Return the tests of one pair on the rows of one period; (n, 2) log prices.

    `draws` are those of half-lives and bands, and those of unit roots.
    """
    row: dict[str, Any] = {"first": pair[0], "second": pair[1], "period": period}
    complete = np.isfinite(values).all(axis=1)
    place = np.flatnonzero(complete)
    joint = values[complete]
    row |= {"nobs": len(joint), "gaps": int((np.diff(place) > 1).sum()), "note": ""}
    if len(joint) < FEWEST:
        return {**row, "note": f"{len(joint)} joint prices; {FEWEST} are needed"}
    spread = joint[:, 0] - joint[:, 1]
    if np.ptp(spread) < 1e-12 or np.ptp(joint, axis=0).min() < 1e-12:
        return {**row, "note": "a price or the relative price does not move"}
    lags = half_life.choose_lags(spread, min(MOST_LAGS, len(spread) // 12))
    row |= {"mean_gap": float(spread.mean()), "share_above": float((spread > 0).mean())}
    row["lags"] = lags
    row |= _roots(spread, lags, draws[1], seed)
    row |= _cointegration(joint, draws[1], seed)
    if draws[0]:
        row |= _speed(spread, lags, draws[0], seed, level)
    return row


def _roots(spread: np.ndarray, lags: int, draws: int, seed: Any) -> dict[str, float]:
    """DF-GLS and KSS, by the wild bootstrap or, without draws, by their limits."""
    if draws:
        drawn = np.random.default_rng(_stream(seed, 1))
        return asdict(spread_roots(spread, lags, draws, drawn))
    from arch.unitroot import DFGLS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = DFGLS(spread, lags=lags, trend="c")
        statistic, p = float(test.stat), float(test.pvalue)
    smooth = nonlinear_roots.kss(spread, lags)
    return {
        "dfgls": statistic,
        "p_dfgls": p,
        "kss": smooth,
        "p_kss": nonlinear_roots.kss_pvalue(smooth, len(spread)),
    }


def _cointegration(joint: np.ndarray, draws: int, seed: Any) -> dict[str, float]:
    """Johansen with a free β: trace of rank 0, β, and the test of β = (1, −1).

    The p-value of the trace is the wild bootstrap's, or without draws that of Reinsel and Ahn's
    factor; the statistic has no factor in the first case.
    """
    lags = 1 + half_life.choose_lags(joint[:, 0] - joint[:, 1], 4)
    rows = np.arange(lags, len(joint))
    inside, outside = johansen.deterministic("rc", rows)
    model = johansen.design(joint, lags, rows, inside, outside)
    fit = johansen.reduced_rank(model)
    n = len(rows)
    trace = float(johansen.trace_statistics(fit.eigenvalues, n)[0])
    if draws:
        made = rank_bootstrap.source(model, fit.vectors[:, :0], lags, joint[:lags], inside, outside)
        p_trace = _drawn_pvalue(made, trace, draws, seed)
    else:
        trace *= (n - 2 * lags) / n
        p_trace = johansen_null.pvalue(trace, "trace", "rc", 2)
    unit = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    statistic, df = vecm_tests.beta_in(fit, 1, unit)
    from scipy import stats

    beta = fit.vectors[:, 0]
    return {
        "trace": trace,
        "p_trace": p_trace,
        "beta": float(-beta[1] / beta[0]),
        "p_unit_beta": float(stats.chi2.sf(max(statistic, 0.0), df)),
    }


def _drawn_pvalue(made: rank_bootstrap.Source, trace: float, draws: int, seed: Any) -> float:
    """By a few draws, and by all of them where those leave a doubt."""
    few = min(draws, SCREEN)
    found = rank_bootstrap.pvalue(made, 0, trace, "wild", few, _stream(seed, 2))
    if found > DOUBT or draws == few:
        return found
    return rank_bootstrap.pvalue(made, 0, trace, "wild", draws, _stream(seed, 3))


def _stream(seed: Any, number: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, number))


def _speed(spread: np.ndarray, lags: int, draws: int, seed: Any, level: float) -> dict[str, float]:
    generator = np.random.default_rng(seed)
    found = half_life.persistence(spread, lags, generator, draws, level)
    band = nonlinear_roots.band(spread)
    gain = nonlinear_roots.band(spread, points=nonlinear_roots.TRIED).gain
    p_band = nonlinear_roots.band_pvalue(spread, gain, generator, max(draws, 99))
    return {
        "persistence": found.median_unbiased,
        "persistence_lower": found.lower,
        "persistence_upper": found.upper,
        "half_life": half_life.half_life(found.median_unbiased),
        "half_life_lower": half_life.half_life(found.lower),
        "half_life_upper": half_life.half_life(found.upper),
        "band": band.width,
        "band_pull": band.pull,
        "band_half_life": half_life.half_life(1 - band.pull),
        "band_inside": band.inside,
        "p_band": p_band,
    }
