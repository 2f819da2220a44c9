"""The exhibits of integration and of mixed frequency, on the demonstration set."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

import carbonlink as cl
from carbonlink import demo
from carbonlink.models.midas import MIDAS
from carbonlink.report.exhibits.integration import one_price
from carbonlink.report.study import Study

mixed = importlib.import_module("carbonlink.report.exhibits.mixed_frequency")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    folder = tmp_path_factory.mktemp("raw")
    demo.write(folder)
    return Study(cl.load(raw=Path(folder)))


def test_one_price_says_what_its_numbers_say(study):
    made = one_price(study)
    found = made.results[0]
    spread, cut = found.dispersion["dispersion"].dropna(), found.cut
    before, after = spread[spread.index < cut].mean(), spread[spread.index >= cut].mean()
    assert f"{before:.2f} before and {after:.2f} after 2021-07-16" in made.takeaway
    returned = (found.pairs.query("period == 'after'")["p_dfgls_holm"] < 0.05).sum()
    assert f"{returned} of" in made.takeaway
    assert "all" not in set(made.table["period"]) and made.synthetic
    assert any("no arbitrage" in note for note in made.notes)
    assert len(made.figure.axes) >= 3


def test_mixed_frequency_shows_the_refusal(study):
    made = mixed.mixed_frequency(study)
    assert set(made.table["decision"]) == {"refused"}
    assert "too few for a mixed-frequency regression" in made.takeaway
    for row in made.table.to_dict("records"):
        assert f"{row['nobs']} months" in made.takeaway
        assert f"{row['rank']:+.2f}" in made.takeaway
    assert made.results == ()


def test_mixed_frequency_shows_weights_where_the_months_suffice(study, monkeypatch):
    def regress(study, market):
        monthly = mixed._monthly(study, market)["change"].rename(market)
        return MIDAS(monthly, study.panel.returns(["cea"])["cea"], lags=20, minimum=12).fit()

    monkeypatch.setattr(mixed, "_regress", regress)
    made = mixed.mixed_frequency(Study(study.panel))
    assert set(made.table["decision"]) == {"fitted"}
    assert "max-test p" in made.takeaway
    assert np.isfinite(made.table["p_max"]).all() and len(made.results) == len(made.table)
    assert made.figure.axes[0].patches


def test_rank_correlation_is_spearmans():
    from scipy import stats

    values = np.random.default_rng(0).standard_normal((25, 2))
    values[:, 1] += values[:, 0]
    found, p = mixed.rank_correlation(values, 0)
    assert found == pytest.approx(stats.spearmanr(values).statistic)
    assert p == pytest.approx(stats.spearmanr(values).pvalue, abs=0.02)
