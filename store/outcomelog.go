package store

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"sync"
	"time"
)

// On SQLite the outcome "sent" is not committed one by one: a commit for each message, or for the few of one moment,
// costs more than sending it. It is appended to a file, which survives the process just as a relaxed commit does, and
// brought into the database soon after, many at once. What a killed process left in the file is brought in before
// anybody claims again. There are two files in turn: one takes what comes while the other is brought in.
type outcomeLog struct {
	db     *DB
	signal chan struct{}
	closed chan struct{}
	done   chan struct{}

	mu      sync.Mutex
	files   [2]*os.File
	current int
	pending []sentOutcome
	both    bool  // bringing in failed: lines of either file may be pending
	failed  error // of bringing in; RecordOutcomes goes to the database until it works again

	flushing sync.Mutex // one flush at a time
}

// A sentOutcome is one line of the log.
type sentOutcome struct{ worker, delivery, at int64 }

const (
	outcomeSize  = 3*8 + 4 // three numbers and their CRC-32
	outcomePause = 20 * time.Millisecond
	outcomeMost  = 4096 // that one transaction brings in
)

// openOutcomeLog opens the files of a database and brings in what is in them.
func (db *DB) openOutcomeLog(ctx context.Context) (*outcomeLog, error) {
	l := &outcomeLog{db: db, signal: make(chan struct{}, 1), closed: make(chan struct{}), done: make(chan struct{})}
	for i, name := range []string{db.path + ".sent-a", db.path + ".sent-b"} {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			l.closeFiles()
			return nil, Errorf(Temporary, "the file %s cannot be opened: %w", name, err)
		}
		l.files[i] = f
		if err := l.replay(ctx, i, name); err != nil {
			l.closeFiles()
			return nil, err
		}
	}
	go l.run()
	return l, nil
}

// replay brings in what a killed process left. A line that was cut off is not there: what it told is sent again.
func (l *outcomeLog) replay(ctx context.Context, file int, name string) error {
	data, err := os.ReadFile(name)
	if err != nil || len(data) == 0 {
		return err
	}
	var all []sentOutcome
	for ; len(data) >= outcomeSize; data = data[outcomeSize:] {
		line := data[:outcomeSize]
		if crc32.ChecksumIEEE(line[:outcomeSize-4]) != binary.LittleEndian.Uint32(line[outcomeSize-4:]) {
			break
		}
		all = append(all, sentOutcome{int64(binary.LittleEndian.Uint64(line)), int64(binary.LittleEndian.Uint64(line[8:])),
			int64(binary.LittleEndian.Uint64(line[16:]))})
	}
	if err := l.bringIn(ctx, all); err != nil {
		return err
	}
	return l.files[file].Truncate(0)
}

// add appends what was sent; it returns after the file has it.
func (l *outcomeLog) add(worker int64, now time.Time, ids []int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	lines := make([]byte, 0, len(ids)*outcomeSize)
	for _, id := range ids {
		start := len(lines)
		for _, n := range []int64{worker, id, micros(now)} {
			lines = binary.LittleEndian.AppendUint64(lines, uint64(n))
		}
		lines = binary.LittleEndian.AppendUint32(lines, crc32.ChecksumIEEE(lines[start:]))
		l.pending = append(l.pending, sentOutcome{worker, id, micros(now)})
	}
	if _, err := l.files[l.current].Write(lines); err != nil {
		l.pending = l.pending[:len(l.pending)-len(ids)]
		return errors.Join(err, l.undoWrite())
	}
	select {
	case l.signal <- struct{}{}:
	default:
	}
	return nil
}

// undoWrite takes a half-written line away, so that those after it can be read.
func (l *outcomeLog) undoWrite() error {
	info, err := l.files[l.current].Stat()
	if err != nil {
		return err
	}
	return l.files[l.current].Truncate(info.Size() - info.Size()%outcomeSize)
}

// run brings in what comes, at once when there is little and now and then when there is much.
func (l *outcomeLog) run() {
	defer close(l.done)
	for {
		select {
		case <-l.signal:
			l.failedNow(l.flush(context.Background()))
		case <-l.closed:
			return
		}
		pause := time.NewTimer(outcomePause)
		select {
		case <-pause.C:
		case <-l.closed:
			pause.Stop()
			return
		}
	}
}

// failedNow keeps the state of bringing in; after a failure it is tried again with each signal, which recovering gives.
func (l *outcomeLog) failedNow(err error) {
	l.mu.Lock()
	l.failed = err
	l.mu.Unlock()
	if err != nil {
		time.AfterFunc(50*outcomePause, func() {
			select {
			case l.signal <- struct{}{}:
			default:
			}
		})
	}
}

// flush brings in all that was added before it was called.
func (l *outcomeLog) flush(ctx context.Context) error {
	l.flushing.Lock()
	defer l.flushing.Unlock()
	l.mu.Lock()
	all, file := l.pending, l.current
	if len(all) > 0 {
		l.pending, l.current = nil, 1-l.current
	}
	l.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	if err := l.bringIn(ctx, all); err != nil {
		// They are in their file still, and are tried again together with what is in the other one.
		l.mu.Lock()
		l.pending = append(all, l.pending...)
		l.both = true
		l.mu.Unlock()
		return err
	}
	return l.empty(file)
}

// empty truncates the file whose lines are in the database, after a failure both.
func (l *outcomeLog) empty(file int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.both && len(l.pending) == 0 {
		l.both = false
		return errors.Join(l.files[0].Truncate(0), l.files[1].Truncate(0))
	}
	if l.both {
		return nil // lines that are brought in twice change nothing
	}
	return l.files[file].Truncate(0)
}

// bringIn commits outcomes, those of a worker and moment together.
func (l *outcomeLog) bringIn(ctx context.Context, all []sentOutcome) error {
	for len(all) > 0 {
		n := 1
		for n < len(all) && n < outcomeMost && all[n].worker == all[0].worker {
			n++
		}
		ids := make([]int64, n)
		for i := range ids {
			ids[i] = all[i].delivery
		}
		worker, at := all[0].worker, fromMicros(all[n-1].at)
		if err := l.db.relaxed.do(ctx, func(t *tx) error { return t.recordSent(worker, at, ids) }); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// close brings in what there is. The files stay, empty.
func (l *outcomeLog) close() error {
	close(l.closed)
	<-l.done
	return errors.Join(l.flush(context.Background()), l.closeFiles())
}

func (l *outcomeLog) closeFiles() error {
	var errs []error
	for _, f := range l.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// bringInOutcomes brings in what was sent, before claims are counted or given back. On SQLite it opens the log, where
// this process has not yet.
func (db *DB) bringInOutcomes(ctx context.Context) error {
	if db.dialect != sqlite || db.readOnly {
		return nil
	}
	if log := db.outcomes.Load(); log != nil {
		return log.flush(ctx)
	}
	log, err := db.openOutcomeLog(ctx)
	if err != nil {
		return err
	}
	if !db.outcomes.CompareAndSwap(nil, log) {
		return log.close()
	}
	return nil
}

// Settle brings in what RecordOutcomes has kept beside the database, so that reads show it. Nobody needs it for
// delivering: it is soon done by itself.
func (db *DB) Settle(ctx context.Context) error {
	if log := db.outcomes.Load(); log != nil {
		return log.flush(ctx)
	}
	return nil
}
