package imapd

import (
	"context"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/mail"
	"guildpost/store"
)

// What one SEARCH may cost.
const (
	searchTime  = 20 * time.Second
	maxKeys     = 200    // search keys
	maxLookups  = 30     // of words in the index
	maxRead     = 20_000 // messages whose headers are read
	searchBatch = 1000   // posts whose sizes are looked up at once
)

// Search implements imapserver.Session.
func (s *session) Search(kind imapserver.NumKind, c *imap.SearchCriteria, o *imap.SearchOptions) (*imap.SearchData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, opened, err := s.enterSelected()
	if err != nil {
		return nil, err
	}
	if o.ReturnSave {
		return nil, noSavedSearch()
	}
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	if err := s.server.searching.enter(ctx); err != nil {
		return nil, no(imap.ResponseCodeUnavailable, "too many searches are under way, try again later")
	}
	defer s.server.searching.leave()
	q := &query{ctx: ctx, session: s, opened: opened}
	found, err := q.all(c, ones(len(opened.uids)))
	if ctx.Err() != nil && s.server.ctx.Err() == nil {
		return nil, no(imap.ResponseCodeLimit, "the search took too long; narrow it by words or dates")
	}
	if err != nil {
		return nil, s.failed(err)
	}
	return searchData(kind, opened.uids, found), nil
}

// searchData is what was found, as sequence numbers or UIDs.
func searchData(kind imapserver.NumKind, uids []uint32, found bits) *imap.SearchData {
	data := &imap.SearchData{Count: uint32(found.count())}
	var numbers imap.SeqSet
	found.each(func(i int) bool {
		n := uint32(i) + 1
		if kind == imapserver.NumKindUID {
			n = uids[i]
		}
		if data.Min == 0 {
			data.Min = n
		}
		data.Max = n
		if last := len(numbers) - 1; last >= 0 && numbers[last].Stop+1 == n {
			numbers[last].Stop = n
		} else {
			numbers = append(numbers, imap.SeqRange{Start: n, Stop: n})
		}
		return true
	})
	data.All = numbers
	if kind == imapserver.NumKindUID {
		set := make(imap.UIDSet, len(numbers))
		for i, r := range numbers {
			set[i] = imap.UIDRange{Start: imap.UID(r.Start), Stop: imap.UID(r.Stop)}
		}
		data.All = set
	}
	return data
}

// A query is one SEARCH under way.
type query struct {
	ctx     context.Context
	session *session
	opened  *opened
	keys    int
	lookups int
	read    int
	minutes []uint32 // of the folder's posts, once they are needed
}

func tooMuch(what string) error {
	return no(imap.ResponseCodeLimit, what+"; narrow the search by words or dates")
}

// all returns those of a domain that meet all criteria. What is cheap is looked at first.
func (q *query) all(c *imap.SearchCriteria, domain bits) (bits, error) {
	q.keys += 1 + len(c.SeqNum) + len(c.UID) + len(c.Flag) + len(c.NotFlag) + len(c.Header) + len(c.Body) + len(c.Text) + len(c.Or) + len(c.Not)
	if q.keys > maxKeys {
		return nil, tooMuch("a search may have 200 keys")
	}
	found := append(bits(nil), domain...)
	for _, step := range []func(*imap.SearchCriteria, bits) error{q.numbers, q.flags, q.dates, q.words, q.sizes, q.nested, q.headers} {
		if err := step(c, found); err != nil {
			return nil, err
		}
		if q.ctx.Err() != nil {
			return nil, q.ctx.Err()
		}
	}
	return found, nil
}

func (q *query) numbers(c *imap.SearchCriteria, found bits) error {
	sets := make([]imap.NumSet, 0, len(c.SeqNum)+len(c.UID))
	for _, set := range c.SeqNum {
		sets = append(sets, set)
	}
	for _, set := range c.UID {
		sets = append(sets, set)
	}
	for _, set := range sets {
		spans, ok := q.opened.spans(set)
		if !ok {
			return noSavedSearch()
		}
		named := newBits(len(q.opened.uids))
		for _, s := range spans {
			for i := s.from; i < s.to; i++ {
				named.set(i)
			}
		}
		found.and(named)
	}
	return nil
}

func (q *query) flags(c *imap.SearchCriteria, found bits) error {
	if q.opened.flags == nil {
		return nil // nothing is in INBOX
	}
	for _, flag := range c.Flag {
		found.and(q.opened.flags.among(q.opened.uids, flag))
	}
	for _, flag := range c.NotFlag {
		found.without(q.opened.flags.among(q.opened.uids, flag))
	}
	return nil
}

