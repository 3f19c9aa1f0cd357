package digest

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"guildpost/digest/chart"
	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A rendering makes the copies of one issue. What readers share, those of a language, a zone and the same answers to
// meetings, is rendered once; the rest of a copy are tickets, which are put in.
type rendering struct {
	*Newsletters
	community store.Community
	issue     store.Newsletter
	content   issue.Issue
	meetings  []issue.Meeting   // that come, in the order in which they stand
	pictures  []mail.Attachment // of figures
	drawn     map[*issue.Figure]templates.Picture

	mu     sync.Mutex
	shared map[string]*sharedCopy
}

func (n *Newsletters) rendering(c store.Community, i store.Newsletter) (*rendering, error) {
	content, err := issue.Unmarshal(i.Content)
	if err != nil {
		return nil, err
	}
	r := &rendering{Newsletters: n, community: c, issue: i, content: content, drawn: map[*issue.Figure]templates.Picture{}, shared: map[string]*sharedCopy{}}
	for _, s := range content.Sections {
		for _, it := range s.Items {
			if it.Meeting != nil && !it.Meeting.Held {
				r.meetings = append(r.meetings, *it.Meeting)
			}
			if it.Figure == nil {
				continue
			}
			if err := r.draw(it.Figure); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// A readerMeeting is what a reader has of a meeting that comes.
type readerMeeting struct {
	token  string // of the invitation's ticket; "" where they are not invited
	answer store.RSVPAnswer
}

// placeholder stands for the n-th ticket of a copy while it is rendered: as long as the longest token, of digits that no token
// has.
func placeholder(n int) string {
	const longest = 37
	text := "01" + strconv.Itoa(100+n) + "10"
	return strings.Repeat("8", longest-len(text)) + text
}

// The numbers of a copy's tickets; those of meetings follow.
const (
	leaveTicket   = iota
	offTicket     // no more newsletter
	readTicket    // its page
	meetingTicket // of the first meeting
)

// A sharedCopy is a mail with places for tickets.
type sharedCopy struct {
	subject    string
	text, html pattern
}

// A pattern is a text with places: before each but the last of its pieces a ticket is missing.
type pattern struct {
	pieces []string
	places []int // of what follows each piece but the last
	size   int
}

func newPattern(text string, tickets int) (p pattern) {
	p.size = len(text)
	for text != "" {
		at, place := len(text), -1
		for n := range tickets {
			if i := strings.Index(text, placeholder(n)); i >= 0 && i < at {
				at, place = i, n
			}
		}
		p.pieces = append(p.pieces, text[:at])
		if place < 0 {
			break
		}
		p.places = append(p.places, place)
		text = text[at+len(placeholder(place)):]
	}
	return p
}

func (p pattern) fill(tokens []string) string {
	var b strings.Builder
	b.Grow(p.size)
	for i, piece := range p.pieces {
		b.WriteString(piece)
		if i < len(p.places) {
			b.WriteString(tokens[p.places[i]])
		}
	}
	return b.String()
}

// copyFor returns what a reader shares with others.
func (r *rendering) copyFor(lang string, zone *time.Location, meetings []readerMeeting) (*sharedCopy, error) {
	var key strings.Builder
	key.WriteString(lang + " " + zone.String())
	for _, m := range meetings {
		key.WriteString(" " + string(m.answer))
		if m.token == "" {
			key.WriteString("-")
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.shared[key.String()]; have != nil {
		return have, nil
	}
	made, err := r.share(lang, zone, meetings)
	if err == nil {
		r.shared[key.String()] = made
	}
	return made, err
}

func (r *rendering) share(lang string, zone *time.Location, meetings []readerMeeting) (*sharedCopy, error) {
	places := make([]readerMeeting, len(meetings))
	for i, m := range meetings {
		if places[i].answer = m.answer; m.token != "" {
			places[i].token = placeholder(meetingTicket + i)
		}
	}
	made := r.newsletter(lang, zone, places, r.ticketOf(r.community, placeholder(leaveTicket)))
	made.Off, made.Read = r.ticketOf(r.community, placeholder(offTicket)), r.pageLink(placeholder(readTicket))
	m, err := templates.Render(lang, made)
	if err != nil {
		return nil, err
	}
	n := meetingTicket + len(meetings)
	return &sharedCopy{m.Subject, newPattern(m.Text, n), newPattern(m.HTML, n)}, nil
}

// newsletter is an issue as a reader gets it.
func (r *rendering) newsletter(lang string, zone *time.Location, meetings []readerMeeting, leave templates.Ticket) templates.Newsletter {
	w := r.wordsFor(r.community, r.issue, lang, zone)
	made := templates.Newsletter{For: forReader(r.community, ""), Title: r.content.Title, Leave: leave}
	if made.Title == "" {
		made.Title = w.Title()
	}
	coming, explained := 0, false
	for _, s := range r.content.Sections {
		section := templates.NewsSection{Heading: s.Heading(w)}
		for _, it := range s.Items {
			part := templates.NewsPart{Body: r.body(w, it)}
			if it.Meeting != nil && !it.Meeting.Held {
				if coming < len(meetings) && meetings[coming].token != "" {
					part.Coming, part.Answer, part.Respond = true, string(meetings[coming].answer), r.ticketOf(r.community, meetings[coming].token)
				}
				coming++
			}
			if picture, ok := r.drawn[it.Figure]; ok && it.Figure != nil {
				picture.Alt = w.chartWords(*it.Figure)
				part.Picture = picture
			}
			if it.Thread != nil && !explained {
				explained = true
				section.Closing = templates.Prose(w.say("news.read", templates.Args{N: int(it.Thread.ID)}))
			}
			section.Parts = append(section.Parts, part)
		}
		made.Sections = append(made.Sections, section)
	}
	return made
}

// draw draws how a figure went in the last year, where that is known.
func (r *rendering) draw(f *issue.Figure) error {
	if len(f.Series) == 0 {
		return nil
	}
	values := make([]float64, len(f.Series))
	for i, v := range f.Series {
		if values[i] = v; v < 0 {
			values[i] = math.NaN()
		}
	}
	accent, soft := templates.ChartColours(r.community.Colour)
	figure := chart.Line(values, chart.Colours{Accent: accent, Soft: soft})
	data, err := figure.PNG()
	if err != nil {
		return err
	}
	picture := templates.Picture{CID: fmt.Sprintf("figure%d@%s", len(r.pictures)+1, r.community.Domain), Width: figure.Width, Height: figure.Height}
	r.pictures = append(r.pictures, mail.Attachment{Type: "image/png", Name: picture.CID, Data: data})
	r.drawn[f] = picture
	return nil
}

// body is an item as it is read: the subject of a thread leads to a mail that asks for it.
func (r *rendering) body(w words, it issue.Item) templates.Prose {
	text := it.Text
	if text == "" {
		text = w.Block(it)
	}
	title, rest, ok := strings.Cut(strings.TrimPrefix(text, "- **"), "**")
	if it.Thread == nil || !ok || !strings.HasPrefix(text, "- **") || strings.ContainsAny(title, "[]") {
		return templates.Prose(text)
	}
	ask := "mailto:" + r.community.FunctionAddress("request") + "?subject=" + url.PathEscape("get "+strconv.FormatInt(it.Thread.ID, 10))
	return templates.Prose("- **[" + title + "](" + ask + ")**" + rest)
}

// page is HTML that shows its pictures wherever it is opened, not in a mail alone.
func (r *rendering) page(html string) string {
	for _, p := range r.pictures {
		html = strings.ReplaceAll(html, `src="cid:`+p.Name+`"`, `src="data:image/png;base64,`+base64.StdEncoding.EncodeToString(p.Data)+`"`)
	}
	return html
}

// plainCopy is a copy with nothing of anybody's own: for the archive, and for those who look at a draft.
func (r *rendering) plainCopy(lang string, zone *time.Location) (templates.Mail, error) {
	nobody := make([]readerMeeting, len(r.meetings))
	return templates.Render(lang, r.newsletter(lang, zone, nobody, templates.Ticket{Address: r.community.FunctionAddress("leave")}))
}
