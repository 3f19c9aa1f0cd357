package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSampleIsTheDefaults(t *testing.T) {
	dir := t.TempDir()
	want, err := loadConfig("", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "guildpost.toml")
	writeFile(t, path, string(sampleConfig(nil)))
	got, err := loadConfig("", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.File != path {
		t.Errorf("read %q, want %q", got.File, path)
	}
	got.File = ""
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestDefaultsArePossible: setDefaults does not look at errors, because of this.
func TestDefaultsArePossible(t *testing.T) {
	for _, k := range configKeys {
		if err := k.set(&Config{}, k.def); err != nil {
			t.Errorf("%s = %q: %v", k.name, k.def, err)
		}
	}
	for _, k := range imapKeys {
		if value := k.exampleOr(""); value != "" {
			if err := k.set(&Config{}, value); err != nil {
				t.Errorf("%s = %q: %v", k.name, value, err)
			}
		}
	}
}

// TestSampleMailbox: the example that init writes can be read when its marks are taken off.
func TestSampleMailbox(t *testing.T) {
	_, example, _ := strings.Cut(string(sampleConfig(nil)), "# [[imap]]\n")
	var text strings.Builder
	text.WriteString("[[imap]]\n")
	for line := range strings.Lines(example) {
		text.WriteString(strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "guildpost.toml"), text.String())
	c, err := loadConfig("", dir, nil)
	if err != nil || len(c.IMAP) != 1 {
		t.Fatalf("got %v, %v", c, err)
	}
	if c.IMAP[0].Server != "imap.example.org:993" || c.IMAP[0].MoveTo != "Archive" || c.IMAP[0].Mode != "deliver" {
		t.Errorf("got %+v", c.IMAP[0])
	}
}

func TestEnvironmentOverridesEveryKey(t *testing.T) {
	other := map[string]string{
		"domain": "other.example", "public_url": "http://other.example", "data": "/other", "database": "postgres://localhost/x",
		"timezone": "Europe/Berlin", "language": "de", "inbound.lmtp": "unix:/run/g.sock", "inbound.smtp": "", "inbound.max_message": "1MiB",
		"inbound.tls_cert": "/c", "inbound.tls_key": "/k", "outbound.smarthost": "mail.example:587", "outbound.tls": "starttls",
		"outbound.username": "me", "outbound.password": "pw", "outbound.connections": "3", "outbound.recipients_per_message": "2",
		"postmaster": "root@elsewhere.example", "inbound.authserv_id": "mx.other.example", "web.listen": "", "web.imap_listen": ":993", "web.imap_tls": "starttls",
		"log.level": "debug", "log.format": "json",
	}
	var environ []string
	for _, k := range configKeys {
		value, ok := other[k.name]
		if !ok {
			t.Fatalf("the test has no value for %s", k.name)
		}
		environ = append(environ, k.env()+"="+value)
	}
	dir := t.TempDir()
	byDefault, err := loadConfig("", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig("", dir, environ)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct{ got, was any }{
		{c.Domain, byDefault.Domain}, {c.PublicURL, byDefault.PublicURL}, {c.Data, byDefault.Data}, {c.Database, byDefault.Database},
		{c.Timezone, byDefault.Timezone}, {c.Language, byDefault.Language}, {c.Inbound.LMTP, byDefault.Inbound.LMTP},
		{c.Inbound.SMTP, byDefault.Inbound.SMTP}, {c.Inbound.MaxMessage, byDefault.Inbound.MaxMessage}, {c.Inbound.TLSKey, ""},
		{c.Inbound.AuthServID, ""}, {c.Postmaster, ""},
		{c.Outbound.Smarthost, byDefault.Outbound.Smarthost}, {c.Outbound.TLS, byDefault.Outbound.TLS}, {c.Outbound.Connections, 10},
		{c.Outbound.RecipientsPerMessage, 1}, {c.Web.Listen, byDefault.Web.Listen}, {c.Log.Level, slog.LevelInfo}, {c.Log.Format, "text"},
	} {
		if reflect.DeepEqual(one.got, one.was) {
			t.Errorf("%v was not overridden", one.was)
		}
	}
	if c.Inbound.MaxMessage != 1<<20 {
		t.Errorf("1MiB is %d", c.Inbound.MaxMessage)
	}
}

func TestEnvironmentWarnings(t *testing.T) {
	c, err := loadConfig("", t.TempDir(), []string{"GUILDPOST_NONSENSE=1", "GUILDPOST_TEST_POSTGRES=x", "GUILDPOST_SMTP_PASSWORD=pw",
		"GUILDPOST_OUTBOUND_USERNAME=me", "GUILDPOST_OUTBOUND_PASSWORD=env:GUILDPOST_SMTP_PASSWORD", "HOME=/"})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "GUILDPOST_NONSENSE") {
		t.Errorf("got warnings %q, want one about GUILDPOST_NONSENSE", c.Warnings)
	}
	if got, err := c.Outbound.Password.Value(); err != nil || got != "pw" {
		t.Errorf("got password %q, %v", got, err)
	}
}

func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "good"), "hush-in-file\n")
	writeFile(t, filepath.Join(dir, "open"), "hush-in-file\n")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, raw, want, err string }{
		{"written out", "hush", "hush", ""},
		{"with a colon", "hu:sh", "hu:sh", ""},
		{"file", "file:good", "hush-in-file", ""},
		{"file that others can read", "file:open", "", "chmod 600"},
		{"no file", "file:none", "", "does not exist"},
		{"variable", "env:PW", "from env", ""},
		{"no variable", "env:NONE", "", "is not set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := loadConfig("", dir, []string{"PW=from env", "GUILDPOST_OUTBOUND_USERNAME=me", "GUILDPOST_OUTBOUND_PASSWORD=" + test.raw})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Outbound.Password.Value()
			if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.err)
			}
			for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
				if shown := fmt.Sprintf(format, *c); strings.Contains(shown, "hush") || strings.Contains(shown, "hu:sh") || strings.Contains(shown, "from env") {
					t.Errorf("%s shows the secret: %s", format, shown)
				}
			}
		})
	}
}

