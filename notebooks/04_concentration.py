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
# # Does trade crowd before the deadline, and what does that do to prices?
#
# The files in `data/raw` are **synthetic demonstration data**. With your own files there, or with
# `raw="folder"` in `cl.load`, every line below runs on them.

# %%
import carbonlink as cl

panel = cl.load(["cea", "shanghai", "guangdong", "hubei", "chongqing"])

# %% [markdown]
# ## How much of a cycle's volume comes in the last 30 open days?
#
# One share for one window is what papers print. Here it stands beside an even spread, with an
# interval and a p-value that stands persistence: the cycle is turned in a circle, so that volume
# keeps its memory and loses the deadline.

# %%
conc = cl.concentration(panel, window=30, draws=999)
conc.summary()

# %% [markdown]
# The number depends on the window, so look at all of them. Grey is what turned cycles give.

# %%
_ = conc.curve(market="cea").plot()
# %%
best = conc.best_window(market="cea")
best.window, round(best.theil_share, 2), best.pvalue

# %% [markdown]
# ## Do prices run up, or swing, before the deadline?
#
# Deadlines of several markets fall together, so pooled tests count groups of overlapping windows,
# not deadlines. `diagnostics()` prints the tests that papers use beside the one that keeps its size.

# %%
effects = cl.price_effects(panel, window=30, draws=999)
effects.table.round(2)

# %%
effects.diagnostics()[["test", "statistic", "p_value", "note"]]

# %%
_ = effects.plot()
# %% [markdown]
# Block trades against listed ones, in per cent: in the window, on other days, and the difference.

# %%
effects.discounts.round(2)

# %% [markdown]
# Volume and the size of returns on the window's days of one market.

# %%
effects.price_volume("cea", lags=1).summary()

# %% [markdown]
# ## How liquid are the markets?
#
# A measure is missing where nothing traded or where its range is not a range; `coverage()` says how
# often. Caps printed in papers are flagged as doubtful in the notes.

# %%
liquid = cl.liquidity(panel, freq="Y")
liquid.series("amihud").round(3)

# %%
liquid.coverage().round(0).T

# %% [markdown]
# ## How is trade spread over markets, and did a rule change the rush?
#
# `rule_change` compares cycles before and after a date, and sets the jump against that of every
# other date at which the sample could have been cut. Few dates cannot give a small p-value: the
# note says how small it can be.

# %%
shares = cl.market_shares(panel, draws=499)
_ = shares.plot()
# %%
change = shares.rule_change("2021-07-16", "effective_days")
change.estimate, change.p_value, change.notes[0]
