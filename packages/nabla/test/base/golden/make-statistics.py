"""Writes statistics.json: tails and quantiles of distributions to 17 digits, which base/statistics must give to 1e-10.

Run: python3 make-statistics.py   (made with mpmath 1.4.1, numpy 2.4.6, and checked against scipy 1.17.1 where scipy has the digits)
Every argument is a float64, taken exactly; the working precision is doubled until 20 digits stand still.
"""
import json
import os
import sys

import mpmath
import numpy as np
import scipy
from mpmath import mp, mpf
from scipy import stats

HERE = os.path.dirname(os.path.abspath(__file__))
FREEDOMS = [0.5, 1.0, 2.0, 3.0, 4.5, 9.0, 30.0, 101.0, 1e3, 1e4, 1e6, 1e9]


def settled(function, *arguments):
    """The value as a float64, from a precision at which it no longer changes."""
    before = None
    for digits in (40, 80, 160, 320, 640, 1280):
        mp.dps = digits
        value = function(*[mpf(x) for x in arguments])
        if before is not None and abs(value - before) <= abs(value) * mpf(10) ** -20:
            return float(value)
        before = value
    raise ValueError(f"{function.__name__}{arguments} does not settle")


def normal_tail(z):
    return mpmath.erfc(z / mpmath.sqrt(2)) / 2


def series(a, b, x):
    """I_x(a, b) by its hypergeometric series in x (DLMF 8.17.8), whose terms are all positive."""
    scale = mpmath.exp(a * mpmath.log(x) + b * mpmath.log(1 - x) - mpmath.log(a)
                       - mpmath.loggamma(a) - mpmath.loggamma(b) + mpmath.loggamma(a + b))
    term = total = mpf(1)
    k = 0
    while term > total * mpf(10) ** -mp.dps:
        term *= (a + b + k) / (a + 1 + k) * x
        total += term
        k += 1
    return scale * total


def student_tail(t, freedom):
    if t < 0:
        return 1 - student_tail(-t, freedom)
    x = freedom / (freedom + t * t)
    a, b = freedom / 2, mpf(1) / 2
    if x < 0.9:
        return series(a, b, x) / 2
    # the series would be slow: that of 1 - x, with as many digits more as cancel
    with mp.workdps(mp.dps + int(-a * mpmath.log10(x)) + 20):
        x = freedom / (freedom + t * t)
        return (1 - series(b, a, 1 - x)) / 2


def student_middle(t, freedom):
    return 1 - 2 * student_tail(t, freedom)


def root(function, target, guess):
    """x with function(x) = target, within a factor of e^0.1 of a guess: bracketed, in logarithms of both."""
    log = mpmath.log(guess)
    miss = lambda at: mpmath.log(function(mpmath.exp(at)) / target)
    return mpmath.exp(mpmath.findroot(miss, (log - 0.1, log + 0.1), solver="anderson", tol=mpf(10) ** (10 - 2 * mp.dps), verify=False))


def normal_quantile(p):
    off = p - mpf(1) / 2
    if off == 0:
        return mpf(0)
    tail = min(p, 1 - p)
    size = mpmath.sqrt(2) * mpmath.erfinv(2 * abs(off)) if tail > 1e-5 else root(normal_tail, tail, mpmath.sqrt(-2 * mpmath.log(tail)))
    return size if off > 0 else -size


def student_quantile(p, freedom):
    off = p - mpf(1) / 2
    tail = min(p, 1 - p)
    guess = abs(float(stats.t.ppf(float(p), float(freedom))))
    if abs(off) < 0.1:
        size = root(lambda t: student_middle(t, freedom), 2 * abs(off), guess)
    else:
        size = root(lambda t: student_tail(t, freedom), tail, guess)
    return size if off > 0 else -size


def chi_square_tail(statistic, freedom):
    return mpmath.gammainc(freedom / 2, statistic / 2, regularized=True)


def close(name, value, other, digits):
    """scipy is a second witness: it must agree as far as it is known to be exact."""
    if other == 0 or value == 0 or abs(value) < 1e-290:
        return
    assert abs(value / other - 1) < digits, f"{name}: {value} against scipy's {other}"


golden = {"mpmath": mpmath.__version__, "scipy": scipy.__version__, "numpy": np.__version__, "python": sys.version.split()[0]}

