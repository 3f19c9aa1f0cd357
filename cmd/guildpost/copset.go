package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A communityRule is one key of cop set, and how cop show has it.
type communityRule struct {
	key  string
	what string // the legal values
	set  func(c *store.Community, value string) error
	show func(j communityJSON) string
}

var communityRules = slices.Concat(generalRules, visibilityRules, moderationRules, bouncingRules, retentionRules, meetingRules, newsletterRules)

var generalRules = []communityRule{
	{"title", "its name for people", func(c *store.Community, v string) (err error) {
		if v == "" {
			return store.Errorf(store.Invalid, "title must not be empty")
		}
		c.Title, err = oneLine("title", v, 200)
		return err
	}, func(j communityJSON) string { return j.Title }},
	{"purpose", "one sentence", func(c *store.Community, v string) (err error) {
		c.Purpose, err = oneLine("purpose", v, 1000)
		return err
	}, func(j communityJSON) string { return j.Purpose }},
	{"language", "a language tag such as de, or empty for the installation's", func(c *store.Community, v string) error {
		c.Language = v
		return unlessEmpty("language", v, checkLanguage)
	}, func(j communityJSON) string { return j.Language }},
	{"timezone", "a time zone such as Europe/Berlin, or empty for the installation's", func(c *store.Community, v string) error {
		c.Timezone = v
		return unlessEmpty("timezone", v, checkZone)
	}, func(j communityJSON) string { return j.Timezone }},
	{"join", "confirm, approve, open", func(c *store.Community, v string) error {
		c.Join = store.JoinRule(kept(v, "confirm"))
		return among("join", v, "confirm", "approve", "open")
	}, func(j communityJSON) string { return j.Join }},
	{"non_members", "refuse, hold, accept", func(c *store.Community, v string) error {
		c.NonMembers = store.PostRule(kept(v, "refuse"))
		return among("non_members", v, "refuse", "hold", "accept")
	}, func(j communityJSON) string { return j.NonMembers }},
	{"reply_to", "author, list, both", func(c *store.Community, v string) error {
		c.ReplyTo = store.ReplyTo(kept(v, "author"))
		return among("reply_to", v, "author", "list", "both")
	}, func(j communityJSON) string { return j.ReplyTo }},
	{"dmarc", "auto, always, never", func(c *store.Community, v string) error {
		c.DMARC = store.DMARCMode(kept(v, "auto"))
		return among("dmarc", v, "auto", "always", "never")
	}, func(j communityJSON) string { return j.DMARC }},
	{"subject_tag", "a text such as [Rust Guild], or empty for none", func(c *store.Community, v string) (err error) {
		c.SubjectTag, err = oneLine("subject_tag", v, 60)
		return err
	}, func(j communityJSON) string { return j.SubjectTag }},
	{"footer", "a text for the end of each post (\\n is a new line), or empty for none", setFooter,
		func(j communityJSON) string { return j.Footer }},
	{"max_message", "a size such as 5MB, or empty for the installation's", setMaxMessage,
		func(j communityJSON) string { return formatSize(j.MaxMessage) }},
	{"only_announce", "yes (only facilitators post, others are held), no", func(c *store.Community, v string) (err error) {
		c.OnlyAnnounce, err = yesOrNo("only_announce", v)
		return err
	}, func(j communityJSON) string { return showYes(j.OnlyAnnounce) }},
	{"meeting_calls", "propose (others' meetings are put to the facilitators), allow (members call meetings), refuse", func(c *store.Community, v string) error {
		c.MeetingCalls = store.CallRule(kept(v, "propose"))
		return among("meeting_calls", v, "propose", "allow", "refuse")
	}, func(j communityJSON) string { return j.MeetingCalls }},
	{"meeting_guests", "ask, guest, refuse", func(c *store.Community, v string) error {
		c.MeetingGuests = store.GuestRule(kept(v, "ask"))
		return among("meeting_guests", v, "ask", "guest", "refuse")
	}, func(j communityJSON) string { return j.MeetingGuests }},
	{"closed", "yes, no", func(c *store.Community, v string) (err error) {
		c.Closed, err = yesOrNo("closed", v)
		return err
	}, nil},
}

