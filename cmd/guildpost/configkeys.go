package main

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// A configKey is one key of the configuration. Everything that knows the keys reads this table: the file, the environment,
// the file that init writes, and the manual.
type configKey struct {
	name   string // "outbound.smarthost"
	number bool   // written in TOML as a number, not as text
	def    string // the default
	// example is a value for the sample of a table that is not there by default, where def is none.
	example string
	doc     string // one or more lines for the postmaster
	set     func(c *Config, value string) error
}

// env returns the variable that overrides the key.
func (k configKey) env() string {
	return "GUILDPOST_" + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

// table returns the part before the last point and the rest: "outbound", "smarthost".
func (k configKey) table() (table, key string) {
	if i := strings.LastIndexByte(k.name, '.'); i >= 0 {
		return k.name[:i], k.name[i+1:]
	}
	return "", k.name
}

// exampleOr returns a value that shows how the key is used.
func (k configKey) exampleOr(none string) string {
	switch {
	case k.example != "":
		return k.example
	case k.def != "":
		return k.def
	}
	return none
}

// toml returns a value as it is written in the file.
func (k configKey) toml(value string) string {
	if k.number {
		return value
	}
	return quoteTOML(value)
}

var configKeys = []configKey{
	{name: "domain", def: "lists.example.org", doc: "The domain of the list addresses. Mail for it must reach guildpost: guildpost help postfix.",
		set: text(func(c *Config) *string { return &c.Domain }, checkDomain)},
	{name: "public_url", doc: "Where people reach the web pages; links in mails start with it. \"\" is https:// and the domain.",
		set: text(func(c *Config) *string { return &c.PublicURL }, checkURL)},
	{name: "data", def: "guildpost-data", doc: "The folder for the database and the installation's secret, relative to this file.",
		set: text(func(c *Config) *string { return &c.Data }, checkNotEmpty)},
	{name: "database", doc: "\"\" is the file guildpost.db in the data folder; or postgres://USER:PASSWORD@HOST/NAME. May be env:NAME or file:PATH.",
		set: secret(func(c *Config) *Secret { return &c.Database }, checkDatabase)},
	{name: "timezone", def: "UTC", doc: "The time zone of communities that have chosen none, such as Europe/Berlin.",
		set: func(c *Config, value string) (err error) { c.Timezone, err = parseZone(value); return err }},
	{name: "language", def: "en", doc: "The language of communities that have chosen none, such as en or de-AT.",
		set: text(func(c *Config) *string { return &c.Language }, checkLanguage)},

	{name: "postmaster", doc: "Who gets mail for postmaster@ and abuse@, and for a community without facilitators, and who hears of trouble: many\nfailures at once, spam reports, refused posts. \"\" is nobody: such mail is refused, and the log alone has the trouble.",
		set: text(func(c *Config) *string { return &c.Postmaster }, checkPostmaster)},

	{name: "inbound.lmtp", def: "127.0.0.1:2424", doc: "Where a mail server hands over mail by LMTP: host:port or unix:PATH. \"\" is off.",
		set: text(func(c *Config) *string { return &c.Inbound.LMTP }, checkListen)},
	{name: "inbound.smtp", def: "127.0.0.1:2525", doc: "Where mail comes in by SMTP: host:port or unix:PATH. \"\" is off.",
		set: text(func(c *Config) *string { return &c.Inbound.SMTP }, checkListen)},
	{name: "inbound.max_message", def: "25MB", doc: "The largest message taken, such as 25MB (25,000,000 bytes) or 25MiB.",
		set: func(c *Config, value string) (err error) {
			c.Inbound.MaxMessage, err = parseMaxMessage(value)
			return err
		}},
	{name: "inbound.tls_cert", doc: "A certificate and its key (PEM files), to offer STARTTLS. \"\" is none.",
		set: text(func(c *Config) *string { return &c.Inbound.TLSCert }, nil)},
	{name: "inbound.tls_key",
		set: text(func(c *Config) *string { return &c.Inbound.TLSKey }, nil)},

	{name: "inbound.authserv_id", doc: "The name under which the mail server in front writes Authentication-Results fields (RFC 8601), such as mx.example.org.\nWhere they prove a sender, commands by mail are carried out at once; else a mail to the sender asks first. The server must\nremove fields with its name that come from outside. \"\" is none.",
		set: text(func(c *Config) *string { return &c.Inbound.AuthServID }, checkAuthServID)},

	{name: "outbound.smarthost", def: "127.0.0.1:25", doc: "The mail server that takes outgoing mail: host:port.",
		set: text(func(c *Config) *string { return &c.Outbound.Smarthost }, checkHostPort)},
	{name: "outbound.tls", def: "opportunistic", doc: "none, opportunistic (STARTTLS where it is offered), starttls (or not at all), implicit (TLS from the start, port 465).",
		set: text(func(c *Config) *string { return &c.Outbound.TLS }, oneOf("none", "opportunistic", "starttls", "implicit"))},
	{name: "outbound.username", doc: "For a smarthost that wants a login. The password may be env:NAME or file:PATH, relative to this file.",
		set: text(func(c *Config) *string { return &c.Outbound.Username }, nil)},
	{name: "outbound.password",
		set: secret(func(c *Config) *Secret { return &c.Outbound.Password }, nil)},
	{name: "outbound.connections", number: true, def: "10", doc: "How many connections to the smarthost may be open at once.",
		set: number(func(c *Config) *int { return &c.Outbound.Connections }, 1, 1000)},
	{name: "outbound.recipients_per_message", number: true, def: "1",
		doc: "1: each recipient gets a copy of their own, with its own envelope sender and unsubscribe link.\nMore: copies are shared, which is less traffic, and bounces and unsubscribing are less exact.",
		set: number(func(c *Config) *int { return &c.Outbound.RecipientsPerMessage }, 1, 100)},

	{name: "web.listen", def: "127.0.0.1:8080", doc: "Where the web pages are served: host:port or unix:PATH. \"\" is off.",
		set: text(func(c *Config) *string { return &c.Web.Listen }, checkListen)},
	{name: "web.imap_listen", doc: "Where members read the archive over IMAP: host:port. \"\" is off. TLS is that of inbound.tls_cert; without it only\nprograms on this machine can log in: guildpost help imap-archive.",
		set: text(func(c *Config) *string { return &c.Web.IMAPListen }, checkListenTCP)},
	{name: "web.imap_tls", def: "auto", doc: "How TLS begins there: implicit (with the connection), starttls, or auto (implicit on port 993, else starttls).",
		set: text(func(c *Config) *string { return &c.Web.IMAPTLS }, oneOf("auto", "implicit", "starttls"))},

	{name: "log.level", def: "info", doc: "debug, info, warn or error.",
		set: func(c *Config, value string) error {
			if err := oneOf("debug", "info", "warn", "error")(value); err != nil {
				return err
			}
			return c.Log.Level.UnmarshalText([]byte(value))
		}},
	{name: "log.format", def: "text", doc: "text or json.",
		set: text(func(c *Config) *string { return &c.Log.Format }, oneOf("text", "json"))},
}

// allKeys are those of the configuration and of its [[imap]] tables.
func allKeys() []configKey { return slices.Concat(configKeys, imapKeys) }

func findKey(name string) (configKey, bool) {
	for _, k := range allKeys() {
		if k.name == name {
			return k, true
		}
	}
	return configKey{}, false
}

// setDefaults sets every key to its default. That each default is a possible value is tested.
func setDefaults(c *Config) {
	c.Timezone, c.Log.Level = time.UTC, slog.LevelInfo
	for _, k := range configKeys {
		_ = k.set(c, k.def)
	}
}

// text sets a text, if check (which may be nil) has nothing against it.
func text(field func(*Config) *string, check func(string) error) func(*Config, string) error {
	return func(c *Config, value string) error {
		if check != nil {
			if err := check(value); err != nil {
				return err
			}
		}
		*field(c) = value
		return nil
	}
}

// number sets a whole number from least to most.
func number(field func(*Config) *int, least, most int) func(*Config, string) error {
	return func(c *Config, value string) error {
		n, err := parseInt(value)
		if err != nil || n < int64(least) || n > int64(most) {
			return fmt.Errorf("must be a whole number from %d to %d", least, most)
		}
		*field(c) = int(n)
		return nil
	}
}
