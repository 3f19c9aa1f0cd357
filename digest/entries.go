package digest

import (
	"context"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// Bounds of one digest: what is beyond goes into another one, at once.
const (
	mostPosts = 60      // in one digest
	mostBytes = 3 << 20 // of their raw messages
)

// shownText is how many characters of a post are shown: the most with which the mail stays below mostHTML.
var shownText = []int{1500, 700, 300, 120}

// mostHTML is how large the HTML of a mail may be: Gmail cuts it off at 102 kB.
const mostHTML = 95_000

// An entry is a post as digests show it.
type entry struct {
	post    store.Post
	message *mail.Message
	text    string // what is new, with quotations folded to a line
	files   []string
}

// readEntry reads a post.
func (b *batch) readEntry(ctx context.Context, p store.Post) (*entry, error) {
	if e, ok := b.entries[p.ID]; ok {
		return e, nil
	}
	raw, err := b.DB.Raw(ctx, p.RawID)
	if err != nil {
		return nil, err
	}
	e := &entry{post: p, message: mail.Read(raw)}
	e.text = folded(e.message.TextBlocks())
	for _, f := range e.message.Files() {
		if f.Name != "" {
			e.files = append(e.files, f.Name)
		}
	}
	b.entries[p.ID] = e
	return e, nil
}

// folded is a text with each quotation as one line that says how long it was.
func folded(blocks []mail.TextBlock) string {
	var out []string
	for i, b := range blocks {
		switch {
		case b.Kind == mail.TextNew:
			out = append(out, b.Text)
		case b.Kind == mail.TextQuoted && i < len(blocks)-1 && anyNew(blocks[i+1:]):
			out = append(out, foldMark) // what is quoted below all else is not even missed
		}
	}
	return strings.Join(out, "\n")
}

// foldMark stands for a quotation: everybody has read it, further up in the thread.
const foldMark = "[…]"

func anyNew(blocks []mail.TextBlock) bool {
	for _, b := range blocks {
		if b.Kind == mail.TextNew {
			return true
		}
	}
	return false
}

// shortened cuts a text at the end of a line or word, and says how much is left out.
func shortened(text string, most int) (short string, more int) {
	runes := []rune(text)
	if len(runes) <= most+most/10 { // a few characters more are shorter than saying that they are left out
		return text, 0
	}
	cut := most
	for i := most; i > most*3/4; i-- {
		if runes[i] == '\n' || runes[i] == ' ' && cut == most {
			cut = i
		}
		if runes[i] == '\n' {
			break
		}
	}
	return string(runes[:cut]), len(runes) - cut
}

// threadsOf puts entries into their threads, which stand in the order of their first new post. At most that many characters of
// each are shown.
func threadsOf(c store.Community, entries []*entry, titles map[int64]string, most int) (all []templates.DigestThread) {
	at := map[int64]int{}
	for _, e := range entries {
		i, ok := at[e.post.ThreadID]
		if !ok {
			i = len(all)
			at[e.post.ThreadID] = i
			all = append(all, templates.DigestThread{Number: int(e.post.ThreadID), Subject: titles[e.post.ThreadID]})
		}
		text, more := shortened(e.text, most)
		all[i].Posts = append(all[i].Posts, templates.DigestPost{From: e.post.FromName, Address: e.post.From, Date: e.post.Date, Text: text, More: more,
			Files: strings.Join(e.files, ", "), Reply: replyTo(c, e.post.Subject, e.post.MessageID)})
	}
	return all
}
