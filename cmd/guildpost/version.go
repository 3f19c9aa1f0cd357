package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by release builds: -ldflags "-X main.version=1.2.3".
var version string

// A build says what this binary was made from.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"` // "" where it was not built from a repository
	Modified bool   `json:"modified"`
	Time     string `json:"time"` // of the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildInfo() build {
	b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "version", Short: "Says which guildpost this is", Args: arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			b := buildInfo()
			if asJSON {
				return a.printJSON(b)
			}
			line := fmt.Sprintf("guildpost %s, %s, %s", b.Version, b.Go, b.Platform)
			if b.Revision != "" {
				line += ", revision " + b.Revision + map[bool]string{true: " with changes"}[b.Modified]
			}
			a.say("%s", line)
			return nil
		}}
	jsonFlag(c, &asJSON)
	return c
}

// jsonFlag adds --json.
func jsonFlag(c *cobra.Command, asJSON *bool) {
	c.Flags().BoolVar(asJSON, "json", false, "write JSON")
}
