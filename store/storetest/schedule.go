package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var scheduleCases = []testCase{
	{"settings", settings},
	{"the first setting stays, whoever comes", firstSetting},
	{"a setting is changed by one after another", changeSetting},
	{"tasks are due in their order", tasks},
}

func settings(t *testing.T, db *store.DB) {
	_, err := db.Setting(ctx, "name")
	wantKind(t, "not set", err, store.NotFound)
	for _, value := range []string{"one", "two"} {
		check(t, db.SetSetting(ctx, "name", value))
		got, err := db.Setting(ctx, "name")
		check(t, err)
		equal(t, "value", got, value)
	}
}

func firstSetting(t *testing.T, db *store.DB) {
	kept := make([]string, 8)
	atOnce(len(kept), func(i int) {
		var err error
		if kept[i], err = db.FirstSetting(ctx, "secret", fmt.Sprint(i)); err != nil {
			t.Error(err)
		}
	})
	for _, value := range kept {
		equal(t, "kept", value, kept[0])
	}
}

func changeSetting(t *testing.T, db *store.DB) {
	atOnce(8, func(i int) {
		err := db.ChangeSetting(ctx, By(Now), "list", "add to list", func(value string) (string, error) { return value + fmt.Sprint(i), nil })
		if err != nil {
			t.Error(err)
		}
	})
	got, err := db.Setting(ctx, "list")
	check(t, err)
	equal(t, "changes", len(got), 8)
	err = db.ChangeSetting(ctx, By(Now), "list", "clear list", func(string) (string, error) { return "", store.Errorf(store.Conflict, "no") })
	wantKind(t, "a change that fails", err, store.Conflict)
	again, err := db.Setting(ctx, "list")
	check(t, err)
	equal(t, "after it", again, got)
	journal, err := db.Journal(ctx, 0, 100)
	check(t, err)
	equal(t, "entries of the journal", len(journal), 8)
	equal(t, "the values stand there", journal[0].Before+journal[0].After, "")
}

func tasks(t *testing.T, db *store.DB) {
	for i, hours := range []int{3, 1, 2, 1} {
		check(t, db.Schedule(ctx, store.Task{Kind: "remind", CommunityID: 1, ObjectID: int64(i),
			DueAt: Now.Add(time.Duration(hours) * time.Hour), Payload: fmt.Sprint(i)}))
	}
	// The same again moves it.
	check(t, db.Schedule(ctx, store.Task{Kind: "remind", CommunityID: 1, ObjectID: 3, DueAt: Now.Add(4 * time.Hour), Payload: "moved"}))
	check(t, db.Schedule(ctx, store.Task{Kind: "digest", CommunityID: 1, ObjectID: 3, DueAt: Now.Add(5 * time.Hour), Payload: "other kind"}))
	for _, test := range []struct {
		hours int
		want  string
	}{{0, ""}, {1, "1"}, {2, "1 2"}, {4, "1 2 0 moved"}, {9, "1 2 0 moved other kind"}} {
		due, err := db.Due(ctx, Now.Add(time.Duration(test.hours)*time.Hour))
		check(t, err)
		var got []string
		for _, task := range due {
			got = append(got, task.Payload)
		}
		equal(t, fmt.Sprintf("due after %d hours", test.hours), strings.Join(got, " "), test.want)
	}
}
