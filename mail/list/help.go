package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
)

// Help answers a mail to the address for help.
func (l *List) Help(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	a, err := l.asker(ctx, c, env, m)
	if err != nil || a == nil {
		return err
	}
	if ok, err := l.mayAnswer(ctx, a, brakeOn(a, nil)); err != nil || !ok {
		return err
	}
	return l.send(ctx, l.letterTo(a, l.helpText(a)))
}

// OwnCommands handles a mail to the installation's own address for commands, which knows a few of them.
func (l *List) OwnCommands(ctx context.Context, env mail.Envelope, m *mail.Message) error {
	a, err := l.asker(ctx, store.Community{}, env, m)
	if err != nil || a == nil {
		return err
	}
	all := communityVerbs()
	return l.answerCommands(ctx, a, map[string]verb{"help": all["help"], "lists": all["lists"], "which": all["which"],
		"find": {all["find"].usage, false, planFind}})
}
