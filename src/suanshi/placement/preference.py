"""Which of several admitted classes is better: the work's full price, energy included, with dedicated chips preferred."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.placement.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Preference:
    """How money, energy and the kind of chip are weighed; all integers, so that every machine ranks alike.

    A class's energy counts at `energy_price` (micro-yuan per kWh, what society pays for power) and its brown part at
    `carbon_price` on top; a kind's handicap is added in hundredths of a percent. A dedicated chip (DSA) therefore wins
    over a GPU up to 5 % dearer than it, and over a CPU up to 20 %; a difference larger than that is decided by cost.
    """

    energy_price: int = 600_000
    carbon_price: int = 100_000
    handicap_bp: tuple[tuple[str, int], ...] = (("dsa", 0), ("gpu", 500), ("cpu", 2_000))
    by: str = "cost"  # or "energy": watt-hours first, money second


DEFAULT = Preference()


@dataclass(frozen=True, slots=True)
class Cost:
    """Per hour of work on one card at the need's stated pace: money, energy at the meter, its brown part, and the rank."""

    money: int  # micro-yuan
    watt_hours: int
    brown_watt_hours: int
    ranked: tuple[int, int]


def cost_of(c: Candidate, preference: Preference = DEFAULT) -> Cost:
    """A class twice as fast costs half as much for the same work, in money and in energy."""
    pace = max(c.pace_bp, 1)
    money = -(-c.price * 10_000 // pace)
    watt_hours = -(-c.watts * c.pue_bp // pace)
    brown = -(-watt_hours * (10_000 - c.green_bp) // 10_000)
    handicap = 10_000 + dict(preference.handicap_bp).get(c.kind, 0)
    energy = watt_hours * preference.energy_price + brown * preference.carbon_price
    full = (money + energy // 1000) * handicap // 10_000
    power = (watt_hours + brown) * handicap // 10_000
    return Cost(money, watt_hours, brown, (full, power) if preference.by == "cost" else (power, full))
