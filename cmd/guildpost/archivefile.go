package main

import (
	"context"

	"guildpost/mail/archive"
	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
)

// A filer keeps what comes from mailboxes of mode archive.
type filer struct{ archive.Importer }

// File implements imapwatch.Archiver. What is no message is kept aside, and is an error for the watcher to tell.
func (f *filer) File(ctx context.Context, community int64, messages []imapwatch.Incoming) ([]imapwatch.FileResult, error) {
	c, err := f.DB.Community(ctx, community)
	if err != nil {
		return nil, err
	}
	incoming := make([]archive.Incoming, len(messages))
	for i, m := range messages {
		incoming[i] = archive.Incoming{Raw: m.Raw, Received: m.Received, Place: "IMAP"}
	}
	filed, err := f.Importer.File(ctx, c, incoming)
	if err != nil {
		return nil, err
	}
	results := make([]imapwatch.FileResult, len(filed))
	for i, one := range filed {
		if results[i].Known = one.Duplicate; one.Problem != "" {
			results[i].Err = store.Errorf(store.Invalid, "%s", one.Problem)
		}
	}
	return results, nil
}
