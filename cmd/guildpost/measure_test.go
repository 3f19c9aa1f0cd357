package main

import (
	"strings"
	"testing"

	"guildpost/digest/measure"
)

// TestEveryFigureHasWords: nobody is shown a key.
func TestEveryFigureHasWords(t *testing.T) {
	named := map[string]bool{}
	for _, name := range figureNames() {
		which, key, _ := strings.Cut(name, ".")
		named[name] = true
		if text := figureText(which, key); text == strings.ReplaceAll(key, "_", " ") && figureWords[name] == "" {
			t.Errorf("%s has no words", name)
		}
	}
	for name := range figureWords {
		if !named[name] {
			t.Errorf("there are words for %s, which is no figure", name)
		}
	}
	for kind, name := range alarmMeasure {
		if alarmWords[kind] == "" || measureTitles[name] == "" {
			t.Errorf("the alarm %s has no words, or no measure", kind)
		}
	}
	if len(alarmWords) != len(alarmMeasure) || len(measureTitles) != len(measure.Names) {
		t.Errorf("%d alarms have words, %d a measure; %d measures have titles", len(alarmWords), len(alarmMeasure), len(measureTitles))
	}
}

func TestFigureValue(t *testing.T) {
	share := measure.Figure{Unit: measure.Share, Value: 20.0 / 28, K: 20, N: 28, Low: .5294, High: .8475}
	tests := []struct {
		f               measure.Figure
		value, interval string
		before          float64
		trend           string
	}{
		{share, "71 % (20/28)", "53-85 %", .75, "-4 points"},
		{measure.Figure{Unit: measure.Count, Value: 1234}, "1234", "-", 1200, "+34"},
		{measure.Figure{Unit: measure.Count, Value: 7.25}, "7.2", "-", 7.25, "="},
		{measure.Figure{Unit: measure.Ratio, Value: -1.0 / 6, K: -1, N: 6}, "-0.17 (-1/6)", "-", 0, "-0.17"},
		{measure.Figure{Unit: measure.Index, Value: 76.2372}, "76.2 of 100", "-", 70, "+6.2"},
		{measure.Figure{Unit: measure.Hours, Value: 4.48}, "4.5 h", "-", 5, "-0.5 h"},
		{measure.Figure{Unit: measure.Share, Why: measure.NoThreads}, "-", "-", 1, "-"},
	}
	for _, test := range tests {
		before := measure.Figure{Unit: test.f.Unit, Value: test.before}
		got := []string{figureValue(test.f), intervalText(test.f), trendText(test.f, before)}
		if want := []string{test.value, test.interval, test.trend}; strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%+v is told as %q, want %q", test.f, got, want)
		}
	}
}
