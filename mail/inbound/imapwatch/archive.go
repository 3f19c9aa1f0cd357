package imapwatch

import (
	"fmt"

	"guildpost/mail"
	"guildpost/store"
)

// file gives messages to the Archiver. An error about all of them leaves them as they are: they come again one at a time,
// so that the one to blame is found.
func (s *session) file(batch []message) error {
	results, err := s.archive(batch)
	if err != nil {
		return err
	}
	outcomes := make([]outcome, len(batch))
	for i, r := range results {
		outcomes[i] = s.filed(batch[i], store.IMAPOpen{UID: batch[i].uid}, r)
	}
	return s.step(outcomes...)
}

// fileOne gives one message to the Archiver; whatever is wrong is the message's fault, unless that is for a time.
func (s *session) fileOne(m message, open store.IMAPOpen) error {
	results, err := s.archive([]message{m})
	if err != nil {
		if store.KindOf(err) == store.Temporary || !s.careful {
			return err
		}
		results = []FileResult{{Err: err}}
	}
	return s.step(s.filed(m, open, results[0]))
}

func (s *session) archive(batch []message) (results []FileResult, err error) {
	incoming := make([]Incoming, len(batch))
	for i, m := range batch {
		incoming[i] = Incoming{Raw: mail.CanonicalCRLF(m.raw), Received: m.date}
	}
	results, err = s.w.opts.Archiver.File(s.w.hard, s.Community, incoming)
	if err == nil && len(results) != len(batch) {
		err = fmt.Errorf("there were %d answers for %d messages", len(results), len(batch))
	}
	if err != nil {
		return nil, fmt.Errorf("messages of %s were not kept: %w", s, err)
	}
	return results, nil
}

func (s *session) filed(m message, open store.IMAPOpen, r FileResult) outcome {
	switch {
	case r.Err == nil:
		if r.Known {
			s.w.count.known.Add(1)
		}
		return outcome{uid: m.uid, verdict: handled, was: !open.Since.IsZero()}
	case permanent(r.Err):
		h, _ := mail.SplitHeader(m.raw)
		return outcome{uid: m.uid, verdict: problem, was: !open.Since.IsZero(), open: open, reason: about(h) + ": " + store.Sentence(r.Err)}
	}
	return s.failed(open, r.Err, store.KindOf(r.Err) == store.Temporary)
}
