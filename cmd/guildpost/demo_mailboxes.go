package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guildpost/mail"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// deliver puts what the smarthost took into mailboxes, a Maildir each, and returns what is new.
func (s *stage) deliver() ([]mailtest.Received, error) {
	fresh := s.sink.Received()[s.delivered:]
	for _, m := range fresh {
		local, _, _ := strings.Cut(m.Recipient, "@")
		box := filepath.Join(s.data, "mailboxes", filepath.Base(local))
		for _, folder := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(box, folder), 0o700); err != nil {
				return nil, err
			}
		}
		s.delivered++
		name := filepath.Join(box, "new", fmt.Sprintf("%d.demo", s.delivered))
		if err := os.WriteFile(name, m.Data, 0o600); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// summary compares what came with what was expected: every copy, once, and nothing else.
func (s *stage) summary(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	stats := s.sink.Stats()
	missing, once, extra := 0, 0, 0
	for key := range s.expected {
		switch n := s.sink.Count(key.recipient, key.messageID); {
		case n == 0:
			missing++
		case n == 1:
			once++
		}
	}
	for _, m := range s.sink.Received() {
		if !s.expected[copyKey{m.Recipient, m.MessageID}] {
			extra++
		}
	}
	fmt.Fprintf(s.app.stdout, "\n%d of %d expected copies arrived exactly once; %d missing, %d unexpected, %d repeated.\n",
		once, len(s.expected), missing, extra, stats.Duplicates)
	for what, n := range stats.Lint {
		fmt.Fprintf(s.app.stdout, "The smarthost complains: %s (%d)\n", what, n)
	}
	if missing+extra+int(stats.Duplicates)+len(stats.Lint) > 0 {
		return store.Errorf(store.Internal, "the demo did not go as it should")
	}
	return nil
}

func (s *stage) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var err error
	if s.daemon != nil {
		err = s.daemon.Stop(ctx)
	}
	return errors.Join(err, s.sink.Close())
}

func headerOf(message []byte, name string) string {
	h, _ := mail.SplitHeader(message)
	return mail.DecodeWords(h.Get(name))
}
