package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guildpost/mail/mailtest"
)

// A flood is what came of a burst of requests to join.
type flood struct {
	rate         float64 // requests a second
	posts        []time.Duration
	peak         int64 // memory, bytes
	asked        int   // questions that went out
	kept, keptBy int   // back, and by how many limits
	open         int   // requests in the database
}

// joinFlood has so many addresses ask to join at once, over 20 connections, as forgers do: none twice, from a hundred
// domains. A member posts all the while.
func joinFlood(t testing.TB, n int) flood {
	sink, err := mailtest.Start(mailtest.Options{Keep: mailtest.KeepPairs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	p := newProcess(t, sink.Addr(), "")
	const members = 20
	p.fill(members)
	p.start()
	var f flood
	var askers, writer sync.WaitGroup
	var next atomic.Int64
	over := make(chan struct{})
	began := time.Now()
	for range 20 {
		c := dialClient(t, p.lmtp, "LHLO")
		askers.Go(func() {
			defer c.Close()
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				c.ask(int(i))
			}
		})
	}
	writer.Go(func() {
		c := dialClient(t, p.smtp, "EHLO")
		defer c.Close()
		for {
			f.posts = append(f.posts, c.post(fmt.Sprintf("calm-%d@example.org", len(f.posts)), benchPost))
			select {
			case <-over:
				return
			case <-time.After(20 * time.Millisecond): // a member does not write without a pause
			}
		}
	})
	askers.Wait()
	f.rate = float64(n) / time.Since(began).Seconds()
	close(over)
	writer.Wait()
	f.settle(t, p, sink, members)
	return f
}

// ask asks to join with an address of its own.
func (c *client) ask(n int) {
	from := fmt.Sprintf("x%d@domain%d.example", n, n%100)
	c.say("MAIL FROM:<%s>\r\nRCPT TO:<rust-join@lists.example.org>\r\nDATA", from)
	c.want(250)
	c.want(250)
	c.want(354)
	c.say("From: %s\r\nTo: rust-join@lists.example.org\r\nMessage-ID: <%d@flood.example>\r\n\r\njoin\r\n.", from, n)
	c.want(250)
}

// settle waits until all is sent, checks that every member has every post once, and counts what else there is.
func (f *flood) settle(t testing.TB, p *process, sink *mailtest.Sink, members int) {
	t.Helper()
	db := p.open()
	for end := time.Now().Add(time.Minute); ; {
		idle, err := db.Idle(t.Context(), time.Now())
		if err != nil || time.Now().After(end) {
			t.Fatalf("mail is on its way still: %v", err)
		}
		if idle {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	for i := range f.posts {
		for m := range members {
			if got := sink.Count(fmt.Sprintf("member%d@example.org", m), fmt.Sprintf("calm-%d@example.org", i)); got != 1 {
				t.Errorf("member%d has %d copies of post %d", m, got, i)
			}
		}
	}
	for _, m := range sink.Received() {
		if strings.HasPrefix(m.Recipient, "x") {
			f.asked++
		}
	}
	open, err := db.OpenRequests(t.Context(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	f.open = len(open)
	_, f.peak = p.memory()
	db.Close()
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d\n%s", code, p.remarks())
	}
	f.shown(t, p)
}

// shown counts what guildpost limits shows.
func (f *flood) shown(t testing.TB, p *process) {
	t.Helper()
	code, stdout, stderr := commandIn(p.dir, time.Now(), "--config", p.config, "limits", "--json")
	var all []struct {
		KeptBack int `json:"kept_back"`
	}
	if err := json.Unmarshal([]byte(stdout), &all); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v: %s", code, err, stderr)
	}
	for _, l := range all {
		f.kept += l.KeptBack
	}
	f.keptBy = len(all)
	slices.Sort(f.posts)
}

// TestJoinFlood: a burst of requests to join makes as many mails as its limit says, the rest is kept back and counted, and
// the members' posts go out meanwhile as ever, with 250 for each.
func TestJoinFlood(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 600
	}
	f := joinFlood(t, n)
	t.Logf("%.0f requests/s; %d posts meanwhile, 250 after %v at the median and %v at most; memory %d MB at the peak", f.rate, len(f.posts),
		f.posts[len(f.posts)/2], f.posts[len(f.posts)-1], f.peak/1e6)
	const most = 200 // questions an hour about a community
	if f.asked != most || f.open != most || f.kept != n-most || f.keptBy == 0 {
		t.Errorf("%d were asked, %d requests are open, %d kept back by %d limits; want %d, %d, %d", f.asked, f.open, f.kept, f.keptBy, most, most, n-most)
	}
	// The race detector, under which the short form runs, takes memory of its own.
	if f.peak > 150e6 && !testing.Short() {
		t.Errorf("it took %d MB", f.peak/1e6)
	}
	if slow := f.posts[len(f.posts)/2]; slow > 2*time.Second {
		t.Errorf("half of the posts waited for more than %v", slow)
	}
}

// BenchmarkJoinFlood: 50,000 requests to join in a burst.
func BenchmarkJoinFlood(b *testing.B) {
	for range b.N {
		f := joinFlood(b, 50_000)
		b.ReportMetric(f.rate, "requests/s")
		b.ReportMetric(float64(f.asked), "asked")
		b.ReportMetric(float64(f.kept), "kept-back")
		b.ReportMetric(f.posts[len(f.posts)/2].Seconds()*1000, "post-ms-median")
		b.ReportMetric(f.posts[len(f.posts)-1].Seconds()*1000, "post-ms-max")
		b.ReportMetric(float64(f.peak)/1e6, "MB-peak")
	}
	b.ReportMetric(0, "ns/op")
}
