package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guildpost/store"
)

// A Config is what guildpost.toml and the environment say, checked, with a value for every key. The keys, their
// defaults and what they mean are in configKeys.
type Config struct {
	File     string   // where it was read from, "" where there is no file
	Dir      string   // what relative paths in it are relative to
	Warnings []string // sentences about what looks like a mistake but does no harm

	Domain    string
	PublicURL string // without a slash at the end
	Data      string // the data folder
	Database  Secret // "" is SQLite in the data folder
	Timezone  *time.Location
	Language  string
	// Postmaster hears of trouble; "" is nobody.
	Postmaster string

	Inbound  InboundConfig
	IMAP     []IMAPConfig
	Outbound OutboundConfig
	Web      WebConfig
	Log      LogConfig
}

// InboundConfig is [inbound]: where mail comes in. An address is host:port or unix:PATH; "" is off.
type InboundConfig struct {
	LMTP       string
	SMTP       string
	MaxMessage int64 // bytes
	TLSCert    string
	TLSKey     string
	AuthServID string // whose Authentication-Results count; "" is nobody's
}

// OutboundConfig is [outbound]: where mail goes out.
type OutboundConfig struct {
	Smarthost            string // host:port
	TLS                  string // none, opportunistic, starttls, implicit
	Username             string
	Password             Secret
	Connections          int
	RecipientsPerMessage int
}

// WebConfig is [web].
type WebConfig struct {
	Listen     string
	IMAPListen string // where the archive is read over IMAP: host:port
	IMAPTLS    string // auto, implicit, starttls
}

// LogConfig is [log].
type LogConfig struct {
	Level  slog.Level
	Format string // text, json
}

// DatabaseFile returns where the database is when it is SQLite.
func (c *Config) DatabaseFile() string { return filepath.Join(c.Data, "guildpost.db") }

// Listeners returns the addresses that are to be listened on, by the name of their key.
func (c *Config) Listeners() map[string]string {
	all := map[string]string{"inbound.lmtp": c.Inbound.LMTP, "inbound.smtp": c.Inbound.SMTP, "web.listen": c.Web.Listen,
		"web.imap_listen": c.Web.IMAPListen}
	for name, address := range all {
		if address == "" {
			delete(all, name)
		}
	}
	return all
}

// A problem is one thing wrong with the configuration, and where.
type problem struct {
	file         string
	line, column int // 0 where the file is not to blame
	text         string
}

func (p problem) String() string {
	if p.line == 0 {
		return p.text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.file, p.line, p.column, p.text)
}

// loadConfig reads the configuration: the file given, or that of GUILDPOST_CONFIG, or the first of ./guildpost.toml and
// /etc/guildpost/guildpost.toml that exists, or none; then the environment over it. All problems are told at once.
func loadConfig(file, dir string, environ []string) (*Config, error) {
	path, err := findConfig(file, dir, environ)
	if err != nil {
		return nil, err
	}
	c := &Config{File: path, Dir: dir}
	var text []byte
	if path != "" {
		c.Dir = filepath.Dir(path)
		if text, err = os.ReadFile(path); err != nil {
			return nil, store.Errorf(store.Invalid, "the configuration cannot be read: %w", err)
		}
	}
	setDefaults(c)
	problems := c.readFile(shortPath(path, dir), text)
	problems = append(problems, c.readEnvironment(environ)...)
	if len(problems) == 0 {
		problems = c.finish(shortPath(path, dir), text)
	}
	if len(problems) > 0 {
		return nil, configError(problems)
	}
	return c, nil
}

func configError(problems []problem) error {
	slices.SortStableFunc(problems, func(a, b problem) int { return a.line - b.line })
	if len(problems) == 1 {
		return store.Errorf(store.Invalid, "%s", problems[0])
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = "  " + p.String()
	}
	return store.Errorf(store.Invalid, "the configuration has %d mistakes\n%s", len(problems), strings.Join(lines, "\n"))
}

