package itip

import (
	"time"
)

// A Feed is a calendar that programs fetch now and then: all there is of it, each time (METHOD:PUBLISH, RFC 5546 3.2.1).
type Feed struct {
	Name    string        // what it is called
	Colour  string        // in which it is shown, "#RRGGBB"; "" leaves that to the reader
	Refresh time.Duration // how often it is worth fetching
	Events  []Event
}

// WriteFeed writes a feed as Write writes an object, with the properties of RFC 7986 and those that programs knew before it.
// The same feed is written the same, octet for octet.
//
// QUIRK: Apple, Google and Outlook take the name from X-WR-CALNAME; Outlook the time from X-PUBLISHED-TTL; Apple the colour
// from X-APPLE-CALENDAR-COLOR, since COLOR (RFC 7986 5.9) knows only the names of CSS.
func WriteFeed(f Feed) ([]byte, error) {
	w := &writer{}
	w.raw("BEGIN", nil, "VCALENDAR")
	w.text("PRODID", ProdID)
	w.raw("VERSION", nil, "2.0")
	w.raw("CALSCALE", nil, "GREGORIAN")
	w.token("METHOD", string(Publish))
	w.optional("NAME", f.Name)
	w.optional("X-WR-CALNAME", f.Name)
	w.optional("X-APPLE-CALENDAR-COLOR", f.Colour)
	if f.Refresh > 0 {
		often := Duration{Exact: f.Refresh}.String()
		w.raw("REFRESH-INTERVAL", []writtenParam{{"VALUE", []string{"DURATION"}}}, often)
		w.raw("X-PUBLISHED-TTL", nil, often)
	}
	w.components(f.Events)
	w.raw("END", nil, "VCALENDAR")
	if w.err != nil {
		return nil, w.err
	}
	return w.out, nil
}
