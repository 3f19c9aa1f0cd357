package templates

import (
	"errors"
	"regexp"
	"strings"
)

// action is a template action; none of ours holds braces in a string.
var action = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// silent is an action that prints nothing.
var silent = regexp.MustCompile(`^\{\{\s*(if|else|end|range|with|break|continue|\$\w+\s*:?=|/\*)`)

// wrapActions makes every action that prints pass its value through a cleaning function.
func wrapActions(text, clean string) string {
	return action.ReplaceAllStringFunc(text, func(a string) string {
		if silent.MatchString(a) {
			return a
		}
		return strings.TrimSuffix(a, "}}") + " | " + clean + "}}"
	})
}

// compileInline turns the spans of a block into marks.
func compileInline(text, clean string) (string, error) {
	s := &spanner{rest: text, clean: clean}
	for s.rest != "" {
		if err := s.next(); err != nil {
			return "", err
		}
	}
	if s.bold || s.code {
		return "", errors.New("bold or code is opened and not closed")
	}
	return s.out.String(), nil
}

// A spanner goes through a block from left to right.
type spanner struct {
	rest       string
	out        strings.Builder
	clean      string
	bold, code bool
}

var (
	linkForm = regexp.MustCompile(`^\[((?:\{\{[^{}]*\}\}|[^\[\]{}])+)\]\(((?:\{\{[^{}]*\}\}|[^(){}\s])+)\)`)
	autoForm = regexp.MustCompile(`^<((?:\{\{[^{}]*\}\}|[^<>{}\s])+)>`)
)

func (s *spanner) next() error {
	switch {
	case strings.HasPrefix(s.rest, "{{"):
		return s.action()
	case strings.HasPrefix(s.rest, "**"):
		s.bold = !s.bold
		s.write(2, markBold)
	case s.rest[0] == '`':
		s.code = !s.code
		s.write(1, markCode)
	case s.rest[0] == '[' && !s.code:
		if m := linkForm.FindStringSubmatch(s.rest); m != nil {
			s.write(len(m[0]), markLink+wrapActions(m[1], s.clean)+markURL+wrapActions(m[2], s.clean)+markClose)
			return nil
		}
		s.write(1, "[")
	case s.rest[0] == '<' && !s.code:
		if m := autoForm.FindStringSubmatch(s.rest); m != nil {
			s.write(len(m[0]), markAuto+wrapActions(m[1], s.clean)+markClose)
			return nil
		}
		s.write(1, "<")
	default:
		s.plain()
	}
	return nil
}

// write replaces the first n octets of the rest.
func (s *spanner) write(n int, text string) {
	s.out.WriteString(text)
	s.rest = s.rest[n:]
}

func (s *spanner) action() error {
	at := action.FindStringIndex(s.rest)
	if at == nil || at[0] != 0 {
		return errors.New("an action is opened and not closed, or holds a brace")
	}
	s.write(at[1], wrapActions(s.rest[:at[1]], s.clean))
	return nil
}

// plain copies up to what might mean something.
func (s *spanner) plain() {
	n := strings.IndexAny(s.rest[1:], "{*`[<") + 1
	if n == 0 {
		n = len(s.rest)
	}
	s.write(n, s.rest[:n])
}
