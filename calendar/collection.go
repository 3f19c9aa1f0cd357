package calendar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// A Collection is the meetings of a community, as a member or guest of it sees them, each an object of its own: as calendar
// programs read them that keep no copy of a whole feed (CalDAV).
type Collection struct {
	shelf
	k *Calendar
}

// Collections are those of a member, by community.
func (k *Calendar) Collections(ctx context.Context, memberID int64) (all []Collection, err error) {
	shelves, err := k.shelves(ctx, store.Feed{MemberID: memberID})
	for _, s := range shelves {
		all = append(all, Collection{s, k})
	}
	return all, err
}

// Community is whose meetings they are.
func (c Collection) Community() store.Community { return c.community }

// A CollectionObject is one meeting of a collection.
type CollectionObject struct {
	MeetingID int64
	Series    itip.Series
	Data      []byte // the calendar object, without a METHOD (RFC 4791 4.1)
	ETag      string // stands for Data, without quotes
}

// Objects are the meetings of a collection, in the order in which they were called; those of the past year too. A meetingID
// that is not 0 is the one that is wanted: the rest is left out.
func (c Collection) Objects(ctx context.Context, meetingID int64) (all []CollectionObject, err error) {
	volumes, err := c.k.volumes(ctx, c.shelf)
	if err != nil {
		return nil, err
	}
	for _, v := range volumes {
		if meetingID != 0 && v.meeting.ID != meetingID {
			continue
		}
		o, err := c.object(v)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

func (c Collection) object(v volume) (o CollectionObject, err error) {
	events, err := c.events(v)
	if err != nil {
		return o, err
	}
	o = CollectionObject{MeetingID: v.meeting.ID, Series: itip.Series{Master: events[0], Changes: events[1:]}}
	if o.Data, err = itip.Write(itip.Object{Events: events}); err != nil {
		return o, err
	}
	sum := sha256.Sum256(o.Data)
	o.ETag = hex.EncodeToString(sum[:16])
	return o, nil
}