// dates looks at the dates of posts, in UTC: SENTSINCE and SINCE are the same here, since INTERNALDATE is the Date.
func (q *query) dates(c *imap.SearchCriteria, found bits) error {
	since, before := c.Since, c.Before
	if c.SentSince.After(since) {
		since = c.SentSince
	}
	if before.IsZero() || !c.SentBefore.IsZero() && c.SentBefore.Before(before) {
		before = c.SentBefore
	}
	if since.IsZero() && before.IsZero() || q.opened.archive == nil {
		return nil
	}
	if q.minutes == nil {
		q.minutes = q.opened.archive.minutesOf(q.opened.uids)
	}
	from, end := since.Unix()/60, before.Unix()/60
	met := newBits(len(q.opened.uids))
	for i, minute := range q.minutes {
		if (since.IsZero() || int64(minute) >= from) && (before.IsZero() || int64(minute) < end) {
			met.set(i)
		}
	}
	found.and(met)
	return nil
}

// words looks for words in the index.
func (q *query) words(c *imap.SearchCriteria, found bits) error {
	for _, text := range c.Text {
		if err := q.lookUp(text, found, store.Anywhere, store.InFrom, store.InTo); err != nil {
			return err
		}
	}
	for _, text := range c.Body {
		if err := q.lookUp(text, found, store.Anywhere); err != nil {
			return err
		}
	}
	for _, h := range c.Header {
		field, indexed := indexedFields[strings.ToLower(h.Key)]
		if !indexed {
			continue
		}
		if err := q.lookUp(h.Value, found, field); err != nil {
			return err
		}
	}
	return nil
}

var indexedFields = map[string]store.SearchField{"subject": store.InSubject, "from": store.InFrom, "to": store.InTo}

// shortWord is how many bytes a word has that is looked for as it is: half of all words begin with one of a few letters.
const shortWord = 2

// lookUp leaves the posts that have all words of a text, or words that begin with them, each in one of some fields.
func (q *query) lookUp(text string, found bits, fields ...store.SearchField) error {
	words := strings.Fields(mail.FoldWords(text))
	if len(words) == 0 || q.opened.archive == nil {
		return nil // RFC 3501 6.4.4: "" is in all
	}
	if q.lookups += len(words); q.lookups > maxLookups {
		return tooMuch("a search may look for 30 words")
	}
	groups := make([][]store.SearchTerm, len(words))
	for i, word := range words {
		for _, field := range fields {
			groups[i] = append(groups[i], store.SearchTerm{Field: field, Words: []string{word}, Prefix: len(word) > shortWord})
		}
	}
	ids, err := q.session.server.o.DB.PostsWithTerms(q.ctx, q.opened.folder.communityID, groups)
	if err != nil {
		return err
	}
	found.and(q.these(ids))
	return nil
}

// these are posts, whose IDs rise, as messages of the folder.
func (q *query) these(ids []int64) bits {
	b := newBits(len(q.opened.uids))
	for _, id := range ids {
		if i, ok := q.opened.index(uint32(id)); ok {
			b.set(i)
		}
	}
	return b
}

func (q *query) sizes(c *imap.SearchCriteria, found bits) error {
	if c.Larger == 0 && c.Smaller == 0 {
		return nil
	}
	met := newBits(len(q.opened.uids))
	var ids []int64
	flush := func() error {
		rows, err := q.session.server.o.DB.MailboxRows(q.ctx, ids)
		for _, row := range rows {
			i, ok := q.opened.index(uint32(row.ID))
			if ok && row.Size > c.Larger && (c.Smaller == 0 || row.Size < c.Smaller) {
				met.set(i)
			}
		}
		ids = ids[:0]
		return err
	}
	var err error
	found.each(func(i int) bool {
		if ids = append(ids, int64(q.opened.uids[i])); len(ids) == searchBatch {
			err = flush()
		}
		return err == nil
	})
	if err == nil && len(ids) > 0 {
		err = flush()
	}
	found.and(met)
	return err
}

// nested looks at OR and NOT.
func (q *query) nested(c *imap.SearchCriteria, found bits) error {
	for i := range c.Or {
		first, err := q.all(&c.Or[i][0], found)
		if err != nil {
			return err
		}
		second, err := q.all(&c.Or[i][1], found)
		if err != nil {
			return err
		}
		first.or(second)
		found.and(first)
	}
	for i := range c.Not {
		not, err := q.all(&c.Not[i], found)
		if err != nil {
			return err
		}
		found.without(not)
	}
	return nil
}
