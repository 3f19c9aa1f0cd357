package web

import (
	"context"
	"net/http"
	"strings"

	"guildpost/digest"
	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/templates"
)

// Issues is what the pages of newsletters are made by; digest.Newsletters is one.
type Issues interface {
	// Read returns the page of an issue by a member's ticket; NotFound where the token is none.
	Read(ctx context.Context, token string) (digest.IssuePage, error)
}

// issuePath is where issues of newsletters are: /n/TOKEN.
const issuePath = "/n/"

// serveIssue shows an issue of a newsletter to the member whose ticket it is.
func (h *Handler) serveIssue(w http.ResponseWriter, r *http.Request) {
	client := h.Client(r)
	token := strings.TrimPrefix(r.URL.Path, issuePath)
	if h.o.Issues == nil || h.guesses.tooMany(client, h.o.Now()) {
		h.problem(w, r, http.StatusNotFound, "unknown", list.Outcome{})
		return
	}
	p, err := h.readIssue(r, token)
	switch {
	case err != nil && store.KindOf(err) == store.NotFound:
		h.guesses.add(client, h.o.Now())
		h.failed(w, r, err, list.Outcome{})
	case err != nil:
		h.failed(w, r, err, list.Outcome{Community: p.Community})
	case p.Problem != "":
		h.problem(w, r, http.StatusGone, p.Problem, list.Outcome{Community: p.Community})
	default:
		h.writeIssue(w, p)
	}
}

func (h *Handler) readIssue(r *http.Request, token string) (digest.IssuePage, error) {
	if !isToken(token) {
		return digest.IssuePage{}, store.Errorf(store.NotFound, "this link is not valid")
	}
	return h.o.Issues.Read(r.Context(), token)
}

// writeIssue writes an issue in its reader's language, which is known here, unlike a visitor's. Its pictures are in the page.
func (h *Handler) writeIssue(w http.ResponseWriter, p digest.IssuePage) {
	body, err := templates.Page(p.Language, p.Page)
	if err != nil {
		h.o.Log.Error("a page cannot be made", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	head := w.Header()
	head.Set("Content-Security-Policy", policy("data:"))
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Language", p.Language)
	h.write(w, body)
}
