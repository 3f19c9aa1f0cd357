package caldav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-webdav"
	"github.com/emersion/go-webdav/caldav"

	"guildpost/calendar"
	"guildpost/calendar/itip"
	"guildpost/store"
)

// A path is what an address names; what it does not name is zero.
type path struct {
	member    int64
	home      bool   // or something below it
	community string // the list address
	meeting   int64
}

// parsePath takes an address apart. It may end in a slash or not.
func parsePath(text string) (p path, ok bool) {
	rest, ok := strings.CutPrefix(text+"/", Prefix)
	if !ok {
		return p, false
	}
	parts := strings.Split(strings.TrimRight(rest, "/"), "/")
	for i, part := range parts {
		ok = true
		switch i {
		case 0:
			if part != "" {
				p.member, ok = number(part)
			}
		case 1:
			p.home, ok = true, part == "calendars"
		case 2:
			p.community, ok = part, part != ""
		case 3:
			part, ok = strings.CutSuffix(part, ".ics")
			if ok {
				p.meeting, ok = number(part)
			}
		default:
			ok = false
		}
		if !ok {
			return p, false
		}
	}
	return p, true
}

func number(text string) (n int64, ok bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == text
}

// A backend is what one request by a member sees.
type backend struct {
	h           *Handler
	memberID    int64
	collections []calendar.Collection
	tags        bool                                   // ETags alone are wanted, so that no object is read for go-webdav
	read        map[string][]calendar.CollectionObject // by list address
}

func notFound() error {
	return webdav.NewHTTPError(http.StatusNotFound, errors.New("there is no such meeting or calendar"))
}

// hide keeps what is wrong with the store from the client.
func (b *backend) hide(err error) error {
	if err == nil {
		return nil
	}
	if store.KindOf(err) == store.NotFound {
		return notFound()
	}
	if !errors.Is(err, context.Canceled) {
		b.h.o.Log.Error("a calendar could not be read", "error", err)
	}
	return webdav.NewHTTPError(http.StatusServiceUnavailable, errors.New("the calendar cannot be read now"))
}

// CurrentUserPrincipal implements webdav.UserPrincipalBackend.
func (b *backend) CurrentUserPrincipal(context.Context) (string, error) {
	return fmt.Sprintf("%s%d/", Prefix, b.memberID), nil
}

// CalendarHomeSetPath implements caldav.Backend, as do the next ones.
func (b *backend) CalendarHomeSetPath(context.Context) (string, error) {
	return fmt.Sprintf("%s%d/calendars/", Prefix, b.memberID), nil
}

func (b *backend) calendarPath(c calendar.Collection) string {
	return fmt.Sprintf("%s%d/calendars/%s/", Prefix, b.memberID, c.Community().Address())
}

func (b *backend) calendar(c calendar.Collection) caldav.Calendar {
	community := c.Community()
	return caldav.Calendar{Path: b.calendarPath(c), Name: community.Title, Description: community.Purpose, SupportedComponentSet: []string{ical.CompEvent}}
}

func (b *backend) ListCalendars(context.Context) (all []caldav.Calendar, err error) {
	for _, c := range b.collections {
		all = append(all, b.calendar(c))
	}
	return all, nil
}

func (b *backend) GetCalendar(_ context.Context, text string) (*caldav.Calendar, error) {
	c, err := b.collection(text)
	if err != nil {
		return nil, err
	}
	found := b.calendar(c)
	return &found, nil
}

// collection finds the one in which something lies.
func (b *backend) collection(text string) (c calendar.Collection, err error) {
	p, ok := parsePath(text)
	for _, c := range b.collections {
		if ok && p.member == b.memberID && c.Community().Address() == p.community {
			return c, nil
		}
	}
	return c, notFound()
}

// objects are those of a collection, read once in a request.
func (b *backend) objects(ctx context.Context, c calendar.Collection) ([]calendar.CollectionObject, error) {
	address := c.Community().Address()
	if all, ok := b.read[address]; ok {
		return all, nil
	}
	all, err := c.Objects(ctx, 0)
	if err != nil {
		return nil, b.hide(err)
	}
	if b.read == nil {
		b.read = map[string][]calendar.CollectionObject{}
	}
	b.read[address] = all
	return all, nil
}

// find finds a meeting; NotFound where there is none.
func (b *backend) find(ctx context.Context, p path) (o calendar.CollectionObject, err error) {
	for _, c := range b.collections {
		if p.meeting == 0 || c.Community().Address() != p.community {
			continue
		}
		all, err := c.Objects(ctx, p.meeting)
		if err != nil {
			return o, err
		}
		if len(all) == 1 {
			return all[0], nil
		}
	}
	return o, store.Errorf(store.NotFound, "there is no such meeting")
}

