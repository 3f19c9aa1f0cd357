package digest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"guildpost/digest/issue"
	"guildpost/store"
	"guildpost/store/storetest"
)

// TestPastMeetings: what is known of a date that was held is told, and no more: ratings of few people are not.
func TestPastMeetings(t *testing.T) {
	names := []string{"Ada", "Ben", "Cid", "Dana", "Eve", "Fay"}
	m := newMonth(t, names...)
	ctx := context.Background()
	meeting := storetest.Meeting(t, m.n.DB, m.c, "clinic@x")
	minutes := m.write("Ada", "Minutes", "We met.", "", newsTime.AddDate(0, 0, -9))
	m.check(m.n.DB.Schedule(ctx, store.Task{Kind: "begin", CommunityID: m.c.ID, DueAt: newsTime.AddDate(0, 0, -20)}))
	due, err := m.n.DB.TasksDue(ctx, "begin", newsTime)
	m.check(err)
	date := func(title string, days int) store.Beginning {
		starts := newsTime.AddDate(0, 0, -days)
		b := store.Beginning{Occurrence: store.Occurrence{CommunityID: m.c.ID, MeetingID: meeting.ID, Key: starts.Format("20060102T150405Z"), Title: title, Starts: starts, Ends: starts.Add(time.Hour)}}
		for i, name := range names {
			a := store.Attendance{Subscription: m.subs[name], Invited: true}
			if i < 4 {
				a.Answer = store.Accepted
			}
			b.Invited = append(b.Invited, a)
		}
		return b
	}
	cancelled := date("Cancelled", 12)
	cancelled.Occurrence.CancelledAt = newsTime.AddDate(0, 0, -13)
	_, err = m.n.DB.BeginOccurrences(ctx, due[0], time.Time{}, []store.Beginning{date("Clinic", 10), date("Talk", 5), date("Too long ago", 60), cancelled})
	m.check(err)
	held, err := m.n.DB.OccurrencesBetween(ctx, m.c.ID, newsTime.AddDate(0, 0, -11), newsTime)
	m.check(err)
	report := store.AttendanceReport{OccurrenceID: held[0].ID, Known: true, By: m.subs["Ada"].ID, Minutes: "We met.", MinutesID: minutes, Source: "page"}
	for _, name := range names[:5] {
		report.Came = append(report.Came, m.subs[name].ID)
	}
	m.check(m.n.DB.RecordAttendance(ctx, newsTime, report, nil))
	for _, o := range held {
		m.check(m.n.DB.Schedule(ctx, store.Task{Kind: "ask", CommunityID: m.c.ID, ObjectID: o.ID, DueAt: newsTime}))
	}
	asked, err := m.n.DB.TasksDue(ctx, "ask", newsTime)
	m.check(err)
	var everybody []int64
	for _, name := range names {
		everybody = append(everybody, m.subs[name].ID)
	}
	for _, task := range asked {
		_, err := m.n.DB.AskFeedback(ctx, newsTime, task, time.Time{}, everybody, nil)
		m.check(err)
	}
	for i, name := range names[:5] {
		m.check(m.n.DB.RecordFeedback(ctx, newsTime, store.Feedback{OccurrenceID: held[0].ID, SubscriptionID: m.subs[name].ID, Rating: 5 - i%2, Source: "page", At: newsTime}, nil))
		if i < 3 {
			m.check(m.n.DB.RecordFeedback(ctx, newsTime, store.Feedback{OccurrenceID: held[1].ID, SubscriptionID: m.subs[name].ID, Rating: 1, Source: "page", At: newsTime}, nil))
		}
	}
	is, _ := m.compose()
	m.want(is, issue.Past, "Clinic – Thursday, 19 November 2026; 5 people came; rated 4.6 of 5 by 5 people; minutes (get 1)", "Talk – Tuesday, 24 November 2026; 4 people had accepted")
	if got := fmt.Sprint(m.told(is, issue.Coming)); got != "[]" {
		t.Errorf("what comes: %s", got)
	}
}
