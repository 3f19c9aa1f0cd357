package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// Serve makes this process the one that serves the database: an SQLite database takes one daemon, and another
// gets Conflict with the number of the process that has it. PostgreSQL takes any number. The claim ends with the
// process, however it ends, or with release.
func (db *DB) Serve() (release func() error, err error) {
	if db.Shared() {
		return func() error { return nil }, nil
	}
	f, err := os.OpenFile(db.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, Errorf(Invalid, "the data folder cannot be written: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		owner, _ := io.ReadAll(io.LimitReader(f, 20))
		f.Close()
		return nil, Errorf(Conflict, "another guildpost serves %s already (process %s); stop it first, "+
			"or give this one a data folder of its own", db.path, strings.TrimSpace(string(owner)))
	}
	if err != nil {
		f.Close()
		return nil, Errorf(Temporary, "the lock %s.lock cannot be taken: %w", db.path, err)
	}
	// The number is for people only; the lock is what counts.
	if err = f.Truncate(0); err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return f.Close, err
}
