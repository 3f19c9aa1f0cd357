package main

import (
	"context"
	"regexp"

	"guildpost/digest"
	"guildpost/store"
	"guildpost/templates"
)

// A newsletterRulesJSON is what a community has chosen for its newsletter, its report and its brief, for programs.
type newsletterRulesJSON struct {
	Newsletter           string `json:"newsletter"`            // when it goes out; off is never
	NewsletterUnanswered string `json:"newsletter_unanswered"` // send, hold
	NewsletterLanguage   string `json:"newsletter_language"`
	Report               string `json:"report"` // on, off
	Brief                string `json:"brief"`  // on, off
	Colour               string `json:"colour"`
}

func newNewsletterRulesJSON(c store.Community) newsletterRulesJSON {
	return newsletterRulesJSON{Newsletter: spell(c.Newsletter, "off"), NewsletterUnanswered: spell(string(c.NewsletterUnanswered), "send"),
		NewsletterLanguage: c.NewsletterLanguage, Report: onUnless(c.NoReport), Brief: onUnless(c.NoBrief),
		Colour: spell(c.Colour, templates.DefaultColour)}
}

// onUnless spells what is kept as what a community does not want.
func onUnless(no bool) string {
	if no {
		return "off"
	}
	return "on"
}

func setUnless(no *bool, key, value string) error {
	*no = value == "off"
	return among(key, value, "on", "off")
}

var newsletterRules = []communityRule{
	{"newsletter", `off, or when it goes out: "first Tuesday 08:00"`, func(c *store.Community, v string) (err error) {
		if c.Newsletter = kept(v, "off"); c.Newsletter == "" {
			return nil
		}
		if _, err = digest.ParseSchedule(v); err != nil {
			return err
		}
		c.Newsletter, err = oneLine("newsletter", v, 200)
		return err
	}, func(j communityJSON) string { return j.Newsletter }},
	{"newsletter_unanswered", "send (it goes out when no facilitator decides), hold", func(c *store.Community, v string) error {
		c.NewsletterUnanswered = store.UnansweredRule(kept(v, "send"))
		return among("newsletter_unanswered", v, "send", "hold")
	}, func(j communityJSON) string { return j.NewsletterUnanswered }},
	{"newsletter_language", "a language tag such as de that facilitators write it in, or empty for the community's", func(c *store.Community, v string) error {
		c.NewsletterLanguage = v
		return unlessEmpty("newsletter_language", v, checkLanguage)
	}, func(j communityJSON) string { return j.NewsletterLanguage }},
	{"report", "on (sponsors get a report each month), off", func(c *store.Community, v string) error {
		return setUnless(&c.NoReport, "report", v)
	}, func(j communityJSON) string { return j.Report }},
	{"brief", "on (facilitators get a brief each week), off", func(c *store.Community, v string) error {
		return setUnless(&c.NoBrief, "brief", v)
	}, func(j communityJSON) string { return j.Brief }},
	{"colour", "the colour of its mails and pages, such as #B7410E, or empty for the usual one", func(c *store.Community, v string) error {
		if c.Colour = v; v != "" && !colourForm.MatchString(v) {
			return store.Errorf(store.Invalid, "colour=%s: write a # and six digits, such as #B7410E", v)
		}
		return nil
	}, func(j communityJSON) string { return j.Colour }},
}

var colourForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// replan plans the next newsletter of a community whose rules have changed.
func (a *app) replan(ctx context.Context, db *store.DB, c store.Community) error {
	n, err := a.newNewsletters(ctx, db)
	if err != nil {
		return err
	}
	return n.Plan(ctx, c, a.now())
}
