package web

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"guildpost/mail/list"
	"guildpost/store"
)

// Limits of what a form may be.
const (
	maxForm   = 64 << 10 // bytes
	maxFields = 64
	maxReason = 4000 // bytes of a reason; the page's field takes as many characters at most
)

// The fields of forms.
const (
	fieldOneClick = "List-Unsubscribe" // RFC 8058 3.1
	oneClick      = "One-Click"
	fieldForm     = "form"
)

// formToken says that a form is from the page of a ticket, and what the page said it would do. Who can make it has the
// ticket, and needs no page; it keeps a POST without any sense, by a program that tries addresses, from doing something.
func formToken(token, kind string) string {
	sum := sha256.Sum256([]byte("guildpost form\n" + kind + "\n" + strings.ToLower(token)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// mayPost decides whether a POST is meant: by RFC 8058 from anywhere, else from the page only.
func (h *Handler) mayPost(r *http.Request, form url.Values, token string, out list.Outcome, isOneClick bool) error {
	if isOneClick {
		if !unsubscribes(out.Kind) || !strings.EqualFold(strings.TrimSpace(form.Get(fieldOneClick)), oneClick) {
			return store.Errorf(store.Invalid, "this is no one-click unsubscription (RFC 8058)")
		}
		return nil
	}
	if err := h.sameOrigin(r); err != nil {
		return store.Errorf(store.Forbidden, "the form was sent by another site: %w", err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(form.Get(fieldForm)), []byte(formToken(token, out.Kind))) == 1:
		return nil
	case unsubscribes(out.Kind) && !form.Has(fieldForm):
		return store.Errorf(store.Invalid, "the body should be List-Unsubscribe=One-Click (RFC 8058)")
	}
	return store.Errorf(store.Forbidden, "the form is not from the page of this ticket")
}

// sameOrigin refuses what a browser says comes from another site.
//
// QUIRK: over plain HTTP browsers send no Sec-Fetch-Site, and for a page that sends no referrer the origin "null": both are
// right there, and the form's token has to do.
func (h *Handler) sameOrigin(r *http.Request) error {
	if h.public.Scheme == "http" && r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return nil
	}
	return h.forms.Check(r)
}

// readForm reads a body, whatever type it says it has: mail programs are not careful. A multipart one is read as such.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, store.Errorf(store.TooLarge, "the form has more than %d bytes", maxForm)
	case err != nil:
		return nil, store.Errorf(store.Invalid, "the form did not arrive: %w", err)
	}
	var form url.Values
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		form, err = readParts(body, params["boundary"])
	} else {
		form, err = readPairs(body)
	}
	if err != nil {
		return nil, store.Errorf(store.Invalid, "the form cannot be read: %w", err)
	}
	if reason := strings.ToValidUTF8(form.Get("reason"), "\uFFFD"); len(reason) > maxReason*4 {
		return nil, store.Errorf(store.TooLarge, "the reason is too long")
	} else if reason != "" {
		form.Set("reason", strings.TrimSpace(strings.ReplaceAll(reason, "\r\n", "\n")))
	}
	return form, nil
}

func readPairs(body []byte) (url.Values, error) {
	if bytes.Count(body, []byte("&")) >= maxFields {
		return nil, errors.New("it has too many fields")
	}
	return url.ParseQuery(string(body))
}

func readParts(body []byte, boundary string) (url.Values, error) {
	form := url.Values{}
	if boundary == "" {
		return nil, errors.New("it has no boundary")
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err == nil && n == maxFields {
			err = errors.New("it has too many fields")
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part) // of a body that is in memory
		if err != nil {
			return nil, err
		}
		form.Add(part.FormName(), string(value))
	}
}
