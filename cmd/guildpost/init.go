package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

func (a *app) initCommand() *cobra.Command {
	var yes bool
	var domain, smarthost, cop string
	c := &cobra.Command{Use: "init", Short: "Writes a configuration with comments, guildpost.toml", Args: arguments(0, 0),
		Long: "Writes guildpost.toml (or the file that --config names) with every key, its default and what it means.\n" +
			"On a terminal it asks for the domain, the smarthost and a first community; with --yes it asks nothing.\nA file that exists is never overwritten."}
	c.Flags().BoolVar(&yes, "yes", false, "ask nothing")
	c.Flags().StringVar(&domain, "domain", "", "the `DOMAIN` of the list addresses")
	c.Flags().StringVar(&smarthost, "smarthost", "", "the mail server for outgoing mail, `HOST:PORT`")
	c.Flags().StringVar(&cop, "cop", "", "make a first community, `NAME`")
	c.RunE = func(c *cobra.Command, _ []string) error {
		path := a.initPath()
		if _, err := os.Lstat(path); err == nil {
			return existsError(path)
		}
		answers := map[string]string{"domain": domain, "outbound.smarthost": smarthost}
		if !yes && isTerminal(a.stdin) {
			cop = a.askForInit(answers, cop)
		}
		return a.init(c.Context(), path, answers, cop)
	}
	return c
}

// initPath is where the configuration goes: where it would be looked for first.
func (a *app) initPath() string {
	path := a.configFile
	if path == "" {
		path, _ = lookup(a.environ, "GUILDPOST_CONFIG")
	}
	if path == "" {
		path = "guildpost.toml"
	}
	return absolute(path, a.dir)
}

func existsError(path string) error {
	return withHint(store.Errorf(store.Conflict, "there is a configuration %s already; it was left as it is", path),
		"to begin anew, move it away first")
}

// askForInit fills in the answers that were not given as flags, and returns the name of the first community.
func (a *app) askForInit(answers map[string]string, cop string) string {
	in := &lineReader{a.stdin}
	questions := []struct{ key, text string }{
		{"domain", "Domain of the list addresses"},
		{"outbound.smarthost", "Mail server that takes outgoing mail, host:port"},
	}
	for _, q := range questions {
		k, _ := findKey(q.key)
		for answers[q.key] == "" {
			answer := ask(in, a.stderr, q.text, k.def)
			if err := setKey(&Config{}, k, answer); err != nil {
				fmt.Fprintf(a.stderr, "  %s\n", clean(err.Error()))
				continue
			}
			answers[q.key] = answer
		}
	}
	for cop == "" {
		if cop = ask(in, a.stderr, "Name of a first community, such as rust (- for none)", "-"); cop == "-" {
			return ""
		}
		if err := checkCommunityName(cop); err != nil {
			fmt.Fprintf(a.stderr, "  %s\n", clean(err.Error()))
			cop = ""
		}
	}
	return cop
}

// init writes the configuration, and makes the first community where one is named.
func (a *app) init(ctx context.Context, path string, answers map[string]string, cop string) error {
	for key, value := range answers {
		k, _ := findKey(key)
		if value == "" {
			delete(answers, key)
		} else if err := setKey(&Config{}, k, value); err != nil {
			return store.Errorf(store.Invalid, "%v", err)
		}
	}
	if cop != "" {
		if err := checkCommunityName(cop); err != nil {
			return err
		}
	}
	if err := writeNew(path, sampleConfig(answers)); err != nil {
		return err
	}
	a.say("wrote %s", shortPath(path, a.dir))
	if cop != "" {
		a.configFile = path
		return a.addCommunity(ctx, cop, "")
	}
	a.say("next: guildpost cop add NAME, guildpost check, guildpost serve")
	return nil
}

// writeNew writes a file that must not exist, readable by its owner alone since it may hold passwords.
func writeNew(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return store.Errorf(store.Invalid, "the folder for the configuration cannot be made: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return existsError(path)
	}
	if err != nil {
		return store.Errorf(store.Invalid, "the configuration cannot be written: %w", err)
	}
	_, err = f.Write(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
		return store.Errorf(store.Temporary, "the configuration cannot be written: %w", err)
	}
	return nil
}

// sampleConfig is a configuration with every key: its value from answers or its default, under what it means.
func sampleConfig(answers map[string]string) []byte {
	var b bytes.Buffer
	b.WriteString("# The configuration of guildpost. What stands here are the defaults; a key that is left out has its default.\n" +
		"# Each key can be overridden by a variable: GUILDPOST_OUTBOUND_SMARTHOST. guildpost check says whether all is well.\n")
	table := ""
	for _, k := range configKeys {
		in, name := k.table()
		if in != table {
			fmt.Fprintf(&b, "\n[%s]\n", in)
			table = in
		}
		if k.doc != "" {
			b.WriteString("\n# " + strings.ReplaceAll(k.doc, "\n", "\n# ") + "\n")
		}
		value, ok := answers[k.name]
		if !ok {
			value = k.def
		}
		fmt.Fprintf(&b, "%s = %s\n", name, k.toml(value))
	}
	b.WriteString(sampleIMAP())
	return b.Bytes()
}
