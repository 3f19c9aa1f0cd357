package main

import (
	"guildpost/digest"
	"guildpost/digest/measure"
)

// A figureJSON is a figure for programs. Value is null where it is not available; why says the reason.
type figureJSON struct {
	Value    *float64        `json:"value"`
	K        *int            `json:"k,omitempty"` // of proportions
	N        int             `json:"n"`
	Coverage float64         `json:"coverage"`
	Interval *[2]float64     `json:"interval,omitempty"`
	Unit     measure.Unit    `json:"unit"`
	Why      measure.Why     `json:"why,omitempty"`
	Before   *float64        `json:"before"`
	Without  *figureJSON     `json:"excluding_facilitators,omitempty"`
	Records  *figureJSONFrom `json:"records,omitempty"` // with --explain
}

// A figureJSONFrom names what a figure was counted from; as many as --limit allows, after --skip.
type figureJSONFrom struct {
	Kind    measure.Kind `json:"kind"`
	Total   int          `json:"total"`
	Counted []int64      `json:"counted"`
	Others  []int64      `json:"others"` // that could have been counted
}

// A measureJSONObject is one of the five: its first figure, and all of them as parts.
type measureJSONObject struct {
	figureJSON
	Community string                `json:"community"`
	From      jsonTime              `json:"from"`
	To        jsonTime              `json:"to"`
	Timezone  string                `json:"timezone"`
	Parts     map[string]figureJSON `json:"parts"`
	Alarms    []measure.AlarmKind   `json:"alarms"`
}

// measuresJSON has an object per measure.
type measuresJSON struct {
	Members     *measureJSONObject `json:"members"`
	Meetings    *measureJSONObject `json:"meetings"`
	Discussions *measureJSONObject `json:"discussions"`
	Engagement  *measureJSONObject `json:"engagement"`
	Impact      *measureJSONObject `json:"impact"`
}

func measureJSON(r *digest.Report, q measureRequest) measuresJSON {
	objects := map[string]*measureJSONObject{}
	for _, row := range figureRows(r) {
		j := newFigureJSON(row.now)
		if row.before.Available() {
			j.Before = &row.before.Value
		}
		twin := newFigureJSON(row.without)
		j.Without = &twin
		if q.explains(row) {
			j.Records = newRecordsJSON(row.now.From, q)
		}
		one := objects[row.name]
		if one == nil {
			one = &measureJSONObject{figureJSON: j, Community: r.Community.Address(), From: jsonTime(r.Window.From), To: jsonTime(r.Window.To),
				Timezone: r.Window.Zone.String(), Parts: map[string]figureJSON{}, Alarms: []measure.AlarmKind{}}
			objects[row.name] = one
		}
		one.Parts[row.key] = j
	}
	for _, alarm := range r.Alarms {
		one := objects[alarmMeasure[alarm.Kind]]
		one.Alarms = append(one.Alarms, alarm.Kind)
	}
	return measuresJSON{objects["members"], objects["meetings"], objects["discussions"], objects["engagement"], objects["impact"]}
}

// alarmMeasure is which of the five an alarm is about; the charter is the members' own.
var alarmMeasure = map[measure.AlarmKind]string{
	measure.AlarmDrought: "meetings", measure.AlarmResponse: "meetings", measure.AlarmShow: "meetings",
	measure.AlarmUnanswered: "discussions", measure.AlarmSlow: "discussions", measure.AlarmOneAuthor: "discussions",
	measure.AlarmNewcomer: "discussions", measure.AlarmFacilitators: "discussions",
	measure.AlarmGravity: "engagement", measure.AlarmUnmeasured: "impact", measure.AlarmReview: "members",
}

func newFigureJSON(f measure.Figure) figureJSON {
	j := figureJSON{N: f.N, Coverage: f.Coverage, Unit: f.Unit, Why: f.Why}
	if f.Available() {
		j.Value = &f.Value
	}
	if f.Proportion() {
		j.K, j.Interval = &f.K, &[2]float64{f.Low, f.High}
	}
	return j
}

func newRecordsJSON(t measure.Trace, q measureRequest) *figureJSONFrom {
	counted, others := t.Counted, uncounted(t)
	total := len(counted) + len(others)
	return &figureJSONFrom{t.Kind, total, notNil(page(counted, q)), notNil(page(others, q))}
}

// page is the part of a list that was asked for.
func page[T any](all []T, q measureRequest) []T {
	from := min(q.offset, len(all))
	return all[from:min(from+q.limit, len(all))]
}
