package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guildpost/store"
	"guildpost/store/storetest"
)

var ctx = context.Background()

// benchDB is SQLite in a temporary folder, or PostgreSQL where GUILDPOST_BENCH=postgres.
func benchDB(b *testing.B) *store.DB {
	b.Helper()
	if os.Getenv("GUILDPOST_BENCH") == "postgres" {
		return storetest.OpenWith(b, store.Options{URL: postgresURL(b)})
	}
	return storetest.OpenWith(b, store.Options{Path: filepath.Join(b.TempDir(), "guildpost.db")})
}

// cpuTime is what the process has used of the processors: a figure that does not depend on what else runs there.
func cpuTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func report(b *testing.B, cpu, elapsed time.Duration, n int, what string) {
	b.ReportMetric(float64(n)/elapsed.Seconds(), what+"/s")
	b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(n), "cpu-µs/each")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkAcceptOneByOne(b *testing.B) {
	db := benchDB(b)
	c := storetest.Community(b, db, "rust")
	cpu := cpuTime()
	for i := 0; b.Loop(); i++ {
		storetest.Accept(b, db, storetest.Arrival(c, fmt.Sprint(i)))
	}
	report(b, cpu, b.Elapsed(), b.N, "posts")
}

func BenchmarkAcceptFrom50(b *testing.B) {
	db := benchDB(b)
	c := storetest.Community(b, db, "rust")
	var next atomic.Int64
	cpu := cpuTime()
	for b.Loop() {
		accept500(b, db, c, &next)
	}
	report(b, cpu, b.Elapsed(), 500*b.N, "posts")
}

func accept500(b *testing.B, db *store.DB, c store.Community, next *atomic.Int64) {
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 10 {
				if _, err := db.AcceptPost(ctx, storetest.Arrival(c, fmt.Sprint(next.Add(1)))); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkImport(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		db := benchDB(b)
		c := storetest.Community(b, db, "rust")
		all := make([]store.NewMember, n)
		for i := range all {
			all[i] = store.NewMember{Address: storetest.Address(c, i), Name: "A Member"}
		}
		start, cpu := time.Now(), cpuTime()
		if _, err := db.ImportMembers(ctx, storetest.By(storetest.Now), c.ID, all); err != nil {
			b.Fatal(err)
		}
		report(b, cpu, time.Since(start), n, "members")
	}
}

// BenchmarkDeliver expands, claims and records 100,000 deliveries, with claims of 500 and a commit for each group
// of outcomes, from 10 connections as the outbound worker has them.
func BenchmarkDeliver(b *testing.B) {
	for _, group := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("groups of %d", group), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				db := benchDB(b)
				c := storetest.Community(b, db, "rust")
				storetest.Members(b, db, c, 10_000)
				for i := range 10 {
					storetest.Accept(b, db, storetest.Arrival(c, fmt.Sprint(i)))
				}
				b.StartTimer()
				start, cpu := time.Now(), cpuTime()
				n := deliver(b, db, group)
				report(b, cpu, time.Since(start), n, "deliveries")
				if n != 100_000 {
					b.Fatalf("%d deliveries", n)
				}
			}
		})
	}
}

func deliver(b *testing.B, db *store.DB, group int) (total int) {
	worker, err := db.JoinWorkers(ctx, storetest.Now)
	if err != nil {
		b.Fatal(err)
	}
	groups := make(chan []store.Outcome, 20)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for one := range groups {
				if err := db.RecordOutcomes(ctx, worker, storetest.Now, one); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for {
		n := feed(b, db, worker, group, groups)
		if total += n; n == 0 {
			break
		}
	}
	close(groups)
	all.Wait()
	return total
}

// feed makes one claim, and deliveries where there are none to claim.
func feed(b *testing.B, db *store.DB, worker int64, group int, groups chan<- []store.Outcome) int {
	claimed, err := db.Claim(ctx, worker, 500, storetest.Now)
	if err == nil && len(claimed) == 0 {
		if _, err = db.Expand(ctx, storetest.Now); err == nil {
			claimed, err = db.Claim(ctx, worker, 500, storetest.Now)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < len(claimed); i += group {
		var one []store.Outcome
		for _, d := range claimed[i:min(i+group, len(claimed))] {
			one = append(one, store.Outcome{DeliveryID: d.ID, State: store.Sent})
		}
		groups <- one
	}
	return len(claimed)
}
