package main

import (
	"testing"
	"time"

	"guildpost/mail/archive"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
	"guildpost/store/storetest"
)

func TestFilerAnswersTheWatcher(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	var f imapwatch.Archiver = &filer{archive.Importer{DB: db, Now: func() time.Time { return storetest.Now }}}
	one := "From: Ann <ann@example.org>\r\nMessage-ID: <1@x>\r\n\r\nhello\r\n"
	got, err := f.File(t.Context(), c.ID, incoming(one, "noise", one))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0].Known || got[0].Err != nil || got[1].Err == nil || !got[2].Known || got[2].Err != nil {
		t.Errorf("got %+v", got)
	}
	if _, err := f.File(t.Context(), 99, incoming(one)); err == nil {
		t.Error("mail for no community was kept")
	}
	posts, err := db.ExportPosts(t.Context(), c.ID, store.ExportFilter{Limit: 10})
	if err != nil || len(posts) != 1 || !posts[0].Date.Equal(lastYear) {
		t.Errorf("filed %+v, %v; want one post of %v, when it came", posts, err, lastYear)
	}
}

// incoming is what the watcher hands over, of messages that came at lastYear.
func incoming(all ...string) (messages []imapwatch.Incoming) {
	for _, raw := range all {
		messages = append(messages, imapwatch.Incoming{Raw: []byte(raw), Received: lastYear})
	}
	return messages
}

var lastYear = storetest.Now.AddDate(-1, 0, 0)
