// Package web serves the pages that tickets link to, and says whether the service is well.
//
//	/t/TOKEN     a ticket: GET, HEAD and OPTIONS show what it will do and change nothing; POST does it
//	/n/TOKEN     an issue of a newsletter: GET and HEAD, for the member whose ticket it is
//	/c/…         a feed of meetings: GET and HEAD, for who has its secret
//	/dav/…       meetings by CalDAV: see package caldav
//	/healthz     200 "ok" while the store answers, else 503
//	/style.css   the one stylesheet
//
// Everything that a page can do can be done by answering the mail that the link was in: pages are a convenience.
//
// A ticket is all that a page asks for, so whoever has it may use it; there are no accounts, cookies or scripts. A link
// scanner that follows links changes nothing. Mail programs unsubscribe by one POST (RFC 8058), which needs no page; any
// other POST has to come from the page itself. Tickets stand in no log, and no page tells another site where it came from.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/templates"
)

// Tickets is what pages do with tickets; list.List is one. An error of kind NotFound means that the token is none.
type Tickets interface {
	// ShowTicket changes nothing.
	ShowTicket(ctx context.Context, token string) (list.Outcome, error)
	// UseTicket may be called again: what may happen once happens once. Reason is what the page's form says: a text, or
	// which of the choices was pressed.
	UseTicket(ctx context.Context, token, reason string) (list.Outcome, error)
}

// Options are what a Handler is made of.
type Options struct {
	Tickets   Tickets
	Feeds     Feeds                           // nil is none
	Issues    Issues                          // nil is none
	Healthy   func(ctx context.Context) error // nil is always
	Accepting func(ctx context.Context) error // whether something may be changed now (a full disk: no); nil is always
	PublicURL string                          // where people reach the pages; the request's Host is never believed
	Language  string                          // of the installation, BCP 47
	Help      string                          // the address to write to where no community is known
	Now       func() time.Time
	Log       *slog.Logger
}

// A Handler serves all pages.
type Handler struct {
	o         Options
	public    *url.URL
	forms     *http.CrossOriginProtection
	guesses   guesses
	strangers guesses      // who asks for feeds that never were: apart, since programs ask for days for what they once had
	calendars http.Handler // nil is none
	languages []string
	style     []byte
}

// New returns a Handler. It fails for a PublicURL that is none.
func New(o Options) (*Handler, error) {
	public, err := url.Parse(o.PublicURL)
	if err != nil || public.Host == "" {
		return nil, store.Errorf(store.Invalid, "public_url %q is no address of web pages", o.PublicURL)
	}
	h := &Handler{o: o, public: public, languages: templates.Languages(), forms: http.NewCrossOriginProtection()}
	if err := h.forms.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, store.Errorf(store.Invalid, "public_url %q is no address of web pages: %w", o.PublicURL, err)
	}
	h.style, err = templates.Style()
	return h, err
}

// Calendars lets another handler serve /dav/ and where programs look for that (RFC 6764).
func (h *Handler) Calendars(calendars http.Handler) { h.calendars = calendars }

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	said := &recorder{ResponseWriter: w, status: http.StatusOK}
	h.protect(w.Header())
	h.route(said, r)
	level := slog.LevelDebug
	if r.Method == http.MethodPost || said.status >= http.StatusInternalServerError {
		level = slog.LevelInfo
	}
	h.o.Log.Log(r.Context(), level, "page", "method", short(r.Method, 10), "path", redact(r.URL.Path), "status", said.status,
		"client", h.Client(r), "took", time.Since(began))
}

// route is by hand: a path is one of these, byte for byte, or there is nothing there. Nothing is cleaned or redirected.
func (h *Handler) route(w http.ResponseWriter, r *http.Request) {
	token, isTicket := strings.CutPrefix(r.URL.Path, "/t/")
	switch {
	case isTicket:
		h.serveTicket(w, r, token)
	case strings.HasPrefix(r.URL.Path, issuePath):
		h.only(w, r, h.serveIssue)
	case strings.HasPrefix(r.URL.Path, feedPath):
		h.only(w, r, h.serveFeed)
	case h.calendars != nil && (strings.HasPrefix(r.URL.Path, "/dav/") || r.URL.Path == "/.well-known/caldav"):
		h.calendars.ServeHTTP(w, r)
	case r.URL.Path == "/healthz":
		h.only(w, r, h.serveHealth)
	case r.URL.Path == "/style.css":
		h.only(w, r, h.serveStyle)
	default:
		h.problem(w, r, http.StatusNotFound, "not-found", list.Outcome{})
	}
}

// only lets reading methods through.
func (h *Handler) only(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		serve(w, r)
	default:
		h.methods(w, r, "GET, HEAD, OPTIONS")
	}
}

// methods says what may be done with a page, in answer to OPTIONS or to what may not.
func (h *Handler) methods(w http.ResponseWriter, r *http.Request, allowed string) {
	w.Header().Set("Allow", allowed)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.problem(w, r, http.StatusMethodNotAllowed, "not-found", list.Outcome{})
}

// healthTimeout: who asks wants an answer within a second.
const healthTimeout = 800 * time.Millisecond

func (h *Handler) serveHealth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	text := "ok\n"
	if h.o.Healthy != nil {
		if err := h.o.Healthy(ctx); err != nil {
			h.o.Log.Warn("the service is not well", "error", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			text = "unavailable\n"
		}
	}
	h.write(w, []byte(text))
}

func (h *Handler) serveStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	h.write(w, h.style)
}

// page writes a page of package templates.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, c store.Community, data any) {
	lang := h.language(r, c)
	body, err := templates.Page(lang, data)
	if err != nil {
		h.o.Log.Error("a page cannot be made", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", templates.Language(lang))
	w.WriteHeader(status)
	h.write(w, body)
}

func (h *Handler) problem(w http.ResponseWriter, r *http.Request, status int, kind string, out list.Outcome) {
	h.page(w, r, status, out.Community, templates.ProblemPage{Community: about(out.Community), Kind: kind, About: out.About, Help: h.o.Help})
}

// failed writes what an error means to a visitor; the log has the rest.
func (h *Handler) failed(w http.ResponseWriter, r *http.Request, err error, out list.Outcome) {
	switch store.KindOf(err) {
	case store.NotFound:
		h.problem(w, r, http.StatusNotFound, "unknown", out)
		return
	case store.Forbidden:
		h.problem(w, r, http.StatusForbidden, "unknown", out)
		return
	case store.Conflict:
		h.problem(w, r, http.StatusConflict, "already", out)
		return
	case store.Invalid, store.TooLarge:
		h.problem(w, r, http.StatusBadRequest, "unknown", out)
		return
	}
	if !errors.Is(err, context.Canceled) {
		h.o.Log.Error("a page failed", "path", redact(r.URL.Path), "error", err)
	}
	h.problem(w, r, http.StatusServiceUnavailable, "busy", out)
}

func (h *Handler) write(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		h.o.Log.Debug("a page was not taken", "error", err)
	}
}

// about is what pages say of a community.
func about(c store.Community) templates.Community {
	if c.ID == 0 {
		return templates.Community{}
	}
	return templates.Community{Title: c.Title, Address: c.Address(), Name: c.Name, Domain: c.Domain, Colour: c.Colour, Purpose: c.Purpose}
}

// A recorder notes the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
