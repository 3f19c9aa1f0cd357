package outbound

import (
	"sync/atomic"
	"time"

	"guildpost/store"
)

// Metrics are a worker's counts since its start, and its present state.
type Metrics struct {
	Sent, Deferred, Failed, InDoubt int64 // deliveries; those in doubt are among the deferred
	Connections                     int64 // that were opened
	Refused                         int64 // that could not be
	Open                            int   // connections now
	InHand                          int   // deliveries that are claimed but not under way
	Stalled                         int   // connections that wait long for a reply
	Down                            bool  // the smarthost takes no mail
	Since                           time.Time
	Reason                          string // why it is down: a sentence
}

type counts struct {
	sent, deferred, failed, inDoubt, connections, refused, settled atomic.Int64
}

// add counts outcomes.
func (c *counts) add(outcomes []store.Outcome) {
	var sent, deferred, failed, inDoubt int64
	for i := range outcomes {
		switch outcomes[i].State {
		case store.Sent:
			sent++
		case store.Deferred:
			deferred++
		case store.Failed:
			failed++
		}
		if outcomes[i].InDoubt {
			inDoubt++
		}
	}
	c.sent.Add(sent)
	c.settled.Add(int64(len(outcomes)))
	if deferred+failed+inDoubt > 0 {
		c.deferred.Add(deferred)
		c.failed.Add(failed)
		c.inDoubt.Add(inDoubt)
	}
}

// Metrics returns the counts. It may be called at any time.
func (w *Worker) Metrics() Metrics {
	c := &w.count
	m := Metrics{
		Sent: c.sent.Load(), Deferred: c.deferred.Load(), Failed: c.failed.Load(), InDoubt: c.inDoubt.Load(),
		Connections: c.connections.Load(), Refused: c.refused.Load(),
	}
	m.InHand, _ = w.hand.size()
	m.Open, m.Down, m.Since, m.Reason = w.gate.state()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.stalls {
		m.Stalled += n
	}
	return m
}
