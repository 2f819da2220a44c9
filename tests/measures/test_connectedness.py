"""Connectedness: reference numbers, closed forms, invariances, intervals and the no-link null."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError
from carbonlink.inference import bootstrap

REFERENCE = Path(__file__).parents[1] / "reference" / "connectedness_static_dy2012.json"


@pytest.fixture(scope="module")
def returns():
    return cl.simulate.var(400, rng=1)


@pytest.fixture(scope="module")
def net(returns):
    return cl.connectedness(cl.VAR(returns, lags=1).fit(), draws=199)


@pytest.mark.reference
def test_equals_the_static_reference(reference_inputs):
    reference = json.loads(REFERENCE.read_text())
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    fitted = cl.VAR(frame, lags=4).fit()
    net = cl.connectedness(fitted, horizon=10)
    assert net.total == pytest.approx(12.592113069702, abs=1e-8)
    assert net.adjusted == pytest.approx(reference["cTCI"], abs=1e-8)
    np.testing.assert_allclose(net.table, reference["table_percent"], atol=1e-8)
    np.testing.assert_allclose(net.to, reference["TO"], atol=1e-8)
    np.testing.assert_allclose(net.from_, reference["FROM"], atol=1e-8)
    np.testing.assert_allclose(net.net, reference["NET"], atol=1e-8)
    # the reference prints what the row receives; here the row transmits
    np.testing.assert_allclose(net.pairwise.T, reference["NPDC"], atol=1e-8)
    ordered = cl.connectedness(fitted, kind="cholesky")
    assert ordered.total == pytest.approx(reference["orth_TCI"], abs=1e-8)
    np.testing.assert_allclose(ordered.table, reference["orth_table_percent"], atol=1e-8)


@pytest.mark.reference
def test_text_dates_give_the_same_reference(reference_inputs):
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0)
    net = cl.connectedness(frame, lags=4)
    assert net.total == pytest.approx(12.592113069702, abs=1e-8)
    assert net.sample.start == "1999-01-29"


def test_measures_add_up_and_name_who_transmits(net):
    off = net.table.to_numpy() - np.diag(np.diag(net.table))
    assert net.total == pytest.approx(off.sum() / 3)
    assert net.adjusted == pytest.approx(net.total * 1.5)
    np.testing.assert_allclose(net.pairwise.sum(axis=1), net.net, atol=1e-12)
    np.testing.assert_allclose(net.table.sum(axis=1), 100)
    assert net.net.idxmax() == "cea"
    assert net.pairwise.loc["cea", "hubei"] > 0 > net.pairwise.loc["guangdong", "cea"]


def test_order_and_scale_of_the_columns_do_not_matter(returns, net):
    other = returns[["guangdong", "cea", "hubei"]] * [1e3, 0.1, 5]
    moved = cl.connectedness(other, lags=1, draws=0)
    np.testing.assert_allclose(moved.table.loc[net.names, net.names], net.table, rtol=1e-9)


def test_the_order_of_shocks_is_an_argument(returns):
    order = ["hubei", "guangdong", "cea"]
    given = cl.connectedness(returns, lags=1, kind="cholesky", order=order, draws=0)
    moved = cl.connectedness(returns[order], lags=1, kind="cholesky", draws=0)
    np.testing.assert_allclose(given.table.loc[order, order], moved.table, rtol=1e-9)
    assert given.spec["order of shocks"] == tuple(order)


def test_a_frame_a_model_and_a_fit_agree(returns, net):
    for data in (returns, cl.VAR(returns, lags=1)):
        lags = 1 if isinstance(data, pd.DataFrame) else None
        assert cl.connectedness(data, lags=lags, draws=0).total == net.total
    part = cl.connectedness(returns, lags=1, markets=["cea", "hubei"], draws=0)
    assert part.names == ("cea", "hubei")


def test_refit_changes_lags_horizon_and_seed(net):
    assert net.refit(lags=2, draws=0).fitted.lags == 2
    assert net.refit(horizon=1, draws=0).total != net.total
    again, other = net.refit(), net.refit(rng=5)
    pd.testing.assert_frame_equal(again.conf_int(), net.conf_int())
    assert not np.allclose(other.conf_int(), net.conf_int())


def test_excess_is_the_total_less_its_mean_without_a_link(net):
    assert net.excess == pytest.approx(net.total - net.null_mean)
    assert 0.3 < net.null_mean < 2.5
    assert net.excess_pvalue == pytest.approx(1 / 200)


def test_unlinked_series_have_no_excess():
    noise = np.random.default_rng(3).standard_normal((250, 4))
    frame = pd.DataFrame(noise, columns=list("abcd"))
    net = cl.connectedness(frame, lags=1, draws=199)
    assert 1 < net.total < 5 and abs(net.excess) < 2
    assert net.excess_pvalue > 0.05
    interval = net.conf_int().loc["excess"]
    assert interval["lower"] < 0 < interval["upper"]


def test_the_null_mean_is_the_published_one():
    """About 2.5 points at k = 4, T = 250 and 1.4 at k = 8, T = 1,000 for a VAR(1)."""
    generator = np.random.default_rng(0)
    small = pd.DataFrame(generator.standard_normal((250, 4)), columns=list("abcd"))
    large = pd.DataFrame(generator.standard_normal((1000, 8)), columns=list("abcdefgh"))
    assert cl.connectedness(small, lags=1).null_mean == pytest.approx(2.5, abs=0.2)
    assert cl.connectedness(large, lags=1, draws=199).null_mean == pytest.approx(1.4, abs=0.1)


def test_intervals_hold_every_quantity_and_nest(net):
    wide, narrow = net.conf_int(0.99), net.conf_int(0.8)
    assert list(wide.columns) == ["lower", "upper"]
    assert (wide["lower"] <= narrow["lower"]).all() and (wide["upper"] >= narrow["upper"]).all()
    for label in ("total", "adjusted", "excess", "to others (cea)", "hubei ← cea"):
        assert label in wide.index
    assert len(wide) == 3 + 3 * 3 + 6 + 3
    cells = narrow.filter(like="←", axis=0)
    assert (cells["lower"] >= 0).all() and (cells["upper"] <= 100).all()
    assert narrow.loc["total", "lower"] < net.total < narrow.loc["total", "upper"]


def test_tidy_has_pvalues_of_the_right_kind(net):
    tidy = net.tidy().set_index(["term", "market"])
    assert tidy.loc[("from cea", "hubei"), "p_value"] == pytest.approx(1 / 200)
    assert tidy.loc[("net", "cea"), "p_value"] < 0.05
    assert tidy.loc[("net to guangdong", "hubei"), "p_value"] > 0.05
    interval = net.conf_int()
    row = tidy.loc[("net to guangdong", "hubei")]
    assert row["lower"] == interval.loc["hubei → guangdong, net", "lower"]
    assert (row["lower"] < 0) and (row["upper"] > 0)


def test_draws_wait_until_they_are_asked_for(returns):
    lazy = cl.connectedness(cl.VAR(returns, lags=1).fit())
    assert "_linked" not in vars(lazy)
    drawn = lazy.conf_int()
    assert "_linked" in vars(lazy)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(lazy)).conf_int(), drawn)


def test_no_draws_and_explosive_roots_leave_intervals_out(returns):
    silent = cl.connectedness(returns, lags=1, draws=0)
    assert silent.conf_int().isna().all(axis=None) and np.isnan(silent.excess)
    assert "draws=0" in " ".join(silent.notes)
    growing = returns.assign(cea=1.03 ** np.arange(400) + 0.1 * returns["cea"])
    with pytest.warns(cl.CarbonlinkWarning, match="No sign that these are stationary"):
        explosive = cl.connectedness(growing, lags=1, draws=50)
    assert np.isnan(explosive.excess_pvalue)
    assert "explosive VAR do not settle" in " ".join(explosive.notes)
    assert "nan" not in str(explosive.summary())


def test_too_few_draws_for_the_level_are_remarked(returns):
    assert "at least 39" in " ".join(cl.connectedness(returns, lags=1, draws=20).notes)
    assert cl.connectedness(returns, lags=1, draws=39).notes == ()
    assert "at least 199" in " ".join(cl.connectedness(returns, lags=1, draws=99, level=0.99).notes)


def test_a_generator_gives_a_result_that_repeats(returns):
    net = cl.connectedness(returns, lags=1, draws=40, rng=np.random.default_rng(4))
    pd.testing.assert_frame_equal(net.refit().tidy(), net.tidy())
    assert isinstance(net.spec["rng"], str)


@pytest.mark.parametrize(
    "arguments",
    [
        {"horizon": 0},
        {"kind": "jointly"},
        {"draws": -1},
        {"level": 1.0},
        {"order": ["cea", "hubei", "guangdong"]},
        {"markets": ["cea", "nowhere"]},
    ],
)
def test_wrong_arguments_are_refused(returns, arguments):
    with pytest.raises(SpecificationError):
        cl.connectedness(returns, **arguments)


def test_arguments_that_belong_to_the_model_are_refused(returns):
    with pytest.raises(SpecificationError, match="belong to the model"):
        cl.connectedness(cl.VAR(returns, lags=1).fit(), minimum=20)


def test_the_figure_prints_every_share(net):
    import matplotlib.pyplot as plt

    ax = net.plot()
    texts = [t.get_text() for t in ax.texts]
    assert texts == [f"{v:.1f}" for v in net.table.to_numpy().ravel()]
    assert [t.get_text() for t in ax.get_yticklabels()] == list(net.names)
    plt.close(ax.figure)


def test_the_printed_table_is_the_familiar_one(net):
    text = str(net.summary())
    assert "from others" in text and "to others" in text and "excess p-value" in text
    assert f"{net.table.iloc[0, 0]:.2f}" in text
    numbers = net.numbers().set_index("share of")
    assert numbers.loc["net", "from others"] == pytest.approx(net.total)
    assert numbers.loc["to others", "cea"] == pytest.approx(net.to["cea"])


def test_an_unseeded_draw_is_refused():
    with pytest.raises(cl.SpecificationError, match="rng=None"):
        cl.connectedness(cl.simulate.var(200, rng=1), rng=None)


def test_changing_variances_are_named_beside_the_excess():
    """One GARCH variance common to all series, and none."""
    draws = np.random.default_rng(3)
    shocks = draws.standard_normal((800, 3))
    variance, past = 1.0, 0.0
    moved = shocks.copy()
    for t in range(800):
        variance = 0.05 + 0.25 * past + 0.7 * variance
        moved[t] *= np.sqrt(variance)
        past = moved[t, 0] ** 2
    days = pd.bdate_range("2015-01-01", periods=800)
    said = cl.connectedness(pd.DataFrame(moved, days, list("abc")), lags=1, draws=99)
    assert any('null="common_volatility"' in note for note in said.notes)
    quiet = cl.connectedness(pd.DataFrame(shocks, days, list("abc")), lags=1, draws=99)
    assert not any("ARCH" in note for note in quiet.notes)


def test_a_common_volatility_is_no_link_where_the_null_allows_it():
    draws = np.random.default_rng(3)
    log, volatility = 0.0, np.empty(400)
    for t in range(400):
        log = 0.95 * log + 0.3 * draws.standard_normal()
        volatility[t] = np.exp(log / 2)
    moved = pd.DataFrame(
        volatility[:, None] * draws.standard_normal((400, 4)), columns=list("abcd")
    )
    plain = cl.connectedness(moved, lags=1, draws=199)
    common = cl.connectedness(moved, lags=1, draws=199, null="common_volatility")
    assert common.total == plain.total and common.null_mean > plain.null_mean + 1
    assert common.excess_pvalue > 0.05 and common.excess_pvalue > plain.excess_pvalue
    assert "uncorrelated" in common.diagnostics()["null"].iloc[0]
    assert not any("ARCH" in note for note in common.notes)
    apart = cl.simulate.var(400, coefs=0.2 * np.eye(3), sigma=np.eye(3), rng=1)
    both = [
        cl.connectedness(apart, lags=1, draws=199, null=null).null_mean
        for null in ("independent", "common_volatility")
    ]
    assert both[0] == pytest.approx(both[1], rel=0.1)
    with pytest.raises(cl.SpecificationError, match="no meaning for a TVP-VAR"):
        cl.connectedness(cl.TVPVAR(apart), null="common_volatility")
    with pytest.raises(cl.SpecificationError, match="null"):
        cl.connectedness(apart, null="none")


def test_signs_are_drawn_apart_and_sizes_stay_on_their_row():
    values = np.random.default_rng(0).standard_normal((60, 2))
    rows = np.r_[1:30, 35:60]
    source = bootstrap.unlinked(values, 1, rows, common=True)
    still = replace(source, coefs=np.zeros((1, 2, 2)), intercept=np.zeros(2))
    paths = bootstrap.unlinked_paths(400, np.random.default_rng(1), still)
    np.testing.assert_allclose(
        np.abs(paths[:, still.rows]), np.abs(still.resid)[None].repeat(400, 0)
    )
    signs = np.sign(paths[:, still.rows])
    assert abs((signs[..., 0] * signs[..., 1]).mean()) < 0.03


def test_a_difference_of_short_periods_says_what_its_p_value_is_worth():
    net = cl.connectedness(cl.simulate.var(400, rng=1), lags=1, draws=99)
    change = net.split(net.fitted.data.index[200])
    assert any("about 7 % of samples at 5 %" in note for note in change.notes)
