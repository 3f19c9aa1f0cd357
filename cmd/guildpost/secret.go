package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"guildpost/store"
)

// A Secret is a value of the configuration that must not be shown: written out, or env:NAME, or file:PATH. It is
// fetched when it is used, so that commands which need no password work without it.
type Secret struct {
	raw    string
	path   string // for file:, absolute
	value  string // for env:, what the variable held
	absent bool   // for env:, that there is no such variable
}

// secret sets a secret. check, which may be nil, looks at one that is written out.
func secret(field func(*Config) *Secret, check func(string) error) func(*Config, string) error {
	return func(c *Config, raw string) error {
		s := Secret{raw: raw, value: raw}
		scheme, name, _ := strings.Cut(raw, ":")
		switch {
		case scheme != "env" && scheme != "file":
			if check != nil {
				if err := check(raw); err != nil {
					return err
				}
			}
		case name == "":
			return errors.New("must be env:NAME or file:PATH")
		case scheme == "file":
			s.path = absolute(name, c.Dir)
		}
		*field(c) = s
		return nil
	}
}

// Empty says whether nothing was given.
func (s Secret) Empty() bool { return s.raw == "" }

// Literal says whether the secret itself stands in the configuration.
func (s Secret) Literal() bool {
	return s.raw != "" && !strings.HasPrefix(s.raw, "env:") && !strings.HasPrefix(s.raw, "file:")
}

// Value returns the secret. Errors are Invalid: a variable that is not set, a file that is not there or that others
// can read.
func (s Secret) Value() (string, error) {
	if s.absent {
		return "", store.Errorf(store.Invalid, "the variable %s, which the configuration names, is not set", strings.TrimPrefix(s.raw, "env:"))
	}
	if s.path == "" {
		return s.value, nil
	}
	return readSecret(s.path, "the configuration")
}

// readSecret reads a file that holds a secret; by is what names it. Errors are those of Secret.Value.
func readSecret(path, by string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", store.Errorf(store.Invalid, "the file %s, which %s names, does not exist", path, by)
	}
	if err == nil && info.Mode().Perm()&0o007 != 0 {
		return "", store.Errorf(store.Invalid, "the file %s holds a secret and others can read it: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", store.Errorf(store.Invalid, "the file %s, which %s names, cannot be read: %w", path, by, err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// String hides the secret from logs and messages.
func (s Secret) String() string {
	switch {
	case s.raw == "":
		return ""
	case s.Literal():
		return "(secret)"
	}
	return s.raw
}

// GoString hides it from %#v.
func (s Secret) GoString() string { return s.String() }

// resolve looks up what is in the environment.
func (s *Secret) resolve(environ []string) {
	if name, ok := strings.CutPrefix(s.raw, "env:"); ok {
		var found bool
		s.value, found = lookup(environ, name)
		s.absent = !found
	}
}
