package store

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres opens one pool for everything: its connections differ in no setting but synchronous_commit,
// which each relaxed transaction sets for itself.
func (db *DB) openPostgres(o Options) error {
	db.dialect = postgres
	config, err := pgx.ParseConfig(o.URL)
	if err != nil { // which would tell the password
		return Errorf(Invalid, "the database address cannot be read: it should look like postgres://user@host/name")
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(20)
	db.read = pool
	db.durable = &writer{db: db, pool: pool}
	db.relaxed = &writer{db: db, pool: pool, relaxed: true}
	return nil
}
