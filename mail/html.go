package mail

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of the HTML renderer. What lies beyond is left out and Truncated is set.
const (
	maxHTML      = 1 << 20 // octets read
	maxHTMLDepth = 512     // open elements that are remembered
	maxURL       = 500     // octets of a link's address that are shown
)

// HTMLText renders HTML as plain text: blocks on lines of their own, list items with
// "* " or their number, table cells parted by " | ", quotations with "> ", and links
// as "text <address>". What a reader does not see (scripts, styles, hidden elements) is
// left out. The time is linear in len(src), of which at most 1 MB is read; the result
// is at most 4 MB.
func HTMLText(src string) string {
	lines, _ := renderHTML(src)
	return joinLines(lines)
}

// renderHTML reads a stream of tags instead of building a tree. So there is nothing
// that hostile HTML could blow up, and elements that are never closed or closed in
// the wrong order do no harm.
func renderHTML(src string) (lines []textLine, truncated bool) {
	truncated = len(src) > maxHTML
	r := htmlRenderer{depth: make(map[string]int)}
	z := html.NewTokenizer(bytes.NewReader([]byte(truncate(src, maxHTML))))
	for {
		switch z.Next() {
		case html.ErrorToken:
			r.endLine()
			return r.lines, truncated || r.full()
		case html.TextToken:
			r.text(z.Text())
		case html.StartTagToken:
			r.start(readTag(z))
		case html.SelfClosingTagToken:
			r.start(readTag(z))
		case html.EndTagToken:
			name, _ := z.TagName()
			r.end(string(name))
		}
		if r.full() {
			r.endLine()
			return r.lines, true
		}
	}
}

// A tag is a start tag with those attributes that matter here.
type tag struct {
	name                        string
	atom                        atom.Atom
	id, class, style, href, alt string
	typ, elementName, width     string
	hidden                      bool
}

func readTag(z *html.Tokenizer) tag {
	const mostAttributes = 50
	name, more := z.TagName()
	t := tag{name: string(name), atom: atom.Lookup(name)}
	for n := 0; more && n < mostAttributes; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "id":
			t.id = string(value)
		case "class":
			t.class = string(value)
		case "style":
			t.style = strings.ToLower(strings.ReplaceAll(string(cut(value, 1000)), " ", ""))
		case "href":
			t.href = string(value)
		case "alt":
			t.alt = string(value)
		case "type":
			t.typ = string(value)
		case "name":
			t.elementName = string(value)
		case "width":
			t.width = string(value)
		case "hidden":
			t.hidden = true
		}
	}
	return t
}

// An element is an open element and what closing it undoes.
type element struct {
	name  string
	block blockKind
	quote bool // one level of quotation
	hide  bool
	pre   bool
	list  bool
	mark  lineMark
	href  string
	from  int // where the text of a link begins in the current line
}

// A blockKind says how an element stands in the flow of text.
type blockKind int

const (
	inlineElement blockKind = iota
	lineElement             // begins and ends a line
	paraElement             // has an empty line before and behind it
)

type htmlRenderer struct {
	lines []textLine
	size  int

	current []byte
	prefix  string // the bullet that is due at the beginning of the line
	space   bool   // white space is due before the next character
	cell    bool   // the next character begins another table cell
	blank   bool   // an empty line is due before the next line

	stack            []element
	depth            map[string]int // open elements by name
	quote, hide, pre int
	mark             []lineMark
	lists            []int // the next number of each open list, 0 for bullets
}

func (r *htmlRenderer) full() bool { return r.size > maxTextBytes || len(r.lines) > maxTextLines }

// start handles a start tag.
func (r *htmlRenderer) start(t tag) {
	e := element{name: t.name, block: blockOf(t.atom), hide: isInvisible(t), pre: t.atom == atom.Pre}
	r.breakFor(e.block)
	if r.hide == 0 && !e.hide {
		r.special(t, &e)
	}
	if isVoid(t.atom) || len(r.stack) >= maxHTMLDepth {
		return
	}
	r.push(e)
}

// special does what particular elements ask for.
func (r *htmlRenderer) special(t tag, e *element) {
	switch t.atom {
	case atom.Br:
		r.endLineAlways()
	case atom.Hr:
		r.words([]byte(ruler))
		r.endLine()
	case atom.Img:
		r.image(t)
	case atom.Li:
		r.item()
	case atom.Td, atom.Th:
		r.cell = len(r.current) > 0
	case atom.Ul, atom.Menu, atom.Dir:
		e.list, r.lists = true, append(r.lists, 0)
	case atom.Ol:
		e.list, r.lists = true, append(r.lists, 1)
	case atom.A:
		e.href, e.from = t.href, len(r.current)
	}
	e.quote = isQuoteElement(t)
	if e.mark = markOf(t); e.mark == markReplyBelow {
		r.endLine()
		r.lines = append(r.lines, textLine{mark: markReplyBelow, quote: r.quote})
	}
}

func (r *htmlRenderer) push(e element) {
	r.stack = append(r.stack, e)
	r.depth[e.name]++
	r.count(e, 1)
	if e.mark != 0 && e.mark != markReplyBelow {
		r.mark = append(r.mark, e.mark)
	}
}

func (r *htmlRenderer) count(e element, by int) {
	if e.quote {
		r.quote += by
	}
	if e.hide {
		r.hide += by
	}
	if e.pre {
		r.pre += by
	}
}

// end handles an end tag: it closes the innermost open element of that name and all
// within it. One that closes nothing still ends a line where a block would.
func (r *htmlRenderer) end(name string) {
	if r.depth[name] == 0 {
		r.breakFor(blockOf(atom.Lookup([]byte(name))))
		return
	}
	for {
		e := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		r.pop(e)
		if e.name == name {
			return
		}
	}
}

func (r *htmlRenderer) pop(e element) {
	if e.href != "" {
		r.link(e)
	}
	r.breakFor(e.block)
	if r.depth[e.name]--; r.depth[e.name] == 0 {
		delete(r.depth, e.name)
	}
	r.count(e, -1)
	if e.list {
		r.lists = r.lists[:len(r.lists)-1]
	}
	if e.mark != 0 && e.mark != markReplyBelow {
		r.mark = r.mark[:len(r.mark)-1]
	}
}
