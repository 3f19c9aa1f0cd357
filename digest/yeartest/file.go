package yeartest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A Filed year is one that is in a store.
type Filed struct {
	*Year
	DB        *store.DB
	Community store.Community
	Members   []store.Subscription // as People
}

// File puts a year into a store: the community with its members, posts, thanks and meetings.
func File(ctx context.Context, db *store.DB, y *Year) (*Filed, error) {
	f := &Filed{Year: y, DB: db}
	for _, step := range []func(context.Context) error{f.found, f.join, f.write, f.thank, f.meet, f.call, f.part} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("filing a year of %s: %w", y.Law.Name, err)
		}
	}
	return f, nil
}

func by(at time.Time) store.Actor { return store.Actor{Who: "postmaster", Via: "command", At: at} }

func (f *Filed) found(ctx context.Context) (err error) {
	law := f.Law
	f.Community, err = f.DB.CreateCommunity(ctx, by(f.From.AddDate(0, 0, -420)), store.Community{Name: law.Name, Domain: "lists.example.org", Title: law.Title,
		Rules: store.Rules{Purpose: law.Purpose, Colour: law.Colour, Language: law.Language, Timezone: law.Zone,
			NewsletterRules: store.NewsletterRules{Newsletter: "first Tuesday 08:00"}}})
	return err
}

func (f *Filed) join(ctx context.Context) error {
	for _, p := range f.People {
		m := store.NewMember{Address: p.Address, Name: p.Name}
		if p.Facilitator {
			m.Roles = []store.Role{store.Facilitator}
		}
		if p.Sponsor {
			m.Roles, m.Delivery = []store.Role{store.Sponsor}, store.None
		}
		s, _, err := f.DB.AddMember(ctx, by(p.Joined), f.Community.ID, m)
		if err != nil {
			return err
		}
		s.Named, s.Timezone, s.Language = p.Named, p.Zone, p.Language
		if err := f.DB.UpdateSubscription(ctx, by(p.Joined.Add(time.Second)), s); err != nil {
			return err
		}
		f.Members = append(f.Members, s)
	}
	return nil
}