func setFooter(c *store.Community, v string) error {
	v = strings.ReplaceAll(v, `\n`, "\n")
	for line := range strings.SplitSeq(v, "\n") {
		if strings.ContainsFunc(line, unsafe) {
			return store.Errorf(store.Invalid, "footer must not have control characters")
		}
	}
	if len(v) > 4000 {
		return store.Errorf(store.Invalid, "footer must have at most 4000 bytes")
	}
	c.Footer = v
	return nil
}

func setMaxMessage(c *store.Community, v string) (err error) {
	if c.MaxMessage = 0; v == "" {
		return nil
	}
	if c.MaxMessage, err = parseMaxMessage(v); err != nil {
		return store.Errorf(store.Invalid, "max_message=%s: %w", v, err)
	}
	return nil
}

// kept is how a value is kept: the default as "".
func kept(value, byDefault string) string {
	if value == byDefault {
		return ""
	}
	return value
}

func among(key, value string, legal ...string) error {
	if !slices.Contains(legal, value) {
		return store.Errorf(store.Invalid, "%s=%s: must be one of %s", key, value, strings.Join(legal, ", "))
	}
	return nil
}

func unlessEmpty(key, value string, check func(string) error) error {
	if value == "" {
		return nil
	}
	if err := check(value); err != nil {
		return store.Errorf(store.Invalid, "%s=%s: %w", key, value, err)
	}
	return nil
}

func checkZone(value string) error {
	_, err := parseZone(value)
	return err
}

// oneLine refuses what would break a header field or a terminal.
func oneLine(key, value string, most int) (string, error) {
	if value = strings.TrimSpace(value); strings.ContainsFunc(value, unsafe) {
		return "", store.Errorf(store.Invalid, "%s must be one line without control characters", key)
	}
	if len(value) > most {
		return "", store.Errorf(store.Invalid, "%s must have at most %d bytes", key, most)
	}
	return value, nil
}

func yesOrNo(key, value string) (bool, error) {
	switch strings.ToLower(value) {
	case "yes", "true", "on", "1":
		return true, nil
	case "no", "false", "off", "0":
		return false, nil
	}
	return false, store.Errorf(store.Invalid, "%s=%s: must be yes or no", key, value)
}

func showYes(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }

func (a *app) copSet() *cobra.Command {
	c := &cobra.Command{Use: "set COP KEY=VALUE...", Short: "Changes the rules of a community", Args: arguments(2, -1)}
	var keys []string
	lines := []string{"Changes the rules of a community; all of them or, where one is wrong, none. The keys:", ""}
	for _, rule := range communityRules {
		keys = append(keys, rule.key)
		lines = append(lines, "  "+rule.key+strings.Repeat(" ", 23-len(rule.key))+rule.what)
	}
	c.Long = strings.Join(lines, "\n")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			err := setAll(args[1:], keys, func(key, value string) error {
				i := slices.Index(keys, key)
				return communityRules[i].set(&community, value)
			})
			if err != nil {
				return err
			}
			if err := db.UpdateCommunity(c.Context(), a.actor(), community); err != nil {
				return err
			}
			if err := a.replan(c.Context(), db, community); err != nil {
				return err
			}
			return a.planMeetings(c.Context(), db, community)
		})
	}
	return c
}

// setAll takes arguments of the form key=value, tells all that is wrong with them, and names the keys there are.
func setAll(args, keys []string, set func(key, value string) error) error {
	var wrong []string
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		switch {
		case !ok:
			wrong = append(wrong, arg+" is not of the form key=value")
		case !slices.Contains(keys, key):
			text := "there is no key " + key
			if near := nearest(key, keys); near != "" {
				text += "; did you mean " + near + "?"
			}
			wrong = append(wrong, text)
		default:
			if err := set(key, value); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return withHint(store.Errorf(store.Invalid, "%s", strings.Join(wrong, "\n  ")), "the keys are %s; nothing was changed", strings.Join(keys, ", "))
}
