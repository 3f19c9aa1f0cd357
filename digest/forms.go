package digest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// write makes the mail of a group, but for what is of each reader alone: their unsubscribe ticket is added as it goes out.
func (b *batch) write(ctx context.Context, g *group) ([]byte, error) {
	entries := make([]*entry, 0, len(g.posts))
	for _, p := range g.posts {
		e, err := b.readEntry(ctx, p)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
		if _, ok := b.titles[p.ThreadID]; !ok {
			th, err := b.DB.Thread(ctx, p.ThreadID)
			if err != nil {
				return nil, err
			}
			b.titles[p.ThreadID] = th.Subject
		}
	}
	d, text, err := b.draft(g, entries)
	if err != nil {
		return nil, err
	}
	switch g.first.DigestFormat {
	case store.DigestMIME:
		return mimeDigest(d, text, entries)
	case store.DigestPlain:
		d.Text, d.HTML, d.Flowed = plainDigest(g.community, d, text, entries, b.zone(g.community, g.first)), "", false
	}
	return d.Bytes()
}

// draft is the mail with its readable form.
func (b *batch) draft(g *group, entries []*entry) (*mail.Draft, templates.Digest, error) {
	c, zone := g.community, b.zone(g.community, g.first)
	data := templates.Digest{For: templates.For{Community: about(c)}, Rhythm: string(g.first.Delivery), Posts: len(entries), Meetings: g.meetings}
	var text templates.Mail
	var err error
	for _, most := range shownText {
		data.Threads = threadsOf(c, entries, b.titles, most)
		for _, th := range data.Threads {
			for j := range th.Posts {
				th.Posts[j].Date = th.Posts[j].Date.In(zone)
			}
		}
		if text, err = templates.Render(b.language(c, g.first), data); err != nil {
			return nil, data, err
		}
		if len(text.HTML) < mostHTML {
			break
		}
	}
	d := &mail.Draft{Subject: text.Subject, Date: b.now.In(zone), Text: text.Text, Flowed: true, HTML: text.HTML, Headers: mail.ListFields(mail.Outgoing{
		FromOptions: mail.FromOptions{List: mail.Address{Name: c.Title, Local: c.Name, Domain: c.Domain}}, NoPosts: c.OnlyAnnounce})}
	if d.MessageID, err = mail.NewMessageID(b.Random, b.now, c.Domain); err != nil {
		return nil, data, err
	}
	d.From = mail.Address{Name: c.Title, Local: c.Name, Domain: c.Domain}
	d.To = []mail.Address{{Name: c.Title, Local: c.Name, Domain: c.Domain}}
	owner, err := mail.ParseAddress(c.FunctionAddress("owner"))
	d.ReplyTo = []mail.Address{owner} // an answer to the digest is no answer to any of its posts
	return d, data, err
}

// kept are the fields of a post that a digest keeps (RFC 1153; RFC 2046 5.1.5): what says who wrote what when, and how to read it.
var kept = []string{"From", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To", "References", "Reply-To", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Content-Language"}

// mimeDigest puts the posts as they are into a multipart/digest, behind a list of them.
func mimeDigest(d *mail.Draft, data templates.Digest, entries []*entry) ([]byte, error) {
	parts := make([][]byte, len(entries))
	for i, e := range entries {
		h, body := mail.SplitHeader(mail.CanonicalCRLF(e.message.Raw))
		var head mail.Header
		for _, f := range h.Fields {
			if slices.ContainsFunc(kept, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
				head.Fields = append(head.Fields, f)
			}
		}
		parts[i] = head.Message(body)
	}
	d.HTML, d.Text, d.Flowed = "", contents(data), false
	d.Digest = parts
	return d.Bytes()
}

// contents lists what is in a digest.
func contents(data templates.Digest) string {
	var b strings.Builder
	n := 0
	for _, th := range data.Threads {
		for _, p := range th.Posts {
			n++
			fmt.Fprintf(&b, "%4d. %s (%s)\n", n, th.Subject, p.From)
		}
	}
	return b.String()
}

// plainDigest is a digest as RFC 1153 has it.
func plainDigest(c store.Community, d *mail.Draft, data templates.Digest, entries []*entry, zone *time.Location) string {
	var b bytes.Buffer
	title := c.Title
	volume := fmt.Sprintf("Volume %s : Issue %s", d.Date.Format("06"), strings.TrimLeft(d.Date.Format("002"), "0"))
	fmt.Fprintf(&b, "%s Digest   %s   %s\n\n%s\n%s\n\n", title, d.Date.Format("Monday, 2 Jan 2006"), volume, d.Subject, contents(data))
	b.WriteString(strings.Repeat("-", 70) + "\n\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "Date: %s\nFrom: %s\nSubject: %s\nMessage-ID: <%s>\n\n%s\n\n%s\n\n", e.post.Date.In(zone).Format("Mon, 02 Jan 2006 15:04:05 -0700"),
			mail.FormatAddresses([]mail.Address{e.message.Author()}), e.post.Subject, e.post.MessageID, strings.TrimRight(e.message.Text().All, "\n"), strings.Repeat("-", 30))
	}
	end := "End of " + title + " Digest"
	fmt.Fprintf(&b, "%s\n%s\n", end, strings.Repeat("*", len(end)))
	return b.String()
}
