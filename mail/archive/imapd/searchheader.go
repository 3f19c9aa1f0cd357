package imapd

import (
	"strings"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail"
	"guildpost/store"
)

// headers looks at fields that no index has; those that make threads are looked up.
func (q *query) headers(c *imap.SearchCriteria, found bits) error {
	if q.opened.archive == nil {
		return nil
	}
	for _, h := range c.Header {
		var err error
		switch name := strings.ToLower(h.Key); {
		case name == "message-id" && h.Value != "":
			err = q.byID(h.Value, false, found)
		case (name == "in-reply-to" || name == "references") && h.Value != "":
			err = q.byID(h.Value, true, found)
		default:
			if _, indexed := indexedFields[name]; !indexed {
				err = q.readHeaders(h, found)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// byID finds the post with a Message-ID, or those that answer it.
func (q *query) byID(value string, answers bool, found bits) error {
	id := strings.Trim(strings.TrimSpace(value), "<>")
	if ids := mail.MessageIDs(value); len(ids) > 0 {
		id = ids[0]
	}
	if q.lookups++; q.lookups > maxLookups {
		return tooMuch("a search may look for 30 Message-IDs")
	}
	ids, err := q.session.server.o.DB.PostsWithID(q.ctx, q.opened.folder.communityID, id, answers)
	if err != nil {
		return err
	}
	found.and(q.these(ids))
	return nil
}

// readHeaders looks for a text in a field of the messages themselves (RFC 3501 6.4.4).
func (q *query) readHeaders(h imap.SearchCriteriaHeaderField, found bits) error {
	if q.read += found.count(); q.read > maxRead {
		return tooMuch("20,000 messages are read for a field that is in no index")
	}
	want := strings.ToLower(h.Value)
	var wrong []int
	var err error
	found.each(func(i int) bool {
		var has bool
		if has, err = q.hasField(q.opened.uids[i], h.Key, want); !has {
			wrong = append(wrong, i)
		}
		return err == nil && q.ctx.Err() == nil
	})
	for _, i := range wrong {
		found[i/64] &^= 1 << (i % 64)
	}
	return err
}

func (q *query) hasField(uid uint32, name, want string) (bool, error) {
	db := q.session.server.o.DB
	post, err := db.Post(q.ctx, int64(uid))
	if err != nil {
		return false, missing(err)
	}
	raw, err := db.Raw(q.ctx, post.RawID)
	if err != nil {
		return false, missing(err)
	}
	header, _ := mail.SplitHeader(raw)
	for _, value := range header.Values(name) {
		if strings.Contains(strings.ToLower(mail.DecodeWords(value)), want) {
			return true, nil
		}
	}
	return false, nil
}

// missing says that a post which was erased in the meantime is not found, which is no failure.
func missing(err error) error {
	if store.KindOf(err) == store.NotFound {
		return nil
	}
	return err
}
