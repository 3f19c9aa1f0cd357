package list

import (
	"context"

	"guildpost/store"
)

func (l *List) confirmCommands(context.Context, ticketUse, store.Request) error { return nil }

func showHold(context.Context, *List, ticketUse) (Outcome, error)       { return Outcome{}, nil }
func actHoldApprove(context.Context, *List, ticketUse) (Outcome, error) { return Outcome{}, nil }
func actHoldReject(context.Context, *List, ticketUse) (Outcome, error)  { return Outcome{}, nil }

func showReceipt(context.Context, *List, ticketUse) (Outcome, error) { return Outcome{}, nil }
func actReceipt(context.Context, *List, ticketUse) (Outcome, error)  { return Outcome{}, nil }

func showThreadMode(context.Context, *List, ticketUse) (Outcome, error) { return Outcome{}, nil }
func actThreadMode(context.Context, *List, ticketUse) (Outcome, error)  { return Outcome{}, nil }
