package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"guildpost/store"
)

func (a *app) checkConfiguration(_ context.Context, c *Config) []finding {
	found := []finding{ok("configuration", "there is no file; all keys have their defaults. guildpost init writes one")}
	if c.File != "" {
		found[0] = ok("configuration", "%s", c.File)
	}
	for _, warning := range c.Warnings {
		found = append(found, warn("configuration", "%s", warning))
	}
	if k, _ := findKey("domain"); c.Domain == k.def {
		found = append(found, warn("configuration", "the domain is still %s, which is an example; set domain to your own", c.Domain))
	}
	if c.Postmaster == "" {
		found = append(found, warn("configuration", "postmaster is not set, so mail to postmaster@%s and abuse@%s is refused; set it to an address that is read", c.Domain, c.Domain))
	}
	if info, err := os.Stat(c.File); err == nil && info.Mode().Perm()&0o007 != 0 && (c.Outbound.Password.Literal() || c.Database.Literal()) {
		found = append(found, fail("configuration", "it holds a password and others can read it: chmod 600 %s", c.File))
	}
	for _, s := range []struct {
		name   string
		secret Secret
	}{{"database", c.Database}, {"outbound.password", c.Outbound.Password}} {
		if _, err := s.secret.Value(); err != nil {
			found = append(found, fail("configuration", "%s: %s", s.name, err))
		}
	}
	for _, file := range []string{c.Inbound.TLSCert, c.Inbound.TLSKey} {
		if file == "" {
			continue
		}
		if f, err := os.Open(file); err != nil {
			found = append(found, fail("configuration", "%s", err))
		} else {
			f.Close()
		}
	}
	return found
}

func (a *app) checkData(_ context.Context, c *Config) []finding {
	const name = "data folder"
	info, err := os.Stat(c.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := tryWriting(filepath.Dir(c.Data)); err != nil {
			return []finding{fail(name, "%s does not exist and cannot be made: %s", c.Data, err)}
		}
		return []finding{ok(name, "%s does not exist yet and will be made", c.Data)}
	case err != nil:
		return []finding{fail(name, "%s", err)}
	case !info.IsDir():
		return []finding{fail(name, "%s is not a folder: set data to another one", c.Data)}
	}
	if err := tryWriting(c.Data); err != nil {
		return []finding{fail(name, "%s cannot be written to: %s; run guildpost as the user who owns it", c.Data, err)}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return []finding{fail(name, "%s can be read by others (mode %04o): chmod 700 %s", c.Data, mode, c.Data)}
	}
	return []finding{ok(name, "%s", c.Data)}
}

