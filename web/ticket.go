package web

import (
	"net/http"
	"net/url"
	"strings"

	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/templates"
)

// unsubscribes says whether List-Unsubscribe leads to a page: to leave, or to get no more newsletter.
func unsubscribes(kind string) bool { return kind == "leave" || kind == "newsletter-off" }

func (h *Handler) serveTicket(w http.ResponseWriter, r *http.Request, token string) {
	client := h.Client(r)
	if h.guesses.tooMany(client, h.o.Now()) {
		h.problem(w, r, http.StatusNotFound, "unknown", list.Outcome{})
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		h.methods(w, r, "GET, HEAD, POST, OPTIONS")
		return
	}
	out, err := h.show(r, token)
	switch {
	case store.KindOf(err) == store.NotFound && err != nil:
		h.guesses.add(client, h.o.Now())
		h.failed(w, r, err, list.Outcome{})
	case err != nil:
		h.failed(w, r, err, out)
	case r.Method == http.MethodPost:
		h.useTicket(w, r, token, out)
	default:
		h.showTicket(w, r, token, out)
	}
}

func (h *Handler) show(r *http.Request, token string) (list.Outcome, error) {
	if !isToken(token) {
		return list.Outcome{}, store.Errorf(store.NotFound, "this link is not valid")
	}
	return h.o.Tickets.ShowTicket(r.Context(), token)
}

// isToken: letters and digits, as many as a local part may have. All else is no ticket, whoever would read it.
func isToken(token string) bool {
	for i := range len(token) {
		c := token[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return token != "" && len(token) <= 64
}

func (h *Handler) showTicket(w http.ResponseWriter, r *http.Request, token string, out list.Outcome) {
	switch out.Problem {
	case "":
		h.page(w, r, http.StatusOK, out.Community, templates.TicketPage{
			Community: about(out.Community), Kind: out.Kind, About: out.About, Details: out.Details, AskReason: out.AskReason, Choices: out.Choices, Ticks: out.Ticks,
			Action: "/t/" + token, Hidden: map[string]string{fieldForm: formToken(token, out.Kind)},
		})
	case "already":
		h.problem(w, r, http.StatusOK, out.Problem, out)
	default:
		h.problem(w, r, http.StatusGone, out.Problem, out)
	}
}

// useTicket does what a ticket is for: one click of a mail program, or the button of its page.
func (h *Handler) useTicket(w http.ResponseWriter, r *http.Request, token string, out list.Outcome) {
	form, err := readForm(w, r)
	if err != nil {
		h.refuse(w, r, err, out)
		return
	}
	oneClick := form.Has(fieldOneClick)
	if err := h.mayPost(r, form, token, out, oneClick); err != nil {
		h.refuse(w, r, err, out)
		return
	}
	if h.o.Accepting != nil {
		if err := h.o.Accepting(r.Context()); err != nil {
			h.failed(w, r, err, out)
			return
		}
	}
	done, err := h.o.Tickets.UseTicket(r.Context(), token, said(form, out))
	switch {
	case err != nil:
		h.failed(w, r, err, out)
	case done.Problem == "expired":
		h.problem(w, r, http.StatusGone, done.Problem, done)
	case done.Problem != "":
		h.problem(w, r, http.StatusConflict, done.Problem, done)
	default:
		page := templates.DonePage{Community: about(done.Community), Kind: done.Kind, About: done.About}
		if done.Undo != "" {
			page.Undo = "/t/" + done.Undo
		}
		h.page(w, r, http.StatusOK, done.Community, page)
	}
}

// said is what a form says: the button or the ticks in the first line, where the page has any, and the reason below it.
func said(form url.Values, out list.Outcome) string {
	reason := form.Get("reason")
	switch {
	case len(out.Ticks) > 0:
		return strings.Join(form["tick"], " ") + "\n" + reason
	case len(out.Choices) > 0 && out.AskReason:
		return form.Get("choice") + "\n" + reason
	case len(out.Choices) > 0:
		return form.Get("choice")
	}
	return reason
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error, out list.Outcome) {
	if store.KindOf(err) == store.TooLarge {
		h.problem(w, r, http.StatusRequestEntityTooLarge, "unknown", out)
		return
	}
	h.failed(w, r, err, out)
}
