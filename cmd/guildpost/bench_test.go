package main

import (
	"bytes"
	"context"
	"fmt"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/mailtest"
)

// The benchmarks run the daemon as a process of its own, and compare it with a bare sender of the same bytes into the
// same sink in the same run. All are run with -benchtime 1x; make bench does.

// benchPost is a multipart post of 10 kB by member0, without Message-ID.
var benchPost = func() string {
	var b strings.Builder
	b.WriteString("From: Member 0 <member0@example.org>\r\nTo: rust@lists.example.org\r\nSubject: Speed\r\nDate: Mon, 3 Aug 2026 09:00:00 +0000\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n")
	for i := range 70 {
		fmt.Fprintf(&b, "Line %2d of a post that has some length, as posts with a little code do.\r\n", i)
	}
	b.WriteString("\r\n--b\r\nContent-Type: text/html\r\n\r\n<pre>\r\n")
	for i := range 60 {
		fmt.Fprintf(&b, "Line %2d of a post that has some length, as posts with a little code do.\r\n", i)
	}
	return b.String() + "</pre>\r\n--b--\r\n"
}()

// A client posts over one SMTP or LMTP connection.
type client struct {
	*textproto.Conn
	t testing.TB
}

func dialClient(t testing.TB, address, hello string) *client {
	t.Helper()
	conn, err := textproto.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{conn, t}
	c.want(220)
	c.say("%s client.example", hello)
	c.want(250)
	return c
}

func (c *client) say(format string, args ...any) {
	if err := c.PrintfLine(format, args...); err != nil {
		c.t.Error(err)
	}
}

func (c *client) want(code int) {
	if _, message, err := c.ReadResponse(code); err != nil {
		c.t.Errorf("want %d, got %v %s", code, err, message)
	}
}

// post posts a message with a Message-ID of its own and returns how long the 250 took after the final dot.
func (c *client) post(id, message string) time.Duration {
	c.say("MAIL FROM:<member0@example.org>\r\nRCPT TO:<rust@lists.example.org>\r\nDATA")
	c.want(250)
	c.want(250)
	c.want(354)
	if _, err := c.W.WriteString("Message-ID: <" + id + ">\r\n" + message); err != nil {
		c.t.Error(err)
	}
	began := time.Now()
	c.say(".")
	c.want(250)
	return time.Since(began)
}

func benchSink(b *testing.B) *mailtest.Sink {
	b.Helper()
	sink, err := mailtest.Start(mailtest.Options{Keep: mailtest.KeepPairs})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sink.Close() })
	return sink
}

// limit is the rate at which the bare sender gets the same bytes into a sink of the same kind.
func limit(b *testing.B, connections, n int) float64 {
	sink := benchSink(b)
	message := mail.DotStuff(nil, []byte("Message-ID: <limit@example.org>\r\n"+strings.Repeat("X-Filler: as long as the list's own fields are\r\n", 16)+benchPost))
	began := time.Now()
	if err := mailtest.Blast(b.Context(), sink.Addr(), connections, n, message); err != nil {
		b.Fatal(err)
	}
	return float64(n) / time.Since(began).Seconds()
}

// fanOut posts once to n members, and returns the rate of copies from the 250 to the last one, exactly one each checked.
func fanOut(b *testing.B, p *process, sink *mailtest.Sink, n int, id string) (rate float64, accepted time.Duration) {
	c := dialClient(b, p.smtp, "EHLO")
	defer c.Close()
	before := int(sink.Stats().Recipients)
	began := time.Now()
	accepted = c.post(id, benchPost)
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	if err := sink.Wait(ctx, before+n); err != nil {
		b.Fatalf("%d of %d copies: %v", sink.Stats().Recipients, n, err)
	}
	rate = float64(n) / time.Since(began).Seconds()
	for i := range n {
		if got := sink.Count(fmt.Sprintf("member%d@example.org", i), id); got != 1 {
			b.Fatalf("member%d has %d copies", i, got)
		}
	}
	return rate, accepted
}

