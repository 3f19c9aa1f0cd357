package mail

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// outline writes the types of a tree: "multipart/mixed(text/plain text/html)".
func outline(p *Part) string {
	if len(p.Children) == 0 {
		return p.Type
	}
	var children []string
	for _, child := range p.Children {
		children = append(children, outline(child))
	}
	return p.Type + "(" + strings.Join(children, " ") + ")"
}

// checkTree asserts that parts lie within the message and their parents, in order.
func checkTree(t testing.TB, raw []byte, p *Part) {
	t.Helper()
	if p.HeaderAt.Start < 0 || p.HeaderAt.End < p.HeaderAt.Start || p.Body.Start < p.HeaderAt.End || p.Body.End < p.Body.Start || p.Body.End > len(raw) {
		t.Fatalf("part %s: header %v and body %v are not in order within %d octets", p.Type, p.HeaderAt, p.Body, len(raw))
	}
	at := p.Body.Start
	for _, child := range p.Children {
		if child.Parent != p {
			t.Fatalf("part %s has another parent", child.Type)
		}
		if child.HeaderAt.Start < at || child.Body.End > p.Body.End {
			t.Fatalf("part %s at %v-%v does not lie in %v behind %d", child.Type, child.HeaderAt, child.Body, p.Body, at)
		}
		at = child.Body.End
		checkTree(t, raw, child)
	}
}

