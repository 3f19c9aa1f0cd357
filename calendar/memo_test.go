package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/when"
)

func memoContext(t testing.TB, lang string) when.Context {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return when.Context{Now: time.Date(2026, 11, 23, 10, 0, 0, 0, zone), Zone: zone, Languages: []string{lang}}
}

func shownMemo(m memo) string {
	var dates []string
	for _, o := range m.Reading.Options {
		dates = append(dates, o.Choices[0].Starts.Format("01-02 15:04")+" "+strings.TrimSuffix(o.Choices[0].Length.String(), "0s"))
	}
	for _, p := range m.Reading.Problems {
		dates = append(dates, "!"+string(p.Kind))
	}
	return fmt.Sprintf("%s | %s | %s | %s", m.Title, strings.Join(dates, "; "), m.Place, strings.ReplaceAll(m.About, "\n", "/"))
}

func TestReadMemo(t *testing.T) {
	for _, c := range []struct{ lang, subject, text, want string }{
		{"en", "Borrow checker clinic", "next Thursday 15:00 for 1h\nRoom 3 or https://meet.example.org/clinic\nBring code.\n\nAnd questions.",
			"Borrow checker clinic | 11-26 15:00 1h0m | Room 3 or https://meet.example.org/clinic | Bring code.//And questions."},
		{"en", "", "Borrow checker clinic\nnext Thursday 15:00 for 1h\nRoom 3\nagenda: code, and questions",
			"Borrow checker clinic | 11-26 15:00 1h0m | Room 3 | code, and questions"},
		{"en", "Meeting", "Clinic\nWhere: Room 3\nWhen: Thu 26 Nov, 3pm-4:30pm\nAgenda:\n- intro\n- When: we end", "Clinic | 11-26 15:00 1h30m | Room 3 | - intro/- When: we end"},
		{"en", "Clinic", "Date: 26 November\nTime: 15:00\nDuration: 90 minutes\nTime zone: Berlin\nLink: https://x.example",
			"Clinic | 11-26 15:00 1h30m | https://x.example | "},
		{"en", "Clinic", "Hello all,\n\nlet us see what the borrow checker does.\n\nThursday 26 November\n15:00\n\nhttps://x.example\n\nBring code.",
			"Clinic | 11-26 15:00 1h0m | https://x.example | let us see what the borrow checker does.////Bring code."},
		{"en", "Clinic", "Tue 15:00 or Wed 10:00 or Thu 16:00\nRoom 3", "Clinic | 11-24 15:00 1h0m; 11-25 10:00 1h0m; 11-26 16:00 1h0m | Room 3 | "},
		{"en", "Clinic", "Tue 15:00\nWed 10:00\nThu 16:00\n\nBring code.", "Clinic | 11-24 15:00 1h0m; 11-25 10:00 1h0m; 11-26 16:00 1h0m |  | Bring code."},
		{"en", "Clinic", "When:\n- Tue 15:00\n- Wed 10:00\nWhere: Room 3\nBring code.", "Clinic | 11-24 15:00 1h0m; 11-25 10:00 1h0m | Room 3 | Bring code."},
		{"de", "Sprechstunde", "Wann: nächsten Donnerstag um 15 Uhr, 90 Minuten\nWo: Raum 3\nTagesordnung:\nCode mitbringen.",
			"Sprechstunde | 11-26 15:00 1h30m | Raum 3 | Code mitbringen."},
		{"de", "Treffen", "Sprechstunde\nDatum: 1.12.\nUhrzeit: 18 Uhr\nDauer: 1 Stunde\nRaum 3", "Sprechstunde | 12-01 18:00 1h0m |  | Raum 3"},
		{"es", "Clínica", "Cuándo: el próximo jueves a las 15:00 durante 1 hora\nDónde: Sala 3\nOrden del día: traed código",
			"Clínica | 11-26 15:00 1h0m | Sala 3 | traed código"},
		{"en", "Clinic", "When:\n- Tue 15:00\n- Wed 10:00\nLength: 30 min", "Clinic | 11-24 15:00 30m; 11-25 10:00 30m |  | "},
		{"en", "Clinic", "soon\nRoom 3", "Clinic |  |  | soon/Room 3"},
		{"en", "Clinic", "Thursday 15:00\nRoom 3\n\nPlan\n15:00 welcome\n15:10 talk by Ada\nTuesday we rest", "Clinic | 11-26 15:00 1h0m | Room 3 | Plan/15:00 welcome/15:10 talk by Ada/Tuesday we rest"},
		{"en", "Clinic", "31 November 15:00", "Clinic | !none |  | "},
		{"en", "", "", " |  |  | "},
		{"en", "Clinic", "**When:** Thursday 15:00\n**Where:** Room 3", "Clinic | 11-26 15:00 1h0m | Room 3 | "},
		{"en", "Clinic", "Length: 1:30\nWhen: Thursday 15:00", "Clinic | 11-26 15:00 1h30m |  | "},
	} {
		if got := shownMemo(readMemo(c.subject, c.text, memoContext(t, c.lang))); got != c.want {
			t.Errorf("%s %q %q:\n got %s\nwant %s", c.lang, c.subject, c.text, got, c.want)
		}
	}
}
