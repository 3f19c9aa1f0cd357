package imapwatch

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2"

	"guildpost/store"
)

// ProblemKeyword marks messages that cannot be handled.
const ProblemKeyword imap.Flag = "$GuildpostProblem"

const (
	tellProblems    = 20 // a day and mailbox
	tellUnaddressed = 1  // as well: what comes to a catch-all is mostly junk
	namedProblems   = 20 // in one mail
)

// report marks messages that cannot be handled, tells the postmaster of them, and is done with them.
func (s *session) report(ctx context.Context, problems []store.IMAPOpen) error {
	if len(problems) == 0 {
		return nil
	}
	if err := s.markProblems(ctx, problems); err != nil {
		return err
	}
	var reasons, astray []string
	for i, open := range problems {
		s.log.Warn("a message cannot be handled; it stays in the mailbox", "uid", open.UID, "reason", open.Reason)
		if strings.HasSuffix(open.Reason, unaddressed) {
			astray = append(astray, open.Reason)
		} else {
			reasons = append(reasons, open.Reason)
		}
		problems[i].State = store.IMAPGivenUp
	}
	s.tellOf("imap problem ", tellProblems, "cannot be handled", reasons)
	s.tellOf("imap unaddressed ", tellUnaddressed, "is for no list address", astray)
	return s.save(store.IMAPStep{Now: s.w.opts.Now(), Open: problems})
}

func (s *session) markProblems(ctx context.Context, problems []store.IMAPOpen) error {
	flag := ProblemKeyword
	if !s.can(flag) {
		flag = imap.FlagFlagged
	}
	if !s.can(flag) {
		return nil
	}
	uids := make([]uint32, len(problems))
	for i, open := range problems {
		uids[i] = open.UID
	}
	err := s.mark(ctx, uids, flag)
	var refused *refusal
	if errors.As(err, &refused) {
		s.log.Warn("messages that cannot be handled were not marked", "error", err.Error())
		return nil
	}
	return err
}

func (s *session) tellOf(kind string, most int, what string, reasons []string) {
	if len(reasons) == 0 {
		return
	}
	title := "mail in the mailbox " + s.String() + " " + what
	var b strings.Builder
	b.WriteString("These messages in " + s.String() + " stay there, marked " + string(ProblemKeyword) + " (or as flagged), and guildpost does not try them again:\n")
	for _, reason := range reasons[:min(len(reasons), namedProblems)] {
		b.WriteString("  - " + reason + "\n")
	}
	if len(reasons) > namedProblems {
		b.WriteString("  - and more, which the log names\n")
	}
	b.WriteString("To have one tried again, move it out of the mailbox and back.")
	s.tell(kind+s.String(), most, title, b.String())
}
