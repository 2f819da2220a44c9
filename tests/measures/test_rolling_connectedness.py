"""Rolling connectedness: the reference at every date, windows, gaps and figures."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError, TooFewObservationsError

REFERENCE = Path(__file__).parents[1] / "reference" / "connectedness_rolling200_lag4_dy2012.json"


@pytest.fixture(scope="module")
def returns():
    return cl.simulate.var(400, rng=1)


@pytest.fixture(scope="module")
def net(returns):
    return cl.connectedness(cl.VAR(returns, lags=2).fit(), draws=40)


@pytest.mark.reference
def test_equals_the_reference_at_every_date(reference_inputs):
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    name = "connectedness_rolling200_lag4_dy2012_total.csv"
    printed = pd.read_csv(reference_inputs / name, index_col=0, parse_dates=True)["TCI"]
    net = cl.connectedness(cl.VAR(frame, lags=4).fit(), draws=0)
    peer = net.rolling(200, compat="connectedness_approach")
    pd.testing.assert_index_equal(peer.total.index, printed.index, check_names=False)
    np.testing.assert_allclose(peer.total, printed, atol=1e-9)
    sample = json.loads(REFERENCE.read_text())["sample"]
    for date, row in zip(sample["date"], sample["NET"], strict=True):
        np.testing.assert_allclose(peer.net.loc[date], row, atol=1e-9)
    ours = net.rolling(200)
    assert len(ours.total) == 2771 - 200 + 1
    assert ours.total.index[0] == frame.index[199]


def test_a_window_is_that_many_rows_of_data(returns, net):
    roll = net.rolling(80)
    assert roll.total.index[0] == returns.index[79] and len(roll.total) == 321
    assert roll.starts.iloc[0] == returns.index[0] and roll.spec["observations"] == 78
    for start in (0, 100, 320):
        part = returns.iloc[start : start + 80]
        alone = cl.connectedness(part, lags=2, draws=0)
        end = part.index[-1]
        assert roll.total[end] == pytest.approx(alone.total, abs=1e-9)
        np.testing.assert_allclose(roll.net.loc[end], alone.net, atol=1e-9)
        np.testing.assert_allclose(roll.to.loc[end], alone.to, atol=1e-9)
        np.testing.assert_allclose(roll.from_.loc[end], alone.from_, atol=1e-9)


def test_the_kind_and_horizon_carry_over(returns):
    order = ["guangdong", "hubei", "cea"]
    net = cl.connectedness(returns, lags=1, horizon=3, kind="cholesky", order=order, draws=0)
    roll = net.rolling(100)
    last = net.refit(data=returns.iloc[-100:])
    assert roll.total.iloc[-1] == pytest.approx(last.total, abs=1e-9)


def test_with_gaps_a_window_keeps_its_number_of_observations(returns):
    holed = returns.copy()
    holed.iloc[200:230, 0] = np.nan
    holed.iloc[300, 1] = np.nan
    net = cl.connectedness(holed, lags=2, draws=0)
    roll = net.rolling(80)
    usable = net.fitted.rows
    assert len(roll.total) == len(usable) - 78 + 1
    i = len(roll.total) - 1
    mask = np.zeros(400, dtype=bool)
    mask[usable[i : i + 78]] = True
    alone = cl.connectedness(cl.VAR(holed, lags=2, where=mask).fit(), draws=0)
    assert roll.total.iloc[i] == pytest.approx(alone.total, abs=1e-9)
    assert not roll.total.index.isin(holed.index[200:232]).any()


def test_a_gap_in_the_data_is_a_gap_in_the_line(returns):
    import matplotlib.pyplot as plt

    holed = returns.copy()
    holed.iloc[200:230, 0] = np.nan
    holed.iloc[300, 1] = np.nan
    ax = cl.connectedness(holed, lags=1, draws=40).rolling(80).plot()
    drawn = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert len(drawn) == 2
    assert drawn[0].get_xdata()[-1] == returns.index[199]
    plt.close(ax.figure)


def test_windows_that_stand_still_are_missing_and_told(returns):
    flat = returns.copy()
    flat.iloc[100:200, 2] = 0.5
    roll = cl.connectedness(flat, lags=1, draws=0).rolling(60)
    assert roll.total.isna().sum() > 30 and roll.net.isna().any(axis=None)
    assert "does not move" in " ".join(roll.notes)


def test_the_level_without_a_link_belongs_to_the_window(net):
    roll = net.rolling(80)
    assert roll.null_mean > 2 * net.null_mean
    assert roll.tidy().set_index("term").loc["mean of total without a link", "estimate"] > 2


def test_unusable_windows_are_refused(net):
    with pytest.raises(TooFewObservationsError, match="Use window=12 or more"):
        net.rolling(9)
    with pytest.raises(TooFewObservationsError, match="the sample has 398"):
        net.rolling(401)
    assert len(net.rolling(400).total) == 1
    with pytest.raises(SpecificationError, match="compat"):
        net.rolling(100, compat="statsmodels")
    with pytest.raises(SpecificationError, match="no number of rows"):
        net.rolling("2y")


def test_numbers_are_a_row_a_window(net):
    roll = net.rolling(100)
    numbers = roll.numbers()
    assert list(numbers.columns[:3]) == ["end", "start", "total"]
    assert {"to cea", "from hubei", "net guangdong"} <= set(numbers.columns)
    assert len(numbers) == len(roll.total)
    assert roll.refit(window=50).spec["window"] == 50
