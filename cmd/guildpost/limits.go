package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A limitJSON is how often a limit was in the way, for programs.
type limitJSON struct {
	Limit    string   `json:"limit"`
	About    string   `json:"about"` // an address, a domain or a community; "" is all
	KeptBack int      `json:"kept_back"`
	Since    jsonTime `json:"since"`
}

func (a *app) limitsCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "limits", Short: "Shows what was kept back today because there was too much of it", Args: arguments(0, 0),
		Long: "Shows how often a limit was in the way since less than a day, most often first. What is kept back makes no mail, so\n" +
			"that nobody can use guildpost to flood people. The limits, with what they are about:\n\n" +
			"  confirm         one question whether somebody wants to join: 1 a day to an address about a community\n" +
			"  address         questions to an address about all communities: 3 a day\n" +
			"  source          questions because of mails from one domain, or one IP address outside of the relays: 200 an hour\n" +
			"  community       questions about a community: 200 an hour\n" +
			"  asked           questions in all, about joining and leaving: 2000 an hour\n" +
			"  answers         answers to commands: 5 a day to an address that proves nothing, 200 an hour in all\n" +
			"  proven          the same to a member who proves who they are: 100 a day\n" +
			"  lost, same      answers where nothing was understood (3 a day), or to the same commands (5 in ten minutes)\n" +
			"  held…           mails about held posts; held-strangers: posts of others than members, 20 a day are held\n" +
			"  invites         invitations by one member: 20 a day\n" +
			"  rsvp            what comes back to invitations: help for one person 5 a day, people whom one invitation brings up 10 a day,\n" +
			"                  invitations of one address to be a guest 3 a day, proposals of one person for a meeting 20 a day\n" +
			"  postmaster      mails to the postmaster about the same thing\n" +
			"  banned, already what somebody who asks again and again is told once a day"}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withStore(c.Context(), func(db *store.DB) error {
			all, err := db.KeptBack(c.Context(), a.now())
			if err != nil {
				return err
			}
			out := a.list(asJSON, "LIMIT", "ABOUT", "KEPT BACK", "SINCE")
			for _, k := range all {
				j := limitJSON{KeptBack: k.N, Since: jsonTime(k.Since)}
				j.Limit, j.About, _ = strings.Cut(k.Limit, " ")
				if err := out.add(j, j.Limit, spell(j.About, "all"), strconv.Itoa(j.KeptBack), showTime(k.Since, a.config.Timezone)); err != nil {
					return err
				}
			}
			return out.end("nothing was kept back")
		})
	}
	return c
}
