package archive_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/archive"
	"guildpost/store"
	"guildpost/store/storetest"
)

// message is one that is imported, with its lines as they are.
func message(lines ...string) archive.Incoming {
	return archive.Incoming{Raw: []byte(strings.Join(lines, "\r\n") + "\r\n")}
}

// texts are all messages that are kept.
func texts(t *testing.T, db *store.DB) string {
	t.Helper()
	ids, err := db.RawIDs(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, id := range ids {
		raw, err := db.Raw(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
		all.WriteString(mail.Read(raw).Text().All)
	}
	return all.String()
}

// TestEraseOneOfTwo: two people have one name; one of them, who has two addresses and whose Message-IDs hold one, is
// erased, and the other is not.
func TestEraseOneOfTwo(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	im := &archive.Importer{DB: db, Now: func() time.Time { return storetest.Now }}
	_, err := im.File(ctx, c, []archive.Incoming{
		message("From: Ada Smith <ada@a.example>", "Subject: one", "Message-ID: <1.ada@a.example>", "", "Mine, all mine and of nobody else at all."),
		message("From: Ben <ben@b.example>", "Subject: Re: one", "Message-ID: <2@b.example>", "References: <1.ada@a.example>", "",
			"On 3 Aug 2026, Ada Smith <ada@a.example> wrote:", "> Mine, all mine and of nobody else at all.", "", "I met Ada Smith."),
		message("From: Ada Smith <other@b.example>", "Subject: two", "Message-ID: <3@b.example>", "", "I am Ada Smith, too."),
	})
	if err != nil {
		t.Fatal(err)
	}
	e := &archive.Eraser{DB: db, Now: im.Now, Key: "key"}
	for round := range 2 { // the second time there is nothing left to do
		found, err := e.Erase(ctx, storetest.By(storetest.Now), "ada@a.example")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(found.Posts, found.Others, found.Overwritten), fmt.Sprint(1-round, 1-round, true); got != want {
			t.Errorf("round %d: got %s, want %s", round, got, want)
		}
	}
	left := texts(t, db)
	for _, word := range []string{"ada@a.example", "all mine and of nobody"} {
		if strings.Contains(left, word) {
			t.Errorf("%q is left:\n%s", word, left)
		}
	}
	for _, word := range []string{"From: Ada Smith <other@b.example>", "I am Ada Smith, too.", "I met Ada Smith."} {
		if !strings.Contains(left, word) {
			t.Errorf("%q is gone:\n%s", word, left)
		}
	}
	threads, err := db.Threads(ctx, c.ID, 10)
	if err != nil || len(threads) != 2 {
		t.Fatal(threads, err)
	}
	posts, err := db.ThreadPage(ctx, threads[0].ID, store.ThreadPlace{}, 10)
	if err == nil && len(posts) == 1 {
		posts, err = db.ThreadPage(ctx, threads[1].ID, store.ThreadPlace{}, 10)
	}
	if err != nil || len(posts) != 2 {
		t.Fatal(posts, err)
	}
	for _, p := range posts {
		if !p.Erased && p.Parent == 0 {
			t.Errorf("the answer %s has lost what it answers", p.MessageID)
		}
	}
}
