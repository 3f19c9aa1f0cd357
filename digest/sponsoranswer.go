package digest

import (
	"context"

	"guildpost/digest/measure"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// ReportTicket says whether tickets of a kind are about reports.
func ReportTicket(kind mail.TicketKind) bool {
	return kind == mail.TicketReportHold || kind == mail.TicketReportSend
}

// A reportWord is what a facilitator says about a report.
type reportWord struct {
	community   store.Community
	facilitator store.Subscription
	window      measure.Window
	known       store.SponsorReport
}

// word finds what a ticket is about; NotFound where that is gone, or whoever has it is no facilitator any more.
func (r *Reports) word(ctx context.Context, t mail.Ticket) (w reportWord, err error) {
	if w.facilitator, err = r.news.DB.Subscription(ctx, t.Person); err != nil {
		return w, err
	}
	if w.facilitator.State != store.Active || !w.facilitator.Has(store.Facilitator) {
		return w, store.Errorf(store.NotFound, "this ticket is not a facilitator's any more")
	}
	if w.community, err = r.news.DB.Community(ctx, w.facilitator.CommunityID); err != nil {
		return w, err
	}
	w.window = monthWindow(int(t.Object), r.news.Gatherer.CommunityZone(w.community))
	w.known, err = r.news.DB.Report(ctx, w.community.ID, int(t.Object))
	return w, err
}

// decide does what a ticket is for, unless it cannot be any more; kind is what there is to say, as
// templates.ReportAnswered.Kind.
func (r *Reports) decide(ctx context.Context, w *reportWord, kind mail.TicketKind, via string) (string, error) {
	by := store.Actor{Who: w.facilitator.Address, Via: via, At: r.news.Now()}
	var err error
	switch {
	case !w.known.Open():
	case kind == mail.TicketReportSend:
		_, err = r.send(ctx, by, w.community, w.window, w.known)
	case w.known.State == store.ReportDrafted:
		err = r.news.DB.HoldReport(ctx, by, w.known)
	}
	if err != nil && store.KindOf(err) != store.Conflict { // of two who decide at once, one is told what the other did
		return "", err
	}
	r.news.wake()
	w.known, err = r.news.DB.Report(ctx, w.community.ID, w.known.Month)
	return string(w.known.State), err
}

// Answer handles a message to a ticket that is about a report: it is done, and answered with how the report stands. What a
// robot sends does nothing.
func (r *Reports) Answer(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	if auto, reason := mail.Automatic(m, env.From, env.From == ""); auto != mail.AutoNone {
		r.news.Log.Info("a robot's answer to a ticket was passed over", "community", c.Address(), "message_id", m.MessageID, "reason", reason)
		return nil
	}
	w, err := r.word(ctx, t)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && w.community.ID != c.ID {
		return r.news.Help(ctx, c, env, m)
	}
	if err != nil {
		return err
	}
	kind, err := r.decide(ctx, &w, t.Kind, "mail <"+m.MessageID+">")
	if err != nil {
		return err
	}
	data := templates.ReportAnswered{For: forReader(c, w.facilitator.Name), Month: w.window.From.In(w.window.Zone), Kind: kind}
	if kind == string(store.ReportHeld) {
		data.Send = r.news.ticket(c, mail.Ticket{Kind: mail.TicketReportSend, Person: w.facilitator.ID, Object: t.Object})
	}
	notice, err := r.news.letter(c, letter{to: w.facilitator, data: data, answers: m})
	if err != nil {
		return err
	}
	err = r.news.DB.SendNotice(ctx, r.news.Now(), notice)
	r.news.wake()
	return err
}

// Show says what a ticket would do, and changes nothing. The error is NotFound where it is for nothing.
func (r *Reports) Show(ctx context.Context, t mail.Ticket) (NewsletterPage, error) {
	w, err := r.word(ctx, t)
	return w.page(t.Kind), err
}

func (w reportWord) page(kind mail.TicketKind) NewsletterPage {
	p := NewsletterPage{Community: w.community, Kind: "report-hold", About: templates.Args{When: w.window.From}}
	if kind == mail.TicketReportSend {
		p.Kind = "report-send"
	}
	if !w.known.Open() || kind == mail.TicketReportHold && w.known.State == store.ReportHeld {
		p.Problem = "already"
	}
	return p
}

// Press does what a ticket's button says.
func (r *Reports) Press(ctx context.Context, t mail.Ticket) (NewsletterPage, error) {
	w, err := r.word(ctx, t)
	p := w.page(t.Kind)
	if err != nil || p.Problem != "" {
		return p, err
	}
	kind, err := r.decide(ctx, &w, t.Kind, "web")
	if wanted := map[bool]store.ReportState{true: store.ReportSent, false: store.ReportHeld}[t.Kind == mail.TicketReportSend]; kind != string(wanted) {
		p.Problem = "already"
	}
	return p, err
}
