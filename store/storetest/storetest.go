// Package storetest holds what every database behind package store must do: one suite, run on SQLite and on
// PostgreSQL. A finding in one of them becomes a case for both. It also builds the small worlds that the tests of
// the services need: a store in a temporary folder, a community, its members, a message that arrives.
package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"guildpost/store"
)

// A testCase is one fact about the store; it gets an empty database of its own.
type testCase struct {
	name string
	run  func(t *testing.T, db *store.DB)
}

// Run runs the suite. open returns an empty database that is gone after the test.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	groups := []struct {
		name  string
		cases []testCase
	}{
		{"databases", databaseCases},
		{"communities", communityCases},
		{"members", memberCases},
		{"posts", postCases},
		{"imports", importCases},
		{"threads", threadCases},
		{"fanout", fanoutCases},
		{"fairness", fairCases},
		{"queue", queueCases},
		{"workers", workerCases},
		{"pruning", pruneCases},
		{"schedule", scheduleCases},
		{"holds", holdCases},
		{"failures", failureCases},
		{"limits", limitCases},
		{"thread modes", threadModeCases},
		{"thread edits", threadEditCases},
		{"search", searchCases},
		{"imap", imapCases},
		{"mailboxes", mailboxCases},
		{"measures", measureCases},
		{"meetings", meetingCases},
		{"digests", digestCases},
		{"people", personCases},
		{"retention", retentionCases},
		{"small things", smallCases},
		{"dates of meetings", occurrenceCases},
		{"meeting versions", meetingVersionCases},
		{"reminders", reminderCases},
		{"feeds", feedCases},
		{"places", placeCases},
		{"polls", pollCases},
		{"newsletters", newsletterCases},
		{"thanks", thanksCases},
		{"reports", reportCases},
		{"briefs", briefCases},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
			}
		})
	}
}

// Open opens an empty SQLite store that is gone after the test.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenWith(t, store.Options{Path: filepath.Join(t.TempDir(), "guildpost.db")})
}

// OpenWith opens a store that is closed after the test.
func OpenWith(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return db
}
