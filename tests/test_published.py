"""Numbers that somebody printed, reached through the public words alone."""

from __future__ import annotations

import json
import math
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl

FCP = Path(__file__).parent / "reference" / "garch_fcp.json"


@pytest.fixture(scope="module")
def national(real_data) -> pd.DataFrame:
    return cl.load("cea", raw=real_data).daily("cea")


@pytest.mark.parametrize(
    ("last", "days", "mt", "bn"),
    [
        ("2021-12-31", 114, "178.789", "7.6612"),
        ("2022-12-31", 242, "50.8895", "2.8140"),
        ("2023-12-31", 242, "211.944", "14.444"),
        ("2024-12-31", 242, "188.584", "18.108"),
    ],
)
@pytest.mark.real
def test_national_market_by_year(national, last, days, mt, bn):
    """Ministry of Ecology and Environment; unified national ETS paper (2023)."""
    rows = national.loc[last[:4]]
    assert int(rows["has_trade"].sum()) == days
    assert f"{rows['volume'].sum() / 1e6:.{len(mt.split('.')[1])}f}" == mt
    assert f"{rows['value'].sum() / 1e9:.{len(bn.split('.')[1])}f}" == bn


@pytest.mark.real
def test_first_day_of_the_national_market(real_data):
    first = cl.read(real_data / "wind_cea_national.csv").query("trade == 'total'").iloc[0]
    assert (str(first["date"].date()), int(first["volume"])) == ("2021-07-16", 4_103_953)


@pytest.mark.real
def test_national_market_to_june_2023(national):
    rows = national.loc[:"2023-06-05"]
    assert int(rows["has_trade"].sum()) == 457
    assert f"{rows['volume'].sum() / 1e6:.3f}" == "235.485"
    assert f"{rows['value'].sum() / 1e9:.4f}" == "10.7915"


@pytest.mark.real
def test_share_of_the_year_before_the_first_national_deadline(national):
    """About 136 of 179 Mt in December 2021; 79 % of 2024 in its last quarter."""
    volume = national["volume"]
    december, year = volume.loc["2021-12"].sum(), volume.loc["2021"].sum()
    assert f"{december / 1e6:.0f}" == "136" and f"{100 * december / year:.0f}" == "76"
    quarter = volume.loc["2024-10":"2024-12"].sum() / volume.loc["2024"].sum()
    assert f"{100 * quarter:.0f}" == "79"


@pytest.mark.reference
def test_diebold_yilmaz_2012_total(reference_inputs):
    """Diebold & Yilmaz (2012, Table 2): 12.6 %."""
    data = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    total = cl.connectedness(cl.VAR(data, lags=4).fit(), horizon=10).total
    assert f"{total:.1f}" == "12.6" and f"{total:.6f}" == "12.592113"


@pytest.fixture(scope="module")
def fcp(reference_inputs):
    """The GARCH(1, 1) of Fiorentini, Calzolari and Panattoni, and what they printed of it."""
    returns = pd.read_csv(reference_inputs / "dem2gbp.csv")["r"]
    printed = json.loads(FCP.read_text(encoding="utf-8"))
    return cl.GARCH(returns, presample="fcp"), printed


CUT = {("coef", 1), ("se_opg", 2)}
"""The two of sixteen figures whose print leaves the further digits off in place of rounding:
0.0107613978518 as 0.0107613, 0.013973792 as 0.0139737. Two programs of 1998 have the first."""


@pytest.mark.reference
def test_fiorentini_calzolari_panattoni_benchmark(fcp):
    """Fiorentini, Calzolari & Panattoni (1996), the DM/pound benchmark of GARCH software.

    Four parameters and three kinds of standard errors, every printed digit.
    """
    model, printed = fcp
    fit = model.fit()
    assert list(fit.params.index) == ["mu", "omega", "alpha", "beta"]
    assert f"{fit.loglik:.3f}" == "-1106.608"
    ours = {"coef": fit.params}
    for cov, key in (("hessian", "se_hessian"), ("opg", "se_opg"), ("robust", "se_qmle")):
        ours[key] = model.fit(cov=cov).std_errors
    for key, values in ours.items():
        for i, (value, print_) in enumerate(zip(values, find(printed, key), strict=True)):
            rounded = float(f"{value:.6g}")
            shown = _cut(value) if (key, i) in CUT else rounded
            assert shown == print_, (key, i)
            assert (shown != rounded) == ((key, i) in CUT)


