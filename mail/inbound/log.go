package inbound

import (
	"fmt"
	"strings"

	"github.com/emersion/go-smtp"

	"guildpost/store"
)

// note logs why something was not taken: what the client was told in full is of interest to those who look for it,
// a fault of ours to everybody.
func (s *session) note(what string, err error, more ...any) {
	attrs := append([]any{"peer", s.wire.peer, "helo", scrub(s.wire.helo, longestHelo), "error", scrub(err.Error(), longestReply)}, more...)
	if _, ours := err.(*smtp.SMTPError); !ours && store.KindOf(err) == store.Internal {
		s.srv.opts.Logger.Error(what, attrs...)
		return
	}
	s.srv.opts.Logger.Info(what, attrs...)
}

// tell logs and counts a message that the Receiver has seen.
func (s *session) tell(env Envelope, size int, replies []*smtp.SMTPError) {
	var done, deferred int
	for _, r := range replies {
		switch {
		case r == nil:
			done++
		case r.Temporary():
			deferred++
		}
	}
	switch c := &s.srv.count; {
	case done > 0:
		c.taken.Add(1)
	case deferred > 0:
		c.deferred.Add(1)
	default:
		c.refused.Add(1)
	}
	s.srv.opts.Logger.Info("message came in", "id", env.ID, "protocol", env.Protocol, "peer", env.Peer, "helo", env.Helo,
		"size", size, "recipients", len(env.To), "done", done, "deferred", deferred)
}

// errorLog is where go-smtp reports to: broken connections, which are everyday, and panics, which are not.
type errorLog struct{ srv *Server }

func (l errorLog) Printf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	if strings.HasPrefix(format, "panic") {
		l.srv.count.panics.Add(1)
		l.srv.opts.Logger.Error("panic in a mail session", "panic", text)
		return
	}
	l.srv.opts.Logger.Debug("mail session", "error", scrub(text, longestReply))
}

func (l errorLog) Println(v ...any) { l.Printf("%s", fmt.Sprint(v...)) }
