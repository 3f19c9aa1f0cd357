package list

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// How often commands are answered.
const (
	answersUnproven = 5   // a day, to an address that proves nothing or is no member's
	answersProven   = 100 // a day, to a member
	answersLost     = 3   // a day, where nothing was understood: an answering machine never is
	answersSame     = 5   // in ten minutes, to the same commands: an answering machine that quotes us never stops
	answersInAll    = 200 // an hour, to those who prove nothing
)

// brakeOn is what keeps two machines from answering each other for ever.
func brakeOn(a *asker, commands []command) store.Limit {
	if !understood(commands) {
		return store.Limit{Name: "lost " + a.address, Most: answersLost, Within: 24 * time.Hour}
	}
	sum := sha256.New()
	for _, c := range commands {
		if c.verb != "" {
			fmt.Fprintln(sum, c.String())
		}
	}
	return store.Limit{Name: "same " + a.address + " " + hex.EncodeToString(sum.Sum(nil)[:8]), Most: answersSame, Within: 10 * time.Minute}
}

// source says where a message came from: the peer, or where that is one of our own relays, whose bounces it would get.
func source(env mail.Envelope) string {
	if !env.Trusted && env.Remote != "" {
		return env.Remote
	}
	if env.From == "" {
		return "nobody"
	}
	return strings.ToLower(domainOf(env.From))
}

// mayAnswer counts an answer.
func (l *List) mayAnswer(ctx context.Context, a *asker, brake store.Limit) (bool, error) {
	limits := []store.Limit{{Name: "answers " + a.address, Most: answersUnproven, Within: 24 * time.Hour},
		{Name: "answers", Most: answersInAll, Within: time.Hour}}
	if a.proven && a.member {
		limits = []store.Limit{{Name: "proven " + a.address, Most: answersProven, Within: 24 * time.Hour}}
	}
	reached, err := l.DB.Allow(ctx, l.Now(), append(limits, brake)...)
	if reached != nil {
		l.Log.Info("commands were not answered, since a limit is reached", "community", a.community.Name, "address", a.address, "limit", reached.Name)
	}
	return err == nil && reached == nil, err
}
