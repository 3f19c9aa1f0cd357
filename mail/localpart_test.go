package mail

import (
	"slices"
	"strings"
	"testing"
)

func TestCandidates(t *testing.T) {
	tests := []struct {
		local string
		want  []LocalPart
	}{
		{"rust", []LocalPart{{"rust", "", ""}}},
		{"RUST-Join", []LocalPart{{"rust-join", "", ""}, {"rust", "join", ""}}},
		{"rust+leave", []LocalPart{{"rust+leave", "", ""}, {"rust", "leave", ""}}},
		{"rust-lang-help", []LocalPart{{"rust-lang-help", "", ""}, {"rust-lang", "help", ""}}},
		{"self-help", []LocalPart{{"self-help", "", ""}, {"self", "help", ""}}},
		{"self-help-owner", []LocalPart{{"self-help-owner", "", ""}, {"self-help", "owner", ""}}},
		{"rust+t.abc27", []LocalPart{{"rust+t.abc27", "", ""}, {"rust", "t", "abc27"}}},
		{"rust-t.ABC", []LocalPart{{"rust-t.abc", "", ""}, {"rust", "t", "abc"}}},
		{"rust-t-abc", []LocalPart{{"rust-t-abc", "", ""}, {"rust", "t", "abc"}}},
		{"rust-bounces+abc", []LocalPart{{"rust-bounces+abc", "", ""}, {"rust", "bounces", "abc"}}},
		{"rust-bounces-join", []LocalPart{{"rust-bounces-join", "", ""}, {"rust-bounces", "join", ""}, {"rust", "bounces", "join"}}},
		{"rust-bounces", []LocalPart{{"rust-bounces", "", ""}, {"rust", "bounces", ""}}},
		{"rust-confirm+abc", []LocalPart{{"rust-confirm+abc", "", ""}, {"rust", "confirm", "abc"}}},
		{"rust-t", []LocalPart{{"rust-t", "", ""}}},
		{"rust-t.", []LocalPart{{"rust-t.", "", ""}}},
		{"rust-t.a1", []LocalPart{{"rust-t.a1", "", ""}}},
		{"rust-join+abc", []LocalPart{{"rust-join+abc", "", ""}}},
		{"rust+news", []LocalPart{{"rust+news", "", ""}, {"rust", "news", ""}}},
		{"rust-unknown", []LocalPart{{"rust-unknown", "", ""}}},
		{"-join", []LocalPart{{"-join", "", ""}}},
		{"join", []LocalPart{{"join", "", ""}}},
		{"", nil},
		{strings.Repeat("a", 300), nil},
	}
	for _, tt := range tests {
		t.Run(tt.local, func(t *testing.T) {
			if got := Candidates(tt.local); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAddressesAreCandidates(t *testing.T) {
	want := LocalPart{List: "rust-lang", Token: "abc"}
	for suffix, addr := range map[string]string{
		"t":       TicketAddress("rust-lang", "l.example", "abc"),
		"bounces": BounceAddress("rust-lang", "l.example", "abc"),
	} {
		want.Suffix = suffix
		local, _ := strings.CutSuffix(addr, "@l.example")
		if !slices.Contains(Candidates(local), want) {
			t.Errorf("%s: %v is not among %v", addr, want, Candidates(local))
		}
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add("rust-t.abc", "rust", "abc")
	f.Add("t-t-t-t.a", "-", "a")
	f.Fuzz(func(t *testing.T, local, list, token string) {
		all := Candidates(local)
		for i, c := range all {
			if !strings.HasPrefix(strings.ToLower(local), c.List) || i > 0 && len(c.List) >= len(all[i-1].List) {
				t.Errorf("%q: %v", local, all)
			}
			if c.Suffix == "" && c.List != strings.ToLower(local) || c.Token != "" && !isToken(c.Token) {
				t.Errorf("%q: %v", local, c)
			}
		}
		if list == "" || !isToken(token) || len(list)+len(token)+3 > maxLocal || list != strings.ToLower(list) {
			return
		}
		want := LocalPart{list, suffixTicket, strings.ToLower(token)}
		if got := Candidates(list + "+t." + token); !slices.Contains(got, want) {
			t.Errorf("%v is not among %v", want, got)
		}
	})
}
