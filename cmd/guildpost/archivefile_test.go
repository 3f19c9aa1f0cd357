package main

import (
	"testing"
	"time"

	"guildpost/mail/archive"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/store/storetest"
)

func TestFilerAnswersTheWatcher(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	var f imapwatch.Archiver = &filer{archive.Importer{DB: db, Now: func() time.Time { return storetest.Now }}}
	one := []byte("From: Ann <ann@example.org>\r\nMessage-ID: <1@x>\r\nDate: Mon, 5 Jan 2015 10:00:00 +0000\r\n\r\nhello\r\n")
	got, err := f.File(t.Context(), c.ID, [][]byte{one, []byte("noise"), one})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0].Known || got[0].Err != nil || got[1].Err == nil || !got[2].Known || got[2].Err != nil {
		t.Errorf("got %+v", got)
	}
	if _, err := f.File(t.Context(), 99, [][]byte{one}); err == nil {
		t.Error("mail for no community was kept")
	}
}
