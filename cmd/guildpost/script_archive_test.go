package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/rogpeppe/go-internal/testscript"
)

var appPassword = regexp.MustCompile(`\b[0-9]+(-[a-z2-9]{5}){4}\b`)

// archive ADDRESS FILE COMMAND… reads the archive as a mail program does, with the app password that stands in a file. With
// "!" the server must refuse. The commands, which print what they see:
//
//	list                         the folders, with * for those that are subscribed
//	read FOLDER                  its messages: number, flags, author, subject
//	show FOLDER N                a message as it is
//	search FOLDER WORD…          the subjects of messages with the words
//	mark FOLDER N [-]FLAG…       gives a message flags, or takes them
//	delete FOLDER N              as a mail program deletes
func cmdArchive(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: archive ADDRESS FILE COMMAND...")
	}
	w := worldOf(ts).mail(ts)
	password := appPassword.FindString(ts.ReadFile(args[1]))
	if password == "" {
		ts.Fatalf("%s has no app password", args[1])
	}
	var out strings.Builder
	err := readArchive(w.daemon.imapd.Addr(), args[0], password, args[2:], &out)
	fmt.Fprint(ts.Stdout(), out.String())
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
	if neg == (err == nil) {
		ts.Fatalf("archive: %v\n%s", err, out.String())
	}
}

func readArchive(addr, user, password string, args []string, out *strings.Builder) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(user, password).Wait(); err != nil {
		return err
	}
	if args[0] == "list" {
		return listFolders(c, out)
	}
	if len(args) < 2 {
		return fmt.Errorf("%s of which folder?", args[0])
	}
	if _, err := c.Select(args[1], nil).Wait(); err != nil {
		return err
	}
	switch rest := args[2:]; args[0] {
	case "read":
		return readFolder(c, imap.SeqSet{{Start: 1, Stop: 1 << 31}}, out)
	case "show":
		return showMessage(c, rest[0], out)
	case "search":
		return searchFolder(c, rest, out)
	case "mark":
		return markMessage(c, rest[0], rest[1:])
	case "delete":
		return markMessage(c, rest[0], []string{`\Deleted`})
	}
	return fmt.Errorf("there is no command %s", args[0])
}

func listFolders(c *imapclient.Client, out *strings.Builder) error {
	all, err := c.List("", "*", &imap.ListOptions{ReturnSubscribed: true}).Collect()
	for _, f := range all {
		mark := ""
		for _, attr := range f.Attrs {
			if attr == imap.MailboxAttrSubscribed {
				mark = " *"
			}
		}
		fmt.Fprintf(out, "%s%s\n", f.Mailbox, mark)
	}
	return err
}

func readFolder(c *imapclient.Client, set imap.SeqSet, out *strings.Builder) error {
	all, err := c.Fetch(set, &imap.FetchOptions{Flags: true, Envelope: true}).Collect()
	for _, m := range all {
		from := ""
		if len(m.Envelope.From) > 0 {
			from = m.Envelope.From[0].Addr()
		}
		fmt.Fprintf(out, "%d %v %s: %s\n", m.SeqNum, m.Flags, from, m.Envelope.Subject)
	}
	return err
}

func showMessage(c *imapclient.Client, number string, out *strings.Builder) error {
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return err
	}
	all, err := c.Fetch(imap.SeqSetNum(uint32(n)), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect()
	for _, m := range all {
		out.Write(m.BodySection[0].Bytes)
	}
	return err
}

func searchFolder(c *imapclient.Client, words []string, out *strings.Builder) error {
	found, err := c.Search(&imap.SearchCriteria{Text: words}, nil).Wait()
	if err != nil || len(found.AllSeqNums()) == 0 {
		return err
	}
	return readFolder(c, found.All.(imap.SeqSet), out)
}

func markMessage(c *imapclient.Client, number string, flags []string) error {
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return err
	}
	for _, flag := range flags {
		op := imap.StoreFlagsAdd
		if taken, ok := strings.CutPrefix(flag, "-"); ok {
			op, flag = imap.StoreFlagsDel, taken
		}
		change := &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{imap.Flag(flag)}}
		if err := c.Store(imap.SeqSetNum(uint32(n)), change, nil).Close(); err != nil {
			return err
		}
	}
	return nil
}
