package digest

import (
	"cmp"
	"context"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guildpost/digest/measure"
	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/templates"
)

// briefMost is how many of a kind a brief names, and briefFewer what is tried where that makes it too long: Gmail cuts mails
// whose HTML is longer than 102 kB.
const briefMost = 12

var briefFewer = []int{briefMost, 6, 3}

// A briefReader is a facilitator for whom a brief is put into words.
type briefReader struct {
	*brief
	to   store.Subscription
	lang string
	zone *time.Location
	most int
	cut  map[string]int
}

// notice is somebody's brief, ready to be queued; nil where there is nothing to tell.
func (b *brief) notice(ctx context.Context, to store.Subscription) (*store.Notice, error) {
	if err := b.gather(ctx); err != nil {
		return nil, err
	}
	r := &briefReader{brief: b, to: to, lang: templates.Language(b.news.language(b.community, to.Language)), zone: b.news.zone(b.community, to)}
	for _, r.most = range briefFewer {
		data := r.data()
		if data.Suggestion.Kind == "" {
			return nil, nil
		}
		notice, err := b.news.letter(b.community, letter{to: to, data: data})
		if err != nil || len(htmlOf(notice.Raw)) < mostHTML || r.most == briefFewer[len(briefFewer)-1] {
			return &notice, err
		}
	}
	return nil, nil
}

// data is the brief in the reader's words.
func (r *briefReader) data() templates.Brief {
	r.cut = map[string]int{}
	out := templates.Brief{For: forReader(r.community, r.to.Name), Week: r.now.In(r.zone), Cut: r.cut}
	out.Posts, out.Joins = r.held()
	out.Issue, out.Report = r.drafts()
	out.Proposals, out.Untold, out.Actions = r.proposed(), r.asked(), r.overdue()
	out.Owed = r.threads()
	out.New, out.Quiet = r.fresh(), r.quiet()
	out.Hosts, out.Next = r.hosts()
	out.Alarms = r.alarms()
	out.Suggestion = suggestion(out)
	return out
}

// shown is how many of a list are named; the rest is counted.
func (r *briefReader) shown(name string, n int) int {
	if n > r.most {
		r.cut[name] = n - r.most
		return r.most
	}
	return n
}

// ticket is one in the reader's hand.
func (r *briefReader) ticket(kind mail.TicketKind, object int64) templates.Ticket {
	return r.news.ticket(r.community, mail.Ticket{Kind: kind, Person: r.to.ID, Object: object})
}

func (r *briefReader) held() (posts []templates.HeldPost, joins []templates.HeldJoin) {
	for _, h := range r.posts[:r.shown("posts", len(r.posts))] {
		p := list.HeldPost(h, r.zone)
		p.Approve, p.Reject = r.ticket(mail.TicketHoldApprove, h.ID), r.ticket(mail.TicketHoldReject, h.ID)
		posts = append(posts, p)
	}
	for _, request := range r.joins[:r.shown("joins", len(r.joins))] {
		j := list.HeldJoin(request, r.zone)
		j.Approve, j.Decline = r.ticket(mail.TicketJoinApprove, request.ID), r.ticket(mail.TicketJoinDecline, request.ID)
		joins = append(joins, j)
	}
	return posts, joins
}

func (r *briefReader) drafts() (issue *templates.BriefIssue, report *templates.BriefReport) {
	if i := r.issue; i != nil {
		issue = &templates.BriefIssue{Title: r.news.title(r.community, *i), SendAt: i.SendAt.In(r.zone), Hold: r.community.NewsletterUnanswered == store.UnansweredHold,
			Approve: r.news.decision(r.community, r.to, *i, mail.TicketNewsletter), Later: r.news.decision(r.community, r.to, *i, mail.TicketNewsletterLater),
			Skip: r.news.decision(r.community, r.to, *i, mail.TicketNewsletterSkip)}
	}
	if known := r.report; known != nil {
		month := int64(known.Month)
		report = &templates.BriefReport{Month: monthWindow(known.Month, r.zone).From, SendAt: known.SendAt.In(r.zone), Held: known.State == store.ReportHeld,
			Hold: r.ticket(mail.TicketReportHold, month), Send: r.ticket(mail.TicketReportSend, month)}
	}
	return issue, report
}

func (r *briefReader) proposed() (all []templates.BriefProposal) {
	for _, p := range r.proposals[:r.shown("proposals", len(r.proposals))] {
		all = append(all, templates.BriefProposal{Title: p.meeting.Title, When: p.time.Starts.In(r.zone), People: len(p.time.By),
			Accept: r.ticket(mail.TicketProposalAccept, p.time.ID), Decline: r.ticket(mail.TicketProposalDecline, p.last)})
	}
	return all
}

func (r *briefReader) asked() (all []templates.BriefMeeting) {
	for _, o := range r.untold[:r.shown("untold", len(r.untold))] {
		all = append(all, templates.BriefMeeting{Title: o.Title, Start: o.Starts.In(r.zone), Answer: r.ticket(mail.TicketAttendance, o.ID)})
	}
	return all
}

