package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// erasureKey is the setting with the key of the hashes of erased addresses.
const erasureKey = "erasure_key"

// ErasureKey returns the key of the hashes of erased addresses; fresh becomes it where there is none yet.
func (db *DB) ErasureKey(ctx context.Context, fresh string) (string, error) {
	return db.FirstSetting(ctx, erasureKey, fresh)
}

// HashAddress is what is kept of an erased address: nobody who does not know the key can tell whose it is, or try
// addresses.
func HashAddress(key, address string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(address))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// erasedHash is the hash of an address, "" where nobody was erased yet.
func (db *DB) erasedHash(ctx context.Context, address string) (string, error) {
	key, err := db.Setting(ctx, erasureKey)
	if KindOf(err) == NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return HashAddress(key, address), nil
}

// ErasedAt says when an address was erased; zero where it was not.
func (db *DB) ErasedAt(ctx context.Context, address string) (at time.Time, err error) {
	hash, err := db.erasedHash(ctx, address)
	if err != nil || hash == "" {
		return at, err
	}
	err = db.queryRow(ctx, "not erased", func(row rowScanner) error {
		var us int64
		err := row.Scan(&us)
		at = fromMicros(us)
		return err
	}, "SELECT at FROM erasures WHERE hash = ?", hash)
	if KindOf(err) == NotFound {
		err = nil
	}
	return at, err
}

// Erasures returns the key of the hashes of erased addresses, and when each of those was erased; none where nobody was.
func (db *DB) Erasures(ctx context.Context) (key string, at map[string]time.Time, err error) {
	key, err = db.Setting(ctx, erasureKey)
	if KindOf(err) == NotFound {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	at = map[string]time.Time{}
	err = db.query(ctx, func(row rowScanner) error {
		var hash string
		var us int64
		err := row.Scan(&hash, &us)
		at[hash] = fromMicros(us)
		return err
	}, "SELECT hash, at FROM erasures")
	return key, at, err
}

// KnownAddresses calls f with every address of a person that the database has a column for, each once for each column.
func (db *DB) KnownAddresses(ctx context.Context, f func(address string)) error {
	return db.query(ctx, func(row rowScanner) error {
		var address string
		err := row.Scan(&address)
		if address != "" {
			f(address)
		}
		return err
	}, `SELECT address FROM addresses UNION SELECT address FROM subscriptions UNION SELECT from_address FROM posts
		UNION SELECT from_address FROM holds UNION SELECT address FROM requests UNION SELECT address FROM failures
		UNION SELECT recipient FROM deliveries UNION SELECT value FROM bans WHERE kind = 'address'`)
}
