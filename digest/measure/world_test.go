package measure_test

import (
	"testing"
	"time"

	"guildpost/digest/measure"
)

// october is the window of the small worlds, in which everything can be counted by hand.
var october = measure.LastMonth(time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC), time.UTC)

// on is noon of a day, "10-05" is the 5th of October 2026; or a time, "10-05 09:30".
func on(text string) time.Time {
	if len(text) == 5 {
		text += " 12:00"
	}
	t, err := time.Parse("2006-01-02 15:04", "2026-"+text)
	if err != nil {
		panic(err)
	}
	return t
}

// since makes a membership that lasts.
func since(person int64, text string) measure.Membership {
	return measure.Membership{Person: person, From: on(text)}
}

// until ends it.
func until(m measure.Membership, text string, how measure.Ending) measure.Membership {
	m.To, m.End = on(text), how
	return m
}

// posts makes posts of threads: each is (thread, person, time); the first of a thread begins it, the others answer it.
func posts(all ...any) (made []measure.Post) {
	roots := map[int]int64{}
	for i := 0; i < len(all); i += 3 {
		thread, id := all[i].(int), int64(i/3+1)
		made = append(made, measure.Post{ID: id, Thread: int64(thread), Parent: roots[thread], Person: int64(all[i+1].(int)), At: measure.At(on(all[i+2].(string))), NewChars: 10})
		if roots[thread] == 0 {
			roots[thread] = id
		}
	}
	return made
}

// want compares figures by their names: a number, or why there is none.
func want(t *testing.T, m measure.Measure, wanted map[string]any) {
	t.Helper()
	have := map[string]measure.Figure{}
	for _, p := range m.Parts() {
		have[p.Key] = p.Figure
	}
	for key, expect := range wanted {
		f, ok := have[key]
		if !ok {
			t.Errorf("there is no figure %s", key)
			continue
		}
		if why, is := expect.(measure.Why); is {
			if f.Why != why {
				t.Errorf("%s is %v (%q), want it to be not available: %q", key, f.Value, f.Why, why)
			}
			continue
		}
		value, is := expect.(float64)
		if !is {
			value = float64(expect.(int))
		}
		if !f.Available() {
			t.Errorf("%s is not available (%s), want %v", key, f.Why, value)
			continue
		}
		near(t, key, f.Value, value, 1e-9)
	}
}