func (r *briefReader) overdue() (all []templates.BriefAction) {
	for _, a := range r.actions[:r.shown("actions", len(r.actions))] {
		due, _ := time.Parse(time.DateOnly, a.Due) // as it was kept
		one := templates.BriefAction{What: a.What, Title: a.meeting, Owner: a.OwnerText, Due: due}
		if a.owner.ID != 0 {
			one.Owner = a.owner.Called()
			one.Write = r.write(a.owner.Address, "brief.write.action", a.What)
		}
		all = append(all, one)
	}
	return all
}

func (r *briefReader) threads() (all []templates.BriefThread) {
	for _, o := range r.owed[:min(len(r.owed), r.most)] {
		from := cmp.Or(r.measured.People[o.post.MemberID].Name, o.post.FromName, o.post.From)
		all = append(all, templates.BriefThread{Subject: plainSubject(o.post.Subject, r.community), From: from, Newcomer: o.newcomer,
			Days: int(r.now.Sub(o.post.Date).Hours() / 24), Reply: replyTo(r.community, o.post.Subject, o.post.MessageID)})
	}
	r.cut["owed"] = len(r.measured.Week.Waiting) - len(all)
	return all
}

// person is a member as a brief names them, with a mail to them that has a subject.
func (r *briefReader) person(id measure.PersonID, subject string) templates.BriefPerson {
	p := r.measured.People[id]
	name := strings.TrimSpace(p.Name)
	if name == "" {
		name = p.Address
	}
	return templates.BriefPerson{Name: name, Write: r.write(p.Address, subject, "")}
}

// write is a link that begins a mail to somebody.
func (r *briefReader) write(address, subject, what string) string {
	text := templates.Say(r.lang, subject, templates.Args{Community: about(r.community), Subject: what})
	return "mailto:" + address + "?" + strings.ReplaceAll(url.Values{"Subject": {text}}.Encode(), "+", "%20")
}

func (r *briefReader) fresh() (all []templates.BriefPerson) {
	news := r.measured.Week.New
	for _, n := range news {
		if n.Person == r.to.MemberID {
			continue
		}
		if len(all) == r.most {
			r.cut["new"]++
			continue
		}
		p := r.person(n.Person, "brief.write.welcome")
		p.Wrote, p.Answers = n.Wrote, brieflySaid(r.said[n.Person])
		all = append(all, p)
	}
	return all
}

// brieflySaid are the first answers of an applicant, not longer than one reads in a list.
func brieflySaid(all []templates.Answer) (some []templates.Answer) {
	const answers, characters = 3, 400
	for _, a := range all {
		if text := []rune(a.Text); len(text) > characters {
			a.Text = strings.TrimSpace(string(text[:characters])) + "…"
		}
		if a.Text != "" && len(some) < answers {
			some = append(some, a)
		}
	}
	return some
}

func (r *briefReader) quiet() (all []templates.BriefPerson) {
	for _, id := range r.measured.Week.Quiet {
		switch {
		case id == r.to.MemberID:
		case len(all) == r.most:
			r.cut["quiet"]++
		default:
			all = append(all, r.person(id, "brief.write.quiet"))
		}
	}
	return all
}

// hosts are who might host the next date, where nobody is to.
func (r *briefReader) hosts() (all []templates.BriefHost, next templates.BriefMeeting) {
	if r.next.ID == 0 {
		return nil, next
	}
	for _, h := range r.measured.Week.Hosts {
		p := r.person(h.Person, "brief.write.host")
		all = append(all, templates.BriefHost{Name: p.Name, Came: h.Came, Of: h.Of, Hosted: inZone(h.Hosted, r.zone), Write: p.Write})
	}
	return all, templates.BriefMeeting{Title: r.next.Title, Start: r.nextDate.Start.In(r.zone)}
}

// alarms are those of the measures, but of newcomers who wait: they stand among those who are owed an answer.
func (r *briefReader) alarms() (all []templates.BriefAlarm) {
	for _, a := range r.measured.Alarms {
		if a.Kind != measure.AlarmNewcomer {
			all = append(all, templates.BriefAlarm{Kind: alarmKey(a), N: alarmNumber(a), Figure: r.decimal(a.Value)})
		}
	}
	return all
}

// decimal writes a number with two digits behind the mark of the reader's language.
func (r *briefReader) decimal(value float64) string {
	text := strconv.FormatFloat(value, 'f', 2, 64)
	if r.lang != "en" {
		text = strings.ReplaceAll(text, ".", ",")
	}
	return text
}

// alarmNumber is the figure of an alarm as it is told: a share in percent, all else rounded.
func alarmNumber(a measure.Alarm) int {
	switch a.Kind {
	case measure.AlarmUnanswered, measure.AlarmResponse, measure.AlarmShow, measure.AlarmFacilitators:
		return percent(a.Value)
	case measure.AlarmDrought: // at least two: what is above counts when it is whole
		return int(a.Value)
	}
	return int(math.Round(a.Value))
}
