"""Runs unchanged where workers are other machines: tasks and results survive the way there."""

from __future__ import annotations

import pickle

import joblib
import numpy as np
import pandas as pd
import pytest

import carbonlink as cl
from carbonlink.inference import parallel


def work(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Replications, windows and choices of one frame."""
    net = cl.connectedness(frame, lags=1, draws=150)
    ridge = cl.connectedness(cl.VAR(frame, lags=1).fit(method="ridge", penalty=0.1), draws=0)
    few = {"lags": (1, 2), "horizons": (5,), "kinds": ("generalized",), "windows": (80,)}
    strip = net.sensitivity(**few, forgetting=((0.99, 0.99),), priors=("uninformative",))
    return {
        "intervals": net.tidy(),
        "rolling": net.rolling(80).numbers(),
        "rolling ridge": ridge.rolling(150).numbers(),
        "strip": strip.table,
        "causality": cl.causality(frame, family="all", lags=1, draws=120).table,
    }


def same(here: dict[str, pd.DataFrame], there: dict[str, pd.DataFrame]) -> None:
    for name, frame in here.items():
        pd.testing.assert_frame_equal(frame, there[name], check_exact=True, obj=name)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return cl.simulate.var(160, rng=1)


def test_tasks_survive_the_way_to_a_worker(frame, monkeypatch):
    here, sent = work(frame), []

    def there(function, tasks, *, n_jobs=None, label=""):
        parcels = [pickle.dumps((function, task)) for task in tasks]
        sent.append(len(parcels))
        opened = [pickle.loads(parcel) for parcel in parcels]
        return [pickle.loads(pickle.dumps(f(*task))) for f, task in opened]

    monkeypatch.setattr(parallel, "map", there)
    same(here, work(frame))
    assert len(sent) >= 4


def test_a_cluster_of_dask_gives_the_same_bits(frame):
    """`pip install carbonlink[dask]`; 2026.8: equal bit for bit."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    here = work(frame)
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster):
        with joblib.parallel_config(backend="dask"):
            same(here, work(frame))
        tasks = [dask.delayed(cl.connectedness)(frame, lags=p, draws=0) for p in (1, 2)]
        totals = [net.total for net in dask.compute(*tasks)]
    assert totals == [cl.connectedness(frame, lags=p, draws=0).total for p in (1, 2)]
    assert np.isfinite(totals).all()
