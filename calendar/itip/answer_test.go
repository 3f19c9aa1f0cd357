package itip

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func readOne(t testing.TB, text string) Object {
	t.Helper()
	objects, err := Read([]byte(text), Hint{})
	if err != nil || len(objects) != 1 {
		t.Fatal(len(objects), err)
	}
	return objects[0]
}

func TestAnswers(t *testing.T) {
	o := readOne(t, "BEGIN:VCALENDAR\nMETHOD:REPLY\n"+
		"BEGIN:VEVENT\nUID:1\nSEQUENCE:3\nDTSTAMP:20260301T080000Z\nATTENDEE;PARTSTAT=ACCEPTED;CN=Ada:mailto:Ada@example.com\nCOMMENT:Gladly\\, thanks\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nUID:1\nSEQUENCE:3\nDTSTAMP:20260301T080000Z\nRECURRENCE-ID;TZID=Europe/Berlin:20260309T090000\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nUID:2\nDTSTAMP:20260301T080000Z\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:d@example.com\":mailto:b@example.com\nATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM=\"mailto:b@example.com\":mailto:d@example.com\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nUID:3\nEND:VEVENT\nEND:VCALENDAR\n")
	var got []string
	for _, a := range o.Answers() {
		got = append(got, fmt.Sprint(a.Key(), a.PartStat, a.Sequence, a.Stamp.Unix(), a.Comment, a.DelegatedTo, a.DelegatedFrom))
	}
	want := []string{
		"{1 ada@example.com  false} ACCEPTED 3 1772352000 Gladly, thanks [] []",
		"{1 ada@example.com 20260309T080000Z false} DECLINED 3 1772352000  [] []",
		"{2 b@example.com  false} DELEGATED 0 1772352000  [d@example.com] []",
		"{2 d@example.com  false} ACCEPTED 0 1772352000  [] [b@example.com]",
		"{3   false}  0 -62135596800  [] []",
	}
	if normal := func(s []string) string { return strings.ReplaceAll(strings.Join(s, "\n"), " ", "") }; normal(got) != normal(want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	all := Answers{}
	for _, a := range o.Answers() {
		all.Record(a)
	}
	for occurrence, want := range map[Time]PartStat{{}: Accepted, Clock(2026, 3, 9, 8, 0, time.UTC): Declined, Clock(2026, 3, 16, 8, 0, time.UTC): Accepted} {
		if a, known := all.For("1", "ADA@example.com", occurrence); !known || a.PartStat != want {
			t.Errorf("%s: got %q, want %q", occurrence, a.PartStat, want)
		}
	}
	if len(all) != 4 {
		t.Errorf("%d answers were kept, want 4: nobody's is none", len(all))
	}
}

func TestAnswersFromADateOn(t *testing.T) {
	all := Answers{}
	for i, partstat := range []PartStat{Accepted, Declined, Tentative} {
		a := Answer{UID: "1", Attendee: Person{Address: "ada@example.com"}, PartStat: partstat}
		if i > 0 {
			a.Occurrence, a.ThisAndLater = Clock(2026, 3, 9*i, 8, 0, time.UTC), true
		}
		all.Record(a)
	}
	for day, want := range map[int]PartStat{2: Accepted, 9: Declined, 16: Declined, 18: Tentative, 30: Tentative} {
		if a, _ := all.For("1", "ada@example.com", Clock(2026, 3, day, 8, 0, time.UTC)); a.PartStat != want {
			t.Errorf("on the %d.: got %s, want %s", day, a.PartStat, want)
		}
	}
}

// TestAnswersInAnyOrder: a thousand permutations with repeats end in one state.
func TestAnswersInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var answers []Answer
	for i := range 60 {
		answers = append(answers, Answer{
			UID: fmt.Sprint(i % 2), Attendee: Person{Address: fmt.Sprintf("%c@example.com", 'a'+i%3)},
			PartStat: []PartStat{Accepted, Declined, Tentative}[random.IntN(3)], Sequence: random.IntN(3), Comment: fmt.Sprint(random.IntN(3)),
			Stamp:      time.Date(2026, 3, 1, random.IntN(3), 0, 0, 0, time.UTC),
			Occurrence: []Time{{}, Clock(2026, 3, 9, 9, 0, time.UTC)}[random.IntN(2)],
		})
	}
	answers = append(answers, answers...)
	var first Answers
	for round := range 1000 {
		random.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
		all := Answers{}
		for _, a := range answers {
			all.Record(a)
		}
		if first == nil {
			first = maps.Clone(all)
		}
		if !reflect.DeepEqual(all, first) {
			t.Fatalf("round %d ends in another state:\n%v\n%v", round, all, first)
		}
		for _, a := range answers {
			if all.Record(a) {
				t.Fatalf("a repeat changed something: %v", a)
			}
		}
	}
}

func TestBounded(t *testing.T) {
	received := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for stamp, want := range map[time.Time]time.Time{
		{}:                           received,
		received.Add(-time.Hour):     received.Add(-time.Hour),
		received.Add(23 * time.Hour): received.Add(23 * time.Hour),
		received.Add(25 * time.Hour): received,
		received.AddDate(100, 0, 0):  received,
	} {
		if got := (Answer{Stamp: stamp, Sequence: 7}).Bounded(received, 2); !got.Stamp.Equal(want) || got.Sequence != 2 {
			t.Errorf("%s: got %s and %d, want %s and 2", stamp, got.Stamp, got.Sequence, want)
		}
	}
}

func TestProposals(t *testing.T) {
	const lines = "BEGIN:VEVENT\nUID:1\nSEQUENCE:1\nDTSTAMP:20260301T080000Z\nRECURRENCE-ID:20260309T090000Z\nDTSTART:20260310T090000Z\nDTEND:20260310T100000Z\nCOMMENT:later\n"
	for attendees, want := range map[string]string{
		"ATTENDEE:mailto:a@example.com\n": "a@example.com",
		"ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.com\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:b@example.com\n": "a@example.com",
		"ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:b@example.com\n":     "",
		"": "",
	} {
		o := readOne(t, "BEGIN:VCALENDAR\nMETHOD:COUNTER\n"+lines+attendees+"END:VEVENT\nEND:VCALENDAR\n")
		p := o.Proposals()
		if len(p) != 1 || p[0].Proposer.Address != want || p[0].Event.Start.Key() != "20260310T090000Z" || p[0].Occurrence.Key() != "20260309T090000Z" || p[0].Comment != "later" {
			t.Errorf("%q: got %+v", attendees, p)
		}
		if len(o.Answers()) > 0 || len(o.RefreshRequests()) > 0 {
			t.Error("a proposal is an answer")
		}
		o.Method = Refresh
		if r := o.RefreshRequests(); len(r) != 1 || r[0].UID != "1" || r[0].Attendee.Address != want {
			t.Errorf("%q: got %+v", attendees, r)
		}
	}
}
