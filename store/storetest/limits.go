package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/store"
)

var limitCases = []testCase{
	{"what is over one of its limits is counted against none", limited},
	{"a limit begins anew when its time is over", limitAnew},
	{"of many at once no more pass than may", limitAtOnce},
	{"what was kept back is counted by its limit", keptBack},
}

// allow is the limit that is in the way, "" for none.
func allow(t *testing.T, db *store.DB, at time.Time, limits ...store.Limit) string {
	t.Helper()
	reached, err := db.Allow(ctx, at, limits...)
	check(t, err)
	if reached == nil {
		return ""
	}
	return reached.Name
}

func limited(t *testing.T, db *store.DB) {
	one, two := store.Limit{Name: "one ann", Most: 1, Within: time.Hour}, store.Limit{Name: "two", Most: 2, Within: time.Hour}
	equal(t, "the first", allow(t, db, Now, one, two), "")
	equal(t, "the second", allow(t, db, Now, one, two), "one ann")
	equal(t, "what the second counted", allow(t, db, Now, two), "")
	equal(t, "the third", allow(t, db, Now, two), "two")
	equal(t, "without limits", allow(t, db, Now), "")
	counts, err := db.Limits(ctx, "two")
	check(t, err)
	equal(t, "counts", fmt.Sprint(counts), "map[two:2]")
}

func limitAnew(t *testing.T, db *store.DB) {
	one := store.Limit{Name: "one", Most: 1, Within: time.Hour}
	for i, want := range []string{"", "one", ""} {
		equal(t, fmt.Sprint("after half hours: ", i), allow(t, db, Now.Add(time.Duration(i)*30*time.Minute), one), want)
	}
	check(t, db.ForgetLimits(ctx, Now.Add(31*time.Minute)))
	counts, err := db.Limits(ctx, "")
	check(t, err)
	equal(t, "what is left", fmt.Sprint(counts), "map[one:1]")
}

func limitAtOnce(t *testing.T, db *store.DB) {
	var passed atomic.Int64
	atOnce(16, func(int) {
		reached, err := db.Allow(ctx, Now, store.Limit{Name: "five", Most: 5, Within: time.Hour})
		if err != nil {
			t.Error(err)
		} else if reached == nil {
			passed.Add(1)
		}
	})
	equal(t, "passed", passed.Load(), 5)
}

func keptBack(t *testing.T, db *store.DB) {
	for i := range 3 {
		allow(t, db, Now.Add(time.Duration(i)*time.Minute), store.Limit{Name: "community rust", Most: 1, Within: time.Hour})
		allow(t, db, Now, store.Limit{Name: "community go", Most: 2, Within: time.Hour})
	}
	got, err := db.KeptBack(ctx, Now.Add(time.Hour))
	check(t, err)
	want := []store.KeptBack{{Limit: "community rust", N: 2, Since: Now.Add(time.Minute)}, {Limit: "community go", N: 1, Since: Now}}
	equal(t, "kept back", fmt.Sprint(got), fmt.Sprint(want))
	got, err = db.KeptBack(ctx, Now.Add(25*time.Hour))
	check(t, err)
	equal(t, "a day later", len(got), 0)
}
