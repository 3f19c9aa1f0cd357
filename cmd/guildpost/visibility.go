package main

import (
	"strings"

	"guildpost/store"
)

// A visibilityJSON is what a community shows of itself, for programs.
type visibilityJSON struct {
	Unlisted   bool     `json:"unlisted"`
	MemberList string   `json:"member_list"` // members, facilitators
	Charter    string   `json:"charter"`
	Questions  []string `json:"questions"`
}

func newVisibilityJSON(r store.Rules) visibilityJSON {
	return visibilityJSON{Unlisted: r.Unlisted, MemberList: spell(string(r.MemberList), "members"), Charter: r.Charter.Text, Questions: notNil(r.Charter.Questions)}
}

var visibilityRules = []communityRule{
	{"member_list", "members (they see each other), facilitators (only they see the members)", func(c *store.Community, v string) error {
		c.MemberList = store.MemberList(kept(v, "members"))
		return among("member_list", v, "members", "facilitators")
	}, func(j communityJSON) string { return j.MemberList }},
	{"unlisted", "yes (the list of communities does not name it), no", func(c *store.Community, v string) (err error) {
		c.Unlisted, err = yesOrNo("unlisted", v)
		return err
	}, func(j communityJSON) string { return showYes(j.Unlisted) }},
	{"charter", "what the community has agreed on (\\n is a new line), or empty for none", func(c *store.Community, v string) (err error) {
		c.Charter.Text, err = severalLines("charter", v, 50_000)
		return err
	}, func(j communityJSON) string { return j.Charter }},
	{"questions", "what applicants are asked, with \\n between two questions, or empty for nothing", func(c *store.Community, v string) error {
		text, err := severalLines("questions", v, 2000)
		c.Charter.Questions = nil
		for question := range strings.SplitSeq(text, "\n") {
			if question = strings.TrimSpace(question); question != "" {
				c.Charter.Questions = append(c.Charter.Questions, question)
			}
		}
		return err
	}, func(j communityJSON) string { return strings.Join(j.Questions, "\n") }},
}

// severalLines reads a text whose lines are written with \n between them.
func severalLines(key, v string, most int) (string, error) {
	v = strings.ReplaceAll(v, `\n`, "\n")
	for line := range strings.SplitSeq(v, "\n") {
		if strings.ContainsFunc(line, unsafe) {
			return "", store.Errorf(store.Invalid, "%s must not have control characters", key)
		}
	}
	if len(v) > most {
		return "", store.Errorf(store.Invalid, "%s must have at most %d bytes", key, most)
	}
	return v, nil
}
