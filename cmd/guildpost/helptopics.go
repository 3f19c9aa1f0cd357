package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

//go:embed help/*.md
var helpFiles embed.FS

// helpTopics are the topics of guildpost help, in the order in which they are listed.
var helpTopics = []string{"start", "addresses", "commands", "config", "postfix", "imap", "imap-archive", "rules", "meetings", "newsletter", "recognition", "report", "brief", "measures", "archive", "search", "words", "json", "exit-codes", "security", "privacy"}

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{Use: "help [TOPIC|COMMAND]", Short: "The manual: topics, and what each command does",
		ValidArgs: helpTopics,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				if err := c.Root().Help(); err != nil {
					return err
				}
				return a.listTopics()
			}
			if text, err := topic(strings.Join(args, " ")); err == nil {
				_, err = fmt.Fprint(a.stdout, text)
				return err
			}
			if found, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
				return found.Help()
			}
			return unknownTopic(strings.Join(args, " "), c.Root())
		}}
}

func (a *app) listTopics() error {
	fmt.Fprint(a.stdout, "\nTopics of the manual (guildpost help TOPIC):\n")
	t := a.fields()
	for _, name := range helpTopics {
		text, err := topic(name)
		if err != nil {
			return err
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		t.row("  "+name, title)
	}
	return t.flush()
}

// topic returns the text of a topic. No name from outside reaches a file system: only names in the list do.
func topic(name string) (string, error) {
	for _, known := range helpTopics {
		if known != name {
			continue
		}
		text, err := helpFiles.ReadFile("help/" + known + ".md")
		if err == nil && known == "config" {
			text = append(append(text, '\n'), sampleConfig(nil)...)
		}
		return string(text), err
	}
	return "", store.Errorf(store.NotFound, "there is no topic %s", name)
}

func unknownTopic(name string, root *cobra.Command) error {
	names := append([]string{}, helpTopics...)
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	err := store.Errorf(store.NotFound, "there is no topic and no command %s", name)
	if near := nearest(name, names); near != "" {
		return withHint(err, "did you mean guildpost help %s?", near)
	}
	return withHint(err, "the topics are %s", strings.Join(helpTopics, ", "))
}