ZS = [-38.0, -8.0, -5.7, -3.0, -1.0, -0.5, -1e-9, 0.0, 1e-12, 0.1, 0.6744, 0.675, 1.0, 1.959963984540054, 2.5, 4.0,
      5.65, 5.66, 8.0, 12.3, 20.1, 30.0, 37.0]
golden["normalTail"] = [[z, settled(normal_tail, z)] for z in ZS]
for z, value in golden["normalTail"]:
    close(f"normal tail of {z}", value, stats.norm.sf(z), 1e-12)

PS = [1e-300, 1e-100, 1e-30, 1e-12, 1e-5, 0.001, 0.025, 0.0749, 0.0751, 0.3, 0.499, 0.5 - 1e-9, 0.5, 0.5 + 1e-6, 0.6,
      0.925, 0.975, 0.999, 1 - 1e-12]
golden["normalQuantile"] = [[p, settled(normal_quantile, p)] for p in PS]
for p, value in golden["normalQuantile"]:
    close(f"normal quantile of {p}", value, stats.norm.ppf(p), 1e-12)

TS = [-10.0, -0.5, 1e-8, 0.01, 0.7, 1.2, 1.7, 1.75, 2.0, 3.5, 10.0, 36.0, 1e3, 1e8]
golden["studentTail"] = []
for freedom in FREEDOMS:
    # far out where a tail is still a float64
    for t in TS + ([3e299] if freedom == 1 else [1e150] if freedom == 2 else []):
        if freedom > 30 and t > 36:
            continue
        value = settled(student_tail, t, freedom)
        if value > 1e-305:
            golden["studentTail"].append([t, freedom, value])
            # scipy 1.17 is off by 3e-9 near the middle
            close(f"Student's tail of {t}, {freedom}", value, stats.t.sf(t, freedom), 1e-8)

golden["studentQuantile"] = []
for freedom in [f for f in FREEDOMS if f <= 1e4]:
    for p in [1e-100, 1e-12, 0.001, 0.025, 0.3, 0.499, 0.5 - 1e-9, 0.6, 0.975, 0.999]:
        if freedom < 1 and p < 1e-50:
            continue
        golden["studentQuantile"].append([p, freedom, settled(student_quantile, p, freedom)])

golden["chiSquareTail"] = []
for freedom in [1.0, 2.0, 3.0, 7.0, 40.0, 1e3, 1e5]:
    for times in [1e-6, 0.1, 0.5, 0.99, 1.0, 1.01, 1.5, 3.0, 20.0, 300.0] + ([440.0] if freedom == 3 else []):
        value = settled(chi_square_tail, freedom * times, freedom)
        if value > 1e-305:
            golden["chiSquareTail"].append([freedom * times, freedom, value])
            close(f"chi-square tail of {freedom * times}, {freedom}", value, stats.chi2.sf(freedom * times, freedom), 1e-9)

# intervals, by scipy alone: [fraction, rows, from, to], and [sample, from, to]
golden["wilson"] = []
for wrong, rows in [(0, 10), (1, 10), (8, 100), (50, 100), (3, 100000), (7, 7)]:
    found = stats.binomtest(wrong, rows).proportion_ci(0.95, method="wilson")
    golden["wilson"].append([wrong / rows, rows, found.low, found.high])
golden["studentInterval"] = []
for sample in [[1.0, 2.0], [1.0, 2.0, 6.0], [0.3, -4.1, 2.2, 8.0, 8.0, 1.5]]:
    found = stats.t.interval(0.95, len(sample) - 1, loc=np.mean(sample), scale=stats.sem(sample))
    golden["studentInterval"].append([sample, *found])
golden["quantile"] = []
for sample in [[3.0], [1.0, 2.0, 4.0, 8.0], [-2.0, -2.0, 0.5, 7.0, 7.0, 7.0, 11.25]]:
    for p in [0.0, 0.025, 0.1, 0.5, 0.75, 0.975, 1.0]:
        golden["quantile"].append([sample, p, float(np.quantile(sample, p, method="linear"))])

with open(os.path.join(HERE, "statistics.json"), "w", encoding="utf8") as file:
    rows = lambda value: "[\n" + ",\n".join("    " + json.dumps(row) for row in value) + "\n  ]" if isinstance(value, list) else json.dumps(value)
    file.write("{\n" + ",\n".join(f"  {json.dumps(key)}: {rows(value)}" for key, value in golden.items()) + "\n}\n")
