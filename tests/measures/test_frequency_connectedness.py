"""Connectedness by frequency: the reference, sums, days and radians, and bands refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.errors import SpecificationError

REFERENCE = Path(__file__).parents[1] / "reference" / "connectedness_frequency_dy2012.json"
PEER = "connectedness_approach"
PI, INF = np.pi, np.inf


@pytest.fixture(scope="module")
def net():
    return cl.connectedness(cl.simulate.var(400, rng=1), lags=2, horizon=100, draws=0)


@pytest.mark.reference
def test_equals_the_reference(reference_inputs):
    reference = json.loads(REFERENCE.read_text())
    frame = pd.read_csv(reference_inputs / "dy2012.csv", index_col=0, parse_dates=True)
    net = cl.connectedness(frame, lags=4, horizon=100, draws=0)
    edges = reference["partition"]
    bands = list(zip(edges[:-1], edges[1:], strict=True))
    peer = net.frequency(bands, unit="radians", compat=PEER)
    np.testing.assert_allclose(peer.total, reference["freqConn_abs"], atol=1e-10)
    assert peer.overall == pytest.approx(reference["CA_abs_TCI"][0], abs=1e-10)
    ours = net.frequency(bands, unit="radians")
    assert ours.overall == pytest.approx(net.total, abs=1e-11)
    # the peer's grid of 101 frequencies is near the integral, without being it
    np.testing.assert_allclose(ours.total, peer.total, atol=0.4)
    assert np.abs(ours.total - peer.total).max() > 0.01


@pytest.mark.parametrize("kind", ["generalized", "cholesky"])
def test_bands_add_up_to_the_result_they_come_from(net, kind):
    order = None if kind == "generalized" else ("hubei", "guangdong", "cea")
    whole = net.refit(kind=kind, order=order)
    split = whole.frequency([(2, 5), (5, 20), (20, INF)])
    assert split.total.sum() == pytest.approx(whole.total, abs=1e-11)
    np.testing.assert_allclose(split.tables.sum(axis=0), whole.table, atol=1e-11)
    for term in ("to", "from_", "net"):
        np.testing.assert_allclose(getattr(split, term).sum(), getattr(whole, term), atol=1e-11)
    np.testing.assert_allclose(split.from_.mean(axis=1), split.total)
    weights = split.tables.sum(axis=(1, 2)) / 300
    assert split.within @ weights == pytest.approx(split.overall, abs=1e-11)
    np.testing.assert_allclose(split.table("5 to 20 days"), split.tables[1])
    np.testing.assert_allclose(
        split.table(0).sum(axis=0) - np.diag(split.table(0)), split.to.iloc[0]
    )


def test_a_quarter_of_pi_is_eight_days(net):
    days = net.frequency([(2, 8), (8, INF)])
    radians = net.frequency([(PI, PI / 4), (PI / 4, 0)], unit="radians")
    assert days.bands == radians.bands == ("2 to 8 days", "over 8 days")
    np.testing.assert_allclose(days.tables, radians.tables, atol=1e-12)
    four = net.frequency([(2, 4), (4, INF)])
    assert abs(four.total.iloc[0] - days.total.iloc[0]) > 0.1


def test_how_bands_are_written_does_not_matter(net):
    plain = net.frequency([(2, 5), (5, 20), (20, INF)])
    for bands in ([(20, INF), (1, 5), (5, 20)], ((5, 2), (20, 5), (INF, 20))):
        again = net.frequency(bands)
        pd.testing.assert_series_equal(again.total, plain.total)
    finer = net.frequency([(2, 3), (3, 5), (5, 20), (20, 60), (60, INF)])
    np.testing.assert_allclose(finer.total.iloc[:2].sum(), plain.total.iloc[0])
    np.testing.assert_allclose(finer.total.iloc[3:].sum(), plain.total.iloc[2])
    one = net.frequency([(2, INF)])
    assert one.total.iloc[0] == pytest.approx(net.total) and one.bands == ("over 2 days",)


def test_slow_links_are_found_in_long_waves():
    slow = cl.simulate.var(
        3000, coefs=[[0.95, 0.0], [0.2, 0.5]], sigma=np.eye(2), names="ab", rng=3
    )
    split = cl.connectedness(slow, lags=1, horizon=200, draws=0).frequency()
    assert split.total["over 20 days"] > 5 * split.total["2 to 5 days"]


@pytest.mark.parametrize(
    ("bands", "unit", "match"),
    [
        ([(2, 5), (5, 20)], "days", "reach from 2 to 20 days"),
        ([(3, 5), (5, INF)], "days", "reach from 3 to ∞ days"),
        ([(2, 5), (6, INF)], "days", "leave a gap between 5 and 6"),
        ([(2, 6), (5, INF)], "days", "overlap between 6 and 5"),
        ([(1, 2), (2, INF)], "days", "holds no frequency"),
        ([(2, 2), (2, INF)], "days", "holds no frequency"),
        ([(PI, 1)], "radians", "reach from 2 to 6.283 days"),
        ([(3, 1), (1, 0)], "radians", "reach from 2.094"),
        ([(2, 5, 9)], "days", "no pairs"),
        ([], "days", "no pairs"),
        ([(-2, 5), (5, INF)], "days", "no pairs"),
        ([("a", 5), (5, INF)], "days", "no pairs"),
        ([(2, INF)], "weeks", "unit='weeks'"),
    ],
    ids=str,
)
def test_bands_that_do_not_cover_all_frequencies_once_are_refused(net, bands, unit, match):
    with pytest.raises(SpecificationError, match=match):
        net.frequency(bands, unit=unit)


def test_too_few_terms_for_long_waves_are_remarked(net):
    short = net.frequency([(2, 5), (5, 20), (20, INF)], horizon=10)
    assert "hardly tells waves of 20 days" in " ".join(short.notes)
    assert short.overall == pytest.approx(net.refit(horizon=10).total)
    assert net.frequency().notes == ()


def test_compat_is_refused_where_it_has_no_rule(net):
    with pytest.raises(SpecificationError, match="no rule for kind='cholesky'"):
        net.refit(kind="cholesky").frequency(compat=PEER)
    with pytest.raises(SpecificationError, match="no frequency falls into the band"):
        net.frequency([(2, 5), (5, 5.1), (5.1, INF)], horizon=10, compat=PEER)
    with pytest.raises(SpecificationError, match="no band 'short'"):
        net.frequency().table("short")
    with pytest.raises(SpecificationError, match="no band 3"):
        net.frequency().table(3)


def test_the_figure_draws_a_bar_a_band(net):
    import matplotlib.pyplot as plt

    split = net.frequency()
    ax = split.plot()
    widths = [bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(widths, split.total[::-1])
    assert list(split.numbers()["band"]) == list(split.bands)
    plt.close(ax.figure)
