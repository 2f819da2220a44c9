# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Volatility in thin, limited, deadline-driven markets
#
# The data in `data/raw` are **synthetic demonstration data**. Every line runs on your own files too.

# %%
import carbonlink as cl

panel = cl.load(["cea", "guangdong", "hubei", "tianjin"])
vol = cl.volatility(panel, "cea", spec="egarch", window=30)
vol.window_effect

# %% [markdown]
# ## How much of the persistence is stale quotes, limit days and breaks?
#
# The same market, its data taken ever more as they are: a carried quote is no zero return, a price
# at the limit is not the price the market wanted, and a break is not a shock that never dies.

# %%
plain = cl.volatility(panel, "hubei", spec="garch", dist="normal", window=None)
under = plain.by_treatment()
under.table.set_index("model")[["persistence", "lower", "upper", "nobs", "breaks"]].round(3)

# %%
_ = plain.plot()

# %% [markdown]
# ## Breaks in the variance, and the stories told of them
#
# Every break has a policy date near it, if one looks long enough. The line below says how many
# would by chance.

# %%
from carbonlink.facts.policy import policy_dates

returns = panel.returns("hubei")["hubei"].dropna()
found = cl.variance_breaks(returns, minimum_segment=60)
found.breaks

# %%
print(found.matches(policy_dates("hubei"), within=10))

# %%
found.persistence().round(3)

# %%
_ = found.plot()

# %% [markdown]
# Bai and Perron's tests look at absolute returns and give intervals of the dates.

# %%
cl.variance_breaks(returns, "bai-perron").breaks

# %% [markdown]
# ## The day's range, and a heterogeneous autoregression of it
#
# A day of one price has no range: it is missing, not calm. Guangdong's printed open is the previous
# close, so the estimators that use it are refused.

# %%
ranges = cl.range_volatility(panel, "cea")
ranges.table.round(3)

# %%
cl.range_volatility(panel, "guangdong").table[["volatility", "coverage_pct", "refused"]]

# %%
variance = ranges.variance["parkinson"].dropna()
cl.HAR(variance, log=True).fit().summary()

# %% [markdown]
# ## Which model forecasts best?
#
# Forecasts of rows the model has not seen, scored against the range; value at risk and expected
# shortfall tested in `diagnostics()`.

# %%
r = panel.returns("cea")["cea"].dropna()
models = {"GARCH": {}, "GARCH-t": {"dist": "t"}, "GJR-t": {"vol": "GJR", "dist": "t"}}
test = cl.backtest(r, models, start=600, refit=60, proxy=ranges.variance["parkinson"], draws=199)
test.table.round(3)

# %%
test.confidence_set(0.90)

# %%
tests = test.diagnostics()
tests[tests["test"].str.contains("5 %, GARCH-t")].round(3)

# %% [markdown]
# ## Do variances and correlations move together?
#
# The demonstration data are drawn market by market, so there is little to find: `a`, the weight of
# yesterday's shocks, is small, and 0 where no correlation moves at all.

# %%
pair = panel.returns(["guangdong", "hubei"]).dropna()
dcc = cl.DCC(pair, dist="t").fit(strict=False)
bekk = cl.BEKK(pair, kind="scalar", targeting=True).fit(strict=False)
cl.compare({"DCC-t": dcc, "BEKK": bekk}).table()

# %%
_ = dcc.plot()

# %%
dcc.diagnostics().round(3)
