package outbound

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/store"
)

// Options configure a worker.
type Options struct {
	Queue    Queue
	Composer Composer
	Courier  Courier

	// Connections is how many there are at once; 0 is 10. Up to as many more may be opened for other communities
	// while messages of one are left without a reply.
	Connections          int
	RecipientsPerMessage int // of a shared copy; 0 is 1

	Now    func() time.Time // the service's clock
	Jitter func() float64   // from 0 to 1; nil for a random one
	Poll   time.Duration    // how often the queue is looked at; 0 is 250 ms
	Log    *slog.Logger     // nil for none

	CacheBytes int64 // of composed copies; 0 is 64 MiB
	MaxInHand  int   // deliveries claimed but not under way; 0 is 2,000

	// Failed is called for every delivery that failed for good, after that was committed. A process that is killed
	// in between does not call it again.
	Failed func(ctx context.Context, f Failure)
	// Refused is called once for a dispatch whose message the smarthost refuses, whoever is to get it.
	Refused func(ctx context.Context, d store.Dispatch, reply string)
}

// A Worker takes deliveries from the queue to the smarthost. Start it once; stop it before its queue is closed.
type Worker struct {
	o        Options
	hand     *hand
	gate     *gate
	cache    *cache
	recorder recorder
	count    counts

	id        atomic.Int64 // of the lease; 0 when it was lost
	leaseEnds atomic.Int64 // microseconds of the service's clock
	renewal   sync.Mutex

	signal chan struct{} // look at connections and the hand
	wake   chan struct{} // look at the queue
	stop   chan struct{}
	once   sync.Once
	cancel context.CancelFunc
	ended  chan struct{} // the loop has
	lanes  sync.WaitGroup
	left   chan struct{} // all is done

	mu     sync.Mutex
	stalls map[int64]int // connections of a community that wait long for a reply
}

// New returns a worker that does nothing yet.
func New(o Options) *Worker {
	o.Connections = orDefault(o.Connections, 10)
	o.RecipientsPerMessage = min(orDefault(o.RecipientsPerMessage, 1), 1000)
	o.CacheBytes = orDefault(o.CacheBytes, 64<<20)
	o.Poll = orDefault(o.Poll, 250*time.Millisecond)
	// Shared copies need enough in hand to fill the next message of each connection.
	o.MaxInHand = max(orDefault(o.MaxInHand, 2000), 3*o.Connections*o.RecipientsPerMessage)
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &Worker{
		o:      o,
		gate:   newGate(o.Connections, o.Jitter),
		cache:  newCache(&o),
		signal: make(chan struct{}, 1),
		wake:   make(chan struct{}, 1),
		stop:   make(chan struct{}),
		ended:  make(chan struct{}),
		left:   make(chan struct{}),
		stalls: make(map[int64]int),
	}
	w.hand = newHand(o.RecipientsPerMessage, w.kick)
	w.recorder.w = w
	return w
}

func orDefault[T int | int64 | time.Duration](have, want T) T {
	if have <= 0 {
		return want
	}
	return have
}

// Start takes a lease, frees what dead workers hold and begins to deliver. Only Stop ends that, not the end of ctx.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.join(ctx); err != nil {
		return fmt.Errorf("starting to deliver: %w", err)
	}
	ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go w.loop(ctx)
	return nil
}

// Wake makes the worker look at the queue at once.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// kick makes the loop look at connections and the hand.
func (w *Worker) kick() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// Stop ends the work: nothing more is claimed, transactions under way are finished, the rest is given back. When
// ctx ends before, connections are cut. It may be called more than once and returns when all is done.
func (w *Worker) Stop(ctx context.Context) error {
	if w.cancel == nil {
		return nil
	}
	w.once.Do(func() {
		close(w.stop)
		go w.wind()
	})
	select {
	case <-w.left:
		return nil
	case <-ctx.Done():
	}
	w.cancel()
	<-w.left
	return fmt.Errorf("deliveries were cut off: %w", ctx.Err())
}

// wind waits for what runs and gives the rest back.
func (w *Worker) wind() {
	defer close(w.left)
	<-w.ended
	w.lanes.Wait()
	w.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	if err := w.o.Queue.LeaveWorkers(ctx, w.id.Load()); err != nil {
		w.o.Log.Error("claims were not given back; they are free in a minute", "err", err)
	}
}

// lastWords is how long the store may take for what is recorded while stopping.
const lastWords = 5 * time.Second
