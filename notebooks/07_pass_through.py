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
# # Does a yuan on carbon reach the power price?
#
# "No pass-through" against the wrong cost may be full pass-through of the right one: under a
# performance standard a unit pays for τ(e − b), not for τe. And a price pinned at its band cannot
# move, whatever carbon costs. The data here are **synthetic demonstration data**.

# %%
import carbonlink as cl

panel = cl.load(["cea", "gec", "eur_zj", "ccer", "electricity_gd"])
rate = cl.pass_through(panel, "cea", "electricity_gd", intensity=0.85, benchmark=0.8177)
rate.summary()

# %% [markdown]
# The gross rate is a share of τe, the net one a share of τ(e − b). Sets are Fieller's: they may be
# unbounded, and then the data cannot tell.

# %%
rate.intervals()

# %%
rate.plot();

# %% [markdown]
# ## Other methods
#
# Each of them is a model of its own too (`cl.ECM`, `cl.NARDL`, `cl.LocalProjections`, `cl.DOLS`,
# `cl.IV`, `cl.Tobit`).

# %%
methods = {m: rate.refit(method=m) for m in ("ecm", "nardl", "dols", "lp")}
cl.compare(methods).table()

# %% [markdown]
# News of policy that moved the carbon price may serve as an instrument, if it is strong enough.

# %%
news = cl.policy_surprises(panel, market="cea")
news.diagnostics()

# %%
by_news = rate.refit(method="lp-iv", instrument=news.series, horizon=10)
by_news.gross, by_news.model.weak

# %% [markdown]
# ## A market whose answer is known

# %%
market = cl.simulate.compliance_market(pass_through=0.7, rng=1)
prices = market.price.to_frame("carbon").assign(power=market.power)
cl.pass_through(prices, "carbon", "power", intensity=0.85, benchmark=0.82).net

# %% [markdown]
# ## One unit for every instrument
#
# Certificates, energy-use rights and offsets in yuan a tonne of CO2, with the band that the
# published factors leave open.

# %%
implied = cl.implied_prices(panel)
implied.headline().groupby("instrument")["implied"].describe()[["count", "min", "max"]].round(1)

# %%
implied.plot();

# %% [markdown]
# When only totals are known, the overlap of two instruments lies between bounds.

# %%
cl.overlap({"allowances": 4.5e9, "energy-use rights": 1.2e9}, universe=5.0e9).table

# %% [markdown]
# ## The arithmetic of compliance

# %%
cl.mechanisms.compliance_position(emissions=100, allocation=90, credits=8)

# %%
cl.mechanisms.formulae()[["function", "formula"]].head(8)
