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
# # Coupling: who moves with whom, and how sure can one be?
#
# The data in `data/raw` are **synthetic demonstration data**. Put your own files there and every
# line runs on them.

# %%
import carbonlink as cl

panel = cl.load(start="2019-01-01")
r = panel.returns(["cea", "hubei", "guangdong"]).dropna()
r.shape

# %% [markdown]
# ## Connectedness, minus what chance gives
#
# The index of independent series is not zero. `excess` is what is left.

# %%
net = cl.connectedness(cl.VAR(r, lags=1).fit(), horizon=10, draws=199)
print(f"index {net.total:.1f}, minus its no-link null {net.excess:.1f}, p {net.excess_pvalue:.2f}")

# %% [markdown]
# ## One price or several?
#
# Weekly prices, before and after the national launch: dispersion, relative prices, clubs. Half-lives
# are median-unbiased; an interval that reaches ∞ has not ruled out that the gap never closes. Read
# the last note: allowances cannot travel between registries.

# %%
one = cl.integration(panel, draws=49)
one.changes[["test", "estimate", "statistic", "p_value"]].round(3)

# %%
one.half_lives("after").round(1)

# %%
one.plot()
# %%
print(one.notes[-1])

# %% [markdown]
# ## Two prices and one trend: error correction
#
# The rank by the trace test with its small-sample correction, and by the wild bootstrap, which
# stands changing variances.

# %%
import numpy as np

pair = np.log(panel.prices(["hubei", "chongqing"])).groupby(lambda day: day.to_period("W")).last()
pair.index = pair.index.to_timestamp(how="end").normalize()
vecm = cl.VECM(pair, lags=2, rank=1, deterministic="rc").fit()
vecm.rank_table[["trace", "p_trace", "p_trace_corrected"]].round(3)

# %%
print(vecm.bootstrap_rank(0, draws=199))
print(vecm.test_beta({"hubei": 1, "chongqing": -1}))

# %%
vecm.shares(draws=99).T.round(2)

# %% [markdown]
# ## The coupling coordination degree (耦合协调度)
#
# It says how high and how even two indices are, not whether one moves the other: `null` is the share
# of series shifted in time whose mean degree is as high.

# %%
monthly = cl.aggregate(panel, "M", "volume-weighted", markets=["cea", "hubei", "guangdong"])
degree = cl.coupling_coordination(monthly.frame, "entropy", floor=0.01, draws=199)
degree.null

# %%
degree.plot()
# %%
degree.sensitivity().round(2)

# %% [markdown]
# ## Daily on monthly, nothing interpolated
#
# Below forty months a mixed-frequency regression is refused. An override carries a footnote that
# follows the result everywhere.

# %%
certificates = cl.aggregate(panel, "M", "mean", markets=["gec"]).frame["gec"].pct_change()
daily = panel.returns(["cea"])["cea"]
try:
    cl.MIDAS(certificates, daily, lags=20).fit()
except cl.TooFewObservationsError as refusal:
    print(refusal)

# %%
cl.MIDAS(certificates, daily, lags=10, minimum=15).fit().notes

# %% [markdown]
# With enough months (made here, with known weights) the weights come back, and the max-test asks
# whether any day matters.

# %%
effect, cause = cl.simulate.mixed_frequency(120, rng=1)
fitted = cl.MIDAS(effect, cause, lags=20).fit()
print(fitted.max_test(draws=999)["p_value"])
fitted.plot()
