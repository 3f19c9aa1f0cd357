package main

import (
	"context"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/store"
)

func (a *app) copCommand() *cobra.Command {
	return group("cop", "Communities: make, list, show, change and close them",
		a.copAdd(), a.copList(), a.copShow(), a.copSet(), a.copSlow(), a.copClose())
}

func (a *app) copAdd() *cobra.Command {
	var title string
	c := &cobra.Command{Use: "add NAME[@DOMAIN]", Short: "Makes a community", Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error { return a.addCommunity(c.Context(), args[0], title) }}
	c.Flags().StringVar(&title, "title", "", "its name for people, such as \"Rust Guild\"")
	return c
}

func (a *app) addCommunity(ctx context.Context, name, title string) error {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	local, domain, given := strings.Cut(strings.ToLower(name), "@")
	if !given {
		domain = config.Domain
	}
	if err := checkCommunityName(local); err != nil {
		return err
	}
	if err := checkDomain(domain); err != nil {
		return store.Errorf(store.Invalid, "the domain %s %v", domain, err)
	}
	if title == "" {
		title = strings.ToUpper(local[:1]) + local[1:]
	}
	if title, err = oneLine("title", title, 200); err != nil {
		return err
	}
	return a.withStore(ctx, func(db *store.DB) error {
		made, err := db.CreateCommunity(ctx, a.actor(), store.Community{Name: local, Domain: domain, Title: title})
		if err != nil {
			return err
		}
		a.say("made %s", made.Address())
		return nil
	})
}

var communityName = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$`)

// checkCommunityName wants a local part that can carry the suffixes of a community's other addresses, and is not
// itself one of them or of the installation's own (RFC 2142).
func checkCommunityName(name string) error {
	switch {
	case name == "postmaster" || name == "abuse" || name == "guildpost" || name == "mailer-daemon" || name == "noreply":
		return store.Errorf(store.Invalid, "%s is an address of the installation; choose another name", name)
	case len(name) > 40 || !communityName.MatchString(name) || strings.Contains(name, ".."):
		return store.Errorf(store.Invalid, "%q cannot be the name of a community: use at most 40 of a-z, 0-9, and . _ - inside", name)
	}
	if readings := mail.Candidates(name); len(readings) > 1 {
		return store.Errorf(store.Invalid, "%s would hide the address %s of a community %s; choose another name",
			name, readings[1].Suffix, readings[1].List)
	}
	return nil
}

func (a *app) copList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "Lists the communities", Args: arguments(0, 0)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withStore(c.Context(), func(db *store.DB) error {
			all, err := db.Communities(c.Context())
			if err != nil {
				return err
			}
			out := a.list(asJSON, "ADDRESS", "TITLE", "STATE")
			for _, community := range all {
				shown := a.communityJSON(community)
				if err := out.add(shown, shown.Address, shown.Title, shown.State); err != nil {
					return err
				}
			}
			return out.end("there is no community yet; guildpost cop add NAME makes one")
		})
	}
	return c
}

// A communityJSON is a community with every rule spelled out.
type communityJSON struct {
	Address       string   `json:"address"`
	Name          string   `json:"name"`
	Domain        string   `json:"domain"`
	Title         string   `json:"title"`
	State         string   `json:"state"` // open, closed
	CreatedAt     jsonTime `json:"created_at"`
	Purpose       string   `json:"purpose"`
	Language      string   `json:"language"`
	Timezone      string   `json:"timezone"`
	Join          string   `json:"join"`
	NonMembers    string   `json:"non_members"`
	ReplyTo       string   `json:"reply_to"`
	DMARC         string   `json:"dmarc"`
	SubjectTag    string   `json:"subject_tag"`
	Footer        string   `json:"footer"`
	MaxMessage    int64    `json:"max_message"` // bytes
	OnlyAnnounce  bool     `json:"only_announce"`
	MeetingCalls  string   `json:"meeting_calls"`
	Retention     string   `json:"retention"` // 5y, 18m, 90d; off is for good
	MeetingGuests string   `json:"meeting_guests"`
	Reminders     string   `json:"reminders"` // of meetings: 1d 1h; none
	visibilityJSON
	moderationJSON
	bouncingJSON
	newsletterRulesJSON
}

func (a *app) communityJSON(c store.Community) communityJSON {
	j := communityJSON{
		Address: c.Address(), Name: c.Name, Domain: c.Domain, Title: c.Title, State: "open", CreatedAt: jsonTime(c.CreatedAt),
		Purpose: c.Purpose, Language: c.Language, Timezone: c.Timezone,
		Join: spell(string(c.Join), "confirm"), NonMembers: spell(string(c.NonMembers), "refuse"),
		ReplyTo: spell(string(c.ReplyTo), "author"), DMARC: spell(string(c.DMARC), "auto"),
		SubjectTag: c.SubjectTag, Footer: c.Footer, MaxMessage: c.MaxMessage, OnlyAnnounce: c.OnlyAnnounce,
		MeetingCalls: spell(string(c.MeetingCalls), "propose"), Retention: spell(c.Retention, "off"), Reminders: spell(c.Reminders, defaultReminders),
		MeetingGuests:  spell(string(c.MeetingGuests), "ask"),
		visibilityJSON: newVisibilityJSON(c.Rules),
		moderationJSON: newModerationJSON(c.Moderation), bouncingJSON: newBouncingJSON(c.Bouncing),
		newsletterRulesJSON: newNewsletterRulesJSON(c),
	}
	if c.Closed {
		j.State = "closed"
	}
	if a.config != nil {
		j.Language = spell(j.Language, a.config.Language)
		j.Timezone = spell(j.Timezone, a.config.Timezone.String())
		if j.MaxMessage == 0 {
			j.MaxMessage = a.config.Inbound.MaxMessage
		}
	}
	return j
}

// spell names a value that is kept as "".
func spell(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func (a *app) copShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show COP", Short: "Shows a community and its rules", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(_ *store.DB, community store.Community) error {
			j := a.communityJSON(community)
			if asJSON {
				return a.printJSON(j)
			}
			t := a.fields()
			t.row("address", j.Address)
			t.row("state", j.State)
			t.row("since", showTime(community.CreatedAt, a.config.Timezone))
			for _, rule := range communityRules {
				if rule.show != nil {
					t.row(rule.key, rule.show(j))
				}
			}
			return t.flush()
		})
	}
	return c
}

func (a *app) copClose() *cobra.Command {
	return &cobra.Command{Use: "close COP", Short: "Closes a community: no posts any more, the archive stays", Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
				if community.Closed {
					return store.Errorf(store.Conflict, "%s is closed already", community.Address())
				}
				community.Closed = true
				if err := db.UpdateCommunity(c.Context(), a.actor(), community); err != nil {
					return err
				}
				a.say("closed %s; guildpost cop set %s closed=no opens it again", community.Address(), args[0])
				return nil
			})
		}}
}

// canonicalAddress is the form in which addresses are kept; Invalid for what is no address.
func canonicalAddress(text string) (string, error) {
	address, err := mail.Canonical(text)
	if err != nil {
		return "", store.Errorf(store.Invalid, "%v", err)
	}
	return address, nil
}
