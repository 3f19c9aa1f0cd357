package yeartest

import (
	"fmt"
	"mime"
	"strings"
	"time"
)

// width is how long the lines of a text are.
const width = 72

// wrap breaks paragraphs into lines.
func wrap(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		length := 0
		for k, word := range strings.Fields(paragraph) {
			switch {
			case k == 0:
			case length+1+len(word) > width:
				b.WriteByte('\n')
				length = 0
			default:
				b.WriteByte(' ')
				length++
			}
			b.WriteString(word)
			length += len(word)
		}
	}
	return b.String()
}

// message writes a post as a mail program does.
func message(p Post, author Person, list, quoted, text string) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("From: %s <%s>", mime.QEncoding.Encode("utf-8", author.Name), author.Address)
	line("To: %s@lists.example.org", list)
	line("Subject: %s", mime.QEncoding.Encode("utf-8", p.Subject))
	line("Date: %s", p.At.In(mustZone(author.Zone)).Format(time.RFC1123Z))
	line("Message-ID: <%s>", p.ID)
	if n := len(p.References); n > 0 {
		line("In-Reply-To: <%s>", p.References[n-1])
		line("References: <%s>", strings.Join(p.References, ">\r\n <"))
	}
	line("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n")
	given, _, _ := strings.Cut(author.Name, " ")
	line("%s", strings.ReplaceAll(quoted+wrap(text)+"\n\n"+given, "\n", "\r\n"))
	return []byte(b.String())
}

// quote is the first paragraph of a message as an answer has it above its own text.
func quote(author string, raw []byte) string {
	_, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	var lines []string
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" && len(lines) > 0 {
			break
		}
		if line != "" && !strings.HasPrefix(line, ">") && !strings.HasSuffix(line, " wrote:") {
			lines = append(lines, "> "+line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return author + " wrote:\n" + strings.Join(lines, "\n") + "\n\n"
}
