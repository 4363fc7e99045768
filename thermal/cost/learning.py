"""Prices that fall with the number made: a learning curve and its mean over a run of racks."""

from __future__ import annotations

import math

__all__ = ["mean_factor"]

_LEAST = 1e-12  # width, as a part of the volume, below which the mean is the value


def mean_factor(ratio: float, reference: float, start: float, stop: float) -> float:
    r"""Return the mean price of the units from `start` to `stop`, over the price of unit `reference`.

    The price of the n-th unit is ``price × (n / reference)^log2(ratio)``: each doubling of the number made multiplies
    it by `ratio`. Its mean is taken as the closed integral over the run, as if it were made in fractions of a unit: it
    nears the sum over whole units as the run grows (for the first ten units after the hundredth, at 0.9 per doubling,
    it is 0.07 % above), and starts at the price at `start`, which is the given one where `start` is `reference`.

    .. math:: \frac{1}{b - a} \int_a^b x^e \, dx = \frac{b^{e+1} - a^{e+1}}{(e + 1) (b - a)}

    with a = start/reference, b = stop/reference and e = log2(ratio); for e = -1 it is ln(b/a)/(b - a).

    Parameters
    ----------
    ratio : float
        Price after a doubling over the price before, above 0 and up to 1 [-].
    reference : float
        Number made when the given price holds, above 0.
    start, stop : float
        Numbers made before and after the run, ``0 < start <= stop``.

    Returns
    -------
    float
        Mean of the factor [-].

    Examples
    --------
    >>> mean_factor(1.0, 1000.0, 1000.0, 9000.0), mean_factor(0.5, 1.0, 2.0, 2.0)
    (1.0, 0.5)

    Source: T. P. Wright, Factors affecting the cost of airplanes, J. Aeronaut. Sci. 3 (1936) 122-128.
    """
    a, b, e = start / reference, stop / reference, math.log2(ratio)
    if e == 0.0:
        return 1.0
    if b - a <= _LEAST * b:
        return math.exp(e * math.log(a))
    power, span = e + 1.0, math.log(b / a)
    # (b^p - a^p)/p by expm1, which loses nothing where p is small and is the logarithm where it is zero
    area = math.exp(power * math.log(a)) * math.expm1(power * span) / power if power else span
    return area / (b - a)