func (b *backend) object(c calendar.Collection, o calendar.CollectionObject) (made caldav.CalendarObject, err error) {
	made = caldav.CalendarObject{Path: fmt.Sprintf("%s%d.ics", b.calendarPath(c), o.MeetingID), ETag: o.ETag, ContentLength: int64(len(o.Data))}
	if !b.tags {
		made.Data, err = ical.NewDecoder(bytes.NewReader(o.Data)).Decode()
	}
	return made, b.hide(err)
}

func (b *backend) GetCalendarObject(ctx context.Context, text string, _ *caldav.CalendarCompRequest) (*caldav.CalendarObject, error) {
	c, err := b.collection(text)
	if err != nil {
		return nil, err
	}
	p, _ := parsePath(text)
	all, err := b.objects(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if o.MeetingID == p.meeting {
			made, err := b.object(c, o)
			return &made, err
		}
	}
	return nil, notFound()
}

func (b *backend) ListCalendarObjects(ctx context.Context, text string, _ *caldav.CalendarCompRequest) (made []caldav.CalendarObject, err error) {
	return b.matching(ctx, text, func(calendar.CollectionObject) bool { return true })
}

func (b *backend) matching(ctx context.Context, text string, matches func(calendar.CollectionObject) bool) (made []caldav.CalendarObject, err error) {
	c, err := b.collection(text)
	if err != nil {
		return nil, err
	}
	all, err := b.objects(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if !matches(o) {
			continue
		}
		one, err := b.object(c, o)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}

// QueryCalendarObjects answers a calendar-query: a span of time by all dates of a meeting, the rest by go-webdav.
func (b *backend) QueryCalendarObjects(ctx context.Context, text string, query *caldav.CalendarQuery) ([]caldav.CalendarObject, error) {
	filter, from, until, timed := withoutTimes(query.CompFilter)
	found, err := b.matching(ctx, text, func(o calendar.CollectionObject) bool { return !timed || within(o.Series, from, until) })
	if err != nil || isPlain(filter) {
		return found, err
	}
	if b.tags { // now each must be read
		b.tags = false
		return b.QueryCalendarObjects(ctx, text, query)
	}
	matched, err := caldav.Filter(&caldav.CalendarQuery{CompFilter: filter}, found)
	if err != nil {
		return nil, webdav.NewHTTPError(http.StatusBadRequest, errors.New("the filter of this calendar-query is not understood"))
	}
	return matched, nil
}

// withoutTimes takes the span of time out of a filter for events (RFC 4791 9.9).
func withoutTimes(f caldav.CompFilter) (rest caldav.CompFilter, from, until time.Time, timed bool) {
	rest = f
	rest.Comps = append([]caldav.CompFilter{}, f.Comps...)
	for i := range rest.Comps {
		if c := &rest.Comps[i]; c.Name == ical.CompEvent && (!c.Start.IsZero() || !c.End.IsZero()) {
			from, until, timed = c.Start, c.End, true
			c.Start, c.End = time.Time{}, time.Time{}
		}
	}
	return rest, from, until, timed
}

// isPlain says whether a filter asks for events and nothing else of them: all that there are are.
func isPlain(f caldav.CompFilter) bool {
	if f.Name != ical.CompCalendar || f.IsNotDefined || len(f.Props) > 0 {
		return false
	}
	for _, c := range f.Comps {
		if c.Name != ical.CompEvent || c.IsNotDefined || len(c.Props) > 0 || len(c.Comps) > 0 {
			return false
		}
	}
	return true
}

// endOfTime is when a span of time ends that has no end.
var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// within says whether a date of a series lies at least partly in a span of time, the end of which is not part of it.
func within(s itip.Series, from, until time.Time) bool {
	if until.IsZero() {
		until = endOfTime
	}
	longest := s.Master.Length().Exact
	for i := range s.Changes {
		longest = max(longest, s.Changes[i].Length().Exact)
	}
	early := from
	if !from.IsZero() {
		early = from.Add(-longest)
	}
	if s.Master.Status == "CANCELLED" { // it has no dates, and is shown as cancelled where it would have been
		s.Master.Status, s.Changes = "", nil
	}
	// A date that begins before the span is one of few; what there is comes with the error.
	found, _ := s.Next(early, 50, time.UTC)
	for _, o := range found {
		start, end := o.Start.Instant(nil), o.End.Instant(nil)
		if start.Before(until) && (end.After(from) || !start.Before(from)) {
			return true
		}
	}
	return false
}

var errReadOnly = webdav.NewHTTPError(http.StatusForbidden, errors.New("meetings can only be read here"))

func (b *backend) CreateCalendar(context.Context, *caldav.Calendar) error { return errReadOnly }

func (b *backend) PutCalendarObject(context.Context, string, *ical.Calendar, *caldav.PutCalendarObjectOptions) (*caldav.CalendarObject, error) {
	return nil, errReadOnly
}

func (b *backend) DeleteCalendarObject(context.Context, string) error { return errReadOnly }
