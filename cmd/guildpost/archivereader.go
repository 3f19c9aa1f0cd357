package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A reader writes posts for a person at a terminal.
type reader struct {
	app   *app
	out   bytes.Buffer
	full  bool
	dim   bool // the terminal can
	zone  *time.Location
	depth map[int64]int // of the posts so far
}

const (
	deepest  = 8 // how far answers are moved to the right
	foldFrom = 5 // lines of a quotation, from which on it is cut short
	foldTo   = 2 // to so many
)

func (a *app) newReader(s showing) *reader {
	return &reader{app: a, full: s.full, dim: isTerminal(a.stdout), zone: a.config.Timezone, depth: map[int64]int{}}
}

func (r *reader) end() error {
	_, err := r.app.stdout.Write(r.out.Bytes())
	return err
}

// head says what the thread is.
func (r *reader) head(th store.Thread, page int) {
	marks := th.Labels
	if th.Solved {
		marks = append([]string{"solved"}, marks...)
	}
	title := fmt.Sprintf("%d: %s", th.ID, clean(th.Subject))
	if len(marks) > 0 {
		title += " [" + strings.Join(marks, ", ") + "]"
	}
	fmt.Fprintln(&r.out, title)
	fmt.Fprintf(&r.out, "%s by %s, %s to %s\n", counted(th.Posts, "post", "posts"), counted(th.Participants, "person", "people"),
		showTime(th.FirstAt, r.zone), showTime(th.LastAt, r.zone))
	if pages := (th.Posts + showPage - 1) / showPage; pages > 1 {
		fmt.Fprintf(&r.out, "page %d of %d\n", page, pages)
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// post writes a post of a thread, moved to the right by what it answers.
func (r *reader) post(p store.ThreadPost, m *mail.Message) {
	depth := 0
	if above, ok := r.depth[p.Parent]; ok && p.Parent != 0 {
		depth = above + 1
	}
	r.depth[p.ID] = depth
	margin := strings.Repeat("  ", min(depth, deepest))
	fmt.Fprintf(&r.out, "\n%sp%d  %s  %s\n", margin, p.ID, clean(author(p.Post)), showTime(p.Date, r.zone))
	r.body(margin+"    ", m)
}

// single writes a post alone.
func (r *reader) single(p store.ThreadPost, m *mail.Message) {
	row := func(name, value string) { fmt.Fprintf(&r.out, "%-10s %s\n", name, clean(value)) }
	row("post", "p"+strconv.FormatInt(p.ID, 10)+", of thread "+strconv.FormatInt(p.ThreadID, 10))
	row("from", author(p.Post))
	row("date", showTime(p.Date, r.zone))
	row("subject", p.Subject)
	row("message-id", p.MessageID)
	r.out.WriteByte('\n')
	r.body("", m)
}

func author(p store.Post) string {
	if p.FromName == "" {
		return p.From
	}
	return p.FromName + " <" + p.From + ">"
}

// body writes the text: what is new as it is, what is quoted cut short, and the signature apart.
func (r *reader) body(margin string, m *mail.Message) {
	for i, block := range m.TextBlocks() {
		if i > 0 {
			r.out.WriteByte('\n')
		}
		lines := strings.Split(block.Text, "\n")
		if block.Kind == mail.TextQuoted && !r.full && len(lines) >= foldFrom {
			more := fmt.Sprintf("> … %d more lines", len(lines)-foldTo)
			lines = append(lines[:foldTo:foldTo], more)
		}
		for _, line := range lines {
			r.line(margin, clean(line), block.Kind != mail.TextNew)
		}
	}
	for i, f := range m.Files() {
		if i == 0 {
			r.out.WriteByte('\n')
		}
		r.line(margin, fmt.Sprintf("[%s] %s, %s, %s", f.Part, clean(spell(f.Name, "without a name")), clean(f.Type), formatSize(f.Size)), false)
	}
}

func (r *reader) line(margin, line string, dim bool) {
	line = strings.TrimRight(margin+line, " ")
	if dim && r.dim && line != "" {
		line = "\x1b[2m" + line + "\x1b[0m"
	}
	r.out.WriteString(line + "\n")
}
