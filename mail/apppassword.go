package mail

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// An app password is a number and twenty letters, "17-k7mq2-…": the number finds it among the member's, so that one that is
// tried costs one hash, and the letters are 100 random bits, which nobody guesses and a person can still type.
const (
	secretBytes = 13 // 104 bits, of which twenty letters hold 100
	secretChars = 20
	secretGroup = 5
)

var secretEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// NewSecret makes the letters of an app password.
func NewSecret(random io.Reader) (string, error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return secretEncoding.EncodeToString(b)[:secretChars], nil
}

// AppPassword is a password as its owner gets it.
func AppPassword(id int64, secret string) string {
	groups := []string{strconv.FormatInt(id, 10)}
	for len(secret) > secretGroup {
		groups = append(groups, secret[:secretGroup])
		secret = secret[secretGroup:]
	}
	return strings.Join(append(groups, secret), "-")
}

// ParseAppPassword takes a password apart, however it was typed; ok is false for what cannot be one.
func ParseAppPassword(password string) (id int64, secret string, ok bool) {
	const most = 100
	if len(password) > most {
		return 0, "", false
	}
	password = strings.ToLower(strings.Join(strings.Fields(password), ""))
	number, rest, ok := strings.Cut(password, "-")
	id, err := strconv.ParseInt(number, 10, 64)
	secret = strings.ReplaceAll(rest, "-", "")
	return id, secret, ok && err == nil && id > 0 && len(secret) == secretChars
}

// The costs of a hash (RFC 9106): 64 MiB of memory, twice, on one core.
const (
	hashMemory = 64 << 10 // KiB
	hashTime   = 2
	hashSalt   = 16 // bytes
	hashSize   = 32 // bytes
)

// hashing bounds how many hashes are made at once: each takes 64 MiB.
var hashing = make(chan struct{}, 2)

func slowHash(ctx context.Context, secret string, salt []byte) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
		return argon2.IDKey([]byte(secret), salt, hashTime, hashMemory, 1, hashSize), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// HashSecret makes of a secret what may be kept of it, in the form that other programs write too ("$argon2id$v=19$…"). The
// error is that of the random numbers, or of ctx, which ends waiting for other hashes.
func HashSecret(ctx context.Context, random io.Reader, secret string) (string, error) {
	salt := make([]byte, hashSalt)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", err
	}
	sum, err := slowHash(ctx, secret, salt)
	if err != nil {
		return "", err
	}
	return hashPrefix() + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(sum), nil
}

func hashPrefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$", argon2.Version, hashMemory, hashTime)
}

// CheckSecret says whether kept is the hash of a secret. It takes as long where kept is none, such as "": then the answer
// is no. The error is that of ctx.
func CheckSecret(ctx context.Context, kept, secret string) (bool, error) {
	rest, ours := strings.CutPrefix(kept, hashPrefix())
	saltText, sumText, _ := strings.Cut(rest, "$")
	salt, saltErr := base64.RawStdEncoding.DecodeString(saltText)
	want, sumErr := base64.RawStdEncoding.DecodeString(sumText)
	if !ours || saltErr != nil || sumErr != nil || len(want) != hashSize {
		salt, want, ours = make([]byte, hashSalt), make([]byte, hashSize), false
	}
	sum, err := slowHash(ctx, secret, salt)
	return err == nil && subtle.ConstantTimeCompare(sum, want) == 1 && ours, err
}
