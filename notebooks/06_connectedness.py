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
# # Who moves with whom, and how sure is that?
#
# The files in `data/raw` are **synthetic demonstration data**. With your own files there, or with
# `raw="folder"` in `cl.load`, every line below runs on them.

# %%
import carbonlink as cl

panel = cl.load(["cea", "shanghai", "guangdong", "hubei"])

# %% [markdown]
# ## Is there anything to difference?
#
# One row a series, with a decision and the rule behind it. A break is the last day before it.

# %%
returns = panel.returns()
tests = cl.stationarity(returns, two_breaks=False)
tests.table[["ADF", "KPSS", "Ng–Perron", "za_break", "decision"]]

# %% [markdown]
# ## How much of each market's forecast variance comes from the others?
#
# The index is a sum of squares: without any link it is not 0. `excess` takes that away.

# %%
net = cl.connectedness(panel, lags=1, draws=199)
round(net.total, 1), round(net.excess, 1), net.excess_pvalue

# %%
_ = net.network()

# %% [markdown]
# Arrows are drawn where the interval of a pair lies off 0; the rule stands under the drawing. How
# far do the choices behind the number move it?

# %%
_ = net.sensitivity().plot()

# %% [markdown]
# ## Did it change?

# %%
change = net.split("2023-07-01")
change.table.loc[["total", "excess"]].round(2)

# %% [markdown]
# ## Does one market predict another?
#
# The family of tests is declared, because p-values are adjusted for all that were asked. Beside
# every test stands the partial R² that it could have found.

# %%
found = cl.causality(panel, family="all", lags=1, adjust="romano-wolf")
found.summary()

# %% [markdown]
# The same in price levels, which holds whether or not they have unit roots or are cointegrated:

# %%
levels = cl.causality(panel, "toda-yamamoto", family="all", lags=1, adjust="romano-wolf")
levels.matrix().round(3)
