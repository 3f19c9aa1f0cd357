package inbound

import (
	"context"

	"guildpost/mail"
)

// Envelope is mail.Envelope.
type Envelope = mail.Envelope

// A Receiver takes messages from the listeners and the IMAP watcher. Its methods are called by many goroutines at
// once. How its errors are told to a mail peer stands in reply.go; an error that is no *store.Error is told as
// "try again later" and shown in the log only.
type Receiver interface {
	// Recipient says at RCPT whether a message from one address may come for another: nil takes it.
	Recipient(ctx context.Context, from, to string) error

	// Receive is called once per message, with the recipients that were taken. It returns one error per recipient in
	// the order of env.To, nil for those whose part is committed. raw is the message as it came, without the trace
	// field, lines ending in CRLF; the Receiver may keep it. ctx ends only when the daemon must stop at once.
	Receive(ctx context.Context, env Envelope, raw []byte) []error
}

// A Readier is a Receiver that can say at MAIL that it takes nothing now, for instance because the disk is full. Its
// error is told as 452 4.3.1.
type Readier interface {
	Ready(ctx context.Context) error
}
