package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestReadMembers(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string // line address name delivery roles
		refused    []string // line: part of the reason
		err        string
	}{
		{name: "all columns", text: "address,name,role,delivery\nAda@Example.org,Ada,facilitator,daily\n",
			want: []string{"2 ada@example.org|Ada|daily|[facilitator]"}},
		{name: "another order", text: "name,address\nAda,ada@example.org\n", want: []string{"2 ada@example.org|Ada||[]"}},
		{name: "BOM and CRLF", text: "\ufeffaddress\r\nada@example.org\r\n\r\n", want: []string{"2 ada@example.org|||[]"}},
		{name: "tabs", text: "address\tname\nada@example.org\tLovelace, Ada\n", want: []string{"2 ada@example.org|Lovelace, Ada||[]"}},
		{name: "quotes", text: "address,name\nada@example.org,\"Lovelace, \"\"Ada\"\"\"\n", want: []string{"2 ada@example.org|Lovelace, \"Ada\"||[]"}},
		{name: "several roles", text: "address,role\na@b.example,expert mentor\nb@b.example,member\n",
			want: []string{"2 a@b.example|||[expert mentor]", "3 b@b.example|||[]"}},
		{name: "no line end at the end", text: "address\na@b.example", want: []string{"2 a@b.example|||[]"}},
		{name: "fewer fields", text: "address,name\na@b.example\n", want: []string{"2 a@b.example|||[]"}},
		{name: "header in capitals", text: "Address, Name\na@b.example, A\n", want: []string{"2 a@b.example|A||[]"}},
		{name: "an open quote costs one line", text: "address,name\na@b.example,\"Ada\nb@b.example,Ben\n",
			want: []string{"3 b@b.example|Ben||[]"}, refused: []string{"2 quotes"}},
		{name: "bad lines", text: "address,role,delivery\nnobody,,\na@b.example,boss,\na@b.example,,hourly\n,,\na@b.example,,,x\n\xff@b.example\n",
			refused: []string{"2 no @", "3 role=boss", "4 delivery=hourly", "5 no address", "6 4 fields", "7 UTF-8"}},
		{name: "twice", text: "address\na@b.example\nA@B.example\n", want: []string{"2 a@b.example|||[]"}, refused: []string{"3 on line 2"}},
		{name: "control characters", text: "address,name\na@b.example,\x1b[31mred\n", refused: []string{"2 control"}},
		{name: "empty", text: "", err: "empty"},
		{name: "no address column", text: "name\nAda\n", err: "no column address"},
		{name: "unknown column", text: "address,shoe size\n", err: "shoe size"},
		{name: "a column twice", text: "address,address\n", err: "twice"},
		{name: "semicolons", text: "address;name\n", err: "semicolons"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows, refused, err := readMembers([]byte(test.text))
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Fatalf("got error %v, want %q", err, test.err)
			}
			var got []string
			for _, r := range rows {
				got = append(got, fmt.Sprintf("%d %s|%s|%s|%v", r.line, r.member.Address, r.member.Name, r.member.Delivery, r.member.Roles))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got rows %q, want %q", got, test.want)
			}
			if len(refused) != len(test.refused) {
				t.Fatalf("got refusals %v, want %q", refused, test.refused)
			}
			for i, r := range refused {
				number, part, _ := strings.Cut(test.refused[i], " ")
				if fmt.Sprint(r.Line) != number || !strings.Contains(r.Reason, part) {
					t.Errorf("got refusal %+v, want %q", r, test.refused[i])
				}
			}
		})
	}
}

// FuzzReadMembers: every line is a row, a refusal or blank, and what is taken is fit to be shown.
func FuzzReadMembers(f *testing.F) {
	f.Add([]byte("address,name\na@b.example,\"x\"\n,,,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, refused, err := readMembers(text)
		if err != nil {
			return
		}
		if lines := strings.Count(string(text), "\n") + 1; len(rows)+len(refused) > lines {
			t.Errorf("%d rows and %d refusals of %d lines", len(rows), len(refused), lines)
		}
		for _, r := range rows {
			if strings.ContainsFunc(r.member.Name+r.member.Address, unsafe) || !utf8.ValidString(r.member.Name) || !strings.Contains(r.member.Address, "@") {
				t.Errorf("took %+v", r)
			}
		}
	})
}

// TestImportMany measures with -v; GUILDPOST_TEST_IMPORT=100000 for the large one.
func TestImportMany(t *testing.T) {
	n := 2000
	if text := os.Getenv("GUILDPOST_TEST_IMPORT"); text != "" {
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("address,name,role,delivery\n")
	for i := range n {
		fmt.Fprintf(&b, "member%d@example%d.org,Member %d,,%s\n", i, i%97, i, []string{"each", "daily"}[i%2])
	}
	writeFile(t, filepath.Join(dir, "m.csv"), b.String())
	if code, _, stderr := outcome(t, dir, "cop", "add", "rust"); code != 0 {
		t.Fatal(stderr)
	}
	for _, want := range []string{fmt.Sprintf("added %d, changed 0, unchanged 0", n), fmt.Sprintf("added 0, changed 0, unchanged %d", n)} {
		start := time.Now()
		code, stdout, stderr := outcome(t, dir, "member", "import", "rust", "m.csv")
		t.Logf("%d members in %s", n, time.Since(start).Round(time.Millisecond))
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("exit code %d, got %q %s, want %q", code, stdout, stderr, want)
		}
	}
	_, stdout, _ := outcome(t, dir, "member", "list", "rust", "--json")
	if got := strings.Count(stdout, `"address"`); got != n {
		t.Errorf("listed %d, want %d", got, n)
	}
}
