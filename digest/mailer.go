package digest

import (
	"cmp"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A Mailer sends digests to those who want them. Its fields are set once.
type Mailer struct {
	DB       *store.DB
	Log      *slog.Logger
	Random   io.Reader
	Language string         // of the installation, BCP 47
	Timezone *time.Location // of the installation
	Wake     func()         // tells the delivery workers that there is work; nil is nobody
}

// zone is where a reader's clocks hang.
func (m *Mailer) zone(c store.Community, s store.Subscription) *time.Location {
	return cmp.Or(store.FirstZone(s.Timezone, c.Timezone), m.Timezone)
}

func (m *Mailer) language(c store.Community, s store.Subscription) string {
	return templates.Language(cmp.Or(s.Language, c.Language, m.Language))
}

// nextDigest is when a digest is due after a time: at the reader's hour, each day, each Monday, or on the first of each month,
// and not while they are away. An hour that the clocks skip is the one after it.
func nextDigest(s store.Subscription, after time.Time, zone *time.Location) time.Time {
	return store.NextHour(s.Back(after), s.DigestHour, zone, func(day time.Time) bool {
		return (s.Delivery != store.Weekly || day.Weekday() == time.Monday) && (s.Delivery != store.Monthly || day.Day() == 1)
	}).UTC()
}

// replyTo is a link that begins an answer to a post, in its thread.
func replyTo(c store.Community, subject, messageID string) string {
	if _, answers := mail.BaseSubject(subject); !answers {
		subject = "Re: " + subject
	}
	query := url.Values{"Subject": {subject}, "In-Reply-To": {"<" + messageID + ">"}}
	return "mailto:" + c.Address() + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}
