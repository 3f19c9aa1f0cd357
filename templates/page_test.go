package templates

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pageKinds are the tickets that have texts of their own.
var pageKinds = []string{
	"join",
	"apply",
	"leave",
	"command",
	"undo",
	"hold-approve",
	"hold-reject",
	"join-approve",
	"join-decline",
	"call-approve",
	"call-decline",
	"return",
	"receipt",
	"mute",
	"follow",
	"rsvp",
	"date",
	"place",
	"proposal-accept",
	"proposals-decline",
	"meeting-alias",
	"meeting-guest",
	"attendance",
	"feedback",
	"action",
	"meet",
	"meet-proposal",
	"poll",
	"poll-close",
	"news-approve",
	"news-later",
	"news-skip",
	"news-note",
	"report-hold",
	"report-send",
	"other",
	"newsletter-off",
	"reminders",
	"thanks-off",
	"named",
}

var problemKinds = []string{"expired", "unknown", "already", "busy", "limit", "not-found", "changed"}

var aboutAna = Args{Name: "Ana Sousa", Address: "ana@a.example", Subject: "Which linter, and why?"}

func page(t *testing.T, lang string, data any) string {
	t.Helper()
	b, err := Page(lang, data)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGoldenPages(t *testing.T) {
	for _, lang := range Languages() {
		for name, data := range map[string]any{
			"leave": TicketPage{Community: rust, Kind: "leave", About: aboutAna, Action: "/t/k3q7zj2m5x", Hidden: map[string]string{"form": "f00"}},
			"hold-reject": TicketPage{Community: rust, Kind: "hold-reject", About: aboutAna, AskReason: true, Action: "/t/k3q7zj2m5x",
				Details: []Detail{{"subject", "Which linter, and why?"}, {"from", "Ana Sousa (ana@a.example)"}, {"Empty", " "}}},
			"own": TicketPage{Community: rust, Kind: "rsvp", Title: "Workshop: error handling", Text: "12 March, 15:00", Button: "Accept", Action: "/t/x"},
			"rsvp": TicketPage{Community: rust, Kind: "rsvp", About: Args{Subject: "Borrow checker clinic", When: at(3, 12, 15, 0), Code: "tentative"},
				Action: "/t/x", Choices: []string{"accepted", "tentative", "declined"}},
			"attendance": TicketPage{Community: rust, Kind: "attendance", About: Args{Subject: "Borrow checker clinic", When: at(3, 12, 15, 0), N: 2},
				Action: "/t/x", AskReason: true, Ticks: []Tick{{"1", "Ana Sousa", true}, {"2", "Ben Okafor", false}}},
			"feedback": TicketPage{Community: rust, Kind: "feedback", About: Args{Subject: "Borrow checker clinic", When: at(3, 12, 15, 0), Code: "4"},
				Action: "/t/x", AskReason: true, Choices: []string{"1", "2", "3", "4", "5"}},
			"issue":             issueSample(),
			"left":              DonePage{Community: rust, Kind: "leave", Undo: "/t/m5xw4ra6tn"},
			"problem-expired":   ProblemPage{Community: rust, Kind: "expired"},
			"problem-unknown":   ProblemPage{Kind: "unknown", Help: "guildpost@lists.example.org"},
			"problem-already":   ProblemPage{Community: rust, Kind: "already", About: Args{Name: "Dana Levi"}},
			"problem-not-found": ProblemPage{Kind: "not-found"},
		} {
			golden(t, filepath.Join("testdata", "page", lang, name)+".html", page(t, lang, data))
		}
	}
}

// issueSample is an issue with a section of each kind, and two others.
func issueSample() IssuePage {
	p := IssuePage{Newsletter: fullNewsletter(), Pictures: map[string][]byte{}, Others: []OtherIssue{{"February in the Rust Guild", "/n/m5xw4ra6tn"}, {"January in the Rust Guild", "/n/q2x4ra6tnm"}}}
	for i, s := range p.Sections {
		for j := range s.Parts {
			p.Sections[i].Parts[j].Respond = Ticket{}
			if cid := s.Parts[j].Picture.CID; cid != "" {
				p.Pictures[cid] = []byte("\x89PNG\r\n\x1a\n")
			}
		}
	}
	return p
}

// TestPageKinds: each kind has its texts, and no two the same.
func TestPageKinds(t *testing.T) {
	for _, lang := range Languages() {
		seen := map[string]string{}
		for _, kind := range pageKinds {
			for _, part := range []string{"title", "text", "button", "done"} {
				if !Has("page." + kind + "." + part) {
					t.Errorf("page.%s.%s is missing", kind, part)
				}
			}
			got := page(t, lang, TicketPage{Community: rust, Kind: kind, About: aboutAna, Action: "/t/x"}) +
				page(t, lang, DonePage{Community: rust, Kind: kind, About: aboutAna})
			if seen[got] != "" {
				t.Errorf("%s: %s is like %s", lang, kind, seen[got])
			}
			seen[got] = kind
		}
		for _, kind := range problemKinds {
			got := page(t, lang, ProblemPage{Community: rust, Kind: kind})
			if seen[got] != "" {
				t.Errorf("%s: %s is like %s", lang, kind, seen[got])
			}
			seen[got] = kind
		}
		if other, want := page(t, lang, ProblemPage{Kind: "nonsense"}), page(t, lang, ProblemPage{Kind: "unknown"}); other != want {
			t.Errorf("%s: an unknown kind of problem gives %s", lang, other)
		}
	}
}

// inert are attributes whose value does nothing.
var inert = regexp.MustCompile(` (name|value)="[^"]*"| href="mailto:[^"]*"`)

// outward are links that a person follows.
var outward = regexp.MustCompile(`^<a href="https?://[^"]*"`)

var notAllowed = regexp.MustCompile(`(?i)<(script|style|img|svg|iframe|object|base)|\s(style|on[a-z]+|src)=|https?://|javascript:`)

// TestPagesHoldNothingActive: a page works with default-src 'none'; style-src 'self'; form-action 'self'.
func TestPagesHoldNothingActive(t *testing.T) {
	for name, value := range hostile {
		about := Args{Name: value, Address: value, Subject: value, Value: value}
		c := Community{Title: value, Name: value, Domain: value, Address: value, Colour: value}
		for what, data := range map[string]any{
			"ticket": TicketPage{Community: c, Kind: "undo", About: about, Title: value, Button: value, Details: []Detail{{value, value}},
				AskReason: true, Action: "/t/x", Hidden: map[string]string{value: value}},
			"done":    DonePage{Community: c, Kind: "join-approve", About: about, Undo: "/t/y"},
			"problem": ProblemPage{Community: c, Kind: "already", About: about, Help: value},
			"issue": IssuePage{Newsletter: Newsletter{For: For{Community: c}, Title: value, Sections: []NewsSection{{Heading: value, Parts: []NewsPart{
				{Body: Prose(value), Picture: Picture{CID: value, Alt: value}, Coming: true, Answer: value}}, Closing: Prose(value)}}},
				Others: []OtherIssue{{value, "/n/x"}}},
		} {
			got := page(t, "en", data)
			for _, tag := range tag.FindAllString(got, -1) {
				if what == "issue" { // what a facilitator writes may lead elsewhere, by a click
					tag = outward.ReplaceAllString(tag, "")
				}
				if notAllowed.MatchString(inert.ReplaceAllString(tag, "")) {
					t.Errorf("%s page with %s holds %s", what, name, tag)
				}
			}
			if what != "ticket" { // hidden fields are kept as they are
				checkCharacters(t, what+" page with "+name, got)
			}
		}
	}
}

// TestPageForm: only the button acts, and says all that the server needs.
func TestPageForm(t *testing.T) {
	got := page(t, "en", TicketPage{Community: rust, Kind: "leave", Action: "/t/abc", Hidden: map[string]string{"b": `"2"`, "a": "1"}})
	for _, want := range []string{
		`<html lang="en">`, `<form method="post" action="/t/abc">`, `<input type="hidden" name="a" value="1">`,
		`<input type="hidden" name="b" value="&#34;2&#34;">`, `<button type="submit">Leave</button>`, `<link rel="stylesheet" href="/style.css">`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "<textarea") {
		t.Errorf("a reason is asked for:\n%s", got)
	}
	if got := page(t, "de", TicketPage{Community: rust, Kind: "hold-reject", AskReason: true}); !strings.Contains(got, `name="reason"`) {
		t.Errorf("no reason is asked for:\n%s", got)
	}
	if b, err := Page("en", 3); err == nil {
		t.Errorf("a number gives the page %s", b)
	}
}
