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
# # The data: what the files hold, what was set aside, and what a price means
#
# The files in `data/raw` are **synthetic demonstration data** in the layouts of exchanges and
# vendors. Everything below runs on your own files with `raw="folder"`.

# %%
import carbonlink as cl

panel = cl.load()
panel.ledger[["file", "layout", "markets", "rows", "kept", "quarantined", "declared", "used_for"]]

# %% [markdown]
# Every source row is kept, quarantined with its reason, or declared to hold no data (headers,
# footers, blanks, exact repeats). Nothing is imputed.

# %%
rows = panel.ledger
bool((rows["rows"] == rows["kept"] + rows["quarantined"] + rows["declared"]).all())

# %% [markdown]
# ## What must be known before a number is used

# %%
for note in panel.notes:
    print("-", note)

# %% [markdown]
# ## How good is each market's price?
#
# `stale_pct` counts days on which a price is printed that nobody traded at; `limit_pct` days on
# which the price is at its daily limit. Where no printed rule of a limit was found, the flags are
# missing, not guessed; who knows the limit states it: `panel.with_limits({"guangdong": 10})`.

# %%
shares = ["frequency", "price_kind", "open_days", "traded_pct", "stale_pct", "limit_pct"]
panel.coverage()[[*shares, "limit_known_by", "block_pct", "tiny_pct", "longest_gap"]]

# %% [markdown]
# Prices are those of genuine trades: a day without one is a gap, not yesterday's price.

# %%
traded = panel.prices(["cea", "hubei", "chongqing"])
_ = traded.plot(marker=".", markersize=2, linestyle="none", ylabel="yuan/t")

# %% [markdown]
# Where a venue has made its own rules, they count: at Guangzhou, since 31 July 2018, the close of a
# day with 100 t or less is an earlier day's, and the printed open is no first trade.

# %%
cl.published("closing_prices")[["market", "valid_from", "open_is", "carried_up_to", "source"]]

# %%
cl.published("price_limits")[["market", "trade", "valid_from", "limit_pct", "verified", "source"]]

# %% [markdown]
# ## On which days should there be a price?
#
# Days of the file against the calendar (weekdays without public holidays; with the extra
# `calendars` also the Shanghai Stock Exchange's, `calendar="XSHG"`).

# %%
panel.sessions("hubei").groupby(["status", "kind"]).size()

# %% [markdown]
# ## Two sources of one market: where do they differ?
#
# Here a frame stands in for the second source. With two files of one market, load the panel twice
# with different `prefer=`.

# %%
second = panel.prices("hubei").iloc[-60:].copy()
second.iloc[[10, 40]] += 0.5
cl.reconcile(panel, second)[["market", "field", "verdict", "both", "agree", "differ", "only_a"]]

# %%
cl.reconcile(panel, second, detail=True)

# %% [markdown]
# ## Facts with their sources, and those that contradict each other

# %%
cl.published("grid_emission_factors").groupby(["region", "verified"])["value"].agg(
    ["size", "min", "max"]
).head(8)

# %%
cl.audit()["verdict"].value_counts()

# %%
audit = cl.audit()
audit[audit["verdict"] == "contradiction"][["check_id", "description", "printed", "value"]].head()
