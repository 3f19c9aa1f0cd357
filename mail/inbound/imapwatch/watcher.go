package imapwatch

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"guildpost/store"
)

// A Watcher fetches mail from its mailboxes, each in a goroutine of its own, so that one's trouble never stops another.
// New makes it, Start begins, Stop ends it for good.
type Watcher struct {
	opts    Options
	run     string // tells this run's message ids from those of others
	lastID  atomic.Int64
	count   counters
	running sync.WaitGroup

	soft, hard       context.Context // soft ends when nothing new is begun, hard when what is under way is given up
	endSoft, endHard context.CancelFunc
	stopOnce         sync.Once
	stopped          chan struct{}
	mailboxes        []*watched
}

type counters struct {
	handled, known, refused, left, retried, problems, connections, troubles, working atomic.Int64
}

// Stats are figures since the start, but for Working, which is of the moment.
type Stats struct {
	Handled     int64 // messages delivered or filed
	Known       int64 // of these, known already
	Left        int64 // history, left alone
	Retried     int64 // handlings that failed for a time
	Problems    int64 // messages that were given up
	Connections int64 // made, with login
	Troubles    int64 // connections that broke or could not be made
	Working     int64 // mailboxes that are being looked through, and not just watched
}

// New makes a Watcher. The error is of kind store.Invalid: an option that cannot be meant.
func New(o Options) (*Watcher, error) {
	o, err := o.check()
	if err != nil {
		return nil, err
	}
	w := &Watcher{opts: o, run: strconv.FormatInt(o.Now().UnixMilli(), 36), stopped: make(chan struct{})}
	w.soft, w.endSoft = context.WithCancel(context.Background())
	w.hard, w.endHard = context.WithCancel(context.Background())
	for _, m := range o.Mailboxes {
		w.mailboxes = append(w.mailboxes, &watched{Mailbox: m, w: w, log: o.Log.With("mailbox", m.Name, "account", m.Account())})
	}
	return w, nil
}

// Start begins to watch, in the background: a server that cannot be reached now is no error.
func (w *Watcher) Start() error {
	if w.soft.Err() != nil {
		return store.Errorf(store.Conflict, "the watcher was stopped, make another")
	}
	for _, m := range w.mailboxes {
		m.log.Info("watching a mailbox", "mode", string(m.Mode), "tls", string(m.TLS), "after", string(m.After))
		w.running.Go(m.run)
	}
	return nil
}

// Stop begins nothing new and waits for the messages that are being handled. When ctx ends first these are cut short, and
// come again at the next start. It may be called again.
func (w *Watcher) Stop(ctx context.Context) error {
	w.stopOnce.Do(func() {
		w.endSoft()
		go func() {
			w.running.Wait()
			w.endHard()
			close(w.stopped)
		}()
	})
	select {
	case <-w.stopped:
		return nil
	case <-ctx.Done():
	}
	w.endHard()
	<-w.stopped
	return ctx.Err()
}

// Stats returns the figures of now.
func (w *Watcher) Stats() Stats {
	c := &w.count
	return Stats{Handled: c.handled.Load(), Known: c.known.Load(), Left: c.left.Load(), Retried: c.retried.Load(),
		Problems: c.problems.Load(), Connections: c.connections.Load(), Troubles: c.troubles.Load(), Working: c.working.Load()}
}

// nextID names a message in logs.
func (w *Watcher) nextID() string {
	return fmt.Sprintf("imap-%s-%s", w.run, strconv.FormatInt(w.lastID.Add(1), 36))
}