// tryWriting makes a file in a folder and removes it.
func tryWriting(folder string) error {
	f, err := os.CreateTemp(folder, ".guildpost-check-*")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// checkDatabase looks without changing anything: no migration, no new file.
func (a *app) checkDatabase(ctx context.Context, c *Config) []finding {
	const name = "database"
	options, err := storeOptions(c)
	if err != nil {
		return []finding{fail(name, "%s", err)}
	}
	options.ReadOnly = true
	db, err := store.Open(ctx, options)
	switch {
	case store.KindOf(err) == store.NotFound:
		return []finding{ok(name, "%s does not exist yet and will be made", c.DatabaseFile())}
	case err != nil:
		return []finding{fail(name, "%s", err)}
	}
	defer db.Close()
	have, know, err := db.SchemaVersion(ctx)
	switch {
	case err != nil:
		return []finding{fail(name, "%s", err)}
	case have < know:
		return []finding{warn(name, "its schema is %d, this guildpost has %d: it will be brought up to date at the next start; make a backup first", have, know)}
	}
	return []finding{ok(name, "it answers, schema %d", have)}
}

const (
	diskFail = 100_000_000   // bytes: little more than a few large posts
	diskWarn = 1_000_000_000 // bytes
)

func (a *app) checkDisk(_ context.Context, c *Config) []finding {
	const name = "disk"
	var stat syscall.Statfs_t
	folder := c.Data
	for folder != filepath.Dir(folder) {
		if _, err := os.Stat(folder); err == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	if err := syscall.Statfs(folder, &stat); err != nil {
		return []finding{warn(name, "the free space of %s is not known: %s", folder, err)}
	}
	free := int64(uint64(stat.Bavail) * uint64(stat.Bsize)) // the types differ between systems
	switch {
	case free < diskFail:
		return []finding{fail(name, "only %s are free for %s: make room, or guildpost has to refuse mail", formatSize(free), c.Data)}
	case free < diskWarn:
		return []finding{warn(name, "only %s are free for %s", formatSize(free), c.Data)}
	}
	return []finding{ok(name, "%s are free for %s", formatSize(free), c.Data)}
}

// clockFloor: no clock that is right shows less.
var clockFloor = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (a *app) checkClock(_ context.Context, c *Config) []finding {
	const name = "clock"
	now := a.now()
	if now.Before(clockFloor) {
		return []finding{fail(name, "it shows %s, which cannot be right: set it, and let NTP keep it", showTime(now, time.UTC))}
	}
	if info, err := os.Stat(c.DatabaseFile()); err == nil && info.ModTime().After(now.Add(time.Minute)) {
		return []finding{fail(name, "it shows %s, but the database was written at %s: set it, and let NTP keep it",
			showTime(now, time.UTC), showTime(info.ModTime(), time.UTC))}
	}
	return []finding{ok(name, "%s", showTime(now, c.Timezone))}
}

// checkListeners tries to listen where guildpost will. An address that is taken is fine when guildpost has it.
func (a *app) checkListeners(ctx context.Context, c *Config) []finding {
	listeners := c.Listeners()
	if listeners["inbound.lmtp"] == "" && listeners["inbound.smtp"] == "" {
		return []finding{warn("inbound", "neither lmtp nor smtp is on: no mail can come in")}
	}
	var found []finding
	for _, key := range []string{"inbound.lmtp", "inbound.smtp", "web.listen", "web.imap_listen"} {
		if address, on := listeners[key]; on {
			found = append(found, a.checkListener(ctx, c, key, address))
		}
	}
	return found
}

func (a *app) checkListener(ctx context.Context, c *Config, key, address string) finding {
	network := "tcp"
	if path, isPath := strings.CutPrefix(address, "unix:"); isPath {
		network, address = "unix", path
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			if err := tryWriting(filepath.Dir(path)); err != nil {
				return fail(key, "no socket can be made at %s: %s", path, err)
			}
			return ok(key, "%s is free", address)
		}
		return a.checkTaken(ctx, c, key, network, address)
	}
	l, err := net.Listen(network, address)
	switch {
	case err == nil:
		l.Close()
		return ok(key, "%s is free", address)
	case errors.Is(err, syscall.EADDRINUSE):
		return a.checkTaken(ctx, c, key, network, address)
	case errors.Is(err, syscall.EACCES):
		return fail(key, "%s may not be listened on: ports under 1024 want the capability CAP_NET_BIND_SERVICE", address)
	}
	return fail(key, "%s cannot be listened on: %s", address, err)
}

// checkTaken says who has an address, as far as they tell: a mail server's greeting has a name.
func (a *app) checkTaken(ctx context.Context, c *Config, key, network, address string) finding {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	conn, err := a.net.dial(ctx, network, address)
	if err != nil && network == "unix" {
		return warn(key, "there is a socket at %s that nobody listens on; guildpost will replace it", address)
	}
	if err != nil {
		return fail(key, "%s is in use, and does not answer: %s", address, err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if key == "web.listen" {
		return checkWebTaken(conn, key, address, deadline)
	}
	if key == "web.imap_listen" {
		return a.checkIMAPTaken(conn, c, address, deadline)
	}
	greeting := readGreeting(conn, deadline)
	if strings.Contains(greeting, c.Domain) || strings.Contains(strings.ToLower(greeting), "guildpost") {
		return ok(key, "%s is in use by guildpost", address)
	}
	return fail(key, "%s is in use by another program (%q): stop it, or choose another address", address, greeting)
}

func (a *app) checkRoot(_ context.Context, c *Config) []finding {
	const name = "user"
	if os.Geteuid() != 0 {
		return []finding{ok(name, "not root")}
	}
	var low []string
	for key, address := range c.Listeners() {
		if _, port, err := net.SplitHostPort(address); err == nil {
			if n, err := strconv.Atoi(port); err == nil && n > 0 && n < 1024 {
				low = append(low, key)
			}
		}
	}
	slices.Sort(low)
	if len(low) > 0 {
		return []finding{warn(name, "this is root, for %s; the capability CAP_NET_BIND_SERVICE is enough", strings.Join(low, ", "))}
	}
	return []finding{warn(name, "this is root, which guildpost does not need: give it a user of its own")}
}
