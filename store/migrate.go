package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// newestSchema is the newest migration in schema. An older binary refuses a newer database.
const newestSchema = 1

// migrate brings the schema up to date: forward only, a transaction each, under a lock, since several daemons may
// start at once.
func (db *DB) migrate(ctx context.Context) error {
	have, err := db.checkVersion(ctx)
	if err != nil || have == newestSchema {
		return err
	}
	pool, err := db.migrationPool()
	if err != nil {
		return err
	}
	if db.dialect == sqlite {
		defer pool.Close()
	}
	provider, err := db.provider(pool)
	if err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	if err := db.up(ctx, provider); err != nil {
		return fmt.Errorf("bringing the schema of %s up to date: %w", db.place(), db.explain(err))
	}
	return nil
}

// up runs what is missing. On SQLite goose has no lock, but each migration is a transaction: where another process
// was first with one, ours fails without a trace, and goes on after it.
func (db *DB) up(ctx context.Context, provider *goose.Provider) error {
	before, err := db.schemaVersion(ctx)
	for err == nil {
		_, failed := provider.Up(ctx)
		if failed == nil {
			return nil
		}
		var have int64
		if have, err = db.schemaVersion(ctx); err == nil && have <= before {
			return failed
		}
		before = have
	}
	return err
}

// migrationPool: goose works on several connections, which our writer does not have on SQLite.
func (db *DB) migrationPool() (*sql.DB, error) {
	if db.dialect == postgres {
		return db.read, nil
	}
	return sql.OpenDB(sqliteConnector{dsn: sqliteDSN(db.path, "&_synchronous=FULL")}), nil
}

func (db *DB) provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := db.dialect.migrations()
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithVerbose(false), goose.WithDisableGlobalRegistry(true)}
	name := goose.DialectSQLite3
	if db.dialect == postgres {
		name = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(name, pool, files, options...)
}

// tokenFS is the schema folder with the dialect's words for its tokens.
type tokenFS struct {
	files embed.FS
	words *strings.Replacer
}

func (d dialect) migrations() (fs.FS, error) {
	return fs.Sub(tokenFS{files: schemaFiles, words: d.schema()}, "schema")
}

// Open implements fs.FS.
func (t tokenFS) Open(name string) (fs.File, error) {
	f, err := t.files.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	return tokenFile{File: f, Reader: strings.NewReader(t.words.Replace(string(text)))}, err
}

// ReadDir implements fs.ReadDirFS.
func (t tokenFS) ReadDir(name string) ([]fs.DirEntry, error) { return t.files.ReadDir(name) }

// tokenFile is an embedded file whose text was replaced.
type tokenFile struct {
	fs.File
	*strings.Reader
}

func (f tokenFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

// checkReadable says whether what is to be read without changing it has the schema that this binary reads.
func (db *DB) checkReadable(ctx context.Context) error {
	have, err := db.checkVersion(ctx)
	if err == nil && have < newestSchema {
		return Errorf(Conflict, "the database %s was made by an older guildpost (schema %d, this one needs %d); "+
			"start this version's daemon once, and it is brought up to date", db.place(), have, newestSchema)
	}
	return err
}

// checkVersion returns the schema's version, and Conflict where it is newer than this binary.
func (db *DB) checkVersion(ctx context.Context) (have int64, err error) {
	have, err = db.schemaVersion(ctx)
	if err != nil {
		return 0, err
	}
	if have > newestSchema {
		return have, Errorf(Conflict, "the database %s was made by a newer guildpost (schema %d, this one knows %d); "+
			"start that version, or restore the backup from before the upgrade", db.place(), have, newestSchema)
	}
	return have, nil
}

// schemaVersion is 0 for an empty database.
func (db *DB) schemaVersion(ctx context.Context) (int64, error) {
	var there bool
	question := "SELECT COUNT(*) > 0 FROM sqlite_master WHERE name = 'goose_db_version'"
	if db.dialect == postgres {
		question = "SELECT to_regclass('goose_db_version') IS NOT NULL"
	}
	if err := db.read.QueryRowContext(ctx, question).Scan(&there); err != nil {
		return 0, db.explain(err)
	}
	if !there {
		return 0, nil
	}
	var have int64
	err := db.read.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version WHERE is_applied").Scan(&have)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return have, db.explain(err)
}
