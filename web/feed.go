package web

import (
	"compress/gzip"
	"context"
	"net/http"
	"strings"
	"time"

	"guildpost/calendar"
	"guildpost/store"
)

// Feeds is what calendar programs fetch; calendar.Calendar is one.
type Feeds interface {
	// Feed returns what a feed holds, by the community that its address names ("" for none) and its secret. NotFound where
	// there never was one, Forbidden where there is none any more.
	Feed(ctx context.Context, community, secret string) (calendar.Feed, error)
}

// feedPath is where feeds are: /c/SECRET.ics, and /c/COMMUNITY/SECRET.ics.
const feedPath = "/c/"

// serveFeed serves a feed. One that was revoked and one that never was look alike; only who asks for the latter guesses.
//
// A program that is kept waiting hears 429, and not 404: at that, some forget the feed.
func (h *Handler) serveFeed(w http.ResponseWriter, r *http.Request) {
	client := h.Client(r)
	if h.strangers.tooMany(client, h.o.Now()) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	community, secret, ok := parseFeed(r.URL.Path)
	if !ok || h.o.Feeds == nil {
		h.noFeed(w)
		return
	}
	f, err := h.o.Feeds.Feed(r.Context(), community, secret)
	switch kind := store.KindOf(err); {
	case err == nil:
		h.writeFeed(w, r, f)
	case kind == store.NotFound:
		h.strangers.add(client, h.o.Now())
		h.noFeed(w)
	case kind == store.Forbidden:
		h.noFeed(w)
	default:
		h.o.Log.Error("a feed failed", "path", redact(r.URL.Path), "error", err)
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (h *Handler) noFeed(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	h.write(w, []byte("There is no feed at this address, or not any more. Write \"feed\" to the -request address of your community for a new one.\n"))
}

// parseFeed takes a path apart.
func parseFeed(path string) (community, secret string, ok bool) {
	name, ok := strings.CutSuffix(strings.TrimPrefix(path, feedPath), ".ics")
	if !ok {
		return "", "", false
	}
	secret = name
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		if community, secret = name[:slash], name[slash+1:]; community == "" {
			return "", "", false
		}
	}
	return community, strings.ToLower(secret), isToken(secret)
}

// writeFeed writes a feed, or that the program has it already (RFC 9110 13).
func (h *Handler) writeFeed(w http.ResponseWriter, r *http.Request, f calendar.Feed) {
	head := w.Header()
	packed := acceptsGzip(r.Header.Get("Accept-Encoding"))
	etag := `"` + f.ETag + `"`
	if packed {
		etag = `"` + f.ETag + `-gzip"`
	}
	head.Set("ETag", etag)
	head.Set("Last-Modified", f.Changed.UTC().Format(http.TimeFormat))
	head.Set("Cache-Control", "private, no-cache") // kept, and asked about each time
	head.Set("Vary", "Accept-Encoding")
	if unchanged(r, f) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Type", "text/calendar; charset=utf-8")
	head.Set("Content-Disposition", `inline; filename="`+f.Name+`.ics"`)
	if !packed {
		h.write(w, f.Data)
		return
	}
	head.Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, err := z.Write(f.Data)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		h.o.Log.Debug("a feed was not taken", "error", err)
	}
}

// unchanged says whether a program has what a feed holds: by its ETag, or where it sends none by the time.
func unchanged(r *http.Request, f calendar.Feed) bool {
	if known := r.Header.Values("If-None-Match"); len(known) > 0 {
		for tag := range strings.SplitSeq(strings.Join(known, ","), ",") {
			tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
			if tag == "*" || strings.TrimSuffix(tag, "-gzip") == f.ETag {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !f.Changed.Truncate(time.Second).After(since)
}

// acceptsGzip reads Accept-Encoding (RFC 9110 12.5.3).
func acceptsGzip(accepted string) bool {
	for coding := range strings.SplitSeq(accepted, ",") {
		name, params, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return quality(params) > 0
		}
	}
	return false
}