func TestScan(t *testing.T) {
	tests := []struct {
		name, raw, outline string
		bodies             []string // of the leaves
	}{
		{"plain", "A: 1\n\nhello\n", "text/plain", []string{"hello\r\n"}},
		{"no body", "A: 1\n", "text/plain", []string{""}},
		{"empty", "", "text/plain", []string{""}},
		{"two parts", "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nepilogue\n",
			"multipart/mixed(text/plain text/html)", []string{"one", "two"}},
		{"no final boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n",
			"multipart/mixed(text/plain text/plain)", []string{"one", "two\r\n"}},
		{"missing boundary parameter", "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", "multipart/mixed", []string{"--b\r\n\r\none\r\n--b--\r\n"}},
		{"boundary with spaces", "Content-Type: multipart/mixed; boundary=a b c\n\n--a b c\n\none\n--a b c--\n", "multipart/mixed(text/plain)", []string{"one"}},
		{"boundary with spaces behind", "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b  \n\none\n--b-- \n", "multipart/mixed(text/plain)", []string{"one"}},
		{"delimiter is no prefix", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--bb\n\nmore\n--b--\n", "multipart/mixed(text/plain)", []string{"one\r\n--bb\r\n\r\nmore"}},
		{"nested, inner not closed", "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--o\n\ntwo\n--o--\n",
			"multipart/mixed(multipart/alternative(text/plain) text/plain)", []string{"one", "two"}},
		{"nested, same boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n",
			"multipart/mixed(multipart/alternative(text/plain) text/plain)", []string{"one", "two"}},
		{"nested, boundary of the other as prefix", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\n\none\n--b2--\n--b--\n",
			"multipart/mixed(multipart/mixed(text/plain))", []string{"one"}},
		{"message within", "Content-Type: message/rfc822\n\nSubject: in\nContent-Type: text/html\n\nbody\n", "message/rfc822(text/html)", []string{"body\r\n"}},
		{"encoded message stays closed", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW4K\n", "message/rfc822", []string{"U3ViamVjdDogaW4K\r\n"}},
		{"digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: 1\n\none\n--b\n\nSubject: 2\n\ntwo\n--b--\n",
			"multipart/digest(message/rfc822(text/plain) message/rfc822(text/plain))", []string{"one", "two"}},
		{"part without header", "Content-Type: multipart/mixed; boundary=b\n\n--b\nplainly text\nmore\n--b--\n", "multipart/mixed(text/plain)", []string{"plainly text\r\nmore"}},
		{"part that is a header only", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b--\n", "multipart/mixed(text/html)", []string{""}},
		{"junk between fields", "Content-Type: multipart/mixed; boundary=b\nthis is junk\n\n--b\n\none\n--b--\n", "multipart/mixed(text/plain)", []string{"one"}},
		{"type that is none", "Content-Type: text\n\nx\n", "text/plain", []string{"x\r\n"}},
		{"type with a comment", "Content-Type: text/HTML (a comment; here); charset=utf-8\n\nx\n", "text/html", []string{"x\r\n"}},
		{"no semicolon", "Content-Type: text/html charset=utf-8\n\nx\n", "text/html", []string{"x\r\n"}},
	}
	for _, tt := range tests {
		for _, end := range []string{"\r\n", "\n"} {
			t.Run(fmt.Sprintf("%s %q", tt.name, end), func(t *testing.T) {
				raw := []byte(strings.ReplaceAll(tt.raw, "\n", end))
				root, err := Scan(raw, DefaultLimits())
				if err != nil {
					t.Fatal(err)
				}
				checkTree(t, raw, root)
				if got := outline(root); got != tt.outline {
					t.Errorf("got %s, want %s", got, tt.outline)
				}
				var bodies []string
				root.Walk(func(p *Part) bool {
					if len(p.Children) == 0 {
						bodies = append(bodies, strings.ReplaceAll(string(p.RawBody()), end, "\r\n"))
					}
					return true
				})
				if fmt.Sprint(bodies) != fmt.Sprint(tt.bodies) {
					t.Errorf("bodies: got %q, want %q", bodies, tt.bodies)
				}
			})
		}
	}
}

// nested returns a message with multiparts in multiparts.
func nested(levels int) []byte {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("\r\nhello\r\n")
	for i := levels - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\r\n", i)
	}
	return []byte(b.String())
}

func TestScanLimits(t *testing.T) {
	flat := "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	tests := []struct {
		name string
		raw  []byte
		what string // of the LimitError, "" if there is none
	}{
		{"22 levels", nested(22), ""},
		{"49 levels and a text", nested(49), ""},
		{"50 levels and a text", nested(50), "depth"},
		{"5,000 levels", nested(5000), "depth"},
		{"5,000 messages in messages", []byte(strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)), "depth"},
		{"999 parts", []byte(flat + strings.Repeat("--b\r\n\r\nx\r\n", 999) + "--b--\r\n"), ""},
		{"100,000 parts", []byte(flat + strings.Repeat("--b\r\n\r\nx\r\n", 100_000) + "--b--\r\n"), "parts"},
		{"400,000 delimiters of nothing", []byte(flat + strings.Repeat("--c\r\n", 400_000)), ""},
		{"long boundary", []byte("Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 201) + "\r\n\r\nx"), "boundary bytes"},
		{"header line of 2 MB", []byte("Subject: " + strings.Repeat("x", 2<<20) + "\r\n\r\nx"), "header bytes"},
		{"header of a part of 2 MB", []byte(flat + "--b\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\nx"), "header bytes"},
		{"header of folds", []byte("Subject: x\r\n" + strings.Repeat(" y\r\n", 1<<19) + "\r\nx"), "header bytes"},
		{"500 fields", []byte(strings.Repeat("X: y\r\n", 500) + "\r\nx"), ""},
		{"501 fields", []byte(strings.Repeat("X: y\r\n", 501) + "\r\nx"), "header fields"},
		{"800 parts with 2 kB of header each", []byte(flat + strings.Repeat("--b\r\nX: "+strings.Repeat("x", 2000)+"\r\n\r\n", 800)), "header bytes"},
		{"2 MB of empty lines", []byte("X: y\r\n\r\n" + strings.Repeat("\r\n", 1<<20)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			root, err := Scan(tt.raw, DefaultLimits())
			took := time.Since(start)
			checkTree(t, tt.raw, root)
			var limit *LimitError
			if errors.As(err, &limit); limit == nil && tt.what != "" || limit != nil && limit.What != tt.what {
				t.Errorf("got error %v, want %q", err, tt.what)
			}
			t.Logf("%d octets in %v: %v", len(tt.raw), took, err)
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestLimitErrorNamesTheLimit(t *testing.T) {
	for what, number := range map[string]string{"depth": "50", "parts": "1000", "header bytes": "1048576", "header fields": "500", "boundary bytes": "200"} {
		limits := map[string]int{"depth": 50, "parts": 1000, "header bytes": 1 << 20, "header fields": 500, "boundary bytes": 200}
		sentence := (&LimitError{What: what, Limit: limits[what]}).Error()
		if !strings.Contains(sentence, number) || !strings.HasPrefix(sentence, "the message") && !strings.Contains(sentence, "of the message") {
			t.Errorf("%s: got %q, want a sentence with %s", what, sentence, number)
		}
	}
}

func TestScanWithoutLimits(t *testing.T) {
	root, err := Scan(nested(300), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	depth := 0
	for p := root; len(p.Children) > 0; p = p.Children[0] {
		depth++
	}
	if depth != 300 {
		t.Errorf("got %d levels, want 300", depth)
	}
}

func BenchmarkScan(b *testing.B) {
	raw := []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\n"+strings.Repeat("some text in a line\r\n", 500), 20) + "--b--\r\n")
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Scan(raw, DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