func BenchmarkFanOut(b *testing.B) {
	for _, test := range []struct {
		name    string
		members int
		shared  int
	}{{"personal-10k", 10_000, 1}, {"personal-100k", 100_000, 1}, {"shared-100k", 100_000, 100}} {
		b.Run(test.name, func(b *testing.B) {
			sink := benchSink(b)
			p := newProcess(b, sink.Addr(), fmt.Sprintf("recipients_per_message = %d", test.shared))
			p.fill(test.members)
			p.start()
			for range b.N {
				rate, accepted := fanOut(b, p, sink, test.members, "fanout@example.org")
				most := limit(b, 10, min(test.members, 50_000))
				_, peak := p.memory()
				b.ReportMetric(rate, "recipients/s")
				b.ReportMetric(most, "limit/s")
				b.ReportMetric(rate/most, "ratio")
				b.ReportMetric(accepted.Seconds()*1000, "ms-to-250")
				b.ReportMetric(float64(peak)/1e6, "MB-peak")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkLatency: with 5 ms added to each reply, how many round trips does a personal copy take on each of 10 connections?
func BenchmarkLatency(b *testing.B) {
	const members, delay = 2000, 5 * time.Millisecond
	sink := benchSink(b)
	p := newProcess(b, sink.Addr(), "connections = 10")
	p.fill(members)
	p.start()
	sink.SetFaults(mailtest.Faults{Slow: delay})
	for range b.N {
		rate, _ := fanOut(b, p, sink, members, "latency@example.org")
		b.ReportMetric(rate, "copies/s")
		b.ReportMetric(10/rate/delay.Seconds(), "round-trips/copy")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAccept: how long 250 takes after the final dot of a post to 100,000, while the ones before go out.
func BenchmarkAccept(b *testing.B) {
	sink := benchSink(b)
	p := newProcess(b, sink.Addr(), "recipients_per_message = 100")
	p.fill(100_000)
	p.start()
	c := dialClient(b, p.smtp, "EHLO")
	defer c.Close()
	for range b.N {
		var took []time.Duration
		for i := range 20 {
			took = append(took, c.post(fmt.Sprintf("accept-%d@example.org", i), benchPost))
		}
		slices.Sort(took)
		_, peak := p.memory()
		b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-median")
		b.ReportMetric(took[len(took)-1].Seconds()*1000, "ms-max")
		b.ReportMetric(float64(peak)/1e6, "MB-peak")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPosts: how many posts a second are accepted for a list of 10, one after another and over 50 connections.
func BenchmarkPosts(b *testing.B) {
	for _, connections := range []int{1, 50} {
		b.Run(fmt.Sprintf("connections-%d", connections), func(b *testing.B) {
			for range b.N {
				n := 40 * connections
				if connections == 1 {
					n = 500
				}
				rate, p := postMany(b, connections, n, nil)
				p.signal(syscall.SIGTERM)
				b.ReportMetric(rate, "posts/s")
				b.ReportMetric(syncsPerPost(b, connections, n), "fsyncs/post")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func postMany(b *testing.B, connections, n int, program []string) (rate float64, p *process) {
	sink := benchSink(b)
	p = newProcess(b, sink.Addr(), "")
	p.program = append(program, p.program...)
	p.fill(10)
	p.start()
	var all sync.WaitGroup
	var next atomic.Int64
	began := time.Now()
	for range connections {
		c := dialClient(b, p.lmtp, "LHLO")
		all.Go(func() {
			defer c.Close()
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				c.post(fmt.Sprintf("post-%d@example.org", i), benchPost)
			}
		})
	}
	all.Wait()
	rate = float64(n) / time.Since(began).Seconds()
	if err := sink.Wait(b.Context(), 10*n); err != nil {
		b.Fatal(err)
	}
	return rate, p
}

var straceCount = regexp.MustCompile(`(?m)^\s*\S+\s+\S+\s+\S+\s+(\d+)\s.*\bf(?:data)?sync$`)

// syncsPerPost counts, in a run of its own since strace slows everything down.
func syncsPerPost(b *testing.B, connections, n int) float64 {
	strace, err := exec.LookPath("strace")
	if err != nil {
		b.Log("no strace: fsyncs are not counted")
		return 0
	}
	out := filepath.Join(b.TempDir(), "strace")
	_, p := postMany(b, connections, n, []string{strace, "-f", "-c", "-o", out, "-e", "trace=fsync,fdatasync"})
	p.signal(syscall.SIGTERM)
	text, err := os.ReadFile(out)
	if err != nil {
		b.Fatal(err)
	}
	syncs := 0
	for _, m := range straceCount.FindAllSubmatch(text, -1) {
		count, _ := strconv.Atoi(string(m[1]))
		syncs += count
	}
	return float64(syncs) / float64(n)
}

// BenchmarkImport: 100,000 members by CSV, with the program as users run it.
func BenchmarkImport(b *testing.B) {
	for range b.N {
		p := newProcess(b, "127.0.0.1:1", "")
		p.fill(0)
		var csv bytes.Buffer
		csv.WriteString("address,name,role,delivery\n")
		for i := range 100_000 {
			fmt.Fprintf(&csv, "person%d@example.net,Person %d,,each\n", i, i)
		}
		file := filepath.Join(p.dir, "members.csv")
		if err := os.WriteFile(file, csv.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		p.command("member", "import", "rust", file)
		b.ReportMetric(time.Since(began).Seconds(), "s")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart: until it listens, and memory when idle, with 100,000 members and 100,000 posts.
func BenchmarkStart(b *testing.B) {
	for range b.N {
		p := newProcess(b, "127.0.0.1:1", "")
		c := p.fill(100_000)
		db := p.open()
		benchPosts(b, db, c, 100_000)
		db.Close()
		took := p.start()
		idle, _ := p.memory()
		b.ReportMetric(took.Seconds(), "s-to-listening")
		b.ReportMetric(float64(idle)/1e6, "MB-idle")
	}
	b.ReportMetric(0, "ns/op")
}
