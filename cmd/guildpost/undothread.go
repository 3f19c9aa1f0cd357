package main

import (
	"fmt"
	"slices"
	"strings"
)

// threadSentence says what a change of threads was; ok is false for a change of something else.
func threadSentence(action string, before, after map[string]any) (text string, ok bool) {
	switch action {
	case "merge threads":
		merged, _ := before["merged"].(map[string]any)
		return fmt.Sprintf("%s, %s → %s", action, threadName(merged), threadName(after)), true
	case "split thread":
		return fmt.Sprintf("%s, %s → %s", action, threadName(before), threadName(after)), true
	case "title thread", "solve thread", "open thread", "label thread", "unlabel thread":
		changed := []string{action + " " + threadNumber(after)}
		for _, key := range []string{"subject", "solved", "labels"} {
			changed = appendChange(changed, key, before[key], after[key])
		}
		slices.Sort(changed[1:])
		return strings.Join(changed, ", "), true
	}
	return "", false
}

func threadNumber(state map[string]any) string {
	if n, ok := state["thread"].(float64); ok {
		return fmt.Sprint(int64(n))
	}
	return "-"
}

func threadName(state map[string]any) string {
	return strings.TrimSpace(threadNumber(state) + " " + shortValue(state["subject"]))
}
