package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// When a commit moves what the write-ahead log has gathered into the database, which takes two fsyncs: usually after
// a relaxed one, so that what waits to be promised seldom pays for it. In pages of 4 KiB.
const (
	relaxedCheckpoint = 4000
	durableCheckpoint = 8000
)

// openSQLite opens a connection pool to read from and two connections to write with.
func (db *DB) openSQLite(o Options) error {
	db.dialect = sqlite
	if err := makeFile(o); err != nil {
		return err
	}
	db.read = sql.OpenDB(sqliteConnector{dsn: sqliteDSN(o.Path, "&_query_only=1&_synchronous=FULL")})
	db.read.SetMaxOpenConns(8)
	db.read.SetMaxIdleConns(8)
	more := ""
	if o.ReadOnly {
		more = "&_query_only=1"
	}
	lock := &sync.Mutex{}
	db.durable = newSQLiteWriter(db, lock, sqliteConnector{sqliteDSN(o.Path, more+"&_synchronous=FULL"), durableCheckpoint})
	db.relaxed = newSQLiteWriter(db, lock, sqliteConnector{sqliteDSN(o.Path, more+"&_synchronous=NORMAL"), relaxedCheckpoint})
	return nil
}

// sqliteDSN: every transaction that may write begins as one (_txlock), or the ones that read first fail at once
// under contention, whatever the busy timeout.
func sqliteDSN(path, more string) string {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?_journal_mode=WAL&_busy_timeout=30000&_foreign_keys=1&_txlock=immediate" +
		"&_secure_delete=on&_stmt_cache_size=64&_cache_size=-16000" + more
}

// sqliteConnector opens connections that all have the same settings: a PRAGMA would reach one of a pool only.
type sqliteConnector struct {
	dsn        string
	checkpoint int // pages in the write-ahead log, 0 for SQLite's own
}

// Driver implements driver.Connector.
func (c sqliteConnector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: c.set} }

// Connect implements driver.Connector.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }

// set is for the settings that the DSN has no word for.
func (c sqliteConnector) set(conn *sqlite3.SQLiteConn) error {
	if c.checkpoint == 0 {
		return nil
	}
	_, err := conn.Exec("PRAGMA wal_autocheckpoint = "+strconv.Itoa(c.checkpoint), nil)
	return err
}

// makeFile makes the file before SQLite would, since SQLite takes the mode of its companions from it.
func makeFile(o Options) error {
	if o.Path == "" {
		return Errorf(Invalid, "no database is named")
	}
	if o.ReadOnly {
		if _, err := os.Stat(o.Path); err != nil {
			return Errorf(NotFound, "there is no database at %s", o.Path)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return Errorf(Invalid, "the data folder cannot be made: %w", err)
	}
	f, err := os.OpenFile(o.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return Errorf(Invalid, "the database cannot be opened for writing: %w", err)
	}
	return f.Close()
}