// findConfig returns the absolute path of the configuration file, "" where there is none and none was asked for.
func findConfig(file, dir string, environ []string) (string, error) {
	if file == "" {
		file, _ = lookup(environ, "GUILDPOST_CONFIG")
	}
	if file != "" {
		file = absolute(file, dir)
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return "", withHint(store.Errorf(store.NotFound, "there is no configuration file %s", file), "guildpost --config FILE init writes one")
		}
		return file, nil
	}
	for _, candidate := range []string{filepath.Join(dir, "guildpost.toml"), "/etc/guildpost/guildpost.toml"} {
		if _, err := os.Stat(candidate); err == nil {
			return candidate, nil
		}
	}
	return "", nil
}

func absolute(path, dir string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// shortPath returns path as somebody in dir would type it.
func shortPath(path, dir string) string {
	if short, err := filepath.Rel(dir, path); err == nil && !strings.HasPrefix(short, "..") {
		return short
	}
	return path
}

// lookup returns the last value of a variable in environ, as os.Getenv would.
func lookup(environ []string, name string) (string, bool) {
	for _, e := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// finish fills in what follows from other keys, makes paths absolute, and finds keys that contradict each other.
func (c *Config) finish(file string, text []byte) []problem {
	if c.PublicURL == "" {
		c.PublicURL = "https://" + c.Domain
	}
	c.Data = absolute(c.Data, c.Dir)
	c.Inbound.TLSCert = absolute(c.Inbound.TLSCert, c.Dir)
	c.Inbound.TLSKey = absolute(c.Inbound.TLSKey, c.Dir)
	for _, address := range []*string{&c.Inbound.LMTP, &c.Inbound.SMTP, &c.Web.Listen} {
		if path, ok := strings.CutPrefix(*address, "unix:"); ok {
			*address = "unix:" + absolute(path, c.Dir)
		}
	}
	return c.contradictions(positions(file, text))
}

func (c *Config) contradictions(at func(name string, table int) problem) []problem {
	var found []problem
	sayOf := func(table int, key, format string, args ...any) {
		p := at(key, table)
		p.text = fmt.Sprintf(format, args...)
		found = append(found, p)
	}
	say := func(key, format string, args ...any) { sayOf(0, key, format, args...) }
	c.imapContradictions(sayOf)
	if (c.Inbound.TLSCert == "") != (c.Inbound.TLSKey == "") {
		say("inbound.tls_cert", "inbound.tls_cert and inbound.tls_key go together: give both or neither")
	}
	if c.Outbound.Username == "" && !c.Outbound.Password.Empty() {
		say("outbound.password", "outbound.password is given, outbound.username is not: give both or neither")
	}
	if c.Outbound.Username != "" && c.Outbound.Password.Empty() {
		say("outbound.username", "outbound.username is given, outbound.password is not: give both or neither")
	}
	if strings.HasSuffix(strings.ToLower(c.Postmaster), "@"+c.Domain) {
		say("postmaster", "postmaster is an address at %s, whose mail comes to guildpost itself: give one elsewhere", c.Domain)
	}
	if c.Web.IMAPListen != "" && c.Inbound.TLSCert == "" && (!onlyHere(c.Web.IMAPListen) || c.Web.IMAPTLS == "implicit") {
		say("web.imap_listen", "web.imap_listen wants the certificate of inbound.tls_cert: without TLS only programs on this machine can log in (127.0.0.1:PORT)")
	}
	seen := map[string]string{}
	for _, key := range []string{"inbound.lmtp", "inbound.smtp", "web.listen", "web.imap_listen"} {
		address := c.Listeners()[key]
		if other, taken := seen[address]; taken && address != "" && !strings.HasSuffix(address, ":0") {
			say(key, "%s and %s are both %s: give each an address of its own", other, key, address)
		}
		seen[address] = key
	}
	return found
}