// part ends memberships. It comes last, since the store takes what members do only while they are some.
func (f *Filed) part(ctx context.Context) error {
	for i, p := range f.People {
		var err error
		switch {
		case !p.Left.IsZero():
			err = f.DB.EndSubscription(ctx, by(p.Left), f.Members[i].ID, store.Left)
		case !p.Bounced.IsZero():
			err = f.DB.EndSubscription(ctx, by(p.Bounced), f.Members[i].ID, store.Suspended)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Filed) write(ctx context.Context) error {
	for _, p := range f.Posts {
		m := mail.Read(p.Raw)
		base, reply := mail.BaseSubject(p.Subject)
		hash := sha256.Sum256(p.Raw)
		author := f.People[p.By]
		a := store.Arrival{CommunityID: f.Community.ID, Raw: p.Raw, Sender: author.Address, MessageID: p.ID, BodyHash: hash[:], References: m.Ancestors(), Reply: reply,
			From: author.Address, FromName: author.Name, MemberID: f.Members[p.By].MemberID, Subject: p.Subject, SubjectBase: base, Date: p.At, Now: p.At,
			Text: store.PostText(m.SearchText())}
		accepted, err := f.DB.AcceptPost(ctx, a)
		if err != nil {
			return err
		}
		if len(p.References) == 0 {
			if err := f.mark(ctx, p, accepted.ThreadID); err != nil {
				return err
			}
		}
	}
	return nil
}

// mark labels a thread, and marks it as solved.
func (f *Filed) mark(ctx context.Context, p Post, thread int64) error {
	edit := store.EditOfThread{By: by(p.At), MemberID: f.Members[p.By].MemberID}
	if _, err := f.DB.LabelThread(ctx, edit, f.Community.ID, thread, p.Label, true); err != nil || !p.Solved {
		return err
	}
	_, err := f.DB.SolveThread(ctx, edit, f.Community.ID, thread, true)
	return err
}

func (f *Filed) thank(ctx context.Context) error {
	for _, t := range f.Thanks {
		_, err := f.DB.Thank(ctx, store.Thanks{CommunityID: f.Community.ID, From: f.Members[t.From].MemberID, To: f.Members[t.To].MemberID, Note: t.Note, At: t.At})
		if err != nil {
			return err
		}
	}
	return nil
}

// subscription is that of a place in People; 0 for nobody.
func (f *Filed) subscription(i int) int64 {
	if i < 0 {
		return 0
	}
	return f.Members[i].ID
}

// call calls the meeting that comes after the year.
func (f *Filed) call(ctx context.Context) error {
	last := f.Meetings[len(f.Meetings)-1]
	_, err := f.addMeeting(ctx, Meeting{Title: f.Law.Meeting + ": Ask anything", Invited: f.To.Add(-time.Hour), Start: last.Start.AddDate(0, 0, f.Law.Every),
		End: last.End.AddDate(0, 0, f.Law.Every)})
	return err
}

func (f *Filed) addMeeting(ctx context.Context, m Meeting) (store.Meeting, error) {
	wall := m.Start.In(f.Zone)
	wall = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, time.UTC)
	return f.DB.AddMeeting(ctx, by(m.Invited), store.Meeting{CommunityID: f.Community.ID, UID: m.Start.Format("20060102") + "@" + f.Law.Name, Title: m.Title,
		Location: "https://meet.example/" + f.Law.Name, Starts: wall, Zone: f.Law.Zone, Length: m.End.Sub(m.Start), EndsAt: m.End}, nil)
}

func (f *Filed) meet(ctx context.Context) error {
	for _, m := range f.Meetings {
		if err := f.hold(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// hold files a meeting as the calendar would.
func (f *Filed) hold(ctx context.Context, m Meeting) error {
	meeting, err := f.addMeeting(ctx, m)
	if err != nil {
		return err
	}
	b := store.Beginning{Occurrence: store.Occurrence{CommunityID: f.Community.ID, MeetingID: meeting.ID, Title: m.Title, Starts: m.Start, Ends: m.End,
		InvitedAt: m.Invited, CancelledAt: m.Cancelled, Host: f.subscription(m.Host)}}
	answers := map[int]Answer{}
	for _, a := range m.Answers {
		answers[a.By] = a
	}
	for _, i := range m.Asked {
		a := store.Attendance{Subscription: f.Members[i]}
		if answer, ok := answers[i]; ok {
			a.AnsweredAt, a.Answer = answer.At, store.Declined
			if answer.Accepted {
				a.Answer = store.Accepted
			}
		}
		b.Invited = append(b.Invited, a)
	}
	err = f.task(ctx, "begin", meeting.ID, m.Start, func(task store.Task) error {
		_, err := f.DB.BeginOccurrences(ctx, task, time.Time{}, []store.Beginning{b})
		return err
	})
	if err != nil || !m.Known {
		return err
	}
	all, err := f.DB.Occurrences(ctx, meeting.ID, 1)
	if err != nil {
		return err
	}
	if err := f.report(ctx, all[0].ID, m); err != nil {
		return err
	}
	return f.feedback(ctx, all[0].ID, m)
}

// report says who came.
func (f *Filed) report(ctx context.Context, occurrence int64, m Meeting) error {
	r := store.AttendanceReport{OccurrenceID: occurrence, Known: true, Source: "page", By: f.subscription(m.MinutesBy), Minutes: m.Minutes}
	for _, i := range m.Came {
		r.Came = append(r.Came, f.Members[i].ID)
	}
	for _, address := range m.Guests {
		id, err := f.guest(ctx, address, m.Start)
		if err != nil {
			return err
		}
		r.Came = append(r.Came, id)
	}
	return f.DB.RecordAttendance(ctx, m.End, r, nil)
}

func (f *Filed) guest(ctx context.Context, address string, at time.Time) (int64, error) {
	s, err := f.DB.SubscriptionByAddress(ctx, f.Community.ID, address)
	if err != nil && store.KindOf(err) == store.NotFound {
		s, err = f.DB.AddGuest(ctx, by(at), f.Community.ID, address, "")
	}
	return s.ID, err
}

func (f *Filed) feedback(ctx context.Context, occurrence int64, m Meeting) error {
	asked := make([]int64, 0, len(m.Rated))
	for _, r := range m.Rated {
		asked = append(asked, f.Members[r.By].ID)
	}
	slices.Sort(asked)
	err := f.task(ctx, "ask", occurrence, m.End, func(task store.Task) error {
		_, err := f.DB.AskFeedback(ctx, m.End, task, time.Time{}, asked, nil)
		return err
	})
	for _, r := range m.Rated {
		if err == nil && r.Value > 0 {
			err = f.DB.RecordFeedback(ctx, r.At, store.Feedback{OccurrenceID: occurrence, SubscriptionID: f.Members[r.By].ID, Rating: r.Value, At: r.At}, nil)
		}
	}
	return err
}

// task makes a task and does it.
func (f *Filed) task(ctx context.Context, kind string, object int64, at time.Time, do func(store.Task) error) error {
	task := store.Task{Kind: kind, CommunityID: f.Community.ID, ObjectID: object, DueAt: at}
	if err := f.DB.Schedule(ctx, task); err != nil {
		return err
	}
	due, err := f.DB.TasksDue(ctx, kind, at)
	if err != nil {
		return err
	}
	for _, one := range due {
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}
