package main

import (
	"errors"
	"fmt"
	"strings"

	"guildpost/mail/inbound/imapwatch"
)

// An IMAPConfig is one [[imap]]: a mailbox on another server that mail is fetched from.
type IMAPConfig struct {
	Server    string // host:port
	TLS       string // implicit, starttls, none, insecure
	Username  string
	Password  Secret
	Token     Secret
	Mailbox   string
	Mode      string // deliver, archive
	Community string // for archive
	After     string // keep, seen, move, delete
	MoveTo    string
}

// imapKeys are the keys of an [[imap]]. There are any number of those, so no variable overrides them; their setters set the
// last one of the configuration.
var imapKeys = []configKey{
	{name: "imap.server", example: "imap.example.org:993", doc: "host:port.",
		set: text(func(c *Config) *string { return &c.imap().Server }, checkIMAPServer)},
	{name: "imap.tls", def: "implicit", doc: "implicit (from the start, port 993), starttls (or not at all, port 143), none (this machine only), insecure (none, to\nanother machine too: the password goes over the network as it is).",
		set: text(func(c *Config) *string { return &c.imap().TLS }, oneOf("implicit", "starttls", "none", "insecure"))},
	{name: "imap.username", example: "lists",
		set: text(func(c *Config) *string { return &c.imap().Username }, checkNotEmpty)},
	{name: "imap.password", example: "file:imap-password", doc: "May be env:NAME or file:PATH, relative to this file.",
		set: secret(func(c *Config) *Secret { return &c.imap().Password }, nil)},
	{name: "imap.token", doc: "In place of a password: an OAuth 2 access token, for OAUTHBEARER or XOAUTH2. As file:PATH it is read anew at each login.",
		set: secret(func(c *Config) *Secret { return &c.imap().Token }, nil)},
	{name: "imap.mailbox", def: "INBOX", set: text(func(c *Config) *string { return &c.imap().Mailbox }, checkNotEmpty)},
	{name: "imap.mode", def: "deliver", doc: "deliver: mail for the list addresses arrives here. archive: what is here is kept as a community's history, and nobody is mailed.",
		set: text(func(c *Config) *string { return &c.imap().Mode }, oneOf("deliver", "archive"))},
	{name: "imap.community", doc: "For mode archive.",
		set: text(func(c *Config) *string { return &c.imap().Community }, nil)},
	{name: "imap.after", def: "keep", doc: "What happens to a message that was handled: keep, seen, move or delete.",
		set: text(func(c *Config) *string { return &c.imap().After }, oneOf("keep", "seen", "move", "delete"))},
	{name: "imap.move_to", def: "Archive", doc: "Where messages are moved; made where it is missing.",
		set: text(func(c *Config) *string { return &c.imap().MoveTo }, checkNotEmpty)},
}

// imap is the [[imap]] that is being read.
func (c *Config) imap() *IMAPConfig {
	if len(c.IMAP) == 0 {
		c.IMAP = append(c.IMAP, IMAPConfig{})
	}
	return &c.IMAP[len(c.IMAP)-1]
}

// beginIMAP makes another one, with the defaults.
func (c *Config) beginIMAP() {
	c.IMAP = append(c.IMAP, IMAPConfig{})
	for _, k := range imapKeys {
		if k.def != "" {
			_ = k.set(c, k.def) // that each is a possible value is tested
		}
	}
}

// checkIMAPServer wants host:port.
func checkIMAPServer(value string) error {
	if host, ok := splitHostPort(value, 1); !ok || host == "" {
		return errors.New("must be host:port, such as imap.example.org:993")
	}
	return nil
}

// imapContradictions finds what is missing from each [[imap]], and what does not go together.
func (c *Config) imapContradictions(say func(i int, key, format string, args ...any)) {
	seen := map[string]bool{}
	for i, m := range c.IMAP {
		name := m.Mailbox + " of " + m.Username + "@" + m.Server
		if seen[name] {
			say(i, "imap", "the mailbox %s is there twice: name it once", name)
		}
		seen[name] = true
		m.contradictions(c.Domain, func(key, format string, args ...any) { say(i, key, format, args...) })
	}
}

func (m IMAPConfig) contradictions(domain string, say func(key, format string, args ...any)) {
	if m.Server == "" {
		say("imap", "imap.server is missing: say where the mailbox is, such as imap.example.org:993")
	}
	if m.Username == "" {
		say("imap", "imap.username is missing: say who logs in")
	}
	switch {
	case m.Password.Empty() && m.Token.Empty():
		say("imap", "imap.password is missing (or imap.token)")
	case !m.Password.Empty() && !m.Token.Empty():
		say("imap.token", "imap.password and imap.token are both given: give one of them")
	}
	if m.TLS == "none" && m.Server != "" && !imapwatch.IsLoopback(m.Server) {
		say("imap.tls", "imap.tls = \"none\" would send the password to %s as it is: use implicit or starttls; on a network that you trust say insecure", m.Server)
	}
	switch {
	case m.Mode == "archive" && m.Community == "":
		say("imap.mode", "imap.mode = \"archive\" needs imap.community: say whose history is in the mailbox")
	case m.Mode == "deliver" && m.Community != "":
		say("imap.community", "imap.community is for mode archive; in mode deliver each message says itself which community it is for")
	}
	if m.After == "move" && m.MoveTo == m.Mailbox {
		say("imap.move_to", "imap.move_to is the mailbox itself: name another one")
	}
}

// mailbox is what the watcher needs; the community is found by whoever has the database.
func (m IMAPConfig) mailbox() imapwatch.Mailbox {
	mode := imapwatch.TLSMode(m.TLS)
	if m.TLS == "insecure" {
		mode = imapwatch.NoTLS
	}
	box := imapwatch.Mailbox{
		Server: m.Server, TLS: mode, Username: m.Username, Name: m.Mailbox, Mode: imapwatch.Mode(m.Mode),
		After: imapwatch.After(m.After), MoveTo: m.MoveTo,
	}
	if m.Token.Empty() {
		box.Password = m.Password.Value
	} else {
		box.Token = m.Token.Value
	}
	return box
}

// sampleIMAP is an example of an [[imap]], as comments.
func sampleIMAP() string {
	var b strings.Builder
	b.WriteString("\n# Mailboxes on other servers that mail is fetched from by IMAP, any number of them: guildpost help imap.\n# [[imap]]\n")
	for _, k := range imapKeys {
		_, name := k.table()
		if k.doc != "" {
			b.WriteString("#\n# # " + strings.ReplaceAll(k.doc, "\n", "\n# # ") + "\n")
		}
		fmt.Fprintf(&b, "# %s = %s\n", name, k.toml(k.exampleOr("")))
	}
	return b.String()
}
