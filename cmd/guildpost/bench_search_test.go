package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/archive"
	"guildpost/store"
	"guildpost/store/storetest"
)

// searchedPosts is how many posts are searched; GUILDPOST_BENCH_POSTS says another number.
const searchedPosts = 1_000_000

// longThread is how many posts the longest thread has.
const longThread = 1000

// A babbler writes posts in the words of the corpus, with their frequencies and in their order for some words on end.
type babbler struct {
	random *rand.Rand
	texts  [][]string // the words of real messages, as they were written
	n      int
}

func newBabbler(t testing.TB) *babbler {
	t.Helper()
	b := &babbler{random: rand.New(rand.NewPCG(1, 2))}
	box := corpusBox(t)
	defer box.Close()
	for {
		m, err := box.Next()
		if err == io.EOF {
			return b
		}
		if err != nil {
			t.Fatal(err)
		}
		if words := strings.Fields(mail.Read(m.Raw).Text().Readable()); len(words) > 0 {
			b.texts = append(b.texts, words)
		}
	}
}

func (b *babbler) text() []string { return b.texts[b.random.IntN(len(b.texts))] }

// words are n words: runs of up to 20 from here and there.
func (b *babbler) words(n int) []string {
	all := make([]string, 0, n)
	for len(all) < n {
		text := b.text()
		from := b.random.IntN(len(text))
		run := text[from:min(len(text), from+1+b.random.IntN(20))]
		all = append(all, run[:min(len(run), n-len(all))]...)
	}
	return all
}

// post is the next post: as long as a real one, three in four answer one of the last posts, or make the long thread.
func (b *babbler) post() store.Arrival {
	b.n++
	id := "post-" + strconv.Itoa(b.n) + "@example.org"
	author := fmt.Sprintf("author%d", b.random.IntN(5000))
	var body strings.Builder
	for i, word := range b.words(min(len(b.text()), 2000)) {
		if i > 0 {
			body.WriteByte(" \n"[min(i%12, 1)^1])
		}
		body.WriteString(word)
	}
	a := store.Arrival{MessageID: id, From: author + "@example.org", FromName: "Author " + author, Subject: strings.Join(b.words(2+b.random.IntN(5)), " "),
		Date: time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(b.n) * 10 * time.Minute)}
	switch {
	case b.n > longThread && b.n <= 2*longThread:
		a.References = []string{"post-" + strconv.Itoa(longThread) + "@example.org"}
	case b.random.IntN(4) > 0 && b.n > 2*longThread+500:
		a.References = []string{"post-" + strconv.Itoa(b.n-1-b.random.IntN(400)) + "@example.org"}
	}
	a.Raw = fmt.Appendf(nil, "From: %s <%s>\r\nTo: rust@lists.example.org\r\nSubject: %s\r\nMessage-ID: <%s>\r\nDate: %s\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", a.FromName, a.From, a.Subject, id, a.Date.Format(time.RFC1123Z), body.String())
	sum := sha256.Sum256([]byte(body.String()))
	a.BodyHash = sum[:]
	from := mail.FoldWords(a.FromName + " " + a.From)
	a.Text = store.PostText{Subject: mail.FoldWords(a.Subject), Author: mail.FoldWords(a.FromName), From: from, To: "rust lists example org",
		Body: mail.FoldWords(body.String()), NewChars: body.Len()}
	return a
}

// query is two words that somebody may look for: of one message, or of two.
func (b *babbler) query() string {
	one := b.text()
	other := one
	if b.random.IntN(2) == 0 {
		other = b.text()
	}
	return wordOf(mail.FoldWords(one[b.random.IntN(len(one))])) + " " + wordOf(mail.FoldWords(other[b.random.IntN(len(other))]))
}