def _cut(value: float) -> float:
    """The first six digits of a number, the others left off."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 5)
    return round(math.floor(value / unit) * unit, 12)


@pytest.mark.reference
def test_garch_benchmark_of_two_programs_to_eleven_digits(fcp):
    """TSP 4.4 and the corrected program of Fiorentini et al. (Cummins, 1998)."""
    model, printed = fcp
    fit, both = model.fit(), printed["tsp"]
    assert fit.loglik == pytest.approx(float(both["loglik_both"]), abs=1e-10)
    for value, print_ in zip(fit.params, both["coef_both"], strict=True):
        assert value == pytest.approx(float(print_), rel=1e-11)
    for value, print_ in zip(fit.std_errors, both["se_qmle_tsp"], strict=True):
        assert value == pytest.approx(float(print_), rel=1e-10)


@pytest.mark.reference
def test_garch_benchmark_in_fifty_digits(fcp):
    """The maximum is where the score is zero, and the OPG error of alpha is 0.013973792.

    So the two printed figures that differ in their sixth digit were cut, not estimated otherwise.
    """
    model, _ = fcp
    fit = model.fit(cov="opg")
    scores = decimal_scores(model.y, fit.params)
    total = np.array([float(sum(column)) for column in zip(*scores, strict=True)])
    step = fit.estimate.covs["hessian"] @ total
    assert np.abs(step / fit.params).max() < 1e-12
    columns = np.array(scores, dtype=object)
    exact = np.sqrt(np.diag(np.linalg.inv((columns.T @ columns).astype(float))))
    assert fit.std_errors.to_numpy() == pytest.approx(exact, rel=1e-10)
    assert f"{exact[2]:.9f}" == "0.013973792"


def decimal_scores(y: pd.Series, params: pd.Series) -> list[list[Decimal]]:
    """Scores of the GARCH(1, 1) with presample mean(ε²) in fifty digits, term by term."""
    with localcontext() as context:
        context.prec = 50
        mu, omega, alpha, beta = (Decimal(v) for v in params)
        e = [Decimal(v) - mu for v in y]
        square = h = sum(v * v for v in e) / len(e)
        by_mu = h_mu = -2 * sum(e) / len(e)
        slopes = [h_mu, Decimal(0), Decimal(0), Decimal(0)]
        found = []
        for v in e:
            slopes = [
                alpha * by_mu + beta * slopes[0],
                1 + beta * slopes[1],
                square + beta * slopes[2],
                h + beta * slopes[3],
            ]
            h = omega + alpha * square + beta * h
            square, by_mu = v * v, -2 * v
            weight = (square / h - 1) / (2 * h)
            found.append([weight * d for d in slopes])
            found[-1][0] += v / h
        return found


def find(tree: dict, key: str) -> list[float]:
    """The list under a key, at any depth."""
    if key in tree:
        return tree[key]
    return next(found for v in tree.values() if isinstance(v, dict) and (found := find(v, key)))


@pytest.mark.parametrize(
    ("price", "unit", "factor", "printed"),
    [
        (41.58, "yuan/tce", 2.66, "15.6"),  # Hefei, Zou, Wang & Sun (2022) with 2.66 tCO2/tce
        (52.63, "yuan/tce", 2.66, "19.8"),  # Hubei, the same
        (5.66, "yuan/MWh", 0.5306, "10.7"),  # certificates of August 2025, national factor of 2023
        (41.58, "yuan/tce", 2.7725, "15.0"),
        (41.58, "yuan/tce", 2.4567, "16.9"),
        (41.58, "yuan/tce", 2.1, "19.8"),
    ],
)
def test_conversions_to_a_carbon_price(price, unit, factor, printed):
    assert f"{cl.to_carbon_price(price, unit=unit, factor=factor):.1f}" == printed


def test_contradictions_in_the_founding_papers():
    from carbonlink.facts.audit import audit

    verdicts = audit()["verdict"].value_counts()
    assert verdicts["contradiction"] == 18 and verdicts.sum() == 52
