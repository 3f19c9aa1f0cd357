package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"
)

// A writer runs transactions. On SQLite it has the one connection of its kind, and transactions that wait for
// each other share a commit, and so an fsync: each runs in a savepoint of its own, and all hear of success only
// after the commit. On PostgreSQL each is a transaction of its own, since it groups commits by itself.
type writer struct {
	db      *DB
	pool    *sql.DB
	lock    *sync.Mutex   // SQLite: held from BEGIN to COMMIT, so that our two writers queue up instead of polling
	relaxed bool          // PostgreSQL: no fsync is waited for
	work    chan *write   // nil on PostgreSQL
	closing chan struct{} // closed when no more is to be taken
	done    chan struct{} // closed when the last one was answered
	stop    sync.Once
	commits atomic.Int64 // made so far; on SQLite each durable one is an fsync
}

// A write is one transaction that waits.
type write struct {
	ctx context.Context
	fn  func(*tx) error
	err chan error
}

// maxGroup bounds how many transactions share a commit, and so how long the first one waits.
const maxGroup = 256

func newSQLiteWriter(db *DB, lock *sync.Mutex, connector driver.Connector) *writer {
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(1)
	w := &writer{db: db, pool: pool, lock: lock, work: make(chan *write), closing: make(chan struct{}), done: make(chan struct{})}
	go w.group()
	return w
}

func (w *writer) close() error {
	w.stop.Do(func() {
		if w.work != nil {
			close(w.closing)
			<-w.done
		}
	})
	return w.pool.Close()
}

// do runs fn in a transaction and returns after its commit. fn must not keep what it reads into its result
// before it returns nil: it may run again.
func (w *writer) do(ctx context.Context, fn func(*tx) error) error {
	if err := w.db.failed(); err != nil {
		return err
	}
	if w.db.readOnly {
		return Errorf(Forbidden, "the database %s is open for reading only", w.db.place())
	}
	if w.work == nil {
		return w.alone(ctx, fn)
	}
	one := &write{ctx: ctx, fn: fn, err: make(chan error, 1)}
	select {
	case w.work <- one:
		// From here the answer is waited for: what was committed must be known.
		return w.db.explain(<-one.err)
	case <-w.closing:
		return Errorf(Temporary, "the database is being closed")
	case <-ctx.Done():
		return Errorf(Temporary, "the database is busy: %w", ctx.Err())
	}
}

// alone is a transaction on PostgreSQL, tried again where the database asks for it, and where another one was
// first to make a row that both found missing: now it is there. (Conflicts that mean something are Errors already.)
func (w *writer) alone(ctx context.Context, fn func(*tx) error) error {
	for try := 1; ; try++ {
		err := w.once(ctx, fn)
		if try == 5 || !isRetry(err) && !isConflict(err) {
			return w.db.explain(err)
		}
	}
}

func (w *writer) once(ctx context.Context, fn func(*tx) error) error {
	t, err := w.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if w.relaxed {
		if _, err := t.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return err
		}
	}
	if err := fn(&tx{Tx: t, ctx: ctx, dialect: w.db.dialect}); err != nil {
		return err
	}
	w.commits.Add(1)
	return t.Commit()
}

// group is the SQLite writer: it takes what waits, runs it, commits once, and answers.
func (w *writer) group() {
	defer close(w.done)
	for {
		select {
		case first := <-w.work:
			w.lock.Lock()
			w.commit(first, maxGroup)
			w.lock.Unlock()
		case <-w.closing:
			return
		}
	}
}

// commit runs first and what waits, at most size of them, in one transaction.
func (w *writer) commit(first *write, size int) {
	if err := w.db.failed(); err != nil {
		first.err <- err
		return
	}
	// Not any caller's context: the end of one must not roll back the others.
	t, err := w.pool.BeginTx(context.Background(), nil)
	if err != nil {
		first.err <- err
		return
	}
	var committing []*write
	for one := first; one != nil && err == nil; one = w.next(len(committing), size, err) {
		var own error
		if own, err = savepoint(&tx{Tx: t, ctx: context.Background(), dialect: sqlite}, one); own != nil {
			one.err <- own
		} else {
			committing = append(committing, one)
		}
	}
	w.finish(t, committing, err)
}

// finish commits, or takes all back where lost says that the transaction is not there any more, and answers. On a
// full disk the ones that may have asked for less are tried again, each alone.
func (w *writer) finish(t *sql.Tx, committing []*write, lost error) {
	err := lost
	if err == nil {
		w.commits.Add(1)
		err = t.Commit()
	}
	if err == nil {
		answer(committing, nil)
		return
	}
	t.Rollback()
	if isFull(err) && (len(committing) > 1 || lost != nil) {
		for _, one := range committing {
			w.commit(one, 1)
		}
		return
	}
	// Before anything else is written: after a failed fsync nothing may be.
	answer(committing, w.db.explain(err))
}

func answer(all []*write, err error) {
	for _, one := range all {
		one.err <- err
	}
}

func isFull(err error) bool {
	var lite sqlite3.Error
	return errors.As(err, &lite) && lite.Code == sqlite3.ErrFull
}

// next is another transaction that waits already, or nil; after an error none is taken.
func (w *writer) next(have, size int, err error) *write {
	if have >= size || size == 1 || err != nil {
		return nil
	}
	select {
	case one := <-w.work:
		return one
	default:
		return nil
	}
}

// savepoint runs one transaction within the group. Its own failure takes back its own changes alone; where SQLite
// gave up the whole transaction (out of room, an error of the disk), lost says why.
func savepoint(t *tx, one *write) (own, lost error) {
	if err := one.ctx.Err(); err != nil {
		return Errorf(Temporary, "the database is busy: %w", err), nil
	}
	if _, err := t.ExecContext(t.ctx, "SAVEPOINT one"); err != nil {
		return err, err
	}
	if own = one.fn(t); own != nil {
		if _, back := t.ExecContext(t.ctx, "ROLLBACK TO one"); back != nil {
			return own, own
		}
	}
	if _, err := t.ExecContext(t.ctx, "RELEASE one"); err != nil {
		return errors.Join(own, err), err
	}
	return own, nil
}

// tx is a transaction; helpers of this package take it, and it never leaves the package.
type tx struct {
	*sql.Tx
	ctx     context.Context
	dialect dialect
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(text string, args ...any) (int64, error) {
	res, err := t.ExecContext(t.ctx, t.dialect.bind(text), clean(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insert runs an INSERT of one row without RETURNING and returns the new row's ID; sql.ErrNoRows where it did nothing
// because of a conflict.
func (t *tx) insert(text string, args ...any) (id int64, err error) {
	if t.dialect == postgres {
		err = t.row(text+" RETURNING id", args...).Scan(&id)
		return id, err
	}
	res, err := t.ExecContext(t.ctx, text, clean(args)...)
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return 0, sql.ErrNoRows
	}
	return res.LastInsertId()
}

func (t *tx) row(text string, args ...any) rowScanner {
	return t.QueryRowContext(t.ctx, t.dialect.bind(text), clean(args)...)
}

func (t *tx) query(scan func(rowScanner) error, text string, args ...any) error {
	rows, err := t.QueryContext(t.ctx, t.dialect.bind(text), clean(args)...)
	if err != nil {
		return err
	}
	return scanRows(rows, scan)
}