func TestValues(t *testing.T) {
	for _, test := range []struct {
		key, value string
		ok         bool
	}{
		{"domain", "localhost", true},
		{"domain", "xn--bcher-kva.example", true},
		{"domain", "Lists.Example.org", false},
		{"domain", "bücher.example", false},
		{"domain", "", false},
		{"domain", "a..b", false},
		{"domain", "-a.b", false},
		{"domain", "a b", false},
		{"public_url", "https://lists.example.org/guildpost", true},
		{"public_url", "https://lists.example.org/", false},
		{"public_url", "lists.example.org", false},
		{"public_url", "ftp://lists.example.org", false},
		{"database", "postgresql:///guildpost?host=/run/postgresql", true},
		{"database", "env:DSN", true},
		{"database", "mysql://x", false},
		{"database", "guildpost.db", false},
		{"timezone", "America/New_York", true},
		{"timezone", "Local", false},
		{"timezone", "Mars/Olympus", false},
		{"timezone", "../../etc/passwd", false},
		{"language", "de-AT", true},
		{"language", "deutsch!", false},
		{"inbound.lmtp", "[::1]:2424", true},
		{"inbound.lmtp", ":2424", true},
		{"inbound.lmtp", "2424", false},
		{"inbound.lmtp", "127.0.0.1:lmtp", false},
		{"inbound.lmtp", "127.0.0.1:65536", false},
		{"inbound.lmtp", "unix:", false},
		{"inbound.max_message", "25 MB", true},
		{"inbound.max_message", "1.5MiB", true},
		{"inbound.max_message", "1kB", false},
		{"inbound.max_message", "2GB", false},
		{"inbound.max_message", "25 apples", false},
		{"inbound.max_message", "-25MB", false},
		{"outbound.smarthost", "", false},
		{"outbound.smarthost", "mail.example.org", false},
		{"outbound.smarthost", "mail.example.org:0", false},
		{"outbound.tls", "tls", false},
		{"outbound.connections", "0", false},
		{"outbound.connections", "1001", false},
		{"outbound.connections", "ten", false},
		{"outbound.password", "file:", false},
		{"log.level", "INFO", false},
		{"log.level", "error", true},
	} {
		t.Run(test.key+"="+test.value, func(t *testing.T) {
			k, ok := findKey(test.key)
			if !ok {
				t.Fatal("there is no such key")
			}
			if err := k.set(&Config{}, test.value); (err == nil) != test.ok {
				t.Errorf("got %v, want ok %v", err, test.ok)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "17": 17, "25MB": 25e6, "25MiB": 25 << 20, "1.5 kB": 1500, "2gb": 2e9} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s: got %d, %v; want %d", text, got, err, want)
		}
	}
	for n, want := range map[int64]string{999: "999B", 25e6: "25MB", 1500: "1.5kB", 84_300_000_000: "84.3GB"} {
		if got := formatSize(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

// FuzzConfig: whatever stands in a configuration, it is read or refused with a place, and what was refused is not used.
func FuzzConfig(f *testing.F) {
	f.Add(string(sampleConfig(nil)))
	f.Add("outbound = {tls = \"none\", x = 1}\n[[imap]]\nserver = 1\n")
	f.Add("a.b.c = [1, {d = 2}]\n\"\" = 3\n[outbound.x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := &Config{Dir: "/"}
		setDefaults(c)
		for _, p := range c.readFile("f", []byte(text)) {
			if p.line < 1 || p.column < 1 || p.text == "" {
				t.Errorf("a problem without a place or a text: %+v", p)
			}
		}
		for _, k := range configKeys {
			if k.number && (c.Outbound.Connections < 1 || c.Outbound.RecipientsPerMessage < 1) {
				t.Error("an impossible number was taken")
			}
		}
	})
}
