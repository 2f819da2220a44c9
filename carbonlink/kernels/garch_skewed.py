"""Hansen's skewed t and the generalised error density, with their derivatives."""

from __future__ import annotations

import numpy as np

SKEW_BOUNDS = (-0.99, 0.99)
GED_BOUNDS = (1.01, 50.0)
_LOG_2 = float(np.log(2.0))


def skewt(z: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log f, its derivative in z, and those in ν and λ.

    Notes
    -----
    f(z) = bc (1 + x²/(ν − 2))^{−(ν+1)/2} with x = (bz + a)/(1 + sλ), s the sign of bz + a,
    a = 4λc(ν − 2)/(ν − 1), b² = 1 + 3λ² − a² and c the constant of the t. Fernández and
    Steel's ξ, as rugarch has it, is √((1 + λ)/(1 − λ)).

    References
    ----------
    Hansen, B. E. (1994). Autoregressive conditional density estimation. International Economic
    Review 35, 705–730.
    """
    from scipy.special import digamma

    nu, lam = (float(v) for v in shape)
    a, b, log_c = _constants(nu, lam)
    side = np.where(b * z + a < 0, -1.0, 1.0)
    width = 1 + side * lam
    x = (b * z + a) / width
    q = x * x / (nu - 2)
    tail = np.log1p(q)
    power = 0.5 * (nu + 1)
    by_x = -power * 2 * x / ((nu - 2) * (1 + q))
    log_c_nu = 0.5 * (digamma((nu + 1) / 2) - digamma(nu / 2) - 1 / (nu - 2))
    a_nu = a * (log_c_nu + 1 / (nu - 2) - 1 / (nu - 1))
    a_lam = 4 * np.exp(log_c) * (nu - 2) / (nu - 1)
    b_nu, b_lam = -a * a_nu / b, (3 * lam - a * a_lam) / b
    x_nu, x_lam = (z * b_nu + a_nu) / width, (z * b_lam + a_lam) / width - x * side / width
    by_nu = b_nu / b + log_c_nu - 0.5 * tail + by_x * x_nu + power * q / ((nu - 2) * (1 + q))
    by_lam = b_lam / b + by_x * x_lam
    return np.log(b) + log_c - power * tail, by_x * b / width, np.stack([by_nu, by_lam])


def _constants(nu: float, lam: float) -> tuple[float, float, float]:
    from scipy.special import gammaln

    log_c = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(np.pi * (nu - 2))
    a = 4 * lam * np.exp(log_c) * (nu - 2) / (nu - 1)
    return float(a), float(np.sqrt(1 + 3 * lam**2 - a * a)), float(log_c)


def skewt_cdf(z: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Return the distribution function of the skewed t."""
    from scipy.special import stdtr

    nu, lam = (float(v) for v in shape)
    a, b, _ = _constants(nu, lam)
    y = (b * z + a) * np.sqrt(nu / (nu - 2))
    below = (1 - lam) * stdtr(nu, y / (1 - lam))
    above = (1 - lam) / 2 + (1 + lam) * (stdtr(nu, y / (1 + lam)) - 0.5)
    return np.where(y < 0, below, above)


def skewt_draw(
    size: int | tuple[int, ...], rng: np.random.Generator, shape: np.ndarray
) -> np.ndarray:
    """Return draws of the skewed t."""
    nu, lam = (float(v) for v in shape)
    a, b, _ = _constants(nu, lam)
    half = np.abs(rng.standard_t(nu, size)) * np.sqrt((nu - 2) / nu)
    up = rng.random(size) < (1 + lam) / 2
    return (np.where(up, (1 + lam) * half, -(1 - lam) * half) - a) / b


def ged(z: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log f, its derivative in z, and that in ν.

    Notes
    -----
    f(z) = ν exp(−½|z/λ|^ν)/(λ 2^{1+1/ν} Γ(1/ν)) with λ² = 2^{−2/ν} Γ(1/ν)/Γ(3/ν): normal at 2,
    Laplace at 1.

    References
    ----------
    Nelson, D. B. (1991). Conditional heteroskedasticity in asset returns: a new approach.
    Econometrica 59, 347–370. doi:10.2307/2938260
    """
    from scipy.special import digamma, gammaln

    nu = float(shape[0])
    log_scale = _ged_log_scale(nu)
    log_scale_nu = (_LOG_2 - 0.5 * digamma(1 / nu) + 1.5 * digamma(3 / nu)) / nu**2
    size = np.abs(z) * np.exp(-log_scale)
    with np.errstate(divide="ignore"):
        log_size = np.log(np.maximum(size, 1e-300))
    powered = np.exp(nu * log_size)
    constant = np.log(nu) - log_scale - (1 + 1 / nu) * _LOG_2 - gammaln(1 / nu)
    by_z = -0.5 * nu * np.sign(z) * np.exp((nu - 1) * log_size - log_scale)
    slope = 1 / nu - log_scale_nu + (_LOG_2 + digamma(1 / nu)) / nu**2
    by_nu = slope - 0.5 * powered * (log_size - nu * log_scale_nu)
    return constant - 0.5 * powered, by_z, by_nu[None, :]


def _ged_log_scale(nu: float) -> float:
    from scipy.special import gammaln

    return float(0.5 * (-2 / nu * _LOG_2 + gammaln(1 / nu) - gammaln(3 / nu)))


def ged_cdf(z: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Return the distribution function of the generalised error density."""
    from scipy.special import gammainc

    nu = float(shape[0])
    powered = 0.5 * (np.abs(z) * np.exp(-_ged_log_scale(nu))) ** nu
    return 0.5 * (1 + np.sign(z) * gammainc(1 / nu, powered))


def ged_draw(
    size: int | tuple[int, ...], rng: np.random.Generator, shape: np.ndarray
) -> np.ndarray:
    """Return draws of the generalised error density."""
    nu = float(shape[0])
    radius = (2 * rng.standard_gamma(1 / nu, size)) ** (1 / nu)
    return np.exp(_ged_log_scale(nu)) * radius * np.where(rng.random(size) < 0.5, -1.0, 1.0)


def start_skewt(z: np.ndarray) -> np.ndarray:
    """Return starting values of ν and λ from the moments of z."""
    square = z * z
    kurtosis = float((square * square).mean() / square.mean() ** 2)
    skew = float((z**3).mean() / square.mean() ** 1.5)
    nu = float(np.clip(4 + 6 / max(kurtosis - 3, 0.2), 4.5, 15.0))
    return np.array([nu, float(np.clip(0.1 * skew, -0.3, 0.3))])


def start_ged(z: np.ndarray) -> np.ndarray:
    """Return a starting value of ν from the kurtosis of z."""
    square = z * z
    kurtosis = float((square * square).mean() / square.mean() ** 2)
    return np.array([float(np.clip(2 - 0.25 * (kurtosis - 3), 1.2, 2.5))])
