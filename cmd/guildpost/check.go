package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// A finding is what check says about one thing.
type finding struct {
	Name   string `json:"name"`
	Result string `json:"result"` // ok, warn, FAIL
	Text   string `json:"text"`   // what is, and what to do
}

func ok(name, format string, args ...any) finding {
	return finding{name, "ok", fmt.Sprintf(format, args...)}
}

func warn(name, format string, args ...any) finding {
	return finding{name, "warn", fmt.Sprintf(format, args...)}
}

func fail(name, format string, args ...any) finding {
	return finding{name, "FAIL", fmt.Sprintf(format, args...)}
}

// A check looks at one thing and may find several.
type check func(ctx context.Context, c *Config) []finding

func (a *app) checkCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "check", Short: "Says whether all that guildpost needs is there, and what to do", Args: arguments(0, 0),
		Long: "Looks at the configuration, the data folder, the database, the disk, the clock, the addresses to listen on, the\n" +
			"mailboxes of [[imap]], the smarthost and the DNS, each a line: ok, warn, or FAIL with what to do. Ends with 1 where something fails."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		found := a.check(c.Context())
		if asJSON {
			if err := a.printJSON(found); err != nil {
				return err
			}
		} else {
			for _, f := range found {
				a.say("%-4s  %s: %s", f.Result, f.Name, f.Text)
			}
		}
		for _, f := range found {
			if f.Result == "FAIL" {
				return errSaid
			}
		}
		return nil
	}
	return c
}

// check makes every check in turn; without a configuration there is nothing else to look at.
func (a *app) check(ctx context.Context) []finding {
	c, err := loadConfig(a.configFile, a.dir, a.environ) // not a.loadConfig: warnings are findings here
	if err != nil {
		return []finding{fail("configuration", "%s", strings.ReplaceAll(err.Error(), "\n", ";"))}
	}
	var found []finding
	for _, one := range []check{
		a.checkConfiguration, a.checkData, a.checkDatabase, a.checkDisk, a.checkClock, a.checkListeners, a.checkIMAP,
		a.checkPublicURL, a.checkSmarthost, a.checkDNS, a.checkRoot,
	} {
		found = append(found, one(ctx, c)...)
	}
	return found
}
