"""The mean of clustered values where clusters are few: CR2 variance, Satterthwaite's freedom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClusterMean:
    """A mean, its standard error, and the degrees of freedom of its t-statistic."""

    mean: float
    error: float
    df: float

    @property
    def statistic(self) -> float:
        """t of a mean of zero."""
        return self.mean / self.error if self.error > 0 else float("nan")

    @property
    def p_value(self) -> float:
        """Two-sided p-value of a mean of zero; NaN without spread."""
        from scipy import stats

        return float(2 * stats.t.sf(abs(self.statistic), self.df))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval that the test inverts."""
        from scipy import stats

        half = stats.t.ppf(0.5 + level / 2, self.df) * self.error
        return float(self.mean - half), float(self.mean + half)


def cluster_mean(values: np.ndarray, clusters: np.ndarray) -> ClusterMean:
    """Return the mean of values that depend on each other within clusters.

    Parameters
    ----------
    values : ndarray, shape (n,)
    clusters : ndarray of int, shape (n,)
        0 … G − 1, G at least 2.

    Notes
    -----
    With n_g values in cluster g and p_g = n_g/n, the bias-reduced variance is
    V = Σ_g (Σ_{i∈g} (y_i − ȳ))²/(1 − p_g)/n², unbiased where errors are independent and alike. The
    degrees of freedom are (tr Λ)²/tr Λ² with V = z'Λz, z independent standard normal. With clusters
    of one size t is that of the clusters' means, on G − 1 degrees of freedom: exact for normal
    means with the same variance, and at nominal 5 % not above it with different ones (Ibragimov
    and Müller 2010).

    References
    ----------
    Bell, R. M. and D. F. McCaffrey (2002). Bias reduction in standard errors for linear regression
    with multi-stage samples. Survey Methodology 28, 169–181.
    Pustejovsky, J. E. and E. Tipton (2018). Small-sample methods for cluster-robust variance
    estimation and hypothesis testing in fixed effects models. Journal of Business & Economic
    Statistics 36, 672–683. doi:10.1080/07350015.2016.1247004
    Ibragimov, R. and U. K. Müller (2010). t-statistic based correlation and heterogeneity robust
    inference. Journal of Business & Economic Statistics 28, 453–468.
    """
    count, n = int(clusters.max()) + 1, len(values)
    mean = float(values.mean())
    sizes = np.bincount(clusters, minlength=count).astype(float)
    share = sizes / n
    sums = np.bincount(clusters, values - mean, count)
    error = float(np.sqrt((sums**2 / (1 - share)).sum()) / n)
    if error <= 1e-12 * max(abs(mean), 1e-300):
        error = 0.0
    apart = (np.eye(count) - share[:, None]) / np.sqrt(1 - share)[:, None]
    weight = (apart * sizes) @ apart.T
    return ClusterMean(mean, error, float(np.trace(weight) ** 2 / (weight**2).sum()))
