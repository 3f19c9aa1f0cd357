package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"guildpost/store"
)

var memberColumns = []string{"address", "name", "role", "delivery"}

// A memberRow is a line of a CSV file that can be imported.
type memberRow struct {
	line   int
	member store.NewMember
}

// readMembers reads a CSV file (RFC 4180, or with tabs), line by line, so that a quote that is never closed costs its
// own line and not the rest of the file. The error is about the first line.
func readMembers(text []byte) (rows []memberRow, refused []refusal, err error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	number, columns, comma := 0, []string(nil), ','
	seen := map[string]int{}
	for line := range bytes.Lines(text) {
		number++
		line := string(bytes.TrimRight(line, "\r\n"))
		if strings.TrimSpace(line) == "" {
			continue
		}
		if columns == nil {
			if columns, comma, err = readColumns(line); err != nil {
				return nil, nil, fmt.Errorf("line %d: %w", number, err)
			}
			continue
		}
		m, err := readMember(line, columns, comma)
		if first := seen[m.Address]; err == nil && first > 0 {
			err = fmt.Errorf("%s is on line %d already", m.Address, first)
		}
		if err != nil {
			refused = append(refused, refusal{number, err.Error()})
			continue
		}
		seen[m.Address] = number
		rows = append(rows, memberRow{number, m})
	}
	if columns == nil {
		return nil, nil, fmt.Errorf("the file is empty")
	}
	return rows, refused, nil
}

// readColumns reads the first line: the names of the columns, and what stands between them.
func readColumns(line string) (columns []string, comma rune, err error) {
	comma = ','
	if strings.Contains(line, "\t") {
		comma = '\t'
	}
	fields, err := splitLine(line, comma)
	if err != nil {
		return nil, comma, err
	}
	for _, field := range fields {
		name := strings.ToLower(strings.TrimSpace(field))
		switch {
		case strings.Contains(name, ";"):
			return nil, comma, fmt.Errorf("the columns are separated by semicolons; save the file with commas or tabs")
		case !slices.Contains(memberColumns, name):
			return nil, comma, fmt.Errorf("there is no column %q", name)
		case slices.Contains(columns, name):
			return nil, comma, fmt.Errorf("the column %s is there twice", name)
		}
		columns = append(columns, name)
	}
	if !slices.Contains(columns, "address") {
		return nil, comma, fmt.Errorf("there is no column address")
	}
	return columns, comma, nil
}

func readMember(line string, columns []string, comma rune) (store.NewMember, error) {
	if !utf8.ValidString(line) {
		return store.NewMember{}, fmt.Errorf("this is not UTF-8; save the file as UTF-8")
	}
	fields, err := splitLine(line, comma)
	if err != nil {
		return store.NewMember{}, err
	}
	if len(fields) > len(columns) {
		return store.NewMember{}, fmt.Errorf("there are %d fields for %d columns; a field with a comma must be in quotes", len(fields), len(columns))
	}
	cell := map[string]string{}
	for i, field := range fields {
		cell[columns[i]] = strings.TrimSpace(field)
	}
	if cell["address"] == "" {
		return store.NewMember{}, fmt.Errorf("there is no address")
	}
	return newMember(cell["address"], cell["name"], cell["role"], cell["delivery"])
}

// splitLine splits one line. Most have no quotes, and need no parser.
func splitLine(line string, comma rune) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, string(comma)), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma = comma
	fields, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("the quotes are not in order: a field in quotes begins and ends with one, and has \"\" for one inside")
	}
	return fields, nil
}

func mergeRefusals(lists ...[]refusal) []refusal {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b refusal) int { return cmp.Compare(a.Line, b.Line) })
	return all
}

// knownSubscriptions are those of a community by address, before an import.
type knownSubscriptions map[string]store.Subscription

func knownMembers(ctx context.Context, db *store.DB, community int64) (knownSubscriptions, error) {
	known := knownSubscriptions{}
	err := eachSubscription(ctx, db, community, store.SubscriptionFilter{}, func(s store.Subscription) error {
		known[s.Address] = s
		return nil
	})
	return known, err
}

// refuseGone takes out those who were members: a file that is imported again must not bring back who has left.
func (known knownSubscriptions) refuseGone(rows []memberRow) (kept []memberRow, refused []refusal) {
	for _, row := range rows {
		if s, ok := known[row.member.Address]; ok && over(s.State) {
			refused = append(refused, refusal{row.line, fmt.Sprintf("%s was a member before (%s); guildpost member add brings them back", s.Address, s.State)})
			continue
		}
		kept = append(kept, row)
	}
	return kept, refused
}

// leaveOut takes out those who are as the file has them already, so that importing a file again is quick.
func (known knownSubscriptions) leaveOut(rows []memberRow) (kept []memberRow, unchanged int) {
	kept = slices.DeleteFunc(rows, func(row memberRow) bool {
		s, ok := known[row.member.Address]
		return ok && s.State == store.Active && sameMember(s, row.member)
	})
	return kept, len(rows) - len(kept)
}

// count says what an import would do.
func (known knownSubscriptions) count(rows []memberRow, report *importReport) {
	for _, row := range rows {
		s, ok := known[row.member.Address]
		switch {
		case !ok:
			report.Added++
		case s.State == store.Active && sameMember(s, row.member):
			report.Unchanged++
		default:
			report.Changed++
		}
	}
}

// sameMember says whether importing m would leave s as it is: empty fields change nothing, roles are only added.
func sameMember(s store.Subscription, m store.NewMember) bool {
	for _, role := range m.Roles {
		if !s.Has(role) {
			return false
		}
	}
	return (m.Name == "" || m.Name == s.Name) && (m.Delivery == "" || m.Delivery == s.Delivery)
}
