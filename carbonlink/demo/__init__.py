"""The demonstration set: made-up markets with known truth, in the layouts users really have.

Every number in it is synthetic. What is carried over from published facts is only this: the
national market's tonnes and mean price in 2021 to 2024 (to the printed digits), the shares of
December 2021 and of the last quarter of 2024 in the year's tonnes, Guangdong's tonnes of 2020, the
certificates traded by themselves in 2024 and in the first half of 2025, Zhejiang's energy-use
rights traded in 2020, deadlines, price limits and public holidays. No daily price or volume is
fitted to a real one.

What is true of it, so that a reader can see whether a report recovers it (`carbonlink.demo.truth`
holds the numbers):

* National allowance: shocks of 1.6 % a day with a t of 8 degrees of freedom, GARCH α = 0.10 and
  β = 0.84; in the 30 sessions up to a deadline the variance is twice as large (log effect 0.693).
* Links: from 2021-07-16 the national shock is correlated 0.45, 0.35 and 0.20 with those of
  Guangdong, Hubei and Shanghai, and a national shock of 1 % moves them by 0.30, 0.20 and 0.10 %
  on the next day. Nothing goes the other way. Beijing, Tianjin and Chongqing are linked to nobody;
  nor is anybody before that day.
* Crowding: the last 40 sessions before a pilot's deadline carry 46 to 55 % of its cycle's tonnes;
  where no deadline is published there is no crowding.
* Power: Guangdong's mean spot price corrects by 25 % of the gap each calendar day towards 345 + 0.6
  times the national allowance's last close, 0.1 of a change coming on the same day.
* The credit of 2024 corrects by 6 % of the gap each session towards 0.92 times the national close.
* Day-ahead power corrects towards a constant plus 0.45 (France), 0.80 (Germany) and 0.35 (Spain)
  times the European allowance; Brent is linked to nothing.

Printed prices are rounded to the cent, held inside the daily limit (so a large move takes several
days), repeated on thin days and missing on days without a trade: an estimate from them differs from
the truth of the unseen price by more than sampling error where such days are many.
"""

from .build import FILES, contents, write

__all__ = ["FILES", "contents", "write"]
