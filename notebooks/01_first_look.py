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
# # A first look: do these markets move together?
#
# The data in `data/raw` are **synthetic demonstration data**: made up, calibrated to published
# yearly totals, written in the file layouts that exchanges and vendors use. Put your own files
# there (and register them with `carbonlink data --register FILE`), or pass `raw="folder"` to
# `cl.load`, and every line below runs on them.

# %%
import carbonlink as cl

markets = ["cea", "hubei", "guangdong", "ccer", "gec", "eur_zj", "electricity_gd"]
panel = cl.load(markets, start="2021-07-16")
panel.coverage()

# %% [markdown]
# A price counts only on a day when somebody traded at it. Returns run from one genuine trade to the
# next; a stale price is no zero return.

# %%
r = panel.returns(["cea", "hubei", "guangdong"])
r.describe().round(2)

# %%
cl.stationarity(r).table.round(4)

# %% [markdown]
# ## Volatility, with the compliance window in the variance equation

# %%
vol = cl.volatility(panel, "cea", spec="egarch", window=30)
vol.summary()

# %%
vol.diagnostics()

# %% [markdown]
# ## Trading concentrates before the deadline

# %%
conc = cl.concentration(panel, window=30)
conc.summary()

# %%
cl.concentration(panel, "cea", window=30).curve().plot();

# %% [markdown]
# ## Who moves with whom
#
# The index is not zero when nothing is linked: `excess` is the index minus its value under no link.

# %%
net = cl.connectedness(cl.VAR(r, lags="bic").fit(), horizon=10)
print(f"index {net.total:.1f}, minus its no-link null {net.excess:.1f}")
net.net.round(2)

# %%
net.rolling(200).plot();

# %% [markdown]
# ## One currency for four instruments: yuan a tonne of CO2
#
# These are published figures, not demonstration data.

# %%
cl.implied_prices().headline()

# %% [markdown]
# ## Does a yuan on carbon reach the power price?
#
# The emission intensity of the marginal unit and its benchmark are yours to give. Published
# benchmarks are looked up with `benchmark="cn_power"`; none is confirmed for 2023 and later, so that
# call would answer "net rate not defined" and say why. Here both numbers are assumptions.

# %%
pt = cl.pass_through(panel, cause="cea", effect="electricity_gd", intensity=0.85, benchmark=0.80)
pt.summary()

# %%
pt.gross, pt.net

# %% [markdown]
# The same, with the compliance windows left out. (A band such as the ±20 % around the coal benchmark
# holds for medium- and long-term contracts, not for spot prices: give `band=(low, high)` and
# `refit(where="inside_band")` where the price is a contract's.)

# %%
import pandas as pd

from carbonlink.facts import compliance

days = panel.daily("cea").index
in_window = compliance.window_mask(days, compliance.due_dates("cea")[0], 30)
outside = pt.refit(where=pd.Series(~in_window, index=days))
cl.compare({"all days": pt, "outside the compliance windows": outside})

# %%
cl.save(net, "fig8", out="../reports/first_look")
