package main

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"guildpost/mail/mailtest"
)

// TestKilled kills the daemon at random moments while posts pour in and the smarthost defers, drops and is slow.
// Whoever got 250 is heard by everybody, and repeats are what was in flight.
func TestKilled(t *testing.T) {
	kills, connections := 15, 4
	if required("kill") {
		kills = 100
	}
	w := newFaultWorld(t, 20, mailtest.Faults{
		DeferShare: 0.2, DeferFirst: 25, Data4: 0.03, DropBefore: 0.02, DropAfter: 0.02, Slow: time.Millisecond,
	}, "connections = 4")
	w.process.fill(w.members)
	w.in = newInjector(t, 6)
	random := rand.New(rand.NewPCG(2026, 8))
	for kill := range kills {
		w.process.launch()
		if kill%5 == 4 { // while it starts
			<-time.After(time.Duration(random.IntN(80)) * time.Millisecond)
		} else {
			w.process.awaitListening()
			w.life()
			w.in.post(12)
			<-time.After(time.Duration(random.IntN(60)) * time.Millisecond)
		}
		w.process.kill()
	}
	w.process.start()
	w.life()
	w.in.finish(20 * time.Second)
	w.drain(30 * time.Second)
	if code := w.process.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	repeats, doubts := w.check(), w.inDoubt()
	t.Logf("%d kills, %d posts, %d with 250, %d times sent again; %d copies, %d of them repeats; %d in doubt",
		kills, len(w.in.begun), len(w.in.taken), w.in.again, w.sink.Stats().Recipients, repeats, doubts)
	if most := kills*connections + doubts; repeats > most {
		t.Errorf("%d repeats, at most %d can be excused", repeats, most)
	}
}

// TestTerminated ends the daemon with SIGTERM under load, again and again: nothing is lost, and nothing is repeated.
func TestTerminated(t *testing.T) {
	terms := 10
	if required("kill") {
		terms = 100
	}
	w := newFaultWorld(t, 20, mailtest.Faults{Slow: time.Millisecond}, "connections = 4")
	w.process.fill(w.members)
	w.in = newInjector(t, 6)
	random := rand.New(rand.NewPCG(2026, 9))
	slowest := time.Duration(0)
	for range terms {
		w.process.start()
		w.life()
		w.in.post(12)
		<-time.After(time.Duration(random.IntN(60)) * time.Millisecond)
		began := time.Now()
		if code := w.process.signal(syscall.SIGTERM); code != 0 {
			t.Errorf("exit code %d", code)
		}
		slowest = max(slowest, time.Since(began))
	}
	if slowest > 10*time.Second {
		t.Errorf("it took %v to end", slowest)
	}
	w.process.start()
	w.life()
	w.in.finish(20 * time.Second)
	w.drain(20 * time.Second)
	if repeats := w.check(); repeats > 0 {
		t.Errorf("%d repeats", repeats)
	}
	t.Logf("%d ends, at worst in %v; %d posts, %d with 250, %d times sent again", terms, slowest, len(w.in.begun), len(w.in.taken), w.in.again)
}
