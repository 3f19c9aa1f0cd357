#!/usr/bin/python3
"""Occurrences of rules by Python's dateutil and zoneinfo, as rows: zone, DTSTART, rule, occurrences of three years in UTC.

    recurrence.py table > recurrence.tsv
    recurrence.py random SEED COUNT
"""
import itertools
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"]
RULES = [
    "FREQ=DAILY;INTERVAL=5", "FREQ=DAILY;COUNT=12", "FREQ=DAILY;BYMONTH=3,10;BYDAY=SA,SU", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,WE,FR;UNTIL=20260601T000000Z",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TH", "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=SU,TH", "FREQ=WEEKLY;INTERVAL=3;COUNT=20;BYDAY=TU",
    "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=1,15,-3", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=1MO,3MO", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "FREQ=MONTHLY;BYDAY=1SU;BYHOUR=2;BYMINUTE=30", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=1,7",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYDAY=20MO,-1FR", "FREQ=YEARLY;BYYEARDAY=1,100,200,-1", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO,SU", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
]
YEARS = timedelta(days=3 * 365)


def row(zone, start, rule):
    """The row of a rule, with DTSTART moved to the first occurrence; None for a rule that has none near."""
    tz = ZoneInfo(zone)
    for _ in range(2):
        first = next(iter(rrulestr(rule, dtstart=start.replace(tzinfo=tz))), None)
        if first is None or first.replace(tzinfo=None) > start + YEARS:
            return None
        start, before = first.replace(tzinfo=None), start
    if start != before:
        return None
    until = start.replace(tzinfo=tz).astimezone(timezone.utc) + YEARS
    times = (t.astimezone(timezone.utc) for t in rrulestr(rule, dtstart=start.replace(tzinfo=tz)))
    found = itertools.takewhile(lambda t: t < until, times)
    return "\t".join([zone, start.strftime("%Y%m%dT%H%M%S"), rule, " ".join(t.strftime("%Y%m%dT%H%M%SZ") for t in found)])


def some(choices, most):
    return ",".join(str(c) for c in sorted(random.sample(list(choices), random.randint(1, most)), key=str))


def random_rule():
    """A rule as calendars write them. Left out is what dateutil and RFC 5545 see differently: numbered and plain days mixed,
    BYWEEKNO without BYDAY, positions within the first week."""
    freq = random.choice(["DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY"])
    parts = ["FREQ=" + freq]
    chance = lambda p: random.random() < p
    if chance(0.4):
        parts.append("INTERVAL=%d" % random.randint(2, 5))
    days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    if chance(0.3):
        parts.append("BYMONTH=" + some(range(1, 13), 4))
    if freq == "YEARLY" and chance(0.2):
        parts += ["BYWEEKNO=" + some([*range(1, 54), -1, -2, -30, -53], 5), "BYDAY=" + some(days, 3)]
    elif freq in ("MONTHLY", "YEARLY") and chance(0.4):
        nth = [-3, -2, -1, 1, 2, 3, 4, 5] if freq == "MONTHLY" or any("BYMONTH" in p for p in parts) else [-52, -20, -1, 1, 7, 30, 53]
        parts.append("BYDAY=" + ",".join(sorted({"%d%s" % (random.choice(nth), random.choice(days)) for _ in range(random.randint(1, 3))})))
    elif chance(0.6):
        parts.append("BYDAY=" + some(days, 5))
    if freq != "WEEKLY" and chance(0.3):
        parts.append("BYMONTHDAY=" + some([*range(1, 32), *range(-31, 0)], 8))
    elif freq == "YEARLY" and chance(0.2):
        parts.append("BYYEARDAY=" + some([*range(1, 367), *range(-366, 0)], 20))
    if chance(0.15):
        parts.append("BYHOUR=" + some(range(24), 3))
    if chance(0.15):
        parts.append("BYMINUTE=" + some(range(60), 2))
    if freq in ("MONTHLY", "YEARLY") and chance(0.25) and len(parts) > 2:
        parts.append("BYSETPOS=" + some([1, 2, 3, -1, -2], 2))
    if chance(0.3):
        parts.append("WKST=" + random.choice(days))
    if chance(0.3):
        parts.append("COUNT=%d" % random.randint(1, 60))
    elif chance(0.3):
        parts.append("UNTIL=2027%02d%02dT120000Z" % (random.randint(1, 12), random.randint(1, 28)))
    return ";".join(parts)


def main():
    if sys.argv[1] == "table":
        rows = [row(zone, datetime(2025, 3, 1, 2, 30), rule) for zone in ZONES for rule in RULES]
    else:
        random.seed(int(sys.argv[2]))
        rows = []
        for _ in range(int(sys.argv[3])):
            start = datetime(2025, 1, 1) + timedelta(minutes=15 * random.randrange(4 * 24 * 730))
            rows.append(row(random.choice(ZONES), start, random_rule()))
    print("\n".join(r for r in rows if r))


main()
