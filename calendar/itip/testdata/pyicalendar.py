#!/usr/bin/python3
"""Reads the calendar files named with Python's icalendar, and prints for each what it found wrong and when the first event
takes place, by its VTIMEZONE: "FILE<tab>error<tab>TEXT" and "FILE<tab>UTC UTC …"."""
import sys
import warnings
from datetime import datetime, timezone
from pathlib import Path

from dateutil.rrule import rrulestr
from icalendar import Calendar

warnings.simplefilter("error")


def occurrences(calendar):
    event = calendar.walk("VEVENT")[0]
    start = event["DTSTART"]
    wall = start.dt.replace(tzinfo=None) if isinstance(start.dt, datetime) else datetime(*start.dt.timetuple()[:3])
    zones = {z["TZID"]: z for z in calendar.walk("VTIMEZONE")}
    zone = zones[start.params["TZID"]].to_tz() if "TZID" in start.params else None
    walls = rrulestr(event["RRULE"].to_ical().decode(), dtstart=wall) if "RRULE" in event and "COUNT" in event["RRULE"] else [wall]
    for t in walls:
        yield zone.localize(t).astimezone(timezone.utc) if zone else t


for name in sys.argv[1:]:
    try:
        calendar = Calendar.from_ical(Path(name).read_bytes())
        for part in calendar.walk():
            for error in part.errors:
                print("%s\terror\t%s: %s" % (name, part.name, error))
        print(name + "\t" + " ".join(t.strftime("%Y%m%dT%H%M%SZ") for t in occurrences(calendar)))
    except Exception as e:
        print("%s\terror\t%r" % (name, e))
