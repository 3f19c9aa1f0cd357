package digest

import (
	"bytes"
	"context"
	"strings"
	"time"

	"guildpost/digest/issue"
	"guildpost/digest/measure"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A sponsorReport is the report on a month of a community, ready to be put into any language.
type sponsorReport struct {
	*Reports
	community store.Community
	window    measure.Window
	measured  *Report
	lasting   []measure.Alarm
	figures   []issue.Figure // those of the five that something is recorded of
	drawn     *rendering     // their charts
	table     []byte         // CSV
}

// compose measures a month.
func (r *Reports) compose(ctx context.Context, c store.Community, w measure.Window) (*sponsorReport, error) {
	s := &sponsorReport{Reports: r, community: c, window: w}
	var err error
	if s.measured, err = r.news.Gatherer.Report(ctx, c, w); err != nil {
		return nil, err
	}
	earlier, err := r.news.Gatherer.Report(ctx, c, w.Back(measure.SponsorWaits))
	if err != nil {
		return nil, err
	}
	s.lasting = measure.Lasting(s.measured.Alarms, earlier.Alarms)
	items, err := (&composing{Newsletters: r.news, community: c, from: w.From, until: w.To}).figures(ctx)
	if err != nil {
		return nil, err
	}
	s.drawn = &rendering{Newsletters: r.news, community: c, drawn: map[*issue.Figure]templates.Picture{}}
	for _, it := range items {
		s.figures = append(s.figures, *it.Figure)
	}
	for i := range s.figures {
		if err := s.drawn.draw(&s.figures[i]); err != nil {
			return nil, err
		}
	}
	var table bytes.Buffer
	err = s.measured.WriteCSV(&table)
	s.table = table.Bytes()
	return s, err
}

// data is the report in a language.
func (s *sponsorReport) data(lang, name string) templates.SponsorReport {
	w := words{lang: lang, zone: s.window.Zone, about: about(s.community)}
	out := templates.SponsorReport{For: forReader(s.community, name), Month: s.window.From.In(s.window.Zone)}
	if active := s.measured.Now.Members.Active; active.Available() {
		out.Active = int(active.Value)
	}
	for _, key := range measure.Names {
		m := templates.ReportMeasure{Key: key}
		for i := range s.figures {
			if f := &s.figures[i]; f.Key == key {
				m.Value, m.Trend, m.State = w.figure(*f), w.trend(*f), s.state(*f)
				if picture, ok := s.drawn.drawn[f]; ok {
					picture.Alt = w.chartWords(*f)
					m.Picture = picture
				}
			}
		}
		out.Measures = append(out.Measures, m)
	}
	for _, a := range s.lasting {
		out.Alarms = append(out.Alarms, alarmKey(a))
	}
	return out
}

// alarmKey is how texts call an alarm.
func alarmKey(a measure.Alarm) string { return strings.ReplaceAll(string(a.Kind), "_", "-") }

// How much counts as healthy: half of the threads answered, as the alarm has it; and a quarter of the members taking part in a
// quarter of a year, the lower edge of what is usual (Wenger, McDermott and Snyder).
const (
	healthyAnswers    = .5
	healthyEngagement = .25
)

// state judges a figure, as templates.ReportMeasure.State.
func (s *sponsorReport) state(f issue.Figure) string {
	switch f.Key {
	case "members":
		switch {
		case f.Before == nil:
			return ""
		case f.Value > *f.Before:
			return "up"
		case f.Value < *f.Before:
			return "down"
		}
		return "same"
	case "meetings":
		return level(f.Value, 0)
	case "discussions":
		return level(f.Value, healthyAnswers)
	case "engagement":
		if rate := s.measured.Now.Engagement.Rate; rate.Available() {
			return level(rate.Value, healthyEngagement)
		}
	}
	return ""
}

func level(value, healthy float64) string {
	switch {
	case value == 0:
		return "none"
	case value < healthy:
		return "low"
	}
	return "fine"
}

// letter is a copy of the report; draft is nil for a sponsor.
func (s *sponsorReport) letter(to store.Subscription, draft *templates.ReportDraft) (store.Notice, error) {
	data := s.data(templates.Language(s.news.language(s.community, to.Language)), to.Name)
	data.Draft = draft
	name := s.community.Name + s.window.From.In(s.window.Zone).Format("-2006-01") + ".csv"
	return s.news.letter(s.community, letter{to: to, data: data, pictures: s.drawn.pictures,
		attach: []mail.Attachment{{Type: "text/csv; charset=utf-8", Name: name, Data: s.table}}})
}

// toSponsors are the copies of all sponsors.
func (s *sponsorReport) toSponsors(ctx context.Context) (notices []store.Notice, err error) {
	all, err := s.sponsors(ctx, s.community)
	if err != nil {
		return nil, err
	}
	for _, sponsor := range all {
		notice, err := s.letter(sponsor, nil)
		if err != nil {
			return nil, err
		}
		notices = append(notices, notice)
	}
	return notices, nil
}

// toFacilitators are the drafts that the facilitators get.
func (s *sponsorReport) toFacilitators(team []store.Subscription, sponsors int, sendAt time.Time) (notices []store.Notice, err error) {
	month := int64(monthNumber(s.window))
	for _, f := range team {
		notice, err := s.letter(f, &templates.ReportDraft{SendAt: sendAt.In(s.news.zone(s.community, f)), Sponsors: sponsors,
			Hold: s.news.ticket(s.community, mail.Ticket{Kind: mail.TicketReportHold, Person: f.ID, Object: month}),
			Send: s.news.ticket(s.community, mail.Ticket{Kind: mail.TicketReportSend, Person: f.ID, Object: month})})
		if err != nil {
			return nil, err
		}
		notices = append(notices, notice)
	}
	return notices, nil
}
