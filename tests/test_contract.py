"""Every result keeps the contract: frozen, picklable, tidy, refittable, the same bytes."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import pickle
import tempfile

import matplotlib
import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.results import DIAGNOSTIC_COLUMNS, TIDY_COLUMNS, Results

matplotlib.use("Agg")


def _garch():
    return cl.GARCH(cl.simulate.garch(600, rng=1)).fit()


def _garch_regressor():
    y = cl.simulate.garch(600, rng=1)
    window = pd.Series((np.arange(600) % 100 > 70).astype(float), index=y.index, name="window")
    return cl.GARCH(y, vol="EGARCH", dist="t", variance_x=window).fit()


def _volatility():
    y = cl.simulate.garch(700, rng=2)
    return cl.volatility(y, spec="gjr", deadlines=[y.index[300], y.index[600]], window=30)


def _garch_thin():
    days = cl.simulate.thin_returns(600, omega=0.8, rng=1)
    return cl.GARCH(days["returns"], trade=days["trade"], limits=(-10.0, 10.0)).fit()


def _persistence():
    from carbonlink import demo
    from carbonlink.measures.volatility_persistence import persistence

    with tempfile.TemporaryDirectory() as folder:
        demo.write(folder)
        panel = cl.load(["hubei"], raw=folder, end="2021-06-30")
    return persistence(panel, models=["naive", "genuine"])


def _backtest():
    models = {"GARCH": {}, "flat": {"mean": "zero"}}
    return cl.backtest(cl.simulate.garch(500, rng=1), models, start=400, refit=50, draws=99)


def _ohlc():
    steps = 0.1 * np.random.default_rng(1).standard_normal((300, 60))
    path = 50 * np.exp(np.cumsum(steps.ravel()) / 100).reshape(steps.shape)
    days = pd.bdate_range("2020-01-01", periods=300)
    columns = {"open": path[:, 0], "high": path.max(1), "low": path.min(1), "close": path[:, -1]}
    return pd.DataFrame(columns, index=days)


def _range_volatility():
    return cl.range_volatility(_ohlc())


def _har():
    y = cl.simulate.garch(600, rng=1).abs()
    window = pd.Series((np.arange(600) % 100 > 70).astype(float), index=y.index, name="window")
    return cl.HAR(y, x=window, frequency="weekly").fit()


def _variance_breaks():
    y = cl.simulate.garch(700, rng=2)
    y.iloc[400:] *= 3
    return cl.variance_breaks(y)


def _garch_midas():
    from carbonlink.models.garch_midas import GARCHMIDAS

    y = cl.simulate.garch(900, rng=1)
    months = pd.period_range("2013-06", "2020-12", freq="M")
    driver = pd.Series(np.sin(np.arange(len(months)) / 5), index=months, name="coal")
    return GARCHMIDAS(y, driver, lags=6).fit(strict=False)


def _switching():
    from carbonlink.models.switching import switching_variance

    y = cl.simulate.garch(500, omega=1.0, alpha=0.0, beta=0.0, rng=1)
    y.iloc[200:] *= 3
    return switching_variance(y)


def _mean_breaks():
    y = cl.simulate.garch(700, rng=2)
    y.iloc[400:] *= 3
    return cl.variance_breaks(y, "bai-perron")


def _returns_of_three():
    return pd.concat({f"m{i}": cl.simulate.garch(500, rng=i) for i in range(3)}, axis=1)


def _ccc():
    return cl.CCC(_returns_of_three()).fit()


def _dcc():
    return cl.DCC(_returns_of_three(), kind="adcc", dist="t").fit()


def _bekk():
    return cl.BEKK(_returns_of_three(), kind="scalar", targeting=True).fit()


def _var():
    return cl.VAR(cl.simulate.var(300, rng=1), lags=2).fit()


def _vecm():
    return cl.VECM(cl.simulate.error_correction(300, rng=1), lags=2).fit()


def _var_shrunk():
    return cl.VAR(cl.simulate.var(200, rng=1), lags=2).fit(method="minnesota")


def _vecm_threshold():
    fitted = cl.VECM(cl.simulate.error_correction(200, rng=1), lags=2, rank=1).fit()
    return fitted.threshold({"effect": 1, "cause": -0.6}, draws=99, points=40)


def _var_quantile():
    return cl.VAR(cl.simulate.var(200, rng=1), lags=1).fit(method="quantile", tau=0.9)


def _var_driven():
    data = cl.simulate.var(300, rng=1)
    dummy = pd.Series((np.arange(300) % 50 > 40) * 1.0, index=data.index, name="window")
    return cl.VAR(data, lags=1, exog=dummy).fit()


def _var_responses():
    return _var().irf(5, draws=59)


def _var_decomposition():
    return _var_driven().decomposition(5, draws=59)


def _var_forecast():
    return _var().forecast(5, method="bootstrap", draws=59)


def _stationarity():
    return cl.stationarity(cl.simulate.var(200, rng=1))


def _connectedness():
    return cl.connectedness(_var(), horizon=10, draws=20)


def _causality():
    return cl.causality(cl.simulate.var(300, rng=1), family="all", lags=1, draws=59)


def _causality_waves():
    data = cl.simulate.var(300, rng=1)
    return cl.causality(data, "frequency", family="all", lags=3, draws=59, adjust="romano-wolf")


def _causality_quantiles():
    data = cl.simulate.var(200, rng=1)
    return cl.causality(data, "cross-quantilogram", family="all", lags=2, draws=59)


def _connectedness_joint():
    return cl.connectedness(_var(), kind="joint", draws=20)


def _connectedness_difference():
    return _connectedness().split("2015-09-01")


def _quantiles():
    return _connectedness().quantiles((0.2, 0.8))


def _r_squared():
    return _connectedness().r_squared(1, draws=59)


def _sensitivity():
    return _connectedness().sensitivity(lags=(1,), windows=(150,), priors=())


def _tvpvar():
    return cl.TVPVAR(cl.simulate.var(200, rng=1)).fit()


def _dynamic():
    return cl.connectedness(_tvpvar())


def _frequency():
    return _connectedness().frequency()


def _rolling():
    return cl.connectedness(cl.simulate.var(300, rng=1), lags=1).rolling(100)


def _concentration():
    volume, deadlines = cl.simulate.volumes(rng=1)
    return cl.concentration(volume, deadlines=deadlines, draws=199)


def _curve():
    return _concentration().curve()


def _event_profile():
    volume, deadlines = cl.simulate.volumes(cycles=6, rng=1)
    return cl.event_profile(volume, deadlines=deadlines, effects=["weekday"], draws=199)


def _two_clocks():
    volume, deadlines = cl.simulate.clock_volumes(markets=3, cycles=2, rng=1)
    return cl.two_clocks(volume, deadlines=deadlines, draws=99)


def _moved_deadlines():
    volume, deadlines = cl.simulate.volumes(cycles=8, intensity=4, rng=1)
    moved = [(day - pd.Timedelta(weeks=4), day) for day in deadlines[::4]]
    kept = [day for day in deadlines if day not in deadlines[::4]]
    return cl.moved_deadlines(volume, moved=moved, kept=kept)


def _bunching():
    volume, deadlines = cl.simulate.volumes(cycles=6, intensity=4, rng=1)
    return cl.bunching(volume, deadlines=deadlines, draws=199)


def _ecm():
    data = cl.simulate.error_correction(400, rng=1)
    return cl.ECM(data["effect"], data["cause"], lags=1).fit()


def _ardl():
    data = cl.simulate.error_correction(400, rng=1)
    return cl.ARDL(data["effect"], data["cause"], lags="bic", max_lags=3).fit()


def _nardl():
    data = cl.simulate.error_correction(400, rng=1)
    return cl.NARDL(data["effect"], data["cause"], lags=1, draws=99).fit()


def _projections():
    data = cl.simulate.var(400, rng=1)
    state = (data["guangdong"] > 0).rename("high")
    return cl.LocalProjections(data["hubei"], data["cea"], horizon=5, lags=1, state=state).fit()


def _projections_ratio():
    data = cl.simulate.var(400, rng=1)
    model = cl.LocalProjections(data["hubei"], data["cea"], horizon=5, cumulative="ratio")
    return model.fit()


def _ppml():
    volume, _ = cl.simulate.volumes(rng=1)
    cycle = pd.Series(np.arange(len(volume)) // 244, index=volume.index, name="cycle")
    window = pd.Series((np.arange(len(volume)) % 244 >= 214) * 1.0, volume.index, name="window")
    return cl.PPML(volume, window, absorb=cycle, clusters=cycle).fit()


def _iv():
    rng = np.random.default_rng(1)
    index = pd.date_range("2024-01-01", periods=300)
    z, u = (pd.Series(rng.normal(size=300), index, name=n) for n in "zu")
    cause = (z + u).rename("cost")
    return cl.IV((0.8 * cause + 2 * u).rename("power"), cause, z).fit()


def _tobit():
    y = cl.simulate.garch(300, rng=1)
    x = pd.Series(np.random.default_rng(1).normal(size=300), y.index, name="x")
    return cl.Tobit((y + x).clip(-1, 1).rename("y"), x, -1, 1).fit()


def _dols():
    data = cl.simulate.error_correction(300, rng=1)
    return cl.DOLS(data["effect"], data["cause"]).fit()


def _pass_through():
    data = cl.simulate.error_correction(400, rng=1)
    return cl.pass_through(data, "cause", "effect", intensity=0.85, benchmark=0.80)


def _integration():
    walk = cl.simulate.error_correction(300, long_run=1.0, adjustment=0.2, rng=1)
    return cl.integration(walk, split="2015-08-01", draws=29)


def _coordination():
    return cl.coupling_coordination(cl.simulate.var(60, rng=1), draws=39)


def _midas():
    y, x = cl.simulate.mixed_frequency(120, rng=1)
    return cl.MIDAS(y, x, lags=20).fit()


def _aggregate():
    return cl.aggregate(cl.simulate.var(300, rng=1), "M", "sum")


def _rolling_pass_through():
    return _pass_through().rolling(150, step=50, draws=49)


def _surprises():
    price = np.exp(4 + cl.simulate.garch(300, rng=1).cumsum() / 100)
    return cl.policy_surprises(price, list(price.index[[50, 120, 200]]), draws=99)


def _overlap():
    rows = {"entity": ["A", "A", "B"], "instrument": ["x", "y", "x"], "tonnes": [2.0, 1.0, 1.0]}
    return cl.overlap(pd.DataFrame(rows))


def _implied_prices():
    return cl.implied_prices()


def _liquidity():
    days = pd.bdate_range("2023-01-02", periods=200)
    price = 50 * np.exp(cl.simulate.garch(200, rng=1).to_numpy().cumsum() / 100)
    frame = pd.DataFrame({"close": price, "volume": 1000.0, "value": 1000 * price}, index=days)
    return cl.liquidity(frame, "mine")


def _market_shares():
    days = pd.bdate_range("2020-01-01", "2022-12-31")
    draws = np.random.default_rng(1).lognormal(0, 1, (len(days), 3))
    return cl.market_shares(pd.DataFrame(draws, days, ["a", "b", "c"]), draws=199)


def _price_effects():
    y = cl.simulate.garch(1500, rng=1).rename("mine")
    ends = [y.index[i] for i in range(200, 1500, 240)]
    return cl.price_effects(y, deadlines=ends, window=20, draws=199)


FACTORIES = {
    f.__name__.strip("_"): f
    for f in (
        _garch,
        _garch_regressor,
        _garch_thin,
        _persistence,
        _volatility,
        _backtest,
        _range_volatility,
        _har,
        _variance_breaks,
        _garch_midas,
        _switching,
        _mean_breaks,
        _ccc,
        _dcc,
        _bekk,
        _var,
        _vecm,
        _vecm_threshold,
        _var_shrunk,
        _var_quantile,
        _var_driven,
        _var_responses,
        _var_decomposition,
        _var_forecast,
        _stationarity,
        _connectedness,
        _causality,
        _causality_waves,
        _causality_quantiles,
        _connectedness_joint,
        _connectedness_difference,
        _quantiles,
        _r_squared,
        _sensitivity,
        _tvpvar,
        _dynamic,
        _frequency,
        _rolling,
        _concentration,
        _curve,
        _event_profile,
        _two_clocks,
        _moved_deadlines,
        _bunching,
        _ecm,
        _ardl,
        _nardl,
        _projections,
        _projections_ratio,
        _ppml,
        _iv,
        _tobit,
        _dols,
        _pass_through,
        _overlap,
        _surprises,
        _rolling_pass_through,
        _implied_prices,
        _liquidity,
        _price_effects,
        _market_shares,
        _integration,
        _aggregate,
        _coordination,
        _midas,
    )
}


@functools.cache
def made(name: str) -> Results:
    return FACTORIES[name]()


@pytest.fixture(params=sorted(FACTORIES))
def result(request) -> Results:
    return made(request.param)


def test_is_a_frozen_result(result):
    assert isinstance(result, Results)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.notes = ()


def test_frames_read_from_it_are_copies(result):
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, (pd.Series, pd.DataFrame)) and len(value):
            before = value.copy()
            value.iloc[0] = value.iloc[-1]
            assert getattr(result, field.name).equals(before)
        elif isinstance(value, np.ndarray):
            assert not value.flags.writeable


def test_says_what_it_stands_on(result):
    assert result.spec and all(isinstance(k, str) for k in result.spec)
    plain = (str, int, float, bool, tuple, list, dict, type(None), np.generic, pd.Timestamp)
    assert all(isinstance(v, plain) for v in result.spec.values())
    assert result.sample.nobs > 0 and result.sample.start
    assert all(isinstance(note, str) and note for note in result.notes)
    assert all(isinstance(s, str) for s in result.sources)


def test_tidy_is_the_one_table(result):
    tidy = result.tidy()
    assert tuple(tidy.columns) == TIDY_COLUMNS
    assert len(tidy) and np.isfinite(tidy["estimate"]).any()
    bounded = tidy.dropna(subset=["lower", "upper"])
    assert (bounded["lower"] <= bounded["upper"]).all()
    assert tidy["p_value"].dropna().between(0, 1).all()
    assert not tidy.duplicated(["term", "market"]).any()


def test_intervals_widen_with_the_level(result):
    wide, narrow = result.tidy(level=0.99), result.tidy(level=0.8)
    both = np.isfinite(wide["lower"]) & np.isfinite(narrow["lower"])
    assert (wide["lower"][both] <= narrow["lower"][both] + 1e-12).all()
    assert (wide["upper"][both] >= narrow["upper"][both] - 1e-12).all()


def test_glance_is_one_row(result):
    glance = result.glance()
    assert len(glance) == 1 and glance["nobs"].iloc[0] == result.sample.nobs


def test_diagnostics_name_the_null(result):
    tests = result.diagnostics()
    assert tuple(tests.columns) == DIAGNOSTIC_COLUMNS
    assert (tests["null"].str.len() > 0).all()
    answered = tests["statistic"].notna() | tests["p_value"].notna()
    assert (answered | (tests["note"].str.len() > 0)).all()


def test_pickles(result):
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.tidy(), result.tidy())
    assert str(again.summary()) == str(result.summary())


def test_summary_is_the_same_on_refit(result):
    again = result.refit()
    assert again is not result
    assert str(again.summary()) == str(result.summary())
    assert "0x" not in str(result.summary())


def test_refit_refuses_an_argument_it_does_not_have(result):
    with pytest.raises(cl.SpecificationError, match="no_such_argument"):
        result.refit(no_such_argument=1)


def test_renders_in_a_notebook_and_in_latex(result):
    assert "<table" in result._repr_html_()
    tex = result.to_latex()
    assert r"\begin{table}" in tex and r"\bottomrule" in tex


def test_plots_on_the_axes_given_and_leaves_the_style_alone(result):
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    figure, ax = plt.subplots()
    drawn = result.plot(ax=ax)
    assert drawn is ax and ax.has_data()
    assert dict(matplotlib.rcParams) == before
    assert isinstance(result.numbers(), pd.DataFrame) and len(result.numbers())
    plt.close(figure)


def test_speaks_maketables(result):
    table = result.__maketables_coef_table__
    assert list(table.columns) == ["b", "se", "t", "p"]
    assert result.__maketables_stat__("N") == result.sample.nobs


def test_compare_puts_results_side_by_side():
    pair = cl.compare({"GARCH": made("garch"), "EGARCH-t": made("garch_regressor")})
    assert list(pair.table().columns) == ["GARCH", "EGARCH-t"]
    assert set(pair.tidy()["model"]) == {"GARCH", "EGARCH-t"}
    assert "omega" in str(pair.summary()) and "GARCH" in pair.to_latex()


def test_compare_refuses_what_is_no_result():
    with pytest.raises(cl.SpecificationError, match="not a result"):
        cl.compare({"x": 1})


def test_every_public_word_loads():
    assert len(cl.__all__) <= 60
    for word in cl.__all__:
        assert getattr(cl, word) is not None


def test_no_public_call_takes_a_switch_by_its_place():
    """`prices("cea", "closed")` would turn a switch on; switches are named."""
    loose = []
    words = {word: getattr(cl, word) for word in cl.__all__ if not word.startswith("Carbonlink")}
    for word, thing in words.items():
        parts = vars(thing) if isinstance(thing, type) else {}
        calls = {word: thing} | {f"{word}.{n}": f for n, f in parts.items() if n[0] != "_"}
        for name, call in calls.items():
            given = inspect.signature(call).parameters.values() if callable(call) else ()
            switches = [p for p in given if p.annotation in ("bool", bool)]
            loose += [f"{name}({p.name})" for p in switches if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert not loose
