package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options says which database to open.
type Options struct {
	Path     string // SQLite file; made with mode 0600 where it does not exist
	URL      string // postgres://…; takes precedence over Path
	ReadOnly bool   // refuses every write; no migration is run
	// OnBroken is called once when the disk reported an error on which nothing can be promised any more
	// (a failed fsync). Every write fails from then on; the daemon should end, and recover at its next start.
	OnBroken func(error)
}

// DB is the store of one installation. Its methods may be called from many goroutines; each is one transaction.
type DB struct {
	dialect  dialect
	read     *sql.DB
	durable  *writer                    // what was promised: synchronous=FULL
	relaxed  *writer                    // what may be repeated without harm: synchronous=NORMAL
	outcomes atomic.Pointer[outcomeLog] // of an SQLite database that this process delivers from
	bundles  bundleCache
	path     string // of the SQLite file
	readOnly bool
	brokenMu sync.Mutex
	broken   error
	onBroken func(error)
}

// Open opens the database, makes it where it does not exist, and brings its schema up to date. A database made
// by a newer guildpost is refused with Conflict.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{path: o.Path, readOnly: o.ReadOnly, onBroken: o.OnBroken}
	open := db.openSQLite
	if o.URL != "" {
		open = db.openPostgres
	}
	if err := open(o); err != nil {
		return nil, err
	}
	if err := db.ready(ctx, o.ReadOnly); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// ready asks the database for an answer, and brings its schema up to date.
func (db *DB) ready(ctx context.Context, readOnly bool) error {
	if err := db.ping(ctx); err != nil {
		if explained := db.explain(err); db.dialect == sqlite && KindOf(explained) != Internal {
			return explained
		}
		return Errorf(Temporary, "the database %s does not answer: %w", db.place(), err)
	}
	if readOnly {
		return db.checkReadable(ctx)
	}
	return db.migrate(ctx)
}

// ping makes the first connection. When several processes open a new SQLite file at once, one of them turns it to
// write-ahead logging, and the others are told at once that it is locked, whatever the busy timeout.
func (db *DB) ping(ctx context.Context) error {
	for try := 1; ; try++ {
		err := db.read.PingContext(ctx)
		if !isBusy(err) || try == 200 {
			return err
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close ends all connections after the writes under way.
func (db *DB) Close() error {
	var errs []error
	if log := db.outcomes.Swap(nil); log != nil {
		errs = append(errs, log.close())
	}
	for _, w := range []*writer{db.relaxed, db.durable} {
		if w != nil {
			errs = append(errs, w.close())
		}
	}
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	return errors.Join(errs...)
}

// place names the database for a person, without its password.
func (db *DB) place() string {
	if db.dialect == sqlite {
		return db.path
	}
	return "PostgreSQL"
}

// breakDown notes that nothing can be promised any more.
func (db *DB) breakDown(err error) {
	db.brokenMu.Lock()
	first := db.broken == nil
	if first {
		db.broken = Errorf(Temporary, "the disk of the database reported an error; guildpost must be started again: %w", err)
	}
	db.brokenMu.Unlock()
	if first && db.onBroken != nil {
		// On its own: what it does may wait for the writer that found out.
		go db.onBroken(err)
	}
}

func (db *DB) failed() error {
	db.brokenMu.Lock()
	defer db.brokenMu.Unlock()
	return db.broken
}

// Shared says whether several daemons may serve this database at once.
func (db *DB) Shared() bool { return db.dialect == postgres }

// SchemaVersion returns the version of the database's schema and the newest that this binary knows.
func (db *DB) SchemaVersion(ctx context.Context) (have, know int64, err error) {
	have, err = db.schemaVersion(ctx)
	return have, newestSchema, err
}

// query reads rows on the reading pool; scan is called for each.
func (db *DB) query(ctx context.Context, scan func(rowScanner) error, text string, args ...any) error {
	rows, err := db.read.QueryContext(ctx, db.dialect.bind(text), clean(args)...)
	if err != nil {
		return db.explain(err)
	}
	return db.explain(scanRows(rows, scan))
}

// queryRow reads one row; NotFound with the sentence missing where there is none.
func (db *DB) queryRow(ctx context.Context, missing string, scan func(rowScanner) error, text string, args ...any) error {
	err := scan(db.read.QueryRowContext(ctx, db.dialect.bind(text), clean(args)...))
	if errors.Is(err, sql.ErrNoRows) {
		return Errorf(NotFound, "%s", missing)
	}
	return db.explain(err)
}

type rowScanner interface{ Scan(dest ...any) error }

func scanRows(rows *sql.Rows, scan func(rowScanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// micros is how times are kept: BIGINT microseconds UTC, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Backup writes a consistent copy to path while the database is in use. The file must not exist. PostgreSQL has
// pg_dump for this: Invalid.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.dialect != sqlite {
		return Errorf(Invalid, "guildpost backup copies SQLite databases; for PostgreSQL use pg_dump")
	}
	if _, err := os.Stat(path); err == nil {
		return Errorf(Conflict, "%s exists; a backup never overwrites: name another file", path)
	}
	// VACUUM INTO makes the file by the umask; made before, it keeps our mode.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return Errorf(Invalid, "the backup cannot be written: %w", err)
	}
	defer f.Close()
	// Those who only read may not even write elsewhere.
	source := sql.OpenDB(sqliteConnector{dsn: sqliteDSN(db.path, "")})
	defer source.Close()
	_, err = source.ExecContext(ctx, "VACUUM INTO ?", path)
	if err == nil {
		err = f.Sync() // VACUUM INTO leaves that to others
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("backup to %s: %w", path, db.explain(err))
	}
	return nil
}