// wordOf is the longest of some words.
func wordOf(words string) string {
	all := strings.Fields(words)
	if len(all) == 0 {
		return "the"
	}
	return slices.MaxFunc(all, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
}

// fill files posts as an import does, in the order of their dates.
func (b *babbler) fill(t testing.TB, db *store.DB, c store.Community, posts int) {
	t.Helper()
	ctx, now := context.Background(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	run, err := db.BeginImport(ctx, store.Actor{Who: "postmaster", At: now}, c.ID, "babble", "1")
	if err != nil {
		t.Fatal(err)
	}
	batches := make(chan []store.Arrival, 2)
	go func() {
		defer close(batches)
		for made := 0; made < posts; made += 1000 {
			batch := make([]store.Arrival, 0, 1000)
			for range min(1000, posts-made) {
				batch = append(batch, b.post())
			}
			batches <- batch
		}
	}()
	taken := int64(0)
	for batch := range batches {
		taken += int64(len(batch))
		if _, err := db.ImportPosts(ctx, c.ID, store.Filing{ImportID: run.ID, Taken: taken, Posts: batch, Now: now}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.FinishImport(ctx, store.Actor{Who: "postmaster", At: now}, run.ID); err != nil {
		t.Fatal(err)
	}
	if err := db.OptimizeSearch(ctx); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkSearch searches an archive of a million posts for two words at a time, with snippets, and reads the first page of
// a thread of 1,000 posts.
func BenchmarkSearch(b *testing.B) {
	posts := searchedPosts
	if n, err := strconv.Atoi(os.Getenv("GUILDPOST_BENCH_POSTS")); err == nil {
		posts = n
	}
	db := storetest.OpenWith(b, store.Options{Path: filepath.Join(b.TempDir(), "guildpost.db")})
	c := storetest.Community(b, db, "rust")
	words := newBabbler(b)
	began := time.Now()
	words.fill(b, db, c, posts)
	filled := time.Since(began)
	for b.Loop() {
		b.ReportMetric(filled.Seconds(), "s-to-file")
		measureSearch(b, words, &archive.Searcher{DB: db}, c)
		measureThread(b, db)
	}
	b.ReportMetric(0, "ns/op")
}

func measureSearch(b *testing.B, words *babbler, s *archive.Searcher, c store.Community) {
	const queries = 500
	for _, ranked := range []bool{false, true} {
		var took []time.Duration
		hits, used := 0, processorTime(b)
		for range queries {
			q, err := archive.ParseQuery(words.query(), archive.Asking{Now: time.Now(), Zone: time.UTC})
			if err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			found, _, err := s.Search(context.Background(), q, []store.Community{c}, archive.Page{Limit: 20, Ranked: ranked})
			if err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
			hits += len(found)
		}
		slices.Sort(took)
		name := map[bool]string{false: "newest", true: "ranked"}[ranked]
		b.ReportMetric(float64(took[queries/2].Microseconds())/1000, name+"-median-ms")
		b.ReportMetric(float64(took[queries*99/100].Microseconds())/1000, name+"-p99-ms")
		b.ReportMetric(float64(hits)/queries, name+"-hits")
		b.ReportMetric(float64((processorTime(b)-used).Microseconds())/1000/queries, name+"-cpu-ms")
	}
}

// processorTime is what this process has used of the processors: a figure that others on the machine change little.
func processorTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func measureThread(b *testing.B, db *store.DB) {
	ctx := context.Background()
	first, err := db.PostsByMessageID(ctx, "post-"+strconv.Itoa(longThread)+"@example.org")
	if err != nil || len(first) != 1 {
		b.Fatal(first, err)
	}
	var took []time.Duration
	for range 50 {
		began := time.Now()
		page, err := db.ThreadPage(ctx, first[0].ThreadID, store.ThreadPlace{}, 50)
		if err != nil || len(page) != 50 {
			b.Fatal(len(page), err)
		}
		for _, p := range page {
			raw, err := db.Raw(ctx, p.RawID)
			if err != nil {
				b.Fatal(err)
			}
			mail.Read(raw).Text()
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "thread-page-ms")
}
