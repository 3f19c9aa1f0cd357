package outbound

import "guildpost/store"

// A split is the search for the recipient that makes the smarthost refuse a shared copy as a whole. Its halves are
// tried one after the other: where one is taken, the other is halved again; where both are refused, it is the
// message. That takes at most 1 + 2·log2(n) transactions for n recipients.
type split struct {
	second *task            // the half that waits for the first
	first  []store.Delivery // the first half, once it was refused
}

// held returns the deliveries that are in no task of their own because t is under way.
func (t *task) held() []store.Delivery {
	if t.half == nil {
		return nil
	}
	all := append([]store.Delivery(nil), t.half.first...)
	if t.half.second != nil {
		all = append(all, t.half.second.deliveries...)
	}
	return all
}

// part returns a task for some of the deliveries of t.
func (t *task) part(deliveries []store.Delivery) *task {
	return &task{worker: t.worker, dispatch: t.dispatch, community: t.community, deliveries: deliveries}
}

// halve makes two tasks of deliveries that were refused together, and returns the one to try first.
func (t *task) halve(deliveries []store.Delivery) *task {
	n := len(deliveries) / 2
	first := t.part(deliveries[:n:n])
	first.half = &split{second: t.part(deliveries[n:])}
	return first
}

// blame says what follows when deliveries of t were refused as a whole: the task to try next, or those that have
// failed, because of the message if whole is true.
func (t *task) blame(refused []store.Delivery) (next *task, failed []store.Delivery, whole bool) {
	s := t.half
	switch {
	case s == nil && len(refused) == 1:
		return nil, refused, false
	case s == nil:
		return t.halve(refused), nil, false
	case s.second != nil:
		next, s.second = s.second, nil
		next.half, s.first = s, refused
		return next, nil, false
	case len(s.first) > 0:
		return nil, append(refused, s.first...), true
	case len(refused) == 1:
		return nil, refused, false
	}
	return t.halve(refused), nil, false
}

// acquit says what to try next when t, which was a half, was not refused. Taken says that it was taken: then the
// other half holds the one to blame.
func (t *task) acquit(taken bool) (next *task) {
	s := t.half
	if s == nil {
		return nil
	}
	other := s.first
	if s.second != nil {
		other = s.second.deliveries
	}
	if len(other) == 0 {
		return nil
	}
	if taken && len(other) > 1 {
		return t.halve(other)
	}
	return t.part(other)
}
