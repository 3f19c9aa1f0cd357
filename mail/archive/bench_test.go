package archive_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/archive"
	"guildpost/store"
	"guildpost/store/storetest"
)

const benchMembers = 10_000

func benchName(i int) (name, address string) {
	return fmt.Sprintf("Name%d Family%d", i, i), fmt.Sprintf("member%d@members.example", i)
}

// benchPost is a post of a member that answers, and quotes, one of another. A third of them are encoded.
func benchPost(i int, words []string, random *rand.Rand) []byte {
	name, address := benchName(i % benchMembers)
	other, otherAddress := benchName((i + benchMembers - 1) % benchMembers)
	var body strings.Builder
	fmt.Fprintf(&body, "On Monday, %s <%s> wrote:\r\n> %s\r\n\r\n", other, otherAddress, benchWords(words, random, 12))
	for range 20 {
		body.WriteString(benchWords(words, random, 14) + "\r\n")
	}
	text, encoding := body.String(), "8bit"
	if i%3 == 0 {
		text, encoding = base64Lines(text), "base64"
	}
	refs := ""
	if i%10 > 0 {
		refs = fmt.Sprintf("References: <post%d@members.example>\r\n", i-1)
	}
	return []byte(fmt.Sprintf("From: %s <%s>\r\nTo: rust@lists.example.org\r\nSubject: Subject %d\r\nMessage-ID: <post%d@members.example>\r\n%s"+
		"Date: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s",
		name, address, i/10, i, refs, storetest.Now.Add(time.Duration(i)*time.Second).Format(time.RFC1123Z), encoding, text))
}

func base64Lines(text string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	var b strings.Builder
	for ; len(encoded) > 76; encoded = encoded[76:] {
		b.WriteString(encoded[:76] + "\r\n")
	}
	return b.String() + encoded + "\r\n"
}

func benchWords(words []string, random *rand.Rand, n int) string {
	line := make([]string, n)
	for i := range line {
		line[i] = words[random.IntN(len(words))]
	}
	return strings.Join(line, " ")
}

// fillArchive files n posts of 10,000 members.
func fillArchive(b *testing.B, db *store.DB, n int) store.Community {
	b.Helper()
	c := storetest.Community(b, db, "rust")
	members := make([]store.NewMember, benchMembers)
	for i := range members {
		name, address := benchName(i)
		members[i] = store.NewMember{Address: address, Name: name}
	}
	if _, err := db.ImportMembers(context.Background(), storetest.By(storetest.Now), c.ID, members); err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 20_000)
	for i := range words {
		words[i] = fmt.Sprintf("w%x", random.IntN(1<<24))
	}
	im := &archive.Importer{DB: db, Now: func() time.Time { return storetest.Now.AddDate(1, 0, 0) }}
	for done := 0; done < n; done += 1000 {
		batch := make([]archive.Incoming, min(1000, n-done))
		for i := range batch {
			batch[i] = archive.Incoming{Raw: benchPost(done+i, words, random)}
		}
		if _, err := im.File(context.Background(), c, batch); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// BenchmarkErase erases one member of 10,000, with GUILDPOST_BENCH_POSTS posts in the archive (else 5,000).
func BenchmarkErase(b *testing.B) {
	n := 5000
	if s := os.Getenv("GUILDPOST_BENCH_POSTS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	db := storetest.Open(b)
	fillArchive(b, db, n)
	e := &archive.Eraser{DB: db, Now: func() time.Time { return storetest.Now }, Key: "key"}
	member := 0
	for b.Loop() {
		member += 7
		_, address := benchName(member)
		found, err := e.Erase(context.Background(), storetest.By(storetest.Now), address)
		if err != nil || found.Posts == 0 && n >= benchMembers || !found.Overwritten {
			b.Fatal(found, err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/person")
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkThreadPage finds the first page of 50 posts in a thread of 1,000, and reads it with what they say.
func BenchmarkThreadPage(b *testing.B) {
	ctx := context.Background()
	db := storetest.Open(b)
	c := storetest.Community(b, db, "rust")
	var all []archive.Incoming
	for i := range 1000 {
		refs := ""
		for k := max(0, i-20); k < i; k++ {
			refs += fmt.Sprintf(" <m%d@x.example>", k)
		}
		all = append(all, archive.Incoming{Raw: []byte(fmt.Sprintf("From: a%d@x.example\r\nSubject: Re: long\r\nMessage-ID: <m%d@x.example>\r\nReferences:%s\r\n"+
			"Date: %s\r\n\r\n> quoted\r\n\r\n%s\r\n", i%50, i, refs, storetest.Now.Add(time.Duration(i)*time.Minute).Format(time.RFC1123Z), strings.Repeat("A line of text.\r\n", 30)))})
	}
	im := &archive.Importer{DB: db, Now: func() time.Time { return storetest.Now.AddDate(1, 0, 0) }}
	if _, err := im.File(ctx, c, all); err != nil {
		b.Fatal(err)
	}
	threads, err := db.Threads(ctx, c.ID, 10)
	if err != nil || len(threads) != 1 || threads[0].Posts != 1000 {
		b.Fatal(threads, err)
	}
	for _, texts := range []bool{false, true} {
		b.Run(map[bool]string{false: "posts", true: "texts"}[texts], func(b *testing.B) {
			for b.Loop() {
				readThreadPage(b, db, threads[0].ID, texts)
			}
		})
	}
}

func readThreadPage(b *testing.B, db *store.DB, thread int64, texts bool) {
	b.Helper()
	const posts = 50
	ctx := context.Background()
	if _, err := db.Thread(ctx, thread); err != nil {
		b.Fatal(err)
	}
	page, err := db.ThreadPage(ctx, thread, store.ThreadPlace{}, posts)
	if err != nil || len(page) != posts || page[posts-1].Parent == 0 {
		b.Fatal(len(page), err)
	}
	for _, p := range page {
		if !texts {
			continue
		}
		raw, err := db.Raw(ctx, p.RawID)
		if err != nil {
			b.Fatal(err)
		}
		mail.Read(raw).TextBlocks()
	}
}
