package measure_test

import (
	"slices"
	"testing"

	"guildpost/digest/measure"
)

// TestAlarms sets one figure at a time to its limit and beyond.
func TestAlarms(t *testing.T) {
	is := func(v float64) measure.Figure { return measure.Figure{Value: v} }
	tests := []struct {
		kind       measure.AlarmKind
		set        func(*measure.Measures, measure.Figure)
		quiet, bad float64
		both       bool
	}{
		{measure.AlarmDrought, func(m *measure.Measures, f measure.Figure) { m.Meetings.Drought = f }, 1.99, 2, false},
		{measure.AlarmUnanswered, func(m *measure.Measures, f measure.Figure) { m.Discussions.Answered = f }, .5, .49, true},
		{measure.AlarmSlow, func(m *measure.Measures, f measure.Figure) { m.Discussions.FirstAnswer = f }, 72, 72.1, false},
		{measure.AlarmOneAuthor, func(m *measure.Measures, f measure.Figure) { m.Discussions.Absence = f }, 2, 1, false},
		{measure.AlarmGravity, func(m *measure.Measures, f measure.Figure) { m.Engagement.Gravity = f }, 0, -.1, true},
		{measure.AlarmResponse, func(m *measure.Measures, f measure.Figure) { m.Meetings.Response = f }, .3, .29, false},
		{measure.AlarmShow, func(m *measure.Measures, f measure.Figure) { m.Meetings.Show = f }, .5, .49, false},
		{measure.AlarmUnmeasured, func(m *measure.Measures, f measure.Figure) { m.Impact.Unmeasured = f }, 0, 1, false},
		{measure.AlarmFacilitators, func(m *measure.Measures, f measure.Figure) { m.Discussions.ByFacilitators = f }, .5, .51, false},
	}
	world := measure.New(&measure.Records{})
	quiet := func() measure.Measures {
		m := measure.Measures{Window: october}
		for _, test := range tests {
			test.set(&m, is(test.quiet))
		}
		return m
	}
	if got := world.Alarms(quiet(), quiet()); len(got) != 0 {
		t.Errorf("at the limits there are alarms: %v", got)
	}
	for _, test := range tests {
		now, before := quiet(), quiet()
		test.set(&now, is(test.bad))
		if got := len(world.Alarms(now, before)); got != 1 && !test.both || got != 0 && test.both {
			t.Errorf("%s: %d alarms the first time", test.kind, got)
		}
		test.set(&before, is(test.bad))
		if got := world.Alarms(now, before); len(got) != 1 || got[0].Kind != test.kind {
			t.Errorf("%s: %v the second time", test.kind, got)
		}
		test.set(&now, measure.Figure{Value: test.bad, Why: measure.NoMeetings})
		if got := world.Alarms(now, before); len(got) != 0 {
			t.Errorf("%s: %v of a figure that is not available", test.kind, got)
		}
	}
}

func TestAlarmsOfPeople(t *testing.T) {
	fine := measure.Figure{Value: 2}
	m := measure.Measures{Window: october, Discussions: measure.Discussions{Absence: fine, Answered: fine},
		Meetings: measure.Meetings{Response: fine, Show: fine}}
	ask := func(at string, more ...any) []measure.Alarm {
		r := &measure.Records{Posts: posts(append([]any{1, 7, at}, more...)...), ReviewDue: on("11-20")}
		return measure.New(r).Alarms(m, m)
	}
	for _, test := range []struct {
		name   string
		alarms []measure.Alarm
		want   int
	}{
		{"a newcomer waits for three days", ask("10-29"), 1}, {"for less than two", ask("10-30 00:01"), 0},
		{"has been answered", ask("10-29", 1, 8, "10-31"), 0}, {"answered themselves", ask("10-29", 1, 7, "10-31"), 1},
		{"is answered later", ask("10-29", 1, 8, "11-02"), 1}, {"asked ten days ago", ask("10-20"), 0},
	} {
		if len(test.alarms) != test.want {
			t.Errorf("%s: %v, want %d alarms", test.name, test.alarms, test.want)
		}
	}
	late := measure.New(&measure.Records{ReviewDue: on("10-20")}).Alarms(m, m)
	if len(late) != 1 || late[0].Kind != measure.AlarmReview || late[0].Value != 11.5 {
		t.Errorf("a charter that is overdue gives %v", late)
	}
}

func TestLasting(t *testing.T) {
	is := func(kinds ...measure.AlarmKind) (all []measure.Alarm) {
		for _, k := range kinds {
			all = append(all, measure.Alarm{Kind: k})
		}
		return all
	}
	got := measure.Lasting(is(measure.AlarmSlow, measure.AlarmShow), is(measure.AlarmShow, measure.AlarmGravity))
	if !slices.EqualFunc(got, is(measure.AlarmShow), func(a, b measure.Alarm) bool { return a.Kind == b.Kind }) {
		t.Errorf("lasting: %v", got)
	}
}
