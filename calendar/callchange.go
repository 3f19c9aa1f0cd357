package calendar

import "context"

func (k *Calendar) changeCalled(ctx context.Context, f *following) (wrong *misfit, err error) {
	return &misfit{kind: "unknown"}, nil
}
