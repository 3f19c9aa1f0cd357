package box

import (
	"bytes"
	"strings"
	"time"
)

// fromLayouts are how dates stand on From lines, behind the day of the week, with single spaces.
var fromLayouts = []string{
	"Jan 2 15:04:05 2006", "Jan 2 15:04:05 2006 -0700", "Jan 2 15:04:05 2006 MST", "Jan 2 15:04:05 MST 2006",
	"Jan 2 15:04:05 -0700 2006", "Jan 2 15:04 2006", "Jan 2 15:04 MST 2006", "2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 06 15:04:05 -0700",
}

var days = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// fromLine reads the date of a line that begins a message: "From ann@example.org Thu Jan  3 10:00:00 2019". The sender
// may be missing or have spaces in it ("ann at example.org"). ok is false for any other line.
func fromLine(line []byte) (date time.Time, ok bool) {
	const longest = 500
	rest, found := bytes.CutPrefix(line, []byte("From "))
	if !found || len(rest) > longest {
		return date, false
	}
	words := strings.Fields(string(rest))
	for i, word := range words {
		if word == "remote" && i+1 < len(words) && words[i+1] == "from" {
			words = words[:i] // UUCP
			break
		}
	}
	for i := len(words) - 4; i >= 0; i-- {
		if isDay(strings.TrimSuffix(words[i], ",")) {
			return fromDate(strings.Join(words[i+1:], " "))
		}
	}
	return date, false
}

func isDay(word string) bool {
	for _, day := range days {
		if word == day {
			return true
		}
	}
	return false
}

func fromDate(text string) (time.Time, bool) {
	for _, layout := range fromLayouts {
		if date, err := time.Parse(layout, text); err == nil {
			return date.UTC(), true
		}
	}
	return time.Time{}, false
}

// isGit recognises the first line of a patch by git format-patch, which stands in many messages about code.
func isGit(line []byte) bool {
	hash, date, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(line)), "From "), " ")
	if !found || date != "Mon Sep 17 00:00:00 2001" || len(hash) != 40 && len(hash) != 64 {
		return false
	}
	return strings.Trim(hash, "0123456789abcdef") == ""
}
