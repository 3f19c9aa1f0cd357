package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// An entry is one key with its value as it stands in the file.
type entry struct {
	name   string // with its table: "outbound.smarthost"
	table  int    // which of the tables of that name in an array of tables, from 0
	kind   unstable.Kind
	value  string
	line   int
	column int
}

// entries returns what stands in the file, in its order. An error is about the syntax.
func entries(text []byte) ([]entry, error) {
	if err := toml.Unmarshal(text, &map[string]any{}); err != nil { // the parser below checks less: no duplicates
		return nil, err
	}
	var found []entry
	var p unstable.Parser
	var table entry
	arrays := map[string]int{} // how many tables each array has so far
	p.Reset(text)
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind == unstable.KeyValue {
			first := len(found)
			found = appendEntries(found, &p, table.name, e)
			for i := range found[first:] {
				found[first+i].table = table.table
			}
			continue
		}
		table = newEntry(&p, "", e)
		if e.Kind == unstable.ArrayTable {
			table.table = arrays[table.name]
			arrays[table.name]++
		}
		found = append(found, table)
	}
	return found, p.Error()
}

// appendEntries appends a key, and where its value is an inline table the keys in it.
func appendEntries(found []entry, p *unstable.Parser, table string, node *unstable.Node) []entry {
	e := newEntry(p, table, node)
	value := node.Value()
	e.kind, e.value = value.Kind, string(value.Data)
	if value.Kind != unstable.InlineTable {
		return append(found, e)
	}
	e.kind = unstable.Table
	found = append(found, e)
	for children := value.Children(); children.Next(); {
		found = appendEntries(found, p, e.name, children.Node())
	}
	return found
}

func newEntry(p *unstable.Parser, table string, node *unstable.Node) entry {
	e := entry{kind: node.Kind}
	parts := []string{}
	if table != "" {
		parts = append(parts, table)
	}
	for key := node.Key(); key.Next(); {
		if e.line == 0 {
			start := p.Shape(key.Node().Raw).Start
			e.line, e.column = start.Line, start.Column
		}
		parts = append(parts, string(key.Node().Data))
	}
	e.name = strings.Join(parts, ".")
	return e
}

func (e entry) isTable() bool { return e.kind == unstable.Table || e.kind == unstable.ArrayTable }

// readFile sets what the file says and returns all that is wrong with it.
func (c *Config) readFile(file string, text []byte) []problem {
	found, err := entries(text)
	if err != nil {
		return []problem{syntaxProblem(file, err)}
	}
	var problems []problem
	refused := "" // a table that there is not, and with it all that stands in it
	for _, e := range found {
		if refused != "" && strings.HasPrefix(e.name, refused+".") {
			continue
		}
		if err := c.setEntry(e); err != nil {
			problems = append(problems, problem{file: file, line: e.line, column: e.column, text: err.Error()})
			if refused = ""; e.isTable() {
				refused = e.name
			}
		}
	}
	return problems
}

func syntaxProblem(file string, err error) problem {
	p := problem{file: file, text: "the configuration cannot be understood: " + err.Error()}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		p.line, p.column = syntax.Position()
		p.text = "this is not TOML: " + strings.TrimPrefix(syntax.Error(), "toml: ")
	}
	return p
}

func (c *Config) setEntry(e entry) error {
	switch {
	case e.name == "imap" && e.kind == unstable.ArrayTable:
		c.beginIMAP()
		return nil
	case e.name == "imap", strings.HasPrefix(e.name, "imap.") && len(c.IMAP) == 0:
		return errors.New("imap is a list of tables: begin each mailbox with [[imap]], in two brackets")
	case e.kind == unstable.Table && isTable(e.name):
		return nil
	}
	k, ok := findKey(e.name)
	if !ok {
		return unknownEntry(e)
	}
	if !k.accepts(e.kind) {
		return fmt.Errorf("%s must be %s, such as %s", k.name, map[bool]string{true: "a number", false: "text in quotes"}[k.number], k.toml(k.exampleOr("text")))
	}
	return setKey(c, k, e.value)
}

func setKey(c *Config, k configKey, value string) error {
	if err := k.set(c, value); err != nil {
		if strings.HasSuffix(k.name, "password") || strings.HasSuffix(k.name, "token") || k.name == "database" {
			return fmt.Errorf("%s %w", k.name, err)
		}
		return fmt.Errorf("%s = %s %w", k.name, k.toml(value), err)
	}
	return nil
}

// accepts says whether a kind of TOML value fits: numbers are numbers, all else is text; a size may be either.
func (k configKey) accepts(kind unstable.Kind) bool {
	if k.number {
		return kind == unstable.Integer
	}
	return kind == unstable.String || kind == unstable.Integer && k.name == "inbound.max_message"
}

func isTable(name string) bool {
	for _, k := range configKeys {
		if table, _ := k.table(); table == name {
			return true
		}
	}
	return false
}

// unknownEntry says that there is no such key, and which was probably meant: one of the same table, or the same
// key in another table.
func unknownEntry(e entry) error {
	what := "key"
	if e.isTable() {
		what = "table"
	}
	names := []string{}
	for _, k := range allKeys() {
		table, key := k.table()
		if what == "table" {
			names = append(names, table)
			continue
		}
		if names = append(names, k.name); key == e.name[strings.LastIndexByte(e.name, '.')+1:] {
			return fmt.Errorf("there is no key %s; there is %s", e.name, k.name)
		}
	}
	if near := nearest(e.name, names); near != "" {
		return fmt.Errorf("there is no %s %s; did you mean %s?", what, e.name, near)
	}
	return fmt.Errorf("there is no %s %s", what, e.name)
}

// positions returns a function that says where a key stands: in which of the tables of an array of tables, else 0. A key of
// such a table that is not there stands where the table begins.
func positions(file string, text []byte) func(name string, table int) problem {
	found, _ := entries(text)
	return func(name string, table int) (where problem) {
		array, _, _ := strings.Cut(name, ".")
		for _, e := range found {
			if e.table != table {
				continue
			}
			if here := (problem{file: file, line: e.line, column: e.column}); e.name == name {
				return here
			} else if e.name == array && e.kind == unstable.ArrayTable {
				where = here
			}
		}
		return where
	}
}

// readEnvironment sets what GUILDPOST_ variables say, and warns of those that say nothing.
func (c *Config) readEnvironment(environ []string) []problem {
	var problems []problem
	names := map[string]bool{"GUILDPOST_CONFIG": true, imapPasswordVariable: true}
	for _, k := range configKeys {
		names[k.env()] = true
		if value, ok := lookup(environ, k.env()); ok {
			if err := setKey(c, k, value); err != nil {
				problems = append(problems, problem{text: "the variable " + k.env() + ": " + err.Error()})
			}
		}
	}
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "GUILDPOST_") && !strings.HasPrefix(name, "GUILDPOST_TEST_") && !names[name] && !c.names(name) {
			c.Warnings = append(c.Warnings, "the variable "+name+" is no key of the configuration and is ignored")
		}
	}
	for _, s := range c.secrets() {
		s.resolve(environ)
	}
	return problems
}

func (c *Config) secrets() []*Secret {
	all := []*Secret{&c.Database, &c.Outbound.Password}
	for i := range c.IMAP {
		all = append(all, &c.IMAP[i].Password, &c.IMAP[i].Token)
	}
	return all
}

// names says whether a secret is kept in the variable.
func (c *Config) names(variable string) bool {
	return slices.ContainsFunc(c.secrets(), func(s *Secret) bool { return s.raw == "env:"+variable })
}

// quoteTOML writes a basic string of TOML.
func quoteTOML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
