package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
)

// A recorder is a connector whose connections note the statements they are given.
type recorder struct {
	sqliteConnector
	mu    sync.Mutex
	texts map[string]int // and the number of arguments
}

func (r *recorder) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.sqliteConnector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return recordingConn{conn.(*sqlite3.SQLiteConn), r}, nil
}

func (r *recorder) note(text string, args int) {
	if strings.HasPrefix(text, "EXPLAIN") {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts[text] = args
}

type recordingConn struct {
	*sqlite3.SQLiteConn
	*recorder
}

func (c recordingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.note(text, len(args))
	return c.SQLiteConn.ExecContext(ctx, text, args)
}

func (c recordingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.note(text, len(args))
	return c.SQLiteConn.QueryContext(ctx, text, args)
}

// openRecorded opens a database all of whose statements are noted.
func openRecorded(t *testing.T) (*DB, *recorder) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guildpost.db")
	db, err := Open(ctx, Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := &recorder{sqliteConnector: sqliteConnector{dsn: sqliteDSN(path, "")}, texts: map[string]int{}}
	for _, pool := range []**sql.DB{&db.read, &db.durable.pool, &db.relaxed.pool} {
		(*pool).Close()
		*pool = sql.OpenDB(r)
	}
	return db, r
}

// These tables grow without bound: no statement may read one whole, nor by an index of which it uses too little.
var largeTables = []string{
	"posts",
	"post_references",
	"threads",
	"raw_messages",
	"bundles",
	"blobs",
	"raw_blobs",
	"attachments",
	"import_problems",
	"holds",
	"deliveries",
	"subscriptions",
	"members",
	"addresses",
	"journal",
	"dispatches",
	"dispatch_skips",
	"imap_open",
	"imap_handled",
	"post_flags",
	"app_passwords",
	"folder_choices",
	"invitations",
	"rsvps",
	"meeting_versions",
	"reminders",
	"wishes",
	"rollups",
	"proposals",
	"occurrences",
	"attendances",
	"feedbacks",
	"actions",
	"feeds",
	"places",
	"poll_asked",
	"poll_votes",
	"newsletters",
	"newsletter_notes",
	"reports",
	"thanks",
}

// These may. (Unfinished work is small: the partial indexes have it alone.)
var mayScan = []*regexp.Regexp{
	regexp.MustCompile(`USING (COVERING )?INDEX (deliveries_waiting|deliveries_claimed|deliveries_deferred|dispatches_expanding|dispatches_secret|raw_messages_alone)`),
	regexp.MustCompile(`^SCAN next`),
}

// Statements that look at everything, outside of a transaction; or at the end of it, as far as their limit.
var mayScanStatements = []string{"SELECT " + journalColumns + " FROM journal ORDER BY id DESC LIMIT ?", "SELECT id FROM deliveries WHERE state >= 3 AND updated_at <", "SELECT id FROM dispatches WHERE NOT expanding"}

func TestPlans(t *testing.T) {
	db, r := openRecorded(t)
	useEverything(t, db)
	if len(r.texts) < 40 {
		t.Errorf("only %d statements were seen", len(r.texts))
	}
	for text, n := range r.texts {
		if !regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)`).MatchString(text) {
			continue
		}
		plan := explainPlan(t, db, text, n)
		for _, step := range plan {
			if reason := slow(text, step); reason != "" {
				t.Errorf("%s: %s\n%s\nplan: %s", reason, step, text, strings.Join(plan, "; "))
			}
		}
	}
}

func explainPlan(t *testing.T, db *DB, text string, n int) (plan []string) {
	t.Helper()
	args := make([]any, n)
	for i := range args {
		args[i] = 1
	}
	rows, err := db.read.Query("EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	err = scanRows(rows, func(row rowScanner) error {
		var id, parent, unused int
		var detail string
		err := row.Scan(&id, &parent, &unused, &detail)
		plan = append(plan, detail)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

var stepOf = regexp.MustCompile(`^(SCAN|SEARCH) (\w+)(.*)`)

// wholeCommunity is a step that knows no more of the posts that it wants than their community.
var wholeCommunity = regexp.MustCompile(`^SEARCH posts USING (COVERING )?INDEX posts_(accepted|mailbox|sent) \(community_id=\?\)$`)

// slow says what is wrong with a step of a plan.
func slow(text, step string) string {
	m := stepOf.FindStringSubmatch(step)
	if strings.Contains(step, "posts_accepted") && strings.Contains(text, "from_address = ?") && !strings.Contains(text, "accepted_at >") {
		return "reads all posts of a community to find one author's"
	}
	if m == nil || m[1] != "SCAN" {
		if regexp.MustCompile(`posts_(accepted|mailbox|sent)`).MatchString(step) && strings.Contains(text, "message_id = ?") {
			return "reads many posts to find one"
		}
		if wholeCommunity.MatchString(step) && !strings.Contains(text, "FROM posts WHERE community_id = ?)") {
			return "reads all posts of a community"
		}
		return ""
	}
	for _, may := range mayScan {
		if may.MatchString(step) {
			return ""
		}
	}
	for _, start := range mayScanStatements {
		if strings.HasPrefix(strings.TrimSpace(text), start) {
			return ""
		}
	}
	for _, table := range largeTables {
		if m[2] == table || regexp.MustCompile(`\b`+table+` (AS )?`+m[2]+`\b`).MatchString(text) {
			return "reads all of " + table
		}
	}
	return ""
}

// useEverything runs the statements that run often, or while others wait.
func useEverything(t *testing.T, db *DB) {
	t.Helper()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	by := Actor{Who: "postmaster", At: now.Add(-time.Hour)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := db.CreateCommunity(ctx, by, Community{Name: "rust", Domain: "x.example"})
	must(err)
	for i := range 5 {
		_, _, err := db.AddMember(ctx, by, c.ID, NewMember{Address: fmt.Sprintf("%d@x.example", i)})
		must(err)
	}
	s, err := db.SubscriptionByAddress(ctx, c.ID, "1@x.example")
	must(err)
	s.Address = "new@x.example"
	must(db.UpdateSubscription(ctx, by, s))
	for i, reply := range []bool{false, true, true} {
		a := Arrival{CommunityID: c.ID, MessageID: fmt.Sprint(i), BodyHash: []byte("b"), SubjectBase: "s", Reply: reply, Now: now, Skip: []int64{1}}
		if i == 2 {
			a.References = []string{"1", "7"}
		}
		_, err := db.AcceptPost(ctx, a)
		must(err)
	}
	_, err = db.AcceptPost(ctx, Arrival{CommunityID: c.ID, MessageID: "7", BodyHash: []byte("b"), Now: now})
	must(err)
	_, err = db.HoldPost(ctx, Arrival{CommunityID: c.ID, MessageID: "held", BodyHash: []byte("b"), Now: now}, Holding{Reason: "why"})
	must(err)
	must(db.SendNotice(ctx, now, Notice{Recipient: "x@x.example"}))
	useImport(t, db, c, now)
	useQueue(t, db, now, s)
	useReading(t, db, c, s)
	useThreads(t, db, c)
	useIMAP(t, db, now)
	useDigests(t, db, c, s, now)
	useBriefs(t, db, c, s, now)
	useMeetings(t, db, c, s, now)
	useFeeds(t, db, c, s, now)
	usePlaces(t, db, c, s, now)
	usePolls(t, db, c, s, now)
}

func usePlaces(t *testing.T, db *DB, c Community, s Subscription, now time.Time) {
	t.Helper()
	m, err := db.AddMeeting(ctx, Actor{At: now}, Meeting{CommunityID: c.ID, UID: "places", Zone: "UTC", Settings: MeetingSettings{Capacity: 1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := Invitation{MeetingID: m.ID, State: Invited, Subscription: s}
	claim := func(string) (time.Time, bool) { return now.Add(time.Hour), true }
	place := Place{MeetingID: m.ID, State: PlaceWaiting}
	for n, step := range []func() error{
		func() error { _, err := db.Tell(ctx, now, m, []Telling{{Invitation: i}}); return err },
		func() error {
			_, err := db.RecordRSVPs(ctx, now, i, []RSVP{{Answer: Accepted}, {Answer: Declined, Occurrence: "20260810T130000Z"}}, nil, nil)
			return err
		},
		func() error { _, err := db.FillPlaces(ctx, now, m.ID, claim); return err },
		func() error { _, err := db.Places(ctx, m.ID, 0); return err },
		func() error { _, err := db.Places(ctx, m.ID, s.ID); return err },
		func() error { _, err := db.PlaceInLine(ctx, place); return err },
		func() error { _, err := db.MeetingsToSeat(ctx, now); return err },
		func() error { _, err := db.UntoldPlaces(ctx, m.ID, 10); return err },
		func() error { _, err := db.TellPlaces(ctx, now, []PlaceTelling{{Place: place}}); return err },
		func() error { return db.AdoptPlaces(ctx, m.ID) },
		func() error { return db.GivePlace(ctx, Actor{At: now}, m, s, "20260817T130000Z") },
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

func usePolls(t *testing.T, db *DB, c Community, s Subscription, now time.Time) {
	t.Helper()
	p, err := db.OpenPoll(ctx, Actor{At: now}, Poll{CommunityID: c.ID, UID: "p", Options: []PollOption{{Number: 1, UID: "o", Zone: "UTC"}}},
		func(p Poll) []Task { return []Task{{Kind: "poll", CommunityID: c.ID, ObjectID: p.ID, DueAt: now}} })
	if err != nil {
		t.Fatal(err)
	}
	asked := []AskedMember{{Subscription: s, Notice: Notice{Recipient: s.Address}}}
	for n, step := range []func() error{
		func() error { _, err := db.Poll(ctx, p.ID); return err },
		func() error { _, err := db.PollByUID(ctx, c.ID, "p"); return err },
		func() error { _, err := db.Polls(ctx, c.ID, false); return err },
		func() error { _, err := db.PollsToTell(ctx); return err },
		func() error { return db.PollTold(ctx, PollToTell{Poll: p}) },
		func() error { _, err := db.NotPolled(ctx, p, 0, 10); return err },
		func() error { _, err := db.AskInPoll(ctx, now, p, asked); return err },
		func() error { return db.Vote(ctx, now, p.ID, s.ID, []PollVote{{Number: 1, Answer: Accepted}}, nil) },
		func() error { _, err := db.PollVotes(ctx, p.ID, s.ID); return err },
		func() error { _, err := db.PollVotes(ctx, p.ID, 0); return err },
		func() error { _, _, err := db.PollAsked(ctx, p.ID); return err },
		func() error { _, err := db.PolledWithout(ctx, p.ID, PollReminded, 10); return err },
		func() error { _, err := db.PolledWithout(ctx, p.ID, PollHeard, 10); return err },
		func() error { _, err := db.MarkPolled(ctx, now, p.ID, PollReminded, asked); return err },
		func() error {
			_, err := db.ClosePoll(ctx, Actor{At: now}, p, 1, Meeting{CommunityID: c.ID, UID: "o", Zone: "UTC"}, nil, nil)
			return err
		},
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

func useFeeds(t *testing.T, db *DB, c Community, s Subscription, now time.Time) {
	t.Helper()
	f := Feed{CommunityID: c.ID, MemberID: s.MemberID, Secret: "x"}
	for n, step := range []func() (err error){
		func() (err error) { f, err = db.FirstFeed(ctx, Actor{At: now}, f); return err },
		func() error {
			_, err := db.FirstFeed(ctx, Actor{At: now}, Feed{CommunityID: c.ID, Secret: "y"})
			return err
		},
		func() error { _, err := db.FindFeed(ctx, c.ID, s.MemberID); return err },
		func() error { _, err := db.FeedBySecret(ctx, "x"); return err },
		func() error { _, err := db.FetchedFeed(ctx, f, "e", now); return err },
		func() error { _, err := db.RSVPsOf(ctx, s.ID); return err },
		func() error { _, err := db.InvitationsOf(ctx, s.ID); return err },
		func() error { _, err := db.MembershipsOf(ctx, s.MemberID); return err },
		func() error { return db.RevokeFeed(ctx, Actor{At: now}, c.ID, s.MemberID) },
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

func useBriefs(t *testing.T, db *DB, c Community, s Subscription, now time.Time) {
	t.Helper()
	s, err := db.Subscription(ctx, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, roles := range [][]Role{{Facilitator}, nil, {Facilitator}} {
		s.Roles = roles
		if err := db.UpdateSubscription(ctx, Actor{At: now}, s); err != nil {
			t.Fatal(err)
		}
	}
	s.Timezone = "Asia/Tokyo"
	if err := db.UpdateSubscription(ctx, Actor{At: now}, s); err != nil {
		t.Fatal(err)
	}
	zone := c.Timezone
	for _, c.Timezone = range []string{"America/Lima", zone} {
		if err := db.UpdateCommunity(ctx, Actor{At: now}, c); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Application(ctx, c.ID, s.Address); KindOf(err) != NotFound {
		t.Fatal(err)
	}
	due, err := db.BriefsDue(ctx, now, 10)
	if err != nil || len(due) == 0 {
		t.Fatal(len(due), err)
	}
	if _, err := db.SendBrief(ctx, now, due[0], now, nil); err != nil {
		t.Fatal(err)
	}
}

func useDigests(t *testing.T, db *DB, c Community, s Subscription, now time.Time) {
	t.Helper()
	for _, mode := range []DeliveryMode{Daily, Each, Weekly} {
		s.Delivery = mode
		if err := db.UpdateSubscription(ctx, Actor{At: now}, s); err != nil {
			t.Fatal(err)
		}
	}
	_, listedErr := db.ListedSince(ctx, c.ID, 0, 10)
	_, oneErr := db.Digest(ctx, s.ID)
	_, lastErr := db.LastPostBefore(ctx, c.ID, now)
	_, tasksErr := db.DigestTasks(ctx, now)
	if err := errors.Join(listedErr, oneErr, lastErr, tasksErr); err != nil {
		t.Fatal(err)
	}
	due, err := db.DigestsDue(ctx, now, 10)
	if err != nil || len(due) == 0 {
		t.Fatal(len(due), err)
	}
	if _, err := db.SendDigest(ctx, now, c.ID, []byte("To: x\n\n"), []DigestStep{{Was: due[0], Next: now}}); err != nil {
		t.Fatal(err)
	}
}

func useMeetings(t *testing.T, db *DB, c Community, s Subscription, now time.Time) {
	t.Helper()
	m, err := db.AddMeeting(ctx, Actor{At: now}, Meeting{CommunityID: c.ID, UID: "1", Zone: "UTC"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := Invitation{MeetingID: m.ID, State: Invited, Subscription: s}
	for n, step := range []func() error{
		func() error { _, err := db.MeetingsToTell(ctx, now); return err },
		func() error { return db.Told(ctx, MeetingToTell{Meeting: m}) },
		func() error { _, err := db.Tell(ctx, now, m, []Telling{{Invitation: i}}); return err },
		func() error { _, err := db.Meeting(ctx, m.ID); return err },
		func() error { _, err := db.MeetingByUID(ctx, c.ID, "1"); return err },
		func() error { _, err := db.Meetings(ctx, c.ID, now); return err },
		func() error { _, err := db.Invitation(ctx, m.ID, s.ID); return err },
		func() error { _, err := db.Invitations(ctx, m.ID, 0, 10); return err },
		func() error { _, err := db.NotInvited(ctx, m, 0, 10); return err },
		func() error { _, err := db.Outdated(ctx, m, 10); return err },
		func() error { _, err := db.RecordRSVPs(ctx, now, i, []RSVP{{Answer: Accepted}}, nil, nil); return err },
		func() error { _, err := db.RSVPs(ctx, m.ID, s.ID); return err },
		func() error {
			_, err := db.ToRemind(ctx, now, Reminding{Meeting: m, Kind: RemindDate}, 0, 10)
			return err
		},
		func() error {
			_, err := db.Remind(ctx, now, Reminding{Meeting: m, Kind: RemindDate}, []Notice{{SubscriptionID: s.ID}})
			return err
		},
		func() error { return db.ForgetReminders(ctx, now) },
		func() error { _, err := db.RolledUp(ctx, s.ID); return err },
		func() error { _, err := db.ShowRecords(ctx, []int64{s.ID}); return err },
		func() error { _, err := db.RollUp(ctx, now, s.ID, time.Time{}, nil); return err },
		func() error { _, err := db.FailedInvitations(ctx, m.ID, now, now); return err },
		func() error { _, err := db.AddWishes(ctx, now, i, []Wish{{Text: "x"}}, 1, nil); return err },
		func() error { _, err := db.Wishes(ctx, m.ID, ""); return err },
		func() error { _, err := db.TasksOf(ctx, "remind"); return err },
		func() error { return db.MoveTask(ctx, Task{}, now, "") },
		func() error { _, err := db.RSVPs(ctx, m.ID, 0); return err },
		func() error { _, err := db.MemberZones(ctx, c.ID); return err },
		func() error {
			call := Call{CommunityID: c.ID, UID: "1", Address: "ada@a.example", State: CallProposed, AskedAt: now}
			for range 2 { // new, and changed
				if call, err = db.KeepCall(ctx, call, false, nil); err != nil {
					return err
				}
			}
			call, err = db.KeepCall(ctx, call, true, nil)
			return errors.Join(err, db.DecideCall(ctx, Actor{At: now}, call.ID, CallCalled, nil))
		},
		func() error { _, err := db.Call(ctx, 2); return err },
		func() error { _, err := db.Calls(ctx, c.ID, "1"); return err },
		func() error { _, err := db.CallsToExpire(ctx, now); return err },
		func() error { _, err := db.RSVPsBetween(ctx, m.ID, 1, 2); return err },
		func() error { _, err := db.MeetingAsOf(ctx, m, 3); return err },
		func() error {
			m, err = db.ChangeMeetingDates(ctx, Actor{At: now}, m, nil, map[string]string{"20260810T130000Z": "20260810T140000Z"})
			return err
		},
		func() error { _, err := db.WishedDates(ctx, m.ID, ""); return err },
		func() error { _, err := db.AddGuest(ctx, Actor{At: now}, c.ID, "guest@a.example", ""); return err },
		func() error { useOccurrences(t, db, m, s, now); return nil },
		func() error { _, err := db.RecordProposal(ctx, i, Proposal{Starts: now}, Task{}, nil); return err },
		func() error {
			_, err := db.RecordProposal(ctx, i, Proposal{Starts: now, Stamp: now}, Task{}, nil)
			return err
		},
		func() error {
			_, err := db.RecordProposal(ctx, i, Proposal{Stamp: now.Add(1)}, Task{}, nil)
			return err
		},
		func() error { _, err := db.Proposals(ctx, m.ID); return err },
		func() error { _, err := db.Proposal(ctx, 1); return err },
		func() error {
			_, err := db.TellProposals(ctx, now, Task{ID: 1, ObjectID: m.ID}, now, 1, nil)
			return err
		},
		func() error { _, err := db.EndProposals(ctx, Actor{At: now}, m, []ProposalEnd{{ID: 1}}); return err },
		func() error { return db.ClaimAddress(ctx, Actor{At: now}, c.ID, s.MemberID, "guest@a.example") },
		func() error {
			_, _, err := db.SplitMeeting(ctx, Actor{At: now}, m, Meeting{CommunityID: c.ID, UID: "2", Zone: "UTC"}, func(all []RSVP) []RSVP { return all }, nil)
			return err
		},
		func() error { _, err := db.CancelMeeting(ctx, Actor{At: now}, m.ID); return err },
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

func useOccurrences(t *testing.T, db *DB, m Meeting, s Subscription, now time.Time) {
	t.Helper()
	task := Task{Kind: "x", CommunityID: m.CommunityID, ObjectID: m.ID, DueAt: now}
	for n, step := range []func() error{
		func() error { return db.Schedule(ctx, task) },
		func() (err error) {
			due, err := db.TasksDue(ctx, "x", now)
			if err == nil {
				_, err = db.BeginOccurrences(ctx, due[0], now, []Beginning{{Occurrence: Occurrence{CommunityID: m.CommunityID, MeetingID: m.ID, Starts: now, Ends: now},
					Invited: []Attendance{{Subscription: s}}}})
			}
			return err
		},
		func() error { _, _, err := db.FirstInvited(ctx, m); return err },
		func() error { _, err := db.Occurrence(ctx, 1); return err },
		func() error { _, err := db.Occurrences(ctx, m.ID, 5); return err },
		func() error { _, err := db.OccurrencesBetween(ctx, m.CommunityID, now, now); return err },
		func() error { _, err := db.Attendances(ctx, 1); return err },
		func() error {
			return db.RecordAttendance(ctx, now, AttendanceReport{OccurrenceID: 1, Known: true, Came: []int64{s.ID}, Minutes: "x", Actions: []Action{{CommunityID: m.CommunityID}}}, nil)
		},
		func() error {
			_, err := db.AskFeedback(ctx, now, Task{ObjectID: 1}, now, []int64{s.ID}, nil)
			return err
		},
		func() error { _, err := db.Feedbacks(ctx, 1); return err },
		func() error { _, err := db.Actions(ctx, m.CommunityID, true, 0, 10); return err },
		func() error { _, err := db.Actions(ctx, m.CommunityID, false, 0, 10); return err },
		func() error { _, err := db.ActionsOf(ctx, 1); return err },
		func() error {
			a, err := db.Action(ctx, 1)
			if err == nil {
				err = db.ChangeAction(ctx, now, a, Task{}, nil)
			}
			return err
		},
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

func useThreads(t *testing.T, db *DB, c Community) {
	t.Helper()
	edit := EditOfThread{}
	steps := []func() error{
		func() error {
			_, err := db.FindThreads(ctx, ThreadFilter{CommunityID: c.ID, State: ThreadOpen, Label: "x", Limit: 1})
			return err
		},
		func() error { _, err := db.ThreadPage(ctx, 1, ThreadPlace{}, 10); return err },
		func() error { _, err := db.ThreadsBySubject(ctx, c.ID, "s", 10); return err },
		func() error { _, err := db.TitleThread(ctx, edit, c.ID, 1, "t", "t"); return err },
		func() error { _, err := db.LabelThread(ctx, edit, c.ID, 1, "x", true); return err },
		func() error { _, err := db.SplitThread(ctx, edit, c.ID, 2, "", "", "s"); return err },
		func() error { return db.MergeThreads(ctx, edit, c.ID, 2, 1) },
	}
	for i, step := range steps {
		if err := step(); err != nil && KindOf(err) != NotFound && KindOf(err) != Conflict {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

func useImport(t *testing.T, db *DB, c Community, now time.Time) {
	t.Helper()
	begun, err := db.BeginImport(ctx, Actor{At: now}, c.ID, "a.mbox", "1")
	if err != nil {
		t.Fatal(err)
	}
	f := Filing{ImportID: begun.ID, Taken: 3, Now: now, Problems: []ImportProblem{{Raw: []byte("x")}}}
	for i, references := range [][]string{{"nothing"}, {"import-0", "nothing"}, {"import-4"}, {}, {"7"}} {
		f.Posts = append(f.Posts, Arrival{CommunityID: c.ID, MessageID: fmt.Sprint("import-", i), BodyHash: []byte("b"), References: references, Date: now,
			Attachments: []Attachment{{Part: "1", Hash: []byte("h")}}})
	}
	steps := []func() error{
		func() error { _, err := db.ImportPosts(ctx, c.ID, f); return err },
		func() error { _, err := db.FinishImport(ctx, Actor{At: now}, begun.ID); return err },
		func() error { _, err := db.Imports(ctx, c.ID, true); return err },
		func() error { _, err := db.ImportProblems(ctx, c.ID); return err },
		func() error { _, err := db.ArchiveOpen(ctx, c.ID); return err },
		func() error { _, _, err := db.ArchiveSize(ctx, c.ID); return err },
		func() error { _, err := db.KnownPosts(ctx, c.ID, f.Posts); return err },
		func() error { _, err := db.Attachments(ctx, 1); return err },
		func() error { _, err := db.Bundle(ctx, now); return err },
		func() error {
			_, err := db.ExportPosts(ctx, c.ID, ExportFilter{ThreadID: 1, From: now, To: now, Person: "x", Limit: 2})
			return err
		},
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

func useIMAP(t *testing.T, db *DB, now time.Time) {
	t.Helper()
	m, err := db.IMAPMailbox(ctx, "lists@x.example:993", "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []func() error{
		func() error { _, err := db.HoldIMAP(ctx, m.ID, "me", now, now); return err },
		func() error { return db.RenewIMAP(ctx, m.ID, 1, 20) },
		func() error {
			return db.StepIMAP(ctx, m.ID, IMAPStep{LastUID: 9, Open: []IMAPOpen{{UID: 8}}, Closed: []uint32{7}, Handled: [][]byte{{1}}, Now: now})
		},
		func() error { _, err := db.IMAPDue(ctx, m.ID, now, 100); return err },
		func() error { _, err := db.IMAPNext(ctx, m.ID); return err },
		func() error { _, err := db.IMAPHandled(ctx, []byte{1}); return err },
		func() error { return db.ForgetIMAP(ctx, now) },
		func() error { return db.ReleaseIMAP(ctx, m.ID, "me") },
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

func useQueue(t *testing.T, db *DB, now time.Time, s Subscription) {
	t.Helper()
	worker, err := db.JoinWorkers(ctx, now)
	if err != nil {
		t.Fatal(err)
	}
	steps := []func() error{
		func() error {
			made, err := 1, error(nil)
			for made > 0 && err == nil {
				made, err = db.Expand(ctx, now)
			}
			return err
		},
		func() error {
			claimed, err := db.Claim(ctx, worker, 8, now)
			if err != nil || len(claimed) != 8 {
				return fmt.Errorf("claimed %d: %w", len(claimed), err)
			}
			ids := []Outcome{{DeliveryID: claimed[0].ID, State: Sent}, {DeliveryID: claimed[1].ID, State: Deferred, NextAt: now}}
			if err := db.RecordOutcomes(ctx, worker, now, ids); err != nil {
				return err
			}
			return db.RecordOutcomes(ctx, worker, now, []Outcome{{DeliveryID: claimed[2].ID}, {DeliveryID: claimed[4].ID}, {DeliveryID: claimed[5].ID, State: Sent},
				{DeliveryID: claimed[7].ID, State: Sent}})
		},
		func() error { _, err := db.NextDue(ctx); return err },
		func() error { _, err := db.Promote(ctx, now); return err },
		func() error { return db.RenewLease(ctx, worker, now) },
		func() error { return db.EndSubscription(ctx, Actor{At: now}, s.ID, Left) },
		func() error { _, err := db.RetryDeliveries(ctx, []int64{1, 3}); return err },
		func() error { _, err := db.RetryDeliveries(ctx, nil); return err },
		func() error { _, err := db.DropDeliveries(ctx, Actor{}, []int64{1, 3}); return err },
		func() error { return db.LeaveWorkers(ctx, worker) },
		func() error { _, err := db.Prune(ctx, now.Add(time.Hour)); return err },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

func useReading(t *testing.T, db *DB, c Community, s Subscription) {
	t.Helper()
	steps := []func() error{
		func() error { _, err := db.Post(ctx, 1); return err },
		func() error { _, err := db.PostsByMessageID(ctx, "1"); return err },
		func() error { _, err := db.ThreadPosts(ctx, 1); return err },
		func() error { _, err := db.HasPosted(ctx, c.ID, 1, "1"); return err },
		func() error { _, err := db.LatestPost(ctx, c.ID, 1, 0); return err },
		func() error { _, err := db.LatestPost(ctx, c.ID, 0, 1); return err },
		func() error { _, err := db.PostsSince(ctx, c.ID, 1, "1", s.Since, 5); return err },
		func() error { _, err := db.Threads(ctx, c.ID, 10); return err },
		func() error { _, err := db.Holds(ctx, c.ID, Held); return err },
		func() error { _, err := db.Raw(ctx, 1); return err },
		func() error { _, err := db.Dispatch(ctx, 1); return err },
		func() error { _, err := db.Subscription(ctx, s.ID); return err },
		func() error {
			_, err := db.Subscriptions(ctx, c.ID, SubscriptionFilter{State: Active, Role: Facilitator})
			return err
		},
		func() error { _, err := db.MembersByAddress(ctx, []string{"x@x.example"}); return err },
		func() error { _, err := db.QueueList(ctx, QueueFilter{MessageID: "1"}); return err },
		func() error { _, err := db.QueueList(ctx, QueueFilter{DispatchID: 1}); return err },
		func() error { _, err := db.QueueList(ctx, QueueFilter{DeliveryID: 1}); return err },
		func() error { _, err := db.Journal(ctx, c.ID, 10); return err },
		func() error { _, err := db.Journal(ctx, 0, 10); return err },
		func() error { _, err := db.ArchivesOf(ctx, s.MemberID); return err },
		func() error { _, err := db.MailboxPosts(ctx, c.ID, 1); return err },
		func() error { _, err := db.MailboxMark(ctx, c.ID); return err },
		func() error { _, err := db.ErasedPosts(ctx, c.ID); return err },
		func() error { _, err := db.PostYears(ctx, c.ID); return err },
		func() error { _, err := db.MailboxRows(ctx, []int64{1, 2}); return err },
		func() error { _, err := db.PostBytes(ctx, c.ID, 2026); return err },
		func() error { _, err := db.PostsWithID(ctx, c.ID, "1", false); return err },
		func() error { _, err := db.PostsWithID(ctx, c.ID, "1", true); return err },
		func() error {
			_, err := db.PostsWithTerms(ctx, c.ID, [][]SearchTerm{{{Words: []string{"word"}}}})
			return err
		},
		func() error { _, err := db.JournalMark(ctx); return err },
		func() error { _, err := db.PostFlags(ctx, s.MemberID, c.ID); return err },
		func() error {
			return db.MarkPosts(ctx, s.MemberID, c.ID, []FlagChange{{Flag: "x", Set: true, Posts: []int64{1}}, {Flag: "x", Posts: []int64{1}}})
		},
		func() error { _, err := db.FolderChoices(ctx, s.MemberID); return err },
		func() error { return db.ChooseFolder(ctx, s.MemberID, "rust", true) },
		func() error { _, err := db.AddAppPassword(ctx, Actor{}, AppPassword{MemberID: s.MemberID}); return err },
		func() error { _, err := db.AppPassword(ctx, s.Address, 1); return err },
		func() error { _, err := db.AppPasswordHolds(ctx, 1); return err },
		func() error { return db.UseAppPassword(ctx, 1, time.Now()) },
		func() error { return db.RevokeAppPassword(ctx, Actor{}, s.MemberID, 1) },
		func() error { return db.MeasuredPosts(ctx, c.ID, s.Since, s.Since, nil) },
		func() error { _, err := db.CountPosts(ctx, c.ID, s.Since, s.Since); return err },
		func() error { _, err := db.PostTime(ctx, c.ID, s.Since, 1); return err },
		func() error { return db.MeasuredThreads(ctx, c.ID, s.Since, func(MeasuredThread) {}) },
		func() error { _, err := db.FirstPosts(ctx, c.ID, []int64{1, 3}); return err },
		func() error {
			_, err := db.Thank(ctx, Thanks{CommunityID: c.ID, From: 1, To: 2, At: time.Unix(1, 0), TellAt: time.Unix(2, 0)})
			return err
		},
		func() error { _, err := db.AttendedCounts(ctx, c.ID, time.Unix(1, 0), time.Unix(2, 0)); return err },
		func() error { _, err := db.FirstHosts(ctx, c.ID, time.Unix(1, 0), time.Unix(2, 0)); return err },
		func() error { _, err := db.UntoldThanks(ctx, c.ID, 2); return err },
		func() error {
			task, err := db.Task(ctx, TaskThanks, c.ID, 2)
			if err != nil {
				return err
			}
			return db.TellThanks(ctx, time.Unix(3, 0), task, 1, time.Unix(4, 0), nil)
		},
		func() error { _, err := db.FirstPostsFrom(ctx, c.ID, []string{"x@x.example"}); return err },
		func() error { _, err := db.PostsOfMembers(ctx, c.ID, []int64{1, 3}, s.Since, s.Since); return err },
		func() error { _, err := db.PostsByID(ctx, []int64{1, 3}); return err },
		func() error { return db.MembershipChanges(ctx, c.ID, s.Since, func(MembershipChange) {}) },
		func() error { return db.SubscriptionsAlive(ctx, c.ID, s.Since, func(Subscription) {}) },
		func() error { _, err := db.ArchiveState(ctx, c.ID); return err },
		func() error { return db.MeasuredOccurrences(ctx, c.ID, s.Since, s.Since, nil) },
		func() error { _, err := db.OccurrencesByID(ctx, []int64{1, 3}); return err },
		func() error { return db.NextOccurrence(ctx, c.ID, s.Since, func(MeasuredOccurrence) {}) },
		func() error { return db.MeasuredAttendances(ctx, c.ID, s.Since, s.Since, nil) },
		func() error { return db.MeasuredFeedbacks(ctx, c.ID, s.Since, s.Since, nil) },
		func() error { _, err := db.FirstAttended(ctx, c.ID, []int64{1, 3}); return err },
		func() error { return useNewsletters(db, c) },
		func() error { return useReports(db, c) },
	}
	for i, step := range steps {
		if err := step(); err != nil && KindOf(err) != NotFound {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

func useReports(db *DB, c Community) error {
	now := time.Now()
	by := Actor{Who: "x@x.example", At: now}
	task := Task{Kind: TaskReportDraft, CommunityID: c.ID, DueAt: now}
	if err := db.Schedule(ctx, task); err != nil {
		return err
	}
	task, err := db.Task(ctx, TaskReportDraft, c.ID, 0)
	if err != nil {
		return err
	}
	r := SponsorReport{CommunityID: c.ID, Month: 202610, SendAt: now}
	if err := db.DraftReport(ctx, by, r, task, task, nil); err != nil {
		return err
	}
	if r, err = db.Report(ctx, c.ID, 202610); err != nil {
		return err
	}
	if err := db.HoldReport(ctx, by, r); err != nil {
		return err
	}
	r.State = ReportHeld
	return db.SendReport(ctx, by, r, nil)
}

func useNewsletters(db *DB, c Community) error {
	now := time.Now()
	by := Actor{Who: "x@x.example", At: now}
	n, err := db.DraftNewsletter(ctx, by, NewsletterDraft{Issue: Newsletter{CommunityID: c.ID, PlannedAt: now, SendAt: now}}, nil)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { _, err := db.Newsletter(ctx, n.ID); return err },
		func() error { _, err := db.Newsletters(ctx, c.ID, 5); return err },
		func() error { _, err := db.IssuesNaming(ctx, []string{"Ann"}); return err },
		func() error { _, err := db.StopNewsletter(ctx, by, 1, nil); return err },
		func() error { _, err := db.AddNewsletterNote(ctx, NewsletterNote{CommunityID: c.ID}, nil); return err },
		func() error { _, err := db.NewsletterNotes(ctx, c.ID); return err },
		func() error { _, err := db.NewsletterNote(ctx, 1); return err },
		func() error { return db.ConfirmNewsletterNote(ctx, by, 1, nil) },
		func() error { _, err := db.Task(ctx, TaskNewsletter, c.ID, n.ID); return err },
		func() error { _, err := db.NewsletterReaders(ctx, c.ID, 0, now, 5); return err },
		func() error { _, err := db.CountNewsletterReaders(ctx, c.ID, now); return err },
		func() (err error) { n, err = db.ChangeNewsletter(ctx, by, n, nil); return err },
		func() (err error) {
			n.State = NewsletterApproved
			n, _, err = db.DecideNewsletter(ctx, by, n, nil)
			return err
		},
		func() (err error) { n, err = db.StartNewsletter(ctx, by, n); return err },
		func() (err error) { n, err = db.SendNewsletter(ctx, now, n, 5, nil); return err },
		func() (err error) {
			_, err = db.FinishNewsletter(ctx, now, n, Arrival{CommunityID: c.ID, MessageID: "news", BodyHash: []byte{1}, Now: now})
			return err
		},
		func() error { _, err := db.RSVPsBetween(ctx, 1, 0, 5); return err },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
