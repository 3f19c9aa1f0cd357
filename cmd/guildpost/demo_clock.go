package main

import (
	"context"
	"time"
)

// The play begins so many days before Europe's clocks changed, and has ended so many days after. That is a Sunday, so each
// act has the same days of the week whenever the demo runs: no weekly digest comes between two lines of an act.
const playedBefore, playedAfter = 12, 5

// Where the cast lives: most of them in Berlin, Hiro in Tokyo, whose clocks never change.
var (
	berlin = mustZone("Europe/Berlin")
	tokyo  = mustZone("Asia/Tokyo")
)

// mustZone reads a zone that every database of them has.
func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// lastChange is when the clocks in Berlin changed the last time, at least so many days before a time: at one o'clock UTC.
func lastChange(before time.Time, days int) time.Time {
	start, _ := before.AddDate(0, 0, -days).In(berlin).ZoneBounds()
	return start
}

// now is the play's clock.
func (s *stage) now() time.Time {
	s.clockMu.Lock()
	defer s.clockMu.Unlock()
	return s.app.now().Add(s.shift)
}

// later moves the clock by a day, and does what is due by then.
func (s *stage) later(ctx context.Context) error { return s.until(ctx, s.now().Add(24*time.Hour)) }

// until moves the clock to a time, and does what is due by then.
func (s *stage) until(ctx context.Context, t time.Time) error {
	s.clockMu.Lock()
	s.shift = t.Sub(s.app.now())
	s.clockMu.Unlock()
	if _, err := s.daemon.Due(ctx, s.now()); err != nil {
		return err
	}
	s.daemon.worker.Wake()
	return nil
}

// at is a time of the clock in Berlin, so many days after the clocks change there.
func (s *stage) at(days, hour int) time.Time {
	year, month, day := s.changed.In(berlin).Date()
	return time.Date(year, month, day+days, hour, 0, 0, 0, berlin)
}
