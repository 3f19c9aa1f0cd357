// Package caldav shows members their meetings by CalDAV (RFC 4791), in calendar programs that would rather keep a calendar in
// step than fetch a feed.
//
//	/dav/                          who is asking (RFC 5397)
//	/dav/MEMBER/                   a member
//	/dav/MEMBER/calendars/         their calendars: one for each community
//	/dav/MEMBER/calendars/COP/     a community's meetings, and those of the past year
//	/dav/MEMBER/calendars/COP/N.ics a meeting, with what the member has answered
//
// It is read only: who comes to a meeting is told by answering the invitation. Whoever writes is refused with 403. Members log
// in with their address and an app password, as for the archive over IMAP, and only where nobody listens: by HTTPS, or on this
// machine.
//
// The protocol is spoken by go-webdav, which never sees what a client would write: its reader of calendar objects panics at
// some. It knows neither sync-collection nor CTag: programs compare ETags, which change when a meeting does. Whether a meeting
// lies in a span of time is told by package itip, which knows all dates of a series within bounded work.
package caldav

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/emersion/go-webdav/caldav"

	"guildpost/calendar"
	"guildpost/mail/login"
	"guildpost/store"
)

// Prefix is where it is served, and WellKnown where programs look for that (RFC 6764).
const (
	Prefix    = "/dav/"
	WellKnown = "/.well-known/caldav"
)

// maxRequest is how large the body of a request may be; one that asks for a thousand meetings by name has 70 kB.
const maxRequest = 512 << 10

// Options are what a Handler is made of.
type Options struct {
	Meets *calendar.Calendar
	Door  *login.Door
	Log   *slog.Logger
	// Client is who asks, as far as limits go.
	Client func(*http.Request) string
	// Private says whether nobody can listen to a request; only then is a password taken.
	Private func(*http.Request) bool
}

// A Handler serves Prefix and WellKnown.
type Handler struct{ o Options }

// New returns a Handler.
func New(o Options) *Handler { return &Handler{o} }

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == WellKnown:
		w.Header().Set("Location", Prefix)
		w.WriteHeader(http.StatusMovedPermanently)
	case r.Method == http.MethodOptions:
		w.Header().Set("DAV", "1, 3, calendar-access")
		w.Header().Set("Allow", "OPTIONS, GET, HEAD, PROPFIND, REPORT")
		w.WriteHeader(http.StatusNoContent)
	default:
		if password, ok := h.admit(w, r); ok {
			h.serve(w, r, password.MemberID)
		}
	}
}

// admit asks who it is.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request) (store.AppPassword, bool) {
	if !h.o.Private(r) {
		refuse(w, http.StatusForbidden, "An app password is taken by HTTPS alone, where nobody can read it on its way.")
		return store.AppPassword{}, false
	}
	address, password, ok := r.BasicAuth()
	if !ok {
		h.ask(w)
		return store.AppPassword{}, false
	}
	p, err := h.o.Door.Check(r.Context(), h.o.Client(r), address, password)
	switch {
	case errors.Is(err, login.ErrWrong):
		h.ask(w)
	case errors.Is(err, login.ErrTooMany), errors.Is(err, login.ErrBusy):
		w.Header().Set("Retry-After", "900")
		refuse(w, http.StatusTooManyRequests, store.Sentence(err))
	case err != nil:
		h.failed(w, err)
	}
	if err != nil {
		h.o.Log.Info("a login to the calendar was refused", "client", h.o.Client(r), "error", err)
		return p, false
	}
	if err := h.o.Door.Used(r.Context(), p); err != nil {
		h.o.Log.Warn("the use of an app password was not noted", "error", err)
	}
	return p, true
}

func (h *Handler) ask(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Basic realm="guildpost", charset="UTF-8"`)
	refuse(w, http.StatusUnauthorized, `Log in with your address and an app password: write "password my calendar" to the -request address of your community.`)
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, why+"\n") // who asks may have gone
}

// failed is for what is not the client's fault.
func (h *Handler) failed(w http.ResponseWriter, err error) {
	if !errors.Is(err, context.Canceled) {
		h.o.Log.Error("a calendar could not be read", "error", err)
	}
	w.Header().Set("Retry-After", "600")
	refuse(w, http.StatusServiceUnavailable, "The calendar cannot be read now. Please try again later.")
}

// serve answers a member.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, memberID int64) {
	p, ok := parsePath(r.URL.Path)
	switch {
	case !ok || p.member != 0 && p.member != memberID:
		refuse(w, http.StatusNotFound, "There is no such calendar, or it is not yours.")
		return
	case r.Method == "PROPFIND" || r.Method == "REPORT":
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
	default:
		refuse(w, http.StatusForbidden, "Meetings can only be read here. To say whether you come, answer the invitation; they are called and changed by the facilitators.")
		return
	}
	b := &backend{h: h, memberID: memberID}
	var err error
	if b.collections, err = h.o.Meets.Collections(r.Context(), memberID); err != nil {
		h.failed(w, err)
		return
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		h.get(w, r, b, p)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "The request is too large.")
		return
	}
	if bytes.Contains(body, []byte("negate-condition=\"yes")) { // go-webdav passes over it
		refuse(w, http.StatusForbidden, "Filters that are turned round are not known here.")
		return
	}
	if p.meeting == 0 && !strings.HasSuffix(r.URL.Path, "/") {
		r.URL.Path += "/"
	}
	b.tags = bytes.Contains(body, []byte("getetag")) && !bytes.Contains(body, []byte("calendar-data")) && !bytes.Contains(body, []byte("allprop"))
	r.Body = io.NopCloser(bytes.NewReader(body))
	(&caldav.Handler{Backend: b, Prefix: strings.TrimSuffix(Prefix, "/")}).ServeHTTP(w, r)
}

// get serves one meeting: as it was written, since go-webdav would neither fold it nor keep its order.
func (h *Handler) get(w http.ResponseWriter, r *http.Request, b *backend, p path) {
	o, err := b.find(r.Context(), p)
	if store.KindOf(err) == store.NotFound && err != nil {
		refuse(w, http.StatusNotFound, "There is no such meeting.")
		return
	}
	if err != nil {
		h.failed(w, err)
		return
	}
	head, etag := w.Header(), `"`+o.ETag+`"`
	head.Set("ETag", etag)
	head.Set("Cache-Control", "private, no-cache")
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Type", "text/calendar; charset=utf-8")
	if _, err := w.Write(o.Data); err != nil {
		h.o.Log.Debug("a meeting was not taken", "error", err)
	}
}
