package when

import (
	"strings"
	"testing"
	"time"
)

// TestBounded: the longest text takes some milliseconds, whatever stands in it. What is told apart is that from minutes, on a
// machine that has much else to do.
func TestBounded(t *testing.T) {
	const longest = 5 * time.Second
	zone := berlin(t)
	c := Context{Zone: zone, Now: time.Date(2026, 11, 23, 10, 0, 0, 0, zone)}
	for _, piece := range []string{"mo 1:00,", "a ", "1 ", "15:00 x ", "mo or ", "a/", "aa/bb ", "every ", "1.", "1. ", "first ", "15:00 mexico city ", "the ", "de ", "½", "\n",
		"tuesday 15:00\n", "until 1 ", "utc+1 ", "and tue ", "next thursday 15:00 or ", "é", "morgen ", "one and a half ", "/", "every month "} {
		text := strings.Repeat(piece, MaxText/len(piece))
		start := time.Now()
		Read(text, c)
		if took := time.Since(start); took > longest {
			t.Errorf("%q, over and over, took %s", piece, took)
		} else if testing.Verbose() {
			t.Logf("%q: %s", piece, took)
		}
	}
	if r := Read(strings.Repeat("x", MaxText+1), c); len(r.Problems) != 1 || r.Problems[0].Kind != ProblemMany {
		t.Errorf("too long a text: %v", r.Problems)
	}
}
