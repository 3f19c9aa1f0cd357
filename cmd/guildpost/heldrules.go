package main

import (
	"strconv"
	"strings"

	"guildpost/mail/list"
	"guildpost/store"
)

// A moderationJSON is what a community lets through, holds and refuses, for programs.
type moderationJSON struct {
	Emergency         bool             `json:"emergency"`
	FirstPost         string           `json:"first_post"`     // accept, hold
	HoldSize          int64            `json:"hold_size"`      // bytes; 0: none
	MaxRecipients     int              `json:"max_recipients"` // 0: any number
	Implicit          string           `json:"implicit"`       // hold, accept, refuse
	PostsPerHour      int              `json:"posts_per_hour"` // 0: any number
	HeaderHold        []string         `json:"header_hold"`
	HeaderRefuse      []string         `json:"header_refuse"`
	AttachmentsDrop   []string         `json:"attachments_drop"`
	AttachmentsHold   []string         `json:"attachments_hold"`
	AttachmentsRefuse []string         `json:"attachments_refuse"`
	SlowThreads       []slowThreadJSON `json:"slow_threads"`
}

type slowThreadJSON struct {
	Thread int64    `json:"thread"`
	Every  string   `json:"every"`
	Until  jsonTime `json:"until"`
}

func newModerationJSON(m store.Moderation) moderationJSON {
	j := moderationJSON{
		Emergency: m.Emergency, FirstPost: map[bool]string{true: "hold", false: "accept"}[m.HoldFirst], HoldSize: m.HoldSize,
		MaxRecipients: m.MaxRecipients, Implicit: spell(string(m.Implicit), "accept"), PostsPerHour: m.PostsPerHour,
		HeaderHold: notNil(m.HeaderHold), HeaderRefuse: notNil(m.HeaderRefuse), AttachmentsDrop: notNil(m.AttachmentsDrop),
		AttachmentsHold: notNil(m.AttachmentsHold), AttachmentsRefuse: notNil(m.AttachmentsRefuse),
	}
	for _, s := range m.SlowThreads {
		j.SlowThreads = append(j.SlowThreads, slowThreadJSON{s.ThreadID, s.Every.String(), jsonTime(s.Until)})
	}
	j.SlowThreads = notNil(j.SlowThreads)
	return j
}

// moderationRules are the keys of cop set for them.
var moderationRules = []communityRule{
	{"emergency", "yes (every post waits for a facilitator), no", func(c *store.Community, v string) (err error) {
		c.Emergency, err = yesOrNo("emergency", v)
		return err
	}, func(j communityJSON) string { return showYes(j.Emergency) }},
	{"first_post", "accept, hold", func(c *store.Community, v string) error {
		c.HoldFirst = v == "hold"
		return among("first_post", v, "accept", "hold")
	}, func(j communityJSON) string { return j.FirstPost }},
	{"hold_size", "a size such as 500kB: larger posts wait; empty for none", setHoldSize,
		func(j communityJSON) string { return showUnless(j.HoldSize == 0, formatSize(j.HoldSize)) }},
	{"max_recipients", "a number: posts with more addresses in To and Cc wait; empty for any number", func(c *store.Community, v string) (err error) {
		c.MaxRecipients, err = numberOr("max_recipients", v, 1, 1000, 0)
		return err
	}, func(j communityJSON) string { return showUnless(j.MaxRecipients == 0, strconv.Itoa(j.MaxRecipients)) }},
	{"implicit", "accept, hold, refuse: what happens to posts without the list address in To and Cc", func(c *store.Community, v string) error {
		c.Implicit = store.ImplicitRule(kept(v, "accept"))
		return among("implicit", v, "accept", "hold", "refuse")
	}, func(j communityJSON) string { return j.Implicit }},
	{"posts_per_hour", "a number: what one author posts beyond waits; empty for any number", func(c *store.Community, v string) (err error) {
		c.PostsPerHour, err = numberOr("posts_per_hour", v, 1, 100_000, 0)
		return err
	}, func(j communityJSON) string { return showUnless(j.PostsPerHour == 0, strconv.Itoa(j.PostsPerHour)) }},
	{"header_hold", `FIELD: PATTERN (RE2), such as "X-Spam-Flag: ^yes"; \n between several; empty for none`,
		headerRule("header_hold", func(c *store.Community) *[]string { return &c.HeaderHold }),
		func(j communityJSON) string { return strings.Join(j.HeaderHold, `\n`) }},
	{"header_refuse", "the same for what is refused",
		headerRule("header_refuse", func(c *store.Community) *[]string { return &c.HeaderRefuse }),
		func(j communityJSON) string { return strings.Join(j.HeaderRefuse, `\n`) }},
	{"attachments_drop", "types (image/*) and ends of names (.exe) of what is taken out of posts",
		fileRule("attachments_drop", func(c *store.Community) *[]string { return &c.AttachmentsDrop }),
		func(j communityJSON) string { return strings.Join(j.AttachmentsDrop, " ") }},
	{"attachments_hold", "the same for what makes a post wait",
		fileRule("attachments_hold", func(c *store.Community) *[]string { return &c.AttachmentsHold }),
		func(j communityJSON) string { return strings.Join(j.AttachmentsHold, " ") }},
	{"attachments_refuse", "the same for what makes a post be refused",
		fileRule("attachments_refuse", func(c *store.Community) *[]string { return &c.AttachmentsRefuse }),
		func(j communityJSON) string { return strings.Join(j.AttachmentsRefuse, " ") }},
}

func setHoldSize(c *store.Community, v string) (err error) {
	if c.HoldSize = 0; v == "" {
		return nil
	}
	if c.HoldSize, err = parseSize(v); err != nil {
		return store.Errorf(store.Invalid, "hold_size=%s: %w", v, err)
	}
	return nil
}

// numberOr reads a number; empty is none.
func numberOr(key, v string, least, most, none int) (int, error) {
	if v == "" {
		return none, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return none, store.Errorf(store.Invalid, "%s=%s: must be a whole number from %d to %d, or empty", key, v, least, most)
	}
	return n, nil
}

// headerRule sets patterns; "\n" stands between several, since a field has no line end.
func headerRule(key string, field func(*store.Community) *[]string) func(*store.Community, string) error {
	return func(c *store.Community, v string) error {
		var rules []string
		for rule := range strings.SplitSeq(v, `\n`) {
			if rule = strings.TrimSpace(rule); rule != "" {
				rules = append(rules, rule)
			}
		}
		if err := list.CheckHeaderRules(rules); err != nil {
			return store.Errorf(store.Invalid, "%s: %w", key, err)
		}
		*field(c) = rules
		return nil
	}
}

func fileRule(key string, field func(*store.Community) *[]string) func(*store.Community, string) error {
	return func(c *store.Community, v string) error {
		types, err := list.ParseFileTypes(v)
		if err != nil {
			return store.Errorf(store.Invalid, "%s: %w", key, err)
		}
		*field(c) = types
		return nil
	}
}

func showUnless(none bool, text string) string {
	if none {
		return ""
	}
	return text
}
